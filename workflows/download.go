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
	plan  activities.Plan // read by load; what becomes known later is kept up here
	ready bool            // the plan was read
	now   situation

	admits    workflow.ReceiveChannel
	retries   workflow.ReceiveChannel
	interrupt workflow.CancelFunc // ends the step in progress; nil between steps
}

func (d *download) setup(ctx workflow.Context) error {
	id, err := uuid.Parse(d.in.JobID)
	if err != nil {
		return temporal.NewNonRetryableApplicationError("The job id is malformed.", string(models.CodeInvalid), nil)
	}
	d.jobID = id
	d.log = log.With(d.log, "job_id", d.in.JobID)
	d.now.State = models.StateQueued
	d.now.Since = workflow.Now(ctx)
	if d.in.Before != nil && d.in.Plan != nil {
		d.now, d.plan = *d.in.Before, *d.in.Plan
	}
	d.admits = workflow.GetSignalChannel(ctx, SignalAdmit)
	d.retries = workflow.GetSignalChannel(ctx, SignalRetry)
	return d.handle(ctx)
}

// run is the whole story: the first thing that is missing is done next, until
// nothing is, or until a fault or the user ends the job.
func (d *download) run(ctx workflow.Context) error {
	err := d.load(ctx)
	for err == nil && !d.now.Over {
		if d.startsOver(ctx) {
			return workflow.NewContinueAsNewError(ctx, Download, d.onward())
		}
		switch {
		case d.now.Pausing:
			err = d.pauseNow(ctx)
		case d.now.MoveTo != "":
			err = d.moveNow(ctx)
		case d.now.State == models.StatePaused:
			err = d.awaitResume(ctx)
		case d.now.Parked != nil:
			err = d.awaitAttention(ctx)
		case !d.now.TryAt.IsZero():
			err = d.awaitRetry(ctx)
		case d.plan.ManifestKnown && d.plan.ChooseFiles:
			err = d.awaitSelection(ctx)
		case !d.now.Admitted:
			err = d.awaitAdmission(ctx)
		case !d.plan.ManifestKnown && d.resolvesFirst():
			err = d.resolve(ctx)
		case !d.now.Transferred:
			err = d.transfer(ctx)
		case d.now.ToStore:
			err = d.store(ctx)
		default:
			err = d.finalize(ctx)
		}
		err = d.decide(ctx, err)
	}
	return d.end(ctx, err)
}

// decide says what follows a fault: nil goes on, anything else ends the job.
func (d *download) decide(ctx workflow.Context, err error) error {
	if ctx.Err() != nil && !d.now.Over {
		return ctx.Err()
	}
	if err == nil || d.now.Pausing || d.now.MoveTo != "" {
		return nil // what a pause or a move interrupted is taken up again after it
	}
	f := faultOf(err)
	d.now.Transferred, d.now.ToStore = false, false
	d.now.AgentID, d.now.Epoch = f.Details.AgentID, f.Details.Epoch
	if f.final() || d.now.Parked != nil {
		return err
	}
	if f.waitsForRoom() {
		d.now.Admitted, d.now.QueueReason = false, f.Message
		return nil
	}
	if f.Details.BytesDone >= d.now.BytesDone+renewingProgress {
		d.now.Faults = 0
	}
	d.now.BytesDone = max(d.now.BytesDone, f.Details.BytesDone)
	d.now.Faults++
	if next, ok := d.elsewhere(f); ok {
		return d.failOver(ctx, f, next)
	}
	if f.counted() && d.now.Faults <= len(d.plan.RetryPauses) {
		return d.backOff(ctx, f)
	}
	d.now.Parked = &f
	return nil
}

// end writes the end of the job. The context may be cancelled, so it works on
// one of its own: neither a cancel nor a fault leaves a transfer, a part or a
// row behind that says otherwise.
func (d *download) end(ctx workflow.Context, cause error) error {
	d.now.Over, d.now.Pausing, d.now.Resuming, d.now.MoveTo = true, false, false, ""
	ctx, done := workflow.NewDisconnectedContext(ctx)
	defer done()
	switch {
	case cause == nil:
	case temporal.IsCanceledError(cause):
		d.cancelled(ctx)
	default:
		cause = d.failed(ctx, cause)
	}
	drain(d.admits) // an admission may have crossed with the end
	drain(d.retries)
	if err := workflow.Await(ctx, func() bool { return workflow.AllHandlersFinished(ctx) }); err != nil {
		return fmt.Errorf("await handlers: %w", err)
	}
	return cause
}

func (d *download) cancelled(ctx workflow.Context) {
	stop := activities.StopInput{Remove: true, StateInput: activities.StateInput{
		JobID: d.jobID, To: models.StateCancelled, ReleaseSlot: true,
		Reason: "You cancelled it.", NextAction: "Nothing happens until you retry or delete it.",
	}}
	d.closeWith(ctx, stop)
	if err := d.write(ctx, cleaning, "discard the stored parts", files.DiscardParts, d.input(), nil); err != nil {
		d.log.Warn("stored parts are left to the sweep", "error", err)
	}
}

func (d *download) failed(ctx workflow.Context, cause error) error {
	f := faultOf(cause)
	d.closeWith(ctx, activities.StopInput{Remove: true, StateInput: activities.StateInput{
		JobID: d.jobID, To: models.StateFailed, ReleaseSlot: true, Problem: f.problem(),
		Reason: f.Message, NextAction: "Nothing happens until you retry or delete it.",
	}})
	return temporal.NewNonRetryableApplicationError(f.Message, f.Type, nil, f.Details)
}

// closeWith stops what runs and writes the last state. A refusal means that
// the row is in no state to be closed, or gone: then it stays as it is.
func (d *download) closeWith(ctx workflow.Context, in activities.StopInput) {
	if err := d.write(ctx, quick, "stop the transfer", transfers.StopTransfer, in, nil); err != nil {
		d.log.Warn("the end of the job is left to the reconcile sweep", "error", err)
	}
	d.moved(ctx, in.StateInput)
}

func (d *download) input() activities.JobInput {
	_, elsewhere := d.next()
	return activities.JobInput{JobID: d.jobID, Run: d.in.Run, Elsewhere: elsewhere}
}
