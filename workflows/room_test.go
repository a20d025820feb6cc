package workflows_test

import (
	"context"
	"slices"
	"testing"
	"time"

	"longhaul/activities"
	"longhaul/models"
	"longhaul/workflows"
)

// A job that turned out too large for the room returns to the queue in the same
// transaction, and needs only the next admission.
func TestResolvedJobWithoutRoomWaits(t *testing.T) {
	t.Parallel()
	f := newFlow(t, activities.Plan{})
	f.fake("ResolveSource", func(context.Context, activities.JobInput) (models.TransferResult, error) {
		f.state, f.plan.ManifestKnown, f.plan.Admitted = models.StateQueued, true, false // the manifest's transaction moved it
		f.did = append(f.did, "ResolveSource")
		return models.TransferResult{AgentID: "a", Epoch: 1, Bytes: 50, Waits: true}, nil
	})
	f.transfers("StartTransfer", models.StateDownloading)
	f.finalizes()
	f.admitAt(soon)
	f.at(10*soon, func() {
		if slices.Contains(f.did, "StartTransfer") {
			t.Errorf("it started without room: %v", f.did)
		}
		if v := f.view(); v.State != string(models.StateQueued) || v.Reason.Code.Problem() != models.ProblemStorageFull {
			t.Errorf("it says %+v", v)
		}
	})
	f.admitAt(20 * soon)
	f.check(f.run(), models.StateReady, "ResolveSource", "StartTransfer", "FinalizeFiles")
}

// Room that comes in the very moment in which the job goes back to the queue:
// the admission arrives before the transfer's answer, which says that there is
// none. The row has the slot.
func TestRoomThatComesAtOnce(t *testing.T) {
	t.Parallel()
	f := newFlow(t, activities.Plan{SeedrFits: true})
	f.plan.Provider = models.ProviderSeedr
	f.moving()
	f.fake("StartTransfer", func(context.Context, activities.JobInput) (models.TransferResult, error) {
		f.did = append(f.did, "StartTransfer")
		res := models.TransferResult{Provider: models.ProviderSeedr, Bytes: 50, ToStore: true, Waits: !f.plan.ManifestKnown}
		if res.Waits {
			f.plan.ManifestKnown, f.plan.Admitted, f.state = true, true, models.StateQueued
			f.SignalWorkflow(workflows.SignalAdmit, nil)
		}
		return res, nil
	})
	f.finalizes()
	f.admitAt(soon)
	f.check(f.run(), models.StateReady, "StartTransfer", "StartTransfer", "StoreFiles", "FinalizeFiles")
}

// A transfer that runs out of room is not a fault: however often it happens,
// the job returns to the queue and continues when it is admitted again.
func TestTransferWithoutRoomWaits(t *testing.T) {
	t.Parallel()
	f := newFlow(t, known())
	full := slices.Repeat([]error{problem(models.ProblemStorageFull)}, 4)
	f.transfers("StartTransfer", models.StateDownloading, full...)
	f.finalizes()
	for n := range 5 {
		f.admitAt(soon + time.Duration(10*n)*soon)
	}
	back := slices.Repeat([]string{"StartTransfer", "SetState queued"}, 4)
	f.check(f.run(), models.StateReady, append(back, "StartTransfer", "FinalizeFiles")...)
	for _, in := range f.writes {
		if in.To == models.StateQueued && (!in.ReleaseSlot || in.Problem != "") {
			t.Errorf("back in the queue with %+v", in)
		}
	}
}

func TestJobOverThePlanFails(t *testing.T) {
	t.Parallel()
	f := newFlow(t, activities.Plan{})
	f.transfers("ResolveSource", models.StateResolving, problem(models.ProblemQuotaExceeded))
	f.admitAt(soon)
	f.check(f.run(), models.StateFailed, "ResolveSource", "StopTransfer failed")
	if p := f.writes[len(f.writes)-1].Problem; p != models.ProblemQuotaExceeded {
		t.Errorf("problem is %q", p)
	}
}
