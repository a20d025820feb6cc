package workflows

import (
	"time"

	"go.temporal.io/sdk/temporal"
	"go.temporal.io/sdk/workflow"

	"longhaul/activities"
	"longhaul/models"
)

// shiftsPerRun is how many shifts of an act one history holds: a day's work.
const shiftsPerRun = 100

// BulkAct carries out an administrator's act on many jobs. Which ones, and what
// became of each, is in the database. Cancelling it stops the act.
func BulkAct(ctx workflow.Context, in activities.BulkInput) (activities.BulkResult, error) {
	var res activities.BulkResult
	for range shiftsPerRun {
		err := workflow.ExecuteActivity(bulking(ctx, "act on the jobs, one after the other"), bulk.ActOnJobs, in).Get(ctx, &res)
		if temporal.IsCanceledError(err) {
			clean, cancel := workflow.NewDisconnectedContext(ctx)
			defer cancel()
			return res, workflow.ExecuteActivity(quick(clean, "record that it was stopped"), bulk.StopActing, in).Get(clean, &res)
		}
		if err != nil || res.State.Over() {
			return res, err
		}
	}
	return res, workflow.NewContinueAsNewError(ctx, BulkAct, in)
}

// bulking is for acting on many jobs. A killed worker costs the heartbeat's
// timeout; what was done is not done again. A cancel reaches it with a heartbeat.
func bulking(ctx workflow.Context, summary string) workflow.Context {
	return workflow.WithActivityOptions(ctx, workflow.ActivityOptions{
		TaskQueue:           TaskQueue(models.QueueControl),
		StartToCloseTimeout: 2 * activities.BulkShift,
		HeartbeatTimeout:    12 * time.Second,
		WaitForCancellation: true,
		RetryPolicy:         steady(5*time.Second, 0),
		Summary:             summary,
	})
}
