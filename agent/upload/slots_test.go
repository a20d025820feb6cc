package upload

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
