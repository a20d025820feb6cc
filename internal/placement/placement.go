// Package placement gives the transfers that workflows request to providers: it
// chooses a place, calls the agent until the agent has the transfer, and finds
// requests that a dying worker lost. It does not follow transfers; the trackers
// do.
//
// Attempt rows record what is wanted, chosen and accepted, so any worker can
// continue where another one died.
package placement

import (
	"context"
	"log/slog"
	"sync"
	"time"

	"github.com/google/uuid"
	"golang.org/x/sync/errgroup"

	"longhaul/agent/agentapi"
	"longhaul/internal/attempt"
	"longhaul/internal/wait"
	"longhaul/models"
)

// Store is what placement needs of the database.
type Store interface {
	Source(ctx context.Context, jobID uuid.UUID) (models.Source, error)
	Agent(ctx context.Context, agentID uuid.UUID) (models.Agent, error)
	Attempts(ctx context.Context, jobID uuid.UUID) ([]models.Attempt, error)
	Transition(ctx context.Context, jobID uuid.UUID, c models.JobChange) (models.Job, error)
	WantTransfer(ctx context.Context, want models.TransferWant) error
	DueAttempts(ctx context.Context, limit int, leave time.Duration) ([]models.Attempt, error)
	Place(ctx context.Context, jobID uuid.UUID, epoch int64, leave time.Duration) (models.Placement, error)
	Taken(ctx context.Context, jobID uuid.UUID, epoch int64) error
	Held(ctx context.Context, jobID uuid.UUID, epoch int64, due time.Time) (bool, error)
	Wait(ctx context.Context, jobID uuid.UUID, epoch int64, pause time.Duration, why models.JobChange) error
	EndAttempt(ctx context.Context, jobID uuid.UUID, epoch int64, s models.AttemptState, why models.Reason) error
	BeatsDue(ctx context.Context, before time.Time, limit int) ([]models.Attempt, error)
	UnaskedJobs(ctx context.Context, before time.Time, limit int) ([]models.Job, error)
}

// Agent is the control plane's side of one agent; agentapi.Client is one.
type Agent interface {
	Start(ctx context.Context, jobID string, s agentapi.StartTransfer) (agentapi.Status, error)
	Stop(ctx context.Context, jobID string, s agentapi.Stop) error
	Delete(ctx context.Context, jobID string, epoch int64) error
}

// Pace is how often placement does things. Tests quicken it.
type Pace struct {
	Tick    time.Duration // due attempts are looked for, should no news come
	Leave   time.Duration // an attempt that a worker took and did not get done is due again
	Beat    time.Duration // activity heartbeat of each wanted attempt, by token
	Search  time.Duration // lost requests are looked for
	Lost    time.Duration // a request without a row for so long is lost
	Retry   time.Duration // a wanted attempt looks for a place again; grows with its tries …
	RetryAt time.Duration // … up to this
}

// DefaultPace returns the pace of production. A call to an agent may take 20 s,
// and asking for a transfer askLimit: both have to be over before another worker
// does the same.
func DefaultPace() Pace {
	return Pace{
		Tick: time.Second, Leave: 25 * time.Second, Beat: 5 * time.Minute, Search: 5 * time.Second, Lost: time.Minute,
		Retry: 3 * time.Second, RetryAt: 30 * time.Second,
	}
}

const (
	width      = 50 // attempts that a worker places at once; one agent that hangs may hold some
	beatsAt    = 10 * time.Second
	beatsBatch = 200
	errorPause = time.Second
)

// Placer places transfers.
type Placer struct {
	Store    Store
	Agents   func(models.Agent) Agent
	Desk     *attempt.Desk
	Requests Requests
	Now      func() time.Time
	Log      *slog.Logger
	Pace     Pace
	Counted  func(Outcome) // called for everything that was done; may be nil
	// OpenLogin opens the login of an address that was sealed for its owner.
	OpenLogin func(owner uuid.UUID, sealed string) (*models.Login, error)

	MaxJobBytes    int64         // 0 means no limit
	ResolveTimeout time.Duration // no metadata for so long is a fault
	StallTimeout   time.Duration // no verified byte for so long is a fault
	FailoverAfter  time.Duration // a transfer without a place for so long goes to another provider if it may
}

// Outcome is what placement did with an attempt.
type Outcome string

// The outcomes, for metrics.
const (
	OutcomePlaced    Outcome = "placed"
	OutcomeWaits     Outcome = "waits"     // there is no place for it
	OutcomeRefused   Outcome = "refused"   // the agent did not take it
	OutcomeGaveUp    Outcome = "gave_up"   // it found no place for too long
	OutcomeRecovered Outcome = "recovered" // a lost request was asked for again
)

// Run places transfers until ctx ends. News wake it, and so does a timer.
func (p *Placer) Run(ctx context.Context, news <-chan struct{}) error {
	g, ctx := errgroup.WithContext(ctx)
	g.Go(func() error { p.placeAll(ctx, news); return nil })
	g.Go(func() error { p.every(ctx, min(beatsAt, p.Pace.Beat), p.beat); return nil })
	g.Go(func() error { p.every(ctx, p.Pace.Search, p.findLost); return nil })
	return g.Wait()
}

func (p *Placer) every(ctx context.Context, d time.Duration, do func(context.Context)) {
	for wait.For(ctx, wait.Spread(d)) == nil {
		do(ctx)
	}
}

// placeAll takes due attempts and places each in a goroutine of its own, so that
// an agent that hangs holds up no other.
func (p *Placer) placeAll(ctx context.Context, news <-chan struct{}) {
	var work sync.WaitGroup
	defer work.Wait()
	slots, freed := make(chan struct{}, width), make(chan struct{}, 1)
	tick := time.NewTicker(p.Pace.Tick)
	defer tick.Stop()
	for ctx.Err() == nil {
		free := width - len(slots)
		due := p.due(ctx, free)
		for _, at := range due {
			slots <- struct{}{}
			work.Go(func() {
				p.place(ctx, at)
				<-slots
				select {
				case freed <- struct{}{}:
				default:
				}
			})
		}
		if free > 0 && len(due) == free {
			continue // there may be more
		}
		select {
		case <-ctx.Done():
		case <-news:
		case <-freed:
		case <-tick.C:
		}
	}
}

func (p *Placer) due(ctx context.Context, limit int) []models.Attempt {
	if limit == 0 {
		return nil
	}
	due, err := p.Store.DueAttempts(ctx, limit, p.Pace.Leave)
	if err != nil && ctx.Err() == nil {
		p.Log.WarnContext(ctx, "could not read wanted transfers", "error", err)
		_ = wait.For(ctx, errorPause) // the loop looks at ctx
	}
	return due
}

// beat sends the activity heartbeats of wanted attempts that are due. They bring
// news of activities that the workflow has given up.
func (p *Placer) beat(ctx context.Context) {
	due, err := p.Store.BeatsDue(ctx, p.Now().Add(-p.Pace.Beat), beatsBatch)
	if err != nil && ctx.Err() == nil {
		p.Log.WarnContext(ctx, "could not read wanted transfers for heartbeats", "error", err)
	}
	for _, at := range due {
		err := p.Desk.Beat(ctx, at, map[string]any{"provider": at.Provider, "waits_since": at.WantedAt})
		if err != nil && ctx.Err() == nil {
			p.Log.WarnContext(ctx, "could not send activity heartbeat", "job_id", at.JobID, "error", err)
		}
	}
}

func (p *Placer) count(o Outcome) {
	if p.Counted != nil {
		p.Counted(o)
	}
}
