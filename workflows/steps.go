package workflows

import (
	"go.temporal.io/sdk/temporal"
	"go.temporal.io/sdk/workflow"

	"longhaul/activities"
	"longhaul/models"
	"longhaul/models/wording"
)

// load reads the job; a job that another run left in the middle is put into the
// queue, and one that waits for a person stays as it is.
func (d *download) load(ctx workflow.Context) error {
	var stands models.State
	if d.in.Before != nil {
		stands = d.in.Before.State
	}
	plan, err := d.read(ctx, stands)
	if err != nil {
		return err
	}
	d.plan, d.ready = plan, true
	if d.in.AfterReset {
		d.in.Run = max(d.in.Run, plan.Run)
	}
	if plan.Over {
		d.now.Over = true
		if d.in.AfterReset {
			d.result = outcome(plan)
		}
		return nil
	}
	if !plan.Asked.None() {
		// The run before may have ended without an answer.
		workflow.GoNamed(ctx, "asked before", func(ctx workflow.Context) { d.answer(ctx, plan.Asked) })
	}
	d.shown = d.attributes()
	d.now.read(plan)
	switch {
	case d.in.AfterReset:
		d.shown = attributes{} // what the run before had shown when it was at this point
	case d.in.Before == nil:
		d.shown.provider = plan.Provider // the start shows it
	}
	if plan.State == stands {
		d.refresh(ctx)
		return nil
	}
	switch plan.State {
	case models.StatePaused:
		d.moved(ctx, paused())
	case models.StateAwaitingSelection, models.StateNeedsAttention:
		d.now.Since = plan.Since
		d.moved(ctx, stillWaits(plan))
	default:
		if plan.Reason.Code.Problem() == models.ProblemStorageFull {
			d.moved(ctx, queued(plan.Reason))
			return nil
		}
		d.moved(ctx, submitted())
	}
	return nil
}

// read reads the job's row in the worker that runs the workflow; what doesn't
// finish within a workflow task becomes an activity.
func (d *download) read(ctx workflow.Context, stands models.State) (plan activities.Plan, err error) {
	in := activities.JobInput{JobID: d.jobID, Run: d.in.Run, Stands: stands}
	err = workflow.ExecuteLocalActivity(local(ctx, "read the job"), jobs.LoadJob, in).Get(ctx, &plan)
	if err != nil && ctx.Err() == nil && !d.notices(err) {
		err = workflow.ExecuteActivity(quick(ctx, "read the job"), jobs.LoadJob, in).Get(ctx, &plan)
	}
	if ctx.Err() != nil {
		return plan, ctx.Err()
	}
	return plan, err
}

// resolve has an agent or Seedr find out what a magnet link or URL contains.
func (d *download) resolve(ctx workflow.Context) error {
	d.moved(ctx, resolving(d.now.Provider))
	_, err := d.place(ctx, func(ctx workflow.Context) workflow.Future {
		return workflow.ExecuteActivity(transferring(ctx, "look up name, size and files"), transfers.ResolveSource, d.input())
	})
	d.now.FilesKnown = err == nil
	return err
}

// transfer has an agent fetch the content into storage, or Seedr fetch it into
// its account.
func (d *download) transfer(ctx workflow.Context) error {
	d.moved(ctx, downloading(d.now.Provider))
	res, err := d.place(ctx, func(ctx workflow.Context) workflow.Future {
		return workflow.ExecuteActivity(transferring(ctx, "download and store"), transfers.StartTransfer, d.input())
	})
	if err != nil {
		return err
	}
	d.now.FilesKnown = true
	switch {
	case res.Waits: // the file list that Seedr told needs more room than there is
	case res.ToStore:
		d.now.Content = contentOnSeedr
	default:
		d.now.Content = contentStored
	}
	return nil
}

// place runs a transfer, which a request ends; where it ran is known then.
func (d *download) place(ctx workflow.Context, start func(workflow.Context) workflow.Future) (res models.TransferResult, err error) {
	d.now.Attempt++
	running, stop := workflow.WithCancel(ctx)
	d.interrupt = stop
	err = start(running).Get(running, &res)
	d.interrupt = nil
	stop()
	if err != nil {
		return res, err
	}
	d.now.AgentID, d.now.Epoch, d.now.Bytes = res.AgentID, res.Epoch, res.Bytes
	if res.Waits { // the row is in the queue already
		d.now.Admitted = false
		d.moved(ctx, sentBack())
	}
	return res, nil
}

// copy copies what Seedr has to storage.
func (d *download) copy(ctx workflow.Context) error {
	d.moved(ctx, copying())
	var res activities.StoreResult
	err := workflow.ExecuteActivity(streaming(ctx, "copy from Seedr to storage"), streams.StoreFiles, d.input()).Get(ctx, &res)
	if err == nil {
		d.now.Content = contentStored
	}
	return err
}

// finalize completes the objects and makes the files visible.
func (d *download) finalize(ctx workflow.Context) error {
	d.moved(ctx, completing())
	var res activities.FinalizeResult
	err := workflow.ExecuteActivity(storing(ctx, "complete and check the files"), files.FinalizeFiles, d.input()).Get(ctx, &res)
	if err != nil {
		return err
	}
	d.now.Bytes, d.now.Over = res.Bytes, true
	d.moved(ctx, delivered())
	return nil
}

// enqueue sends the job back to the queue.
func (d *download) enqueue(ctx workflow.Context, in activities.StateInput) error {
	d.now.Admitted = false
	return d.setState(ctx, in)
}

// askForChoice asks the user to choose files.
func (d *download) askForChoice(ctx workflow.Context) error {
	if d.now.State == models.StateQueued {
		// The state machine leads to the choice through resolving, which is over
		// at once.
		if err := d.setState(ctx, resolved()); err != nil {
			return err
		}
	}
	d.now.Admitted = false
	return d.setState(ctx, choosing(workflow.Now(ctx).Add(d.plan.SelectionTimeout)))
}

// pauseNow stops what runs and keeps what is there.
func (d *download) pauseNow(ctx workflow.Context) error {
	d.now.Admitted, d.now.Content = false, contentAway
	err := d.stop(ctx, paused())
	d.now.Asked = requestNothing
	return err
}

// yieldNow stops what runs, keeps what is there and queues again, unless the
// transfer ended before it could be stopped.
func (d *download) yieldNow(ctx workflow.Context) error {
	if d.now.Content != contentAway {
		d.now.Asked = requestNothing
		return nil
	}
	d.now.Admitted, d.now.Content = false, contentAway
	err := d.stop(ctx, gaveWay())
	d.now.Asked = requestNothing
	return err
}

// resumeNow brings a paused job back into the flow.
func (d *download) resumeNow(ctx workflow.Context) error {
	defer func() { d.now.Asked = requestNothing }()
	if d.now.FilesKnown && d.now.ToChoose {
		return d.askForChoice(ctx)
	}
	return d.enqueue(ctx, resumed())
}

// stopNow ends the job, because its content was blocked.
func (d *download) stopNow() error {
	d.now.Asked = requestNothing
	return temporal.NewNonRetryableApplicationError(
		wording.Console().Why(models.ProblemBlockedContent.Reason(nil)), string(models.ProblemBlockedContent), nil)
}

// backOff makes the job wait a little before the next attempt and keeps its
// slot.
func (d *download) backOff(ctx workflow.Context, f fault) error {
	again := workflow.Now(ctx).Add(d.plan.RetryPauses[d.now.Faults-1])
	return d.setState(ctx, backsOff(f, again))
}

// park ends what runs and waits for a person.
func (d *download) park(ctx workflow.Context, f fault) error {
	d.now.Admitted = false
	drain(d.retries)
	return d.stop(ctx, needsAttention(f, workflow.Now(ctx).Add(d.plan.AttentionTimeout)))
}

// tries is how often a transfer is tried before the job needs attention.
func (d *download) tries() int { return len(d.plan.RetryPauses) + 1 }

// try is the current or next attempt.
func (d *download) try() int { return min(d.now.Faults+1, d.tries()) }

// setState writes the transition and shows it to operators. The new state takes
// effect before the row shows it, so anyone who sees it there can act on it.
func (d *download) setState(ctx workflow.Context, in activities.StateInput) error {
	in.JobID, in.Attempt, in.MaxAttempts = d.jobID, d.try(), d.tries()
	d.moved(ctx, in)
	return workflow.ExecuteActivity(quick(ctx, "write state "+string(in.To)), jobs.SetState, in).Get(ctx, nil)
}

// stop is setState for a job that an agent may be working on.
func (d *download) stop(ctx workflow.Context, in activities.StateInput) error {
	in.JobID, in.Attempt, in.MaxAttempts = d.jobID, d.try(), d.tries()
	d.moved(ctx, in)
	return workflow.ExecuteActivity(quick(ctx, "stop the transfer"), transfers.StopTransfer, activities.StopInput{StateInput: in}).Get(ctx, nil)
}
