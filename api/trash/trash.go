// Package trash serves users what they deleted and can still restore. Jobs and
// files get there by deleting them, which api/jobs serves.
package trash

import (
	"context"
	"errors"
	"net/http"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/google/uuid"

	"longhaul/api/kit"
	"longhaul/models"
)

// Store is the part of the store that the trash uses. Each call names the owner,
// and knows nothing of what others deleted.
type Store interface {
	Trashed(ctx context.Context, userID uuid.UUID, cursor string, limit int) (models.TrashPage, error)
	RestoreTrashed(ctx context.Context, userID, id uuid.UUID) error
	DeleteTrashed(ctx context.Context, userID, id uuid.UUID) error
	EmptyTrash(ctx context.Context, userID uuid.UUID) (int64, error)
}

type handlers struct {
	store  Store
	limits kit.Limiter
}

// maxAtOnce is how many entries one request restores or deletes.
const maxAtOnce = 200

// Register adds the operations on the trash.
func Register(r *kit.Router, store Store, limits kit.Limiter) {
	h := &handlers{store, limits}
	op := func(id, method, path, summary, description string) huma.Operation {
		return huma.Operation{
			OperationID: id, Method: method, Path: "/api/v1/trash" + path, Tags: []string{"trash"}, Summary: summary, Description: description,
		}
	}
	kit.Handle(r, op("list-trash", http.MethodGet, "", "List what was deleted and can be restored, newest first",
		"It still counts for the storage quota. A file whose job is in the trash, too, is listed again when the job is restored."), h.list)
	kit.Handle(r, op("restore-trash", http.MethodPost, "/restore", "Restore jobs and files from the trash",
		"Each on its own: the answer says what became of each."), h.restore)
	remove := op("delete-trashed", http.MethodDelete, "/{id}", "Delete a job or file for good that is in the trash", "")
	remove.DefaultStatus = http.StatusNoContent
	kit.Handle(r, remove, h.remove)
	kit.Handle(r, op("delete-many-trashed", http.MethodPost, "/delete", "Delete jobs and files for good that are in the trash",
		"Each on its own: the answer says what became of each. Nothing of what is deleted can be restored."), h.removeMany)
	kit.Handle(r, op("empty-trash", http.MethodDelete, "", "Delete everything for good that is in the trash",
		"Nothing of it can be restored from the answer on. Storage is freed within minutes."), h.empty)
}

type kind models.TrashKind

// Schema returns the schema of kinds of entry.
func (kind) Schema(r huma.Registry) *huma.Schema {
	return kit.Enum(r, "TrashKind", "What an entry of the trash is", models.TrashJob, models.TrashFile)
}

// Trashed is a job or a file in the trash.
type Trashed struct {
	ID        uuid.UUID    `json:"id" format:"uuid" doc:"Of the job or the file"`
	Kind      kind         `json:"kind"`
	JobID     uuid.UUID    `json:"jobId" format:"uuid"`
	JobName   string       `json:"jobName"`
	Path      string       `json:"path" doc:"Of the file; empty for a job"`
	State     kit.JobState `json:"state" doc:"Of the job"`
	Bytes     int64        `json:"bytes" doc:"That still count for the storage quota"`
	Files     int          `json:"files" doc:"That the entry has"`
	DeletedAt time.Time    `json:"deletedAt"`
	Until     time.Time    `json:"until" doc:"When it goes for good"`
}

type listInput struct {
	Cursor string `query:"cursor" maxLength:"512" doc:"nextCursor of the previous page"`
	Limit  int    `query:"limit" minimum:"1" maximum:"200" default:"50"`
}

type listOutput struct {
	Body struct {
		Entries    []Trashed `json:"entries" nullable:"false"`
		NextCursor string    `json:"nextCursor" doc:"Empty on the last page"`
		Total      int64     `json:"total" doc:"Entries on all pages"`
		Bytes      int64     `json:"bytes" doc:"Of all entries; they still count for the storage quota"`
	} `nameHint:"Trash"`
}

func (h *handlers) list(ctx context.Context, in *listInput) (*listOutput, error) {
	page, err := h.store.Trashed(ctx, kit.Caller(ctx).ID, in.Cursor, in.Limit)
	if err != nil {
		return nil, err
	}
	out := &listOutput{}
	out.Body.NextCursor, out.Body.Total, out.Body.Bytes = page.NextCursor, page.Total, page.Bytes
	out.Body.Entries = make([]Trashed, 0, len(page.Entries))
	for _, e := range page.Entries {
		out.Body.Entries = append(out.Body.Entries, Trashed{
			ID: e.ID, Kind: kind(e.Kind), JobID: e.JobID, JobName: e.JobName, Path: e.Path, State: kit.JobState(e.State), Bytes: e.Bytes, Files: e.Files,
			DeletedAt: e.TrashedAt, Until: e.Until,
		})
	}
	return out, nil
}

type restoreInput struct {
	Body struct {
		IDs []uuid.UUID `json:"ids" nullable:"false" minItems:"1" maxItems:"200" doc:"Of jobs and files in the trash"`
	} `nameHint:"RestoreTrash"`
}

// RestoreRefusal is an entry that could not be restored, or deleted.
type RestoreRefusal struct {
	ID      uuid.UUID       `json:"id" format:"uuid"`
	Code    models.Code     `json:"code"`
	Problem kit.ProblemCode `json:"problem" doc:"Empty if the code says it all"`
	Detail  string          `json:"detail" doc:"What is in the way, in a sentence"`
}

type restoreOutput struct {
	Body struct {
		Restored []uuid.UUID      `json:"restored" nullable:"false"`
		Refused  []RestoreRefusal `json:"refused" nullable:"false"`
	} `nameHint:"RestoredTrash"`
}

func (h *handlers) restore(ctx context.Context, in *restoreInput) (*restoreOutput, error) {
	done, refused, err := h.each(ctx, in.Body.IDs, h.store.RestoreTrashed)
	out := &restoreOutput{}
	out.Body.Restored, out.Body.Refused = done, refused
	return out, err
}

type removeManyInput struct {
	Body struct {
		IDs []uuid.UUID `json:"ids" nullable:"false" minItems:"1" maxItems:"200" doc:"Of jobs and files in the trash"`
	} `nameHint:"DeleteTrashed"`
}

type removeManyOutput struct {
	Body struct {
		Deleted []uuid.UUID      `json:"deleted" nullable:"false"`
		Refused []RestoreRefusal `json:"refused" nullable:"false"`
	} `nameHint:"DeletedTrash"`
}

func (h *handlers) removeMany(ctx context.Context, in *removeManyInput) (*removeManyOutput, error) {
	done, refused, err := h.each(ctx, in.Body.IDs, h.store.DeleteTrashed)
	out := &removeManyOutput{}
	out.Body.Deleted, out.Body.Refused = done, refused
	return out, err
}

// each does something to each entry of the caller's trash, and returns those to
// which it was done and those for which it was refused.
func (h *handlers) each(
	ctx context.Context, ids []uuid.UUID, act func(ctx context.Context, userID, id uuid.UUID) error,
) (done []uuid.UUID, refused []RestoreRefusal, err error) {
	user := kit.Caller(ctx).ID
	if err := h.limits.Allow(ctx, kit.LimitAction, user.String()); err != nil {
		return nil, nil, err
	}
	done, refused = []uuid.UUID{}, []RestoreRefusal{}
	for _, id := range ids[:min(len(ids), maxAtOnce)] {
		err := act(ctx, user, id)
		if err == nil {
			done = append(done, id)
			continue
		}
		e, known := errors.AsType[*models.Error](err)
		if !known || e.Code == models.CodeInternal || e.Code == models.CodeUnavailable {
			return nil, nil, err
		}
		refusal := RestoreRefusal{ID: id, Code: e.Code, Problem: kit.ProblemCode(e.Problem), Detail: e.Message}
		if e.Code == models.CodeNotFound {
			refusal.Detail = "It is no longer in the trash."
		}
		refused = append(refused, refusal)
	}
	return done, refused, nil
}

type entryInput struct {
	ID uuid.UUID `path:"id" format:"uuid"`
}

func (h *handlers) remove(ctx context.Context, in *entryInput) (*kit.Empty, error) {
	return &kit.Empty{}, h.store.DeleteTrashed(ctx, kit.Caller(ctx).ID, in.ID)
}

type emptyOutput struct {
	Body struct {
		Deleted int64 `json:"deleted" doc:"Entries"`
	} `nameHint:"EmptiedTrash"`
}

func (h *handlers) empty(ctx context.Context, _ *struct{}) (*emptyOutput, error) {
	user := kit.Caller(ctx).ID
	if err := h.limits.Allow(ctx, kit.LimitAction, user.String()); err != nil {
		return nil, err
	}
	n, err := h.store.EmptyTrash(ctx, user)
	out := &emptyOutput{}
	out.Body.Deleted = n
	return out, err
}
