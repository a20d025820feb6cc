package jobs

import (
	"context"

	"github.com/google/uuid"

	"longhaul/models"
)

// leavingJobs is how many jobs of an account that is deleted are deleted with
// it, those that are not at their end first. The others follow in batches, see
// DeleteLeftJobs: an account may have any number.
const leavingJobs = 100

// DeleteAccount ends an account for good: its access at once, its jobs and
// their files on the way that each deleted job goes, its row with the last of
// them. Its address is free from now on. A mail to it confirms.
func (js *Jobs) DeleteAccount(ctx context.Context, by models.Actor, id uuid.UUID) error {
	return js.db.Tx(ctx, func(ctx context.Context) error {
		// jobs are locked before anything else is
		var jobs []struct{ ID uuid.UUID }
		if err := js.db.Rows(ctx, &jobs, "lock jobs",
			`select id from jobs where id in (
				select id from jobs where user_id = ? and (delete_at is null or trash_until is not null)
				order by state in ('ready', 'failed', 'cancelled', 'expired'), id limit ?) order by id for update`, id, leavingJobs); err != nil {
			return err
		}
		if err := js.accounts.Empty(ctx, id); err != nil {
			return err
		}
		for _, j := range jobs {
			if err := js.leave(ctx, id, j.ID); err != nil {
				return err
			}
		}
		if err := js.records.RecordAudit(ctx, by.Did(models.AuditUserDeleted, "user", id.String())); err != nil {
			return err
		}
		return js.accounts.RemoveEmptied(ctx, id)
	})
}

// DeleteLeftJobs deletes up to limit jobs that accounts left behind when they
// were deleted, or that were accepted while that happened, and returns how many.
// Each goes in a transaction of its own, so that it may be broken off anywhere.
func (w *Worker) DeleteLeftJobs(ctx context.Context, limit int) (int, error) {
	var left []models.Job
	if err := w.js.db.Rows(ctx, &left, "list jobs of deleted accounts", `
		select j.* from jobs j join users u on u.id = j.user_id
		where u.delete_at is not null and (j.delete_at is null or j.trash_until is not null) limit ?`, limit); err != nil {
		return 0, err
	}
	for i, j := range left {
		if err := w.js.leave(ctx, j.UserID, j.ID); err != nil && !models.IsNotFound(err) {
			return i, err
		}
	}
	return len(left), nil
}

// leave deletes a job for good, wherever it is.
func (js *Jobs) leave(ctx context.Context, userID, jobID uuid.UUID) error {
	return js.db.Tx(ctx, func(ctx context.Context) error {
		job, err := js.Lock(ctx, jobID)
		switch {
		case err != nil:
			return err
		case job.InTrash():
			return js.dropTrashed(ctx, &job)
		default:
			return js.RequestDelete(ctx, userID, jobID)
		}
	})
}
