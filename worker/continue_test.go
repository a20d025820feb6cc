package worker_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	sdkpb "go.temporal.io/api/sdk/v1"
	"go.temporal.io/sdk/converter"

	"longhaul/agent/agentapi"
	"longhaul/agent/agentapi/agentapitest"
	"longhaul/models"
	"longhaul/workflows"
)

// A job that keeps receiving requests continues as new when its history has
// become long; callers notice nothing.
func TestLongHistoryContinuesAsNew(t *testing.T) {
	s := newSystem(t, options{selection: time.Hour})
	s.agent(s.works)
	job := s.until(s.submit(models.NewJob{ChooseFiles: true}).ID, models.StateAwaitingSelection)
	for len(s.histories(job.ID)) == 1 {
		// What an operator has refused makes the history longer, too.
		if err := s.update(job, workflows.UpdateSelect, workflows.SelectInput{Indexes: []int{7}}); err == nil {
			t.Fatal("selected a missing file")
		}
	}
	d, err := s.temporal.DescribeWorkflow(t.Context(), workflows.JobWorkflowID(job.ID.String()), "")
	if err != nil {
		t.Fatal(err)
	}
	var run int // of the job; a retry goes by it
	if err := converter.GetDefaultDataConverter().FromPayload(d.Memo.GetFields()["run"], &run); err != nil || run != 1 {
		t.Errorf("memo says run %d, %v", run, err)
	}
	for _, h := range s.histories(job.ID) {
		s.guided(job, h.Events[0].GetWorkflowExecutionStartedEventAttributes().GetOriginalExecutionRunId())
	}
	if now := s.job(job.ID); now.State != models.StateAwaitingSelection || !now.Deadline.Equal(*job.Deadline) {
		t.Errorf("in its next run the job is %s until %v, want %s until %v", now.State, now.Deadline, job.State, job.Deadline)
	}
	if err := s.chooses(job, 0); err != nil {
		t.Fatalf("select: %v", err)
	}
	s.until(job.ID, models.StateReady)
	s.keep("continued_as_new", s.closed(job.ID, completed))
}

// guided checks that a run tells operators what it is and what they can do with
// it, and that it shows no names.
func (s *system) guided(job models.Job, runID string) {
	s.t.Helper()
	details, id := s.details(job, runID), job.ID.String()
	for _, want := range []string{
		"magnet · agent · job " + id[len(id)-8:], "signal `retry`", "*Cancel*", "http://longhaul.test/admin/audit?target=" + id,
	} {
		if !strings.Contains(details, want) {
			s.t.Errorf("run %s does not say %q:\n%s", runID, want, details)
		}
	}
	if strings.Contains(details, s.name()) {
		s.t.Errorf("run %s contains a name:\n%s", runID, details)
	}
}

// details returns what a run shows operators about itself.
func (s *system) details(job models.Job, runID string) string {
	s.t.Helper()
	v, err := s.temporal.QueryWorkflow(s.t.Context(), job.WorkflowID(), runID, "__temporal_workflow_metadata")
	if err != nil {
		s.t.Fatal(err)
	}
	var meta sdkpb.WorkflowMetadata
	if err := v.Get(&meta); err != nil {
		s.t.Fatal(err)
	}
	return meta.GetCurrentDetails()
}

// Every started run, the first and that of a retry, has the same static summary
// and details.
func TestStartedRunsSayWhatTheyAre(t *testing.T) {
	s := newSystem(t, options{})
	s.agent(func(a *agentapitest.Agent, id string, _ agentapi.StartTransfer) {
		a.Fail(id, string(models.ProblemNotFoundAtSource), "The server does not have it.")
	})
	job := s.submit(models.NewJob{})
	for run := 1; run <= 2; run++ {
		s.eventually(func() string {
			if now := s.job(job.ID); now.Run != run || now.State != models.StateFailed {
				return fmt.Sprintf("run %d is %s", now.Run, now.State)
			}
			return ""
		})
		s.closed(job.ID, failed)
		d, err := s.temporal.DescribeWorkflow(t.Context(), job.WorkflowID(), "")
		if err != nil {
			t.Fatal(err)
		}
		summary, err := d.GetStaticSummary()
		if err != nil || !strings.HasPrefix(summary, "magnet · agent · job ") {
			t.Errorf("run %d has the summary %q, %v", run, summary, err)
		}
		details, err := d.GetStaticDetails()
		if err != nil || !strings.Contains(details, "signal `retry`") {
			t.Errorf("run %d has the details %q, %v", run, details, err)
		}
		s.guided(job, d.WorkflowExecution.RunID)
		if run == 1 {
			if _, err := s.store.Jobs.RequestRetry(t.Context(), s.user.ID, job.ID); err != nil {
				t.Fatal(err)
			}
		}
	}
}
