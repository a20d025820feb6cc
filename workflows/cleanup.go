package workflows

import (
	"time"

	"go.temporal.io/sdk/temporal"
	"go.temporal.io/sdk/workflow"

	"longhaul/activities"
	"longhaul/models"
)

// CleanUp carries a cleanup of storage on: it lists what has no row or no object,
// or removes what an administrator confirmed. What it found, and what became of
// it, is in the database. Cancelling it stops the cleanup.
func CleanUp(ctx workflow.Context, in activities.CleanupInput) (activities.CleanupResult, error) {
	var res activities.CleanupResult
	err := workflow.ExecuteActivity(cleaningUp(ctx, "compare storage with the rows, or remove what was confirmed"), sweeps.CleanUpStorage, in).Get(ctx, &res)
	if temporal.IsCanceledError(err) {
		clean, cancel := workflow.NewDisconnectedContext(ctx)
		defer cancel()
		return res, workflow.ExecuteActivity(quick(clean, "record that it was stopped"), sweeps.StopCleaning, in).Get(clean, &res)
	}
	return res, err
}

// CheckContents reads stored files again and compares them with their checksums.
// How far it is, and what is damaged, is in the database. Cancelling it stops the
// check.
func CheckContents(ctx workflow.Context, in activities.ContentsInput) (activities.ContentsResult, error) {
	var res activities.ContentsResult
	err := workflow.ExecuteActivity(readingAgain(ctx, "read stored files and compare their checksums"), sweeps.ReadContents, in).Get(ctx, &res)
	if temporal.IsCanceledError(err) {
		clean, cancel := workflow.NewDisconnectedContext(ctx)
		defer cancel()
		return res, workflow.ExecuteActivity(quick(clean, "record that it was stopped"), sweeps.StopReading, in).Get(clean, &res)
	}
	return res, err
}

// StartDueCheck starts a check of contents when one is due. Off unless an
// administrator turned it on.
func StartDueCheck(ctx workflow.Context) (activities.DueCheckResult, error) {
	var res activities.DueCheckResult
	err := workflow.ExecuteActivity(sweeping(ctx, "start a check of contents if one is due"), sweeps.StartDueCheck).Get(ctx, &res)
	return res, err
}

// SumStorage sums up what is stored.
func SumStorage(ctx workflow.Context) (activities.SumResult, error) {
	var res activities.SumResult
	err := workflow.ExecuteActivity(sweeping(ctx, "sum up what is stored"), sweeps.SumStorage).Get(ctx, &res)
	return res, err
}

// cleaningUp is for a cleanup of a whole bucket. A killed worker costs the
// heartbeat's timeout; a look begins again, and what was removed stays removed. A
// cancel reaches it with a heartbeat.
func cleaningUp(ctx workflow.Context, summary string) workflow.Context {
	return workflow.WithActivityOptions(ctx, workflow.ActivityOptions{
		TaskQueue:           TaskQueue(models.QueueTransfers),
		StartToCloseTimeout: 24 * time.Hour,
		HeartbeatTimeout:    20 * time.Second,
		WaitForCancellation: true,
		RetryPolicy:         steady(5*time.Second, 0),
		Summary:             summary,
	})
}

// readingAgain is for reading all of a bucket at a low rate, which takes weeks if
// it is large. A killed worker costs the heartbeat's timeout and ten files.
func readingAgain(ctx workflow.Context, summary string) workflow.Context {
	return workflow.WithActivityOptions(ctx, workflow.ActivityOptions{
		TaskQueue:           TaskQueue(models.QueueTransfers),
		StartToCloseTimeout: 90 * 24 * time.Hour,
		HeartbeatTimeout:    20 * time.Second,
		WaitForCancellation: true,
		RetryPolicy:         steady(5*time.Second, 0),
		Summary:             summary,
	})
}
