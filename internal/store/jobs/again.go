package jobs

import (
	"context"
	"time"

	"longhaul/internal/event"
	"longhaul/internal/store/timeline"
	"longhaul/models"
)

// Again ends the locked job's open attempt with the fault, which goes to its
// timeline, and has another one take its place after the pause; the workflow that
// waits for it notices nothing. It reports whether the attempt was open.
func (js *Jobs) Again(ctx context.Context, job *models.Job, epoch int64, why models.Reason, pause time.Duration) (bool, error) {
	at, err := js.attempts.Fail(ctx, job.ID, epoch, why.Code.Problem())
	if models.IsNotFound(err) {
		return false, nil
	}
	if err != nil {
		return false, err
	}
	e := timeline.Of(*job, models.EventAttempt, why)
	e.Problem = why.Code.Problem()
	if err := js.timeline.Add(ctx, e); err != nil || job.AdmittedAt == nil {
		return true, err // a job without a slot was stopped
	}
	taken, due := at.DueAt == nil, js.db.Now().Add(pause)
	next := models.Attempt{
		Provider: at.Provider, Kind: at.Kind, TaskToken: at.TaskToken,
		Elsewhere: at.Elsewhere, Tries: at.Tries + 1, WantedAt: at.WantedAt, BeatAt: at.BeatAt, DueAt: &due, Trace: at.Trace,
	}
	if taken { // until now it had a place
		next.WantedAt = js.db.Now()
	}
	return true, js.WantAttempt(ctx, job, next)
}

// WantAttempt adds the attempt to the locked job, as its newest.
func (js *Jobs) WantAttempt(ctx context.Context, job *models.Job, a models.Attempt) error {
	if err := js.CountAttempt(ctx, job); err != nil {
		return err
	}
	a.JobID, a.Epoch = job.ID, job.Epoch
	if err := js.attempts.Add(ctx, a); err != nil {
		return err
	}
	return js.outbox.Notify(ctx, event.Message{Kind: event.KindPlacement})
}

// sendAway has another agent continue the locked job. Its own one comes last, and
// only if no other has room.
func (js *Jobs) sendAway(ctx context.Context, job *models.Job) error {
	open, err := js.Again(ctx, job, job.Epoch, models.ProblemSentAway.Reason(nil), 0)
	if err == nil && !open {
		err = models.Fault(models.ProblemWrongState, "No agent has the job right now.")
	}
	return err
}
