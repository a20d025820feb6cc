package transfers

import (
	"context"
	"time"

	"github.com/google/uuid"

	"longhaul/internal/store/jobs"
	"longhaul/internal/store/timeline"
	"longhaul/internal/tracing"
	"longhaul/models"
)

// EndAttempt closes the attempt if a workflow waits for it; otherwise it does
// nothing. A fault goes to the job's timeline.
func (w *Worker) EndAttempt(
	ctx context.Context, jobID uuid.UUID, epoch int64, state models.AttemptState, why models.Reason,
) error {
	tr := w.tr
	return tr.db.Tx(ctx, func(ctx context.Context) error {
		job, err := tr.jobs.Lock(ctx, jobID)
		if err != nil {
			return err
		}
		ended, err := tr.attempts.End(ctx, jobID, epoch, state, why.Code.Problem())
		if err != nil || !ended || why.None() {
			return err
		}
		e := timeline.Of(job, models.EventAttempt, why)
		e.Problem = why.Code.Problem()
		return tr.timeline.Add(ctx, e)
	})
}

// WantTransfer records that the job's workflow requests a transfer: it
// supersedes an earlier attempt, raises the epoch and notifies placement. It
// fails with storage_full when the user's storage has no room, and with
// wrong_state when the job cannot run; in that case nothing changes.
func (w *Worker) WantTransfer(ctx context.Context, want models.TransferWant) error {
	tr := w.tr
	return tr.db.Tx(ctx, func(ctx context.Context) error {
		job, err := tr.jobs.Lock(ctx, want.JobID)
		if err != nil {
			return err
		}
		if job.DeleteAt != nil {
			return models.Fault(models.ProblemWrongState, "The job was deleted.")
		}
		if err := jobs.MayBecome(job.State, want.Kind.State()); err != nil {
			return err
		}
		if err := tr.haveRoom(ctx, &job, want.Kind); err != nil {
			return err
		}
		if err := tr.attempts.Supersede(ctx, job.ID); err != nil {
			return err
		}
		now := tr.db.Now()
		since := want.Since
		if since.IsZero() || since.After(now) {
			since = now
		}
		return tr.jobs.WantAttempt(ctx, &job, models.Attempt{
			Provider: job.Provider, Kind: want.Kind, TaskToken: want.TaskToken,
			Elsewhere: want.Elsewhere, WantedAt: since, BeatAt: now, DueAt: &now, Trace: tracing.Carry(ctx),
		})
	})
}

// Wait has the wanted attempt wait for the time before it is looked at again,
// and says on its job why. It ignores an attempt that is no longer wanted.
func (w *Worker) Wait(ctx context.Context, jobID uuid.UUID, epoch int64, pause time.Duration, why models.JobChange) error {
	tr := w.tr
	return tr.db.Tx(ctx, func(ctx context.Context) error {
		job, err := tr.jobs.Lock(ctx, jobID)
		if err != nil {
			return err
		}
		wanted, err := tr.attempts.PutOff(ctx, jobID, epoch, pause)
		if err != nil || !wanted {
			return err
		}
		return tr.jobs.Move(ctx, &job, why, models.EventState)
	})
}

// WantAgain ends the open attempt with the fault, which goes to the job's
// timeline, and replaces it with another one after the pause; the waiting
// workflow notices nothing. It ignores an attempt that is no longer open.
func (w *Worker) WantAgain(
	ctx context.Context, jobID uuid.UUID, epoch int64, why models.Reason, pause time.Duration,
) error {
	tr := w.tr
	return tr.db.Tx(ctx, func(ctx context.Context) error {
		job, err := tr.jobs.Lock(ctx, jobID)
		if err != nil {
			return err
		}
		_, err = tr.jobs.Again(ctx, &job, epoch, why, pause)
		return err
	})
}

// haveRoom refuses a download as storage_full that does not hold what it needs
// and cannot get it. Admission sees to that; this is for the ways around it.
func (tr *Transfers) haveRoom(ctx context.Context, job *models.Job, kind models.TransferKind) error {
	if kind != models.TransferDownload || job.QuotaReserved >= job.QuotaWant {
		return nil
	}
	held, err := tr.quota.Hold(ctx, job)
	if err != nil || held {
		return err
	}
	full, err := tr.quota.StorageFull(ctx, *job)
	if err != nil {
		return err
	}
	return full
}
