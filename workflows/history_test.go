package workflows_test

import (
	"errors"
	"slices"
	"testing"
	"time"

	"go.temporal.io/sdk/converter"
	"go.temporal.io/sdk/workflow"

	"longhaul/activities"
	"longhaul/models"
	"longhaul/workflows"
)

// long is a history that a job which waits does not add to.
const long = workflows.LongHistory + 1

// over runs the flow until it starts over and returns the flow that continues,
// with the row and the clock where they are.
func (f *flow) over() *flow {
	f.t.Helper()
	err := f.run()
	cont, ok := errors.AsType[*workflow.ContinueAsNewError](err)
	if !ok {
		f.t.Fatalf("ended with %v; it did %v", err, f.did)
	}
	next := newFlow(f.t, f.plan)
	next.SetStartTime(f.Now())
	if err := converter.GetDefaultDataConverter().FromPayloads(cont.Input, &next.in); err != nil {
		f.t.Fatalf("read input: %v", err)
	}
	next.plan.State, next.state = f.state, f.state
	return next
}

func TestParkedJobContinuesInAnotherRun(t *testing.T) {
	t.Parallel()
	f := arrive(t, models.StateNeedsAttention)
	f.at(2*time.Minute, func() { f.SetCurrentHistoryLength(long) }) // before the last try fails
	first := f.Now()
	g := f.over()
	if g.state != models.StateNeedsAttention {
		t.Fatalf("started over as %s", g.state)
	}
	g.transfers("StartTransfer", models.StateDownloading)
	g.finalizes()
	g.at(soon, func() {
		v := g.view()
		if v.State != string(models.StateNeedsAttention) || v.Problem != string(models.ProblemStalled) || v.Attempt != 3 || v.Reason.Code.Problem() != models.ProblemStalled {
			t.Errorf("view is %+v", v)
		}
		g.SignalWorkflow(workflows.SignalRetry, nil)
	})
	g.admitAt(2 * soon)
	g.check(g.run(), models.StateReady, "SetState queued", "StartTransfer", "FinalizeFiles")
	if took := g.Now().Sub(first); took > 2*time.Hour {
		t.Errorf("it took %s", took)
	}
}

// A run that continues as new keeps the deadline.
func TestDeadlinesCrossRuns(t *testing.T) {
	t.Parallel()
	f := newFlow(t, choosing())
	f.transfers("ResolveSource", models.StateResolving)
	f.admitAt(soon)
	f.at(soon/2, func() { f.SetCurrentHistoryLength(long) })
	started := f.Now()
	g := f.over()
	g.plan.ManifestKnown = true
	g.at(24*time.Hour, func() { g.SetCurrentHistoryLength(long) })
	g.at(25*time.Hour, func() { g.update(workflows.UpdateSelect, workflows.SelectInput{}) }) // refused; it wakes the run
	h := g.over()
	h.plan.ManifestKnown = true
	h.check(h.run(), models.StateFailed, "StopTransfer failed")
	if took := h.Now().Sub(started); took > 73*time.Hour {
		t.Errorf("failed after %s, want 72 h and what came before", took)
	}
}

func TestRetryBudgetCrossesRuns(t *testing.T) {
	t.Parallel()
	f := newFlow(t, known())
	f.plan.Admitted = true
	f.transfers("StartTransfer", models.StateDownloading, slices.Repeat([]error{problem(models.ProblemNoPeers)}, 3)...)
	f.SetCurrentHistoryLength(long)
	g := f.over()
	g.transfers("StartTransfer", models.StateDownloading, slices.Repeat([]error{problem(models.ProblemNoPeers)}, 3)...)
	g.SetCurrentHistoryLength(0)
	g.at(time.Hour, g.CancelWorkflow)
	started := g.Now()
	g.run()
	want := []string{"StartTransfer", "SetState queued", "StartTransfer", "StopTransfer needs_attention"}
	if len(g.did) < len(want) || !slices.Equal(g.did[:len(want)], want) {
		t.Errorf("it did %v", g.did)
	}
	if g.Now().Sub(started) < 15*time.Second {
		t.Error("the pause before the next try was left out")
	}
}

// The row decides: if its state differs, what the previous run waited for is
// over.
func TestRowThatMovedBetweenRuns(t *testing.T) {
	t.Parallel()
	f := arrive(t, models.StateNeedsAttention)
	f.at(2*time.Minute, func() { f.SetCurrentHistoryLength(long) })
	g := f.over()
	g.plan.State, g.state = models.StateQueued, models.StateQueued
	g.transfers("StartTransfer", models.StateDownloading)
	g.finalizes()
	g.admitAt(soon)
	g.check(g.run(), models.StateReady, "StartTransfer", "FinalizeFiles")
}

// A pause is answered before the run ends.
func TestPauseIsAnsweredBeforeTheRunEnds(t *testing.T) {
	t.Parallel()
	f := arrive(t, models.StateDownloading)
	var pause, resume *answer
	f.at(soon, func() {
		pause = f.update(workflows.UpdatePause)
		f.SetCurrentHistoryLength(long)
	})
	g := f.over()
	pause.ok(t)
	g.transfers("StartTransfer", models.StateDownloading)
	g.finalizes()
	g.at(soon, func() {
		resume = g.update(workflows.UpdateResume)
		g.SetCurrentHistoryLength(long)
	})
	h := g.over()
	resume.ok(t)
	h.transfers("StartTransfer", models.StateDownloading)
	h.finalizes()
	h.admitAt(soon)
	h.check(h.run(), models.StateReady, "StartTransfer", "FinalizeFiles")
}

// A job that does not wait is never cut, however long its run is.
func TestWorkIsNotCut(t *testing.T) {
	t.Parallel()
	f := newFlow(t, activities.Plan{ManifestKnown: true, Admitted: true})
	f.transfers("StartTransfer", models.StateDownloading)
	f.finalizes()
	f.SetCurrentHistoryLength(long)
	f.check(f.run(), models.StateReady, "StartTransfer", "FinalizeFiles")
}
