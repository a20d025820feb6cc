package shares

import (
	"context"
	"encoding/binary"
	"net/http"
	"strconv"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/google/uuid"

	"longhaul/api/kit"
	"longhaul/internal/source"
	"longhaul/internal/token"
	"longhaul/models"
)

// visitorHandlers serve visitors, who need no account. Secrets are in bodies, so
// that no log of addresses has them.
type visitorHandlers struct{ Deps }

func (h *visitorHandlers) routes(r *kit.Router) {
	op := func(id, path, summary, description string) huma.Operation {
		return huma.Operation{
			OperationID: id, Method: http.MethodPost, Path: "/api/v1/shared/" + path, Tags: []string{tagShares}, Summary: summary, Description: description,
		}
	}
	kit.Handle(r, op("open-share", "open", "Open a share",
		"Without the password of a share that has one, the answer says so and nothing else. The same fault stands for an unknown share, one that expired and one that was revoked."), h.open)
	kit.Handle(r, op("list-shared-files", "files", "List the files of an open share in a compact form", "Page by page."), h.files)
	kit.Handle(r, op("link-shared-file", "link", "Create a link to a file of an open share", "It works for six hours, and while the share does."), h.link)
	kit.Handle(r, op("stream-shared-file", "stream", "Create a link that streams a media file of an open share",
		"The link is an HLS playlist. It works for six hours, and while the share does. A stream counts as a download once for each visit and file."), h.stream)
	kit.Handle(r, op("link-shared-archive", "archive", "Create a link to all files of an open share as a zip", "It works for six hours, and while the share does."), h.archive)
}

// errGone is the fault of a share for whatever reason it doesn't work.
func errGone() *models.Error {
	return models.Errorf(models.CodeNotFound, "This share doesn't exist, or it has ended.")
}

type openInput struct {
	Body struct {
		Token    string `json:"token" minLength:"1" maxLength:"128" doc:"The last part of the address"`
		Password string `json:"password,omitempty" maxLength:"1024"`
	} `nameHint:"OpenShare"`
}

// OpenedShare is a share as a visitor sees it.
type OpenedShare struct {
	Locked    bool       `json:"locked" doc:"It has a password, which is missing. Nothing else is told."`
	Visit     string     `json:"visit" doc:"Names this visit in the other calls, for a day"`
	Name      string     `json:"name"`
	ViewOnly  bool       `json:"viewOnly" doc:"Files can be looked at, and not downloaded"`
	Zip       bool       `json:"zip" doc:"All files can be downloaded as a zip"`
	Spent     bool       `json:"spent" doc:"The download limit is reached: only what this visit has started works"`
	Files     int64      `json:"files"`
	Size      int64      `json:"size" doc:"Bytes of all files"`
	ExpiresAt *time.Time `json:"expiresAt" nullable:"true" doc:"Null is never"`

	Thumbnails string `json:"thumbnails" doc:"Begins the address of each photo's thumbnail, which ends with the file's index. It works as long as the visit"`
}

type openOutput struct{ Body OpenedShare }

func (h *visitorHandlers) open(ctx context.Context, in *openInput) (*openOutput, error) {
	ip := kit.InfoOf(ctx).IP
	if err := h.Limiter.Allow(ctx, kit.LimitShareIP, ip); err != nil {
		return nil, err
	}
	s, err := h.Store.OpenShare(ctx, token.Hash(in.Body.Token))
	if err == nil {
		err = h.Store.RequireFlag(ctx, models.FlagShares, s.UserID)
	}
	if models.IsNotFound(err) || models.ProblemOf(err) == models.ProblemFeatureOff {
		return nil, errGone().Because(err)
	}
	if err != nil {
		return nil, err
	}
	if s.PasswordHash != "" {
		if in.Body.Password == "" {
			return &openOutput{Body: OpenedShare{Locked: true}}, nil
		}
		if err := h.unlock(ctx, s, in.Body.Password, ip); err != nil {
			return nil, err
		}
	}
	if err := h.Store.CountVisit(ctx, s.ID); err != nil {
		return nil, err
	}
	return h.opened(ctx, s)
}

// unlock checks a password: few tries for each address, and not many for all
// addresses together.
func (h *visitorHandlers) unlock(ctx context.Context, s models.Share, password, ip string) error {
	if err := h.Limiter.AllowAll(ctx, kit.Ask{Limit: kit.LimitSharePair, Key: s.ID.String() + " " + kit.Network(ip)},
		kit.Ask{Limit: kit.LimitSharePassword, Key: s.ID.String()}); err != nil {
		return err
	}
	ok, err := h.Passwords.Verify(ctx, s.PasswordHash, password)
	if err != nil || ok {
		return err
	}
	client := kit.InfoOf(ctx).Client
	e := models.SecurityEvent{
		Kind: models.SecuritySharePassword, UserID: &s.UserID, IP: client.IP, UserAgent: client.UserAgent, Detail: "share " + s.ID.String(),
		Once: s.ID.String() + " " + kit.Network(ip),
	}
	h.Background.Run(ctx, recordBudget, func(ctx context.Context) error { return h.Store.RecordSecurity(ctx, e) })
	return models.Errorf(models.CodeInvalid, "Wrong password.").In("password")
}

// recordBudget is how long a background call may take.
const recordBudget = 30 * time.Second

func (h *visitorHandlers) opened(ctx context.Context, s models.Share) (*openOutput, error) {
	sum, err := h.Store.CountShared(ctx, s.ID)
	if err != nil {
		return nil, err
	}
	zips := !s.ViewOnly && sum.Count > 1
	if zips {
		err := h.Store.RequireFlag(ctx, models.FlagArchives, s.UserID)
		if zips = err == nil; err != nil && models.ProblemOf(err) != models.ProblemFeatureOff {
			return nil, err
		}
	}
	expires := h.Now().Add(models.VisitTime)
	if s.ExpiresAt != nil && s.ExpiresAt.Before(expires) {
		expires = *s.ExpiresAt
	}
	v := models.ShareVisit{ShareID: s.ID, ID: h.NewID(), Epoch: s.Epoch}
	return &openOutput{Body: OpenedShare{
		Visit: h.Keys.Sign(token.PurposeVisit, visitBytes(v), expires), Name: s.Name, ViewOnly: s.ViewOnly, Zip: zips,
		Spent: s.State(h.Now()) == models.ShareSpent, Files: sum.Count, Size: sum.Bytes, ExpiresAt: s.ExpiresAt,
		Thumbnails: h.Links.ShareThumbnails(v, expires),
	}}, nil
}

const visitSize = 16 + 16 + 4

func visitBytes(v models.ShareVisit) []byte {
	b := append(make([]byte, 0, visitSize), v.ShareID[:]...)
	b = append(b, v.ID[:]...)
	return binary.BigEndian.AppendUint32(b, uint32(v.Epoch))
}

// visit returns a visit and its share, while both hold. The fault of a visit that
// ended is a conflict: opening the share again helps, or tells that it is gone.
func (h *visitorHandlers) visit(ctx context.Context, value string) (models.ShareVisit, models.Share, error) {
	ended := models.Errorf(models.CodeConflict, "Your visit has ended. Open the share again.")
	if err := h.Limiter.Allow(ctx, kit.LimitShareVisit, kit.InfoOf(ctx).IP); err != nil {
		return models.ShareVisit{}, models.Share{}, err
	}
	payload, _, err := h.Keys.Verify(token.PurposeVisit, value, h.Now())
	if err != nil || len(payload) != visitSize {
		return models.ShareVisit{}, models.Share{}, ended.Because(err)
	}
	v := models.ShareVisit{ShareID: uuid.UUID(payload[:16]), ID: uuid.UUID(payload[16:32]), Epoch: int(binary.BigEndian.Uint32(payload[32:]))}
	s, err := h.Store.VisitedShare(ctx, v.ShareID, v.Epoch)
	if err == nil {
		err = h.Store.RequireFlag(ctx, models.FlagShares, s.UserID)
	}
	if models.IsNotFound(err) || models.ProblemOf(err) == models.ProblemFeatureOff {
		err = ended.Because(err)
	}
	return v, s, err
}

// Bounds of a page of a share's files.
const (
	maxSharedFiles = 2500
	maxSharedNames = 128 << 10 // bytes
)

type filesInput struct {
	Body struct {
		Visit  string `json:"visit" minLength:"1" maxLength:"512"`
		Cursor string `json:"cursor,omitempty" maxLength:"20" doc:"nextCursor of the previous page"`
	} `nameHint:"ListSharedFiles"`
}

type filesOutput struct{ Body kit.Outline }

func (h *visitorHandlers) files(ctx context.Context, in *filesInput) (*filesOutput, error) {
	_, s, err := h.visit(ctx, in.Body.Visit)
	if err != nil {
		return nil, err
	}
	position, index := 0, -1
	if in.Body.Cursor != "" {
		n, err := strconv.ParseUint(in.Body.Cursor, 10, 52)
		if err != nil {
			return nil, models.Errorf(models.CodeInvalid, "This cursor does not belong to this list.").In("cursor").Because(err)
		}
		position, index = models.SharedPlace(int64(n))
	}
	found, err := h.Store.SharedFiles(ctx, s.ID, position, index, maxSharedFiles+1)
	if err != nil {
		return nil, err
	}
	total := len(found)
	if in.Body.Cursor != "" || total > maxSharedFiles {
		sum, err := h.Store.CountShared(ctx, s.ID)
		if err != nil {
			return nil, err
		}
		total = int(sum.Count)
	}
	b := kit.NewOutline(total, maxSharedFiles, maxSharedNames)
	for _, f := range found {
		if !b.Add(int(f.Ref()), f.Shown, f.Size, kit.MarkOf(f.File), kit.KindOf(f.ContentType)) {
			break
		}
	}
	out, more := b.Outline()
	if more {
		out.NextCursor = strconv.Itoa(out.Index[len(out.Index)-1])
	}
	return &filesOutput{Body: out}, nil
}

type linkInput struct {
	Body struct {
		Visit       string `json:"visit" minLength:"1" maxLength:"512"`
		Index       int64  `json:"index" minimum:"0" maximum:"4503599627370495" doc:"From the list of files"`
		Disposition string `json:"disposition,omitempty" enum:"inline,attachment" default:"attachment" doc:"inline shows or plays it where its type allows"`
	} `nameHint:"LinkSharedFile"`
}

// SharedLink is an address for a visitor.
type SharedLink struct {
	URL       string    `json:"url" format:"uri"`
	ExpiresAt time.Time `json:"expiresAt"`
}

type linkOutput struct{ Body SharedLink }

func (h *visitorHandlers) link(ctx context.Context, in *linkInput) (*linkOutput, error) {
	f, err := h.file(ctx, in.Body.Visit, in.Body.Index)
	if err != nil {
		return nil, err
	}
	inline := in.Body.Disposition == "inline"
	if f.Share.ViewOnly && (!inline || source.InlineType(f.ContentType) == "") {
		return nil, models.Errorf(models.CodeForbidden, "Files of this share can only be viewed.")
	}
	if err := h.mayServe(ctx, f.Share); err != nil {
		return nil, err
	}
	out := &linkOutput{}
	out.Body.URL, out.Body.ExpiresAt = h.Links.ShareLink(f.Visit, f.SharedFile, inline)
	return out, nil
}

// file returns a file of a visit, while both hold.
func (h *visitorHandlers) file(ctx context.Context, visit string, ref int64) (models.VisitedFile, error) {
	v, s, err := h.visit(ctx, visit)
	if err != nil {
		return models.VisitedFile{}, err
	}
	position, index := models.SharedPlace(ref)
	f, err := h.Store.SharedFile(ctx, s.ID, position, index)
	return models.VisitedFile{SharedFile: f, Visit: v, Share: s}, err
}

type streamInput struct {
	Body struct {
		Visit string `json:"visit" minLength:"1" maxLength:"512"`
		Index int64  `json:"index" minimum:"0" maximum:"4503599627370495" doc:"From the list of files"`
	} `nameHint:"StreamSharedFile"`
}

func (h *visitorHandlers) stream(ctx context.Context, in *streamInput) (*linkOutput, error) {
	f, err := h.file(ctx, in.Body.Visit, in.Body.Index)
	if err == nil {
		err = h.mayServe(ctx, f.Share)
	}
	if err != nil {
		return nil, err
	}
	out := &linkOutput{}
	out.Body.URL, out.Body.ExpiresAt, err = h.Links.ShareStream(ctx, f.Visit, f.SharedFile)
	if err != nil {
		return nil, err
	}
	return out, nil
}

// mayServe tells a visitor before a download begins that it would be refused. It
// says nothing of the owner's account.
func (h *visitorHandlers) mayServe(ctx context.Context, s models.Share) error {
	err := h.Links.MayServe(ctx, s.UserID)
	if models.ProblemOf(err) == models.ProblemBandwidthExceeded {
		return models.Errorf(models.CodeUnavailable, "This share is busy. Try again later.").Because(err)
	}
	return err
}

type visitInput struct {
	Body struct {
		Visit string `json:"visit" minLength:"1" maxLength:"512"`
	} `nameHint:"VisitShare"`
}

func (h *visitorHandlers) archive(ctx context.Context, in *visitInput) (*linkOutput, error) {
	v, s, err := h.visit(ctx, in.Body.Visit)
	if err != nil {
		return nil, err
	}
	if s.ViewOnly {
		return nil, models.Errorf(models.CodeForbidden, "Files of this share can only be viewed.")
	}
	if err := h.mayServe(ctx, s); err != nil {
		return nil, err
	}
	out := &linkOutput{}
	out.Body.URL, out.Body.ExpiresAt = h.Links.ShareArchiveLink(v, s)
	return out, nil
}
