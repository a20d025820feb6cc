package store

import (
	"context"
	"time"

	"github.com/google/uuid"

	"longhaul/models"
)

// OpenAttempts returns the attempts that are open on the agent, oldest first.
func (w *Work) OpenAttempts(ctx context.Context, agentID uuid.UUID) ([]models.OpenAttempt, error) {
	var out []models.OpenAttempt
	err := w.s.rows(ctx, &out, "list open attempts", `
		select a.*, j.user_id from job_attempts a join jobs j on j.id = a.job_id
		where a.agent_id = ? and a.state = ? order by a.started_at, a.job_id`, agentID, models.AttemptOpen)
	return out, err
}

// WantedAttempts counts the attempts that wait for a place at the provider.
func (w *Work) WantedAttempts(ctx context.Context, p models.Provider) (int, error) {
	var n int
	err := w.s.row(ctx, &n, "count wanted attempts",
		`select count(*) from job_attempts where provider = ? and state = ?`, p, models.AttemptWanted)
	return n, err
}

// EndAttempt closes the attempt if a workflow waits for it; otherwise it does
// nothing. A fault goes to the job's timeline.
func (w *Work) EndAttempt(
	ctx context.Context, jobID uuid.UUID, epoch int64, state models.AttemptState, why models.Reason,
) error {
	s := w.s
	return s.Tx(ctx, func(ctx context.Context) error {
		job, err := s.lockAnyJob(ctx, jobID)
		if err != nil {
			return err
		}
		n, err := s.exec(ctx, "end attempt", `
			update job_attempts set state = ?, problem = ?, ended_at = ?
			where job_id = ? and epoch = ? and state in ?`,
			state, why.Code.Problem(), s.Now(), jobID, epoch, live())
		if err != nil || n == 0 || why.None() {
			return err
		}
		e := eventOf(job, models.EventAttempt, why)
		e.Problem = why.Code.Problem()
		return s.addEvents(ctx, e)
	})
}

// Attempts returns all attempts of the job, oldest first.
func (w *Work) Attempts(ctx context.Context, jobID uuid.UUID) ([]models.Attempt, error) {
	var out []models.Attempt
	err := w.s.conn(ctx).Where("job_id = ?", jobID).Order("epoch").Find(&out).Error
	return out, translate(err, "list attempts")
}

// AttemptLive reports whether a workflow waits for the attempt.
func (w *Work) AttemptLive(ctx context.Context, jobID uuid.UUID, epoch int64) (bool, error) {
	var alive bool
	err := w.s.row(ctx, &alive, "look at attempt", `
		select exists (select from job_attempts where job_id = ? and epoch = ? and state in ?)`, jobID, epoch, live())
	return alive, err
}

// BeatsDue takes at most limit wanted attempts for which no activity heartbeat
// was sent since the time, and notes that one is sent now.
func (w *Work) BeatsDue(ctx context.Context, before time.Time, limit int) ([]models.Attempt, error) {
	var out []models.Attempt
	err := w.s.rows(ctx, &out, "take attempts for heartbeats", `
		update job_attempts set beat_at = ? where (job_id, epoch) in (
			select job_id, epoch from job_attempts where state = ? and beat_at <= ?
			order by beat_at limit ? for update skip locked)
		returning *`, w.s.Now(), models.AttemptWanted, before, limit)
	return out, err
}

// UnaskedJobs returns at most limit jobs that hold a slot to run a transfer, on
// which nothing was written since the time, and for which there is no attempt:
// what their workflows wait for may have been lost before it was written.
func (w *Work) UnaskedJobs(ctx context.Context, before time.Time, limit int) ([]models.Job, error) {
	var out []models.Job
	err := w.s.rows(ctx, &out, "list jobs without an attempt", `
		select j.* from jobs j
		where j.admitted_at is not null and j.state in ('queued', 'resolving', 'downloading') and j.updated_at <= ?
			and not exists (select from job_attempts a where a.job_id = j.id and a.state in ?)
		order by random() limit ?`, before, live(), limit)
	return out, err
}

// TouchBeat records that an activity heartbeat was sent for the attempt.
func (w *Work) TouchBeat(ctx context.Context, jobID uuid.UUID, epoch int64) error {
	_, err := w.s.exec(ctx, "touch beat", `update job_attempts set beat_at = ? where job_id = ? and epoch = ? and state in ?`,
		w.s.Now(), jobID, epoch, live())
	return err
}

// fence checks that the attempt is the agent's, open and therefore the newest
// of its job, and keeps it so until the transaction ends: who wants to
// supersede it has to wait.
func (s *Store) fence(ctx context.Context, agentID, jobID uuid.UUID, epoch int64) error {
	var one int
	err := s.row(ctx, &one, "check attempt", `
		select 1 from job_attempts where job_id = ? and epoch = ? and agent_id = ? and state = ? for share`,
		jobID, epoch, agentID, models.AttemptOpen)
	if models.IsNotFound(err) {
		return superseded("this attempt is not the job's newest, or was stopped")
	}
	return err
}
