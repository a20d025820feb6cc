package worker_test

import (
	"context"
	"fmt"
	"slices"
	"testing"

	"github.com/google/uuid"
	enumspb "go.temporal.io/api/enums/v1"
	"go.temporal.io/sdk/client"

	"longhaul/activities"
	"longhaul/agent/agentapi"
	"longhaul/agent/agentapi/agentapitest"
	"longhaul/models"
	"longhaul/workflows"
)

// unserved waits until just these kinds of work have no worker.
func (s *system) unserved(want ...models.Queue) {
	s.t.Helper()
	s.eventually(func() string {
		states, err := s.flows.Queues(s.t.Context())
		if err != nil {
			return err.Error()
		}
		var got []models.Queue
		for _, q := range states {
			if !q.Served {
				got = append(got, q.Queue)
			}
		}
		if !slices.Equal(got, want) {
			return "unserved are " + fmt.Sprint(got)
		}
		return ""
	})
}

// Each kind of work can have its own workers, and a kind without one is
// reported.
func TestKindsOfWorkInWorkersOfTheirOwn(t *testing.T) {
	s := newSystem(t, options{
		queues: []models.Queue{models.QueueControl}, mails: mailer(func(context.Context, models.Mail) error { return nil }),
	})
	s.agent(s.works)
	job := s.known()
	s.until(job.ID, models.StateDownloading)
	s.unserved(models.QueueTracking, models.QueueTransfers, models.QueueMail, models.QueueWebhooks, models.QueueMedia)
	t.Cleanup(s.run(models.QueueTracking))
	s.unserved(models.QueueTransfers, models.QueueMail, models.QueueWebhooks, models.QueueMedia)
	t.Cleanup(s.run(models.QueueTransfers))
	s.until(job.ID, models.StateReady)
	mail := s.queueMail()
	s.unserved(models.QueueMail, models.QueueWebhooks, models.QueueMedia)
	t.Cleanup(s.run(models.QueueMail, models.QueueWebhooks, models.QueueMedia))
	s.mailEnds(mail, models.MailSent, completed)
	s.unserved()
}

// Stuck mails take no slots from jobs.
func TestOneKindOfWorkDoesNotStarveAnother(t *testing.T) {
	stuck := make(chan struct{})
	s := newSystem(t, options{mails: mailer(func(ctx context.Context, _ models.Mail) error {
		select {
		case <-stuck:
		case <-ctx.Done():
		}
		return nil
	})})
	var mails []uuid.UUID
	for range 30 { // more than a worker sends at once
		mails = append(mails, s.queueMail())
	}
	s.agent(s.works)
	s.until(s.known().ID, models.StateReady)
	close(stuck)
	for _, id := range mails {
		s.mailEnds(id, models.MailSent, completed)
	}
}

// The worker ends what an older program left running when it starts. Jobs
// restart from their rows, and so do mails and agents' trackers.
func TestOlderRunsAreEndedAndStartAgain(t *testing.T) {
	s := newSystem(t, options{mails: mailer(func(context.Context, models.Mail) error { return nil })})
	starts := make(chan int64, 10)
	agentID, a := s.agent(func(a *agentapitest.Agent, id string, start agentapi.StartTransfer) {
		a.Set(id, func(st *agentapi.Status) { st.Phase = agentapi.PhaseDownloading })
		starts <- start.Epoch
	})
	job := s.known()
	s.until(job.ID, models.StateDownloading)
	s.stop()
	mail := s.queueMail()
	ctx := t.Context()
	older := func(id string, flow, in any) string {
		t.Helper()
		run, err := s.temporal.ExecuteWorkflow(ctx, client.StartWorkflowOptions{
			ID: id, TaskQueue: "longhaul", WorkflowIDConflictPolicy: enumspb.WORKFLOW_ID_CONFLICT_POLICY_TERMINATE_EXISTING,
		}, flow, in)
		if err != nil {
			t.Fatal(err)
		}
		return run.GetRunID()
	}
	old := map[string]string{}
	for id, start := range map[string]struct{ flow, in any }{
		job.WorkflowID(): {workflows.Download, workflows.DownloadInput{JobID: job.ID.String(), Run: 1}},
		workflows.TrackerWorkflowID(agentID.String()):      {workflows.TrackProvider, activities.TrackInput{AgentID: agentID}},
		workflows.MailWorkflowID(mail.String()):            {workflows.SendMail, activities.MailInput{MailID: mail}},
		"sys-reconcile-jobs-workflow-2026-11-27T12:00:00Z": {workflows.ReconcileJobs, activities.RepairInput{}},
	} {
		old[id] = older(id, start.flow, start.in)
	}
	s.eventually(func() string {
		n, err := s.temporal.CountWorkflow(ctx, countRequest("TaskQueue = 'longhaul' AND ExecutionStatus = 'Running'"))
		if err != nil || n.Count != int64(len(old)) {
			return fmt.Sprintf("%v older runs are listed, %v", n, err)
		}
		return ""
	})
	s.restart()
	for id, runID := range old {
		s.eventually(func() string {
			d, err := s.temporal.DescribeWorkflow(ctx, id, runID)
			if err != nil || d.Status != enumspb.WORKFLOW_EXECUTION_STATUS_TERMINATED {
				return fmt.Sprintf("%s is %v, %v", id, d, err)
			}
			return ""
		})
	}
	s.mailEnds(mail, models.MailSent, completed)
	s.reconcile(1)
	s.eventually(func() string {
		if epoch := s.job(job.ID).Epoch; epoch == 1 || <-starts != epoch {
			return "the agent has it not again"
		}
		return ""
	})
	s.stored(job.ID.String())
	a.Finish(job.ID.String())
	s.until(job.ID, models.StateReady)
	s.delivered(job.ID)
}

// reconcile runs the sweep until it restarts so many jobs.
func (s *system) reconcile(want int) {
	s.t.Helper()
	s.eventually(func() string {
		var res activities.RepairResult
		run, err := s.temporal.ExecuteWorkflow(s.t.Context(), client.StartWorkflowOptions{TaskQueue: workflows.TaskQueue(models.QueueControl)},
			workflows.ReconcileJobs, activities.RepairInput{})
		if err == nil {
			err = run.Get(s.t.Context(), &res)
		}
		if err != nil || res.Restarted != want {
			return fmt.Sprintf("the sweep did %+v, %v", res, err)
		}
		return ""
	})
}
