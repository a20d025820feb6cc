package workflows

import (
	"fmt"

	"go.temporal.io/sdk/temporal"
	"go.temporal.io/sdk/workflow"

	"longhaul/activities"
	"longhaul/models"
)

// handle sets up what the run answers to. Validators refuse what the state
// does not allow, before anything enters the history.
func (d *download) handle(ctx workflow.Context) error {
	if err := workflow.SetQueryHandler(ctx, QueryState, d.view); err != nil {
		return fmt.Errorf("set query handler: %w", err)
	}
	err := workflow.SetUpdateHandlerWithOptions(ctx, UpdatePause, d.pause, workflow.UpdateHandlerOptions{
		Validator: func() error { return d.allow(models.ActionPause) },
	})
	if err != nil {
		return fmt.Errorf("set pause handler: %w", err)
	}
	err = workflow.SetUpdateHandlerWithOptions(ctx, UpdateResume, d.resume, workflow.UpdateHandlerOptions{
		Validator: func() error { return d.allow(models.ActionResume) },
	})
	if err != nil {
		return fmt.Errorf("set resume handler: %w", err)
	}
	err = workflow.SetUpdateHandlerWithOptions(ctx, UpdateSelect, d.choose, workflow.UpdateHandlerOptions{
		Validator: func(in SelectInput) error {
			if len(in.Indexes) == 0 {
				return refusal(models.ProblemBadSelection, "Choose at least one file.")
			}
			return d.allow(models.ActionSelect)
		},
	})
	if err != nil {
		return fmt.Errorf("set select handler: %w", err)
	}
	err = workflow.SetUpdateHandlerWithOptions(ctx, UpdateMove, d.changeProvider, workflow.UpdateHandlerOptions{
		Validator: d.allowMove,
	})
	if err != nil {
		return fmt.Errorf("set change-provider handler: %w", err)
	}
	return nil
}

func (d *download) view() (StateView, error) {
	return StateView{
		State: string(d.now.State), Epoch: d.now.Epoch, Attempt: d.now.Attempt,
		Problem: string(d.now.Problem), Waiting: d.now.Waiting,
	}, nil
}

func (d *download) allow(a models.Action) error {
	if d.now.Over || !d.now.State.Allows(a) {
		return refusal(models.ProblemWrongState, "The job is %s; this cannot be done now.", title(d.now.State))
	}
	return nil
}

// pause asks the run to stop and answers when the job is paused.
func (d *download) pause(ctx workflow.Context) error {
	d.now.Pausing = true
	if d.interrupt != nil {
		d.interrupt()
	}
	if err := workflow.Await(ctx, func() bool { return !d.now.Pausing }); err != nil {
		return err
	}
	if d.now.State != models.StatePaused {
		return refusal(models.ProblemWrongState, "The job ended before it could be paused.")
	}
	return nil
}

// resume asks the run to go on and answers when the job is back in the flow.
func (d *download) resume(ctx workflow.Context) error {
	d.now.Resuming = true
	// Once it is written, so that who pauses it again right away meets a new run.
	resumed := func() bool { return !d.now.Resuming }
	if !d.plan.Brief {
		resumed = func() bool { return d.now.State != models.StatePaused }
	}
	if err := workflow.Await(ctx, func() bool { return d.now.Over || resumed() }); err != nil {
		return err
	}
	if d.now.Over {
		return refusal(models.ProblemWrongState, "The job ended before it could be resumed.")
	}
	return nil
}

// choose writes the selection; the run goes on by itself.
func (d *download) choose(ctx workflow.Context, in SelectInput) error {
	if !d.ready {
		if err := d.awaitPlan(ctx); err != nil {
			return err
		}
	}
	sel := activities.SelectionInput{JobID: d.jobID, Indexes: in.Indexes}
	if err := workflow.ExecuteActivity(answering(ctx, "write the selection"), jobs.SelectFiles, sel).Get(ctx, nil); err != nil {
		return err
	}
	d.plan.ChooseFiles = false
	return nil
}

// awaitPlan waits until the run knows its job: an update may come before.
func (d *download) awaitPlan(ctx workflow.Context) error {
	return workflow.Await(ctx, func() bool { return d.ready || d.now.Over })
}

// refusal answers an update that cannot be done.
func refusal(p models.Problem, format string, args ...any) error {
	return temporal.NewApplicationError(fmt.Sprintf(format, args...), string(p))
}
