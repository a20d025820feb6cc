package jobs

import (
	"context"
	"time"

	"github.com/google/uuid"

	"longhaul/internal/store/timeline"
	"longhaul/models"
	"longhaul/models/wording"
)

// Transition moves the job to another state and returns it. The move has to be
// one that models allows, else it is refused as wrong_state. A job that is in
// the state already only gets the new reason and deadline. A state that is not
// running gives the slot back, queued keeps it unless told otherwise.
func (w *Worker) Transition(ctx context.Context, jobID uuid.UUID, c models.JobChange) (models.Job, error) {
	var job models.Job
	js := w.js
	err := js.db.Tx(ctx, func(ctx context.Context) error {
		var err error
		if job, err = js.Lock(ctx, jobID); err != nil {
			return err
		}
		return js.Move(ctx, &job, c, models.EventState)
	})
	return job, err
}

// Move applies the change to the locked job and writes the event.
func (js *Jobs) Move(ctx context.Context, job *models.Job, c models.JobChange, kind models.EventKind) error {
	if err := MayBecome(job.State, c.To); err != nil {
		return err
	}
	same := job.State == c.To
	if same && kind == models.EventState && unchanged(*job, c) {
		return nil
	}
	was := job.State
	told := !same || !job.Reason.Equal(c.Reason) || job.Problem != c.Problem || kind != models.EventState
	now := js.db.Now()
	if !same {
		js.tellMoved(ctx, *job, c, now)
		job.State, job.StateSince = c.To, now
	}
	job.Reason, job.Problem, job.Deadline, job.UpdatedAt = c.Reason, c.Problem, c.Deadline, now
	if c.MaxAttempts > 0 {
		job.Attempt, job.MaxAttempts = c.Attempt, c.MaxAttempts
	}
	job.AdmittedAt = slotAfter(job.AdmittedAt, c, now)
	switch {
	case !c.To.Terminal():
		job.FinishedAt = nil
	case job.FinishedAt == nil:
		job.FinishedAt = &now
	}
	if !same {
		if err := js.bookMove(ctx, job, was); err != nil {
			return err
		}
	}
	events := answerAsk(job, was)
	err := js.save(ctx, "move job", job, "state", "state_since", "reason_code", "reason_params", "problem", "deadline",
		"attempt", "max_attempts", "agent_id", "updated_at", "admitted_at", "finished_at", "asked_act", "asked_provider", "asked_at")
	if err == nil && job.AdmittedAt == nil {
		err = js.attempts.EndWanted(ctx, job.ID)
	}
	if err == nil && !same && job.State == models.StateNeedsAttention {
		err = js.outbox.EnqueueOnce(ctx, models.OutboxKeep, job.ID)
	}
	if err != nil || !told {
		return err
	}
	why := c.Reason
	if !c.Told.None() {
		why = c.Told
	}
	if err := js.timeline.Add(ctx, append(events, timeline.Of(*job, kind, why))...); err != nil || same {
		return err
	}
	return js.notifications.TellOfJob(ctx, *job)
}

// tellMoved has the job's move counted once it is committed.
func (js *Jobs) tellMoved(ctx context.Context, job models.Job, c models.JobChange, now time.Time) {
	if js.Moved == nil {
		return
	}
	moved := models.JobMoved{From: job.State, To: c.To, Problem: c.Problem, Provider: job.Provider, After: max(0, now.Sub(job.StateSince))}
	if c.To == models.StateReady {
		moved.Bytes = max(0, job.Bytes())
	}
	js.db.AfterCommit(ctx, func() { js.Moved(moved) })
}

// MayBecome refuses a move that models does not allow, as wrong_state.
func MayBecome(from, to models.State) error {
	if from != to && !from.CanBecome(to) {
		return models.Fault(models.ProblemWrongState, "A job in the state “%s” cannot become “%s”.", wording.State(from), wording.State(to))
	}
	return nil
}

// bookMove settles what the locked job holds when it ends, and puts its files into
// the library. One that goes on
// after its end wants again what it needs, so that it does not run without.
func (js *Jobs) bookMove(ctx context.Context, job *models.Job, was models.State) error {
	switch {
	case job.State.Terminal():
		if err := js.quota.Settle(ctx, job); err != nil {
			return err
		}
		if _, err := js.library.Place(ctx, *job); err != nil || job.State != models.StateReady {
			return err
		}
		return js.readMedia(ctx, job.ID)
	case was.Terminal():
		bytes, err := js.quota.WantOf(ctx, *job)
		if err != nil {
			return err
		}
		return js.quota.Want(ctx, job, bytes)
	default:
		return nil
	}
}

// readMedia has the media files of a job that became ready read.
func (js *Jobs) readMedia(ctx context.Context, jobID uuid.UUID) error {
	has, err := js.files.HasMedia(ctx, jobID)
	if err != nil || !has {
		return err
	}
	return js.outbox.EnqueueOnce(ctx, models.OutboxMedia, jobID)
}

func unchanged(job models.Job, c models.JobChange) bool {
	sameDeadline := job.Deadline == nil && c.Deadline == nil ||
		job.Deadline != nil && c.Deadline != nil && job.Deadline.Equal(*c.Deadline)
	releases := c.ReleaseSlot && job.AdmittedAt != nil
	sameCount := c.MaxAttempts == 0 || job.Attempt == c.Attempt && job.MaxAttempts == c.MaxAttempts
	return job.Reason.Equal(c.Reason) && job.Problem == c.Problem && sameDeadline && sameCount && !releases
}

// slotAfter returns since when the job holds a slot after the change. A
// running job always holds one: when a late signal lets a job start that gave
// its slot back, it takes one again rather than running uncounted.
func slotAfter(since *time.Time, c models.JobChange, now time.Time) *time.Time {
	switch {
	case c.To.Running() && since == nil:
		return &now
	case c.To.Running(), c.To == models.StateQueued && !c.ReleaseSlot:
		return since
	default:
		return nil
	}
}
