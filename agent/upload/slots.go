package upload

import (
	"context"
	"sync"
)

// slots bounds what all transfers do together and shares it fairly: a free
// slot goes to the waiting transfer that has the fewest.
type slots struct {
	mu    sync.Mutex
	free  int
	using map[string]int
	queue []*waiter // in the order of arrival
}

type waiter struct {
	key string
	ok  chan struct{} // closed when the slot is given
}

func newSlots(n int) *slots { return &slots{free: n, using: map[string]int{}} }

// acquire waits for a slot.
func (s *slots) acquire(ctx context.Context, key string) error {
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

// release gives a slot back.
func (s *slots) release(key string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.giveBack(key)
}

func (s *slots) giveBack(key string) {
	s.free++
	if s.using[key]--; s.using[key] == 0 {
		delete(s.using, key)
	}
	s.deal()
}

func (s *slots) deal() {
	for s.free > 0 && len(s.queue) > 0 {
		best := 0
		for i, w := range s.queue {
			if s.using[w.key] < s.using[s.queue[best].key] {
				best = i
			}
		}
		w := s.queue[best]
		s.queue = append(s.queue[:best], s.queue[best+1:]...)
		s.free--
		s.using[w.key]++
		close(w.ok)
	}
}
