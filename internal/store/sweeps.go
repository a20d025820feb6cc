package store

import (
	"context"
	"regexp"
	"time"

	"github.com/google/uuid"

	"longhaul/models"
)

// PurgeableJob returns a deleted job whose workflow has ended, so that nothing
// writes to it any more. It is not_found once the rows are gone and wrong_state
// as long as the job is open or not deleted.
func (w *Work) PurgeableJob(ctx context.Context, jobID uuid.UUID) (models.Job, error) {
	job, err := w.Job(ctx, jobID)
	if err != nil {
		return models.Job{}, err
	}
	if job.DeleteAt == nil || !job.State.Terminal() {
		return models.Job{}, models.Fault(models.ProblemWrongState, "The job cannot be removed yet.")
	}
	return job, nil
}

// DeleteJobRows removes a deleted job and all that belongs to it but the event
// of its deletion, which subscribers may still have to learn.
func (w *Work) DeleteJobRows(ctx context.Context, jobID uuid.UUID) error {
	s := w.s
	return s.Tx(ctx, func(ctx context.Context) error {
		job, err := s.lockAnyJob(ctx, jobID)
		if models.IsNotFound(err) {
			return nil
		}
		if err != nil {
			return err
		}
		if _, err := s.Work().PurgeableJob(ctx, jobID); err != nil {
			return err
		}
		if err := s.free(ctx, &job); err != nil {
			return err
		}
		if _, err := s.exec(ctx, "delete job", `delete from jobs where id = ?`, jobID); err != nil {
			return err
		}
		if _, err := s.exec(ctx, "delete job events", `delete from job_events where job_id = ? and kind <> ?`,
			jobID, models.EventDeleted); err != nil {
			return err
		}
		return s.RemoveEmptied(ctx, job.UserID)
	})
}

// JobsToPurge returns deleted jobs that were deleted before the time and still
// have rows, for the sweep that repairs a lost purge.
func (w *Work) JobsToPurge(ctx context.Context, before time.Time, limit int) ([]uuid.UUID, error) {
	var rows []struct{ ID uuid.UUID }
	err := w.s.rows(ctx, &rows, "list jobs to purge",
		`select id from jobs where delete_at < ? order by delete_at limit ?`, before, limit)
	out := make([]uuid.UUID, 0, len(rows))
	for _, r := range rows {
		out = append(out, r.ID)
	}
	return out, err
}

// objectKey is the form of the keys that files have.
var objectKey = regexp.MustCompile(`^jobs/([0-9a-f-]{36})/([0-9a-f-]{36})$`)

// KnownKeys returns which of the object keys belong to a file.
func (w *Work) KnownKeys(ctx context.Context, keys []string) (map[string]bool, error) {
	ids := make([]uuid.UUID, 0, len(keys))
	for _, k := range keys {
		m := objectKey.FindStringSubmatch(k)
		if m == nil {
			continue
		}
		if id, err := uuid.Parse(m[2]); err == nil {
			ids = append(ids, id)
		}
	}
	known := make(map[string]bool, len(ids))
	if len(ids) == 0 {
		return known, nil
	}
	var rows []models.File
	err := w.s.rows(ctx, &rows, "look up keys",
		`select id, job_id from files where id = any(?) and state <> ?`, array{ids}, models.FileSkipped)
	for _, f := range rows {
		known[f.Key()] = true
	}
	out := make(map[string]bool, len(rows))
	for _, k := range keys {
		if known[k] {
			out[k] = true
		}
	}
	return out, err
}

// OpenUploads returns the multipart uploads that files are being stored by,
// with their object keys.
func (w *Work) OpenUploads(ctx context.Context) (map[string]string, error) {
	var rows []models.File
	err := w.s.rows(ctx, &rows, "list open uploads",
		`select id, job_id, upload_id from files where upload_id is not null and state = ?`, models.FilePending)
	out := make(map[string]string, len(rows))
	for _, f := range rows {
		out[*f.UploadID] = f.Key()
	}
	return out, err
}

// PruneInspections removes pre-flight answers from before the time.
func (w *Work) PruneInspections(ctx context.Context, before time.Time) (int64, error) {
	return w.s.exec(ctx, "prune inspections", `delete from inspections where created_at < ?`, before)
}

// PruneIdempotencyKeys removes keys from before the time.
func (w *Work) PruneIdempotencyKeys(ctx context.Context, before time.Time) (int64, error) {
	return w.s.exec(ctx, "prune idempotency keys", `delete from idempotency_keys where created_at < ?`, before)
}

// PruneDeletedEvents removes the last events of jobs that were deleted before
// the time and are gone.
func (w *Work) PruneDeletedEvents(ctx context.Context, before time.Time) (int64, error) {
	return w.s.exec(ctx, "prune events of deleted jobs", `
		delete from job_events e where kind = ? and at < ? and not exists (select from jobs j where j.id = e.job_id)`,
		models.EventDeleted, before)
}

// StaleOpenJobs returns open jobs on which nothing was written since the time,
// longest first, for the reconcile sweep.
func (w *Work) StaleOpenJobs(ctx context.Context, before time.Time) ([]models.Job, error) {
	var out []models.Job
	err := w.s.rows(ctx, &out, "list stale jobs", `
		select * from jobs where updated_at < ? and state not in ('ready', 'failed', 'cancelled', 'expired')
		order by updated_at limit 1000`, before)
	return out, err
}
