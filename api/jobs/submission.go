package jobs

import (
	"bytes"
	"cmp"
	"encoding/json"
	"errors"
	"io"
	"mime"
	"mime/multipart"
	"reflect"
	"strconv"
	"strings"

	"github.com/danielgtaylor/huma/v2"
	"github.com/google/uuid"

	"longhaul/api/kit"
	"longhaul/internal/source"
	"longhaul/models"
)

// Bounds of a submission.
const (
	maxSubmitBody = source.MaxTorrentBytes + 64<<10 // a .torrent file with its form around it
	maxJSON       = 1 << 20                         // a request without a file
	maxFields     = 32                              // parts of a form
	maxFieldSize  = 512 << 10                       // a form field that is not the file
	maxSelection  = 50_000
)

// submission is a source as it was sent, in either form.
type submission struct {
	Address     string // magnet link or URL
	Torrent     []byte // the .torrent file
	Select      []int
	ChooseFiles bool
	WhenFull    string          // fullWait or fullRefuse; empty is the former
	Provider    models.Provider // empty for the active one
	Failover    models.Failover // empty for the deployment's policy
	KeepPage    bool
	AllFiles    bool         // take all, whatever the owner's rules leave out
	StartPaused *bool        // nil for what the owner's rules say
	Labels      *[]uuid.UUID // nil for what the owner's rules say
	IfHeld      string       // heldAgain or heldRefuse; empty is the former
}

type submitJSON struct {
	Source      string       `json:"source" minLength:"1" maxLength:"65536" doc:"A magnet link or an http(s) URL"`
	Select      []int        `json:"select,omitempty" nullable:"false" maxItems:"50000" doc:"Indexes of the files to fetch; leave out for all"`
	ChooseFiles bool         `json:"chooseFiles,omitempty" doc:"Wait for a selection once the file list is known"`
	WhenFull    string       `json:"whenFull,omitempty" enum:"wait,refuse" doc:"What to do when the plan's storage has no room: wait in the queue (the default), or refuse with quota_exceeded"`
	KeepPage    bool         `json:"keepPage,omitempty" doc:"Keep a web page that the URL leads to, as the file"`
	AllFiles    bool         `json:"allFiles,omitempty" doc:"Take all files, also those that your rules leave out"`
	StartPaused *bool        `json:"startPaused,omitempty" doc:"Whether it waits until it is resumed; leave out for what your rules say"`
	Labels      *[]uuid.UUID `json:"labels,omitempty" nullable:"false" maxItems:"20" doc:"Ids of the labels that it gets; leave out for what your rules say"`
	IfHeld      string       `json:"ifHeld,omitempty" enum:"again,refuse" doc:"What to do with content that you have finished already, or an address that you are fetching: download it again (the default), or refuse with duplicate_job"`
	Provider    string       `json:"provider,omitempty" enum:"agent,seedr" doc:"Provider to use, if the administrators let users choose"`
	Failover    string       `json:"failover,omitempty" enum:"none,agent_to_seedr,seedr_to_agent,both" doc:"Where it may move automatically, if the administrators let users choose"`
}

type inspectJSON struct {
	Source string `json:"source,omitempty" maxLength:"65536" doc:"A magnet link or an http(s) URL"`
	Magnet string `json:"magnet,omitempty" maxLength:"65536" doc:"A magnet link"`
	URL    string `json:"url,omitempty" maxLength:"65536" doc:"An http(s) URL"`

	KeepPage bool `json:"keepPage,omitempty" doc:"Take a web page that the URL leads to as the file"`
}

func torrentField() *huma.Schema {
	return &huma.Schema{Type: huma.TypeString, Format: "binary", Description: "The .torrent file, at most 10 MiB"}
}

func submitForm() *huma.Schema {
	return &huma.Schema{
		Type: huma.TypeObject, Required: []string{fieldTorrent}, Properties: map[string]*huma.Schema{
			fieldTorrent:  torrentField(),
			fieldSelect:   {Type: huma.TypeString, Description: "Indexes of the files to fetch, separated by commas"},
			fieldChoose:   {Type: huma.TypeString, Enum: []any{"true", "false"}, Description: "Wait for a selection once the file list is known"},
			fieldProvider: {Type: huma.TypeString, Enum: []any{"agent", "seedr"}, Description: "Provider to use, if the administrators let users choose"},
			fieldFailover: {Type: huma.TypeString, Enum: []any{"none", "agent_to_seedr", "seedr_to_agent", "both"}, Description: "Where it may move automatically, if the administrators let users choose"},
			fieldAll:      {Type: huma.TypeString, Enum: []any{"true", "false"}, Description: "Take all files, also those that your rules leave out"},
			fieldPaused:   {Type: huma.TypeString, Enum: []any{"true", "false"}, Description: "Whether it waits until it is resumed"},
			fieldLabels:   {Type: huma.TypeString, Description: "Ids of the labels that it gets, separated by commas"},
			fieldHeld:     {Type: huma.TypeString, Enum: []any{heldAgain, heldRefuse}, Description: "What to do with content that you have finished already"},
			fieldFull:     {Type: huma.TypeString, Enum: []any{fullWait, fullRefuse}, Description: "What to do when the plan's storage has no room"},
		},
	}
}

func inspectForm() *huma.Schema {
	return &huma.Schema{
		Type: huma.TypeObject, Required: []string{fieldTorrent},
		Properties: map[string]*huma.Schema{fieldTorrent: torrentField()},
	}
}

// Names of form fields.
const (
	fieldTorrent = "torrent"
	fieldSelect  = "select"
	fieldChoose  = "chooseFiles"
	fieldSource  = "source"
	fieldFull    = "whenFull"
	fieldPage    = "keepPage"
	fieldHeld    = "ifHeld"
	fieldLabels  = "labels"
	fieldAll     = "allFiles"
	fieldPaused  = "startPaused"

	fieldProvider = "provider"
	fieldFailover = "failover"
)

// What to do with a submission for which there is no room now.
const (
	fullWait   = "wait"
	fullRefuse = "refuse"
)

// What to do with a submission of what the user has already.
const (
	heldAgain  = "again"
	heldRefuse = "refuse"
)

// sourceBody documents a request that is JSON or a form with a .torrent file.
func sourceBody(api huma.API, name string, jsonType any, form *huma.Schema) *huma.RequestBody {
	reg := api.OpenAPI().Components.Schemas
	s := huma.SchemaFromType(reg, reflect.TypeOf(jsonType))
	reg.Map()[name] = s
	reg.Map()[name+"Form"] = form
	return &huma.RequestBody{Required: true, Content: map[string]*huma.MediaType{
		kit.TypeJSON: {Schema: kit.Ref(name)},
		typeForm:     {Schema: kit.Ref(name + "Form")},
	}}
}

// typeForm is the media type of forms with a file.
const typeForm = "multipart/form-data"

// readSubmission reads either form of a job submission.
func readSubmission(contentType string, body []byte) (submission, error) {
	kind, params, err := mime.ParseMediaType(contentType)
	if err != nil {
		return submission{}, unsupportedForm()
	}
	switch kind {
	case typeForm:
		return readForm(body, params["boundary"])
	case kit.TypeJSON:
		var in submitJSON
		if err := strictJSON(body, &in); err != nil {
			return submission{}, err
		}
		return checked(submission{
			Address: in.Source, Select: in.Select, ChooseFiles: in.ChooseFiles, WhenFull: in.WhenFull,
			Provider: models.Provider(in.Provider), Failover: models.Failover(in.Failover), KeepPage: in.KeepPage, IfHeld: in.IfHeld,
			Labels: in.Labels, AllFiles: in.AllFiles, StartPaused: in.StartPaused,
		})
	default:
		return submission{}, unsupportedForm()
	}
}

// readInspection reads either form of a pre-flight request.
func readInspection(contentType string, body []byte) (submission, error) {
	kind, params, err := mime.ParseMediaType(contentType)
	if err != nil {
		return submission{}, unsupportedForm()
	}
	switch kind {
	case typeForm:
		return readForm(body, params["boundary"])
	case kit.TypeJSON:
		var in inspectJSON
		if err := strictJSON(body, &in); err != nil {
			return submission{}, err
		}
		given := []string{}
		for _, s := range []string{in.Source, in.Magnet, in.URL} {
			if s != "" {
				given = append(given, s)
			}
		}
		if len(given) != 1 {
			return submission{}, models.Errorf(models.CodeInvalid, "Send exactly one source: a magnet link, a URL or a .torrent file.").In(fieldSource)
		}
		return checked(submission{Address: given[0], KeepPage: in.KeepPage})
	default:
		return submission{}, unsupportedForm()
	}
}

func checked(s submission) (submission, error) {
	s.Address = strings.TrimSpace(s.Address)
	if s.Address == "" && s.Torrent == nil {
		return submission{}, models.Errorf(models.CodeInvalid, "Send exactly one source: a magnet link, a URL or a .torrent file.").In(fieldSource)
	}
	if len(s.Select) > maxSelection {
		return submission{}, models.Fault(models.ProblemBadSelection, "The selection names too many files.").In(fieldSelect)
	}
	if s.WhenFull != "" && s.WhenFull != fullWait && s.WhenFull != fullRefuse {
		return submission{}, models.Errorf(models.CodeInvalid, "Use wait or refuse.").In(fieldFull)
	}
	if s.Labels != nil && len(*s.Labels) > models.MaxJobLabels {
		return submission{}, models.Errorf(models.CodeInvalid, "A job can have at most %d labels.", models.MaxJobLabels).In(fieldLabels)
	}
	if s.IfHeld != "" && s.IfHeld != heldAgain && s.IfHeld != heldRefuse {
		return submission{}, models.Errorf(models.CodeInvalid, "Use again or refuse.").In(fieldHeld)
	}
	if s.Provider != "" && !s.Provider.Valid() {
		return submission{}, models.Errorf(models.CodeInvalid, "Use agent or seedr.").In(fieldProvider)
	}
	if s.Failover != "" && !s.Failover.Valid() {
		return submission{}, models.Errorf(models.CodeInvalid, "Use none, agent_to_seedr, seedr_to_agent or both.").In(fieldFailover)
	}
	for _, i := range s.Select {
		if i < 0 {
			return submission{}, models.Fault(models.ProblemBadSelection, "The selection names a file that doesn't exist.").In(fieldSelect)
		}
	}
	return s, nil
}

func unsupportedForm() error {
	return kit.UnsupportedMedia("Send this request as application/json or multipart/form-data.")
}

func strictJSON(body []byte, v any) error {
	if len(body) > maxJSON {
		return models.Errorf(models.CodeTooLarge, "The request is larger than %d MiB. Send a .torrent file as multipart/form-data.", maxJSON>>20)
	}
	return decodeStrictly(body, v)
}

func decodeStrictly(body []byte, v any) error {
	dec := json.NewDecoder(bytes.NewReader(body))
	dec.DisallowUnknownFields()
	err := dec.Decode(v)
	if err == nil && dec.More() {
		err = errors.New("more than one value")
	}
	if wrong, ok := errors.AsType[*json.UnmarshalTypeError](err); ok {
		return models.Errorf(models.CodeInvalid, "This has the wrong type.").In(cmp.Or(wrong.Field, "body")).Because(err)
	}
	if err != nil {
		return models.Errorf(models.CodeInvalid, "The request is not the expected JSON.").Because(err)
	}
	return nil
}

// readForm reads a form with a .torrent file; the file's name is not used.
func readForm(body []byte, boundary string) (submission, error) {
	broken := models.Errorf(models.CodeInvalid, "The form could not be read.")
	if boundary == "" {
		return submission{}, broken
	}
	var s submission
	reader := multipart.NewReader(bytes.NewReader(body), boundary)
	for range maxFields {
		part, err := reader.NextPart()
		if errors.Is(err, io.EOF) {
			if s.Torrent == nil {
				return submission{}, models.Errorf(models.CodeInvalid, "The form has no .torrent file.").In(fieldTorrent)
			}
			return checked(s)
		}
		if err != nil {
			return submission{}, broken.Because(err)
		}
		if err := s.take(part); err != nil {
			return submission{}, err
		}
	}
	return submission{}, broken
}

func (s *submission) take(part *multipart.Part) error {
	limit := int64(maxFieldSize)
	if part.FormName() == fieldTorrent {
		limit = source.MaxTorrentBytes
	}
	data, err := io.ReadAll(io.LimitReader(part, limit+1))
	if err != nil {
		return models.Errorf(models.CodeInvalid, "The form could not be read.").Because(err)
	}
	if int64(len(data)) > limit {
		return models.Fault(models.ProblemSourceTooLarge, "A .torrent file can have at most 10 MiB.").In(part.FormName())
	}
	switch part.FormName() {
	case fieldTorrent:
		if s.Torrent != nil {
			return models.Errorf(models.CodeInvalid, "Send one .torrent file at a time.").In(fieldTorrent)
		}
		s.Torrent = data
	case fieldSelect:
		s.Select, err = parseIndexes(string(data))
		return err
	case fieldProvider:
		s.Provider = models.Provider(strings.TrimSpace(string(data)))
	case fieldFailover:
		s.Failover = models.Failover(strings.TrimSpace(string(data)))
	case fieldChoose, fieldAll, fieldPaused:
		return s.takeSwitch(part.FormName(), strings.TrimSpace(string(data)))
	case fieldLabels:
		s.Labels, err = parseLabels(string(data))
		return err
	case fieldHeld:
		s.IfHeld = strings.TrimSpace(string(data))
	case fieldFull:
		s.WhenFull = strings.TrimSpace(string(data))
	default:
		return models.Errorf(models.CodeInvalid, "The form has an unknown field.").In(kit.Clip(part.FormName(), 40))
	}
	return nil
}

func (s *submission) takeSwitch(field, text string) error {
	on, err := strconv.ParseBool(text)
	if err != nil {
		return models.Errorf(models.CodeInvalid, "Use true or false.").In(field)
	}
	switch field {
	case fieldAll:
		s.AllFiles = on
	case fieldPaused:
		s.StartPaused = &on
	default:
		s.ChooseFiles = on
	}
	return nil
}

func parseLabels(list string) (*[]uuid.UUID, error) {
	out := []uuid.UUID{}
	for s := range strings.SplitSeq(list, ",") {
		if s = strings.TrimSpace(s); s == "" {
			continue
		}
		id, err := uuid.Parse(s)
		if err != nil || len(out) >= models.MaxJobLabels {
			return nil, models.Errorf(models.CodeInvalid, "Send up to %d ids of labels.", models.MaxJobLabels).In(fieldLabels)
		}
		out = append(out, id)
	}
	return &out, nil
}

func parseIndexes(list string) ([]int, error) {
	list = strings.TrimSpace(list)
	if list == "" {
		return nil, nil
	}
	var out []int
	for s := range strings.SplitSeq(list, ",") {
		n, err := strconv.Atoi(strings.TrimSpace(s))
		if err != nil || len(out) >= maxSelection {
			return nil, models.Fault(models.ProblemBadSelection, "The selection must be a list of file numbers.").In(fieldSelect)
		}
		out = append(out, n)
	}
	return out, nil
}
