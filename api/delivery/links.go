package delivery

import (
	"context"
	"net/http"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/google/uuid"

	"longhaul/api/kit"
	"longhaul/models"
)

// linkTime is how long a download link works. A video paused overnight still
// plays in the morning.
const linkTime = 24 * time.Hour

// tagFiles groups the operations in the OpenAPI document.
const tagFiles = "files"

// jobPath names a job.
type jobPath struct {
	ID uuid.UUID `path:"id" format:"uuid"`
}

type linkHandlers struct {
	store  Store
	signer *linkSigner
	limits kit.Limiter
}

func (h *linkHandlers) routes(r *kit.Router) {
	kit.Handle(r, huma.Operation{
		OperationID: "link-file", Method: http.MethodPost, Path: "/api/v1/files/{id}/link", Tags: []string{tagFiles},
		Summary: "Create a download link for a file", Description: "The link works without a session until it expires.",
	}, h.file)
	kit.Handle(r, huma.Operation{
		OperationID: "link-archive", Method: http.MethodPost, Path: "/api/v1/jobs/{id}/archive", Tags: []string{tagFiles},
		Summary: "Create a download link for all files of a job as a zip",
	}, h.archive)
	kit.Handle(r, huma.Operation{
		OperationID: "get-archive", Method: http.MethodGet, Path: "/api/v1/jobs/{id}/archive.zip", Tags: []string{tagFiles},
		Summary: "All files of a job as a zip", DefaultStatus: http.StatusFound,
	}, h.redirect)
}

// Link is a download address.
type Link struct {
	URL       string    `json:"url" format:"uri"`
	ExpiresAt time.Time `json:"expiresAt"`
}

type linkOutput struct{ Body Link }

type linkInput struct {
	ID   uuid.UUID `path:"id" format:"uuid"`
	Body *struct {
		Disposition string `json:"disposition,omitempty" enum:"inline,attachment" default:"attachment" doc:"inline shows or plays it where its type allows"`
	} `nameHint:"LinkFile"`
}

// dispositionInline asks for a file to be shown inline.
const dispositionInline = "inline"

func (h *linkHandlers) file(ctx context.Context, in *linkInput) (*linkOutput, error) {
	user := kit.Caller(ctx)
	f, err := h.store.File(ctx, user.ID, in.ID)
	if err != nil {
		return nil, err
	}
	if err := linkable(f); err != nil {
		return nil, err
	}
	inline := in.Body != nil && in.Body.Disposition == dispositionInline
	link, err := h.signer.file(ctx, f, inline)
	if err != nil {
		return nil, err
	}
	return &linkOutput{Body: link}, nil
}

// linkable returns nil if a link to the file can be made.
func linkable(f models.File) error {
	if !f.Blocked && f.State != models.FileLost && f.State != models.FileStored {
		return models.Fault(models.ProblemWrongState, "This file isn't in storage yet.")
	}
	return kit.Stored(f)
}

func (h *linkHandlers) archive(ctx context.Context, in *jobPath) (*linkOutput, error) {
	link, err := h.archiveLink(ctx, in.ID)
	if err != nil {
		return nil, err
	}
	return &linkOutput{Body: link}, nil
}

type redirectOutput struct {
	Location string `header:"Location"`
}

func (h *linkHandlers) redirect(ctx context.Context, in *jobPath) (*redirectOutput, error) {
	link, err := h.archiveLink(ctx, in.ID)
	if err != nil {
		return nil, err
	}
	return &redirectOutput{Location: link.URL}, nil
}

func (h *linkHandlers) archiveLink(ctx context.Context, jobID uuid.UUID) (Link, error) {
	job, err := h.store.Job(ctx, kit.Caller(ctx).ID, jobID)
	if err != nil {
		return Link{}, err
	}
	if job.Blocked {
		return Link{}, kit.BlockedContent()
	}
	if err := h.store.RequireFlag(ctx, models.FlagArchives, job.UserID); err != nil {
		return Link{}, err
	}
	if job.State != models.StateReady {
		return Link{}, models.Fault(models.ProblemWrongState, "The files can be zipped once the job is ready.")
	}
	return h.signer.archive(ctx, job)
}
