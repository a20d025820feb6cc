package workflows_test

import (
	"slices"
	"testing"

	"longhaul/models"
	"longhaul/workflows"
)

func TestYieldWhileFetching(t *testing.T) {
	t.Parallel()
	for _, s := range []models.State{models.StateResolving, models.StateDownloading} {
		t.Run(string(s), func(t *testing.T) {
			t.Parallel()
			f := arrive(t, s)
			f.at(soon, func() { f.SignalWorkflow(workflows.SignalYield, nil) })
			f.at(2*soon, func() {
				last := f.writes[len(f.writes)-1]
				if f.state != models.StateQueued || last.Reason.Code != models.ReasonGaveWay || !last.ReleaseSlot || last.Problem != "" {
					t.Errorf("it is %s: %+v", f.state, last)
				}
			})
			f.admitAt(3 * soon)
			f.check(f.run(), models.StateReady)
			if !slices.Contains(f.did, "StopTransfer queued") {
				t.Errorf("it did %v", f.did)
			}
		})
	}
}

// What waits already, or was just asked for something else, has nothing to give.
func TestYieldElsewhereChangesNothing(t *testing.T) {
	t.Parallel()
	for _, s := range []models.State{models.StateQueued, models.StateAwaitingSelection, models.StatePaused, models.StateNeedsAttention} {
		t.Run(string(s), func(t *testing.T) {
			t.Parallel()
			f := arrive(t, s)
			f.at(when(s), func() { f.SignalWorkflow(workflows.SignalYield, nil) })
			f.at(when(s)+soon, func() {
				if f.state != s {
					t.Errorf("it is %s", f.state)
				}
				f.CancelWorkflow()
			})
			f.check(f.run(), models.StateCancelled)
		})
	}
}
