// Package share bounds what many do together and shares it fairly. It does not
// know what is done.
package share

import (
	"context"
	"sync"
)

// Slots are a number of slots. A free one goes to whoever waits and has the
// fewest.
type Slots struct {
	mu    sync.Mutex
	free  int
	each  int
	using map[string]int
	queue []*waiter // in the order of arrival
}

type waiter struct {
	key string
	ok  chan struct{} // closed when the slot is given
}

// New returns n slots, of which each key has at most so many at once.
func New(n, each int) *Slots { return &Slots{free: n, each: each, using: map[string]int{}} }

// Acquire waits for a slot for the key, until ctx ends.
func (s *Slots) Acquire(ctx context.Context, key string) error {
	s.mu.Lock()
	w := &waiter{key: key, ok: make(chan struct{})}
	s.queue = append(s.queue, w)
	s.deal()
	s.mu.Unlock()
	select {
	case <-w.ok:
		return nil
	case <-ctx.Done():
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	for i, o := range s.queue {
		if o == w {
			s.queue = append(s.queue[:i], s.queue[i+1:]...)
			return ctx.Err()
		}
	}
	s.giveBack(key) // it was given at the same moment
	return ctx.Err()
}

// Release gives a slot of the key back.
func (s *Slots) Release(key string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.giveBack(key)
}

func (s *Slots) giveBack(key string) {
	s.free++
	if s.using[key]--; s.using[key] == 0 {
		delete(s.using, key)
	}
	s.deal()
}

func (s *Slots) deal() {
	for s.free > 0 {
		best := -1
		for i, w := range s.queue {
			if using := s.using[w.key]; using < s.each && (best < 0 || using < s.using[s.queue[best].key]) {
				best = i
			}
		}
		if best < 0 {
			return
		}
		w := s.queue[best]
		s.queue = append(s.queue[:best], s.queue[best+1:]...)
		s.free--
		s.using[w.key]++
		close(w.ok)
	}
}
