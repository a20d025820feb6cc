package workflows

import (
	"fmt"
	"time"

	"longhaul/activities"
	"longhaul/models"
)

// This file says what a job's row and operators are told of each state: why
// the job is there and what happens next.

const slotStarts = "Starts by itself when a slot is free."

// queued gives the slot back.
func queued(reason string) activities.StateInput {
	return activities.StateInput{To: models.StateQueued, Reason: reason, NextAction: slotStarts, ReleaseSlot: true}
}

func submitted() activities.StateInput { return queued("Waits for a free slot.") }
func filesChosen() activities.StateInput {
	return queued("The files are chosen; waits for a free slot.")
}
func resumed() activities.StateInput { return queued("You resumed it; waits for a free slot.") }
func retried() activities.StateInput { return queued("It is tried again; waits for a free slot.") }

// waitsForRoom is for a job that no room in its owner's storage stopped.
func waitsForRoom(f fault) activities.StateInput { return queued(f.Message) }

// sentBack is for a job that its transfer sent back to the queue, because its
// files are known now and there is no room for them.
func sentBack() activities.StateInput {
	return activities.StateInput{
		To: models.StateQueued, Reason: "Waits for room in the owner's storage.", NextAction: "Starts by itself when there is room.",
	}
}

// movedAway is for a job that queues at another provider.
func movedAway(in activities.MoveInput) activities.StateInput {
	return activities.StateInput{To: models.StateQueued, Problem: in.Problem, Reason: in.Message, NextAction: slotStarts}
}

// failsOver says why a job moves without a person.
func failsOver(f fault, to models.Provider) string {
	return fmt.Sprintf("%s It moves to %s.", f.Message, to.Title())
}

// movedByAdmin says that a person moved the job.
func movedByAdmin(to models.Provider) string {
	return fmt.Sprintf("An administrator moved it to %s.", to.Title())
}

// backsOff keeps the slot.
func backsOff(f fault, again time.Time, retry, retries int) activities.StateInput {
	return activities.StateInput{
		To: models.StateQueued, Problem: f.problem(), Deadline: &again, Reason: f.Message,
		NextAction: fmt.Sprintf("Tries again by itself at %s (retry %d of %d).", clock(again), retry, retries),
	}
}

func resolving(at models.Provider) activities.StateInput {
	in := activities.StateInput{
		To: models.StateResolving, Reason: "An agent looks up name, size and files.",
		NextAction: "Goes on by itself when they are known.",
	}
	if at == models.ProviderSeedr {
		in.Reason = "Seedr fetches it; then name, size and files are known."
	}
	return in
}

// resolved is for files that were known at the submission.
func resolved() activities.StateInput {
	return activities.StateInput{To: models.StateResolving, Reason: "Name, size and files are known already."}
}

func choosing(by time.Time) activities.StateInput {
	return activities.StateInput{
		To: models.StateAwaitingSelection, ReleaseSlot: true, Deadline: &by,
		Reason:     "You asked to choose the files.",
		NextAction: fmt.Sprintf("Choose files until %s; then the job fails.", clock(by)),
	}
}

func downloading(at models.Provider) activities.StateInput {
	if at == models.ProviderSeedr {
		return activities.StateInput{
			To: models.StateDownloading, Reason: "Seedr fetches the content.", NextAction: "It is copied to storage when Seedr has all of it.",
		}
	}
	return activities.StateInput{
		To: models.StateDownloading, Reason: "An agent fetches the content and stores it meanwhile.",
		NextAction: "The files become available when all of them are stored.",
	}
}

func copying() activities.StateInput {
	return activities.StateInput{
		To: models.StateStoring, Reason: "Seedr has all of it; it is copied to storage.",
		NextAction: "The files become available when all of them are copied and checked.",
	}
}

func completing() activities.StateInput {
	return activities.StateInput{
		To: models.StateStoring, Reason: "All bytes are stored; the files are completed and checked.",
		NextAction: "The files become available when the check is done.",
	}
}

func delivered() activities.StateInput {
	return activities.StateInput{To: models.StateReady, Reason: "Every file can be streamed and downloaded.", NextAction: "Nothing is left to do."}
}

func paused() activities.StateInput {
	return activities.StateInput{
		To: models.StatePaused, ReleaseSlot: true, Reason: "You paused it.", NextAction: "Nothing happens until you resume or cancel it.",
	}
}

func needsAttention(f fault, by time.Time) activities.StateInput {
	return activities.StateInput{
		To: models.StateNeedsAttention, ReleaseSlot: true, Problem: f.problem(), Deadline: &by,
		Reason:     f.Message,
		NextAction: fmt.Sprintf("Gives up on %s and then fails; you can retry or cancel now.", clock(by)),
	}
}

func cancelled() activities.StateInput {
	return activities.StateInput{
		To: models.StateCancelled, ReleaseSlot: true, Reason: "You cancelled it.", NextAction: "Nothing happens until you retry or delete it.",
	}
}

func failed(f fault) activities.StateInput {
	return activities.StateInput{
		To: models.StateFailed, ReleaseSlot: true, Problem: f.problem(), Reason: f.Message, NextAction: "Nothing happens until you retry or delete it.",
	}
}

// clock words a point in time for people; histories know no time zone.
func clock(t time.Time) string { return t.UTC().Format("2 Jan 15:04 UTC") }
