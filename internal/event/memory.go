package event

import (
	"context"
	"sync"
)

// subscriberBuffer is how many messages may wait for one subscriber.
const subscriberBuffer = 4096

// Memory is a Bus within one process. Its zero value is ready for use.
type Memory struct {
	mu   sync.Mutex
	subs map[*subscriber]struct{}
	done bool
}

var _ Bus = (*Memory)(nil)

type subscriber struct {
	ch   chan Message
	lost bool // the newest message could not be delivered
}

// Publish hands the messages to every subscriber.
func (b *Memory) Publish(_ context.Context, msgs ...Message) error {
	b.mu.Lock()
	defer b.mu.Unlock()
	for s := range b.subs {
		for _, m := range msgs {
			s.deliver(m)
		}
	}
	return nil
}

// Subscribe implements Bus.
func (b *Memory) Subscribe(ctx context.Context) <-chan Message {
	s := &subscriber{ch: make(chan Message, subscriberBuffer)}
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.done {
		close(s.ch)
		return s.ch
	}
	if b.subs == nil {
		b.subs = make(map[*subscriber]struct{})
	}
	b.subs[s] = struct{}{}
	context.AfterFunc(ctx, func() { b.remove(s) })
	return s.ch
}

// Close ends every subscription.
func (b *Memory) Close() {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.done = true
	for s := range b.subs {
		delete(b.subs, s)
		close(s.ch)
	}
}

func (b *Memory) remove(s *subscriber) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if _, ok := b.subs[s]; ok {
		delete(b.subs, s)
		close(s.ch)
	}
}

// deliver keeps one place of the buffer for the news that others were dropped.
// Progress takes half of it at most, and is dropped beyond: the next says more, and
// many jobs that move at once must not cost the news of one that is ready.
func (s *subscriber) deliver(m Message) {
	if m.Kind == KindProgress && len(s.ch) >= cap(s.ch)/2 {
		return
	}
	if s.lost {
		if len(s.ch) > cap(s.ch)/2 {
			return // still behind: one KindLost stands for all that is dropped
		}
		s.lost = false
	}
	if len(s.ch) < cap(s.ch)-1 {
		s.ch <- m
		return
	}
	s.lost = true
	s.ch <- Message{Kind: KindLost}
}
