package workflows

import (
	"time"

	"go.temporal.io/sdk/workflow"

	"longhaul/activities"
)

// counterChanged is the signal that the clock was moved or stopped.
const counterChanged = "changed"

// looksPerRun is how many looks at the clock one history holds; a clock that is
// not moved needs three.
const looksPerRun = 100

// CounterNotice keeps the clock of a counter-notice: it reminds administrators
// and, in the end, restores what the notice blocks. When it is due is in the
// database, which is asked again after each pause and each change.
func CounterNotice(ctx workflow.Context, in activities.CounterInput) (activities.CounterResult, error) {
	changed := workflow.GetSignalChannel(ctx, counterChanged)
	var res activities.CounterResult
	for range looksPerRun {
		drain(changed)
		err := workflow.ExecuteActivity(quick(ctx, "remind administrators, or restore the content, if it is time"), counters.CheckCounter, in).Get(ctx, &res)
		if err != nil || res.Over {
			return res, err
		}
		_, err = workflow.AwaitWithOptions(ctx, workflow.AwaitOptions{
			Timeout:      max(res.Next.Sub(workflow.Now(ctx)), time.Second), // the database's clock may be a little behind
			TimerOptions: workflow.TimerOptions{Summary: "until it is time to act"},
		}, func() bool { return changed.Len() > 0 })
		if err != nil {
			return res, err
		}
	}
	return res, workflow.NewContinueAsNewError(ctx, CounterNotice, in)
}
