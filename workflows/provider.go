package workflows

import (
	"go.temporal.io/sdk/workflow"

	"longhaul/activities"
	"longhaul/models"
)

// TrackProvider follows all transfers of one agent for as long as the agent is
// registered, or all of the Seedr account: one long activity at a time, and a
// fresh run after each, so that its history stays short.
func TrackProvider(ctx workflow.Context, in activities.TrackInput) error {
	if in.Provider == models.ProviderSeedr {
		return trackSeedr(ctx, in)
	}
	workflow.SetCurrentDetails(ctx, "Follows every transfer of one agent: publishes progress, and completes or fails the jobs' transfers.\n\n"+
		"To restart it, cancel it: the worker starts it again. A dead worker costs seconds, not jobs.")
	var res activities.TrackResult
	err := workflow.ExecuteActivity(tracking(ctx, "follow the agent's transfers"), tracker.TrackAgent, in).Get(ctx, &res)
	if err != nil || res.Gone {
		return err
	}
	return workflow.NewContinueAsNewError(ctx, TrackProvider, in)
}

func trackSeedr(ctx workflow.Context, in activities.TrackInput) error {
	workflow.SetCurrentDetails(ctx, "Follows every transfer on the Seedr account: adds them, publishes progress, completes or fails the jobs' transfers, and removes what no job needs.\n\n"+
		"Only this workflow lists the account. To restart it, cancel it: the worker starts it again. A dead worker costs seconds, not jobs.")
	var res activities.TrackResult
	err := workflow.ExecuteActivity(tracking(ctx, "follow the Seedr account"), seedr.TrackSeedr).Get(ctx, &res)
	if err != nil || res.Gone {
		return err
	}
	return workflow.NewContinueAsNewError(ctx, TrackProvider, in)
}

// VerifySeedr calls Seedr for real, for an administrator who waits for the
// answer. Only workers have the credentials.
func VerifySeedr(ctx workflow.Context) (models.ProviderCheck, error) {
	workflow.SetCurrentDetails(ctx, "Checks the credentials, the plan and the room of the Seedr account.")
	var check models.ProviderCheck
	err := workflow.ExecuteActivity(checking(ctx, "call Seedr"), seedr.VerifySeedr).Get(ctx, &check)
	return check, err
}
