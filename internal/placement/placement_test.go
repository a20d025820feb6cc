package placement_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/google/uuid"

	"longhaul/agent/agentapi"
	"longhaul/internal/attempt"
	"longhaul/internal/placement"
	"longhaul/internal/store/storetest"
	"longhaul/models"
)

func TestAWantedTransferReachesAnAgent(t *testing.T) {
	t.Parallel()
	b := setup(t)
	row, agent := b.agent(2)
	specs := make(chan agentapi.StartTransfer, 1)
	agent.OnStart = func(_ string, s agentapi.StartTransfer) { specs <- s }
	job, p := b.admitted(20<<20, 5), b.placer()
	files, err := b.store.Files.Files(t.Context(), b.user.ID, job.ID)
	if err != nil {
		t.Fatal(err)
	}
	b.run(p)
	b.want(p, job)
	at := b.taken(job)
	if at.AgentID == nil || *at.AgentID != row.ID || at.Epoch != 2 || b.job(job.ID).State != models.StateDownloading {
		t.Errorf("attempt %+v, job %s", at, b.job(job.ID).State)
	}
	s := <-specs
	if s.Epoch != at.Epoch || s.Kind != agentapi.KindDownload || s.MaxBytes != 1<<30 || s.StallTimeoutSeconds != 1800 {
		t.Errorf("asked for %+v", s)
	}
	if len(s.Files) != len(files) || s.Files[0].PartSize != files[0].PartSize || s.Files[0].Size != 20<<20 {
		t.Errorf("files %+v", s.Files)
	}
	if b.told(job).Told {
		t.Error("the workflow was answered")
	}
}

// What the owner's plan, or the account's own limit, says of speed reaches the agent
// with the transfer. One that is placed again hears what it says by then.
func TestTheSpeedOfThePlanReachesTheAgent(t *testing.T) {
	t.Parallel()
	b := setup(t)
	_, agent := b.agent(10)
	specs := make(chan agentapi.StartTransfer, 1)
	agent.OnStart = func(_ string, s agentapi.StartTransfer) { specs <- s }
	p, by := b.placer(), models.Actor{Kind: models.ActorConsole}
	b.run(p)
	heard := func(want int64) {
		t.Helper()
		job := b.admitted(5)
		b.want(p, job)
		b.taken(job)
		if s := <-specs; s.BytesPerSecond != want {
			t.Errorf("the agent heard of %d bytes a second, want %d", s.BytesPerSecond, want)
		}
	}
	heard(0)
	plan := storetest.Plan(t, b.store, b.user.ID, models.Plan{RateLimit: new(int64(1 << 20))})
	heard(1 << 20)
	own := models.Override{UserID: b.user.ID, Limits: map[models.PlanLimit]*int64{models.LimitRate: nil}, Reason: "x"}
	storetest.OK(t, b.store.Quota.SetOverride(t.Context(), by, own))
	heard(0)
	storetest.OK(t, b.store.Quota.RemoveOverride(t.Context(), by, b.user.ID))
	storetest.Must[models.Plan](t)(b.store.Quota.UpdatePlan(t.Context(), by, plan.ID, 0, func(p *models.Plan) error {
		p.RateLimit = new(int64(2 << 20))
		return nil
	}))
	heard(2 << 20)
}

// The parts of a complete file have no rows any more; the agent hears that all of
// them are in storage.
func TestCompleteFilesAreNotFetchedAgain(t *testing.T) {
	t.Parallel()
	b := setup(t)
	_, agent := b.agent(2)
	specs := make(chan agentapi.StartTransfer, 1)
	agent.OnStart = func(_ string, s agentapi.StartTransfer) { specs <- s }
	job, p := b.admitted(20<<20, 5), b.placer()
	files, err := b.store.Files.Files(t.Context(), b.user.ID, job.ID)
	if err != nil {
		t.Fatal(err)
	}
	if err := b.work.Files.FileStored(t.Context(), files[0].ID, 20<<20, "etag"); err != nil {
		t.Fatal(err)
	}
	b.run(p)
	b.want(p, job)
	b.taken(job)
	s := <-specs
	if parts := (20<<20 + files[0].PartSize - 1) / files[0].PartSize; int64(len(s.Files[0].Stored)) != parts || len(s.Files[1].Stored) != 0 {
		t.Errorf("files %+v, want all %d parts of the first and none of the second", s.Files, parts)
	}
}

func TestAnUnreachableAgentIsLeftForAnother(t *testing.T) {
	t.Parallel()
	b := setup(t)
	_, agent := b.agent(100)
	agent.SetDown(true)
	job, p := b.admitted(5), b.placer()
	b.run(p)
	b.want(p, job)
	b.eventually(func() string {
		if all, err := b.work.Attempts.Attempts(t.Context(), job.ID); err != nil || all[1].State != models.AttemptFailed || all[1].Problem != models.ProblemAgentUnreachable {
			return "the attempt has not failed"
		}
		return ""
	})
	other, _ := b.agent(2)
	if at := b.taken(job); *at.AgentID != other.ID || at.Tries == 0 {
		t.Errorf("it went to %s after %d tries, want the other agent", at.AgentID, at.Tries)
	}
	if b.told(job).Told {
		t.Error("the workflow heard of an infrastructure fault")
	}
}

func TestARefusalForGoodReachesTheWorkflow(t *testing.T) {
	t.Parallel()
	b := setup(t)
	row, agent := b.agent(2)
	agent.Refuse(&agentapi.Problem{Status: 413, Code: string(models.ProblemContentTooLarge), Detail: "It is over the limit."})
	job, p := b.admitted(5), b.placer()
	b.run(p)
	b.want(p, job)
	b.eventually(func() string {
		if b.last(job).State != models.AttemptFailed {
			return "the attempt has not failed"
		}
		return ""
	})
	end := b.told(job)
	if end.Fault == nil || end.Fault.Problem != models.ProblemContentTooLarge || end.Fault.Message != "It is over the limit." || end.Details.AgentID != row.ID.String() {
		t.Errorf("told %+v", end)
	}
}

func TestAJobWaitsForAnAgentAndStartsWhenOneComes(t *testing.T) {
	t.Parallel()
	b := setup(t)
	job, p := b.admitted(5), b.placer()
	b.run(p)
	b.want(p, job)
	b.eventually(func() string {
		if got := b.job(job.ID); got.Problem != models.ProblemNoAgent || got.State != models.StateQueued || got.AdmittedAt == nil {
			return "the job does not tell why it waits"
		}
		return ""
	})
	if at := b.last(job); at.State != models.AttemptWanted || b.told(job).Told {
		t.Errorf("the attempt is %s, workflow told: %v", at.State, b.told(job).Told)
	}
	b.agent(1)
	if at := b.taken(job); at.Epoch != 2 {
		t.Errorf("waiting took %d attempts", at.Epoch)
	}
}

func TestAJobWithoutAPlaceIsGivenBack(t *testing.T) {
	t.Parallel()
	for name, tc := range map[string]struct {
		elsewhere bool
		failover  time.Duration
		waited    time.Duration
		gives     bool
	}{
		"another provider may follow":        {elsewhere: true, failover: time.Minute, waited: time.Minute, gives: true},
		"another provider may follow later":  {elsewhere: true, failover: time.Minute, waited: 30 * time.Second},
		"there is only this provider":        {failover: time.Minute, waited: time.Hour},
		"after a day with only one provider": {failover: time.Minute, waited: 24 * time.Hour, gives: true},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			b := setup(t)
			job, p := b.admitted(5), b.placer()
			p.FailoverAfter = tc.failover
			want := models.TransferWant{
				JobID: job.ID, Kind: models.TransferDownload, TaskToken: storetest.Token(job.ID), Elsewhere: tc.elsewhere,
				Since: time.Now().Add(-tc.waited),
			}
			if err := p.Want(t.Context(), want); err != nil {
				t.Fatal(err)
			}
			b.run(p)
			b.eventually(func() string {
				if at := b.last(job); at.Tries < 2 && at.State == models.AttemptWanted {
					return "it has not looked for a place"
				}
				return ""
			})
			if !tc.gives {
				// What the job says is what happens.
				to, moves := b.job(job.ID).Reason.Params.Text("moves_to")
				if until := b.job(job.ID).Deadline; until == nil || moves != tc.elsewhere || moves && (to != "seedr" || until.Sub(b.last(job).WantedAt) != tc.failover) {
					t.Errorf("it moves to %q at %v", to, until)
				}
			}
			if end := b.told(job); end.Told != tc.gives || tc.gives && end.Fault.Problem != models.ProblemNoAgent {
				t.Errorf("told %+v", end)
			}
		})
	}
}

func TestStopEndsWhatRuns(t *testing.T) {
	t.Parallel()
	for name, down := range map[string]bool{"agent answers": false, "agent is down": true} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			b := setup(t)
			_, agent := b.agent(2)
			job, p := b.admitted(5), b.placer()
			b.run(p)
			b.want(p, job)
			b.taken(job)
			agent.SetDown(down)
			for range 2 { // it may run twice
				if err := p.Stop(t.Context(), job.ID, models.JobChange{To: models.StatePaused, Reason: models.Because(models.ReasonPaused), ReleaseSlot: true}, false); err != nil {
					t.Fatal(err)
				}
			}
			if got := b.job(job.ID); got.State != models.StatePaused || got.AdmittedAt != nil {
				t.Errorf("job is %s, slot %v", got.State, got.AdmittedAt)
			}
			if at := b.last(job); at.State != models.AttemptSuperseded {
				t.Errorf("attempt is %s", at.State)
			}
			if phase, _ := agent.Has(job.ID.String()); !down && phase != agentapi.PhaseStopped {
				t.Errorf("transfer is %s on the agent", phase)
			}
		})
	}
}

func TestStopEndsWhatWaits(t *testing.T) {
	t.Parallel()
	b := setup(t)
	job, p := b.admitted(5), b.placer()
	b.want(p, job)
	if err := p.Stop(t.Context(), job.ID, models.JobChange{To: models.StatePaused, Reason: models.Because(models.ReasonPaused), ReleaseSlot: true}, false); err != nil {
		t.Fatal(err)
	}
	_, agent := b.agent(2)
	b.run(p)
	other := b.admitted(5)
	b.want(p, other)
	b.taken(other)
	if at := b.last(job); at.State != models.AttemptSuperseded || b.job(job.ID).State != models.StatePaused {
		t.Errorf("attempt is %s, job %s", at.State, b.job(job.ID).State)
	}
	if _, has := agent.Has(job.ID.String()); has {
		t.Error("an agent was given a paused job")
	}
}

func TestACancelledJobWantsNothing(t *testing.T) {
	t.Parallel()
	b := setup(t)
	job, p := b.admitted(5), b.placer()
	if err := p.Stop(t.Context(), job.ID, models.JobChange{To: models.StateCancelled, Reason: models.Because(models.ReasonCancelled)}, true); err != nil {
		t.Fatal(err)
	}
	err := p.Want(t.Context(), models.TransferWant{JobID: job.ID, Kind: models.TransferDownload, TaskToken: []byte("late")})
	if models.ProblemOf(err) != models.ProblemWrongState {
		t.Errorf("a late request: %v", err)
	}
}

func TestAHangingAgentHoldsUpNoOther(t *testing.T) {
	t.Parallel()
	b := setup(t)
	slow, _ := b.agent(1)
	p := b.placer()
	p.Agents = func(a models.Agent) placement.Agent {
		if a.ID == slow.ID {
			return stuck{}
		}
		return dial(a)
	}
	b.run(p)
	first := b.admitted(5)
	b.want(p, first)
	b.eventually(func() string {
		if b.last(first).State != models.AttemptOpen {
			return "not placed yet"
		}
		return ""
	})
	b.agent(1)
	second := b.admitted(5)
	b.want(p, second)
	b.taken(second)
}

// stuck is an agent that answers nothing.
type stuck struct{ placement.Agent }

func (stuck) Start(ctx context.Context, _ string, _ agentapi.StartTransfer) (agentapi.Status, error) {
	<-ctx.Done()
	return agentapi.Status{}, ctx.Err()
}

func TestWhatNobodyWaitsForIsSuperseded(t *testing.T) {
	t.Parallel()
	b := setup(t)
	job, p := b.admitted(5), b.placer()
	p.Pace.Beat = 50 * time.Millisecond
	b.waiters.Refuse(func(string) error { return attempt.ErrNotAwaited })
	b.want(p, job)
	b.run(p)
	b.eventually(func() string {
		if at := b.last(job); at.State != models.AttemptSuperseded {
			return "the attempt is " + string(at.State)
		}
		return ""
	})
}

// The login of an address is opened for the agent alone, and a login that no key
// opens ends the attempt with words for the owner.
func TestTheLoginOfAnAddressReachesTheAgent(t *testing.T) {
	t.Parallel()
	b := setup(t)
	_, agent := b.agent(10)
	specs := make(chan agentapi.StartTransfer, 1)
	agent.OnStart = func(_ string, s agentapi.StartTransfer) { specs <- s }
	p := b.placer()
	p.OpenLogin = func(owner uuid.UUID, sealed string) (*models.Login, error) {
		if owner != b.user.ID || sealed != "sealed" {
			return nil, errors.New("no key opens it")
		}
		return &models.Login{User: "ann", Password: "s3cret"}, nil
	}
	b.run(p)
	submit := func(sealed string) models.Job {
		t.Helper()
		job, _, err := b.store.Jobs.SubmitJob(t.Context(), models.NewJob{
			UserID: b.user.ID, Source: models.Source{Kind: models.SourceURL, URI: "https://example.com/x"}, SealedLogin: sealed,
		})
		storetest.OK(t, err)
		storetest.Must[[]uuid.UUID](t)(b.work.Admission.Admit(t.Context(), 100, 100))
		return b.job(job.ID)
	}
	job := submit("sealed")
	b.want(p, job)
	b.taken(job)
	if s := (<-specs).Source; s.URL != "https://example.com/x" || s.Login == nil || s.Login.User != "ann" || s.Login.Password != "s3cret" {
		t.Errorf("the agent got %+v", s)
	}
	lost := submit("of another key")
	b.want(p, lost)
	b.eventually(func() string {
		if at := b.last(lost); at.State != models.AttemptFailed {
			return "attempt is " + string(at.State)
		}
		return ""
	})
}
