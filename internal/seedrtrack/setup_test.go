package seedrtrack_test

import (
	"bytes"
	"context"
	"io"
	"log/slog"
	"net/netip"
	"sync"
	"testing"
	"time"

	"longhaul/internal/app/plug"
	"longhaul/internal/attempt"
	"longhaul/internal/attempt/attempttest"
	"longhaul/internal/event"
	"longhaul/internal/seedr"
	"longhaul/internal/seedr/seedrtest"
	"longhaul/internal/seedrtrack"
	"longhaul/internal/store"
	"longhaul/internal/store/storetest"
	"longhaul/models"
)

// bench is a real store with one user, and a simulated Seedr account.
type bench struct {
	*testing.T
	*seedrtest.Sim
	library *seedrtest.Library
	client  *seedr.Client
	store   *store.Store
	work    store.Worker
	user    models.User
	waiters *attempttest.Waiters
}

func setup(t *testing.T) *bench {
	t.Helper()
	s := storetest.New(t)
	b := &bench{
		T: t, library: &seedrtest.Library{Took: 20 * time.Millisecond}, store: s, work: s.Worker(), user: storetest.User(t, s),
		waiters: attempttest.New(),
	}
	sw := seedrtest.Default()
	sw.CallsPerSecond = 0
	var err error
	b.Sim, err = seedrtest.Start(seedrtest.Options{Email: "a@example.com", Password: "b", Fetcher: b.library, Switches: sw})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(b.Close)
	b.client, err = seedr.New(seedr.Options{
		URL: b.URL(), Email: "a@example.com", Password: "b", Allow: []netip.Prefix{netip.MustParsePrefix("127.0.0.0/8")},
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(b.client.Close)
	if err := b.work.Providers.SaveSeedrSetup(t.Context(), true, "environment", 0); err != nil {
		t.Fatal(err)
	}
	_, err = s.Providers.SwitchProvider(t.Context(), models.Actor{Kind: models.ActorAdmin, ID: &b.user.ID}, models.ProviderChange{
		To: models.ProviderSeedr, Options: models.ProviderOptions{Failover: models.FailoverNone},
	})
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func (b *bench) tracker() *seedrtrack.Tracker {
	pace := seedrtrack.DefaultPace()
	pace.Tick, pace.Quick, pace.Slow, pace.Idle = 20*time.Millisecond, 50*time.Millisecond, 100*time.Millisecond, 100*time.Millisecond
	pace.Flush, pace.Appear, pace.Again = 50*time.Millisecond, 300*time.Millisecond, 300*time.Millisecond
	return &seedrtrack.Tracker{
		Store: plug.SeedrTracker(b.work), Account: b.client, Desk: attempt.NewDesk(plug.Attempts(b.work), b.waiters), Events: &event.Memory{}, Now: time.Now,
		Log: slog.New(slog.DiscardHandler), Pace: pace, ResolveTimeout: time.Hour, StallTimeout: time.Hour,
	}
}

// follow follows the account until the returned function is called.
func (b *bench) follow(t *seedrtrack.Tracker) (stop func() error) {
	b.Helper()
	quit, done := make(chan struct{}), make(chan error, 1)
	go func() { done <- t.Follow(context.WithoutCancel(b.Context()), quit) }()
	stop = sync.OnceValue(func() error { close(quit); return <-done })
	b.Cleanup(func() { _ = stop() })
	return stop
}

// placed adds a job of one file that is open on Seedr; Seedr can fetch it if has.
func (b *bench) placed(has bool) models.Job {
	b.Helper()
	body := []byte("hello")
	job := storetest.Placed(b.T, b.store, b.user.ID, models.TransferDownload, int64(len(body)))
	if has {
		b.library.Put(*job.InfoHashV1, seedrtest.Content{Name: "Sample", Files: []seedrtest.ContentFile{{
			Path: "000.bin", Size: int64(len(body)),
			Open: func(at int64) io.ReadCloser { return io.NopCloser(bytes.NewReader(body[at:])) },
		}}})
	}
	return job
}

func (b *bench) last(job models.Job) models.Attempt {
	b.Helper()
	return storetest.LastAttempt(b.T, b.store, job.ID)
}

func (b *bench) told(job models.Job) attempttest.End { return b.waiters.Of(storetest.Token(job.ID)) }

// ended waits until the waiter of the job was answered.
func (b *bench) ended(job models.Job) attempttest.End {
	b.Helper()
	b.eventually(func() string {
		if !b.told(job).Told {
			return "the waiter was not answered"
		}
		return ""
	})
	return b.told(job)
}

func (b *bench) eventually(check func() string) {
	b.Helper()
	storetest.Eventually(b.T, time.Minute, check)
}
