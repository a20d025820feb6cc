package jobs

import (
	"context"

	"github.com/google/uuid"

	"longhaul/api/kit"
	"longhaul/models"
)

// View shows jobs outside of this package's own operations.
type View struct{ store Store }

// NewView returns the view of the store's jobs.
func NewView(store Store) View { return View{store} }

// Job returns a job as its owner sees it.
func (v View) Job(ctx context.Context, userID, jobID uuid.UUID) (kit.Job, error) {
	row, err := v.store.Job(ctx, userID, jobID)
	if err != nil {
		return kit.Job{}, err
	}
	list, err := render(ctx, v.store, userID, row)
	if err != nil {
		return kit.Job{}, err
	}
	return list[0], nil
}

// Progress returns the progress of a transfer as its owner sees it.
func (v View) Progress(p models.Progress) kit.Progress { return kit.ProgressOf(p) }
