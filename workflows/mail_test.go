package workflows_test

import (
	"context"
	"testing"
	"time"

	"github.com/google/uuid"
	"go.temporal.io/sdk/activity"
	"go.temporal.io/sdk/temporal"
	"go.temporal.io/sdk/testsuite"

	"longhaul/activities"
	"longhaul/workflows"
)

// Mails are given up on when the provider is down for more than a day, and not
// earlier.
func TestMailIsGivenUpAfterADay(t *testing.T) {
	t.Parallel()
	var suite testsuite.WorkflowTestSuite
	env := suite.NewTestWorkflowEnvironment()
	id, tries, given := uuid.New(), 0, time.Duration(0)
	started := env.Now()
	env.RegisterActivityWithOptions(func(_ context.Context, in activities.MailInput) (activities.MailResult, error) {
		if tries++; in.MailID != id {
			t.Errorf("sent %s", in.MailID)
		}
		return activities.MailResult{}, temporal.NewApplicationError("The mail provider did not take the mail.", "unavailable")
	}, activity.RegisterOptions{Name: "SendMail"})
	env.RegisterActivityWithOptions(func(context.Context, activities.MailInput) error {
		given = env.Now().Sub(started)
		return nil
	}, activity.RegisterOptions{Name: "GiveUpMail"})
	env.SetTestTimeout(time.Minute)
	env.ExecuteWorkflow(workflows.SendMail, activities.MailInput{MailID: id})
	if err := env.GetWorkflowError(); !env.IsWorkflowCompleted() || err == nil {
		t.Errorf("completed %t with %v", env.IsWorkflowCompleted(), err)
	}
	if given < 23*time.Hour || given > 25*time.Hour || tries < 100 {
		t.Errorf("given up after %s and %d tries", given, tries)
	}
}
