package jobs

import (
	"bytes"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"mime"
	"mime/multipart"

	"github.com/danielgtaylor/huma/v2"
	"github.com/google/uuid"

	"longhaul/api/kit"
	"longhaul/internal/source"
	"longhaul/models"
)

// Bounds of a batch.
const (
	maxBatchJSON = 4 << 20
	maxBatchBody = 24 << 20 // .torrent files included
)

// batchJSON is a batch as it is sent, alone or as a field of a form.
type batchJSON struct {
	Sources  []batchSource `json:"sources" nullable:"false" minItems:"1" maxItems:"100"`
	Paused   *bool         `json:"startPaused,omitempty" doc:"Whether they wait until they are resumed; leave out for what your rules say"`
	Labels   *[]uuid.UUID  `json:"labels,omitempty" nullable:"false" maxItems:"20" doc:"Ids of the labels that all get; leave out for what your rules say"`
	WhenFull string        `json:"whenFull,omitempty" enum:"wait,refuse" doc:"What to do when the plan's storage has no room: wait in the queue (the default), or refuse that source"`
	Provider string        `json:"provider,omitempty" enum:"agent,seedr" doc:"Provider to use, if the administrators let users choose"`
	Failover string        `json:"failover,omitempty" enum:"none,agent_to_seedr,seedr_to_agent,both" doc:"Where they may move automatically, if the administrators let users choose"`
}

// batchSource is one source of a batch.
type batchSource struct {
	Source      string `json:"source,omitempty" maxLength:"65536" doc:"A magnet link or an http(s) URL"`
	Torrent     *int   `json:"torrent,omitempty" minimum:"0" maximum:"99" doc:"Instead: which of the form's .torrent files, from 0"`
	Select      []int  `json:"select,omitempty" nullable:"false" maxItems:"50000" doc:"Indexes of the files to fetch; leave out for all"`
	ChooseFiles bool   `json:"chooseFiles,omitempty" doc:"Wait for a selection once the file list is known"`
	AllFiles    bool   `json:"allFiles,omitempty" doc:"Take all files, also those that your rules leave out"`
	KeepPage    bool   `json:"keepPage,omitempty" doc:"Keep a web page that the URL leads to, as the file"`
	Again       bool   `json:"again,omitempty" doc:"Download it although you have it already; otherwise that is a duplicate"`
}

const fieldBatch = "batch"

func batchForm() *huma.Schema {
	return &huma.Schema{
		Type: huma.TypeObject, Required: []string{fieldTorrent}, Properties: map[string]*huma.Schema{
			fieldBatch:   {Type: huma.TypeString, Description: "The JSON of the other form of this request; leave out to submit all .torrent files"},
			fieldTorrent: {Type: huma.TypeArray, Items: torrentField(), Description: "The .torrent files"},
		},
	}
}

// batchSubmission is one source of a batch, or what is wrong with it.
type batchSubmission struct {
	submission
	fault error
}

// readBatch reads either form of a batch. What is wrong with one source is the
// verdict on it; an error is a request that can't be read as a whole.
func readBatch(contentType string, body []byte) ([]batchSubmission, error) {
	kind, params, err := mime.ParseMediaType(contentType)
	if err != nil {
		return nil, unsupportedForm()
	}
	var in batchJSON
	var torrents [][]byte
	switch kind {
	case kit.TypeJSON:
		if err := strictBatch(body, &in); err != nil {
			return nil, err
		}
	case typeForm:
		if torrents, err = readBatchForm(body, params["boundary"], &in); err != nil {
			return nil, err
		}
	default:
		return nil, unsupportedForm()
	}
	if n := len(in.Sources); n == 0 || n > models.MaxBatch {
		return nil, models.Errorf(models.CodeInvalid, "Send 1 to %d sources.", models.MaxBatch).In("sources")
	}
	out := make([]batchSubmission, len(in.Sources))
	for i, src := range in.Sources {
		out[i].submission, out[i].fault = in.submission(src, torrents)
	}
	return out, nil
}

func strictBatch(body []byte, in *batchJSON) error {
	if len(body) > maxBatchJSON {
		return models.Errorf(models.CodeTooLarge, "The list of sources is larger than %d MiB. Send fewer at a time.", maxBatchJSON>>20)
	}
	var raw struct { // batchJSON, but for the sources, of which a fault names the one
		Sources  []json.RawMessage `json:"sources"`
		Paused   *bool             `json:"startPaused"`
		Labels   *[]uuid.UUID      `json:"labels"`
		WhenFull string            `json:"whenFull"`
		Provider string            `json:"provider"`
		Failover string            `json:"failover"`
	}
	if err := decodeStrictly(body, &raw); err != nil {
		return err
	}
	*in = batchJSON{Paused: raw.Paused, Labels: raw.Labels, WhenFull: raw.WhenFull, Provider: raw.Provider, Failover: raw.Failover}
	for i, source := range raw.Sources[:min(len(raw.Sources), models.MaxBatch+1)] {
		var one batchSource
		if err := decodeStrictly(source, &one); err != nil {
			return inSource(err, i)
		}
		in.Sources = append(in.Sources, one)
	}
	return nil
}

// inSource names the source whose field is at fault.
func inSource(err error, i int) error {
	e := models.AsError(err)
	at := fmt.Sprintf("body.sources[%d]", i)
	if e.Field != "" && e.Field != "body" {
		at += "." + e.Field
	}
	return e.In(at)
}

// submission returns the source as one that came alone, with what is said for
// all. It is returned with its fault, too, because it tells requests apart.
func (in batchJSON) submission(src batchSource, torrents [][]byte) (submission, error) {
	s := submission{
		Address: src.Source, Select: src.Select, ChooseFiles: src.ChooseFiles, KeepPage: src.KeepPage, IfHeld: heldRefuse,
		Labels: in.Labels, StartPaused: in.Paused, AllFiles: src.AllFiles,
		WhenFull: in.WhenFull, Provider: models.Provider(in.Provider), Failover: models.Failover(in.Failover),
	}
	if src.Again {
		s.IfHeld = heldAgain
	}
	if src.Torrent != nil {
		if *src.Torrent < 0 || *src.Torrent >= len(torrents) || src.Source != "" {
			return s, models.Errorf(models.CodeInvalid, "Send exactly one source: a magnet link, a URL or a .torrent file.").In(fieldSource)
		}
		s.Torrent = torrents[*src.Torrent]
		if len(s.Torrent) > source.MaxTorrentBytes {
			return s, models.Fault(models.ProblemSourceTooLarge, "A .torrent file can have at most 10 MiB.").In(fieldTorrent)
		}
	}
	ok, err := checked(s)
	if err != nil {
		return s, err
	}
	return ok, nil
}

// readBatchForm reads a form with .torrent files, whose names are not used.
func readBatchForm(body []byte, boundary string, in *batchJSON) ([][]byte, error) {
	broken := models.Errorf(models.CodeInvalid, "The form could not be read.")
	if boundary == "" {
		return nil, broken
	}
	var torrents [][]byte
	listed := false
	reader := multipart.NewReader(bytes.NewReader(body), boundary)
	for {
		part, err := reader.NextPart()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return nil, broken.Because(err)
		}
		data, err := io.ReadAll(part) // of a body that is bounded
		if err != nil {
			return nil, broken.Because(err)
		}
		switch name := part.FormName(); {
		case name == fieldTorrent && len(torrents) < models.MaxBatch:
			torrents = append(torrents, data)
		case name == fieldBatch && !listed:
			listed = true
			if err := strictBatch(data, in); err != nil {
				return nil, err
			}
		case name == fieldTorrent || name == fieldBatch:
			return nil, models.Errorf(models.CodeInvalid, "Send 1 to %d sources.", models.MaxBatch).In("sources")
		default:
			return nil, models.Errorf(models.CodeInvalid, "The form has an unknown field.").In(kit.Clip(name, 40))
		}
	}
	if !listed {
		for i := range torrents {
			in.Sources = append(in.Sources, batchSource{Torrent: &i})
		}
	}
	return torrents, nil
}

// batchHash identifies the meaning of a batch: reusing a key with another meaning
// is a client error.
func batchHash(subs []batchSubmission) []byte {
	h := sha256.New()
	write := json.NewEncoder(h)
	for _, s := range subs {
		if s.Torrent != nil {
			sum := sha256.Sum256(s.Torrent)
			s.Torrent = sum[:]
		}
		_ = write.Encode(s.submission) // numbers, texts and bytes can always be written
	}
	return h.Sum(nil)
}
