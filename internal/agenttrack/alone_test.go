package agenttrack_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/google/uuid"

	"longhaul/agent/agentapi"
	"longhaul/agent/agentapi/agentapitest"
	"longhaul/internal/agenttrack"
	"longhaul/internal/store/storetest"
	"longhaul/models"
)

// silence makes the agent stop responding and sending heartbeats.
func (b *bench) silence(row models.Agent, agent *agentapitest.Agent) {
	b.Helper()
	agent.SetDown(true)
	past := storetest.At(b.store, func() time.Time { return time.Now().UTC().Add(-2 * models.AgentLostAfter) })
	if _, err := past.Agents.AgentHeartbeat(b.Context(), row.ID, 1, models.AgentHeartbeat{}, 4, 0); err != nil {
		b.Fatal(err)
	}
}

// waits waits until the job's owner reads that its transfer waits for the agent,
// or, with none, that it does not.
func (b *bench) waits(job models.Job, agent string) {
	b.Helper()
	b.eventually(func() string {
		m, err := b.store.Progress.ProgressOf(b.Context(), b.user.ID, []uuid.UUID{job.ID})
		var got string
		if why := m[job.ID].Waiting; why.Code == models.ReasonWaitsForAgent {
			got = fmt.Sprint(why.Params["agent"])
		}
		if err != nil || got != agent {
			return fmt.Sprintf("waits for %q, want %q: %+v %v", got, agent, m[job.ID], err)
		}
		return ""
	})
}

// alone runs a transfer on the only agent and makes that agent silent.
func alone(b *bench, pace agenttrack.Pace) (f *following, row models.Agent, agent *agentapitest.Agent, job models.Job) {
	b.Helper()
	row, agent = b.agent(4)
	job = b.placed(models.TransferDownload, 100)
	running(agent, job, agentapi.KindDownload)
	f = b.follow(row, pace)
	b.eventually(func() string {
		if len(f.events.all()) == 0 {
			return "not followed yet"
		}
		return ""
	})
	b.silence(row, agent)
	return f, row, agent, job
}

// The agent has what was fetched, and no other one could take over.
func TestTheOnlyAgentIsWaitedFor(t *testing.T) {
	t.Parallel()
	b := setup(t)
	f, row, agent, job := alone(b, quick())
	b.waits(job, row.Name)
	if got, err := b.store.Agents.Agent(t.Context(), row.ID); err != nil || got.LostAt == nil {
		t.Errorf("agent lost at %v, %v", got.LostAt, err)
	}
	if at := b.lastAttempt(job.ID); at.State != models.AttemptOpen || at.Epoch != job.Epoch {
		t.Fatalf("attempt %d is %s", at.Epoch, at.State)
	}
	agent.SetDown(false)
	b.waits(job, "")
	agent.Finish(job.ID.String())
	if end := f.ended(job); end.Fault != nil || end.Result.Epoch != job.Epoch {
		t.Errorf("ended with %+v", end)
	}
}

func TestAnotherAgentEndsTheWait(t *testing.T) {
	t.Parallel()
	b := setup(t)
	f, row, _, job := alone(b, quick())
	b.waits(job, row.Name)
	b.agent(4)
	f.wantedAgain(job, models.ProblemAgentLost)
}

func TestTheOnlyAgentIsNotWaitedForEndlessly(t *testing.T) {
	t.Parallel()
	b := setup(t)
	pace := quick()
	pace.Alone = time.Second
	f, _, _, job := alone(b, pace)
	f.wantedAgain(job, models.ProblemAgentLost)
}

func TestAJobThatMayGoElsewhereIsNotKeptWaiting(t *testing.T) {
	t.Parallel()
	b := setup(t)
	f, _, _, job := alone(b, quick())
	storetest.Exec(t, `update job_attempts set elsewhere = true where job_id = $1`, job.ID)
	f.wantedAgain(job, models.ProblemAgentLost)
}

// A draining agent that can't be asked to store what it has is left after a while.
func TestADrainingAgentThatDoesNotAnswerIsLeft(t *testing.T) {
	t.Parallel()
	b := setup(t)
	row, agent := b.agent(4)
	job := b.placed(models.TransferDownload, 1<<30)
	agent.Add(agentapi.Status{
		JobID: job.ID.String(), Epoch: job.Epoch, Kind: agentapi.KindDownload, Phase: agentapi.PhaseDownloading,
		BytesTotal: 1 << 30, BytesDone: 1, DownRate: 1,
	})
	b.agent(4)
	pace := quick()
	pace.Soon = 100 * time.Millisecond
	f := b.follow(row, pace)
	b.eventually(func() string {
		if len(f.events.all()) == 0 {
			return "not followed yet"
		}
		return ""
	})
	agent.SetDown(true) // its heartbeats continue
	if err := b.store.Agents.SetAgentState(t.Context(), models.Actor{Kind: models.ActorConsole}, row.ID, models.AgentDraining); err != nil {
		t.Fatal(err)
	}
	f.wantedAgain(job, models.ProblemDrained)
}
