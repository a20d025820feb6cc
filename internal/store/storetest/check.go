package storetest

import (
	"context"
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"longhaul/internal/store"
	"longhaul/models"
)

// Must returns a function that passes a value on and ends the test when there
// is an error with it.
func Must[T any](t testing.TB) func(v T, err error) T {
	t.Helper()
	return func(v T, err error) T {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return v
	}
}

// OK ends the test when there is an error.
func OK(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// Eventually waits until check finds nothing wrong, and ends the test with what
// is still wrong after the limit.
func Eventually(t testing.TB, limit time.Duration, check func() string) {
	t.Helper()
	late := time.NewTimer(limit)
	defer late.Stop()
	tick := time.NewTicker(10 * time.Millisecond)
	defer tick.Stop()
	for {
		wrong := check()
		if wrong == "" {
			return
		}
		select {
		case <-tick.C:
		case <-late.C:
			t.Fatalf("after %s: %s", limit, wrong)
		}
	}
}

// WantCode checks the code of an error.
func WantCode(t testing.TB, err error, code models.Code) {
	t.Helper()
	if err == nil || models.CodeOf(err) != code {
		t.Errorf("got %v, want %s", err, code)
	}
}

// WantProblem checks the problem of an error.
func WantProblem(t testing.TB, err error, p models.Problem) {
	t.Helper()
	if err == nil || models.AsError(err).Problem != p {
		t.Errorf("got %v, want %s", err, p)
	}
}

// Try runs a statement on the test's database, for what the store has no
// method for.
func Try(t testing.TB, query string, args ...any) error {
	t.Helper()
	conn, err := pgx.Connect(t.Context(), DSN(t))
	OK(t, err)
	_, err = conn.Exec(t.Context(), query, args...)
	return errors.Join(err, conn.Close(t.Context()))
}

// ExecOn is Try on the database of a URL, such as one of Empty.
func ExecOn(t testing.TB, dsn, query string) error {
	t.Helper()
	return execute(t.Context(), dsn, query)
}

// Exec is Try for what has to go well.
func Exec(t testing.TB, query string, args ...any) {
	t.Helper()
	OK(t, Try(t, query, args...))
}

// Count returns the one number that a query finds.
func Count(t testing.TB, query string, args ...any) int {
	t.Helper()
	conn, err := pgx.Connect(t.Context(), DSN(t))
	OK(t, err)
	defer conn.Close(context.WithoutCancel(t.Context()))
	var n int
	OK(t, conn.QueryRow(t.Context(), query, args...).Scan(&n))
	return n
}

// Drain dispatches what is due in the outbox and returns it, as kind and ref.
func Drain(t testing.TB, s *store.Store) []string {
	t.Helper()
	var out []string
	_, err := s.Worker().Outbox.DueOutbox(t.Context(), 1000, func(_ context.Context, i models.OutboxItem) error {
		out = append(out, fmt.Sprintf("%s %s", i.Kind, i.Ref))
		return nil
	})
	OK(t, err)
	return out
}

// Clock is a time that tests move on.
type Clock struct{ Now time.Time }

// FakeClock makes the store use a stopped clock.
func FakeClock(s *store.Store) *Clock {
	c := &Clock{Now: s.DB.Now()}
	s.DB.Now = func() time.Time { return c.Now }
	return c
}

// Add moves the clock on.
func (c *Clock) Add(d time.Duration) { c.Now = c.Now.Add(d) }
