package api

import (
	"context"

	"github.com/google/uuid"

	"longhaul/models"
)

// viewSource has what a job looks like.
type viewSource interface {
	renderSource
	Job(ctx context.Context, userID, jobID uuid.UUID) (models.Job, error)
}

// jobView shows jobs outside of this package's own operations.
type jobView struct{ src viewSource }

// job returns a job as its owner sees it.
func (v jobView) job(ctx context.Context, userID, jobID uuid.UUID) (Job, error) {
	row, err := v.src.Job(ctx, userID, jobID)
	if err != nil {
		return Job{}, err
	}
	list, err := render(ctx, v.src, userID, row)
	if err != nil {
		return Job{}, err
	}
	return list[0], nil
}

func (v jobView) forStreams() View {
	return View{
		Job:      func(ctx context.Context, userID, jobID uuid.UUID) (any, error) { return v.job(ctx, userID, jobID) },
		Progress: func(p models.Progress) any { return progressOf(p) },
	}
}
