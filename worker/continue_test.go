package worker_test

import (
	"testing"
	"time"

	"go.temporal.io/sdk/converter"

	"longhaul/models"
	"longhaul/workflows"
)

// A job to which somebody does something again and again continues as new when
// its history has become long; whoever talks to it notices nothing.
func TestLongHistoryContinuesAsNew(t *testing.T) {
	s := newSystem(t, options{selection: time.Hour})
	s.agent(s.works)
	job := s.until(s.submit(models.NewJob{ChooseFiles: true}).ID, models.StateAwaitingSelection)
	for len(s.histories(job.ID)) == 1 {
		if err := s.flows.Select(t.Context(), job, []int{7}); models.AsError(err).Problem != models.ProblemBadSelection {
			t.Fatalf("selecting a file that is not there: %v", err)
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
	if now := s.job(job.ID); now.State != models.StateAwaitingSelection || !now.Deadline.Equal(*job.Deadline) {
		t.Errorf("in its next run the job is %s until %v, want %s until %v", now.State, now.Deadline, job.State, job.Deadline)
	}
	if err := s.flows.Select(t.Context(), job, []int{0}); err != nil {
		t.Fatalf("select: %v", err)
	}
	s.until(job.ID, models.StateReady)
	s.keep("continued_as_new", s.closed(job.ID, completed))
}
