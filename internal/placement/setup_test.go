package placement_test

import (
	"context"
	"log/slog"
	"net/http"
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"

	"longhaul/agent/agentapi"
	"longhaul/agent/agentapi/agentapitest"
	"longhaul/internal/app/plug"
	"longhaul/internal/attempt"
	"longhaul/internal/attempt/attempttest"
	"longhaul/internal/placement"
	"longhaul/internal/store"
	"longhaul/internal/store/storetest"
	"longhaul/models"
)

// bench is a real store with one user, and agents over the real wire.
type bench struct {
	*testing.T
	store    *store.Store
	work     store.Worker
	user     models.User
	waiters  *attempttest.Waiters
	requests *requests
}

func setup(t *testing.T) *bench {
	t.Helper()
	s := storetest.New(t)
	return &bench{T: t, store: s, work: s.Worker(), user: storetest.User(t, s), waiters: attempttest.New(), requests: &requests{}}
}

// agent adds an agent of the capacity that is alive.
func (b *bench) agent(capacity int) (models.Agent, *agentapitest.Agent) {
	b.Helper()
	a := agentapitest.NewAgent(b.T)
	return storetest.AgentAt(b.T, b.store, a.URL, capacity), a
}

// admitted adds a job that holds a slot.
func (b *bench) admitted(sizes ...int64) models.Job {
	b.Helper()
	var m *models.Manifest
	if len(sizes) > 0 {
		known := storetest.Manifest(sizes...)
		m = &known
	}
	job := storetest.Submit(b.T, b.store, b.user.ID, m)
	if err := b.work.Transfers.WantTransfer(b.Context(), models.TransferWant{JobID: job.ID, Kind: models.TransferDownload, TaskToken: []byte("slot")}); err != nil {
		b.Fatal(err)
	}
	if err := b.work.Transfers.EndAttempt(b.Context(), job.ID, 1, models.AttemptSuperseded, models.Reason{}); err != nil {
		b.Fatal(err)
	}
	return b.job(job.ID)
}

func (b *bench) placer() *placement.Placer {
	pace := placement.DefaultPace()
	pace.Tick, pace.Search = 20*time.Millisecond, 20*time.Millisecond
	pace.Retry, pace.RetryAt = 50*time.Millisecond, 50*time.Millisecond
	return &placement.Placer{
		Store: plug.Placement(b.work), Agents: func(a models.Agent) placement.Agent { return dial(a) }, Desk: attempt.NewDesk(plug.Attempts(b.work), b.waiters),
		Requests: b.requests, Now: time.Now, Log: slog.New(slog.DiscardHandler), Pace: pace,
		MaxJobBytes: 1 << 30, ResolveTimeout: 5 * time.Minute, StallTimeout: 30 * time.Minute, FailoverAfter: time.Hour,
	}
}

func dial(a models.Agent) *agentapi.Client {
	return agentapi.NewClient(a.URL, http.DefaultClient, "secret")
}

// run runs the placer until the returned function is called.
func (b *bench) run(p *placement.Placer) (stop func()) {
	ctx, cancel := context.WithCancel(context.WithoutCancel(b.Context()))
	done := make(chan error, 1)
	go func() { done <- p.Run(ctx, nil) }()
	stop = sync.OnceFunc(func() { cancel(); <-done })
	b.Cleanup(stop)
	return stop
}

// later is the database for a worker that starts when what a dead one was given
// is due again.
func (b *bench) later() placement.Store {
	later := storetest.At(b.store, func() time.Time { return time.Now().UTC().Add(placement.DefaultPace().Leave) })
	return plug.Placement(later.Worker())
}

// want asks for a download of the job.
func (b *bench) want(p *placement.Placer, job models.Job) {
	b.Helper()
	err := p.Want(b.Context(), models.TransferWant{JobID: job.ID, Kind: models.TransferDownload, TaskToken: storetest.Token(job.ID)})
	if err != nil {
		b.Fatal(err)
	}
}

func (b *bench) job(id uuid.UUID) models.Job {
	b.Helper()
	return storetest.Must[models.Job](b.T)(b.work.Jobs.Job(b.Context(), id))
}

func (b *bench) last(job models.Job) models.Attempt {
	b.Helper()
	return storetest.LastAttempt(b.T, b.store, job.ID)
}

// taken waits until an agent has the job's transfer and returns the attempt.
func (b *bench) taken(job models.Job) models.Attempt {
	b.Helper()
	b.eventually(func() string {
		if at := b.last(job); at.State != models.AttemptOpen || at.DueAt != nil {
			return "the attempt is " + string(at.State)
		}
		return ""
	})
	return b.last(job)
}

func (b *bench) told(job models.Job) attempttest.End { return b.waiters.Of(storetest.Token(job.ID)) }

func (b *bench) eventually(check func() string) {
	b.Helper()
	storetest.Eventually(b.T, time.Minute, check)
}

// requests are those that the test made up.
type requests struct {
	mu       sync.Mutex
	open     map[uuid.UUID]placement.Request
	repeated []placement.Request
}

func (r *requests) add(q placement.Request) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.open == nil {
		r.open = map[uuid.UUID]placement.Request{}
	}
	r.open[q.JobID] = q
}

func (r *requests) Open(_ context.Context, jobID uuid.UUID) (placement.Request, bool, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	q, ok := r.open[jobID]
	return q, ok, nil
}

func (r *requests) Repeat(_ context.Context, q placement.Request) error {
	r.mu.Lock()
	defer r.mu.Unlock()
	delete(r.open, q.JobID)
	r.repeated = append(r.repeated, q)
	return nil
}

func (r *requests) all() []placement.Request {
	r.mu.Lock()
	defer r.mu.Unlock()
	return append([]placement.Request(nil), r.repeated...)
}
