package worker_test

import (
	"context"
	"fmt"
	"testing"
	"time"

	"github.com/google/uuid"
	"go.temporal.io/sdk/client"

	"longhaul/agent/agentapi"
	"longhaul/agent/agentapi/agentapitest"
	"longhaul/internal/store/storetest"
	"longhaul/models"
)

// asks has the job's owner, or an administrator, ask for something, and waits
// until it is done or refused.
func (s *system) asks(job models.Job, ask models.Ask) {
	s.t.Helper()
	var err error
	switch ask.Act {
	case models.ActionPause:
		_, err = s.store.Jobs.RequestPause(s.t.Context(), job.UserID, job.ID)
	case models.ActionResume:
		_, err = s.store.Jobs.RequestResume(s.t.Context(), job.UserID, job.ID)
	default:
		_, err = s.store.Jobs.Admin().RequestAct(s.t.Context(), models.Actor{Kind: models.ActorSystem}, job.ID, models.AdminAct{Action: ask.Act, Provider: ask.Provider})
	}
	if err != nil {
		s.t.Fatalf("%s: %v", ask.Act, err)
	}
	s.answered(job.ID)
}

// answered waits until nothing is asked of the job any more.
func (s *system) answered(id uuid.UUID) models.Job {
	s.t.Helper()
	var job models.Job
	s.eventually(func() string {
		if job = s.job(id); !job.Asked.None() {
			return fmt.Sprintf("the job is still asked to %s; it is %s", job.Asked.Act, job.State)
		}
		return ""
	})
	return job
}

// chooses has the job's owner choose the files.
func (s *system) chooses(job models.Job, indexes ...int) error {
	_, err := s.store.Jobs.RequestSelect(s.t.Context(), job.UserID, job.ID, indexes)
	return err
}

// update does what an operator does in the Temporal UI.
func (s *system) update(job models.Job, name string, args ...any) error {
	h, err := s.temporal.UpdateWorkflow(s.t.Context(), client.UpdateWorkflowOptions{
		WorkflowID: job.WorkflowID(), UpdateName: name, Args: args, WaitForStage: client.WorkflowUpdateStageCompleted,
	})
	if err == nil {
		err = h.Get(s.t.Context(), nil)
	}
	return err
}

var (
	pause  = models.Ask{Act: models.ActionPause}
	resume = models.Ask{Act: models.ActionResume}
)

// What is asked for while no worker runs waits in the row, and only the last of
// it is done.
func TestAsksWhileNoWorkerRuns(t *testing.T) {
	s := newSystem(t, options{})
	s.agent(s.downloading(func(*agentapitest.Agent, string) {}))
	one := s.known()
	s.user = storetest.User(t, s.store)
	two := s.known()
	s.until(one.ID, models.StateDownloading)
	s.until(two.ID, models.StateDownloading)
	s.stop()
	for _, job := range []models.Job{one, two} {
		if job, err := s.store.Jobs.RequestPause(t.Context(), job.UserID, job.ID); err != nil || job.Asked.Act != models.ActionPause {
			t.Errorf("pause: %+v, %v", job.Asked, err)
		}
	}
	if _, err := s.store.Jobs.RequestResume(t.Context(), two.UserID, two.ID); err != nil {
		t.Errorf("resume: %v", err)
	}
	s.stop = s.run(models.Queues()...)
	if got := s.answered(one.ID); got.State != models.StatePaused {
		t.Errorf("the job that was paused is %s", got.State)
	}
	if got := s.answered(two.ID); got.State == models.StatePaused {
		t.Error("the job is paused although that was taken back")
	}
}

// A run that ended before it answered leaves the rest to the next one.
func TestAnAskSurvivesItsRun(t *testing.T) {
	s := newSystem(t, options{})
	s.agent(s.downloading(func(*agentapitest.Agent, string) {}))
	job := s.known()
	s.until(job.ID, models.StateDownloading)
	s.stop()
	if _, err := s.store.Jobs.RequestPause(t.Context(), job.UserID, job.ID); err != nil {
		t.Fatal(err)
	}
	// The signal goes to a run that an operator then ends.
	told, err := s.store.Outbox.Worker().DueOutbox(t.Context(), 10, func(ctx context.Context, _ models.OutboxItem) error {
		return s.flows.Ask(ctx, s.job(job.ID))
	})
	if err != nil || told != 1 {
		t.Fatalf("told %d, %v", told, err)
	}
	if err := s.temporal.TerminateWorkflow(t.Context(), job.WorkflowID(), "", "by the test"); err != nil {
		t.Fatal(err)
	}
	if err := s.flows.Restart(t.Context(), s.job(job.ID)); err != nil {
		t.Fatal(err)
	}
	s.stop = s.run(models.Queues()...)
	if got := s.answered(job.ID); got.State != models.StatePaused {
		t.Errorf("the job is %s", got.State)
	}
}

// What comes too late is refused with an entry in the timeline.
func TestAnAskThatComesTooLate(t *testing.T) {
	s := newSystem(t, options{attention: time.Hour})
	s.agent(func(a *agentapitest.Agent, id string, st agentapi.StartTransfer) {
		a.Fail(id, string(models.ProblemStalled), "Nothing came for too long.")
	})
	job := s.known()
	s.until(job.ID, models.StateNeedsAttention)
	now := s.store.DB.Now()
	_, err := s.store.DB.Exec(t.Context(), "ask late", `update jobs set asked_act = 'pause', asked_at = ? where id = ?`, now, job.ID)
	if err != nil {
		t.Fatal(err)
	}
	if err := s.flows.Ask(t.Context(), s.job(job.ID)); err != nil {
		t.Fatal(err)
	}
	s.answered(job.ID)
	events, err := s.store.Timeline.JobEvents(t.Context(), job.UserID, job.ID, 0, 1000)
	if err != nil {
		t.Fatal(err)
	}
	last := events[len(events)-1]
	if state, _ := last.Reason.Params.Text("state"); last.Kind != models.EventRefused || state != string(models.StateNeedsAttention) {
		t.Errorf("the timeline ends with %s: %v", last.Kind, last.Reason)
	}
}
