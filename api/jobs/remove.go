package jobs

import (
	"context"
	"net/http"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/google/uuid"

	"longhaul/api/kit"
	"longhaul/models"
)

// Deletes is the part of the store that deletes jobs and files, to the trash or
// for good.
type Deletes interface {
	RequestDelete(ctx context.Context, userID, jobID uuid.UUID) error
	RequestTrash(ctx context.Context, userID, jobID uuid.UUID) (models.Deletion, error)
	DeleteFile(ctx context.Context, userID, jobID, fileID uuid.UUID, final bool) (models.Deletion, error)
}

func (h *jobHandlers) deleteRoutes(r *kit.Router) {
	kit.Handle(r, huma.Operation{
		OperationID: "delete-job", Method: http.MethodDelete, Path: "/api/v1/jobs/{id}", Tags: []string{tagJobs},
		Summary: "Delete a job and its files",
		Description: "To the trash, from which it can be restored for a while; until then it still counts for the storage quota. " +
			"An open job is cancelled first, and goes for good if none of its files is stored.",
	}, h.remove)
	kit.Handle(r, huma.Operation{
		OperationID: "delete-job-file", Method: http.MethodDelete, Path: "/api/v1/jobs/{id}/files/{file}", Tags: []string{tagJobs},
		Summary:     "Delete a file of a ready job",
		Description: "To the trash, like a job. The last file takes its job along.",
	}, h.removeFile)
}

// Deleted says what became of what was deleted.
type Deleted struct {
	Until *time.Time `json:"until" doc:"It is in the trash and can be restored until then; null if it went for good"`
	Whole bool       `json:"whole" doc:"The whole job was deleted"`
}

type deletedOutput struct{ Body Deleted }

type removeInput struct {
	ID    uuid.UUID `path:"id" format:"uuid"`
	Final bool      `query:"final" doc:"Delete it for good, also if it is in the trash"`
}

func (h *jobHandlers) remove(ctx context.Context, in *removeInput) (*deletedOutput, error) {
	user := kit.Caller(ctx).ID
	if in.Final {
		return &deletedOutput{Body: Deleted{Whole: true}}, h.store.RequestDelete(ctx, user, in.ID)
	}
	d, err := h.store.RequestTrash(ctx, user, in.ID)
	return &deletedOutput{Body: Deleted(d)}, err
}

type removeFileInput struct {
	ID    uuid.UUID `path:"id" format:"uuid"`
	File  uuid.UUID `path:"file" format:"uuid"`
	Final bool      `query:"final" doc:"Delete it for good"`
}

func (h *jobHandlers) removeFile(ctx context.Context, in *removeFileInput) (*deletedOutput, error) {
	d, err := h.store.DeleteFile(ctx, kit.Caller(ctx).ID, in.ID, in.File, in.Final)
	return &deletedOutput{Body: Deleted(d)}, err
}
