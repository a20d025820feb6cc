package workflows

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/google/uuid"
	enumspb "go.temporal.io/api/enums/v1"
	"go.temporal.io/api/workflowservice/v1"

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

// End ends the workflow of a job that it works on in vain, unless it has ended.
func (c *Client) End(ctx context.Context, jobID uuid.UUID, why string) error {
	err := translate(c.t.TerminateWorkflow(ctx, JobWorkflowID(jobID.String()), "", why), "end workflow")
	if models.IsNotFound(err) {
		return nil
	}
	return err
}

// jobOf returns the job that a workflow runs for.
func jobOf(workflowID string) (uuid.UUID, bool) {
	id, err := uuid.Parse(strings.TrimPrefix(workflowID, JobWorkflowID("")))
	return id, err == nil && strings.HasPrefix(workflowID, JobWorkflowID(""))
}
