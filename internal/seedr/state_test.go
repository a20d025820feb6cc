package seedr_test

import (
	"context"
	"errors"
	"sync"
	"testing"
	"time"

	"longhaul/internal/seedr"
	"longhaul/internal/seedr/seedrtest"
)

// clock is a clock that tests move.
type clock struct {
	mu sync.Mutex
	at time.Time
}

func newClock() *clock { return &clock{at: time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)} }

func (c *clock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.at
}

func (c *clock) add(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.at = c.at.Add(d)
}

// two returns two clients, as in two workers, that share the account's state.
func two(t *testing.T) (*seedrtest.Sim, *clock, func() error, func() error) {
	t.Helper()
	sim, _ := start(t, nil)
	now := newClock()
	shared := &seedr.Memory{Now: now.Now}
	with := func(o *seedr.Options) { o.Shared = shared }
	a, b := newClient(t, sim.URL().String(), with), newClient(t, sim.URL().String(), with)
	ask := func(c *seedr.Client) func() error {
		return func() error {
			now.add(time.Second) // the budget is another test's
			_, err := c.Root(t.Context())
			return err
		}
	}
	return sim, now, ask(a), ask(b)
}

func TestBreakerOpensForAllAndCloses(t *testing.T) {
	t.Parallel()
	sim, now, a, b := two(t)
	sim.Inject(seedrtest.FaultHTML500, "", 7)
	for range 5 {
		if err := a(); seedr.KindOf(err) != seedr.KindHTML {
			t.Fatal(err)
		}
	}
	// After five failures in a row no client calls, whichever client failed.
	calls := sim.Stats().Total()
	for _, ask := range []func() error{a, b, b} {
		if err := ask(); seedr.KindOf(err) != seedr.KindOpen || seedr.RetryAfter(err) <= 0 {
			t.Fatalf("the breaker is closed: %v", err)
		}
	}
	if n := sim.Stats().Total(); n != calls {
		t.Errorf("%d calls were made all the same", n-calls)
	}
	// A trial that fails opens it for longer, another for longer still.
	for _, rest := range []time.Duration{15 * time.Second, 30 * time.Second} {
		now.add(rest)
		if err := b(); seedr.KindOf(err) != seedr.KindHTML {
			t.Fatalf("the trial after %s: %v", rest, err)
		}
		now.add(rest - 5*time.Second)
		if err := a(); seedr.KindOf(err) != seedr.KindOpen {
			t.Fatalf("after a failed trial: %v", err)
		}
	}
	now.add(time.Minute)
	for _, ask := range []func() error{b, a, b, a} {
		if err := ask(); err != nil {
			t.Fatalf("after a good trial: %v", err)
		}
	}
}

func TestOnlyOneTrial(t *testing.T) {
	t.Parallel()
	now := newClock()
	shared := &seedr.Memory{Now: now.Now}
	err := shared.Update(t.Context(), func(s *seedr.State, at time.Time) {
		s.Failures, s.Reason, s.OpenFor, s.OpenUntil = 5, seedr.KindTransient, time.Second, at.Add(-time.Second)
	})
	if err != nil {
		t.Fatal(err)
	}
	sim, _ := start(t, nil)
	sim.Inject(seedrtest.FaultHang, "", 1)
	c := newClient(t, sim.URL().String(), func(o *seedr.Options) { o.Shared = shared })
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan error)
	go func() { _, err := c.Root(ctx); ended <- err }()
	if err := sim.Wait(t.Context(), func(s *seedrtest.Sim) bool { return s.Stats().Total() == 1 }); err != nil {
		t.Fatal(err)
	}
	if _, err := c.Root(t.Context()); seedr.KindOf(err) != seedr.KindOpen {
		t.Errorf("beside a trial: %v", err)
	}
	if _, _, err := c.Verify(t.Context()); err != nil {
		t.Errorf("an admin's verification does not wait: %v", err)
	}
	cancel()
	if err := <-ended; !errors.Is(err, context.Canceled) {
		t.Errorf("a trial that was given up: %v", err)
	}
}

func TestRateLimitsPauseAllClients(t *testing.T) {
	t.Parallel()
	sim, now, a, b := two(t)
	limited := func(ask func() error, least, most time.Duration) {
		t.Helper()
		if err := ask(); seedr.KindOf(err) != seedr.KindLimited || seedr.RetryAfter(err) < least || seedr.RetryAfter(err) > most {
			t.Errorf("%v, wait %s; want %s to %s", err, seedr.RetryAfter(err), least, most)
		}
	}
	// With Retry-After: that long.
	sim.Set(func(s *seedrtest.Switches) { s.CallsPerSecond = 0 })
	sim.Inject(seedrtest.FaultLimit403, "", 1)
	limited(a, time.Second, time.Second)
	// Without: a minute, then two, then four, then five.
	for _, want := range []time.Duration{60, 120, 240, 300, 300} {
		now.add(5 * time.Minute)
		sim.Inject(seedrtest.FaultLimitHTML, "", 1)
		limited(b, 0, 0)
		calls := sim.Stats().Total()
		limited(a, (want-1)*time.Second, want*time.Second)
		if sim.Stats().Total() != calls {
			t.Error("it called in the pause")
		}
	}
	now.add(5 * time.Minute)
	if err := a(); err != nil {
		t.Error(err)
	}
	sim.Inject(seedrtest.FaultLimitHTML, "", 1)
	limited(b, 0, 0)
	limited(a, 59*time.Second, 60*time.Second) // a success ends the doubling
}

func TestRefusedPasswordIsNotTriedAgainAndAgain(t *testing.T) {
	t.Parallel()
	sim, now, a, b := two(t)
	sim.Inject(seedrtest.FaultAuth, "", 1)
	if err := a(); seedr.KindOf(err) != seedr.KindAuth {
		t.Fatal(err)
	}
	calls := sim.Stats().Total()
	if err := b(); seedr.KindOf(err) != seedr.KindAuth || seedr.RetryAfter(err) <= 0 || sim.Stats().Total() != calls {
		t.Errorf("right after a refusal: %v", err)
	}
	now.add(time.Minute)
	if err := b(); err != nil {
		t.Error(err)
	}
}

func TestRefusalsAreNoFailures(t *testing.T) {
	t.Parallel()
	sim, c := start(t, nil)
	for range 10 {
		if _, err := c.Transfer(t.Context(), 5); seedr.KindOf(err) != seedr.KindGone {
			t.Fatal(err)
		}
	}
	if n := sim.Stats().Calls["transfer"]; n != 10 {
		t.Errorf("%d calls", n)
	}
}

// TestBudget makes many calls at once through two clients; the simulator
// refuses, and keeps as a violation, what is too fast.
func TestBudget(t *testing.T) {
	t.Parallel()
	sim, _ := start(t, func(s *seedrtest.Switches) { s.CallsPerSecond = 5 })
	shared := &seedr.Memory{}
	with := func(o *seedr.Options) { o.Shared = shared }
	clients := []*seedr.Client{newClient(t, sim.URL().String(), with), newClient(t, sim.URL().String(), with)}
	var wg sync.WaitGroup
	for i := range 16 {
		wg.Go(func() {
			if _, err := clients[i%2].Root(t.Context()); err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	if s := sim.Stats(); len(s.Violations) > 0 || s.Total() != 16 {
		t.Errorf("%d calls, %v", s.Total(), s.Violations)
	}
	// A call that would wait too long is refused at once, and takes no turn.
	if err := shared.Update(t.Context(), func(s *seedr.State, now time.Time) { s.NextCallAt = now.Add(time.Minute) }); err != nil {
		t.Fatal(err)
	}
	if _, err := clients[0].Root(t.Context()); seedr.KindOf(err) != seedr.KindLimited || seedr.RetryAfter(err) < 50*time.Second {
		t.Errorf("a long queue: %v", err)
	}
	// One that gives up while it waits says so.
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if err := shared.Update(t.Context(), func(s *seedr.State, now time.Time) { s.NextCallAt = now.Add(10 * time.Second) }); err != nil {
		t.Fatal(err)
	}
	if _, err := clients[1].Root(ctx); !errors.Is(err, context.Canceled) {
		t.Errorf("given up: %v", err)
	}
}
