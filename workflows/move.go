package workflows

import (
	"slices"

	"go.temporal.io/sdk/workflow"

	"longhaul/activities"
	"longhaul/models"
	"longhaul/models/wording"
)

// follower returns the provider that may follow by the job's policy. A run
// leaves each provider once.
func (d *download) follower() (models.Provider, bool) {
	to, ok := d.plan.Failover.Next(d.now.Provider)
	if !ok || slices.Contains(d.now.Left, to) || to == models.ProviderSeedr && !d.plan.SeedrFits {
		return "", false
	}
	return to, true
}

// elsewhere returns the provider with which a job continues after the fault, if
// another one may do better. Faults from which the same provider may recover
// move a job only after the retries. A private torrent leaves only a provider
// that can't fetch it at all, because its trackers count who connects.
func (d *download) elsewhere(f fault) (models.Provider, bool) {
	to, ok := d.follower()
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
	case models.ProblemSeedrGone, models.ProblemSourceFailing, models.ProblemLengthMismatch, models.ProblemWrongContent, "":
		return to, !d.plan.Private && d.now.Faults > len(d.plan.RetryPauses)
	default: // storage and the like: the other provider would meet the same
		return "", false
	}
}

// failOver gives the job to another provider, where it queues.
func (d *download) failOver(ctx workflow.Context, f fault, to models.Provider) error {
	left := d.now.Left
	d.now.Left = append(left, d.now.Provider)
	err := d.move(ctx, activities.MoveInput{From: d.now.Provider, To: to, Problem: f.problem(), Reason: failsOver(f, to)})
	if featureOff(err) {
		d.now.Left = left
	}
	return err
}

// featureOff reports whether an administrator switched off what was tried.
func featureOff(err error) bool {
	return err != nil && faultOf(err).problem() == models.ProblemFeatureOff
}

// moveNow gives the job to the provider that a person wants.
func (d *download) moveNow(ctx workflow.Context) error {
	defer func() { d.now.Asked = requestNothing }()
	d.now.Left = nil
	return d.move(ctx, activities.MoveInput{To: d.now.MoveTo, Reason: movedByAdmin(d.now.MoveTo)})
}

// move has the move written, and starts over with what the job has then. A
// paused job stays paused, and one whose files are to be chosen may stay there.
func (d *download) move(ctx workflow.Context, in activities.MoveInput) error {
	in.JobID = d.jobID
	var res activities.MoveResult
	if err := workflow.ExecuteActivity(quick(ctx, "move to "+string(in.To)), transfers.MoveJob, in).Get(ctx, &res); err != nil {
		return err
	}
	d.now.Provider, d.now.FilesKnown, d.now.ToChoose = res.Provider, res.ManifestKnown, res.ChooseFiles
	d.now.Admitted, d.now.Content, d.now.Faults, d.now.AgentID = false, contentAway, 0, ""
	if res.State == models.StateQueued {
		d.moved(ctx, movedAway(in))
		return nil
	}
	d.refresh(ctx)
	return nil
}

// allowMove refuses a move that cannot be done. A job whose files are being
// completed is nearly there.
func (d *download) allowMove(to models.Provider) error {
	switch {
	case !to.Valid():
		return refusal(models.ProblemWrongState, "No such provider.")
	case d.now.Over:
		return refusal(models.ProblemWrongState, "The job is %s; it can't be moved now.", wording.State(d.now.State))
	case d.now.State == models.StateStoring:
		return refusal(models.ProblemWrongState, models.StoringRefusal)
	case !d.ready: // a new run is about to read the job; ask looks again
		return nil
	case to == d.now.Provider:
		return refusal(models.ProblemWrongState, "The job is already at this provider.")
	case to == models.ProviderSeedr && !d.plan.SeedrFits:
		return refusal(models.ProblemSeedrRejected, "Seedr accepts only torrents with a v1 info hash.")
	}
	return nil
}
