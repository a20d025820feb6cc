package jobs

import (
	"context"

	"github.com/google/uuid"

	"longhaul/models"
)

// PlaceFiles puts the job's stored files that have no place yet into its owner's
// library, if it has ended and is not deleted. It returns how many there were.
// The transaction that ends a job does the same; this is for what an older program
// finished.
func (w *Worker) PlaceFiles(ctx context.Context, jobID uuid.UUID) (int, error) {
	js, placed := w.js, 0
	err := js.db.Tx(ctx, func(ctx context.Context) error {
		job, err := js.Lock(ctx, jobID)
		if models.IsNotFound(err) || err == nil && (!job.State.Terminal() || job.DeleteAt != nil) {
			return nil
		}
		if err != nil {
			return err
		}
		placed, err = js.library.Place(ctx, job)
		return err
	})
	return placed, err
}
