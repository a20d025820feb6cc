package workflows

import (
	"fmt"
	"time"

	"go.temporal.io/sdk/temporal"
	"go.temporal.io/sdk/workflow"

	"longhaul/activities"
	"longhaul/models"
)

// step runs work that a pause may interrupt, also one that was asked for
// before the work began.
func (d *download) step(ctx workflow.Context, work func(workflow.Context) error) error {
	if d.now.Pausing || d.now.MoveTo != "" {
		return temporal.NewCanceledError()
	}
	ctx, d.interrupt = workflow.WithCancel(ctx)
	defer func() {
		d.interrupt()
		d.interrupt = nil
	}()
	return work(ctx)
}

// load reads what the job is; a job that is not in the queue is put there.
func (d *download) load(ctx workflow.Context) error {
	which := d.input()
	if d.in.Before != nil {
		which.Stands = d.in.Before.State
	}
	var plan activities.Plan
	err := workflow.ExecuteLocalActivity(local(ctx, "read the job"), jobs.LoadJob, which).Get(ctx, &plan)
	if err != nil && ctx.Err() == nil {
		err = workflow.ExecuteActivity(quick(ctx, "read the job"), jobs.LoadJob, which).Get(ctx, &plan)
	}
	if ctx.Err() != nil {
		return ctx.Err()
	}
	if err != nil {
		return err
	}
	d.plan, d.ready = plan, true
	d.now.Over = d.plan.Over
	if d.now.Over {
		return nil
	}
	d.now.Admitted = d.plan.Admitted
	if d.now.Provider == "" {
		d.now.Provider = d.plan.Provider // the start shows it
	}
	if d.in.Before != nil && d.goesOn(ctx) {
		return nil
	}
	in := activities.StateInput{To: d.plan.State, Reason: "Waits for a free slot.", NextAction: "Starts by itself when a slot is free."}
	if d.plan.State == models.StatePaused {
		in.Reason, in.NextAction = "You paused it.", "Nothing happens until you resume or cancel it."
	}
	d.moved(ctx, in)
	return nil
}

// awaitAdmission puts the job into the queue, and then waits until it holds a
// slot. Admissions of an earlier stay in the queue are dropped before the row
// says queued; later ones count.
func (d *download) awaitAdmission(ctx workflow.Context) error {
	if d.now.State != models.StateQueued {
		drain(d.admits)
		in := activities.StateInput{
			JobID: d.jobID, To: models.StateQueued, ReleaseSlot: true,
			Reason: d.now.QueueReason, NextAction: "Starts by itself when a slot is free.",
		}
		if in.Reason == "" {
			in.Reason = "Waits for a free slot."
		}
		d.now.QueueReason = ""
		return d.setState(ctx, in)
	}
	d.now.QueueReason = ""
	err := d.step(ctx, func(ctx workflow.Context) error {
		return workflow.Await(ctx, func() bool { return d.admits.Len() > 0 })
	})
	if err != nil {
		return err
	}
	var in AdmitInput
	d.admits.ReceiveAsync(&in)
	if p := models.Provider(in.Provider); p.Valid() {
		d.plan.Provider = p // it may have been moved in the queue
	}
	d.now.Admitted = true
	return nil
}

// resolvesFirst reports whether the files have to be known before the
// transfer. Seedr fetches whole torrents, so there it matters only to somebody
// who is to choose.
func (d *download) resolvesFirst() bool {
	return d.plan.Provider != models.ProviderSeedr || d.plan.ChooseFiles
}

// resolve has an agent or Seedr find out what a magnet link or URL holds.
func (d *download) resolve(ctx workflow.Context) error {
	in := activities.StateInput{
		To: models.StateResolving, Reason: "An agent looks up name, size and files.",
		NextAction: "Goes on by itself when they are known.",
	}
	if d.plan.Provider == models.ProviderSeedr {
		in.Reason = "Seedr fetches it; then name, size and files are known."
	}
	d.moved(ctx, in)
	err := d.place(ctx, func(ctx workflow.Context) workflow.Future {
		return workflow.ExecuteActivity(transferring(ctx, "look up name, size and files"), transfers.ResolveSource, d.input())
	})
	d.plan.ManifestKnown = err == nil
	return err
}

// transfer has an agent fetch the content into storage, or Seedr fetch it into
// its account.
func (d *download) transfer(ctx workflow.Context) error {
	in := activities.StateInput{
		To: models.StateDownloading, Reason: "An agent fetches the content and stores it meanwhile.",
		NextAction: "The files become available when all of them are stored.",
	}
	if d.plan.Provider == models.ProviderSeedr {
		in.Reason, in.NextAction = "Seedr fetches the content.", "It is copied to storage when Seedr has all of it."
	}
	d.moved(ctx, in)
	err := d.place(ctx, func(ctx workflow.Context) workflow.Future {
		return workflow.ExecuteActivity(transferring(ctx, "download and store"), transfers.StartTransfer, d.input())
	})
	// With the file list that Seedr tells, the job may have to wait for room.
	d.now.Transferred = err == nil && d.now.Admitted
	if err == nil {
		d.plan.ManifestKnown = true
	}
	return err
}

// store copies what Seedr has to storage.
func (d *download) store(ctx workflow.Context) error {
	d.moved(ctx, activities.StateInput{
		To: models.StateStoring, Reason: "Seedr has all of it; it is copied to storage.",
		NextAction: "The files become available when all of them are copied and checked.",
	})
	var res activities.StoreResult
	err := workflow.ExecuteActivity(streaming(ctx, "copy from Seedr to storage"), streams.StoreFiles, d.input()).Get(ctx, &res)
	d.now.ToStore = err != nil
	return err
}

// place runs a transfer; where it ran is known when it ends.
func (d *download) place(ctx workflow.Context, start func(workflow.Context) workflow.Future) error {
	d.now.Attempt++
	var res activities.TransferResult
	err := d.step(ctx, func(ctx workflow.Context) error { return start(ctx).Get(ctx, &res) })
	if err != nil {
		return err
	}
	d.now.AgentID, d.now.Epoch, d.plan.Bytes, d.now.ToStore = res.AgentID, res.Epoch, res.Bytes, res.ToStore
	if res.Waits {
		// The row is in the queue already. What came before belongs to the slot
		// that was given back; in the blink in which that could be wrong, the
		// reconcile sweep repeats the admission.
		drain(d.admits)
		d.now.Admitted = false
		d.moved(ctx, activities.StateInput{
			To: models.StateQueued, Reason: "Waits for room in the owner's storage.", NextAction: "Starts by itself when there is room.",
		})
	}
	return nil
}

// finalize completes the objects and makes the files visible.
func (d *download) finalize(ctx workflow.Context) error {
	d.moved(ctx, activities.StateInput{
		To: models.StateStoring, Reason: "All bytes are stored; the files are completed and checked.",
		NextAction: "The files become available when the check is done.",
	})
	var res activities.FinalizeResult
	err := workflow.ExecuteActivity(storing(ctx, "complete and check the files"), files.FinalizeFiles, d.input()).Get(ctx, &res)
	if err != nil {
		return err
	}
	d.plan.Bytes, d.now.Over = res.Bytes, true
	d.moved(ctx, activities.StateInput{To: models.StateReady, Reason: "Every file can be streamed and downloaded.", NextAction: "Nothing is left to do."})
	return nil
}

// awaitSelection asks the user to choose files, and then waits for it.
func (d *download) awaitSelection(ctx workflow.Context) error {
	if d.now.State != models.StateAwaitingSelection {
		return d.askSelection(ctx)
	}
	inTime := false
	err := d.step(ctx, func(ctx workflow.Context) (err error) {
		left := d.now.ChooseBy.Sub(workflow.Now(ctx))
		inTime, err = waitUntil(ctx, left, "deadline for choosing files", func() bool { return !d.plan.ChooseFiles || d.crowded(ctx) })
		return err
	})
	if err == nil && !inTime {
		return temporal.NewNonRetryableApplicationError("Nobody chose files in time.", string(models.ProblemSelectionExpired), nil)
	}
	if !d.plan.ChooseFiles {
		d.now.QueueReason = "The files are chosen; waits for a free slot."
	}
	return err
}

// askSelection asks the user to choose and sets the deadline.
func (d *download) askSelection(ctx workflow.Context) error {
	if d.now.State == models.StateQueued {
		// The files were known at submission. The state machine leads to the
		// choice through resolving, which is over at once.
		in := activities.StateInput{JobID: d.jobID, To: models.StateResolving, Reason: "Name, size and files are known already."}
		if err := d.setState(ctx, in); err != nil {
			return err
		}
	}
	d.now.Admitted = false
	d.now.ChooseBy = workflow.Now(ctx).Add(d.plan.SelectionTimeout)
	return d.setState(ctx, activities.StateInput{
		JobID: d.jobID, To: models.StateAwaitingSelection, ReleaseSlot: true, Deadline: &d.now.ChooseBy,
		Reason:     "You asked to choose the files.",
		NextAction: fmt.Sprintf("Choose files until %s; then the job fails.", clock(d.now.ChooseBy)),
	})
}

// pauseNow stops what runs, keeps what is there and answers the update.
func (d *download) pauseNow(ctx workflow.Context) error {
	d.now.Admitted, d.now.Transferred, d.now.ToStore, d.now.TryAt = false, false, false, time.Time{}
	err := d.stop(ctx, activities.StateInput{
		JobID: d.jobID, To: models.StatePaused, ReleaseSlot: true,
		Reason: "You paused it.", NextAction: "Nothing happens until you resume or cancel it.",
	})
	d.now.Pausing = false
	return err
}

// awaitResume waits, without an end, for the user to go on.
func (d *download) awaitResume(ctx workflow.Context) error {
	err := workflow.Await(ctx, func() bool { return d.now.Resuming || d.now.MoveTo != "" })
	if err != nil || d.now.MoveTo != "" {
		return err
	}
	defer func() { d.now.Resuming = false }()
	if d.plan.ManifestKnown && d.plan.ChooseFiles {
		return d.askSelection(ctx)
	}
	drain(d.admits)
	return d.setState(ctx, activities.StateInput{
		JobID: d.jobID, To: models.StateQueued, ReleaseSlot: true,
		Reason: "You resumed it; waits for a free slot.", NextAction: "Starts by itself when a slot is free.",
	})
}

// backOff has the job wait a little before it is tried again with the slot that
// it has.
func (d *download) backOff(ctx workflow.Context, f fault) error {
	again := workflow.Now(ctx).Add(d.plan.RetryPauses[d.now.Faults-1])
	d.now.TryAt = again
	return d.setState(ctx, activities.StateInput{
		JobID: d.jobID, To: models.StateQueued, Problem: f.problem(), Deadline: &again, Reason: f.Message,
		NextAction: fmt.Sprintf("Tries again by itself at %s (retry %d of %d).", clock(again), d.now.Faults, len(d.plan.RetryPauses)),
	})
}

// awaitRetry waits for the moment of the next try.
func (d *download) awaitRetry(ctx workflow.Context) error {
	left := d.now.TryAt.Sub(workflow.Now(ctx))
	if !d.plan.Brief {
		left = d.plan.RetryPauses[d.now.Faults-1]
	}
	d.now.TryAt = time.Time{}
	err := d.step(ctx, func(ctx workflow.Context) error {
		_, err := waitUntil(ctx, left, "pause before the next try", func() bool { return false })
		return err
	})
	if d.now.Pausing || d.now.MoveTo != "" {
		return nil
	}
	return err
}

// awaitAttention parks the job, and then waits until a person retries it or it
// fails.
func (d *download) awaitAttention(ctx workflow.Context) error {
	if d.now.State != models.StateNeedsAttention {
		return d.park(ctx)
	}
	left := d.now.ActBy.Sub(workflow.Now(ctx))
	if !d.plan.Brief {
		left = d.plan.AttentionTimeout
	}
	acted, err := waitUntil(ctx, left, "deadline for a person to act", func() bool { return d.retries.Len() > 0 || d.now.MoveTo != "" })
	if err != nil {
		return err
	}
	if d.now.MoveTo != "" {
		return nil
	}
	if !acted {
		f := *d.now.Parked
		return temporal.NewNonRetryableApplicationError("Nobody acted in time. "+f.Message, string(models.ProblemGaveUp), nil, f.Details)
	}
	d.retries.ReceiveAsync(nil)
	d.now.Parked, d.now.Faults, d.now.Left = nil, 0, nil
	d.now.QueueReason = "It is tried again; waits for a free slot."
	return nil
}

// park ends what runs and asks for a person.
func (d *download) park(ctx workflow.Context) error {
	f := *d.now.Parked
	d.now.ActBy = workflow.Now(ctx).Add(d.plan.AttentionTimeout)
	d.now.Admitted = false
	drain(d.retries)
	return d.stop(ctx, activities.StateInput{
		JobID: d.jobID, To: models.StateNeedsAttention, ReleaseSlot: true, Problem: f.problem(), Deadline: &d.now.ActBy,
		Reason:     f.Message,
		NextAction: fmt.Sprintf("Gives up on %s and then fails; you can retry or cancel now.", clock(d.now.ActBy)),
	})
}

// setState has the transition written and shows it to operators. The new
// state counts before the row says so: who sees it there may act upon it.
func (d *download) setState(ctx workflow.Context, in activities.StateInput) error {
	d.moved(ctx, in)
	return d.write(ctx, quick, "write state "+string(in.To), jobs.SetState, in, nil)
}

// stop is setState for a job that an agent may be working on, and after which
// somebody may act at once: it is in the history before the row shows it.
func (d *download) stop(ctx workflow.Context, in activities.StateInput) error {
	d.moved(ctx, in)
	return workflow.ExecuteActivity(quick(ctx, "stop the transfer"), transfers.StopTransfer, activities.StopInput{StateInput: in}).Get(ctx, nil)
}

// waitUntil waits for the condition and reports whether it came true in time.
func waitUntil(ctx workflow.Context, limit time.Duration, summary string, cond func() bool) (bool, error) {
	return workflow.AwaitWithOptions(ctx, workflow.AwaitOptions{
		Timeout: limit, TimerOptions: workflow.TimerOptions{Summary: summary},
	}, cond)
}

func drain(c workflow.ReceiveChannel) {
	for c.ReceiveAsync(nil) {
	}
}

// clock words a point in time for people; histories know no time zone.
func clock(t time.Time) string { return t.UTC().Format("2 Jan 15:04 UTC") }
