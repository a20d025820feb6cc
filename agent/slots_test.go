package agent

import (
	"context"
	"errors"
	"testing"
	"testing/synctest"
	"time"
)

func TestSlotsAreSharedFairly(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newSlots(4)
		for range 4 {
			if err := s.acquire(t.Context(), "greedy"); err != nil {
				t.Fatal(err)
			}
		}
		var got []string
		ask := func(key string) {
			go func() {
				if s.acquire(t.Context(), key) == nil {
					got = append(got, key)
				}
			}()
			synctest.Wait()
		}
		ask("greedy")
		ask("modest")
		ask("modest")
		for range 3 {
			s.release("greedy")
			synctest.Wait()
		}
		want := []string{"modest", "modest", "greedy"}
		for i := range want {
			if i >= len(got) || got[i] != want[i] {
				t.Fatalf("slots went to %v, want %v", got, want)
			}
		}
	})
}

func TestSlotsForgetWhoGaveUp(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newSlots(1)
		_ = s.acquire(t.Context(), "a")
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		if err := s.acquire(ctx, "b"); !errors.Is(err, context.DeadlineExceeded) {
			t.Fatal(err)
		}
		s.release("a")
		if err := s.acquire(t.Context(), "c"); err != nil {
			t.Fatal(err)
		}
	})
}

func TestChangesAreConflated(t *testing.T) {
	cases := map[string]struct {
		since func(rev int64) int64
		after time.Duration // when something changes; 0 is never
		phase bool
		want  time.Duration
	}{
		"nothing":           {after: 0, want: 10 * time.Second},
		"progress at once":  {after: time.Millisecond, want: time.Second},
		"progress later":    {after: 3 * time.Second, want: 3 * time.Second},
		"a phase":           {after: 20 * time.Millisecond, phase: true, want: 20 * time.Millisecond},
		"a phase later":     {after: 5 * time.Second, phase: true, want: 5 * time.Second},
		"everything wanted": {since: func(int64) int64 { return 0 }, want: 0},
		"another life":      {since: func(rev int64) int64 { return rev + 1000 }, want: 0},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				c := newChangeLog()
				c.touch("x", true)
				ids, rev := c.since(0)
				if len(ids) != 1 {
					t.Fatalf("ids %v", ids)
				}
				if tc.since != nil {
					rev = tc.since(rev)
				}
				if tc.after > 0 {
					time.AfterFunc(tc.after, func() { c.touch("y", tc.phase) })
				}
				start := time.Now()
				c.await(t.Context(), rev, 10*time.Second)
				if took := time.Since(start); took != tc.want {
					t.Errorf("it took %s, want %s", took, tc.want)
				}
			})
		})
	}
}
