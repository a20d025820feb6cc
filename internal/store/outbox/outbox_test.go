package outbox_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"

	"longhaul/internal/store"
	"longhaul/internal/store/storetest"
	"longhaul/models"
)

// drain dispatches what is due and returns it.
func drain(t *testing.T, s *store.Store) []string {
	t.Helper()
	var out []string
	_, err := s.Outbox.Worker().DueOutbox(t.Context(), 1000, func(_ context.Context, i models.OutboxItem) error {
		out = append(out, fmt.Sprintf("%s %s", i.Kind, i.Ref))
		return nil
	})
	storetest.OK(t, err)
	return out
}

func TestDispatchesEachOnce(t *testing.T) {
	t.Parallel()
	s, ctx := storetest.New(t), t.Context()
	const items = 60
	for range items {
		storetest.OK(t, s.Outbox.Enqueue(ctx, models.OutboxStart, s.DB.NewID()))
	}
	var mu sync.Mutex
	seen := make(map[uuid.UUID]int)
	var wg sync.WaitGroup
	for range 6 {
		wg.Go(func() {
			for {
				n, err := s.Outbox.Worker().DueOutbox(ctx, 7, func(_ context.Context, i models.OutboxItem) error {
					mu.Lock()
					defer mu.Unlock()
					seen[i.Ref]++
					return nil
				})
				if err != nil {
					t.Errorf("dispatch: %v", err)
				}
				if n == 0 || err != nil {
					return
				}
			}
		})
	}
	wg.Wait()
	if len(seen) != items {
		t.Errorf("%d dispatched", len(seen))
	}
	for id, n := range seen {
		if n != 1 {
			t.Errorf("%s dispatched %d times", id, n)
		}
	}
}

func TestKeepsOrderAndBacksOff(t *testing.T) {
	t.Parallel()
	s, ctx := storetest.New(t), t.Context()
	c, w, job := storetest.FakeClock(s), s.Outbox.Worker(), s.DB.NewID()
	storetest.OK(t, s.Outbox.Enqueue(ctx, models.OutboxStart, job))
	for range 2 { // asked twice, told once
		storetest.OK(t, s.Outbox.EnqueueOnce(ctx, models.OutboxCancel, job))
	}
	var tried []models.OutboxItem
	try := func() {
		t.Helper()
		_, err := w.DueOutbox(ctx, 10, func(_ context.Context, i models.OutboxItem) error {
			tried = append(tried, i)
			return errors.New("temporal is away")
		})
		storetest.OK(t, err)
	}
	for _, wait := range []time.Duration{0, time.Second, 2 * time.Second, 4 * time.Second} {
		c.Add(wait - time.Microsecond)
		if wait > 0 {
			try()
		}
		before := len(tried)
		c.Add(time.Microsecond)
		try()
		if len(tried) != before+1 {
			t.Fatalf("after %s: %d tries, want %d", wait, len(tried), before+1)
		}
	}
	for i, item := range tried {
		if item.Kind != models.OutboxStart || item.Attempts != i {
			t.Errorf("try %d: %+v: nothing of the job may overtake its start", i, item)
		}
	}
	if age := storetest.Must[time.Duration](t)(w.OutboxAge(ctx)); age != 7*time.Second {
		t.Errorf("age %s", age)
	}
	c.Add(time.Hour)
	want := []string{"start " + job.String(), "cancel " + job.String()}
	if got := drain(t, s); !slices.Equal(got, want) {
		t.Errorf("got %v", got)
	}
	if age := storetest.Must[time.Duration](t)(w.OutboxAge(ctx)); age != 0 {
		t.Errorf("age %s", age)
	}
}

func TestSurvivesACrash(t *testing.T) {
	t.Parallel()
	s, job := storetest.New(t), uuid.New()
	storetest.OK(t, s.Outbox.Enqueue(t.Context(), models.OutboxStart, job))
	ctx, cancel := context.WithCancel(t.Context())
	_, err := s.Outbox.Worker().DueOutbox(ctx, 1, func(context.Context, models.OutboxItem) error {
		cancel() // the process ends in the middle of it
		return ctx.Err()
	})
	if !errors.Is(err, context.Canceled) {
		t.Errorf("got %v", err)
	}
	if got := drain(t, s); !slices.Equal(got, []string{"start " + job.String()}) {
		t.Errorf("got %v", got)
	}
}

// TestWhatADispatchWritesStays has an item write to the database before it fails.
func TestWhatADispatchWritesStays(t *testing.T) {
	t.Parallel()
	s, ctx := storetest.New(t), t.Context()
	c := storetest.FakeClock(s)
	storetest.OK(t, s.Outbox.Enqueue(ctx, models.OutboxStart, s.DB.NewID()))
	_, err := s.Outbox.Worker().DueOutbox(ctx, 1, func(do context.Context, _ models.OutboxItem) error {
		return errors.Join(s.Outbox.Enqueue(do, models.OutboxAdmit, s.DB.NewID()), errors.New("temporal is away"))
	})
	storetest.OK(t, err)
	c.Add(time.Minute)
	if got := drain(t, s); len(got) != 2 {
		t.Errorf("%v are there, want the item and what it wrote", got)
	}
}

// TestAHungDispatcherHoldsUpNobody stops a dispatcher in the middle of an item,
// as SIGSTOP does.
func TestAHungDispatcherHoldsUpNobody(t *testing.T) {
	t.Parallel()
	s, ctx := storetest.New(t), t.Context()
	c, stuck, other := storetest.FakeClock(s), s.DB.NewID(), s.DB.NewID()
	storetest.OK(t, s.Outbox.Enqueue(ctx, models.OutboxStart, stuck))
	storetest.OK(t, s.Outbox.Enqueue(ctx, models.OutboxCancel, stuck))
	hangs, goesOn, ended := make(chan struct{}), make(chan struct{}), make(chan error)
	go func() {
		_, err := s.Outbox.Worker().DueOutbox(ctx, 1, func(context.Context, models.OutboxItem) error {
			close(hangs)
			<-goesOn
			return nil
		})
		ended <- err
	}()
	<-hangs
	storetest.OK(t, s.Outbox.Enqueue(ctx, models.OutboxStart, other))
	if got := drain(t, s); !slices.Equal(got, []string{"start " + other.String()}) {
		t.Errorf("meanwhile %v are dispatched, want what another job waits for, and nothing that overtakes", got)
	}
	c.Add(time.Minute)
	if got := drain(t, s); !slices.Equal(got, []string{"start " + stuck.String(), "cancel " + stuck.String()}) {
		t.Errorf("after the lease %v are dispatched, want those that hung", got)
	}
	close(goesOn)
	storetest.OK(t, <-ended)
}
