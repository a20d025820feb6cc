package jobs

import (
	"context"

	"github.com/google/uuid"

	"longhaul/internal/store/postgres"
	"longhaul/internal/store/timeline"
	"longhaul/models"
	"longhaul/models/wording"
)

// RequestCancel asks the job's workflow to stop. The state changes when it has.
func (js *Jobs) RequestCancel(ctx context.Context, userID, jobID uuid.UUID) (models.Job, error) {
	return js.request(ctx, asker{owner: userID}, jobID, act{name: models.ActionCancel, do: js.cancel})
}

func (js *Jobs) cancel(ctx context.Context, job *models.Job) error {
	if err := js.outbox.EnqueueOnce(ctx, models.OutboxCancel, job.ID); err != nil {
		return err
	}
	job.Asked, job.Reason = models.Ask{}, models.Because(models.ReasonCancelRequested)
	return js.note(ctx, job)
}

// RequestRetry tries a job again: one that needs attention goes on, one that
// failed or was cancelled is queued for a new run and keeps what it has stored.
func (js *Jobs) RequestRetry(ctx context.Context, userID, jobID uuid.UUID) (models.Job, error) {
	return js.request(ctx, asker{owner: userID}, jobID, act{name: models.ActionRetry, do: js.retry})
}

// RequestRetryKeepingPage is RequestRetry of a job from a URL that led to a web
// page, which is to be kept as the file from then on.
func (js *Jobs) RequestRetryKeepingPage(ctx context.Context, userID, jobID uuid.UUID) (models.Job, error) {
	return js.request(ctx, asker{owner: userID}, jobID, act{name: models.ActionRetry, do: func(ctx context.Context, job *models.Job) error {
		if job.SourceKind != models.SourceURL {
			return models.Errorf(models.CodeInvalid, "Only a job from a URL can keep a page.").In("keepPage")
		}
		job.KeepPage = true
		if err := js.save(ctx, "keep the page", job, "keep_page"); err != nil {
			return err
		}
		return js.retry(ctx, job)
	}})
}

func (js *Jobs) retry(ctx context.Context, job *models.Job) error {
	if err := js.outbox.EnqueueOnce(ctx, models.OutboxRetry, job.ID); err != nil {
		return err
	}
	if !job.State.Terminal() {
		job.Asked, job.Reason, job.Deadline = models.Ask{}, models.Because(models.ReasonRetried), nil
		return js.note(ctx, job)
	}
	return js.restart(ctx, job)
}

// restart queues a job that has ended for a new run.
func (js *Jobs) restart(ctx context.Context, job *models.Job) error {
	if err := js.blocks.Refuse(ctx, *job); err != nil {
		return err
	}
	now := js.db.Now()
	err := js.db.Row(ctx, job, "queue job again", `
		update jobs j set state = ?, state_since = ?, updated_at = ?, run = run + 1, finished_at = null, admitted_at = null,
			problem = '', deadline = null, reason_code = ?, reason_params = null, attempt = ?, max_attempts = ?
		where id = ? and not exists (
			select from jobs o where o.user_id = j.user_id and o.id <> j.id and o.delete_at is null and o.state not in ?
				and (o.info_hash_v1 = j.info_hash_v1 or o.info_hash_v2 = j.info_hash_v2))
		returning *`,
		models.StateQueued, now, now, models.ReasonRetried, min(1, js.MaxAttempts), js.MaxAttempts, job.ID, terminalStates())
	if models.IsNotFound(err) || postgres.IsConflict(err) { // the latter when another one was submitted this very moment
		return js.duplicateAfterConflict(ctx, *job, err)
	}
	if err != nil {
		return err
	}
	if _, err := js.claim(ctx, job); err != nil {
		return err
	}
	return js.timeline.Add(ctx, timeline.Of(*job, models.EventState, models.Because(models.ReasonRetried)))
}

// duplicateAfterConflict names the open job that is in the way. After a
// violated index the transaction is void and cannot tell which one it is.
func (js *Jobs) duplicateAfterConflict(ctx context.Context, job models.Job, err error) error {
	if postgres.IsConflict(err) {
		return models.Fault(models.ProblemDuplicateJob, "You have a job for the same content already.").Because(err)
	}
	return js.duplicate(ctx, job)
}

// RequestDelete deletes the job for good: it hides it at once and has its
// workflow, rows and objects removed. From then on it is not_found for its user.
func (js *Jobs) RequestDelete(ctx context.Context, userID, jobID uuid.UUID) error {
	err := js.DropTrashed(ctx, userID, jobID)
	if !models.IsNotFound(err) {
		return err
	}
	_, err = js.request(ctx, asker{owner: userID}, jobID, act{name: models.ActionDelete, do: js.remove(models.Because(models.ReasonDeleted))})
	return err
}

// remove returns what deletes a job for good, for the reason.
func (js *Jobs) remove(why models.Reason) func(context.Context, *models.Job) error {
	return func(ctx context.Context, job *models.Job) error {
		now := js.db.Now()
		job.DeleteAt, job.UpdatedAt = &now, now
		if err := js.save(ctx, "mark job deleted", job, "delete_at", "updated_at"); err != nil {
			return err
		}
		if !job.State.Terminal() {
			if err := js.outbox.EnqueueOnce(ctx, models.OutboxCancel, job.ID); err != nil {
				return err
			}
		}
		if err := js.outbox.EnqueueOnce(ctx, models.OutboxPurge, job.ID); err != nil {
			return err
		}
		return js.timeline.Add(ctx, timeline.Of(*job, models.EventDeleted, why))
	}
}

func allowed(job models.Job, a models.Action) error {
	switch {
	case job.Blocked && !job.Allows(a):
		return blockedRefusal()
	case a == models.ActionPause && job.State == models.StateStoring:
		return models.Fault(models.ProblemWrongState, models.StoringRefusal)
	case !job.Allows(a):
		return models.Fault(models.ProblemWrongState, "A job in the state “%s” cannot be %s.",
			wording.State(job.State), wording.Action(a))
	default:
		return nil
	}
}

func blockedRefusal() error {
	return models.Fault(models.ProblemBlockedContent, "This content is blocked here.")
}

// note writes the job's reason and deadline without a change of its state, with
// an event.
func (js *Jobs) note(ctx context.Context, job *models.Job) error {
	job.UpdatedAt = js.db.Now()
	err := js.save(ctx, "note on job", job, "reason_code", "reason_params", "deadline", "asked_act", "asked_provider", "asked_at", "updated_at")
	if err != nil {
		return err
	}
	return js.timeline.Add(ctx, timeline.Of(*job, models.EventState, job.Reason))
}
