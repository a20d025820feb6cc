package store

import (
	"context"
	"time"

	"github.com/google/uuid"

	"longhaul/models"
)

// expiryNotice is how long a job is announced to expire at least when a plan
// with a shorter retention comes to apply to it.
const expiryNotice = 7 * 24 * time.Hour

// expiry notes on a change to ready when the job's files will be removed.
func (s *Store) expiry(ctx context.Context, userID uuid.UUID, c *models.JobChange) error {
	p, err := s.PlanOf(ctx, userID)
	if err != nil || p.RetentionDays == nil {
		return err
	}
	due := s.Now().AddDate(0, 0, *p.RetentionDays)
	c.Deadline = &due
	return nil
}

// AnnounceExpiry brings the deadlines of ready jobs up to what the plans of
// their owners say now, and returns how many changed. A plan that keeps files
// for a shorter time than before gives a week's notice.
func (w *Work) AnnounceExpiry(ctx context.Context) (int64, error) {
	now := w.s.Now()
	return w.s.exec(ctx, "announce expiry", `
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
func (w *Work) ExpireJobs(ctx context.Context, limit int) ([]uuid.UUID, error) {
	var due []struct{ ID uuid.UUID }
	err := w.s.rows(ctx, &due, "list jobs to expire", `
		select id from jobs where state = 'ready' and delete_at is null and deadline <= ? order by deadline limit ?`,
		w.s.Now(), limit)
	if err != nil {
		return nil, err
	}
	var out []uuid.UUID
	for _, d := range due {
		expired, err := w.expire(ctx, d.ID)
		if err != nil {
			return out, err
		}
		if expired {
			out = append(out, d.ID)
		}
	}
	return out, nil
}

func (w *Work) expire(ctx context.Context, jobID uuid.UUID) (expired bool, err error) {
	s := w.s
	err = s.Tx(ctx, func(ctx context.Context) error {
		job, err := s.lockAnyJob(ctx, jobID)
		if models.IsNotFound(err) {
			return nil
		}
		if err != nil {
			return err
		}
		expired = job.State == models.StateReady && job.DeleteAt == nil && job.Deadline != nil && !job.Deadline.After(s.Now())
		if !expired {
			return nil
		}
		if _, err := s.exec(ctx, "drop expired files", `delete from files where job_id = ?`, jobID); err != nil {
			return err
		}
		return s.move(ctx, &job, models.JobChange{
			To: models.StateExpired, Reason: models.Because(models.ReasonExpired),
		}, models.EventState)
	})
	return expired, err
}
