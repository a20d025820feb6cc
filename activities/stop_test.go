package activities

import (
	"context"
	"errors"
	"testing"

	"go.temporal.io/sdk/activity"
	"go.temporal.io/sdk/temporal"
	"go.temporal.io/sdk/testsuite"
)

// An activity that is cut off because its worker stops is handed over, which is
// no fault; one that was cancelled says so.
func TestAStopOfTheWorkerIsNoFault(t *testing.T) {
	t.Parallel()
	for name, stops := range map[string]bool{"the worker stops": true, "it was cancelled": false} {
		var suite testsuite.WorkflowTestSuite
		env := suite.NewTestActivityEnvironment()
		stop := make(chan struct{})
		env.SetWorkerStopChannel(stop)
		if stops {
			close(stop)
		}
		cut := func(ctx context.Context) error {
			ctx, cancel := context.WithCancel(ctx)
			cancel()
			return border(ctx, ctx.Err())
		}
		env.RegisterActivityWithOptions(cut, activity.RegisterOptions{Name: "cut"})
		_, err := env.ExecuteActivity("cut")
		app, handed := errors.AsType[*temporal.ApplicationError](err)
		if handed = handed && app.Category() == temporal.ApplicationErrorCategoryBenign; handed != stops {
			t.Errorf("%s: %v", name, err)
		}
	}
}
