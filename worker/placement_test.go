package worker_test

import (
	"context"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/uuid"
	historypb "go.temporal.io/api/history/v1"

	"longhaul/agent/agentapi"
	"longhaul/agent/agentapi/agentapitest"
	"longhaul/internal/placement"
	"longhaul/models"
)

// deathbed is a point at which a worker dies once while it places a transfer.
type deathbed struct {
	placement.Store
	died    atomic.Bool
	reached chan struct{} // closed when it is there
	over    chan struct{} // closed by the test: the dead worker's work may end
}

func newDeathbed() *deathbed {
	return &deathbed{reached: make(chan struct{}), over: make(chan struct{})}
}

// die reports whether the worker dies here, and stays until it is gone.
func (d *deathbed) die(ctx context.Context) bool {
	if !d.died.CompareAndSwap(false, true) {
		return false
	}
	close(d.reached)
	select {
	case <-ctx.Done():
	case <-d.over:
	}
	return true
}

// unwritten dies with a request before it is written down: the activity was
// started and is never answered.
type unwritten struct{ *deathbed }

func (s unwritten) WantTransfer(ctx context.Context, want models.TransferWant) error {
	if s.died.CompareAndSwap(false, true) {
		return nil // pending, as Temporal has it of a worker that is gone
	}
	return s.Store.WantTransfer(ctx, want)
}

// unanswered dies when the request is written down and Temporal has no answer.
type unanswered struct{ *deathbed }

func (s unanswered) WantTransfer(ctx context.Context, want models.TransferWant) error {
	err := s.Store.WantTransfer(ctx, want)
	s.die(ctx)
	return err
}

// unnoted dies when the agent has the transfer and the row does not say so.
type unnoted struct{ *deathbed }

func (s unnoted) Taken(ctx context.Context, jobID uuid.UUID, epoch int64) error {
	if s.die(ctx) {
		return ctx.Err()
	}
	return s.Store.Taken(ctx, jobID, epoch)
}

// uncalled dies when an agent is chosen and was not called.
type uncalled struct {
	placement.Agent
	*deathbed
}

func (a uncalled) Start(ctx context.Context, jobID string, s agentapi.StartTransfer) (agentapi.Status, error) {
	if a.die(ctx) {
		return agentapi.Status{}, ctx.Err()
	}
	return a.Agent.Start(ctx, jobID, s)
}

// asked returns how often workers were asked to run the job's transfers.
func asked(runs []*historypb.History) (tries int32) {
	for _, h := range runs {
		for _, e := range h.Events {
			tries = max(tries, e.GetActivityTaskStartedEventAttributes().GetAttempt())
		}
	}
	return tries
}

func TestAWorkerDiesBeforeTheRequestIsWritten(t *testing.T) {
	d := newDeathbed()
	s := newSystem(t, options{placing: func(p *placement.Placer) {
		d.Store, p.Store = p.Store, unwritten{d}
		p.Pace.Search, p.Pace.Lost = 200*time.Millisecond, time.Second
	}})
	s.agent(s.works)
	job := s.known()
	if got := s.until(job.ID, models.StateReady); got.Epoch != 1 {
		t.Errorf("it took %d attempts", got.Epoch)
	}
	s.delivered(job.ID)
	if tries := asked(s.closed(job.ID, completed)); tries != 2 {
		t.Errorf("a worker was asked %d times, want twice", tries)
	}
}

func TestAWorkerDiesBeforeItAnswersForTheRequest(t *testing.T) {
	d := newDeathbed()
	s := newSystem(t, options{placing: func(p *placement.Placer) { d.Store, p.Store = p.Store, unanswered{d} }})
	defer close(d.over)
	s.agent(s.works)
	job := s.known()
	if got := s.until(job.ID, models.StateReady); got.Epoch != 1 {
		t.Errorf("it took %d attempts", got.Epoch)
	}
	if tries := asked(s.closed(job.ID, completed)); tries != 1 {
		t.Errorf("a worker was asked %d times, want once", tries)
	}
}

func TestAWorkerDiesBeforeItCallsTheAgent(t *testing.T) {
	d := newDeathbed()
	s := newSystem(t, options{placing: func(p *placement.Placer) {
		agents := p.Agents
		p.Agents = func(a models.Agent) placement.Agent { return uncalled{agents(a), d} }
		p.Pace.Leave = time.Second
	}})
	_, agent := s.agent(s.works)
	job := s.known()
	<-d.reached
	s.restart()
	if got := s.until(job.ID, models.StateReady); got.Epoch != 1 || starts(agent) != 1 {
		t.Errorf("it took %d attempts and %d calls", got.Epoch, starts(agent))
	}
	s.closed(job.ID, completed)
}

func TestAWorkerDiesBeforeItNotesThatTheAgentHasIt(t *testing.T) {
	d := newDeathbed()
	s := newSystem(t, options{placing: func(p *placement.Placer) {
		d.Store, p.Store = p.Store, unnoted{d}
		p.Pace.Leave = time.Second
	}})
	start := make(chan struct{})
	_, agent := s.agent(s.downloading(func(a *agentapitest.Agent, id string) {
		go func() { <-start; s.stored(id); a.Finish(id) }()
	}))
	job := s.known()
	<-d.reached
	s.restart()
	s.eventually(func() string {
		if starts(agent) < 2 {
			return "the agent was not called again"
		}
		return ""
	})
	close(start)
	if got := s.until(job.ID, models.StateReady); got.Epoch != 1 {
		t.Errorf("it took %d attempts", got.Epoch)
	}
	s.closed(job.ID, completed)
}

func starts(a *agentapitest.Agent) (n int) {
	for _, c := range a.Calls() {
		if c.Act == "start" {
			n++
		}
	}
	return n
}
