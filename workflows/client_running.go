package workflows

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/google/uuid"
	commonpb "go.temporal.io/api/common/v1"
	enumspb "go.temporal.io/api/enums/v1"
	"go.temporal.io/api/workflowservice/v1"
	"go.temporal.io/sdk/converter"

	"longhaul/activities"
	"longhaul/models"
)

// Stopped returns those of the jobs whose workflow does not run. Temporal's list
// is asked for all of them at once; since it may lag behind, each job that is not
// in it is described on its own.
func (c *Client) Stopped(ctx context.Context, jobs []models.Job) ([]models.Job, error) {
	listed, err := c.listed(ctx, jobs)
	if err != nil {
		return nil, err
	}
	var stopped []models.Job
	for _, job := range jobs {
		if listed[job.WorkflowID()] {
			continue
		}
		running, err := c.running(ctx, job)
		if err != nil {
			return nil, err
		}
		if !running {
			stopped = append(stopped, job)
		}
	}
	return stopped, nil
}

// listed returns the workflow ids of the jobs that Temporal lists as running.
func (c *Client) listed(ctx context.Context, jobs []models.Job) (map[string]bool, error) {
	ids := make([]string, len(jobs))
	for i, job := range jobs {
		ids[i] = "'" + job.WorkflowID() + "'"
	}
	req := &workflowservice.ListWorkflowExecutionsRequest{
		PageSize: int32(len(jobs)),
		Query:    fmt.Sprintf("ExecutionStatus = 'Running' AND WorkflowId IN (%s)", strings.Join(ids, ", ")),
	}
	out := make(map[string]bool, len(jobs))
	for {
		page, err := c.t.ListWorkflow(ctx, req)
		if err != nil {
			return nil, translate(err, "list jobs that run")
		}
		for _, e := range page.GetExecutions() {
			out[e.GetExecution().GetWorkflowId()] = true
		}
		if req.NextPageToken = page.GetNextPageToken(); len(req.NextPageToken) == 0 {
			return out, nil
		}
	}
}

// Terminated calls fn with the jobs of which a run was terminated since the time,
// page by page. Temporal's list lags behind by a moment, so a caller that looks
// again and again looks back a little further.
func (c *Client) Terminated(ctx context.Context, since time.Time, fn func(jobs []uuid.UUID) error) error {
	req := &workflowservice.ListWorkflowExecutionsRequest{
		PageSize: runningPage,
		Query: fmt.Sprintf("ExecutionStatus = 'Terminated' AND WorkflowType = 'Download' AND CloseTime > '%s'",
			since.UTC().Format(time.RFC3339)),
	}
	for {
		page, err := c.t.ListWorkflow(ctx, req)
		if err != nil {
			return translate(err, "list terminated jobs")
		}
		var jobs []uuid.UUID
		for _, e := range page.GetExecutions() {
			if id, ours := jobOf(e.GetExecution().GetWorkflowId()); ours {
				jobs = append(jobs, id)
			}
		}
		if len(jobs) > 0 {
			if err := fn(jobs); err != nil {
				return err
			}
		}
		if req.NextPageToken = page.GetNextPageToken(); len(req.NextPageToken) == 0 {
			return nil
		}
	}
}

// HowEnded returns how the job's last run ended. Longhaul marks what it
// terminates, and Temporal has a name of its own; any other is an operator.
func (c *Client) HowEnded(ctx context.Context, job models.Job) (activities.Ending, error) {
	d, err := c.t.DescribeWorkflow(ctx, job.WorkflowID(), "")
	if err = translate(err, "describe job"); err != nil {
		return activities.EndedOtherwise, ignoreGone(err)
	}
	if d.Status != enumspb.WORKFLOW_EXECUTION_STATUS_TERMINATED {
		return activities.EndedOtherwise, nil
	}
	last := c.t.GetWorkflowHistory(ctx, job.WorkflowID(), d.WorkflowExecution.RunID, false, enumspb.HISTORY_EVENT_FILTER_TYPE_CLOSE_EVENT)
	for last.HasNext() {
		e, err := last.Next()
		if err = translate(err, "read how the job ended"); err != nil {
			return activities.EndedOtherwise, ignoreGone(err)
		}
		how := e.GetWorkflowExecutionTerminatedEventAttributes()
		switch {
		case how == nil, how.GetIdentity() == serverIdentity:
		case markedOurs(how.GetDetails()):
			return activities.EndedByLonghaul, nil
		default:
			return activities.EndedByOperator, nil
		}
	}
	return activities.EndedOtherwise, nil
}

func markedOurs(details *commonpb.Payloads) bool {
	var mark string
	return converter.GetDefaultDataConverter().FromPayloads(details, &mark) == nil && mark == endedByLonghaul
}

func ignoreGone(err error) error {
	if models.IsNotFound(err) {
		return nil
	}
	return err
}

func (c *Client) running(ctx context.Context, job models.Job) (bool, error) {
	d, err := c.t.DescribeWorkflow(ctx, job.WorkflowID(), "")
	if err = translate(err, "describe job"); err != nil {
		if models.CodeOf(err) == models.CodeNotFound {
			return false, nil
		}
		return false, err
	}
	return d.Status == enumspb.WORKFLOW_EXECUTION_STATUS_RUNNING, nil
}

// runningPage is how many workflows are listed at once.
const runningPage = 500

// Running calls fn with the jobs whose workflow was started before the time and
// runs, page by page, and which run of the job it is.
func (c *Client) Running(ctx context.Context, before time.Time, fn func(runs map[uuid.UUID]int) error) error {
	req := &workflowservice.ListWorkflowExecutionsRequest{
		PageSize: runningPage,
		Query: fmt.Sprintf("ExecutionStatus = 'Running' AND WorkflowType = 'Download' AND StartTime < '%s'",
			before.UTC().Format(time.RFC3339)),
	}
	for {
		page, err := c.t.ListWorkflow(ctx, req)
		if err != nil {
			return translate(err, "list jobs that run")
		}
		runs := make(map[uuid.UUID]int, len(page.GetExecutions()))
		for _, e := range page.GetExecutions() {
			id, ours := jobOf(e.GetExecution().GetWorkflowId())
			if !ours {
				continue
			}
			if runs[id], err = runNumber(e.GetMemo()); err != nil {
				return err
			}
		}
		if err := fn(runs); err != nil {
			return err
		}
		if req.NextPageToken = page.GetNextPageToken(); len(req.NextPageToken) == 0 {
			return nil
		}
	}
}

// Who terminates a run, besides operators.
const (
	// endedByLonghaul is the detail with which Longhaul terminates a run.
	endedByLonghaul = "ended by Longhaul"

	// serverIdentity is under which Temporal itself terminates a run: the one that
	// a reset replaces, or one that outgrew a limit.
	serverIdentity = "history-service"
)

// End ends the workflow of a job that it works on in vain, unless it has ended.
func (c *Client) End(ctx context.Context, jobID uuid.UUID, why string) error {
	return ignoreGone(translate(c.t.TerminateWorkflow(ctx, JobWorkflowID(jobID.String()), "", why, endedByLonghaul), "end workflow"))
}

// jobOf returns the job that a workflow runs for.
func jobOf(workflowID string) (uuid.UUID, bool) {
	id, err := uuid.Parse(strings.TrimPrefix(workflowID, JobWorkflowID("")))
	return id, err == nil && strings.HasPrefix(workflowID, JobWorkflowID(""))
}
