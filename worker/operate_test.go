package worker_test

import (
	"testing"
	"time"

	"github.com/google/uuid"
	"go.temporal.io/sdk/client"

	"longhaul/activities"
	"longhaul/agent/agentapi/agentapitest"
	"longhaul/models"
)

func TestSchedulesAreEnsuredTwice(t *testing.T) {
	s := newSystem(t, options{})
	handle := s.temporal.ScheduleClient().GetHandle(t.Context(), "sys-sweep-orphans")
	s.eventually(func() string {
		if _, err := handle.Describe(t.Context()); err != nil {
			return err.Error()
		}
		return ""
	})
	if err := handle.Pause(t.Context(), client.SchedulePauseOptions{Note: "an operator looks into it"}); err != nil {
		t.Fatal(err)
	}
	before, err := handle.Describe(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if err := s.flows.EnsureSchedules(t.Context()); err != nil {
		t.Fatal(err)
	}
	after, err := handle.Describe(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if !after.Schedule.State.Paused || !after.Info.LastUpdateAt.Equal(before.Info.LastUpdateAt) {
		t.Errorf("paused %v, updated at %v after %v", after.Schedule.State.Paused, after.Info.LastUpdateAt, before.Info.LastUpdateAt)
	}
	err = handle.Update(t.Context(), client.ScheduleUpdateOptions{
		DoUpdate: func(in client.ScheduleUpdateInput) (*client.ScheduleUpdate, error) {
			in.Description.Schedule.Spec.Intervals[0].Every = 48 * time.Hour
			return &client.ScheduleUpdate{Schedule: &in.Description.Schedule}, nil
		},
	})
	if err != nil {
		t.Fatal(err)
	}
	if err := s.flows.EnsureSchedules(t.Context()); err != nil {
		t.Fatal(err)
	}
	got, err := handle.Describe(t.Context())
	if err != nil || got.Schedule.Spec.Intervals[0].Every != time.Hour || !got.Schedule.State.Paused {
		t.Errorf("every %v, paused %v, %v", got.Schedule.Spec.Intervals[0].Every, got.Schedule.State.Paused, err)
	}
}

func TestSweepNow(t *testing.T) {
	s := newSystem(t, options{})
	res, err := s.flows.Sweep(t.Context(), activities.SweepInput{Preview: true, Grace: models.OrphanGrace, Cap: 10})
	if err != nil || !res.Preview {
		t.Errorf("swept %+v, %v", res, err)
	}
}

func TestViewOfAJob(t *testing.T) {
	s := newSystem(t, options{})
	downloading := make(chan struct{})
	s.agent(s.downloading(func(*agentapitest.Agent, string) { close(downloading) }))
	job := s.known()
	<-downloading
	v, err := s.flows.State(t.Context(), job.ID)
	if err != nil || v.RunID == "" || v.Status != "running" || v.State == nil {
		t.Fatalf("view %+v, %v", v, err)
	}
	if v.State.State != string(models.StateDownloading) || v.State.Attempt != 1 || v.State.Reason.Code != models.ReasonDownloading {
		t.Errorf("state %+v", *v.State)
	}
	if _, err := s.flows.State(t.Context(), uuid.New()); models.CodeOf(err) != models.CodeNotFound {
		t.Errorf("view of nothing: %v", err)
	}
	if err := s.flows.Ask(t.Context(), models.Job{ID: uuid.New(), State: models.StateQueued}); models.CodeOf(err) != models.CodeNotFound {
		t.Errorf("asking a job whose workflow doesn't exist yet: %v", err)
	}
	if err := s.flows.Start(t.Context(), job); err != nil {
		t.Errorf("second start: %v", err)
	}
}

func TestOperatorsFindJobsByAttributes(t *testing.T) {
	s := newSystem(t, options{attention: time.Hour})
	s.agent(s.downloading(func(a *agentapitest.Agent, id string) {
		a.Fail(id, string(models.ProblemStalled), "Nothing came for too long.")
	}))
	job := s.known()
	s.until(job.ID, models.StateNeedsAttention)
	query := "ExecutionStatus = 'Running' AND JobState = 'needs_attention' AND JobProblem = 'stalled' AND JobUser = '" + s.user.ID.String() + "' AND JobBytes = 5"
	s.eventually(func() string {
		n, err := s.temporal.CountWorkflow(t.Context(), countRequest(query))
		if err != nil {
			return err.Error()
		}
		if n.Count != 1 {
			return "not found by its attributes"
		}
		return ""
	})
}
