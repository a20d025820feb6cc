// Package agenttrack follows the transfers of one agent: it asks how they go,
// publishes progress and ends their attempts. It places none and decides nothing
// about a job beyond the end of one attempt.
package agenttrack

import (
	"context"
	"errors"
	"log/slog"
	"time"

	"github.com/google/uuid"

	"longhaul/agent/agentapi"
	"longhaul/internal/attempt"
	"longhaul/internal/event"
	"longhaul/models"
)

// Ends of following an agent that are not faults.
var (
	ErrGone     = errors.New("the agent is no longer registered")
	ErrHandOver = errors.New("another worker takes over this agent")
)

// Store is what following an agent needs of the database.
type Store interface {
	Agent(ctx context.Context, agentID uuid.UUID) (models.Agent, error)
	ListAgents(ctx context.Context) ([]models.Agent, error)
	OpenAttempts(ctx context.Context, agentID uuid.UUID) ([]models.OpenAttempt, error)
	WantedAttempts(ctx context.Context, p models.Provider) (int, error)
	Job(ctx context.Context, jobID uuid.UUID) (models.Job, error)
	SaveManifest(ctx context.Context, jobID uuid.UUID, m models.Manifest) error
	MarkAgentLost(ctx context.Context, agentID uuid.UUID) ([]models.OpenAttempt, error)
	FlushProgress(ctx context.Context, ps []models.Progress) error
}

// Agent is the control plane's side of one agent; agentapi.Client is one.
type Agent interface {
	Stop(ctx context.Context, jobID string, s agentapi.Stop) error
	Delete(ctx context.Context, jobID string, epoch int64) error
	Manifest(ctx context.Context, jobID string) (agentapi.Manifest, error)
	Changes(ctx context.Context, since int64, wait time.Duration) (agentapi.Changes, error)
}

// Publisher carries progress to watchers.
type Publisher interface {
	Publish(ctx context.Context, msgs ...event.Message) error
}

// Pace is how often a tracker does things. Tests quicken it.
type Pace struct {
	Wait    time.Duration // one long poll of the agent
	Tick    time.Duration // housekeeping; progress of a job is published at most once per tick
	Flush   time.Duration // write progress rows; reload open attempts and the agent's row
	Resync  time.Duration // a full listing of the agent's transfers
	Grace   time.Duration // an attempt this young may not have reached the agent yet
	Tidy    time.Duration // a transfer without an attempt is looked at, and removed once its job has ended
	Beat    time.Duration // activity heartbeat of each open attempt, by token
	Silence time.Duration // without an answer, and without the agent's own heartbeats, for so long: it is lost
	Unheard time.Duration // it sends heartbeats but cannot be called for so long: it is lost as well
	Alone   time.Duration // its transfers wait so long for a lost agent while no other is alive
	Soon    time.Duration // a draining agent may finish what ends within this time
	Turn    time.Duration // one activity; the workflow continues as new after it
}

// DefaultPace returns the pace of production.
func DefaultPace() Pace {
	return Pace{
		Wait: 20 * time.Second, Tick: time.Second, Flush: 5 * time.Second, Resync: 30 * time.Second,
		Grace: 10 * time.Second, Tidy: 10 * time.Second, Beat: 5 * time.Minute, Silence: 15 * time.Second, Unheard: 10 * time.Minute,
		Alone: 30 * time.Minute, Soon: 2 * time.Minute, Turn: 12 * time.Hour,
	}
}

// Tracker follows agents. It is the only one that asks them how transfers go.
type Tracker struct {
	Store  Store
	Agents func(models.Agent) Agent
	Desk   *attempt.Desk
	Events Publisher
	Now    func() time.Time
	Log    *slog.Logger
	Pace   Pace
}

// Follow follows one agent's transfers until its turn is over, stop is closed
// or the agent is gone. It reports its status at every tick. Two at once, as
// after a lost worker, are harmless: epochs and tokens guard everything they
// write.
func (t *Tracker) Follow(ctx context.Context, agentID uuid.UUID, stop <-chan struct{}, report func(Report)) error {
	agent, err := t.Store.Agent(ctx, agentID)
	if models.IsNotFound(err) {
		return ErrGone
	}
	if err != nil {
		return err
	}
	ctx, cancel := context.WithCancel(ctx)
	f := newFollower(t, agent)
	defer f.work.Wait()
	defer cancel()
	f.work.Go(func() { f.poll(ctx) })
	return f.run(ctx, stop, report)
}

// run is the tracker's one loop; it owns all state of the follower.
func (f *follower) run(ctx context.Context, stop <-chan struct{}, report func(Report)) error {
	tick := time.NewTicker(f.Pace.Tick)
	defer tick.Stop()
	f.reload(ctx)
	for {
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-stop:
			f.flushLast(ctx)
			return ErrHandOver
		case p := <-f.polls:
			f.hear(ctx, p)
		case s := <-f.settled:
			f.note(ctx, s)
		case <-tick.C:
			report(f.report())
			f.housekeep(ctx)
			switch {
			case f.gone:
				return ErrGone
			case f.moved:
				return ErrHandOver
			case f.Now().Sub(f.started) > f.Pace.Turn:
				f.flush(ctx)
				return nil
			}
		}
	}
}

// housekeep does what is due by time. A fault of the database or the bus is
// logged and met again at the next tick: the tracker itself continues.
func (f *follower) housekeep(ctx context.Context) {
	now := f.Now()
	if now.Sub(f.flushed) >= f.Pace.Flush {
		f.flushed = now
		f.flush(ctx)
		f.reload(ctx)
		f.drain(ctx)
	}
	f.publish(ctx)
	f.retrySettling(ctx)
	f.beat(ctx)
	f.tidy(ctx)
	if f.silent(now) {
		f.lose(ctx)
	}
}

// Report is the status of following an agent, for operators.
type Report struct {
	Agent     string `json:"agent"`
	Transfers int    `json:"transfers"`
	Silent    string `json:"silent,omitempty"` // since when the agent does not answer
	Lost      bool   `json:"lost,omitempty"`
}

func (f *follower) report() Report {
	r := Report{Agent: f.agent.Name, Transfers: len(f.open), Lost: f.lost}
	if f.failing {
		r.Silent = f.contact.UTC().Format(time.RFC3339)
	}
	return r
}
