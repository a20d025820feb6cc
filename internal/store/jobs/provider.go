package jobs

import (
	"context"

	"github.com/google/uuid"

	"longhaul/models"
)

// MoveJob gives the open job to another provider and returns it. A running one
// goes back to the queue without its slot; a paused one, or one that waits for
// a choice of files, stays so. What is in storage stays. It is refused as
// wrong_state when the job has ended, as seedr_rejected when the provider
// cannot fetch such a source, and as feature_off when failover is off for its
// owner.
func (w *Worker) MoveJob(ctx context.Context, jobID uuid.UUID, m models.JobMove) (models.Job, error) {
	var job models.Job
	js := w.js
	err := js.db.Tx(ctx, func(ctx context.Context) error {
		var err error
		if job, err = js.Lock(ctx, jobID); err != nil {
			return err
		}
		if job.State.Terminal() || job.DeleteAt != nil {
			return models.Fault(models.ProblemWrongState, "The job has ended.")
		}
		if job.Provider == m.To || m.From != "" && job.Provider != m.From {
			return nil // an earlier try got that far
		}
		if m.From != "" { // no person asked for it
			if err := js.flags.RequireFlag(ctx, models.FlagFailover, job.UserID); err != nil {
				return err
			}
		}
		if !job.Fits(m.To) {
			return models.Fault(models.ProblemSeedrRejected, "Seedr takes torrents with a v1 info hash only.")
		}
		return js.giveTo(ctx, &job, m)
	})
	return job, err
}

// MoveWaiting moves the job if it still waits for a slot; another transaction
// that works on it right now is not waited for.
func (js *Jobs) MoveWaiting(ctx context.Context, jobID uuid.UUID, m models.JobMove) error {
	var job models.Job
	err := js.db.Row(ctx, &job, "lock waiting job", `
		select * from jobs where id = ? and state = 'queued' and admitted_at is null and provider = ? for update skip locked`,
		jobID, m.From)
	if models.IsNotFound(err) {
		return nil
	}
	if err != nil {
		return err
	}
	job.StateSince = js.db.Now() // its wait restarts
	if err := js.save(ctx, "restart waiting", &job, "state_since"); err != nil {
		return err
	}
	return js.giveTo(ctx, &job, m)
}

// giveTo moves the locked job.
func (js *Jobs) giveTo(ctx context.Context, job *models.Job, m models.JobMove) error {
	if err := js.attempts.Supersede(ctx, job.ID); err != nil {
		return err
	}
	forgot := false
	if m.To == models.ProviderAgent && job.SourceKind == models.SourceMagnet {
		var err error
		if forgot, err = js.forgetSeedrFiles(ctx, job); err != nil {
			return err
		}
	}
	job.Provider = m.To
	if err := js.save(ctx, "give job to another provider", job, "provider"); err != nil {
		return err
	}
	c := models.JobChange{
		To: models.StateQueued, ReleaseSlot: true, Problem: m.Problem, Reason: m.Reason, Told: m.Reason,
	}
	if job.State == models.StatePaused || job.State == models.StateAwaitingSelection && !forgot {
		c.To, c.Reason, c.Deadline, c.Problem = job.State, job.Reason, job.Deadline, job.Problem
	}
	return js.Move(ctx, job, c, models.EventMoved)
}

// forgetSeedrFiles drops a magnet's file list from Seedr: its numbering differs
// from the metainfo's, which an agent uses. Their objects and uploads are left
// to the orphan sweep. It reports whether there was one.
func (js *Jobs) forgetSeedrFiles(ctx context.Context, job *models.Job) (bool, error) {
	metainfo, err := js.files.Metainfo(ctx, job.ID)
	if err != nil || len(metainfo) > 0 || job.FileCount == 0 {
		return false, err
	}
	if err := js.files.Forget(ctx, job.ID); err != nil {
		return false, err
	}
	job.Size, job.FileCount = nil, 0
	if job.ChooseFiles {
		job.Selection = nil
	}
	if err := js.save(ctx, "forget size", job, "size", "file_count", "selection"); err != nil {
		return false, err
	}
	if err := js.quota.Want(ctx, job, 0); err != nil {
		return false, err
	}
	_, err = js.quota.Hold(ctx, job)
	return true, err
}
