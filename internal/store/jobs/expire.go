package jobs

import (
	"context"
	"time"

	"github.com/google/uuid"

	"longhaul/internal/store/postgres"
	"longhaul/models"
)

// expiryNotice is the minimum notice before a job expires when a plan with a
// shorter retention starts to apply.
const expiryNotice = 7 * 24 * time.Hour

// AnnounceExpiry brings the deadlines of ready jobs up to what the plans of
// their owners say now, and returns how many changed. A plan that keeps files
// for a shorter time than before gives a week's notice.
func (w *Worker) AnnounceExpiry(ctx context.Context) (int64, error) {
	now := w.js.db.Now()
	return w.js.db.Exec(ctx, "announce expiry", `
		update jobs j set deadline = d.due, updated_at = ?
		from (
			select j.id, case when p.retention_days is not null then greatest(
				j.finished_at + make_interval(days => p.retention_days),
				least(coalesce(j.deadline, 'infinity'), cast(? as timestamptz))) end as due
			from jobs j join user_plans p on p.user_id = j.user_id where j.state = 'ready' and j.delete_at is null) d
		where d.id = j.id and j.state = 'ready' and j.deadline is distinct from d.due`,
		now, now.Add(expiryNotice))
}

// ExpireJobs moves at most limit ready jobs whose time is over to expired and
// drops the rows of their files; the caller removes the objects of those that
// it returns.
func (w *Worker) ExpireJobs(ctx context.Context, limit int) ([]uuid.UUID, error) {
	var due, out []uuid.UUID
	err := w.js.db.Conn(ctx).Model(&models.Job{}).Where("state = 'ready' and delete_at is null and deadline <= ?", w.js.db.Now()).
		Order("deadline").Limit(limit).Pluck("id", &due).Error
	if err != nil {
		return nil, postgres.Translate(err, "list jobs to expire")
	}
	for _, id := range due {
		expired, err := w.expire(ctx, id)
		if err != nil {
			return out, err
		}
		if expired {
			out = append(out, id)
		}
	}
	return out, nil
}

func (w *Worker) expire(ctx context.Context, jobID uuid.UUID) (expired bool, err error) {
	js := w.js
	err = js.db.Tx(ctx, func(ctx context.Context) error {
		job, err := js.Lock(ctx, jobID)
		if models.IsNotFound(err) {
			return nil
		}
		if err != nil {
			return err
		}
		expired = job.State == models.StateReady && job.DeleteAt == nil && job.Deadline != nil && !job.Deadline.After(js.db.Now())
		if !expired {
			return nil
		}
		if err := js.library.Leaving(ctx, job, func(ctx context.Context) error { return js.files.Forget(ctx, jobID) }); err != nil {
			return err
		}
		return js.Move(ctx, &job, models.JobChange{To: models.StateExpired, Reason: models.Because(models.ReasonExpired)}, models.EventState)
	})
	return expired, err
}
