package workflows

import (
	"errors"
	"time"

	"go.temporal.io/sdk/temporal"
	"go.temporal.io/sdk/workflow"

	"longhaul/models"
)

// MaxEvents is how many events one run of a Download may have in its history.
// What a job costs must not grow with how long it takes, nor with how often
// somebody pauses, moves or retries it.
const MaxEvents = 40

// A run that comes to a wait with more events than these goes on as a new run:
// what may follow would not fit any more. In the queue a whole transfer may
// follow, and a cancel while its files are completed: 34 events. Any other wait
// leads back to the queue with 19 at most.
const (
	queuedWith  = MaxEvents - 34
	waitingWith = MaxEvents - 19
)

// situation is where the job stands. It goes over to the next run when a run
// starts over; only what the row has too is read from there.
type situation struct {
	State       models.State      // as the job's row has it; set by moved
	Since       time.Time         // when it came there; set by moved
	Waiting     string            // what it waits for, one sentence; set by moved
	Next        string            // what happens next; set by moved
	Problem     models.Problem    // behind the state, if any; set by moved
	Provider    models.Provider   // that operators' lists show; set by showState
	AgentID     string            // that the last ended transfer ran on; set by ended transfers
	Epoch       int64             // of the last ended transfer; set by ended transfers
	Attempt     int               // transfers started since the submission or the last retry of an ended job; set by place
	Admitted    bool              // holds a slot; set by awaitAdmission, cleared where the slot is given back
	Transferred bool              // all bytes are in storage; set by transfer, cleared when the job goes back
	Faults      int               // counted faults since the last progress; set by decide
	BytesDone   int64             // verified bytes at the last counted fault; set by decide
	Parked      *fault            // a person is to decide; set by decide, cleared by awaitAttention
	ActBy       time.Time         // deadline of that person; set by park
	TryAt       time.Time         // when it is tried again by itself; set by backOff, cleared by awaitRetry
	ChooseBy    time.Time         // deadline of the selection; set by askSelection
	QueueReason string            // why the job goes back to the queue; used by awaitAdmission
	Pausing     bool              // a pause was asked for; set by the update, cleared by pauseNow
	Resuming    bool              // a resume was asked for; set by the update, cleared by awaitResume
	ToStore     bool              // the bytes are on Seedr and still to be copied to storage; set by ended transfers, cleared by store
	Left        []models.Provider // that the job left for their faults; set by failOver, cleared by awaitAttention
	MoveTo      models.Provider   // a person wants the job there; set by the update, cleared by moveNow
	Over        bool              // nothing follows any more; set by finalize and end
}

// startsOver reports whether the run is to go on as a new one. Only a job that
// waits does, and to which nobody is talking; an admission that has just come
// is in the row, too.
func (d *download) startsOver(ctx workflow.Context) bool {
	if !d.waits() || !d.crowded(ctx) {
		return false
	}
	// Whoever waits for just this state is answered first.
	err := workflow.Await(ctx, func() bool { return d.asked() || workflow.AllHandlersFinished(ctx) })
	return err == nil && !d.asked() && d.waits()
}

// waits reports whether the next thing to do is to wait.
func (d *download) waits() bool {
	switch d.now.State {
	case models.StateQueued:
		return d.now.Parked == nil && (!d.now.TryAt.IsZero() || !d.now.Admitted)
	case models.StateAwaitingSelection:
		return d.plan.ChooseFiles
	case models.StateNeedsAttention:
		return d.now.Parked != nil && d.retries.Len() == 0
	default:
		return d.now.State == models.StatePaused
	}
}

// crowded reports whether the history is too long for what may follow.
func (d *download) crowded(ctx workflow.Context) bool {
	info, limit := workflow.GetInfo(ctx), waitingWith
	if d.now.State == models.StateQueued {
		limit = queuedWith
	}
	return info.GetContinueAsNewSuggested() || d.plan.Brief && info.GetCurrentHistoryLength() > limit
}

// asked reports whether an update waits for what the run does.
func (d *download) asked() bool { return d.now.Pausing || d.now.Resuming || d.now.MoveTo != "" }

// onward is the input of the run that goes on.
func (d *download) onward() DownloadInput {
	in, now, plan := d.in, d.now, d.plan
	in.Before, in.Plan = &now, &plan
	return in
}

// goesOn takes up where the run before stopped, and reports whether the row
// stands there still.
func (d *download) goesOn(ctx workflow.Context) bool {
	if d.plan.State == d.in.Before.State {
		workflow.SetCurrentDetails(ctx, d.details())
		return true
	}
	d.now = situation{
		State: d.in.Before.State, Provider: d.now.Provider, Admitted: d.plan.Admitted,
		Attempt: d.now.Attempt, Faults: d.now.Faults, BytesDone: d.now.BytesDone, Left: d.now.Left,
	}
	return false
}

// write has a short transaction done. It runs in the worker that runs the
// workflow, for one event instead of six; what does not work out within the
// time of a workflow task becomes an activity with the options. So does what
// an update asked for: were it done before the history says so, and the worker
// died, nobody would know of it.
func (d *download) write(
	ctx workflow.Context, options func(workflow.Context, string) workflow.Context, summary string, act, in, res any,
) error {
	if d.plan.Brief && !d.asked() {
		err := workflow.ExecuteLocalActivity(local(ctx, summary), act, in).Get(ctx, res)
		ae, ok := errors.AsType[*temporal.ApplicationError](err)
		if err == nil || ctx.Err() != nil || ok && ae.NonRetryable() {
			return err
		}
	}
	return workflow.ExecuteActivity(options(ctx, summary), act, in).Get(ctx, res)
}

// show writes search attributes. Operators' lists lag behind if that does not
// work out; the job itself is not touched.
func (d *download) show(ctx workflow.Context, attrs ...temporal.SearchAttributeUpdate) {
	if err := workflow.UpsertTypedSearchAttributes(ctx, attrs...); err != nil {
		d.log.Warn("search attributes not written", "error", err)
	}
}
