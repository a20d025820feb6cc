package jobs

import (
	"cmp"
	"context"
	"encoding/hex"
	"net/http"
	"slices"
	"sort"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/google/uuid"

	"longhaul/api/kit"
	"longhaul/internal/source"
	"longhaul/models"
	"longhaul/models/wording"
)

// inspectBudget is how long an agent may take to find out what a source
// contains.
const inspectBudget = 45 * time.Second

// tagSources groups the operations in the OpenAPI document.
const tagSources = "sources"

// Inspector asks a compute agent what a source contains. Only this way does a
// user's address get fetched.
type Inspector interface {
	Inspect(ctx context.Context, userID uuid.UUID, source models.Source) (models.Manifest, error)
}

type sourceHandlers struct {
	sources *sourceReader
	store   Store
	limits  kit.Limiter
}

func (h *sourceHandlers) routes(r *kit.Router) {
	kit.Handle(r, huma.Operation{
		OperationID: "inspect-source", Method: http.MethodPost, Path: "/api/v1/sources/inspect", Tags: []string{tagSources},
		Summary:      "Inspect a source",
		Description:  "Returns name, size and files before anything is fetched. Magnet links and URLs take up to 45 seconds.",
		MaxBodyBytes: maxSubmitBody, SkipValidateBody: true,
		RequestBody: sourceBody(r.API, "InspectSource", inspectJSON{}, inspectForm()),
	}, h.inspect)
	kit.Handle(r, huma.Operation{
		OperationID: "get-source-outline", Method: http.MethodGet, Path: "/api/v1/sources/outlines/{id}", Tags: []string{tagSources},
		Summary: "List what an inspection found in a compact form", Description: "Page by page, for a day after the inspection.",
	}, h.outline)
}

// SourceInfo is what a source contains.
type SourceInfo struct {
	Kind      kit.SourceKind `json:"kind" doc:"What the job would fetch: a URL may lead to a torrent"`
	Name      string         `json:"name"`
	Size      *int64         `json:"size" doc:"Bytes of all files; null if unknown"`
	InfoHash  string         `json:"infoHash" doc:"Hex; empty for a URL"`
	Private   bool           `json:"private" doc:"The torrent allows only its own trackers"`
	Files     []SourceFile   `json:"files" nullable:"false" doc:"The first 100 files; the outline has all"`
	FileCount int            `json:"fileCount" doc:"How many files there are in all; 0 if unknown"`
	Outline   string         `json:"outline" doc:"Id of the outline of all files, for a day; empty if files has all of them"`
	Verdict   Verdict        `json:"verdict"`
	Held      *HeldJob       `json:"held" doc:"Your job that has this content already, or fetches it; null if there is none"`
}

// TransformSchema lets the job that has the content be null.
func (SourceInfo) TransformSchema(_ huma.Registry, s *huma.Schema) *huma.Schema {
	return kit.Nullable(s, "held")
}

// HeldJob is a job of the caller that has the content of a source.
type HeldJob struct {
	ID       uuid.UUID `json:"id" format:"uuid"`
	Name     string    `json:"name"`
	Finished bool      `json:"finished" doc:"Its files are ready; otherwise it still fetches them"`
}

// SourceFile is one file of a source.
type SourceFile struct {
	Index int    `json:"index" doc:"Position in the source, used to choose files"`
	Path  string `json:"path" doc:"Sanitised; components joined by /"`
	Size  int64  `json:"size" doc:"Bytes; -1 if unknown"`
}

// Verdict says whether a job for the source would be accepted.
type Verdict struct {
	Allowed bool        `json:"allowed"`
	Reason  *kit.Reason `json:"reason" doc:"Why it is refused, or why to choose only some files if it is allowed; null if nothing is wrong"`
}

// TransformSchema lets the reason be null.
func (Verdict) TransformSchema(_ huma.Registry, s *huma.Schema) *huma.Schema {
	return kit.Nullable(s, "reason")
}

// judged returns a verdict with a reason.
func judged(allowed bool, why models.Reason) Verdict {
	r := kit.ReasonOf(why)
	r.Text = wording.API().Verdict(why, allowed)
	return Verdict{Allowed: allowed, Reason: &r}
}

type rawInput struct {
	ContentType string `header:"Content-Type" hidden:"true"`
	RawBody     []byte `contentType:"multipart/form-data"`
}

type sourceOutput struct{ Body SourceInfo }

func (h *sourceHandlers) inspect(ctx context.Context, in *rawInput) (*sourceOutput, error) {
	user := kit.Caller(ctx)
	if err := h.limits.Allow(ctx, kit.LimitInspect, user.ID.String()); err != nil {
		return nil, err
	}
	sub, err := readInspection(in.ContentType, in.RawBody)
	if err != nil {
		return nil, err
	}
	src, manifest, err := h.sources.parse(ctx, sub)
	if err != nil {
		return nil, err
	}
	if err := h.store.RequireFlag(ctx, models.FlagOf(src.Kind), user.ID); err != nil {
		return nil, err
	}
	asked := sourceHash(src)
	src, manifest, verdict, err := h.judge(ctx, user.ID, src, manifest)
	if err != nil {
		return nil, err
	}
	out := &sourceOutput{Body: sourceInfoOf(src, manifest, verdict, asked)}
	if out.Body.Held, err = h.held(ctx, user.ID, src); err != nil {
		return nil, err
	}
	if out.Body.Outline != "" && sub.Torrent != nil { // others were saved when they were looked up
		kept := *manifest
		kept.Metainfo = src.Metainfo
		err = h.store.SaveInspection(ctx, user.ID, asked, kept)
	}
	return out, err
}

// judge says whether a job for the source would be accepted. What the source holds
// is looked up for that if it is not known and nothing else speaks against it. The
// source that is returned is another one if it is an address that leads to a torrent.
func (h *sourceHandlers) judge(
	ctx context.Context, userID uuid.UUID, src models.Source, m *models.Manifest,
) (models.Source, *models.Manifest, Verdict, error) {
	verdict, err := h.sources.verdictBefore(ctx, src)
	switch {
	case err != nil || !verdict.Allowed:
		return src, m, verdict, err
	case m != nil:
		verdict = h.sources.sizeVerdict(*m)
	default:
		if src, m, verdict, err = h.found(ctx, userID, src); err != nil {
			return src, m, verdict, err
		}
	}
	if verdict.Allowed {
		verdict, err = h.withinPlan(ctx, userID, *m, verdict)
	}
	return src, m, verdict, err
}

// held returns the caller's job that has the source's content.
func (h *sourceHandlers) held(ctx context.Context, userID uuid.UUID, src models.Source) (*HeldJob, error) {
	job, err := h.store.HeldJob(ctx, userID, src)
	if err != nil || job == nil {
		return nil, err
	}
	return &HeldJob{ID: job.ID, Name: job.Name, Finished: job.State == models.StateReady}, nil
}

type sourceOutlineInput struct {
	ID     string `path:"id" maxLength:"64" doc:"outline of an inspection"`
	Cursor string `query:"cursor" maxLength:"10" doc:"nextCursor of the previous page"`
}

// outline lists what an inspection found.
func (h *sourceHandlers) outline(ctx context.Context, in *sourceOutlineInput) (*outlineOutput, error) {
	after, err := outlineAfter(in.Cursor)
	if err != nil {
		return nil, err
	}
	hash, err := hex.DecodeString(in.ID)
	if err != nil {
		return nil, models.Errorf(models.CodeNotFound, "No such inspection.").Because(err)
	}
	m, err := h.store.Inspection(ctx, kit.Caller(ctx).ID, hash)
	if err != nil {
		return nil, err
	}
	slices.SortFunc(m.Files, func(a, b models.ManifestFile) int { return cmp.Compare(a.Index, b.Index) })
	from := sort.Search(len(m.Files), func(i int) bool { return m.Files[i].Index > after })
	b := newOutline(len(m.Files))
	for _, f := range m.Files[from:] {
		if !b.Add(f.Index, f.Path, f.Size, kit.MarkNone, kit.MarkNone) {
			break
		}
	}
	return &outlineOutput{Body: outlineOf(b)}, nil
}

// found finds out what a source contains, and judges it. The source is another one
// if it is an address that leads to a torrent.
func (h *sourceHandlers) found(ctx context.Context, userID uuid.UUID, asked models.Source) (models.Source, *models.Manifest, Verdict, error) {
	m, err := h.sources.resolve(ctx, userID, asked)
	if err != nil {
		return asked, nil, Verdict{}, err
	}
	src, leads, err := source.LeadsTo(asked, *m)
	if err == nil && leads {
		err = h.store.RequireFlag(ctx, models.FlagOf(src.Kind), userID)
	}
	if err != nil {
		return asked, nil, Verdict{}, err
	}
	verdict, err := h.sources.verdictAfter(ctx, src, *m)
	return src, m, verdict, err
}

// withinPlan judges a source by the caller's plan: a source that could never
// fit is not allowed, and one without room now would wait.
func (h *sourceHandlers) withinPlan(ctx context.Context, userID uuid.UUID, m models.Manifest, v Verdict) (Verdict, error) {
	u, err := h.store.Usage(ctx, userID)
	if err != nil {
		return v, err
	}
	if fault := u.Plan.FitsFiles(len(m.Files), u.Files); fault != nil {
		return judged(len(m.Files) > 1 && u.Plan.FitsFiles(1, u.Files) == nil, models.AsError(fault).Reason()), nil
	}
	if m.Size < 0 {
		return v, nil
	}
	if fault := u.Plan.Fits(m.Size); fault != nil {
		some := slices.ContainsFunc(m.Files, func(f models.ManifestFile) bool { return len(m.Files) > 1 && u.Plan.Fits(f.Size) == nil })
		return judged(some, models.AsError(fault).Reason()), nil
	}
	if free, limited := u.Room.Free(); limited && m.Size > free && v.Reason == nil {
		return judged(true, models.NeedsRoom(m.Size, free)), nil
	}
	return v, nil
}

func sourceInfoOf(src models.Source, m *models.Manifest, v Verdict, asked []byte) SourceInfo {
	out := SourceInfo{
		Kind: kit.SourceKind(src.Kind), Name: src.Name, InfoHash: src.InfoHash(), Private: src.Private,
		Files: []SourceFile{}, Verdict: v,
	}
	if m == nil {
		return out
	}
	if m.Name != "" {
		out.Name = m.Name
	}
	if m.Size >= 0 {
		out.Size = &m.Size
	}
	out.Private = out.Private || m.Private
	out.FileCount = len(m.Files)
	for _, f := range m.Files[:min(len(m.Files), shownFiles)] {
		out.Files = append(out.Files, SourceFile(f))
	}
	if len(m.Files) > shownFiles {
		out.Outline = hex.EncodeToString(asked)
	}
	return out
}
