package workflows

import (
	"context"
	"fmt"

	"go.temporal.io/sdk/client"
	"go.temporal.io/sdk/temporal"

	"longhaul/activities"
	"longhaul/models"
)

// ReadContents carries a check of contents on, unless that is being done already.
func (c *Client) ReadContents(ctx context.Context, in models.ContentCheck) error {
	o := again(in.WorkflowID(), "check "+short(in.ID)+" of contents")
	_, err := c.t.ExecuteWorkflow(ctx, o, CheckContents, activities.ContentsInput{ID: in.ID})
	return translate(err, "check contents")
}

// CheckFiles looks for the object of every stored file now and returns what it
// found.
func (c *Client) CheckFiles(ctx context.Context, in activities.CheckInput) (activities.CheckResult, error) {
	var res activities.CheckResult
	run, err := c.t.ExecuteWorkflow(ctx, again("check-files-now", "looks for the object of every stored file, now"), CheckFiles, in)
	if err == nil {
		err = run.Get(ctx, &res)
	}
	return res, translate(err, "check files")
}

// TakeStock has the schedules compare storage with the database soon, instead of
// when it is their time.
func (c *Client) TakeStock(ctx context.Context) error {
	for _, id := range []string{scheduleSweep, scheduleCheck} {
		err := c.t.ScheduleClient().GetHandle(ctx, id).Trigger(ctx, client.ScheduleTriggerOptions{})
		if err != nil {
			return translate(err, "trigger schedule "+id)
		}
	}
	return nil
}

// NoteDeletion writes the text, or when it is empty the usual note, on the
// schedules that remove objects.
func (c *Client) NoteDeletion(ctx context.Context, text string) error {
	if text == "" {
		text = scheduleNote
	}
	for _, id := range []string{scheduleSweep, scheduleExpire} {
		err := c.t.ScheduleClient().GetHandle(ctx, id).Update(ctx, client.ScheduleUpdateOptions{
			DoUpdate: func(in client.ScheduleUpdateInput) (*client.ScheduleUpdate, error) {
				now := in.Description.Schedule
				if now.State == nil || now.State.Note == text {
					return nil, temporal.ErrSkipScheduleUpdate
				}
				now.State.Note = text
				return &client.ScheduleUpdate{Schedule: &now}, nil
			},
		})
		if err = translate(err, "note on schedule "+id); err != nil && !models.IsNotFound(err) {
			return fmt.Errorf("say what deletion does: %w", err)
		}
	}
	return nil
}
