package workflows

import (
	"time"

	"longhaul/activities"
	"longhaul/models"
)

// This file defines what a job's row and operators learn about each state: why
// the job is there, and until when at most.

// queued gives the slot back.
func queued(why models.Reason) activities.StateInput {
	return activities.StateInput{To: models.StateQueued, Reason: why, ReleaseSlot: true}
}

func submitted() activities.StateInput { return queued(models.Because(models.ReasonWaitsForSlot)) }
func filesChosen() activities.StateInput {
	return queued(models.Because(models.ReasonFilesChosen))
}
func resumed() activities.StateInput { return queued(models.Because(models.ReasonResumed)) }
func retried() activities.StateInput { return queued(models.Because(models.ReasonRetried)) }

// gaveWay is for a job that was slow while others waited.
func gaveWay() activities.StateInput { return queued(models.Because(models.ReasonGaveWay)) }

// waitsForRoom is for a job that its owner's full storage stopped.
func waitsForRoom(f fault) activities.StateInput { return queued(f.reason()) }

// sentBack is for a job that its transfer returned to the queue, because its
// files are known now and there is no room for them.
func sentBack() activities.StateInput {
	return activities.StateInput{To: models.StateQueued, Reason: models.ProblemStorageFull.Because()}
}

// movedAway is for a job that queues at another provider.
func movedAway(in activities.MoveInput) activities.StateInput {
	return activities.StateInput{To: models.StateQueued, Problem: in.Problem, Reason: in.Reason}
}

// failsOver says why a job moves without a person.
func failsOver(f fault, to models.Provider) models.Reason {
	return f.reason().As(models.ReasonMovedByFailover).With("provider", to)
}

// movedByAdmin says that a person moved the job.
func movedByAdmin(to models.Provider) models.Reason {
	return models.Because(models.ReasonMovedByAdmin, "provider", to)
}

// backsOff keeps the slot.
func backsOff(f fault, again time.Time) activities.StateInput {
	return activities.StateInput{To: models.StateQueued, Problem: f.problem(), Reason: f.reason(), Deadline: &again}
}

func resolving(at models.Provider) activities.StateInput {
	why := models.ReasonLooksUpFiles
	if at == models.ProviderSeedr {
		why = models.ReasonSeedrLooksUp
	}
	return activities.StateInput{To: models.StateResolving, Reason: models.Because(why)}
}

// resolved is for files that were known at the submission.
func resolved() activities.StateInput {
	return activities.StateInput{To: models.StateResolving, Reason: models.Because(models.ReasonFilesKnown)}
}

func choosing(by time.Time) activities.StateInput {
	return activities.StateInput{
		To: models.StateAwaitingSelection, ReleaseSlot: true, Reason: models.Because(models.ReasonChooseFiles), Deadline: &by,
	}
}

func downloading(at models.Provider) activities.StateInput {
	why := models.ReasonDownloading
	if at == models.ProviderSeedr {
		why = models.ReasonSeedrDownloading
	}
	return activities.StateInput{To: models.StateDownloading, Reason: models.Because(why)}
}

func copying() activities.StateInput {
	return activities.StateInput{To: models.StateStoring, Reason: models.Because(models.ReasonCopyingFromSeedr)}
}

func completing() activities.StateInput {
	return activities.StateInput{To: models.StateStoring, Reason: models.Because(models.ReasonCompleting)}
}

func delivered() activities.StateInput {
	return activities.StateInput{To: models.StateReady, Reason: models.Because(models.ReasonReady)}
}

func paused() activities.StateInput {
	return activities.StateInput{To: models.StatePaused, ReleaseSlot: true, Reason: models.Because(models.ReasonPaused)}
}

func needsAttention(f fault, by time.Time) activities.StateInput {
	return activities.StateInput{
		To: models.StateNeedsAttention, ReleaseSlot: true, Problem: f.problem(), Reason: f.reason(), Deadline: &by,
	}
}

// stillWaits is for a job that waited for a person before the run started.
func stillWaits(plan activities.Plan) activities.StateInput {
	return activities.StateInput{To: plan.State, Reason: plan.Reason, Problem: plan.Problem, Deadline: plan.Deadline}
}

func cancelled() activities.StateInput {
	return activities.StateInput{To: models.StateCancelled, ReleaseSlot: true, Reason: models.Because(models.ReasonCancelled)}
}

func failed(f fault) activities.StateInput {
	return activities.StateInput{To: models.StateFailed, ReleaseSlot: true, Problem: f.problem(), Reason: f.reason()}
}
