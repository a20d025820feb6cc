package workflows_test

import (
	"context"
	"slices"
	"testing"
	"time"

	"go.temporal.io/sdk/temporal"

	"longhaul/activities"
	"longhaul/models"
	"longhaul/workflows"
)

// moves makes MoveJob do what the store does, and a Seedr transfer be copied.
func (f *flow) moving() *[]activities.MoveInput {
	var moves []activities.MoveInput
	f.fake("MoveJob", func(_ context.Context, in activities.MoveInput) (activities.MoveResult, error) {
		moves = append(moves, in)
		f.did = append(f.did, "MoveJob "+string(in.To))
		if f.state != models.StatePaused {
			f.state = models.StateQueued
		}
		f.plan.Provider, f.plan.ManifestKnown, f.plan.Admitted = in.To, true, false
		return activities.MoveResult{State: f.state, Provider: in.To, ManifestKnown: true}, nil
	})
	f.fake("StoreFiles", func(context.Context, activities.JobInput) (activities.StoreResult, error) {
		f.did = append(f.did, "StoreFiles")
		f.state = models.StateStoring
		return activities.StoreResult{}, nil
	})
	return &moves
}

func failing(policy models.Failover, private bool) activities.Plan {
	return activities.Plan{ManifestKnown: true, Failover: policy, SeedrFits: true, Private: private}
}

func TestFailOverByFault(t *testing.T) {
	t.Parallel()
	elsewhere := []string{"StartTransfer", "MoveJob seedr", "StartTransfer", "FinalizeFiles"}
	for _, tc := range []struct {
		name    string
		policy  models.Failover
		private bool
		fault   models.Problem
		moves   bool
	}{
		{"no peers", models.FailoverToSeedr, false, models.ProblemNoPeers, true},
		{"a stall, either way", models.FailoverBoth, false, models.ProblemStalled, true},
		{"no metadata", models.FailoverToSeedr, false, models.ProblemMetadataTimeout, true},
		{"a full disk", models.FailoverToSeedr, false, models.ProblemDiskFull, true},
		{"no policy", models.FailoverNone, false, models.ProblemNoPeers, false},
		{"the other way round", models.FailoverToAgent, false, models.ProblemNoPeers, false},
		{"storage", models.FailoverToSeedr, false, models.ProblemStorageFailing, false},
		{"a private torrent that others may have", models.FailoverToSeedr, true, models.ProblemNoPeers, false},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			f := newFlow(t, failing(tc.policy, tc.private))
			f.transfers("StartTransfer", models.StateDownloading, problem(tc.fault))
			f.finalizes()
			moves := f.moving()
			f.admitAt(soon)
			f.admitAt(2 * soon)
			err := f.run()
			if !tc.moves {
				if len(*moves) > 0 {
					t.Errorf("it moved: %+v", *moves)
				}
				return
			}
			f.check(err, models.StateReady, elsewhere...)
			m := (*moves)[0]
			if m.Problem != tc.fault || m.From != models.ProviderAgent || !m.Reason.Equal(models.Because(models.ReasonMovedByFailover, "provider", models.ProviderSeedr, "problem", tc.fault)) {
				t.Errorf("moved with %+v", m)
			}
		})
	}
}

// No block and no final fault moves a job, whatever the policy.
func TestFinalFaultsMoveNothing(t *testing.T) {
	t.Parallel()
	for _, p := range models.Problems() {
		if !p.Final() {
			continue
		}
		t.Run(string(p), func(t *testing.T) {
			t.Parallel()
			f := newFlow(t, failing(models.FailoverBoth, false))
			f.transfers("StartTransfer", models.StateDownloading, problem(p))
			moves := f.moving()
			f.admitAt(soon)
			f.check(f.run(), models.StateFailed)
			if len(*moves) > 0 {
				t.Errorf("it moved: %+v", *moves)
			}
		})
	}
}

func TestEmptyPoolAndOutageMoveAtThePlacement(t *testing.T) {
	t.Parallel()
	for _, private := range []bool{false, true} {
		f := newFlow(t, failing(models.FailoverToSeedr, private))
		// So the placement answers after FAILOVER_AFTER when another provider may follow.
		gaveUp := temporal.NewNonRetryableApplicationError("No agent can take it.", string(models.ProblemNoAgent), nil)
		f.transfers("StartTransfer", models.StateDownloading, gaveUp)
		f.finalizes()
		f.moving()
		f.admitAt(soon)
		f.admitAt(2 * soon)
		f.check(f.run(), models.StateReady, "StartTransfer", "MoveJob seedr", "StartTransfer", "FinalizeFiles")
	}
}

func TestARunLeavesEachProviderOnce(t *testing.T) {
	t.Parallel()
	f := newFlow(t, failing(models.FailoverBoth, false))
	f.transfers("StartTransfer", models.StateDownloading, slices.Repeat([]error{problem(models.ProblemNoPeers)}, 4)...)
	moves := f.moving()
	for n := range 3 {
		f.admitAt(soon + time.Duration(n)*time.Minute)
	}
	f.at(late/2, f.CancelWorkflow)
	f.run()
	if len(*moves) != 1 || !slices.Contains(f.did, "StopTransfer needs_attention") {
		t.Errorf("it did %v", f.did)
	}
}

// Failover that is switched off while a job runs doesn't move it: it parks, as
// it would without a policy.
func TestFailoverThatIsSwitchedOff(t *testing.T) {
	t.Parallel()
	f := newFlow(t, failing(models.FailoverBoth, false))
	f.transfers("StartTransfer", models.StateDownloading, slices.Repeat([]error{problem(models.ProblemNoPeers)}, 4)...)
	f.moving()
	f.fake("MoveJob", func(context.Context, activities.MoveInput) (activities.MoveResult, error) {
		f.did = append(f.did, "MoveJob refused")
		return activities.MoveResult{}, problem(models.ProblemFeatureOff)
	})
	f.admitAt(soon)
	f.at(late/2, f.CancelWorkflow)
	f.run()
	moves := 0
	for _, what := range f.did {
		if what == "MoveJob refused" {
			moves++
		}
	}
	if moves != 1 || !slices.Contains(f.did, "StopTransfer needs_attention") {
		t.Errorf("it did %v", f.did)
	}
}

func TestSeedrCopiesBeforeFinalizing(t *testing.T) {
	t.Parallel()
	f := newFlow(t, activities.Plan{SeedrFits: true}) // files unknown
	f.plan.Provider = models.ProviderSeedr
	f.moving()
	f.fake("StartTransfer", func(context.Context, activities.JobInput) (models.TransferResult, error) {
		f.did, f.state = append(f.did, "StartTransfer"), models.StateDownloading
		return models.TransferResult{Provider: models.ProviderSeedr, Bytes: 5, ToStore: true}, nil
	})
	f.finalizes()
	f.admitAt(soon)
	f.check(f.run(), models.StateReady, "StartTransfer", "StoreFiles", "FinalizeFiles")
}

func TestAdministratorMovesAParkedJob(t *testing.T) {
	t.Parallel()
	f := arrive(t, models.StateNeedsAttention)
	f.plan.SeedrFits = true // LoadJob answers with it
	f.moving()
	var refused, done *answer
	f.at(when(models.StateNeedsAttention), func() {
		refused = f.update(workflows.UpdateMove, workflows.MoveInput{Provider: "agent"})
		done = f.update(workflows.UpdateMove, workflows.MoveInput{Provider: "seedr"})
	})
	f.admitAt(2 * time.Hour)
	f.at(late/4, f.CancelWorkflow)
	f.run()
	refused.refused(t, models.ProblemWrongState)
	done.ok(t)
	if !slices.Contains(f.did, "MoveJob seedr") {
		t.Errorf("it did %v", f.did)
	}
}

// An admission that was on its way when the job was moved is for a slot that
// the job does not hold any more.
func TestAdmissionThatAMoveOvertakes(t *testing.T) {
	t.Parallel()
	f := newFlow(t, failing(models.FailoverNone, false))
	f.transfers("StartTransfer", models.StateDownloading)
	f.finalizes()
	f.moving()
	var move *answer
	f.at(soon, func() { move = f.update(workflows.UpdateMove, workflows.MoveInput{Provider: "seedr"}) })
	f.at(2*soon, func() { f.SignalWorkflow(workflows.SignalAdmit, nil) })
	f.at(3*soon, func() {
		if slices.Contains(f.did, "StartTransfer") {
			t.Errorf("it started without a slot: %v", f.did)
		}
	})
	f.admitAt(4 * soon)
	f.check(f.run(), models.StateReady, "MoveJob seedr", "StartTransfer", "FinalizeFiles")
	move.ok(t)
}
