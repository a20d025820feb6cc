package workflows

import (
	"time"

	"go.temporal.io/sdk/temporal"
	"go.temporal.io/sdk/workflow"

	"longhaul/models"
)

// Budgets of a job.
const (
	// renewingProgress renews the budget of retries that the plan gives: a swarm
	// that stalls now and then but brings a part each time is not at its end.
	renewingProgress = models.UsualPartSize

	// patience is how often Temporal retries what our side cannot do, such as
	// writing while the database is away, before the job needs attention: 3000 attempts
	// at no more than 30 s are about a day.
	patience = 3000
)

// steady is the retry policy of an activity that runs for long and ends early
// mostly because its worker was killed. Its pause does not grow: Temporal counts
// attempts, also those that went well for hours, so that the tenth kill of a
// week would cost more than the first.
func steady(pause time.Duration, attempts int32, final ...models.Problem) *temporal.RetryPolicy {
	p := &temporal.RetryPolicy{InitialInterval: pause, BackoffCoefficient: 1, MaximumAttempts: attempts}
	for _, problem := range final {
		p.NonRetryableErrorTypes = append(p.NonRetryableErrorTypes, string(problem))
	}
	return p
}

// Every activity below runs in the task queue of its kind of work; local ones
// run in the worker of the workflow.

// local is for one short read of the database in the worker that runs the
// workflow: one event instead of six. If it doesn't finish within a workflow
// task, the caller falls back to quick.
func local(ctx workflow.Context, summary string) workflow.Context {
	return workflow.WithLocalActivityOptions(ctx, workflow.LocalActivityOptions{
		StartToCloseTimeout:    5 * time.Second,
		ScheduleToCloseTimeout: 8 * time.Second,
		RetryPolicy:            &temporal.RetryPolicy{InitialInterval: 100 * time.Millisecond, BackoffCoefficient: 2, MaximumInterval: time.Second},
		Summary:                summary,
	})
}

// quick is for one transaction, with a call to an agent at most. A day of
// retries bridges a long outage of the database; the reconcile sweep repairs
// what even that does not.
func quick(ctx workflow.Context, summary string) workflow.Context {
	return workflow.WithActivityOptions(ctx, workflow.ActivityOptions{
		TaskQueue:              TaskQueue(models.QueueControl),
		StartToCloseTimeout:    20 * time.Second,
		ScheduleToCloseTimeout: 24 * time.Hour,
		RetryPolicy:            &temporal.RetryPolicy{InitialInterval: 500 * time.Millisecond, BackoffCoefficient: 2, MaximumInterval: time.Minute},
		Summary:                summary,
	})
}

// answering is for one transaction that a person waits for: it fails soon and
// may be asked again.
func answering(ctx workflow.Context, summary string) workflow.Context {
	return workflow.WithActivityOptions(ctx, workflow.ActivityOptions{
		TaskQueue:              TaskQueue(models.QueueControl),
		StartToCloseTimeout:    10 * time.Second,
		ScheduleToCloseTimeout: 15 * time.Second,
		RetryPolicy:            &temporal.RetryPolicy{InitialInterval: 200 * time.Millisecond, BackoffCoefficient: 2, MaximumInterval: 2 * time.Second},
		Summary:                summary,
	})
}

// transferring is for asking for a transfer, which is answered by task token
// when it has ended. Placement and the trackers send a heartbeat every 5 minutes;
// it is only the backstop, since they notice what dies within a minute. They also
// get over faults of the infrastructure, so that what comes back is for the workflow to
// decide. A transfer over 7 days is asked for again and keeps what it has.
func transferring(ctx workflow.Context, summary string) workflow.Context {
	return workflow.WithActivityOptions(ctx, workflow.ActivityOptions{
		TaskQueue:           TaskQueue(models.QueueControl),
		StartToCloseTimeout: 7 * 24 * time.Hour,
		HeartbeatTimeout:    15 * time.Minute,
		RetryPolicy: &temporal.RetryPolicy{
			InitialInterval: 2 * time.Second, BackoffCoefficient: 2, MaximumInterval: 30 * time.Second,
			MaximumAttempts: patience,
		},
		Summary: summary,
	})
}

// storing is for completing and checking objects. It heartbeats every few
// seconds, so a killed worker costs half a minute at most. A cancel waits for
// it: a job that became ready just before stays ready.
func storing(ctx workflow.Context, summary string) workflow.Context {
	return workflow.WithActivityOptions(ctx, workflow.ActivityOptions{
		TaskQueue:              TaskQueue(models.QueueTransfers),
		StartToCloseTimeout:    6 * time.Hour,
		ScheduleToCloseTimeout: 24 * time.Hour,
		HeartbeatTimeout:       20 * time.Second,
		WaitForCancellation:    true,
		RetryPolicy: steady(5*time.Second, 0,
			models.ProblemLengthMismatch), // bytes that are not in storage have to be fetched again first
		Summary: summary,
	})
}

// streaming is for copying from Seedr to storage. Like tracking, it heartbeats
// every few seconds: a killed worker costs its timeout and five seconds more,
// however often it is killed, and what is copied is not copied again. A
// cancel reaches it with a heartbeat.
func streaming(ctx workflow.Context, summary string) workflow.Context {
	return workflow.WithActivityOptions(ctx, workflow.ActivityOptions{
		TaskQueue:           TaskQueue(models.QueueTransfers),
		StartToCloseTimeout: 7 * 24 * time.Hour,
		HeartbeatTimeout:    12 * time.Second,
		WaitForCancellation: true,
		RetryPolicy: steady(5*time.Second, 6*patience, // a day, too
			models.ProblemLengthMismatch, models.ProblemSeedrGone, models.ProblemSuperseded),
		Summary: summary,
	})
}

// checking is for one call that an administrator waits for.
func checking(ctx workflow.Context, summary string) workflow.Context {
	return workflow.WithActivityOptions(ctx, workflow.ActivityOptions{
		TaskQueue:              TaskQueue(models.QueueTracking),
		StartToCloseTimeout:    50 * time.Second,
		ScheduleToCloseTimeout: time.Minute,
		RetryPolicy:            &temporal.RetryPolicy{MaximumAttempts: 1},
		Summary:                summary,
	})
}

// cleaning is for removing what is no longer needed: slow storage gets a day,
// and the orphan sweep finds the rest.
func cleaning(ctx workflow.Context, summary string) workflow.Context {
	return workflow.WithActivityOptions(ctx, workflow.ActivityOptions{
		TaskQueue:              TaskQueue(models.QueueTransfers),
		StartToCloseTimeout:    30 * time.Minute,
		ScheduleToCloseTimeout: 24 * time.Hour,
		HeartbeatTimeout:       time.Minute,
		RetryPolicy:            &temporal.RetryPolicy{InitialInterval: time.Second, BackoffCoefficient: 2, MaximumInterval: 5 * time.Minute},
		Summary:                summary,
	})
}

// tracking is for the one long activity that follows an agent. Its short
// heartbeat timeout is what a killed worker costs all jobs of the agent.
func tracking(ctx workflow.Context, summary string) workflow.Context {
	return workflow.WithActivityOptions(ctx, workflow.ActivityOptions{
		TaskQueue:           TaskQueue(models.QueueTracking),
		StartToCloseTimeout: 13 * time.Hour, // the tracker returns after 12
		HeartbeatTimeout:    12 * time.Second,
		RetryPolicy:         steady(time.Second, 0),
		Summary:             summary,
	})
}

// sweeping is for a sweep that the next run of the schedule repeats anyway.
func sweeping(ctx workflow.Context, summary string) workflow.Context {
	return workflow.WithActivityOptions(ctx, workflow.ActivityOptions{
		TaskQueue:           TaskQueue(models.QueueControl),
		StartToCloseTimeout: 20 * time.Minute,
		HeartbeatTimeout:    time.Minute,
		RetryPolicy:         &temporal.RetryPolicy{InitialInterval: 5 * time.Second, BackoffCoefficient: 2, MaximumInterval: time.Minute, MaximumAttempts: 3},
		Summary:             summary,
	})
}
