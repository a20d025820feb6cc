package share_test

import (
	"context"
	"errors"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"longhaul/internal/share"
)

func TestSlotsAreSharedFairly(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := share.New(4, 4)
		for range 4 {
			if err := s.Acquire(t.Context(), "greedy"); err != nil {
				t.Fatal(err)
			}
		}
		var got []string
		ask := func(key string) {
			go func() {
				if s.Acquire(t.Context(), key) == nil {
					got = append(got, key)
				}
			}()
			synctest.Wait()
		}
		ask("greedy")
		ask("modest")
		ask("modest")
		for range 3 {
			s.Release("greedy")
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
		s := share.New(1, 1)
		_ = s.Acquire(t.Context(), "a")
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		if err := s.Acquire(ctx, "b"); !errors.Is(err, context.DeadlineExceeded) {
			t.Fatal(err)
		}
		s.Release("a")
		if err := s.Acquire(t.Context(), "c"); err != nil {
			t.Fatal(err)
		}
	})
}

// TestNobodyHasAllSlots keeps some for those who come later, when whoever came
// first holds on for long.
func TestNobodyHasAllSlots(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := share.New(4, 2)
		var greedy atomic.Int64
		ctx, cancel := context.WithCancel(t.Context())
		for range 25 {
			go func() {
				if s.Acquire(ctx, "greedy") == nil {
					greedy.Add(1)
				}
			}()
		}
		synctest.Wait()
		if n := greedy.Load(); n != 2 {
			t.Errorf("one has %d of 4 slots, want 2", n)
		}
		if err := s.Acquire(t.Context(), "modest"); err != nil {
			t.Error(err)
		}
		cancel()
	})
}
