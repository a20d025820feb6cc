package workflows

import (
	"go.temporal.io/sdk/workflow"

	"longhaul/activities"
)

// TrackProvider follows all transfers of one agent for as long as the agent is
// registered: one long activity at a time, and a fresh run after each, so that
// its history stays short.
func TrackProvider(ctx workflow.Context, in activities.TrackInput) error {
	workflow.SetCurrentDetails(ctx, "Follows every transfer of one agent: publishes progress, and completes or fails the jobs' transfers.\n\n"+
		"Restart it by cancelling: the worker starts it again. A dead worker costs seconds, not jobs.")
	var res activities.TrackResult
	err := workflow.ExecuteActivity(tracking(ctx, "follow the agent's transfers"), tracker.TrackAgent, in).Get(ctx, &res)
	if err != nil || res.Gone {
		return err
	}
	return workflow.NewContinueAsNewError(ctx, TrackProvider, in)
}
