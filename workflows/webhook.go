package workflows

import (
	"time"

	"go.temporal.io/sdk/temporal"
	"go.temporal.io/sdk/workflow"

	"longhaul/activities"
	"longhaul/models"
)

// DeliveryWorkflowID returns the id of the workflow that delivers an event to a
// webhook.
func DeliveryWorkflowID(deliveryID string) string { return "webhook-" + deliveryID }

// DeliverEvent delivers one event to a webhook. One that does not accept it is
// tried for about three days, as models.WebhookTries says; its owner sees each
// attempt. Cancelling it ends the delivery.
func DeliverEvent(ctx workflow.Context, in activities.DeliveryInput) (activities.DeliveryResult, error) {
	var res activities.DeliveryResult
	err := workflow.ExecuteActivity(delivering(ctx, "post the event to the webhook"), webhooks.DeliverEvent, in).Get(ctx, &res)
	if err == nil {
		return res, nil
	}
	clean, cancel := workflow.NewDisconnectedContext(ctx)
	defer cancel()
	if err := workflow.ExecuteActivity(quick(clean, "record that it was ended"), webhooks.FailDelivery, in).Get(clean, nil); err != nil {
		return res, err
	}
	return res, err
}

// delivering is for the attempts to deliver an event. The activity names the pause
// before the next one, and ends when the last failed.
func delivering(ctx workflow.Context, summary string) workflow.Context {
	return workflow.WithActivityOptions(ctx, workflow.ActivityOptions{
		TaskQueue:              TaskQueue(models.QueueWebhooks),
		StartToCloseTimeout:    2 * time.Minute,
		ScheduleToCloseTimeout: 14 * 24 * time.Hour, // a worker may be away for some of it
		RetryPolicy: &temporal.RetryPolicy{
			InitialInterval: 5 * time.Second, BackoffCoefficient: 2, MaximumInterval: 10 * time.Minute,
		},
		Summary: summary,
	})
}
