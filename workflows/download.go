package workflows

import (
	"fmt"

	"github.com/google/uuid"
	"go.temporal.io/sdk/log"
	"go.temporal.io/sdk/temporal"
	"go.temporal.io/sdk/workflow"

	"longhaul/activities"
	"longhaul/models"
)

// Download runs one job from its submission to its end.
func Download(ctx workflow.Context, in DownloadInput) error {
	d := &download{in: in, log: workflow.GetLogger(ctx)}
	if err := d.setup(ctx); err != nil {
		return err
	}
	return d.run(ctx)
}

// download is one run of a job. It alone decides the job's state; activities
// write what it decided.
type download struct {
	in    DownloadInput
	jobID uuid.UUID
	log   log.Logger
	plan  activities.Plan // as load read it
	ready bool            // the plan was read
	now   Situation
	shown attributes // that operators' lists show

	reset   bool   // an operator reset the run, whose history knows less than the row
	result  error  // what the run ends with if the job has ended before
	refused string // what an operator sent last, and why it does nothing

	admits    workflow.ReceiveChannel
	retries   workflow.ReceiveChannel
	interrupt workflow.CancelFunc // ends the transfer in progress; nil without one
}

func (d *download) setup(ctx workflow.Context) error {
	id, err := uuid.Parse(d.in.JobID)
	if err != nil {
		return temporal.NewNonRetryableApplicationError("The job id is malformed.", string(models.CodeInvalid), nil)
	}
	d.jobID = id
	d.log = log.With(d.log, "job_id", d.in.JobID)
	d.now = Situation{State: models.StateQueued, Reason: submitted().Reason, Since: workflow.Now(ctx)}
	if d.in.Before != nil {
		d.now = *d.in.Before
	}
	d.now.Content, d.now.Asked = contentAway, requestNothing
	d.admits = workflow.GetSignalChannel(ctx, SignalAdmit)
	d.retries = workflow.GetSignalChannel(ctx, SignalRetry)
	return d.handle(ctx)
}

// run is the whole story: it does what follows from the situation until the job
// is delivered, or until a fault or the user ends it.
func (d *download) run(ctx workflow.Context) error {
	err := d.load(ctx)
	for err == nil && !d.now.Over && !d.reset {
		if d.continues(ctx) {
			onward := d.in
			onward.Before, onward.AfterReset, onward.Counts = &d.now, false, true
			return workflow.NewContinueAsNewError(ctx, Download, onward)
		}
		err = d.weigh(ctx, d.take(ctx, next(d.now)))
	}
	return d.end(ctx, err)
}

func (d *download) take(ctx workflow.Context, s step) error {
	d.log.Debug("next step", "step", s, "situation", d.now)
	switch s {
	case stepPause:
		return d.pauseNow(ctx)
	case stepResume:
		return d.resumeNow(ctx)
	case stepMove:
		return d.moveNow(ctx)
	case stepYield:
		return d.yieldNow(ctx)
	case stepStop:
		return d.stopNow()
	case stepAwaitResume:
		return d.awaitResume(ctx)
	case stepAwaitAttention:
		return d.awaitAttention(ctx)
	case stepAwaitChoice:
		return d.awaitChoice(ctx)
	case stepAwaitRetry:
		return d.awaitRetry(ctx)
	case stepAwaitAdmission:
		return d.awaitAdmission(ctx)
	case stepAskForChoice:
		return d.askForChoice(ctx)
	case stepResolve:
		return d.resolve(ctx)
	case stepTransfer:
		return d.transfer(ctx)
	case stepCopy:
		return d.copy(ctx)
	case stepFinalize:
		return d.finalize(ctx)
	default:
		return nil
	}
}

// weigh says what follows a failed step: nil continues, anything else ends the
// job.
func (d *download) weigh(ctx workflow.Context, err error) error {
	if d.notices(err) {
		return nil
	}
	if ctx.Err() != nil && !d.now.Over {
		return ctx.Err()
	}
	if err == nil || d.now.Asked != requestNothing {
		return nil // what a pause or a move interrupted resumes after it
	}
	f := faultOf(err)
	d.now.Content, d.now.AgentID, d.now.Epoch = contentAway, f.Details.AgentID, f.Details.Epoch
	if f.final() || d.now.State == models.StateNeedsAttention {
		return err
	}
	if f.waitsForRoom() {
		return d.enqueue(ctx, waitsForRoom(f))
	}
	if f.Details.BytesDone >= d.now.BytesDone+renewingProgress {
		d.now.Faults = 0
	}
	d.now.BytesDone = max(d.now.BytesDone, f.Details.BytesDone)
	d.now.Faults++
	d.now.Failures++
	if to, ok := d.elsewhere(f); ok {
		if err := d.failOver(ctx, f, to); !featureOff(err) {
			return err
		}
		d.plan.Failover = models.FailoverNone // switched off since this run began
	}
	if f.counted() && d.now.Faults <= len(d.plan.RetryPauses) {
		return d.backOff(ctx, f)
	}
	return d.park(ctx, f)
}

// end writes the end of the job. The context may be cancelled, so it uses its
// own: neither a cancel nor a fault leaves a transfer, a part or a row behind
// that says otherwise.
func (d *download) end(ctx workflow.Context, cause error) error {
	d.now.Over, d.now.Asked = true, requestNothing
	ctx, done := workflow.NewDisconnectedContext(ctx)
	defer done()
	switch {
	case d.notices(cause):
	case cause == nil:
		cause = d.result
	case temporal.IsCanceledError(cause):
		d.cancel(ctx)
	default:
		f := faultOf(cause)
		d.close(ctx, failed(f))
		cause = temporal.NewNonRetryableApplicationError(f.Message, f.Type, nil, f.Details)
	}
	if d.reset {
		return d.startOver(ctx)
	}
	drain(d.admits) // an admission may have crossed with the end
	drain(d.retries)
	if err := workflow.Await(ctx, func() bool { return workflow.AllHandlersFinished(ctx) }); err != nil {
		return fmt.Errorf("await handlers: %w", err)
	}
	return cause
}

func (d *download) cancel(ctx workflow.Context) {
	d.close(ctx, cancelled())
	if d.reset {
		return
	}
	if err := workflow.ExecuteActivity(cleaning(ctx, "discard the stored parts"), files.DiscardParts, d.input()).Get(ctx, nil); err != nil {
		d.log.Warn("leaving stored parts to the sweep", "error", err)
	}
}

// close stops what runs and writes the last state. A refusal means that the
// row's state doesn't allow it, or that the row is gone: then it stays as it
// is.
func (d *download) close(ctx workflow.Context, in activities.StateInput) {
	in.JobID = d.jobID
	stop := activities.StopInput{Remove: true, StateInput: in}
	if err := workflow.ExecuteActivity(quick(ctx, "stop the transfer"), transfers.StopTransfer, stop).Get(ctx, nil); err != nil {
		if d.notices(err) {
			return
		}
		d.log.Warn("leaving the job's end to the reconcile sweep", "error", err)
	}
	d.moved(ctx, in)
}

func (d *download) input() activities.JobInput {
	_, elsewhere := d.follower()
	return activities.JobInput{JobID: d.jobID, Run: d.in.Run, Elsewhere: elsewhere}
}
