package workflows_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"go.temporal.io/sdk/temporal"

	"longhaul/activities"
	"longhaul/models"
	"longhaul/workflows"
)

// refusedByReset is what each activity of a reset run answers.
func refusedByReset() error {
	return temporal.NewNonRetryableApplicationError("An operator reset this run.", workflows.FaultReset, nil)
}

// A run that learns of its reset, in whatever state, writes nothing more and has
// another one continue from the row.
func TestAResetRunStartsOver(t *testing.T) {
	t.Parallel()
	for _, s := range []models.State{
		models.StateQueued, models.StateResolving, models.StateAwaitingSelection, models.StateDownloading, models.StatePaused, models.StateNeedsAttention,
	} {
		t.Run(string(s), func(t *testing.T) {
			t.Parallel()
			f := arrive(t, s)
			did := 0
			f.at(when(s), func() {
				did = len(f.did)
				f.SignalWorkflow(workflows.SignalReset, workflows.ResetInput{RunID: "made by the reset"})
			})
			g := f.over()
			if !g.in.AfterReset || g.in.Before != nil || len(f.did) != did {
				t.Errorf("continues with %+v; it did %v more", g.in, f.did[did:])
			}
		})
	}
}

// So does one whose activity is refused, also where it ends.
func TestARefusedRunStartsOver(t *testing.T) {
	t.Parallel()
	for name, refuse := range map[string]func(f *flow){
		"while it loads": func(f *flow) {
			f.refake("LoadJob", func(context.Context, activities.JobInput) (activities.Plan, error) {
				return activities.Plan{}, refusedByReset()
			})
		},
		"while it transfers": func(f *flow) {
			f.refake("StartTransfer", func(context.Context, activities.JobInput) (models.TransferResult, error) {
				return models.TransferResult{}, refusedByReset()
			})
		},
		"while it ends": func(f *flow) {
			f.refake("StopTransfer", func(context.Context, activities.StopInput) error { return refusedByReset() })
			f.at(soon, f.CancelWorkflow)
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			f := arrive(t, models.StateDownloading)
			refuse(f)
			if g := f.over(); !g.in.AfterReset || len(f.states) != 0 {
				t.Errorf("continues with %+v after %v", g.in, f.states)
			}
		})
	}
}

// A signal that names no other run is none of a reset.
func TestAResetOfAnotherRunIsNone(t *testing.T) {
	t.Parallel()
	f := arrive(t, models.StateNeedsAttention)
	f.at(time.Hour, func() {
		f.SignalWorkflow(workflows.SignalReset, nil)
		f.SignalWorkflow(workflows.SignalReset, map[string]any{})
		f.SignalWorkflow(workflows.SignalReset, "now")
	})
	f.at(2*time.Hour, f.CancelWorkflow)
	f.check(f.run(), models.StateCancelled)
}

// After a reset, a run whose job has ended ends as the job did, and does nothing.
func TestARunAfterAResetEndsAsItsJob(t *testing.T) {
	t.Parallel()
	for state, right := range map[models.State]func(error) bool{
		models.StateReady:     func(err error) bool { return err == nil },
		models.StateCancelled: func(err error) bool { return temporal.IsCanceledError(err) },
		models.StateFailed: func(err error) bool {
			ae, ok := errors.AsType[*temporal.ApplicationError](err)
			return ok && ae.Type() == string(models.ProblemNotFoundAtSource)
		},
	} {
		f := newFlow(t, activities.Plan{State: state, Over: true, Reason: models.ProblemNotFoundAtSource.Because()})
		f.in = workflows.DownloadInput{JobID: "01a2278b-93a5-742f-b752-f4ef03249a58", Run: 1, AfterReset: true}
		if err := f.run(); !right(err) || len(f.did) != 0 {
			t.Errorf("%s: ended with %v; it did %v", state, err, f.did)
		}
	}
}

// A run that starts for a job that waits for a person leaves it waiting, for the
// same reason and no longer.
func TestAParkedJobStaysParked(t *testing.T) {
	t.Parallel()
	plan := known()
	plan.State, plan.Problem, plan.Reason = models.StateNeedsAttention, models.ProblemStalled, models.ProblemStalled.Because()
	f := newFlow(t, plan)
	by := f.Now().Add(time.Hour)
	f.plan.Deadline = &by
	f.at(soon, func() {
		if v := f.view(); v.State != string(models.StateNeedsAttention) || v.Problem != string(models.ProblemStalled) {
			t.Errorf("view %+v", v)
		}
	})
	started := f.Now()
	f.check(f.run(), models.StateFailed, "StopTransfer failed")
	if took := f.Now().Sub(started); took != time.Hour {
		t.Errorf("it waited %s", took)
	}
}

// People type something into a signal that takes nothing: that is refused, and
// the next one counts.
func TestInputsOfTheRetrySignal(t *testing.T) {
	t.Parallel()
	for _, in := range []any{nil, map[string]any{}, "", []string{}} {
		f := arrive(t, models.StateNeedsAttention)
		f.at(time.Hour, func() {
			for _, wrong := range []any{"now", 5, true, map[string]any{"force": true}, []int{1}} {
				f.SignalWorkflow(workflows.SignalRetry, wrong)
			}
		})
		f.at(2*time.Hour, func() {
			if f.state != models.StateNeedsAttention {
				t.Errorf("after wrong inputs the job is %s", f.state)
			}
			f.SignalWorkflow(workflows.SignalRetry, in)
		})
		f.admitAt(2*time.Hour + soon)
		f.check(f.run(), models.StateReady)
	}
}
