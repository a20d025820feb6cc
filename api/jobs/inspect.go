package jobs

import (
	"context"
	"net/http"
	"slices"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/google/uuid"

	"longhaul/api/kit"
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
}

// SourceInfo is what a source contains.
type SourceInfo struct {
	Kind     kit.SourceKind `json:"kind"`
	Name     string         `json:"name"`
	Size     *int64         `json:"size" doc:"Bytes of all files; null if unknown"`
	InfoHash string         `json:"infoHash" doc:"Hex; empty for a URL"`
	Private  bool           `json:"private" doc:"The torrent allows only its own trackers"`
	Files    []SourceFile   `json:"files" nullable:"false"`
	Verdict  Verdict        `json:"verdict"`
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
	verdict, err := h.sources.verdictBefore(ctx, src)
	if err != nil {
		return nil, err
	}
	if manifest == nil && verdict.Allowed {
		manifest, err = h.sources.resolve(ctx, user.ID, src)
		if err != nil {
			return nil, err
		}
		verdict, err = h.sources.verdictAfter(ctx, src, *manifest)
		if err != nil {
			return nil, err
		}
	} else if manifest != nil && verdict.Allowed {
		verdict = h.sources.sizeVerdict(*manifest)
	}
	if manifest != nil && verdict.Allowed {
		if verdict, err = h.withinPlan(ctx, user.ID, *manifest, verdict); err != nil {
			return nil, err
		}
	}
	return &sourceOutput{Body: sourceInfoOf(src, manifest, verdict)}, nil
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

func sourceInfoOf(src models.Source, m *models.Manifest, v Verdict) SourceInfo {
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
	for _, f := range m.Files {
		out.Files = append(out.Files, SourceFile(f))
	}
	return out
}
