package workflows

import (
	"time"

	"go.temporal.io/sdk/workflow"

	"longhaul/activities"
	"longhaul/models"
)

// MediaWorkflowID returns the id of the workflow that reads the media files of a job.
func MediaWorkflowID(jobID string) string { return "media-" + jobID }

// ProbeMedia finds out what is in the media files of a job. The job is ready
// before, and whatever comes of it stays so.
func ProbeMedia(ctx workflow.Context, in activities.MediaInput) (activities.MediaResult, error) {
	var res activities.MediaResult
	err := workflow.ExecuteActivity(probing(ctx, "read the media files"), media.ProbeMedia, in).Get(ctx, &res)
	return res, err
}

// probing is for reading media files, one after the other. It heartbeats every
// few seconds; a file that ends its worker is given up after a few attempts, so
// the activity gets over it.
func probing(ctx workflow.Context, summary string) workflow.Context {
	return workflow.WithActivityOptions(ctx, workflow.ActivityOptions{
		TaskQueue:              TaskQueue(models.QueueMedia),
		StartToCloseTimeout:    12 * time.Hour,
		ScheduleToCloseTimeout: 7 * 24 * time.Hour,
		HeartbeatTimeout:       30 * time.Second,
		WaitForCancellation:    true,
		RetryPolicy:            steady(10*time.Second, 0),
		Summary:                summary,
	})
}
