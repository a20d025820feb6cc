package workflows

import (
	"fmt"

	"go.temporal.io/sdk/temporal"
	"go.temporal.io/sdk/workflow"

	"longhaul/activities"
	"longhaul/models"
	"longhaul/models/wording"
)

// handle sets up the run's handlers. Validators refuse what the state doesn't
// allow before anything enters the history.
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
	err = workflow.SetUpdateHandlerWithOptions(ctx, UpdateMove, d.moveTo, workflow.UpdateHandlerOptions{
		Validator: func(in MoveInput) error { return d.allowMove(models.Provider(in.Provider)) },
	})
	if err != nil {
		return fmt.Errorf("set change-provider handler: %w", err)
	}
	workflow.GoNamed(ctx, "reset", d.hearResets)
	workflow.GoNamed(ctx, "yield", d.giveWay)
	workflow.GoNamed(ctx, "ask", d.answerAsks)
	workflow.GoNamed(ctx, "chosen", d.hearChoices)
	return nil
}

// giveWay answers each signal to give the slot up. A run that does not fetch, or
// that something else was asked of, keeps it: what it waits for then is not slow.
func (d *download) giveWay(ctx workflow.Context) {
	signals := workflow.GetSignalChannel(ctx, SignalYield)
	for signals.Receive(ctx, nil) {
		if d.interrupt != nil && d.now.Asked == requestNothing {
			d.now.Asked = requestYield
			d.interrupt()
		}
	}
}

// answerAsks does what the job's row asks for, or has it written that this cannot
// be done.
func (d *download) answerAsks(ctx workflow.Context) {
	asks := workflow.GetSignalChannel(ctx, SignalAsk)
	for {
		var a models.Ask
		if !asks.Receive(ctx, &a) {
			return
		}
		d.answer(ctx, a)
	}
}

// answer does one thing that was asked for. The transition that does it answers
// the ask, too; so does the end of the job.
func (d *download) answer(ctx workflow.Context, a models.Ask) {
	var err error
	switch a.Act {
	case models.ActionPause:
		err = d.pause(ctx)
	case models.ActionResume:
		err = d.resume(ctx)
	case models.ActionMove:
		err = d.moveTo(ctx, MoveInput{Provider: string(a.Provider)})
	case models.ActionStop:
		err = d.ask(ctx, requestStop, "", func() error {
			if d.now.Over {
				return refusal(models.ProblemWrongState, "The job has ended already.")
			}
			return nil
		})
	default:
	}
	if err == nil || d.now.Over || ctx.Err() != nil {
		return
	}
	in := activities.AskInput{JobID: d.jobID, Ask: a}
	if err := workflow.ExecuteActivity(quick(ctx, "refuse to "+string(a.Act)), jobs.RefuseAsk, in).Get(ctx, nil); err != nil && !d.notices(err) {
		d.log.Warn("leaving what was asked for in the job's row", "act", a.Act, "error", err)
	}
}

// hearChoices takes up that the row has the user's choice of files, which matters
// only while the files are known: a move may have made it void.
func (d *download) hearChoices(ctx workflow.Context) {
	choices := workflow.GetSignalChannel(ctx, SignalChosen)
	for choices.Receive(ctx, nil) {
		if d.ready && d.now.FilesKnown {
			d.now.ToChoose = false
		}
	}
}

func (d *download) view() (StateView, error) {
	return StateView{
		State: string(d.now.State), Epoch: d.now.Epoch, Attempt: d.now.Attempt,
		Problem: string(d.now.Problem), Reason: d.now.Reason,
	}, nil
}

func (d *download) allow(a models.Action) error {
	if d.now.Over || !d.now.State.Allows(a) {
		return refusal(models.ProblemWrongState, "The job is %s; this can't be done now.", wording.State(d.now.State))
	}
	return nil
}

// pause answers when the job is paused.
func (d *download) pause(ctx workflow.Context) error {
	if err := d.ask(ctx, requestPause, "", func() error { return d.allow(models.ActionPause) }); err != nil {
		return err
	}
	if d.now.State != models.StatePaused {
		return refusal(models.ProblemWrongState, "The job ended before it could be paused.")
	}
	return nil
}

// resume answers when the job is back in the flow.
func (d *download) resume(ctx workflow.Context) error {
	if err := d.ask(ctx, requestResume, "", func() error { return d.allow(models.ActionResume) }); err != nil {
		return err
	}
	if d.now.Over {
		return refusal(models.ProblemWrongState, "The job ended before it could be resumed.")
	}
	return nil
}

// moveTo answers when the job is at the other provider.
func (d *download) moveTo(ctx workflow.Context, in MoveInput) error {
	to := models.Provider(in.Provider)
	if err := d.ask(ctx, requestMove, to, func() error { return d.allowMove(to) }); err != nil {
		return err
	}
	if d.now.Provider != to {
		return refusal(models.ProblemWrongState, "The job ended before it could be moved.")
	}
	return nil
}

// ask makes the run do something between two steps and returns when that is
// done, or when the run is over. Requests run one after the other, and each
// must still be allowed when its turn comes.
func (d *download) ask(ctx workflow.Context, what request, to models.Provider, allowed func() error) error {
	err := workflow.Await(ctx, func() bool { return d.now.Over || d.ready && d.now.Asked == requestNothing })
	if err != nil {
		return err
	}
	if err := allowed(); err != nil {
		return err
	}
	d.now.Asked, d.now.MoveTo = what, to
	if d.interrupt != nil {
		d.interrupt()
	}
	return workflow.Await(ctx, func() bool { return d.now.Asked != what })
}

// choose writes the selection; the run does the rest.
func (d *download) choose(ctx workflow.Context, in SelectInput) error {
	if err := workflow.Await(ctx, func() bool { return d.ready || d.now.Over }); err != nil {
		return err
	}
	sel := activities.SelectionInput{JobID: d.jobID, Indexes: in.Indexes}
	if err := workflow.ExecuteActivity(answering(ctx, "write the selection"), jobs.SelectFiles, sel).Get(ctx, nil); err != nil {
		d.notices(err)
		return err
	}
	d.now.ToChoose = false
	return nil
}

// refusal answers an update that cannot be done.
func refusal(p models.Problem, format string, args ...any) error {
	return temporal.NewApplicationError(fmt.Sprintf(format, args...), string(p))
}
