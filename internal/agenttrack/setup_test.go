package agenttrack_test

import (
	"context"
	"fmt"
	"log/slog"
	"net/http"
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"

	"longhaul/agent/agentapi"
	"longhaul/agent/agentapi/agentapitest"
	"longhaul/internal/agenttrack"
	"longhaul/internal/app/plug"
	"longhaul/internal/attempt"
	"longhaul/internal/attempt/attempttest"
	"longhaul/internal/event"
	"longhaul/internal/store"
	"longhaul/internal/store/storetest"
	"longhaul/models"
)

// bench is a real store with one user, and agents over the real wire.
type bench struct {
	*testing.T
	store   *store.Store
	work    store.Worker
	user    models.User
	waiters *attempttest.Waiters
	events  *listener
}

func setup(t *testing.T) *bench {
	t.Helper()
	s := storetest.New(t)
	return &bench{T: t, store: s, work: s.Worker(), user: storetest.User(t, s), waiters: attempttest.New(), events: &listener{}}
}

// agent adds an agent of the capacity that is alive.
func (b *bench) agent(capacity int) (models.Agent, *agentapitest.Agent) {
	b.Helper()
	a := agentapitest.NewAgent(b.T)
	return storetest.AgentAt(b.T, b.store, a.URL, capacity), a
}

func (b *bench) admitted(sizes ...int64) models.Job {
	b.Helper()
	return storetest.Admitted(b.T, b.store, b.user.ID, sizes...)
}

func (b *bench) placed(kind models.TransferKind, sizes ...int64) models.Job {
	b.Helper()
	return storetest.Placed(b.T, b.store, b.user.ID, kind, sizes...)
}

func (b *bench) job(id uuid.UUID) models.Job {
	b.Helper()
	return storetest.Must[models.Job](b.T)(b.work.Jobs.Job(b.Context(), id))
}

func (b *bench) lastAttempt(id uuid.UUID) models.Attempt {
	b.Helper()
	return storetest.LastAttempt(b.T, b.store, id)
}

func (b *bench) eventually(check func() string) {
	b.Helper()
	storetest.Eventually(b.T, time.Minute, check)
}

func (b *bench) tracker(pace agenttrack.Pace) *agenttrack.Tracker {
	return &agenttrack.Tracker{
		Store: plug.AgentTracker(b.work), Agents: func(a models.Agent) agenttrack.Agent { return dial(a) }, Desk: attempt.NewDesk(plug.Attempts(b.work), b.waiters),
		Events: b.events, Now: time.Now, Log: slog.New(slog.DiscardHandler), Pace: pace,
	}
}

func dial(a models.Agent) *agentapi.Client {
	return agentapi.NewClient(a.URL, http.DefaultClient, "secret")
}

// following is a tracker that runs until it is stopped.
type following struct {
	*bench
	stop func() error
}

func (b *bench) follow(agent models.Agent, pace agenttrack.Pace) *following {
	b.Helper()
	return b.run(b.tracker(pace), agent)
}

func (b *bench) run(t *agenttrack.Tracker, agent models.Agent) *following {
	b.Helper()
	stop, done := make(chan struct{}), make(chan error, 1)
	go func() {
		done <- t.Follow(context.WithoutCancel(b.Context()), agent.ID, stop, func(agenttrack.Report) {})
	}()
	f := &following{bench: b, stop: sync.OnceValue(func() error { close(stop); return <-done })}
	b.Cleanup(func() { _ = f.stop() })
	return f
}

// told returns what the waiter of the job was told so far.
func (f *following) told(job models.Job) attempttest.End {
	return f.waiters.Of(storetest.Token(job.ID))
}

// ended waits until the waiter of the job was answered.
func (f *following) ended(job models.Job) attempttest.End {
	f.Helper()
	f.eventually(func() string {
		if !f.told(job).Told {
			return fmt.Sprintf("the waiter of %s was not answered", job.ID)
		}
		return ""
	})
	return f.told(job)
}

// wantedAgain waits until the job's first attempt has failed with the problem and
// another one has taken its place, of which the waiter knows nothing.
func (f *following) wantedAgain(job models.Job, p models.Problem) {
	f.Helper()
	f.eventually(func() string {
		if at := f.lastAttempt(job.ID); at.State != models.AttemptWanted || at.Epoch != 2 || string(at.TaskToken) != string(storetest.Token(job.ID)) {
			return fmt.Sprintf("the last attempt is number %d, %s", at.Epoch, at.State)
		}
		return ""
	})
	all, err := f.work.Attempts.Attempts(f.Context(), job.ID)
	if err != nil || all[0].State != models.AttemptFailed || all[0].Problem != p {
		f.Errorf("the first attempt is %s with %q, %v", all[0].State, all[0].Problem, err)
	}
	if f.told(job).Told {
		f.Error("the waiter heard of it")
	}
}

// placeDue gives every wanted attempt that is due a place.
func (b *bench) placeDue() {
	b.Helper()
	due, err := b.work.Attempts.DueAttempts(b.Context(), 100, time.Second)
	if err != nil {
		b.Fatal(err)
	}
	for _, at := range due {
		if _, err := b.work.Transfers.Place(b.Context(), at.JobID, at.Epoch, time.Minute); err == nil {
			err = b.work.Attempts.Taken(b.Context(), at.JobID, at.Epoch)
			if err != nil {
				b.Fatal(err)
			}
		}
	}
}

// listener collects what is published.
type listener struct {
	mu   sync.Mutex
	msgs []event.Message
}

// Publish collects.
func (l *listener) Publish(_ context.Context, msgs ...event.Message) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.msgs = append(l.msgs, msgs...)
	return nil
}

func (l *listener) all() []event.Message {
	l.mu.Lock()
	defer l.mu.Unlock()
	return append([]event.Message(nil), l.msgs...)
}

func changeTo(s models.State) models.JobChange {
	return models.JobChange{To: s, Reason: models.Because(models.ReasonWaitsForSlot)}
}
