package thumbnail

import (
	"context"
	"errors"
	"runtime"
	"testing"

	"github.com/google/uuid"

	"longhaul/models"
)

// Whoever has asked for a lot waits, and is turned away in the end; that costs no
// one else a turn.
func TestOwnersTakeTurns(t *testing.T) {
	t.Parallel()
	turns := turns{each: 1, most: 2, of: map[uuid.UUID]*turn{}}
	greedy, modest := uuid.New(), uuid.New()
	leave, err := turns.take(t.Context(), greedy)
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	second := make(chan error)
	go func() {
		_, err := turns.take(ctx, greedy)
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
	if _, err := turns.take(t.Context(), greedy); models.CodeOf(err) != models.CodeUnavailable {
		t.Errorf("the third of two: %v", err)
	}
	other, err := turns.take(t.Context(), modest)
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
