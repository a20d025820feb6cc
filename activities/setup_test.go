package activities_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"
	"go.temporal.io/sdk/temporal"
	"go.temporal.io/sdk/testsuite"

	"longhaul/activities"
	"longhaul/activities/activitytest"
	"longhaul/agent/agentapi"
	"longhaul/internal/event"
	"longhaul/internal/store"
	"longhaul/internal/store/storetest"
	"longhaul/models"
)

// bench is a real store with one user, and agents over the real wire.
type bench struct {
	*testing.T
	store *store.Store
	work  *store.Work
	user  models.User
}

func setup(t *testing.T) *bench {
	t.Helper()
	s := storetest.New(t)
	return &bench{T: t, store: s, work: s.Work(), user: storetest.User(t, s)}
}

// agent adds an agent of the capacity that is alive.
func (b *bench) agent(capacity int) (models.Agent, *activitytest.Agent) {
	b.Helper()
	a := activitytest.NewAgent(b.T)
	row := storetest.Agent(b.T, b.store, capacity)
	if _, err := b.store.BootAgent(b.Context(), row.ID, a.URL, capacity, "test"); err != nil {
		b.Fatal(err)
	}
	row.URL = a.URL
	return row, a
}

// admitted adds a job that holds a slot; sizes are those of its files, none
// leaves them unknown.
func (b *bench) admitted(sizes ...int64) models.Job {
	b.Helper()
	var m *models.Manifest
	if len(sizes) > 0 {
		known := storetest.Manifest(sizes...)
		m = &known
	}
	job := storetest.Submit(b.T, b.store, b.user.ID, m)
	if _, err := b.work.Admit(b.Context(), 100, 100); err != nil {
		b.Fatal(err)
	}
	return job
}

// placed adds a job with an open attempt that only the rows know.
func (b *bench) placed(kind models.TransferKind, sizes ...int64) (models.Job, models.Placement) {
	b.Helper()
	job, to := b.admitted(sizes...), models.StateDownloading
	if kind == models.TransferResolve {
		to = models.StateResolving
	}
	p, err := b.work.PlaceTransfer(b.Context(), job.ID, kind, []byte("token "+job.ID.String()), to)
	if err != nil {
		b.Fatal(err)
	}
	return p.Job, p
}

func (b *bench) job(id uuid.UUID) models.Job {
	b.Helper()
	job, err := b.work.Job(b.Context(), id)
	if err != nil {
		b.Fatal(err)
	}
	return job
}

func (b *bench) lastAttempt(id uuid.UUID) models.Attempt {
	b.Helper()
	all, err := b.work.Attempts(b.Context(), id)
	if err != nil || len(all) == 0 {
		b.Fatalf("attempts: %v, %d", err, len(all))
	}
	return all[len(all)-1]
}

func (b *bench) eventually(check func() string) {
	b.Helper()
	limit := time.NewTimer(20 * time.Second)
	defer limit.Stop()
	tick := time.NewTicker(10 * time.Millisecond)
	defer tick.Stop()
	for {
		wrong := check()
		if wrong == "" {
			return
		}
		select {
		case <-tick.C:
		case <-limit.C:
			b.Fatal(wrong)
		}
	}
}

func dial(a models.Agent) activities.Agent {
	return agentapi.NewClient(a.URL, "secret", http.DefaultClient)
}

// env returns an environment in which the activities run.
func env(acts ...any) *testsuite.TestActivityEnvironment {
	var suite testsuite.WorkflowTestSuite
	suite.SetLogger(quiet{})
	e := suite.NewTestActivityEnvironment()
	for _, a := range acts {
		e.RegisterActivity(a)
	}
	return e
}

// failedWith returns the failure of an activity.
func failedWith(t *testing.T, err error) *temporal.ApplicationError {
	t.Helper()
	ae, ok := errors.AsType[*temporal.ApplicationError](err)
	if !ok {
		t.Fatalf("failed with %v", err)
	}
	return ae
}

// tokens stands for Temporal's side of asynchronous activities.
type tokens struct {
	mu    sync.Mutex
	done  map[string]completion
	beats map[string]int
	err   func(token string) error // what a call answers; nil is well
}

type completion struct {
	result any
	err    error
	times  int
}

func newTokens() *tokens {
	return &tokens{done: map[string]completion{}, beats: map[string]int{}}
}

// CompleteActivity notes the answer unless it is to be refused.
func (k *tokens) CompleteActivity(_ context.Context, token []byte, result any, err error) error {
	k.mu.Lock()
	defer k.mu.Unlock()
	c := k.done[string(token)]
	c.times++
	if k.err != nil {
		if refused := k.err(string(token)); refused != nil {
			k.done[string(token)] = c
			return refused
		}
	}
	c.result, c.err = result, err
	k.done[string(token)] = c
	return nil
}

// RecordActivityHeartbeat counts beats.
func (k *tokens) RecordActivityHeartbeat(_ context.Context, token []byte, _ ...any) error {
	k.mu.Lock()
	defer k.mu.Unlock()
	k.beats[string(token)]++
	if k.err != nil {
		return k.err(string(token))
	}
	return nil
}

func (k *tokens) of(job uuid.UUID) (completion, bool) {
	k.mu.Lock()
	defer k.mu.Unlock()
	c, ok := k.done["token "+job.String()]
	return c, ok && (c.result != nil || c.err != nil)
}

// answered waits for the answer to the job's token and returns it.
func (b *bench) answered(k *tokens, job uuid.UUID) completion {
	b.Helper()
	var c completion
	b.eventually(func() string {
		var ok bool
		if c, ok = k.of(job); !ok {
			return fmt.Sprintf("the token of %s was not answered", job)
		}
		return ""
	})
	return c
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

type quiet struct{}

func (quiet) Debug(string, ...any) {}
func (quiet) Info(string, ...any)  {}
func (quiet) Warn(string, ...any)  {}
func (quiet) Error(string, ...any) {}

func changeTo(s models.State) models.JobChange { return models.JobChange{To: s, Reason: "Test."} }
