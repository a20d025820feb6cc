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

func known() activities.Plan    { return activities.Plan{ManifestKnown: true} }
func choosing() activities.Plan { return activities.Plan{ChooseFiles: true} }

func TestKnownFiles(t *testing.T) {
	t.Parallel()
	f := newFlow(t, known())
	f.transfers("StartTransfer", models.StateDownloading)
	f.finalizes()
	f.admitAt(soon)
	f.check(f.run(), models.StateReady, "StartTransfer", "FinalizeFiles")
}

func TestMagnet(t *testing.T) {
	t.Parallel()
	f := newFlow(t, activities.Plan{})
	f.transfers("ResolveSource", models.StateResolving)
	f.transfers("StartTransfer", models.StateDownloading)
	f.finalizes()
	f.admitAt(soon)
	f.check(f.run(), models.StateReady, "ResolveSource", "StartTransfer", "FinalizeFiles")
}

func TestAdmittedBeforeTheWorkflowStarted(t *testing.T) {
	t.Parallel()
	f := newFlow(t, activities.Plan{ManifestKnown: true, Admitted: true})
	f.transfers("StartTransfer", models.StateDownloading)
	f.finalizes()
	f.check(f.run(), models.StateReady, "StartTransfer", "FinalizeFiles")
}

func TestJobThatIsOverNeedsNothing(t *testing.T) {
	t.Parallel()
	f := newFlow(t, activities.Plan{Over: true, State: models.StateReady})
	f.check(f.run(), models.StateReady)
	if len(f.did) != 0 {
		t.Errorf("it did %v", f.did)
	}
}

func TestChooseFiles(t *testing.T) {
	t.Parallel()
	f := newFlow(t, choosing())
	f.transfers("ResolveSource", models.StateResolving)
	f.transfers("StartTransfer", models.StateDownloading)
	f.finalizes()
	f.admitAt(soon)
	var none, some *answer
	f.at(2*soon, func() {
		none = f.update(workflows.UpdateSelect, workflows.SelectInput{})
		some = f.update(workflows.UpdateSelect, workflows.SelectInput{Indexes: []int{1}})
	})
	f.admitAt(3 * soon)
	f.check(f.run(), models.StateReady,
		"ResolveSource", "SetState awaiting_selection", "SelectFiles", "SetState queued", "StartTransfer", "FinalizeFiles")
	none.refused(t, models.ProblemBadSelection)
	some.ok(t)
	asked := f.writes[0]
	if asked.Deadline == nil || asked.Reason.Code != models.ReasonChooseFiles || !asked.ReleaseSlot {
		t.Errorf("asked with deadline %v, %v, slot released %v", asked.Deadline, asked.Reason, asked.ReleaseSlot)
	}
}

func TestChooseAmongKnownFiles(t *testing.T) {
	t.Parallel()
	f := newFlow(t, activities.Plan{ManifestKnown: true, ChooseFiles: true})
	f.transfers("StartTransfer", models.StateDownloading)
	f.finalizes()
	f.at(soon, func() { f.update(workflows.UpdateSelect, workflows.SelectInput{Indexes: []int{1}}) })
	f.admitAt(2 * soon)
	f.check(f.run(), models.StateReady,
		"SetState resolving", "SetState awaiting_selection", "SelectFiles", "SetState queued", "StartTransfer", "FinalizeFiles")
}

func TestNobodyChooses(t *testing.T) {
	t.Parallel()
	f := newFlow(t, choosing())
	f.transfers("ResolveSource", models.StateResolving)
	f.admitAt(soon)
	f.check(f.run(), models.StateFailed, "ResolveSource", "SetState awaiting_selection", "StopTransfer failed")
	if p := f.writes[len(f.writes)-1].Problem; p != models.ProblemSelectionExpired {
		t.Errorf("problem is %q", p)
	}
}

// arrive brings a flow into the state at the time soon; it returns the flow
// with everything faked that a ready end needs.
func arrive(t *testing.T, s models.State) *flow {
	t.Helper()
	plan := known()
	switch s {
	case models.StateResolving:
		plan = activities.Plan{}
	case models.StateAwaitingSelection:
		plan = choosing()
	case models.StatePaused:
		plan.State = models.StatePaused
	default:
	}
	f := newFlow(t, plan)
	var resolves, starts []error
	switch s {
	case models.StateResolving:
		resolves = []error{nil}
	case models.StateDownloading:
		starts = []error{nil}
	case models.StateNeedsAttention:
		starts = slices.Repeat([]error{problem(models.ProblemStalled)}, 3)
	default:
	}
	f.transfers("ResolveSource", models.StateResolving, resolves...)
	f.transfers("StartTransfer", models.StateDownloading, starts...)
	f.finalizes()
	if s != models.StateQueued && s != models.StatePaused {
		f.admitAt(soon / 2)
	}
	return f
}

// when is a time at which the flow of arrive is in the state.
func when(s models.State) time.Duration {
	if s == models.StateNeedsAttention {
		return time.Hour // its retries take a while
	}
	return soon
}

func TestPauseAndResumeInEachState(t *testing.T) {
	t.Parallel()
	for _, s := range models.States() {
		if !s.Allows(models.ActionPause) {
			continue
		}
		t.Run(string(s), func(t *testing.T) {
			t.Parallel()
			f := arrive(t, s)
			var pause, again, resume *answer
			f.at(soon, func() {
				if f.state != s {
					t.Fatalf("is %s", f.state)
				}
				pause = f.update(workflows.UpdatePause)
			})
			f.at(2*soon, func() {
				if f.state != models.StatePaused {
					t.Errorf("after pause it is %s", f.state)
				}
				again = f.update(workflows.UpdatePause)
				resume = f.update(workflows.UpdateResume)
			})
			if s == models.StateAwaitingSelection {
				f.at(3*soon, func() { f.update(workflows.UpdateSelect, workflows.SelectInput{Indexes: []int{0}}) })
			}
			f.admitAt(4 * soon)
			f.check(f.run(), models.StateReady)
			pause.ok(t)
			again.refused(t, models.ProblemWrongState)
			resume.ok(t)
		})
	}
}

func TestPauseRefusedElsewhere(t *testing.T) {
	t.Parallel()
	for _, s := range []models.State{models.StatePaused, models.StateNeedsAttention} {
		t.Run(string(s), func(t *testing.T) {
			t.Parallel()
			f := arrive(t, s)
			var pause *answer
			f.at(when(s), func() { pause = f.update(workflows.UpdatePause) })
			f.at(when(s)+soon, f.CancelWorkflow)
			f.check(f.run(), models.StateCancelled)
			pause.refused(t, models.ProblemWrongState)
		})
	}
}

func TestCancelInEachState(t *testing.T) {
	t.Parallel()
	for _, s := range models.States() {
		if !s.Allows(models.ActionCancel) || s == models.StateStoring {
			continue
		}
		t.Run(string(s), func(t *testing.T) {
			t.Parallel()
			f := arrive(t, s)
			f.at(when(s), func() {
				if f.state != s {
					t.Errorf("is %s", f.state)
				}
				f.CancelWorkflow()
			})
			f.check(f.run(), models.StateCancelled)
			if n := len(f.did); n < 2 || !slices.Equal(f.did[n-2:], []string{"StopTransfer cancelled", "DiscardParts"}) {
				t.Errorf("it did %v", f.did)
			}
			if last := f.writes[len(f.writes)-1]; !last.ReleaseSlot {
				t.Errorf("the slot is kept")
			}
		})
	}
}

func TestCancelWhileStoringEndsTheCheck(t *testing.T) {
	t.Parallel()
	f := newFlow(t, known())
	f.transfers("StartTransfer", models.StateDownloading)
	f.fake("FinalizeFiles", func(ctx context.Context, _ activities.JobInput) (activities.FinalizeResult, error) {
		f.state = models.StateStoring
		f.at(0, f.CancelWorkflow)
		<-ctx.Done()
		return activities.FinalizeResult{}, ctx.Err()
	})
	f.admitAt(soon)
	f.check(f.run(), models.StateCancelled)
}

// Placement gets over faults of the infrastructure. One that lasts comes back, and a
// person is asked at once.
func TestMachineryThatStaysBrokenAsksAPerson(t *testing.T) {
	t.Parallel()
	for _, p := range []models.Problem{models.ProblemAgentLost, models.ProblemAgentUnreachable, models.ProblemNoAgent, models.ProblemDrained} {
		t.Run(string(p), func(t *testing.T) {
			t.Parallel()
			f := newFlow(t, known())
			f.transfers("StartTransfer", models.StateDownloading, problem(p))
			f.finalizes()
			f.admitAt(soon)
			f.at(time.Hour, func() { f.SignalWorkflow(workflows.SignalRetry, nil) })
			f.admitAt(2 * time.Hour)
			f.check(f.run(), models.StateReady,
				"StartTransfer", "StopTransfer needs_attention", "SetState queued", "StartTransfer", "FinalizeFiles")
		})
	}
}

func TestPassingFaultsHaveABudget(t *testing.T) {
	t.Parallel()
	f := newFlow(t, known())
	f.transfers("StartTransfer", models.StateDownloading, slices.Repeat([]error{problem(models.ProblemNoPeers)}, 3)...)
	f.finalizes()
	f.admitAt(soon)
	f.at(24*time.Hour, func() {
		v := f.view()
		if v.State != string(models.StateNeedsAttention) || v.Problem != string(models.ProblemNoPeers) || v.Reason.Code.Problem() != models.ProblemNoPeers || v.Attempt != 3 {
			t.Errorf("view is %+v", v)
		}
		f.SignalWorkflow(workflows.SignalRetry, nil)
	})
	f.admitAt(25 * time.Hour)
	f.check(f.run(), models.StateReady,
		"StartTransfer", "SetState queued", "StartTransfer", "SetState queued", "StartTransfer", "StopTransfer needs_attention",
		"SetState queued", "StartTransfer", "FinalizeFiles")
	parked := f.writes[2]
	if parked.Deadline == nil || parked.Attempt != 3 || parked.MaxAttempts != 3 {
		t.Errorf("parked with deadline %v, attempt %d of %d", parked.Deadline, parked.Attempt, parked.MaxAttempts)
	}
	if first := f.writes[0]; first.ReleaseSlot || first.Problem != models.ProblemNoPeers {
		t.Errorf("before a retry: slot released %v, problem %q", first.ReleaseSlot, first.Problem)
	}
}

func TestNobodyActs(t *testing.T) {
	t.Parallel()
	f := arrive(t, models.StateNeedsAttention)
	f.check(f.run(), models.StateFailed)
	last := f.writes[len(f.writes)-1]
	if last.Problem != models.ProblemGaveUp || !last.Reason.Equal(models.ProblemGaveUp.Because("problem", models.ProblemStalled)) {
		t.Errorf("failed with %q: %v", last.Problem, last.Reason)
	}
}

func TestFinalFaultsFailAtOnce(t *testing.T) {
	t.Parallel()
	for _, p := range models.Problems() {
		if !p.Final() {
			continue
		}
		t.Run(string(p), func(t *testing.T) {
			t.Parallel()
			f := newFlow(t, known())
			f.transfers("StartTransfer", models.StateDownloading, problem(p))
			f.admitAt(soon)
			f.check(f.run(), models.StateFailed, "StartTransfer", "StopTransfer failed")
			if last := f.writes[0]; last.Problem != p || !last.Reason.Equal(p.Because()) {
				t.Errorf("failed with %q: %v", last.Problem, last.Reason)
			}
		})
	}
}

func TestMissingBytesAreFetchedAgain(t *testing.T) {
	t.Parallel()
	f := newFlow(t, known())
	f.transfers("StartTransfer", models.StateDownloading)
	f.finalizes(problem(models.ProblemLengthMismatch))
	f.admitAt(soon)
	f.check(f.run(), models.StateReady, "StartTransfer", "FinalizeFiles", "SetState queued", "StartTransfer", "FinalizeFiles")
}

func TestWhatIsNotTheTorrentsIsFetchedAgain(t *testing.T) {
	t.Parallel()
	f := newFlow(t, known())
	f.transfers("StartTransfer", models.StateDownloading)
	f.finalizes(problem(models.ProblemWrongContent))
	f.admitAt(soon)
	f.check(f.run(), models.StateReady, "StartTransfer", "FinalizeFiles", "SetState queued", "StartTransfer", "FinalizeFiles")
}

func TestStorageThatIsAwayIsWaitedFor(t *testing.T) {
	t.Parallel()
	f := newFlow(t, known())
	f.transfers("StartTransfer", models.StateDownloading)
	f.finalizes(slices.Repeat([]error{machinery(models.ProblemStorageFailing)}, 8)...)
	f.admitAt(soon)
	f.check(f.run(), models.StateReady)
	if n := len(f.states); n != 0 {
		t.Errorf("states %v were written while storage was away; it did %v", f.states, f.did)
	}
}

func TestStaleAdmissionDoesNotStartAPausedJob(t *testing.T) {
	t.Parallel()
	f := arrive(t, models.StatePaused)
	started := f.Now()
	f.admitAt(soon) // crossed with the pause
	f.at(2*soon, func() { f.update(workflows.UpdateResume) })
	f.admitAt(4 * soon)
	f.check(f.run(), models.StateReady, "SetState queued", "StartTransfer", "FinalizeFiles")
	if took := f.Now().Sub(started); took < 4*soon {
		t.Errorf("a stale admission started it after %s", took)
	}
}

func TestPauseWhileAStateIsWritten(t *testing.T) {
	t.Parallel()
	f := arrive(t, models.StateAwaitingSelection)
	var pause *answer
	f.refake("SetState", func(_ context.Context, in activities.StateInput) error {
		if in.To == models.StateQueued && pause == nil {
			asked := make(chan struct{})
			f.at(0, func() {
				pause = f.update(workflows.UpdatePause)
				close(asked)
			})
			<-asked
		}
		return f.write("SetState", in)
	})
	f.at(soon, func() { f.update(workflows.UpdateSelect, workflows.SelectInput{Indexes: []int{0}}) })
	f.at(2*soon, func() {
		if f.state != models.StatePaused {
			t.Errorf("is %s", f.state)
		}
		f.CancelWorkflow()
	})
	f.check(f.run(), models.StateCancelled)
	pause.ok(t)
}

func TestRowThatMovedElsewhereEndsTheRun(t *testing.T) {
	t.Parallel()
	f := newFlow(t, known())
	f.transfers("StartTransfer", models.StateDownloading, problem(models.ProblemWrongState))
	f.admitAt(soon)
	f.check(f.run(), models.StateFailed)
}

func TestFaultsOfTheSourceAreCounted(t *testing.T) {
	t.Parallel()
	machine := []models.Problem{
		models.ProblemAgentLost, models.ProblemAgentUnreachable, models.ProblemNoAgent, models.ProblemDrained, models.ProblemSentAway,
		models.ProblemSeedrAuth, models.ProblemSeedrFull, models.ProblemSeedrSlots, models.ProblemSeedrLimited,
		models.ProblemSeedrFailing, models.ProblemDiskFull, models.ProblemStorageFailing,
		models.ProblemSeedrTooSmall, // the account does not grow: the job needs attention at once
		models.ProblemBotCheckAway,  // of a sign-in, never of a source
	}
	for _, p := range models.Problems() {
		if p.Code() != models.CodeUnavailable || slices.Contains(machine, p) {
			continue
		}
		t.Run(string(p), func(t *testing.T) {
			t.Parallel()
			f := newFlow(t, known())
			f.transfers("StartTransfer", models.StateDownloading, slices.Repeat([]error{problem(p)}, 3)...)
			f.admitAt(soon)
			f.at(late, f.CancelWorkflow)
			f.run()
			if n := slices.Index(f.did, "StopTransfer needs_attention"); n != 5 {
				t.Errorf("not parked after two retries: %v", f.did)
			}
		})
	}
}
