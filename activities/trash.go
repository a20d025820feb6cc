package activities

import (
	"context"
	"fmt"
	"time"

	"github.com/google/uuid"

	"longhaul/models"
)

// TrashStore is what the sweep of the trash needs from the database.
type TrashStore interface {
	DropOver(ctx context.Context) (models.TrashSwept, error)
	JobsWithDeletedFiles(ctx context.Context, before time.Time, after uuid.UUID, limit int) ([]uuid.UUID, error)
	DeletedFiles(ctx context.Context, jobID uuid.UUID, limit int) ([]models.File, error)
	ObjectsRemoved(ctx context.Context, fileIDs []uuid.UUID) error
}

// TrashResult is what a sweep of the trash did.
type TrashResult struct {
	Jobs   int `json:"jobs"`   // that were deleted for good
	Files  int `json:"files"`  // likewise, of jobs that stay
	Purged int `json:"purged"` // jobs whose deleted files were to be removed from storage for longer than a moment

	Paused models.StoragePause `json:"paused,omitempty"` // why nothing was deleted
}

// SweepTrash deletes for good what was in the trash for long enough, and has the
// objects of deleted files removed that a lost purge left behind. Restored rows
// may say that something is in the trash that its owner has taken out since, so
// what pauses every other removal pauses this one.
func (a *Sweeps) SweepTrash(ctx context.Context, in RepairInput) (TrashResult, error) {
	res, err := a.sweepTrash(ctx, in)
	return res, border(ctx, err)
}

func (a *Sweeps) sweepTrash(ctx context.Context, in RepairInput) (res TrashResult, err error) {
	stop := beat(ctx)
	defer stop()
	if res.Paused, err = a.Stock.Pause(ctx); err != nil || res.Paused != "" {
		return res, err
	}
	swept, err := a.Store.DropOver(ctx)
	res.Jobs, res.Files = swept.Jobs, swept.Files
	if err != nil {
		return res, err
	}
	before := a.Now().Add(-in.Quiet)
	err = inBatches(
		func(after uuid.UUID) ([]uuid.UUID, error) {
			return a.Store.JobsWithDeletedFiles(ctx, before, after, repairBatch)
		},
		func(id uuid.UUID) uuid.UUID { return id },
		func(ids []uuid.UUID) error {
			for _, id := range ids {
				if err := a.Runner.Purge(ctx, id); err != nil {
					return err
				}
				res.Purged++
			}
			return nil
		})
	return res, err
}

// purgeFiles removes the objects of files that were deleted for good. Their rows
// said so before: an attempt that ends in between leaves them due.
func (a *Sweeps) purgeFiles(ctx context.Context, jobID uuid.UUID) error {
	stop := beat(ctx)
	defer stop()
	for {
		files, err := a.Store.DeletedFiles(ctx, jobID, repairBatch)
		if err != nil || len(files) == 0 {
			return err
		}
		gone := make([]uuid.UUID, 0, len(files))
		for _, f := range files {
			if err := ignoreGone(a.Objects.Delete(ctx, f.Key())); err != nil {
				return fmt.Errorf("remove object: %w", err)
			}
			gone = append(gone, f.ID)
		}
		if err := a.Store.ObjectsRemoved(ctx, gone); err != nil {
			return err
		}
	}
}
