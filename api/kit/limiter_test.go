package kit_test

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"longhaul/api/kit"
	"longhaul/internal/store"
	"longhaul/internal/store/storetest"
	"longhaul/models"
)

// slowAllowances answers when it is told to, and counts who asked.
type slowAllowances struct {
	asked chan string
	wait  chan time.Duration
}

func (s *slowAllowances) TakeAllowance(ctx context.Context, key string, _ int, _ time.Duration) (time.Duration, error) {
	s.asked <- key
	select {
	case wait := <-s.wait:
		return wait, nil
	case <-ctx.Done():
		return 0, ctx.Err()
	}
}

// A flood of strangers never takes more than two connections to the database;
// some wait, the rest is turned away at once, and who has signed in does not
// stand in their queue.
func TestStrangersStandInAQueue(t *testing.T) {
	t.Parallel()
	slow := &slowAllowances{asked: make(chan string, 1000), wait: make(chan time.Duration)}
	limits := kit.NewLimiter(slow)
	ctx, cancel := context.WithCancel(t.Context())
	const strangers, room = 500, 2 + 64
	refused := make(chan error, strangers)
	var let atomic.Int32
	var wg sync.WaitGroup
	for i := range strangers {
		wg.Go(func() {
			err := limits.AllowAll(ctx, kit.Ask{Limit: kit.LimitLoginIP, Key: fmt.Sprintf("10.0.%d.%d", i>>8, i&255)},
				kit.Ask{Limit: kit.LimitLoginAccount, Key: fmt.Sprint(i)})
			switch {
			case err == nil:
				let.Add(1)
			case !errors.Is(err, context.Canceled):
				refused <- err
			}
		})
	}
	for range strangers - room {
		if err := <-refused; models.CodeOf(err) != models.CodeRateLimited {
			t.Fatal(err)
		}
	}
	<-slow.asked
	<-slow.asked
	signedIn := make(chan error, 1)
	go func() { signedIn <- limits.Allow(ctx, kit.LimitSubmit, "somebody") }()
	if key := <-slow.asked; key != "submit somebody" {
		t.Errorf("%q asked, want two strangers at a time and who has signed in", key)
	}
	for answered := 0; answered < 2*room+1; { // two questions of each stranger
		select {
		case slow.wait <- 0:
			answered++
		case err := <-refused:
			t.Fatalf("refused though there was room: %v", err)
		}
	}
	if err := <-signedIn; err != nil {
		t.Errorf("signed in: %v", err)
	}
	wg.Wait()
	cancel()
	if let.Load() != room {
		t.Errorf("%d were let through, want %d", let.Load(), room)
	}
}

// Who has to wait is not asked for again before the time has come, and other
// keys are.
func TestRefusalsAreRemembered(t *testing.T) {
	t.Parallel()
	slow := &slowAllowances{asked: make(chan string, 10), wait: make(chan time.Duration, 10)}
	limits := kit.NewLimiter(slow)
	slow.wait <- time.Hour
	for range 3 {
		if err := limits.Allow(t.Context(), kit.LimitLoginIP, "10.0.0.1"); models.CodeOf(err) != models.CodeRateLimited {
			t.Errorf("got %v", err)
		}
	}
	slow.wait <- time.Nanosecond
	if err := limits.Allow(t.Context(), kit.LimitLoginIP, "10.0.0.2"); models.CodeOf(err) != models.CodeRateLimited {
		t.Errorf("got %v", err)
	}
	slow.wait <- 0
	if err := limits.Allow(t.Context(), kit.LimitLoginIP, "10.0.0.2"); err != nil {
		t.Errorf("after the time: %v", err)
	}
	if n := len(slow.asked); n != 3 {
		t.Errorf("asked %d times, want once for the first and twice for the second", n)
	}
}

func TestLimiter(t *testing.T) {
	t.Parallel()
	l := kit.NewLimiter(storetest.New(t).Limits)
	const wide, narrow = 120, 20
	allowed := func(limit kit.Limit, keys ...string) (n int, last error) {
		for range wide + 10 {
			for _, key := range keys {
				err := l.Allow(t.Context(), limit, key)
				if err == nil {
					n++
				}
				last = err
			}
		}
		return n, last
	}
	// some come back while the test runs
	about := func(n, want int) bool { return n >= want && n < want+want/4 }
	n, err := allowed(kit.LimitLoginIP, "192.0.2.1")
	if !about(n, wide) || models.CodeOf(err) != models.CodeRateLimited {
		t.Errorf("%d at once, want %d; then %v", n, wide, err)
	}
	if n, _ := allowed(kit.LimitLoginIP, "192.0.2.2"); !about(n, wide) {
		t.Errorf("one address uses up another's allowance: %d", n)
	}
	if n, _ := allowed(kit.LimitVerify, "192.0.2.1"); !about(n, narrow) {
		t.Errorf("one limit uses up another's allowance: %d", n)
	}
	if n, _ := allowed(kit.LimitLoginIP, "2001:db8::1", "2001:db8::2", "2001:db8:0:0:ffff::3"); !about(n, wide) {
		t.Errorf("%d from one network, want %d", n, wide)
	}
	if n, _ := allowed(kit.LimitLoginIP, "2001:db8:0:1::1"); !about(n, wide) {
		t.Errorf("%d from the next network, want %d", n, wide)
	}
	if n, _ := allowed(kit.LimitLoginIP, "::ffff:192.0.2.1"); n >= narrow {
		t.Errorf("%d more by another spelling of the address", n)
	}
	if n, _ := allowed("no such limit", "192.0.2.1"); n != 0 {
		t.Errorf("an unknown limit lets %d pass", n)
	}
}

// A limit that cannot be read lets nothing pass.
func TestLimiterWithoutDatabase(t *testing.T) {
	t.Parallel()
	s, err := store.Open(t.Context(), storetest.DSN(t), slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	if err := s.DB.Close(); err != nil {
		t.Fatal(err)
	}
	if err := kit.NewLimiter(s.Limits).Allow(t.Context(), kit.LimitLoginIP, "192.0.2.1"); err == nil {
		t.Error("a sign-in passed")
	}
}
