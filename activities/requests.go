package activities

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/google/uuid"
	enumspb "go.temporal.io/api/enums/v1"
	"go.temporal.io/api/serviceerror"
	"go.temporal.io/api/workflowservice/v1"

	"longhaul/internal/attempt"
	"longhaul/internal/placement"
	"longhaul/models"
)

// repeatDelay is the pause before a worker is asked again.
const repeatDelay = 100 * time.Millisecond

// Pending reads pending activities and ends them; a Temporal client implements
// it.
type Pending interface {
	DescribeWorkflowExecution(ctx context.Context, workflowID, runID string) (*workflowservice.DescribeWorkflowExecutionResponse, error)
	CompleteActivityByID(ctx context.Context, namespace, workflowID, runID, activityID string, result any, err error) error
}

// Requests are the transfers that jobs' workflows requested: their pending
// activities ResolveSource and StartTransfer.
type Requests struct {
	Pending   Pending
	Namespace string
}

// Open implements placement.Requests.
func (r Requests) Open(ctx context.Context, jobID uuid.UUID) (placement.Request, bool, error) {
	d, err := r.Pending.DescribeWorkflowExecution(ctx, workflowOf(jobID), "")
	if _, gone := errors.AsType[*serviceerror.NotFound](err); gone {
		return placement.Request{}, false, nil
	}
	if err != nil {
		return placement.Request{}, false, fmt.Errorf("describe workflow: %w", err)
	}
	asking := []string{"ResolveSource", "StartTransfer"}
	for _, a := range d.GetPendingActivities() {
		if a.GetState() == enumspb.PENDING_ACTIVITY_STATE_STARTED && slices.Contains(asking, a.GetActivityType().GetName()) {
			return placement.Request{
				JobID: jobID, ID: a.GetActivityId(), RunID: d.GetWorkflowExecutionInfo().GetExecution().GetRunId(),
				Try: a.GetAttempt(), StartedAt: a.GetLastStartedTime().AsTime(),
			}, true, nil
		}
	}
	return placement.Request{}, false, nil
}

// Repeat implements placement.Requests. Temporal fails whichever attempt of the
// activity runs, so it compares the number right before.
func (r Requests) Repeat(ctx context.Context, lost placement.Request) error {
	now, open, err := r.Open(ctx, lost.JobID)
	if err != nil || !open || now.ID != lost.ID || now.RunID != lost.RunID || now.Try != lost.Try {
		return err
	}
	err = r.Pending.CompleteActivityByID(ctx, r.Namespace, workflowOf(lost.JobID), lost.RunID, lost.ID, nil,
		later("The worker died before it saved the request.", repeatDelay))
	if err = over(err); err != nil && !errors.Is(err, attempt.ErrNotAwaited) {
		return fmt.Errorf("repeat request: %w", err)
	}
	return nil
}

func workflowOf(jobID uuid.UUID) string { return models.Job{ID: jobID}.WorkflowID() }
