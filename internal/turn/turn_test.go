package turn

import (
	"context"
	"errors"
	"runtime"
	"testing"

	"github.com/google/uuid"
)

// Whoever has asked for a lot waits, and is turned away in the end; that costs no
// one else a turn.
func TestOwnersTakeTurns(t *testing.T) {
	t.Parallel()
	turns := New(1, 2)
	greedy, modest := uuid.New(), uuid.New()
	leave, err := turns.Take(t.Context(), greedy)
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	second := make(chan error)
	go func() {
		_, err := turns.Take(ctx, greedy)
		second <- err
	}()
	asked := func() int {
		turns.mu.Lock()
		defer turns.mu.Unlock()
		return turns.of[greedy].asked
	}
	for asked() < 2 {
		runtime.Gosched()
		if t.Context().Err() != nil {
			t.Fatal("the second doesn't wait")
		}
	}
	if _, err := turns.Take(t.Context(), greedy); !errors.Is(err, ErrBusy) {
		t.Errorf("the third of two: %v", err)
	}
	other, err := turns.Take(t.Context(), modest)
	if err != nil {
		t.Fatal(err)
	}
	cancel()
	if err := <-second; !errors.Is(err, context.Canceled) {
		t.Errorf("the second, which left: %v", err)
	}
	leave()
	other()
	if len(turns.of) != 0 {
		t.Errorf("%d owners are remembered", len(turns.of))
	}
}
