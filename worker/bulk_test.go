package worker_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/uuid"
	enumspb "go.temporal.io/api/enums/v1"

	"longhaul/internal/store/storetest"
	"longhaul/models"
	"longhaul/workflows"
)

// parked returns jobs that need attention, each of another user.
func (s *stage) parked(n int) (ids []uuid.UUID) {
	s.t.Helper()
	for range n {
		s.user = storetest.User(s.t, s.store)
		ids = append(ids, s.reach(models.StateNeedsAttention).ID)
	}
	return ids
}

// bulk starts an act on the jobs.
func (s *stage) bulk(act models.Action, rate int, ids []uuid.UUID) models.BulkAct {
	s.t.Helper()
	by := models.Actor{Kind: models.ActorAdmin, ID: &s.user.ID}
	b, err := s.store.Bulk.Admin().StartBulk(s.t.Context(), by, models.BulkRequest{Act: models.AdminAct{Action: act}, Jobs: ids, Rate: rate})
	if err != nil {
		s.t.Fatal(err)
	}
	return b
}

// untilBulk waits until the act is as wanted, and returns it.
func (s *stage) untilBulk(id uuid.UUID, wanted string, is func(models.BulkAct) bool) (b models.BulkAct) {
	s.t.Helper()
	s.eventually(func() string {
		var err error
		if b, err = s.store.Bulk.Admin().BulkAct(s.t.Context(), id); err != nil {
			return err.Error()
		}
		if !is(b) {
			return fmt.Sprintf("the act is %s with %d done and %d refused, not %s", b.State, b.Done, b.Refused, wanted)
		}
		return ""
	})
	return b
}

// flowEnds waits until the workflow of the act has ended so.
func (s *stage) flowEnds(b models.BulkAct, want enumspb.WorkflowExecutionStatus) {
	s.t.Helper()
	s.eventually(func() string {
		d, err := s.temporal.DescribeWorkflow(s.t.Context(), b.WorkflowID(), "")
		if err != nil {
			return err.Error()
		}
		if d.Status != want {
			return "the workflow is " + d.Status.String()
		}
		return ""
	})
}

// All of many jobs are retried although the worker is replaced in the middle,
// each once, and the history has one step and no job in it.
func TestManyJobsAreRetried(t *testing.T) {
	s := newStage(t)
	ids := s.parked(5)
	s.mode.Store("holds")
	b := s.bulk(models.ActionRetry, 1, ids)
	s.untilBulk(b.ID, "in the middle", func(b models.BulkAct) bool { return b.Done == 2 })
	s.restart()
	b = s.untilBulk(b.ID, "done", func(b models.BulkAct) bool { return b.State == models.BulkDone })
	if b.Done != 5 || b.Refused != 0 {
		t.Errorf("done %d, refused %d", b.Done, b.Refused)
	}
	for _, id := range ids {
		job := s.until(id, models.StateDownloading)
		events, err := s.store.Timeline.JobEvents(t.Context(), job.UserID, id, 0, 100)
		if err != nil {
			t.Fatal(err)
		}
		told := 0
		for _, e := range events {
			if e.Reason.Code == models.ReasonAdminActed {
				told++
			}
		}
		if told != 1 {
			t.Errorf("a job was retried %d times", told)
		}
	}
	s.flowEnds(b, completed)
	h := s.keepFlow(workflows.BulkAct, b.WorkflowID(), "bulk/retried.json")
	if n := strings.Count(h, `"eventId"`); n > 12 {
		t.Errorf("an act on many jobs costs %d events", n)
	}
	for _, id := range ids {
		if strings.Contains(h, id.String()) {
			t.Error("the history has the jobs in it")
		}
	}
}

// An operator who cancels the workflow in Temporal stops the act.
func TestAnOperatorStopsAnAct(t *testing.T) {
	s := newStage(t)
	ids := s.parked(1)
	for range 200 { // more than are acted on before it hears of the cancel
		ids = append(ids, uuid.New())
	}
	s.mode.Store("holds")
	b := s.bulk(models.ActionRetry, 1, ids)
	s.untilBulk(b.ID, "under way", func(b models.BulkAct) bool { return b.Done == 1 })
	if err := s.temporal.CancelWorkflow(t.Context(), b.WorkflowID(), ""); err != nil {
		t.Fatal(err)
	}
	b = s.untilBulk(b.ID, "stopped", func(b models.BulkAct) bool { return b.State == models.BulkStopped })
	if b.Done+b.Refused == b.Total {
		t.Error("it acted on all jobs before")
	}
	s.flowEnds(b, completed)
	s.keepFlow(workflows.BulkAct, b.WorkflowID(), "bulk/stopped.json")
}
