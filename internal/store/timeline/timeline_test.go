package timeline_test

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
	b := storetest.NewWorld(t)
	bus, err := event.OpenPG(t.Context(), storetest.DSN(t), slog.New(slog.DiscardHandler))
	storetest.OK(t, err)
	t.Cleanup(bus.Close)
	news := bus.Subscribe(t.Context())
	rolledBack := errors.New("no")
	err = b.DB.Tx(t.Context(), func(ctx context.Context) error {
		storetest.Must[models.Job](t)(submitted(b.Jobs.SubmitJob(ctx, models.NewJob{UserID: b.User.ID, Source: storetest.Magnet()})))
		return rolledBack
	})
	if !errors.Is(err, rolledBack) {
		t.Fatal(err)
	}
	job := storetest.Submit(t, b.Store, b.User.ID, nil)
	seen := make(map[event.Kind]event.Message)
	for len(seen) < 2 {
		m := <-news
		seen[m.Kind] = m
	}
	id := storetest.Must[int64](t)(b.Timeline.LastEventID(t.Context(), b.User.ID))
	if got := seen[event.KindJob]; got.JobID != job.ID || got.UserID != b.User.ID || got.EventID != id {
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
	b := storetest.NewWorld(t)
	ctx, cancel := context.WithCancel(t.Context())
	var writers sync.WaitGroup
	for range 6 {
		writers.Go(func() {
			for range 15 {
				job := storetest.Submit(t, b.Store, b.User.ID, nil)
				b.To(t, job.ID, models.StateFailed)
			}
		})
	}
	seen, last := make(map[int64]bool), int64(0)
	read := func() {
		events, err := b.Timeline.EventsAfter(t.Context(), b.User.ID, last, 1000)
		storetest.OK(t, err)
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

// submitted leaves out whether the submit was a replay.
func submitted(job models.Job, _ bool, err error) (models.Job, error) { return job, err }
