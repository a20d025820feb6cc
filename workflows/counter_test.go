package workflows_test

import (
	"context"
	"testing"
	"time"

	"github.com/google/uuid"
	"go.temporal.io/sdk/activity"
	"go.temporal.io/sdk/testsuite"

	"longhaul/activities"
	"longhaul/workflows"
)

// counterRow is the row of a counter-notice, with what was done and when.
type counterRow struct {
	env      *testsuite.TestWorkflowEnvironment
	remind   time.Time
	due      time.Time
	stopped  bool
	reminded []time.Time
	restored []time.Time
	looks    int
}

func (r *counterRow) check(context.Context, activities.CounterInput) (activities.CounterResult, error) {
	r.looks++
	now := r.env.Now()
	switch {
	case r.stopped || len(r.restored) > 0:
		return activities.CounterResult{Over: true}, nil
	case !now.Before(r.due):
		r.restored = append(r.restored, now)
		return activities.CounterResult{Over: true}, nil
	case len(r.reminded) == 0 && !now.Before(r.remind):
		r.reminded = append(r.reminded, now)
	}
	if len(r.reminded) == 0 {
		return activities.CounterResult{Next: r.remind}, nil
	}
	return activities.CounterResult{Next: r.due}, nil
}

func runCounter(t *testing.T, prepare func(*counterRow)) *counterRow {
	t.Helper()
	var suite testsuite.WorkflowTestSuite
	env := suite.NewTestWorkflowEnvironment()
	r := &counterRow{env: env, remind: env.Now().Add(10 * 24 * time.Hour), due: env.Now().Add(14 * 24 * time.Hour)}
	env.RegisterActivityWithOptions(r.check, activity.RegisterOptions{Name: "CheckCounter"})
	env.SetTestTimeout(time.Minute)
	prepare(r)
	env.ExecuteWorkflow(workflows.CounterNotice, activities.CounterInput{ID: uuid.New()})
	if err := env.GetWorkflowError(); !env.IsWorkflowCompleted() || err != nil {
		t.Errorf("completed %t with %v", env.IsWorkflowCompleted(), err)
	}
	return r
}

// The clock runs for two weeks, reminds once and restores once, never early.
func TestTheClockOfACounterNotice(t *testing.T) {
	t.Parallel()
	r := runCounter(t, func(*counterRow) {})
	if len(r.reminded) != 1 || len(r.restored) != 1 || r.restored[0].Before(r.due) || r.restored[0].After(r.due.Add(time.Minute)) || r.looks != 3 {
		t.Errorf("reminded at %v, restored at %v for %s, %d looks", r.reminded, r.restored, r.due, r.looks)
	}
}

// A clock that is moved restores at the new time; one that is stopped, never.
func TestTheClockIsMovedAndStopped(t *testing.T) {
	t.Parallel()
	r := runCounter(t, func(r *counterRow) {
		r.env.RegisterDelayedCallback(func() {
			r.due = r.due.Add(4 * 24 * time.Hour)
			r.env.SignalWorkflow("changed", nil)
		}, 13*24*time.Hour)
	})
	if len(r.restored) != 1 || r.restored[0].Before(r.due) || r.restored[0].After(r.due.Add(time.Minute)) {
		t.Errorf("moved to %s, it restored at %v", r.due, r.restored)
	}
	var end time.Time
	r = runCounter(t, func(r *counterRow) {
		r.env.RegisterDelayedCallback(func() {
			r.stopped, end = true, r.env.Now()
			r.env.SignalWorkflow("changed", nil)
		}, 5*24*time.Hour)
	})
	if len(r.restored) != 0 || r.env.Now().Sub(end) > time.Hour {
		t.Errorf("stopped at %s, it ended at %s and restored at %v", end, r.env.Now(), r.restored)
	}
}
