package jobs

import (
	"context"

	"github.com/google/uuid"

	"longhaul/internal/store/timeline"
	"longhaul/models"
)

// RequestPause has the job's workflow stop what runs and keep what is there. The
// row says so at once; the state changes when it has. Repeating it is harmless,
// and it replaces what was asked for before.
func (js *Jobs) RequestPause(ctx context.Context, userID, jobID uuid.UUID) (models.Job, error) {
	return js.request(ctx, asker{owner: userID}, jobID, js.asks(models.ActionPause))
}

// RequestResume has the workflow of a paused job continue, or takes back the
// pause that was asked for.
func (js *Jobs) RequestResume(ctx context.Context, userID, jobID uuid.UUID) (models.Job, error) {
	return js.request(ctx, asker{owner: userID}, jobID, js.asks(models.ActionResume))
}

// asks returns the act of asking for a pause or its end.
func (js *Jobs) asks(name models.Action) act {
	return act{name: name, do: func(ctx context.Context, job *models.Job) error {
		if name == models.ActionPause && job.Halted { // an admin let it run meanwhile, and now means it
			job.Halted = false
			if err := js.save(ctx, "pause for good", job, "halted"); err != nil {
				return err
			}
		}
		return js.ask(ctx, job, models.Ask{Act: name})
	}}
}

// moves returns the act of asking for a move to the provider; from an agent to the
// agents, another one gets it.
func (js *Jobs) moves(to models.Provider) act {
	return act{
		may: func(job models.Job) error { return mayMove(job, to) },
		do: func(ctx context.Context, job *models.Job) error {
			if job.Provider == to && job.Asked.Act != models.ActionMove {
				return js.sendAway(ctx, job)
			}
			return js.ask(ctx, job, models.Ask{Act: models.ActionMove, Provider: to})
		},
	}
}

func mayMove(job models.Job, to models.Provider) error {
	switch {
	case job.Blocked:
		return blockedRefusal()
	case job.State.Terminal():
		return models.Fault(models.ProblemWrongState, "The job has already ended.")
	case job.State == models.StateStoring:
		return models.Fault(models.ProblemWrongState, models.StoringRefusal)
	case job.Provider == to && !job.OnAgent() && job.Asked.Act != models.ActionMove:
		return models.Fault(models.ProblemWrongState, "The job is already at this provider.").In("provider")
	case !job.Fits(to):
		return models.Fault(models.ProblemSeedrRejected, "Seedr accepts only torrents with a v1 info hash.").In("provider")
	default:
		return nil
	}
}

// ask writes what the locked job is asked for and has its workflow told.
func (js *Jobs) ask(ctx context.Context, job *models.Job, a models.Ask) error {
	now := js.db.Now()
	a.At = &now
	job.Asked, job.UpdatedAt = a, now
	if err := js.save(ctx, "ask job", job, "asked_act", "asked_provider", "asked_at", "updated_at"); err != nil {
		return err
	}
	if err := js.outbox.Enqueue(ctx, models.OutboxAsk, job.ID); err != nil {
		return err
	}
	return js.timeline.Add(ctx, timeline.Of(*job, models.EventState, a.Reason()))
}

// RefuseAsk ends what the job was asked for and cannot do, with an event that
// says so. It leaves alone what was asked for since, and what was done already.
func (w *Worker) RefuseAsk(ctx context.Context, jobID uuid.UUID, a models.Ask) error {
	js := w.js
	return js.db.Tx(ctx, func(ctx context.Context) error {
		job, err := js.Lock(ctx, jobID)
		if err != nil {
			return err
		}
		if !job.Asked.Equal(a) {
			return nil
		}
		done := a.Met(job.State, job) || a.Act == models.ActionResume && job.State != models.StatePaused
		job.Asked = models.Ask{}
		if err := js.save(ctx, "refuse ask", &job, "asked_act", "asked_provider", "asked_at"); err != nil {
			return err
		}
		if done {
			return js.timeline.Add(ctx, timeline.Of(job, models.EventState, job.Reason))
		}
		return js.timeline.Add(ctx, timeline.Of(job, models.EventRefused, a.Refused(job.State)))
	})
}

// answerAsk ends what was asked for once a transition met it, or left nobody to
// do it: the job has ended, or an operator ended its workflow. It returns the
// event of the latter.
func answerAsk(job *models.Job, was models.State) []models.Event {
	a := job.Asked
	if a.None() {
		return nil
	}
	met := a.Met(was, *job)
	if !met && !job.State.Terminal() && !job.Unattended() {
		return nil
	}
	job.Asked = models.Ask{}
	if met || job.State == models.StateCancelled {
		return nil
	}
	return []models.Event{timeline.Of(*job, models.EventRefused, a.Refused(job.State))}
}

// RequestSelect chooses the files of a job that waits for the choice and has its
// workflow told. It is refused as bad_selection when an index is not one of its
// files'.
func (js *Jobs) RequestSelect(ctx context.Context, userID, jobID uuid.UUID, indexes []int) (models.Job, error) {
	var job models.Job
	err := js.db.Tx(ctx, func(ctx context.Context) error {
		var err error
		if job, err = js.lockJob(ctx, userID, jobID); err != nil {
			return err
		}
		if err := allowed(job, models.ActionSelect); err != nil {
			return err
		}
		if job.Reason, err = js.choose(ctx, &job, indexes); err != nil {
			return err
		}
		job.Deadline, job.UpdatedAt = nil, js.db.Now()
		if err := js.save(ctx, "note choice", &job, "reason_code", "reason_params", "deadline", "updated_at"); err != nil {
			return err
		}
		return js.outbox.EnqueueOnce(ctx, models.OutboxChosen, jobID)
	})
	return job, err
}
