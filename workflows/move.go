package workflows

import (
	"fmt"
	"slices"
	"time"

	"go.temporal.io/sdk/workflow"

	"longhaul/activities"
	"longhaul/models"
)

// next returns the provider that may follow by the job's policy. A run leaves
// each provider once. A history from before there were policies has none.
func (d *download) next() (models.Provider, bool) {
	to, ok := d.plan.Failover.Next(d.plan.Provider)
	if !ok || slices.Contains(d.now.Left, to) || to == models.ProviderSeedr && !d.plan.SeedrFits {
		return "", false
	}
	return to, true
}

// elsewhere says where a job goes on after the fault, if another provider may
// do better. Faults that the same provider may get over by itself come after
// the retries. A private torrent leaves only a provider that cannot take it at
// all: its trackers count who comes.
func (d *download) elsewhere(f fault) (models.Provider, bool) {
	to, ok := d.next()
	if !ok {
		return "", false
	}
	switch f.problem() {
	case models.ProblemNoAgent, models.ProblemAgentLost, models.ProblemAgentUnreachable, models.ProblemSeedrAuth, models.ProblemSeedrPlan,
		models.ProblemSeedrFull, models.ProblemSeedrTooSmall, models.ProblemSeedrSlots, models.ProblemSeedrRejected,
		models.ProblemSeedrDuplicate, models.ProblemSeedrLimited, models.ProblemSeedrFailing:
		return to, true
	case models.ProblemNoPeers, models.ProblemStalled, models.ProblemMetadataTimeout, models.ProblemDiskFull:
		return to, !d.plan.Private
	case models.ProblemSeedrGone, models.ProblemSourceFailing, models.ProblemLengthMismatch, "":
		return to, !d.plan.Private && d.now.Faults > len(d.plan.RetryPauses)
	default: // storage and the like: the other provider would meet the same
		return "", false
	}
}

// failOver gives the job to another provider, where it queues anew.
func (d *download) failOver(ctx workflow.Context, f fault, to models.Provider) error {
	d.now.Left = append(d.now.Left, d.plan.Provider)
	return d.move(ctx, activities.MoveInput{
		JobID: d.jobID, From: d.plan.Provider, To: to, Problem: f.problem(),
		Message: fmt.Sprintf("%s It moves to %s.", f.Message, to.Title()),
	})
}

// moveNow gives the job to the provider that a person wants, and answers the
// update.
func (d *download) moveNow(ctx workflow.Context) error {
	to := d.now.MoveTo
	defer func() { d.now.MoveTo = "" }()
	d.now.Parked, d.now.Left = nil, nil
	return d.move(ctx, activities.MoveInput{
		JobID: d.jobID, To: to, Message: fmt.Sprintf("An administrator moved it to %s.", to.Title()),
	})
}

// move has the move written, and starts over with what the job has then.
func (d *download) move(ctx workflow.Context, in activities.MoveInput) error {
	drain(d.admits)
	var res activities.MoveResult
	if err := d.write(ctx, quick, "move to "+string(in.To), transfers.MoveJob, in, &res); err != nil {
		return err
	}
	d.plan.Provider, d.plan.ManifestKnown, d.plan.ChooseFiles = res.Provider, res.ManifestKnown, res.ChooseFiles
	d.now.Admitted, d.now.Transferred, d.now.ToStore, d.now.Faults, d.now.AgentID = false, false, false, 0, ""
	d.now.TryAt = time.Time{}
	if !d.plan.Brief {
		d.show(ctx, AttrProvider.ValueSet(string(res.Provider)))
	}
	if res.State != d.now.State || res.State == models.StateQueued {
		d.moved(ctx, activities.StateInput{
			To: res.State, Problem: in.Problem, Reason: in.Message, NextAction: "Starts by itself when a slot is free.",
		})
		return nil
	}
	if d.plan.Brief {
		d.showState(ctx) // of a job that stays where it is only the provider is another
	}
	return nil
}

// allowMove refuses a move that cannot be done. A job whose files are being
// completed is nearly there.
func (d *download) allowMove(in MoveInput) error {
	to := models.Provider(in.Provider)
	switch {
	case !to.Valid():
		return refusal(models.ProblemWrongState, "There is no such provider.")
	case !d.now.Over && d.now.State == models.StateStoring:
		return refusal(models.ProblemWrongState, models.StoringRefusal)
	case d.now.Over || d.now.MoveTo != "":
		return refusal(models.ProblemWrongState, "The job is %s; it cannot be moved now.", title(d.now.State))
	case d.plan.Provider == "": // a new run is about to read it; changeProvider looks again
		return nil
	case to == d.plan.Provider:
		return refusal(models.ProblemWrongState, "The job is at this provider already.")
	case to == models.ProviderSeedr && !d.plan.SeedrFits:
		return refusal(models.ProblemSeedrRejected, "Seedr takes torrents with a v1 info hash only.")
	}
	return nil
}

// changeProvider asks the run to move and answers when that is written.
func (d *download) changeProvider(ctx workflow.Context, in MoveInput) error {
	if !d.ready {
		if err := d.awaitPlan(ctx); err != nil {
			return err
		}
		if err := d.allowMove(in); err != nil {
			return err
		}
	}
	d.now.MoveTo = models.Provider(in.Provider)
	if d.interrupt != nil {
		d.interrupt()
	}
	if err := workflow.Await(ctx, func() bool { return d.now.MoveTo == "" }); err != nil {
		return err
	}
	if d.plan.Provider != models.Provider(in.Provider) {
		return refusal(models.ProblemWrongState, "The job ended before it could be moved.")
	}
	return nil
}
