package workflows

import (
	"time"

	"go.temporal.io/sdk/temporal"
	"go.temporal.io/sdk/workflow"

	"longhaul/activities"
	"longhaul/models"
)

// MailWorkflowID returns the id of the workflow that sends a mail.
func MailWorkflowID(mailID string) string { return "mail-" + mailID }

// SendMail sends one mail. A provider that is down delays it for up to a day;
// then it is given up on, and admins see why.
func SendMail(ctx workflow.Context, in activities.MailInput) (activities.MailResult, error) {
	var res activities.MailResult
	err := workflow.ExecuteActivity(mailing(ctx, "hand the mail to the provider"), mails.SendMail, in).Get(ctx, &res)
	if err == nil {
		return res, nil
	}
	clean, cancel := workflow.NewDisconnectedContext(ctx)
	defer cancel()
	if err := workflow.ExecuteActivity(quick(clean, "record that it was given up"), mails.GiveUpMail, in).Get(clean, nil); err != nil {
		return res, err
	}
	return res, err
}

// mailing is for one call to the mail provider. The pauses grow from seconds,
// for a lost connection, to minutes, for a provider that is down.
func mailing(ctx workflow.Context, summary string) workflow.Context {
	return workflow.WithActivityOptions(ctx, workflow.ActivityOptions{
		TaskQueue:              TaskQueue(models.QueueMail),
		StartToCloseTimeout:    time.Minute,
		ScheduleToCloseTimeout: 24 * time.Hour,
		RetryPolicy: &temporal.RetryPolicy{
			InitialInterval: 2 * time.Second, BackoffCoefficient: 2, MaximumInterval: 10 * time.Minute,
			MaximumAttempts: 1000, // the day ends first
		},
		Summary: summary,
	})
}
