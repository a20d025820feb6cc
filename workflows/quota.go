package workflows

import (
	"go.temporal.io/sdk/workflow"

	"longhaul/activities"
)

// ExpireFiles removes the files of ready jobs that are past the time for which
// their owner's plan keeps them.
func ExpireFiles(ctx workflow.Context) (activities.ExpireResult, error) {
	var res activities.ExpireResult
	err := workflow.ExecuteActivity(sweeping(ctx, "remove expired files"), quota.ExpireFiles).Get(ctx, &res)
	return res, err
}

// RollUpUsage writes what every account used today and yesterday.
func RollUpUsage(ctx workflow.Context) (activities.RollUpResult, error) {
	var res activities.RollUpResult
	err := workflow.ExecuteActivity(sweeping(ctx, "sum up the daily usage of all accounts"), quota.RollUpUsage).Get(ctx, &res)
	return res, err
}

// ReconcileQuota compares what accounts use with what is stored for them.
func ReconcileQuota(ctx workflow.Context) (activities.DriftResult, error) {
	var res activities.DriftResult
	err := workflow.ExecuteActivity(sweeping(ctx, "compare quotas with stored files"), quota.RepairQuota).Get(ctx, &res)
	return res, err
}
