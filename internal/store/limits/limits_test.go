package limits_test

import (
	"log/slog"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"longhaul/internal/store"
	"longhaul/internal/store/storetest"
)

func TestAllowance(t *testing.T) {
	t.Parallel()
	s, ctx := storetest.New(t), t.Context()
	taken := func(key string) (n int, wait time.Duration) {
		for range 50 {
			w, err := s.Limits.TakeAllowance(ctx, key, 20, time.Minute)
			storetest.OK(t, err)
			if w == 0 {
				n++
			}
			wait = w
		}
		return n, wait
	}
	n, wait := taken("a")
	if n != 20 || wait <= 50*time.Second || wait > time.Minute {
		t.Errorf("%d at once, then a wait of %s; want 20 and a minute", n, wait)
	}
	if n, _ := taken("b"); n != 20 {
		t.Errorf("one key uses up another's allowance: %d", n)
	}
	storetest.Exec(t, "update rate_limits set full_at = full_at - interval '3 minutes'") // as if they had gone by
	if n, _ := taken("a"); n != 3 {
		t.Errorf("%d after three minutes, want 3", n)
	}
	storetest.Exec(t, "update rate_limits set full_at = full_at - interval '3 days'")
	if n, _ := taken("a"); n != 20 {
		t.Errorf("%d after three days, want 20", n)
	}
	if n, err := s.Worker().Limits.PruneAllowances(ctx); err != nil || n != 1 {
		t.Errorf("pruned %d, %v; want the one that is whole", n, err)
	}
	if n, _ := taken("a"); n != 0 {
		t.Errorf("pruning gave %d to a key in use", n)
	}
}

// Whatever the processes do at the same moment, together they get one burst.
func TestAllowanceIsSharedByProcesses(t *testing.T) {
	t.Parallel()
	first := storetest.New(t)
	second, err := store.Open(t.Context(), storetest.DSN(t), slog.New(slog.DiscardHandler))
	storetest.OK(t, err)
	defer second.DB.Close()
	var allowed, refused atomic.Int64
	var wg sync.WaitGroup
	for i := range 200 {
		s := []*store.Store{first, second}[i%2]
		wg.Go(func() {
			wait, err := s.Limits.TakeAllowance(t.Context(), "key", 17, time.Hour)
			switch {
			case err != nil:
				t.Errorf("take: %v", err)
			case wait == 0:
				allowed.Add(1)
			default:
				refused.Add(1)
			}
		})
	}
	wg.Wait()
	if allowed.Load() != 17 || refused.Load() != 183 {
		t.Errorf("%d allowed and %d refused, want 17 and 183", allowed.Load(), refused.Load())
	}
}
