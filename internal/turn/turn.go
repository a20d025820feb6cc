// Package turn shares places fairly between the owners of files.
package turn

import (
	"context"
	"errors"
	"fmt"
	"sync"

	"github.com/google/uuid"
	"golang.org/x/sync/semaphore"
)

// ErrBusy is one request too many of an owner.
var ErrBusy = errors.New("too many requests of the owner wait for their turn")

// Turns lets a few of each owner's requests go at a time, so that thousands of
// one wait for each other and not before those of all others.
type Turns struct {
	each int64
	most int // of an owner's that go or wait

	mu sync.Mutex
	of map[uuid.UUID]*turn
}

// New returns turns of which each owner has some at a time, while at most so many
// of the owner's requests go or wait.
func New(each int64, most int) *Turns {
	return &Turns{each: each, most: most, of: map[uuid.UUID]*turn{}}
}

// turn is an owner's.
type turn struct {
	going *semaphore.Weighted
	asked int // who goes or waits
}

// Take waits for the owner's turn, or fails with ErrBusy if many wait. Who has it
// calls leave.
func (t *Turns) Take(ctx context.Context, owner uuid.UUID) (leave func(), err error) {
	t.mu.Lock()
	mine := t.of[owner]
	if mine != nil && mine.asked >= t.most {
		t.mu.Unlock()
		return nil, ErrBusy
	}
	if mine == nil {
		mine = &turn{going: semaphore.NewWeighted(t.each)}
		t.of[owner] = mine
	}
	mine.asked++
	t.mu.Unlock()
	forget := func() {
		t.mu.Lock()
		defer t.mu.Unlock()
		if mine.asked--; mine.asked == 0 {
			delete(t.of, owner)
		}
	}
	if err := mine.going.Acquire(ctx, 1); err != nil {
		forget()
		return nil, fmt.Errorf("wait for a turn: %w", err)
	}
	return func() {
		mine.going.Release(1)
		forget()
	}, nil
}
