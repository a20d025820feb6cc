package activities_test

import (
	"context"
	"errors"
	"testing"

	"github.com/google/uuid"
	commonpb "go.temporal.io/api/common/v1"
	enumspb "go.temporal.io/api/enums/v1"
	"go.temporal.io/api/serviceerror"
	workflowpb "go.temporal.io/api/workflow/v1"
	"go.temporal.io/api/workflowservice/v1"

	"longhaul/activities"
	"longhaul/internal/placement"
)

// pending is a workflow with one pending activity, as Temporal describes it.
type pending struct {
	activity *workflowpb.PendingActivityInfo
	gone     bool // the workflow has ended
	failed   []string
	answer   error
}

func (p *pending) DescribeWorkflowExecution(context.Context, string, string) (*workflowservice.DescribeWorkflowExecutionResponse, error) {
	if p.gone {
		return nil, serviceerror.NewNotFound("no such workflow")
	}
	return &workflowservice.DescribeWorkflowExecutionResponse{
		WorkflowExecutionInfo: &workflowpb.WorkflowExecutionInfo{Execution: &commonpb.WorkflowExecution{RunId: "run"}},
		PendingActivities:     []*workflowpb.PendingActivityInfo{p.activity},
	}, nil
}

func (p *pending) CompleteActivityByID(_ context.Context, namespace, _, runID, activityID string, _ any, err error) error {
	p.failed = append(p.failed, namespace+" "+runID+" "+activityID)
	if err == nil {
		return errors.New("it was completed")
	}
	return p.answer
}

func asks(name string, state enumspb.PendingActivityState, try int32) *workflowpb.PendingActivityInfo {
	return &workflowpb.PendingActivityInfo{
		ActivityId: "7", ActivityType: &commonpb.ActivityType{Name: name}, State: state, Attempt: try,
	}
}

// A request that a worker has in its hands is open; one that waits for a worker
// will be made without help.
func TestOpenRequests(t *testing.T) {
	t.Parallel()
	started, scheduled := enumspb.PENDING_ACTIVITY_STATE_STARTED, enumspb.PENDING_ACTIVITY_STATE_SCHEDULED
	for name, c := range map[string]struct {
		pending pending
		open    bool
	}{
		"a download":            {pending{activity: asks("StartTransfer", started, 2)}, true},
		"a resolve":             {pending{activity: asks("ResolveSource", started, 1)}, true},
		"not recorded yet":      {pending{activity: asks("StartTransfer", scheduled, 1)}, false},
		"another kind of work":  {pending{activity: asks("FinalizeFiles", started, 1)}, false},
		"the workflow is ended": {pending{gone: true}, false},
	} {
		r, open, err := activities.Requests{Pending: &c.pending, Namespace: "n"}.Open(t.Context(), uuid.New())
		if err != nil || open != c.open || open && (r.ID != "7" || r.RunID != "run" || r.Try != c.pending.activity.GetAttempt()) {
			t.Errorf("%s: %+v, %v, %v", name, r, open, err)
		}
	}
}

// A lost request is failed only as long as it is the one that was looked at:
// Temporal would fail the try that followed as well.
func TestOnlyTheLostTryIsRepeated(t *testing.T) {
	t.Parallel()
	lost := placement.Request{JobID: uuid.New(), ID: "7", RunID: "run", Try: 2}
	another, run := lost, lost
	another.ID, run.RunID = "8", "older run"
	started := enumspb.PENDING_ACTIVITY_STATE_STARTED
	for name, c := range map[string]struct {
		request placement.Request
		pending pending
		failed  int
	}{
		"the lost one":           {lost, pending{activity: asks("StartTransfer", started, 2)}, 1},
		"it was answered":        {lost, pending{activity: asks("StartTransfer", started, 2), answer: serviceerror.NewNotFound("gone")}, 1},
		"a later try":            {lost, pending{activity: asks("StartTransfer", started, 3)}, 0},
		"another activity":       {another, pending{activity: asks("StartTransfer", started, 2)}, 0},
		"another run":            {run, pending{activity: asks("StartTransfer", started, 2)}, 0},
		"the workflow has ended": {lost, pending{gone: true}, 0},
	} {
		err := activities.Requests{Pending: &c.pending, Namespace: "n"}.Repeat(t.Context(), c.request)
		if err != nil || len(c.pending.failed) != c.failed || c.failed == 1 && c.pending.failed[0] != "n run 7" {
			t.Errorf("%s: failed %v, %v", name, c.pending.failed, err)
		}
	}
}
