package activities

import (
	"context"
	"time"

	"github.com/google/uuid"
	"go.temporal.io/sdk/activity"

	"longhaul/internal/event"
	"longhaul/models"
)

// TrackStore is what following an agent needs of the database.
type TrackStore interface {
	Agent(ctx context.Context, agentID uuid.UUID) (models.Agent, error)
	ListAgents(ctx context.Context) ([]models.Agent, error)
	OpenAttempts(ctx context.Context, agentID uuid.UUID) ([]models.OpenAttempt, error)
	Job(ctx context.Context, jobID uuid.UUID) (models.Job, error)
	SaveManifest(ctx context.Context, jobID uuid.UUID, m models.Manifest) error
	EndAttempt(ctx context.Context, jobID uuid.UUID, epoch int64, s models.AttemptState, p models.Problem, message string) error
	TouchBeat(ctx context.Context, jobID uuid.UUID, epoch int64) error
	MarkAgentLost(ctx context.Context, agentID uuid.UUID) ([]models.OpenAttempt, error)
	FlushProgress(ctx context.Context, ps []models.Progress) error
}

// Tokens completes activities by task token; a Temporal client does.
type Tokens interface {
	CompleteActivity(ctx context.Context, token []byte, result any, err error) error
	RecordActivityHeartbeat(ctx context.Context, token []byte, details ...any) error
}

// Publisher carries progress to whoever watches.
type Publisher interface {
	Publish(ctx context.Context, msgs ...event.Message) error
}

// Pace is how often a tracker does things. Tests quicken it.
type Pace struct {
	Wait    time.Duration // one long poll of the agent
	Tick    time.Duration // housekeeping; progress of a job is published at most once per tick
	Flush   time.Duration // progress rows; open attempts and the agent's row are read anew
	Resync  time.Duration // a full listing of the agent's transfers
	Grace   time.Duration // an attempt this young may not have reached the agent yet
	Beat    time.Duration // activity heartbeat of each open attempt, by token
	Silence time.Duration // without an answer, and without the agent's own heartbeats, for so long: it is lost
	Unheard time.Duration // it sends heartbeats but cannot be called for so long: it is lost as well
	Soon    time.Duration // a draining agent may finish what ends within this time
	Turn    time.Duration // one activity; the workflow continues as new after it
}

// DefaultPace returns the pace of production.
func DefaultPace() Pace {
	return Pace{
		Wait: 20 * time.Second, Tick: time.Second, Flush: 5 * time.Second, Resync: 30 * time.Second,
		Grace: 10 * time.Second, Beat: 5 * time.Minute, Silence: 15 * time.Second, Unheard: 10 * time.Minute,
		Soon: 2 * time.Minute, Turn: 12 * time.Hour,
	}
}

// Tracker follows agents: it is the only one that asks them how transfers go,
// publishes progress, and completes or fails the activities that wait for
// them. It decides nothing about a job beyond the end of one attempt.
type Tracker struct {
	Store  TrackStore
	Agents func(models.Agent) Agent
	Tokens Tokens
	Events Publisher
	Now    func() time.Time
	Pace   Pace
}

// TrackAgent follows one agent's transfers until its turn is over, the agent
// is removed or the worker stops. Two at once, as after a lost worker, do no
// harm: all that they write is guarded by epochs and tokens.
func (a *Tracker) TrackAgent(ctx context.Context, in TrackInput) (TrackResult, error) {
	res, err := a.track(ctx, in.AgentID)
	return res, border(ctx, err)
}

func (a *Tracker) track(ctx context.Context, agentID uuid.UUID) (TrackResult, error) {
	agent, err := a.Store.Agent(ctx, agentID)
	if models.IsNotFound(err) {
		return TrackResult{Gone: true}, nil
	}
	if err != nil {
		return TrackResult{}, err
	}
	ctx, cancel := context.WithCancel(ctx)
	f := newFollower(a, agent, activity.GetLogger(ctx))
	defer f.work.Wait()
	defer cancel()
	f.work.Go(func() { f.poll(ctx) })
	return f.run(ctx, activity.GetWorkerStopChannel(ctx))
}

// run is the tracker's one loop; it owns all state of the follower.
func (f *follower) run(ctx context.Context, stop <-chan struct{}) (TrackResult, error) {
	tick := time.NewTicker(f.Pace.Tick)
	defer tick.Stop()
	f.reload(ctx)
	for {
		select {
		case <-ctx.Done():
			return TrackResult{}, ctx.Err()
		case <-stop:
			f.flushLast(ctx)
			return TrackResult{}, handover()
		case p := <-f.polls:
			f.hear(ctx, p)
		case s := <-f.settled:
			f.note(s)
		case <-tick.C:
			activity.RecordHeartbeat(ctx, f.report())
			f.housekeep(ctx)
			switch {
			case f.gone:
				return TrackResult{Gone: true}, nil
			case f.moved:
				return TrackResult{}, handover()
			case f.Now().Sub(f.started) > f.Pace.Turn:
				f.flush(ctx)
				return TrackResult{}, nil
			}
		}
	}
}

// housekeep does what is due by time. A fault of the database or the bus is
// logged and met again at the next tick: the tracker itself goes on.
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

// trackReport is the heartbeat detail that operators see in the Temporal UI.
type trackReport struct {
	Agent     string `json:"agent"`
	Transfers int    `json:"transfers"`
	Silent    string `json:"silent,omitempty"` // since when the agent does not answer
	Lost      bool   `json:"lost,omitempty"`
}

func (f *follower) report() trackReport {
	r := trackReport{Agent: f.agent.Name, Transfers: len(f.open), Lost: f.lost}
	if f.failing {
		r.Silent = f.contact.UTC().Format(time.RFC3339)
	}
	return r
}
