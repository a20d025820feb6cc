package workflows

import (
	"context"
	"time"

	"github.com/google/uuid"
	"go.temporal.io/sdk/workflow"

	"longhaul/activities"
	"longhaul/models"
)

// ExportAccount makes the export of an account's data. The zip is in storage and
// its row in the database; the history holds neither.
func ExportAccount(ctx workflow.Context, in activities.ExportInput) (activities.ExportResult, error) {
	var res activities.ExportResult
	err := workflow.ExecuteActivity(exporting(ctx, "write the zip to storage, then its row"), exports.MakeExport, in).Get(ctx, &res)
	return res, err
}

// SweepExports removes exports whose time is over.
func SweepExports(ctx workflow.Context) (activities.ExportSweepResult, error) {
	var res activities.ExportSweepResult
	err := workflow.ExecuteActivity(exporting(ctx, "remove exports whose time is over, and zips without a row"), exports.SweepExports).Get(ctx, &res)
	return res, err
}

// exporting is for reading all rows of an account. A killed worker costs the
// heartbeat's timeout, and the zip begins again.
func exporting(ctx workflow.Context, summary string) workflow.Context {
	return workflow.WithActivityOptions(ctx, workflow.ActivityOptions{
		TaskQueue:           TaskQueue(models.QueueTransfers),
		StartToCloseTimeout: 6 * time.Hour,
		HeartbeatTimeout:    20 * time.Second,
		RetryPolicy:         steady(5*time.Second, 0),
		Summary:             summary,
	})
}

// Export starts the workflow of an export unless it is running.
func (c *Client) Export(ctx context.Context, id uuid.UUID) error {
	o := again(models.Export{ID: id}.WorkflowID(), "export "+short(id)+" of an account's data")
	_, err := c.t.ExecuteWorkflow(ctx, o, ExportAccount, activities.ExportInput{ID: id})
	return translate(err, "export account")
}
