package store_test

import (
	"context"
	"errors"
	"log/slog"
	"sync"
	"testing"

	"longhaul/internal/event"
	"longhaul/internal/store/storetest"
	"longhaul/models"
)

func TestEventsReachTheBus(t *testing.T) {
	t.Parallel()
	b := setup(t)
	bus, err := event.OpenPG(t.Context(), storetest.DSN(t), slog.New(slog.DiscardHandler))
	ok(t, err)
	t.Cleanup(bus.Close)
	news := bus.Subscribe(t.Context())
	rolledBack := errors.New("no")
	err = b.Tx(t.Context(), func(ctx context.Context) error {
		must[models.Job](t)(submitted(b.SubmitJob(ctx, models.NewJob{UserID: b.user.ID, Source: storetest.Magnet()})))
		return rolledBack
	})
	if !errors.Is(err, rolledBack) {
		t.Fatal(err)
	}
	job := storetest.Submit(t, b.Store, b.user.ID, nil)
	seen := make(map[event.Kind]event.Message)
	for len(seen) < 2 {
		m := <-news
		seen[m.Kind] = m
	}
	id := must[int64](t)(b.LastEventID(t.Context(), b.user.ID))
	if got := seen[event.KindJob]; got.JobID != job.ID || got.UserID != b.user.ID || got.EventID != id {
		t.Errorf("got %+v, want the event %d of the job that was committed", got, id)
	}
	if _, there := seen[event.KindOutbox]; !there {
		t.Error("the dispatcher is not woken")
	}
}

// TestEventIDsGrowWithCommits holds that who has read a user's events up to an
// id has missed none below it, however many transactions write at once.
func TestEventIDsGrowWithCommits(t *testing.T) {
	t.Parallel()
	b := setup(t)
	ctx, cancel := context.WithCancel(t.Context())
	var writers sync.WaitGroup
	for range 6 {
		writers.Go(func() {
			for range 15 {
				job := storetest.Submit(t, b.Store, b.user.ID, nil)
				b.to(t, job.ID, models.StateFailed)
			}
		})
	}
	seen, last := make(map[int64]bool), int64(0)
	read := func() {
		events, err := b.EventsAfter(t.Context(), b.user.ID, last, 1000)
		ok(t, err)
		for _, e := range events {
			seen[e.ID], last = true, e.ID
		}
	}
	go func() { writers.Wait(); cancel() }()
	for ctx.Err() == nil {
		read()
	}
	read()
	if len(seen) != 6*15*2 {
		t.Errorf("following by id saw %d of %d events", len(seen), 6*15*2)
	}
}
