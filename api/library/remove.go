package library

import (
	"context"
	"errors"
	"time"

	"github.com/google/uuid"

	"longhaul/api/kit"
	"longhaul/models"
)

// DeletionRefusal is a download whose files could not be deleted.
type DeletionRefusal struct {
	JobID   uuid.UUID       `json:"jobId" format:"uuid"`
	Files   int             `json:"files" doc:"Of it that were named"`
	Code    models.Code     `json:"code"`
	Problem kit.ProblemCode `json:"problem" doc:"Empty if the code says it all"`
	Detail  string          `json:"detail" doc:"What is in the way, in a sentence"`
}

type deleteInput struct {
	Body struct {
		Picked
	} `nameHint:"DeleteFiles"`
}

type deleteOutput struct {
	Body struct {
		Files   int               `json:"files" doc:"How many were deleted"`
		Trashed []uuid.UUID       `json:"trashed" nullable:"false" doc:"What restores them from the trash: ids of files, and of jobs of which no file is left"`
		Until   *time.Time        `json:"until" nullable:"true" doc:"When the first of them go for good; null if nothing went to the trash"`
		Refused []DeletionRefusal `json:"refused" nullable:"false"`
	} `nameHint:"DeletedFiles"`
}

func (h *handlers) remove(ctx context.Context, in *deleteInput) (*deleteOutput, error) {
	picked, err := in.Body.picked()
	if err == nil {
		err = h.allow(ctx)
	}
	if err != nil {
		return nil, err
	}
	user := kit.Caller(ctx).ID
	files, err := h.store.UnfoldShown(ctx, user, picked, models.MaxThrownFiles)
	if err != nil {
		return nil, err
	}
	if len(files) > models.MaxThrownFiles {
		return nil, models.Errorf(models.CodeTooLarge, "At most %d files can be deleted at once. Delete their downloads, or fewer folders.", models.MaxThrownFiles).In("folders")
	}
	out := &deleteOutput{}
	out.Body.Trashed, out.Body.Refused = []uuid.UUID{}, []DeletionRefusal{}
	for _, of := range byJob(files) {
		thrown, err := h.store.DeleteFiles(ctx, user, of.job, of.files)
		if err != nil {
			e, known := errors.AsType[*models.Error](err)
			if !known || e.Code == models.CodeInternal || e.Code == models.CodeUnavailable {
				return nil, err
			}
			out.Body.Refused = append(out.Body.Refused, DeletionRefusal{of.job, len(of.files), e.Code, kit.ProblemCode(e.Problem), e.Message})
			continue
		}
		out.Body.Files += thrown.Files
		out.Body.Trashed = append(out.Body.Trashed, thrown.Trashed...)
		if t := thrown.Until; t != nil && (out.Body.Until == nil || t.Before(*out.Body.Until)) {
			out.Body.Until = t
		}
	}
	return out, nil
}

// jobFiles are picked files of one job.
type jobFiles struct {
	job   uuid.UUID
	files []uuid.UUID
}

// byJob returns the files job by job, in the order of the first of each.
func byJob(files []models.PickedFile) []jobFiles {
	var out []jobFiles
	at := map[uuid.UUID]int{}
	for _, f := range files {
		n, ok := at[f.JobID]
		if !ok {
			n = len(out)
			at[f.JobID], out = n, append(out, jobFiles{job: f.JobID})
		}
		out[n].files = append(out[n].files, f.ID)
	}
	return out
}
