package workflows

import (
	"errors"

	"go.temporal.io/sdk/temporal"
	"go.temporal.io/sdk/workflow"

	"longhaul/activities"
	"longhaul/models"
	"longhaul/models/wording"
)

// An operator may reset a run in Temporal to any earlier point. The new run has
// the history up to there, but the row has moved on, and the row is the truth.
// So a run that learns of a reset does nothing more: it starts over from the row,
// as a run does whose predecessor is lost. It learns of the reset by a signal,
// which the worker sends that runs it first, or because an activity is refused:
// one that history says is pending, or the next one.

// hearResets notes that the run was made by a reset.
func (d *download) hearResets(ctx workflow.Context) {
	resets := workflow.GetSignalChannel(ctx, SignalReset)
	for {
		var in ResetInput
		if !resets.Receive(ctx, &in) {
			return
		}
		if in.RunID == "" || in.RunID == workflow.GetInfo(ctx).OriginalRunID {
			continue
		}
		d.reset = true
		if d.interrupt != nil {
			d.interrupt()
		}
	}
}

// notices reports whether the run was reset, as the fault may say.
func (d *download) notices(err error) bool {
	if refused, ok := errors.AsType[*temporal.ApplicationError](err); ok && refused.Type() == FaultReset {
		d.reset = true
	}
	return d.reset
}

// startOver has another run continue from the row. What was sent to this one is
// in the row, or was sent to a run that is over.
func (d *download) startOver(ctx workflow.Context) error {
	drain(d.admits)
	drain(d.retries)
	onward := d.in
	onward.Before, onward.AfterReset, onward.Counts = nil, true, true
	return workflow.NewContinueAsNewError(ctx, Download, onward)
}

// outcome is how a run ends whose job has ended before, so that Temporal's lists
// show it as the row does.
func outcome(plan activities.Plan) error {
	switch plan.State {
	case models.StateCancelled:
		return temporal.NewCanceledError()
	case models.StateFailed:
		return temporal.NewNonRetryableApplicationError(wording.Console().Why(plan.Reason), string(plan.Reason.Code), nil)
	default:
		return nil
	}
}
