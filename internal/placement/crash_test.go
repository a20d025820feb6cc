package placement_test

import (
	"context"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/uuid"

	"longhaul/agent/agentapi"
	"longhaul/internal/placement"
	"longhaul/models"
)

// deaf is an agent whose worker dies before the call leaves, once.
type deaf struct {
	placement.Agent
	died *atomic.Bool
}

func (a deaf) Start(ctx context.Context, jobID string, s agentapi.StartTransfer) (agentapi.Status, error) {
	if a.died.CompareAndSwap(false, true) {
		<-ctx.Done()
		return agentapi.Status{}, ctx.Err()
	}
	return a.Agent.Start(ctx, jobID, s)
}

// forgetful loses once that the agent took a transfer, as does a worker that dies
// before it could write that down.
type forgetful struct {
	placement.Store
	died atomic.Bool
}

func (s *forgetful) Taken(ctx context.Context, jobID uuid.UUID, epoch int64) error {
	if s.died.CompareAndSwap(false, true) {
		<-ctx.Done()
		return ctx.Err()
	}
	return s.Store.Taken(ctx, jobID, epoch)
}

// A worker dies between the choice of an agent and the call to it: the next one
// calls the same agent with the same epoch.
func TestDeathBetweenChoiceAndCall(t *testing.T) {
	t.Parallel()
	b := setup(t)
	row, agent := b.agent(2)
	job, p, died := b.admitted(5), b.placer(), &atomic.Bool{}
	p.Agents = func(a models.Agent) placement.Agent { return deaf{dial(a), died} }
	stop := b.run(p)
	b.want(p, job)
	b.eventually(func() string {
		if !died.Load() {
			return "no agent was chosen"
		}
		return ""
	})
	stop()
	if at := b.last(job); at.State != models.AttemptOpen || at.DueAt == nil || len(agent.Calls()) != 0 {
		t.Fatalf("the dead worker left %+v and %d calls", at, len(agent.Calls()))
	}
	p.Store = b.later()
	b.run(p)
	if at := b.taken(job); at.Epoch != 2 || *at.AgentID != row.ID || len(agent.Calls()) != 1 {
		t.Errorf("attempt %d on %s, %d calls", at.Epoch, at.AgentID, len(agent.Calls()))
	}
}

// A worker dies after the agent took the transfer and before that is written: the
// next one calls again, and the agent has it only once.
func TestDeathBetweenCallAndRow(t *testing.T) {
	t.Parallel()
	b := setup(t)
	_, agent := b.agent(2)
	job, p := b.admitted(5), b.placer()
	store := &forgetful{Store: p.Store}
	p.Store = store
	stop := b.run(p)
	b.want(p, job)
	b.eventually(func() string {
		if !store.died.Load() {
			return "no agent took it"
		}
		return ""
	})
	stop()
	store.Store = b.later()
	b.run(p)
	at := b.taken(job)
	if calls := agent.Calls(); at.Epoch != 2 || len(calls) != 2 || calls[0] != calls[1] {
		t.Errorf("attempt %d, calls %v", at.Epoch, calls)
	}
}

// A worker dies before it writes a request down: the request is repeated once
// it is old enough and still unwritten.
func TestALostRequestIsRepeated(t *testing.T) {
	t.Parallel()
	b := setup(t)
	p := b.placer()
	lost, young, written := b.admitted(5), b.admitted(5), b.admitted(5)
	b.want(p, written)
	old := time.Now().Add(-time.Minute)
	p.Now = func() time.Time { return time.Now().Add(2 * p.Pace.Lost) }
	b.requests.add(placement.Request{JobID: lost.ID, ID: "7", Try: 1, StartedAt: old})
	b.requests.add(placement.Request{JobID: young.ID, ID: "8", Try: 1, StartedAt: time.Now().Add(time.Hour)})
	b.requests.add(placement.Request{JobID: written.ID, ID: "9", Try: 1, StartedAt: old})
	counted := make(chan placement.Outcome, 100)
	p.Counted = func(o placement.Outcome) { counted <- o }
	b.run(p)
	for o := range counted {
		if o == placement.OutcomeRecovered {
			break
		}
	}
	if all := b.requests.all(); len(all) != 1 || all[0].JobID != lost.ID || all[0].ID != "7" {
		t.Errorf("repeated %+v", all)
	}
}

// elsewhere is the database of a worker whose turn with an attempt is over:
// another one has made the call again meanwhile.
type elsewhere struct {
	placement.Store
	asked chan int64 // epochs
}

func (s elsewhere) Held(ctx context.Context, _ uuid.UUID, epoch int64, _ time.Time) (bool, error) {
	select {
	case s.asked <- epoch:
	case <-ctx.Done():
	}
	return false, nil
}

// A call fails whose turn is over: what another worker has made of the attempt
// meanwhile stays.
func TestALateRefusalEndsNothing(t *testing.T) {
	t.Parallel()
	b := setup(t)
	_, agent := b.agent(2)
	agent.SetDown(true)
	job, p := b.admitted(5), b.placer()
	asked := make(chan int64)
	p.Store = elsewhere{p.Store, asked}
	p.Pace.Leave = 50 * time.Millisecond // the same attempt is called for again and again
	stop := b.run(p)
	b.want(p, job)
	for range 4 {
		if epoch := <-asked; epoch != 2 {
			t.Fatalf("attempt %d has taken its place", epoch)
		}
	}
	stop()
	if at := b.last(job); at.State != models.AttemptOpen || at.Epoch != 2 {
		t.Errorf("the last attempt is number %d, %s, %s", at.Epoch, at.State, at.Problem)
	}
}

// More transfers are placed, one after another, than a worker places at once.
func TestPlacesOfAWorkerAreUsedAgain(t *testing.T) {
	t.Parallel()
	b := setup(t)
	b.agent(100)
	p := b.placer()
	b.run(p)
	var jobs []models.Job
	for range 55 {
		job := b.admitted(5)
		b.want(p, job)
		jobs = append(jobs, job)
	}
	for _, job := range jobs {
		b.taken(job)
	}
}
