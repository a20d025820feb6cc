package jobs

import (
	"context"

	"github.com/google/uuid"

	"longhaul/api/kit"
	"longhaul/models"
)

// renderSource provides what a job's row does not hold.
type renderSource interface {
	ProgressOf(ctx context.Context, userID uuid.UUID, jobIDs []uuid.UUID) (map[uuid.UUID]models.Progress, error)
	QueueNote(ctx context.Context, userID uuid.UUID) (models.QueueNote, error)
	LabelsOf(ctx context.Context, userID uuid.UUID, jobIDs []uuid.UUID) (map[uuid.UUID][]uuid.UUID, error)
}

// render returns a user's jobs as the user sees them: with their progress and,
// if queued, with what they are waiting for right now.
func render(ctx context.Context, src renderSource, userID uuid.UUID, jobs ...models.Job) ([]kit.Job, error) {
	ids, all := make([]uuid.UUID, 0, len(jobs)), make([]uuid.UUID, 0, len(jobs))
	waiting := false
	for _, j := range jobs {
		waiting, all = waiting || j.Waits(), append(all, j.ID)
		if j.State != models.StateQueued && !j.State.Terminal() {
			ids = append(ids, j.ID)
		}
	}
	labels, err := src.LabelsOf(ctx, userID, all)
	if err != nil {
		return nil, err
	}
	var progress map[uuid.UUID]models.Progress
	if len(ids) > 0 {
		if progress, err = src.ProgressOf(ctx, userID, ids); err != nil {
			return nil, err
		}
	}
	var note models.QueueNote
	if waiting {
		if note, err = src.QueueNote(ctx, userID); err != nil {
			return nil, err
		}
	}
	out := make([]kit.Job, 0, len(jobs))
	for _, j := range jobs {
		j.Reason = note.Explain(j)
		dto := kit.JobOf(j, progress)
		dto.Labels = append(dto.Labels, labels[j.ID]...)
		out = append(out, dto)
	}
	return out, nil
}
