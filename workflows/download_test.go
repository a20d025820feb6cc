package workflows_test

import (
	"cmp"
	"context"
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"
	"go.temporal.io/sdk/activity"
	"go.temporal.io/sdk/temporal"
	"go.temporal.io/sdk/testsuite"

	"longhaul/activities"
	"longhaul/models"
	"longhaul/workflows"
)

const (
	soon = 10 * time.Second // after the first steps were taken; time is skipped
	late = 200 * time.Hour
)

// flow is a Download in the SDK's test environment. Its activities are fakes
// that keep a job's state by the rules of models, so that a transition that
// the database would refuse fails here too.
type flow struct {
	*testsuite.TestWorkflowEnvironment
	t      *testing.T
	in     workflows.DownloadInput
	plan   activities.Plan
	state  models.State
	states []models.State          // every state that was written
	writes []activities.StateInput // with their words
	did    []string                // activities in order
	tokens map[string][][]byte     // open task tokens by activity
}

func newFlow(t *testing.T, plan activities.Plan) *flow {
	t.Helper()
	var suite testsuite.WorkflowTestSuite
	suite.SetLogger(watch{t})
	f := &flow{TestWorkflowEnvironment: suite.NewTestWorkflowEnvironment(), t: t, plan: plan, tokens: map[string][][]byte{}}
	if f.plan.State == "" {
		f.plan.State = models.StateQueued
	}
	f.state = f.plan.State
	f.plan.Bytes, f.plan.Provider = -1, cmp.Or(f.plan.Provider, models.ProviderAgent)
	f.plan.SelectionTimeout, f.plan.AttentionTimeout = 72*time.Hour, 72*time.Hour
	f.plan.RetryPauses = []time.Duration{15 * time.Second, 2 * time.Minute}
	f.SetTestTimeout(time.Minute)
	f.RegisterWorkflow(workflows.Download)
	f.fake("LoadJob", func(context.Context, activities.JobInput) (activities.Plan, error) {
		plan := f.plan
		plan.State = f.state
		return plan, nil
	})
	f.fake("SetState", func(_ context.Context, in activities.StateInput) error { return f.write("SetState", in) })
	f.fake("StopTransfer", func(_ context.Context, in activities.StopInput) error { return f.write("StopTransfer", in.StateInput) })
	f.fake("SelectFiles", func(context.Context, activities.SelectionInput) error {
		f.did, f.plan.ChooseFiles = append(f.did, "SelectFiles"), false
		return nil
	})
	f.fake("DiscardParts", func(context.Context, activities.JobInput) error {
		f.did = append(f.did, "DiscardParts")
		return nil
	})
	return f
}

// fake stands in for an activity.
func (f *flow) fake(name string, fn any) {
	f.RegisterActivityWithOptions(fn, activity.RegisterOptions{Name: name})
}

// refake is fake in the place of an earlier one.
func (f *flow) refake(name string, fn any) {
	f.RegisterActivityWithOptions(fn, activity.RegisterOptions{Name: name, DisableAlreadyRegisteredCheck: true})
}

// write does what the store does with a transition.
func (f *flow) write(act string, in activities.StateInput) error {
	f.did = append(f.did, act+" "+string(in.To))
	if f.state != in.To && !f.state.CanBecome(in.To) {
		f.t.Errorf("%s may not become %s", f.state, in.To)
		return temporal.NewNonRetryableApplicationError("refused", string(models.ProblemWrongState), nil)
	}
	if in.Reason.None() {
		f.t.Errorf("state %s without a reason", in.To)
	}
	f.state, f.states, f.writes = in.To, append(f.states, in.To), append(f.writes, in)
	if in.ReleaseSlot {
		f.plan.Admitted = false
	}
	return nil
}

// transfers makes the named activity answer with the outcomes, one per call;
// a nil outcome stays pending.
func (f *flow) transfers(name string, to models.State, outcomes ...error) {
	calls := 0
	f.fake(name, func(ctx context.Context, _ activities.JobInput) (models.TransferResult, error) {
		f.did = append(f.did, name)
		if f.state != to && !f.state.CanBecome(to) {
			f.t.Errorf("%s: %s may not become %s", name, f.state, to)
		}
		f.state = to
		f.tokens[name] = append(f.tokens[name], activity.GetInfo(ctx).TaskToken)
		calls++
		if calls > len(outcomes) {
			f.plan.ManifestKnown = true
			return models.TransferResult{AgentID: "a", Bytes: 5}, nil
		}
		if err := outcomes[calls-1]; err != nil {
			return models.TransferResult{}, err
		}
		return models.TransferResult{}, activity.ErrResultPending
	})
}

// finalizes makes FinalizeFiles answer with the outcomes, then well.
func (f *flow) finalizes(outcomes ...error) {
	calls := 0
	f.fake("FinalizeFiles", func(context.Context, activities.JobInput) (activities.FinalizeResult, error) {
		f.did = append(f.did, "FinalizeFiles")
		if f.state != models.StateStoring && !f.state.CanBecome(models.StateStoring) {
			f.t.Errorf("%s may not become storing", f.state)
		}
		f.state = models.StateStoring
		calls++
		if calls <= len(outcomes) {
			return activities.FinalizeResult{}, outcomes[calls-1]
		}
		f.state = models.StateReady
		return activities.FinalizeResult{Files: 1, Bytes: 5}, nil
	})
}

func (f *flow) at(d time.Duration, do func()) { f.RegisterDelayedCallback(do, d) }

// admitAt admits the job if it is in the queue then, and signals in any case.
func (f *flow) admitAt(d time.Duration) {
	f.at(d, func() {
		f.plan.Admitted = f.plan.Admitted || f.state == models.StateQueued
		f.SignalWorkflow(workflows.SignalAdmit, nil)
	})
}

// update sends an update and returns where its outcome will be.
func (f *flow) update(name string, args ...any) *answer {
	a := &answer{}
	f.UpdateWorkflow(name, "", a, args...)
	return a
}

func (f *flow) run() error {
	if f.in.JobID == "" {
		f.in = workflows.DownloadInput{JobID: uuid.NewString(), Run: 1}
	}
	f.ExecuteWorkflow(workflows.Download, f.in)
	if !f.IsWorkflowCompleted() {
		f.t.Fatalf("did not end; it did %v", f.did)
	}
	return f.GetWorkflowError()
}

func (f *flow) view() workflows.StateView {
	f.t.Helper()
	v, err := f.QueryWorkflow(workflows.QueryState)
	if err != nil {
		f.t.Fatalf("query: %v", err)
	}
	var out workflows.StateView
	if err := v.Get(&out); err != nil {
		f.t.Fatalf("read view: %v", err)
	}
	return out
}

func (f *flow) check(err error, want models.State, did ...string) {
	f.t.Helper()
	if (err == nil) != (want == models.StateReady) {
		f.t.Errorf("ended with %v", err)
	}
	if f.state != want {
		f.t.Errorf("job is %s, want %s", f.state, want)
	}
	if did != nil && !slices.Equal(f.did, did) {
		f.t.Errorf("it did\n%s\nwant\n%s", strings.Join(f.did, "\n"), strings.Join(did, "\n"))
	}
}

// answer is the outcome of an update.
type answer struct {
	rejected, err error
	done          bool
}

func (a *answer) Accept()          {}
func (a *answer) Reject(err error) { a.rejected, a.done = err, true }
func (a *answer) Complete(_ any, err error) {
	a.err, a.done = err, true
}

func (a *answer) ok(t *testing.T) {
	t.Helper()
	if !a.done || a.err != nil || a.rejected != nil {
		t.Errorf("update: done %v, %v, %v", a.done, a.err, a.rejected)
	}
}

func (a *answer) refused(t *testing.T, p models.Problem) {
	t.Helper()
	err := errors.Join(a.rejected, a.err)
	ae, ok := errors.AsType[*temporal.ApplicationError](err)
	if !ok || ae.Type() != string(p) {
		t.Errorf("update answered %v, want %s", err, p)
	}
}

func problem(p models.Problem) error {
	return temporal.NewApplicationErrorWithOptions("It did not work: "+string(p)+".", string(p),
		temporal.ApplicationErrorOptions{NonRetryable: true, Details: []any{models.FaultDetails{AgentID: "a", Epoch: 1}}})
}

func machinery(p models.Problem) error {
	return temporal.NewApplicationErrorWithOptions("The machinery: "+string(p)+".", string(p),
		temporal.ApplicationErrorOptions{NextRetryDelay: time.Second})
}

// watch is a logger that checks each situation in which a run says it is.
type watch struct{ t *testing.T }

func (w watch) Debug(_ string, args ...any) {
	for _, arg := range args {
		if s, ok := arg.(workflows.Situation); ok && !workflows.Occurs(s) {
			w.t.Errorf("a situation that cannot occur: %+v", s)
		}
	}
}
func (watch) Info(string, ...any)  {}
func (watch) Warn(string, ...any)  {}
func (watch) Error(string, ...any) {}
