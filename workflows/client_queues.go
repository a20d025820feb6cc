package workflows

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/google/uuid"
	enumspb "go.temporal.io/api/enums/v1"
	"go.temporal.io/api/serviceerror"
	taskqueuepb "go.temporal.io/api/taskqueue/v1"
	"go.temporal.io/api/workflowservice/v1"

	"longhaul/models"
)

// pollerAge is how old the last poll of a worker that still works may be: a
// poll lasts a minute when there is nothing to do.
const pollerAge = 100 * time.Second

// Queues returns how each kind of work does: whether a worker has asked for it
// lately, and what waits for one.
func (c *Client) Queues(ctx context.Context) ([]models.QueueState, error) {
	var out []models.QueueState
	for _, q := range models.Queues() {
		s := models.QueueState{Queue: q, Served: true}
		types := []enumspb.TaskQueueType{enumspb.TASK_QUEUE_TYPE_ACTIVITY}
		if q == models.QueueControl {
			types = append(types, enumspb.TASK_QUEUE_TYPE_WORKFLOW)
		}
		for _, typ := range types {
			d, err := c.t.WorkflowService().DescribeTaskQueue(ctx, &workflowservice.DescribeTaskQueueRequest{
				Namespace: c.namespace, TaskQueue: &taskqueuepb.TaskQueue{Name: TaskQueue(q)}, TaskQueueType: typ, ReportStats: true,
			})
			if err != nil {
				return nil, translate(err, "describe task queue "+TaskQueue(q))
			}
			s.Served = s.Served && polled(d, "")
			s.Blind = s.Blind || polled(d, BlindMark)
			s.Backlog += d.GetStats().GetApproximateBacklogCount()
			s.Oldest = max(s.Oldest, d.GetStats().GetApproximateBacklogAge().AsDuration())
		}
		out = append(out, s)
	}
	return out, nil
}

// BlindMark ends the name by which a worker polls that serves media without ffprobe.
// Nothing else tells of it before there is a film.
const BlindMark = "@without-ffprobe"

// polled reports whether a worker whose name ends so polled lately.
func polled(d *workflowservice.DescribeTaskQueueResponse, ending string) bool {
	for _, p := range d.GetPollers() {
		if strings.HasSuffix(p.GetIdentity(), ending) && time.Since(p.GetLastAccessTime().AsTime()) < pollerAge {
			return true
		}
	}
	return false
}

// retiredQueue is where all work was until 2026-11-28. Nothing was released by
// then, so no run there has to be replayed; no worker serves it now.
const retiredQueue = "longhaul"

// EndRetired ends what runs in the retired queue and returns how much that was.
// Mails are started again at once; the reconcile sweep does so with jobs and
// purges, which their rows describe, and the worker with what must always run.
func (c *Client) EndRetired(ctx context.Context) (int, error) {
	ended := 0
	req := &workflowservice.ListWorkflowExecutionsRequest{
		Query: fmt.Sprintf("TaskQueue = '%s' AND ExecutionStatus = 'Running'", retiredQueue),
	}
	for {
		page, err := c.t.ListWorkflow(ctx, req)
		if err != nil {
			return ended, translate(err, "list retired workflows")
		}
		for _, e := range page.GetExecutions() {
			if err := c.endRetired(ctx, e.GetExecution().GetWorkflowId(), e.GetExecution().GetRunId()); err != nil {
				return ended, err
			}
			ended++
		}
		if req.NextPageToken = page.GetNextPageToken(); len(req.NextPageToken) == 0 {
			return ended, nil
		}
	}
}

func (c *Client) endRetired(ctx context.Context, id, runID string) error {
	err := c.t.TerminateWorkflow(ctx, id, runID, "A newer version took over; the job restarts from its database row.", endedByLonghaul)
	if _, gone := errors.AsType[*serviceerror.NotFound](err); err != nil && !gone {
		return translate(err, "end retired workflow")
	}
	if mail, ok := strings.CutPrefix(id, MailWorkflowID("")); ok {
		mailID, err := uuid.Parse(mail)
		if err != nil {
			return fmt.Errorf("read mail id: %w", err)
		}
		return c.SendMail(ctx, mailID)
	}
	return nil
}
