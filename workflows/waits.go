package workflows

import (
	"fmt"
	"strings"
	"time"

	commonpb "go.temporal.io/api/common/v1"
	"go.temporal.io/sdk/converter"
	"go.temporal.io/sdk/temporal"
	"go.temporal.io/sdk/workflow"

	"longhaul/models"
	"longhaul/models/wording"
)

// longHistory is how many events make a run that waits continue as new. It is
// far from Temporal's limits, and few jobs ever get there: it keeps the replay
// cheap for a job that is paused or moved every day.
const longHistory = 400

// continues reports whether the run should continue as new. It does so only
// while the job waits and no update is pending.
func (d *download) continues(ctx workflow.Context) bool {
	idle := func() bool {
		step := next(d.now)
		return step.waits() && (step != stepAwaitAttention || d.retries.Len() == 0)
	}
	if !d.long(ctx) || !idle() {
		return false
	}
	// Pending updates are answered first.
	err := workflow.Await(ctx, func() bool { return !idle() || workflow.AllHandlersFinished(ctx) })
	return err == nil && idle()
}

func (d *download) long(ctx workflow.Context) bool {
	info := workflow.GetInfo(ctx)
	return info.GetContinueAsNewSuggested() || info.GetCurrentHistoryLength() > longHistory
}

// wait lets the job wait until the condition holds and reports whether the
// deadline of its state, if there is one, had not passed by then. A request
// ends it, too.
func (d *download) wait(ctx workflow.Context, summary string, cond func() bool) (inTime bool, err error) {
	over := func() bool { return cond() || d.now.Asked != requestNothing || d.reset }
	if d.now.Deadline.IsZero() {
		return true, workflow.Await(ctx, over)
	}
	return workflow.AwaitWithOptions(ctx, workflow.AwaitOptions{
		Timeout: max(0, d.now.Deadline.Sub(workflow.Now(ctx))), TimerOptions: workflow.TimerOptions{Summary: summary},
	}, over)
}

// awaitAdmission waits in the queue until the job holds a slot. The signal says
// only that the row may have changed: it may be late, and refer to a slot that
// was given back.
func (d *download) awaitAdmission(ctx workflow.Context) error {
	_, err := d.wait(ctx, "deadline for a slot", func() bool { return d.admits.Len() > 0 })
	if err != nil || d.admits.Len() == 0 || d.reset {
		return err
	}
	drain(d.admits)
	plan, err := d.read(ctx, models.StateQueued)
	if err != nil {
		return err
	}
	d.now.read(plan)
	return nil
}

// awaitChoice waits for the user to choose files. Choices that are refused
// make the history longer while it waits.
func (d *download) awaitChoice(ctx workflow.Context) error {
	inTime, err := d.wait(ctx, "deadline for choosing files", func() bool { return !d.now.ToChoose || d.long(ctx) })
	switch {
	case err != nil:
		return err
	case !inTime:
		return temporal.NewNonRetryableApplicationError(wording.Console().Why(models.ProblemSelectionExpired.Because()), string(models.ProblemSelectionExpired), nil)
	case !d.now.ToChoose && d.now.Asked == requestNothing && !d.reset:
		return d.enqueue(ctx, filesChosen())
	default:
		return nil
	}
}

// awaitResume waits, without a deadline, for the user to resume.
func (d *download) awaitResume(ctx workflow.Context) error {
	_, err := d.wait(ctx, "deadline for resuming", func() bool { return false })
	return err
}

// awaitRetry waits for the moment of the next try.
func (d *download) awaitRetry(ctx workflow.Context) error {
	early, err := d.wait(ctx, "pause before the next attempt", func() bool { return false })
	if err == nil && !early {
		d.now.Deadline = time.Time{}
	}
	return err
}

// awaitAttention waits until a person retries the job, or it fails.
func (d *download) awaitAttention(ctx workflow.Context) error {
	inTime, err := d.wait(ctx, "deadline for a person to act", func() bool { return d.retries.Len() > 0 })
	switch {
	case err != nil:
		return err
	case !inTime:
		why := d.now.Reason.As(models.ReasonCode(models.ProblemGaveUp))
		return temporal.NewNonRetryableApplicationError(wording.Console().Why(why), string(models.ProblemGaveUp), nil,
			models.FaultDetails{AgentID: d.now.AgentID, Epoch: d.now.Epoch, Params: why.Params})
	case d.reset || d.now.Asked != requestNothing || !d.heedsRetry(ctx):
		return nil
	}
	d.now.Faults, d.now.Left = 0, nil
	return d.enqueue(ctx, retried())
}

// heedsRetry takes the next signal to retry. People send it, too, and whoever
// types an input expects it to do something: that is refused, which the details
// of the run say.
func (d *download) heedsRetry(ctx workflow.Context) bool {
	var in converter.RawValue
	switch {
	case !d.retries.ReceiveAsync(&in):
		return false
	case empty(in.Payload()):
		d.refused = ""
		return true
	default:
		d.refused = fmt.Sprintf("Refused at %s: the signal `%s` takes no input.", wording.UTC(workflow.Now(ctx)), SignalRetry)
		d.refresh(ctx)
		return false
	}
}

// empty reports whether an input says nothing.
func empty(in *commonpb.Payload) bool {
	switch strings.TrimSpace(string(in.GetData())) {
	case "", "null", "{}", `""`, "[]":
		return true
	default:
		return false
	}
}

func drain(c workflow.ReceiveChannel) {
	for c.ReceiveAsync(nil) {
	}
}
