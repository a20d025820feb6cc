package activities_test

import (
	"errors"
	"testing"
	"time"

	"go.temporal.io/sdk/activity"

	"longhaul/activities"
	"longhaul/agent/agentapi"
	"longhaul/models"
)

func (b *bench) transfers() *activities.Transfers {
	return &activities.Transfers{
		Store: b.work, Agents: dial, MaxJobBytes: 1 << 30, ResolveTimeout: 5 * time.Minute, StallTimeout: 30 * time.Minute,
	}
}

func (b *bench) start(a *activities.Transfers, job models.Job) error {
	b.Helper()
	_, err := env(a).ExecuteActivity(a.StartTransfer, activities.JobInput{JobID: job.ID})
	return err
}

func TestStartTransferPlacesAndStaysPending(t *testing.T) {
	t.Parallel()
	b := setup(t)
	row, agent := b.agent(2)
	specs := make(chan agentapi.StartTransfer, 1)
	agent.OnStart = func(_ string, s agentapi.StartTransfer) { specs <- s }
	job := b.admitted(20<<20, 5)
	files, err := b.store.Files(t.Context(), b.user.ID, job.ID)
	if err != nil {
		t.Fatal(err)
	}
	if err := b.start(b.transfers(), job); !errors.Is(err, activity.ErrResultPending) {
		t.Fatalf("returned %v", err)
	}
	at := b.lastAttempt(job.ID)
	if at.State != models.AttemptOpen || at.AgentID == nil || *at.AgentID != row.ID || len(at.TaskToken) == 0 || b.job(job.ID).State != models.StateDownloading {
		t.Errorf("attempt %+v, job %s", at, b.job(job.ID).State)
	}
	s := <-specs
	if s.Epoch != at.Epoch || s.Kind != agentapi.KindDownload || s.MaxBytes != 1<<30 || s.StallTimeoutSeconds != 1800 {
		t.Errorf("asked for %+v", s)
	}
	if len(s.Files) != len(files) || s.Files[0].PartSize != files[0].PartSize || s.Files[0].Size != 20<<20 {
		t.Errorf("files %+v", s.Files)
	}
}

func TestUnreachableAgentEndsTheAttempt(t *testing.T) {
	t.Parallel()
	b := setup(t)
	_, agent := b.agent(2)
	agent.SetDown(true)
	job := b.admitted(5)
	ae := failedWith(t, b.start(b.transfers(), job))
	if ae.Type() != string(models.ProblemAgentUnreachable) || ae.NonRetryable() || ae.NextRetryDelay() <= 0 {
		t.Errorf("failed with %s, final %v, delay %v", ae.Type(), ae.NonRetryable(), ae.NextRetryDelay())
	}
	if at := b.lastAttempt(job.ID); at.State != models.AttemptFailed || at.Problem != models.ProblemAgentUnreachable {
		t.Errorf("attempt is %s with %q", at.State, at.Problem)
	}
	other, _ := b.agent(2)
	if err := b.start(b.transfers(), job); !errors.Is(err, activity.ErrResultPending) {
		t.Fatalf("second try: %v", err)
	}
	if at := b.lastAttempt(job.ID); at.AgentID == nil || *at.AgentID != other.ID || at.Epoch != 2 {
		t.Errorf("second try went to %s with epoch %d, want the other agent", at.AgentID, at.Epoch)
	}
}

func TestAgentThatRefusesForGood(t *testing.T) {
	t.Parallel()
	b := setup(t)
	_, agent := b.agent(2)
	agent.Refuse(&agentapi.Problem{Status: 413, Code: string(models.ProblemContentTooLarge), Detail: "It is over the limit."})
	ae := failedWith(t, b.start(b.transfers(), b.admitted(5)))
	if ae.Type() != string(models.ProblemContentTooLarge) || !ae.NonRetryable() || ae.Message() != "It is over the limit." {
		t.Errorf("failed with %s, final %v: %s", ae.Type(), ae.NonRetryable(), ae.Message())
	}
}

func TestNoAgentHasRoom(t *testing.T) {
	t.Parallel()
	b := setup(t)
	_, agent := b.agent(1)
	job := b.admitted(5)
	agent.SetDown(true)
	failedWith(t, b.start(b.transfers(), job)) // the row is downloading now
	second, _ := b.agent(1)
	for _, a := range []models.Agent{second} {
		if err := b.store.SetAgentState(t.Context(), models.Actor{Kind: models.ActorConsole}, a.ID, models.AgentCordoned); err != nil {
			t.Fatal(err)
		}
	}
	all, err := b.work.ListAgents(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	for _, a := range all {
		if err := b.store.SetAgentState(t.Context(), models.Actor{Kind: models.ActorConsole}, a.ID, models.AgentCordoned); err != nil {
			t.Fatal(err)
		}
	}
	ae := failedWith(t, b.start(b.transfers(), job))
	if ae.Type() != string(models.ProblemNoAgent) || ae.NonRetryable() || ae.NextRetryDelay() <= 0 {
		t.Errorf("failed with %s, final %v, delay %v", ae.Type(), ae.NonRetryable(), ae.NextRetryDelay())
	}
	got := b.job(job.ID)
	if got.State != models.StateQueued || got.AdmittedAt == nil || got.Reason == "" || got.NextAction == "" {
		t.Errorf("job is %s, slot %v: %s %s", got.State, got.AdmittedAt, got.Reason, got.NextAction)
	}
}

func TestStopTransfer(t *testing.T) {
	t.Parallel()
	for name, down := range map[string]bool{"agent answers": false, "agent is away": true} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			b := setup(t)
			_, agent := b.agent(2)
			job := b.admitted(5)
			if err := b.start(b.transfers(), job); !errors.Is(err, activity.ErrResultPending) {
				t.Fatal(err)
			}
			agent.SetDown(down)
			a := b.transfers()
			in := activities.StopInput{StateInput: activities.StateInput{JobID: job.ID, To: models.StatePaused, Reason: "You paused it.", ReleaseSlot: true}}
			for range 2 { // it may run twice
				if _, err := env(a).ExecuteActivity(a.StopTransfer, in); err != nil {
					t.Fatal(err)
				}
			}
			if got := b.job(job.ID); got.State != models.StatePaused || got.AdmittedAt != nil {
				t.Errorf("job is %s, slot %v", got.State, got.AdmittedAt)
			}
			if at := b.lastAttempt(job.ID); at.State != models.AttemptSuperseded {
				t.Errorf("attempt is %s", at.State)
			}
			if phase, _ := agent.Has(job.ID.String()); !down && phase != agentapi.PhaseStopped {
				t.Errorf("transfer is %s on the agent", phase)
			}
		})
	}
}

func TestPlacementLosesAgainstACancel(t *testing.T) {
	t.Parallel()
	b := setup(t)
	_, agent := b.agent(2)
	job, a := b.admitted(5), b.transfers()
	in := activities.StopInput{StateInput: activities.StateInput{JobID: job.ID, To: models.StateCancelled, Reason: "You cancelled it."}}
	if _, err := env(a).ExecuteActivity(a.StopTransfer, in); err != nil {
		t.Fatal(err)
	}
	if ae := failedWith(t, b.start(a, job)); ae.Type() != string(models.ProblemWrongState) || !ae.NonRetryable() {
		t.Errorf("late start failed with %s", ae.Type())
	}
	if len(agent.Calls()) != 0 {
		t.Errorf("the agent was called: %v", agent.Calls())
	}
}
