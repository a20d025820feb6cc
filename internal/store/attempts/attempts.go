// Package attempts stores the attempts to run a transfer at a provider: wanted,
// open, ended. It writes their rows and fences those that are not the newest;
// what they mean for the job is up to jobs and transfers.
package attempts

import (
	"context"
	"time"

	"github.com/google/uuid"

	"longhaul/internal/store/postgres"
	"longhaul/models"
)

// Attempts keeps the attempts of jobs.
type Attempts struct {
	db *postgres.DB
}

// New returns the attempts of the database.
func New(db *postgres.DB) *Attempts {
	return &Attempts{db: db}
}

// Worker returns the methods that only the worker may use.
func (at *Attempts) Worker() *Worker { return &Worker{at} }

// Worker looks for attempts that something has to be done about.
type Worker struct{ at *Attempts }

// OpenAttempts returns the attempts that are open on the agent, oldest first.
func (w *Worker) OpenAttempts(ctx context.Context, agentID uuid.UUID) ([]models.OpenAttempt, error) {
	return w.at.OpenOn(ctx, agentID)
}

// OpenOn returns the attempts that are open on the agent, oldest first.
func (at *Attempts) OpenOn(ctx context.Context, agentID uuid.UUID) ([]models.OpenAttempt, error) {
	var out []models.OpenAttempt
	err := at.db.Rows(ctx, &out, "list open attempts", `
		select a.*, j.user_id from job_attempts a join jobs j on j.id = a.job_id
		where a.agent_id = ? and a.state = ? order by a.started_at, a.job_id`, agentID, models.AttemptOpen)
	return out, err
}

// WantedAttempts counts the attempts that wait for a place at the provider.
func (w *Worker) WantedAttempts(ctx context.Context, p models.Provider) (int, error) {
	var n int64
	err := w.at.db.Conn(ctx).Model(&models.Attempt{}).Where("provider = ? and state = ?", p, models.AttemptWanted).Count(&n).Error
	return int(n), postgres.Translate(err, "count wanted attempts")
}

// Attempts returns all attempts of the job, oldest first.
func (w *Worker) Attempts(ctx context.Context, jobID uuid.UUID) ([]models.Attempt, error) {
	var out []models.Attempt
	err := w.at.db.Conn(ctx).Where("job_id = ?", jobID).Order("epoch").Find(&out).Error
	return out, postgres.Translate(err, "list attempts")
}

// AttemptLive reports whether a workflow waits for the attempt.
func (w *Worker) AttemptLive(ctx context.Context, jobID uuid.UUID, epoch int64) (bool, error) {
	var alive bool
	err := w.at.db.Row(ctx, &alive, "look at attempt", `
		select exists (select from job_attempts where job_id = ? and epoch = ? and state in ?)`, jobID, epoch, live())
	return alive, err
}

// BeatsDue takes at most limit wanted attempts for which no activity heartbeat
// was sent since the time, and notes that one is sent now.
func (w *Worker) BeatsDue(ctx context.Context, before time.Time, limit int) ([]models.Attempt, error) {
	var out []models.Attempt
	err := w.at.db.Rows(ctx, &out, "take attempts for heartbeats", `
		update job_attempts set beat_at = ? where (job_id, epoch) in (
			select job_id, epoch from job_attempts where state = ? and beat_at <= ?
			order by beat_at limit ? for update skip locked)
		returning *`, w.at.db.Now(), models.AttemptWanted, before, limit)
	return out, err
}

// UnaskedJobs returns at most limit jobs that hold a slot to run a transfer, on
// which nothing was written since the time, and for which there is no attempt:
// what their workflows wait for may have been lost before it was written.
func (w *Worker) UnaskedJobs(ctx context.Context, before time.Time, limit int) ([]models.Job, error) {
	var out []models.Job
	err := w.at.db.Rows(ctx, &out, "list jobs without an attempt", `
		select j.* from jobs j
		where j.admitted_at is not null and j.state in ('queued', 'resolving', 'downloading') and j.updated_at <= ?
			and not exists (select from job_attempts a where a.job_id = j.id and a.state in ?)
		order by random() limit ?`, before, live(), limit)
	return out, err
}

// TouchBeat records that an activity heartbeat was sent for the attempt.
func (w *Worker) TouchBeat(ctx context.Context, jobID uuid.UUID, epoch int64) error {
	_, err := w.at.db.Exec(ctx, "touch beat", `update job_attempts set beat_at = ? where job_id = ? and epoch = ? and state in ?`,
		w.at.db.Now(), jobID, epoch, live())
	return err
}

// Blame records the problem of the job's last attempt on an agent, which had
// ended well as far as anyone knew, and returns the agent. It is not_found if no
// agent had the job.
func (w *Worker) Blame(ctx context.Context, jobID uuid.UUID, p models.Problem) (models.Agent, error) {
	var a models.Agent
	err := w.at.db.Row(ctx, &a, "blame agent", `
		with last as (
			select job_id, epoch from job_attempts where job_id = ? and agent_id is not null order by epoch desc limit 1),
		blamed as (
			update job_attempts t set state = ?, problem = ? from last
			where t.job_id = last.job_id and t.epoch = last.epoch returning t.agent_id)
		select a.* from agents a join blamed on blamed.agent_id = a.id`, jobID, models.AttemptFailed, p)
	return a, err
}

// DueAttempts takes at most limit attempts that placement has to look at, those
// that wait longest first, and reserves them for the caller for the time; if
// the caller dies, the next one gets them.
func (w *Worker) DueAttempts(ctx context.Context, limit int, leave time.Duration) ([]models.Attempt, error) {
	now := w.at.db.Now()
	var out []models.Attempt
	err := w.at.db.Rows(ctx, &out, "take due attempts", `
		update job_attempts set due_at = ? where (job_id, epoch) in (
			select job_id, epoch from job_attempts where due_at <= ? and state in ?
			order by due_at limit ? for update skip locked)
		returning *`, now.Add(leave), now, live(), limit)
	return out, err
}

// Taken records that the agent has the open attempt, from now on: placement is
// done with it.
func (w *Worker) Taken(ctx context.Context, jobID uuid.UUID, epoch int64) error {
	_, err := w.at.db.Exec(ctx, "note taken attempt", `
		update job_attempts set due_at = null, started_at = ? where job_id = ? and epoch = ? and state = ?`,
		w.at.db.Now(), jobID, epoch, models.AttemptOpen)
	return err
}

// Held reports whether the open attempt is still the caller's to place, who was
// given it until due: it was not taken meanwhile, nor given to another worker.
func (w *Worker) Held(ctx context.Context, jobID uuid.UUID, epoch int64, due time.Time) (bool, error) {
	var held bool
	err := w.at.db.Row(ctx, &held, "look at placement", `
		select exists (select from job_attempts where job_id = ? and epoch = ? and state = ? and due_at = ?)`,
		jobID, epoch, models.AttemptOpen, due)
	return held, err
}

// OpenSeedrAttempts returns the attempts that are open on Seedr, oldest first.
func (w *Worker) OpenSeedrAttempts(ctx context.Context) ([]models.OpenAttempt, error) {
	var out []models.OpenAttempt
	err := w.at.db.Rows(ctx, &out, "list open Seedr attempts", `
		select a.*, j.user_id from job_attempts a join jobs j on j.id = a.job_id
		where a.provider = ? and a.state = ? order by a.started_at, a.job_id`, models.ProviderSeedr, models.AttemptOpen)
	return out, err
}

// SetAttemptRef records the provider's own id of an attempt's transfer.
func (w *Worker) SetAttemptRef(ctx context.Context, jobID uuid.UUID, epoch int64, ref string) error {
	_, err := w.at.db.Exec(ctx, "note transfer id",
		`update job_attempts set provider_ref = ? where job_id = ? and epoch = ?`, ref, jobID, epoch)
	return err
}

// Placed returns all attempts of the job with the names of their agents, oldest
// first.
func (at *Attempts) Placed(ctx context.Context, jobID uuid.UUID) ([]models.PlacedAttempt, error) {
	var out []models.PlacedAttempt
	err := at.db.Rows(ctx, &out, "list attempts with agents", `
		select a.*, coalesce(g.name, '') as agent_name from job_attempts a left join agents g on g.id = a.agent_id
		where a.job_id = ? order by a.epoch`, jobID)
	return out, err
}
