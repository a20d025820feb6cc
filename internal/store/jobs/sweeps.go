package jobs

import (
	"context"
	"time"

	"github.com/google/uuid"

	"longhaul/internal/store/postgres"
	"longhaul/models"
)

// DeleteJobRows removes a deleted job and all that belongs to it but the event
// of its deletion, which subscribers may still have to learn. A job that is open,
// in the trash, or not deleted, is refused as wrong_state: its workflow may write to it.
func (w *Worker) DeleteJobRows(ctx context.Context, jobID uuid.UUID) error {
	js := w.js
	return js.db.Tx(ctx, func(ctx context.Context) error {
		job, err := js.Lock(ctx, jobID)
		if models.IsNotFound(err) {
			return nil
		}
		if err != nil {
			return err
		}
		if !job.Purgeable() {
			return models.Fault(models.ProblemWrongState, "The job cannot be removed yet.")
		}
		if err := js.quota.Free(ctx, &job); err != nil {
			return err
		}
		err = js.library.Leaving(ctx, job, func(ctx context.Context) error {
			_, err := js.db.Exec(ctx, "delete job", `delete from jobs where id = ?`, jobID)
			return err
		})
		if err != nil {
			return err
		}
		if err := js.timeline.Forget(ctx, jobID); err != nil {
			return err
		}
		return js.accounts.RemoveEmptied(ctx, job.UserID)
	})
}

// JobsToPurge returns jobs that were deleted for good, that were deleted before the time and still
// have rows, for the sweep that repairs a lost purge. They come by id, after the
// given one.
func (w *Worker) JobsToPurge(ctx context.Context, before time.Time, after uuid.UUID, limit int) ([]uuid.UUID, error) {
	var out []uuid.UUID
	err := w.js.db.Conn(ctx).Model(&models.Job{}).Where("delete_at < ? and trash_until is null and id > ?", before, after).
		Order("id").Limit(limit).Pluck("id", &out).Error
	return out, postgres.Translate(err, "list jobs to purge")
}

// JobRuns returns the runs of those of the jobs that there are.
func (w *Worker) JobRuns(ctx context.Context, ids []uuid.UUID) (map[uuid.UUID]int, error) {
	var rows []models.Job
	err := w.js.db.Conn(ctx).Select("id", "run").Where("id = any(?)", postgres.Array[uuid.UUID](ids)).Find(&rows).Error
	out := make(map[uuid.UUID]int, len(rows))
	for _, j := range rows {
		out[j.ID] = j.Run
	}
	return out, postgres.Translate(err, "look for jobs")
}

// OpenJobs returns those of the jobs that have not ended.
func (w *Worker) OpenJobs(ctx context.Context, ids []uuid.UUID) ([]models.Job, error) {
	var out []models.Job
	err := w.js.db.Conn(ctx).Where("id = any(?) and state not in ?", postgres.Array[uuid.UUID](ids), terminalStates()).
		Order("id").Find(&out).Error
	return out, postgres.Translate(err, "look for open jobs")
}

// PruneIdempotencyKeys removes keys from before the time, those of batches
// included.
func (w *Worker) PruneIdempotencyKeys(ctx context.Context, before time.Time) (int64, error) {
	n, err := w.js.db.Exec(ctx, "prune idempotency keys", `delete from idempotency_keys where created_at < ?`, before)
	if err != nil {
		return n, err
	}
	batches, err := w.js.db.Exec(ctx, "prune batches", `delete from submit_batches where created_at < ?`, before)
	return n + batches, err
}

// StaleOpenJobs returns open jobs on which nothing was written since the time,
// for the reconcile sweep. They come by id, after the given one.
func (w *Worker) StaleOpenJobs(ctx context.Context, before time.Time, after uuid.UUID, limit int) ([]models.Job, error) {
	var out []models.Job
	err := w.js.db.Conn(ctx).Where("updated_at < ? and id > ? and state not in ?", before, after, terminalStates()).
		Order("id").Limit(limit).Find(&out).Error
	return out, postgres.Translate(err, "list stale jobs")
}
