package store_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"

	"longhaul/internal/store/storetest"
	"longhaul/models"
)

func collect(out *[]string) func(context.Context, models.OutboxItem) error {
	return func(_ context.Context, i models.OutboxItem) error {
		*out = append(*out, fmt.Sprintf("%s %s", i.Kind, i.Ref))
		return nil
	}
}

func TestOutboxDispatchesEachOnce(t *testing.T) {
	t.Parallel()
	b, ctx := setup(t), t.Context()
	const jobs = 60
	for range jobs {
		storetest.Submit(t, b.Store, b.user.ID, nil)
	}
	var mu sync.Mutex
	seen := make(map[uuid.UUID]int)
	var wg sync.WaitGroup
	for range 6 {
		wg.Go(func() {
			for {
				n, err := b.w.DueOutbox(ctx, 7, func(_ context.Context, i models.OutboxItem) error {
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
	if len(seen) != jobs+1 { // the agent's tracker too
		t.Errorf("%d dispatched", len(seen))
	}
	for id, n := range seen {
		if n != 1 {
			t.Errorf("%s dispatched %d times", id, n)
		}
	}
}

func TestOutboxKeepsOrderAndBacksOff(t *testing.T) {
	t.Parallel()
	b, ctx := setup(t), t.Context()
	drain(t, b)
	c := b.fakeClock()
	job := storetest.Submit(t, b.Store, b.user.ID, nil)
	ok(t, b.RequestCancel(ctx, b.user.ID, job.ID))
	ok(t, b.RequestCancel(ctx, b.user.ID, job.ID)) // asked twice, told once
	var tried []models.OutboxItem
	fail := func(_ context.Context, i models.OutboxItem) error {
		tried = append(tried, i)
		return errors.New("temporal is away")
	}
	for _, wait := range []time.Duration{0, time.Second, 2 * time.Second, 4 * time.Second} {
		c.add(wait - time.Microsecond)
		if wait > 0 {
			ok(t, ignoreCount(b.w.DueOutbox(ctx, 10, fail)))
		}
		before := len(tried)
		c.add(time.Microsecond)
		ok(t, ignoreCount(b.w.DueOutbox(ctx, 10, fail)))
		if len(tried) != before+1 {
			t.Fatalf("after %s: %d tries, want %d", wait, len(tried), before+1)
		}
	}
	for i, item := range tried {
		if item.Kind != models.OutboxStart || item.Attempts != i {
			t.Errorf("try %d: %+v: nothing of the job may overtake its start", i, item)
		}
	}
	if age := must[time.Duration](t)(b.w.OutboxAge(ctx)); age != 7*time.Second {
		t.Errorf("age %s", age)
	}
	c.add(time.Hour)
	want := []string{"start " + job.ID.String(), "cancel " + job.ID.String()}
	if got := drain(t, b); !slices.Equal(got, want) {
		t.Errorf("got %v", got)
	}
	if age := must[time.Duration](t)(b.w.OutboxAge(ctx)); age != 0 {
		t.Errorf("age %s", age)
	}
}

func ignoreCount(_ int, err error) error { return err }

func TestOutboxSurvivesACrash(t *testing.T) {
	t.Parallel()
	b := setup(t)
	drain(t, b)
	job := storetest.Submit(t, b.Store, b.user.ID, nil)
	ctx, cancel := context.WithCancel(t.Context())
	_, err := b.w.DueOutbox(ctx, 1, func(context.Context, models.OutboxItem) error {
		cancel() // the process ends in the middle of it
		return ctx.Err()
	})
	if !errors.Is(err, context.Canceled) {
		t.Errorf("got %v", err)
	}
	// The driver gives the broken transaction up beside us, and until the
	// database knows, other dispatchers pass the item over.
	exec(t, `select from outbox for update`)
	if got := drain(t, b); !slices.Equal(got, []string{"start " + job.ID.String()}) {
		t.Errorf("got %v", got)
	}
}

func TestUserActsAreTold(t *testing.T) {
	t.Parallel()
	b, ctx := setup(t), t.Context()
	tests := []struct {
		state models.State
		act   func(uuid.UUID) error
		want  []string
	}{
		{models.StateDownloading, func(id uuid.UUID) error { return b.RequestCancel(ctx, b.user.ID, id) }, []string{"cancel"}},
		{models.StateNeedsAttention, func(id uuid.UUID) error { return retry(b, id) }, []string{"retry"}},
		{models.StateFailed, func(id uuid.UUID) error { return retry(b, id) }, []string{"retry"}},
		{models.StateCancelled, func(id uuid.UUID) error { return retry(b, id) }, []string{"retry"}},
		{models.StateDownloading, func(id uuid.UUID) error { return b.RequestDelete(ctx, b.user.ID, id) }, []string{"cancel", "purge"}},
		{models.StateReady, func(id uuid.UUID) error { return b.RequestDelete(ctx, b.user.ID, id) }, []string{"purge"}},
	}
	for _, tt := range tests {
		job := storetest.Submit(t, b.Store, b.user.ID, nil)
		b.to(t, job.ID, tt.state)
		drain(t, b)
		ok(t, tt.act(job.ID))
		var want []string
		for _, kind := range tt.want {
			want = append(want, kind+" "+job.ID.String())
		}
		if got := drain(t, b); !slices.Equal(got, want) {
			t.Errorf("%s: got %v, want %v", tt.state, got, want)
		}
	}
}

func retry(b bundle, id uuid.UUID) error {
	_, err := b.RequestRetry(context.Background(), b.user.ID, id)
	return err
}
