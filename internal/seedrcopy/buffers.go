package seedrcopy

import (
	"context"
	"slices"
	"sync"

	"github.com/google/uuid"
)

// buffers is the memory of a worker for parts on their way to storage: a
// fixed number of bytes, whatever is copied, in buffers that are used again and
// again. Jobs that wait get their turns in a ring, one buffer each, so that a
// job of many files takes nothing from one of a single file. Whoever waits
// holds no buffer, so nobody waits for himself or in a circle.
type buffers struct {
	total int64

	mu   sync.Mutex
	used int64      // bytes that are given out
	held int64      // bytes of all buffers that exist
	free [][]byte   // the one that was used longest ago first
	ring []*jobTurn // jobs that wait, the next one first
}

// jobTurn is the takers of one job, in the order in which they came.
type jobTurn struct {
	job    uuid.UUID
	takers []*taker
}

type taker struct {
	size int64
	got  chan []byte // has room for the one buffer
}

func newBuffers(total int64) *buffers { return &buffers{total: total} }

// take waits for a buffer of the given size in bytes. A buffer larger than all
// memory waits until all of it is free and is then allocated anyway: no file is
// too large.
func (p *buffers) take(ctx context.Context, job uuid.UUID, size int64) ([]byte, error) {
	t := &taker{size: size, got: make(chan []byte, 1)}
	p.mu.Lock()
	i := slices.IndexFunc(p.ring, func(j *jobTurn) bool { return j.job == job })
	if i < 0 {
		i, p.ring = len(p.ring), append(p.ring, &jobTurn{job: job})
	}
	p.ring[i].takers = append(p.ring[i].takers, t)
	p.serve()
	p.mu.Unlock()
	select {
	case b := <-t.got:
		return b, nil
	case <-ctx.Done():
		p.leave(job, t)
		return nil, ctx.Err()
	}
}

// give brings a buffer back.
func (p *buffers) give(b []byte) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.used -= int64(cap(b))
	if p.free = append(p.free, b[:cap(b)]); p.held > p.total {
		p.drop(len(p.free) - 1)
	}
	p.serve()
}

// wanted reports whether anyone waits.
func (p *buffers) wanted() bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	return len(p.ring) > 0
}

// serve gives out what there is. The first in the ring is waited for even when
// a later one needs less, or large parts would never get their turn.
func (p *buffers) serve() {
	for len(p.ring) > 0 {
		first := p.ring[0]
		t := first.takers[0]
		if p.used > 0 && p.used+t.size > p.total {
			return
		}
		t.got <- p.buffer(t.size)
		p.used += t.size
		p.ring = p.ring[1:]
		if first.takers = first.takers[1:]; len(first.takers) > 0 {
			p.ring = append(p.ring, first)
		}
	}
}

// buffer makes a buffer while there is memory for one, so that one file shows
// what a worker needs for any number of them, and else uses one again. Free
// ones of another size make room.
func (p *buffers) buffer(size int64) []byte {
	for p.held+size > p.total && len(p.free) > 0 {
		i := slices.IndexFunc(p.free, func(b []byte) bool { return int64(cap(b)) == size })
		if i >= 0 {
			b := p.free[i]
			p.free = slices.Delete(p.free, i, i+1)
			return b
		}
		p.drop(0)
	}
	p.held += size
	return partMemory(size)
}

// drop gives a free buffer back to the system.
func (p *buffers) drop(i int) {
	p.held -= int64(cap(p.free[i]))
	freePartMemory(p.free[i])
	p.free = slices.Delete(p.free, i, i+1)
}

// leave takes a taker that gave up out of the ring. A buffer that came at the
// same moment goes back.
func (p *buffers) leave(job uuid.UUID, t *taker) {
	p.mu.Lock()
	if i := slices.IndexFunc(p.ring, func(j *jobTurn) bool { return j.job == job }); i >= 0 {
		turn := p.ring[i]
		if turn.takers = slices.DeleteFunc(turn.takers, func(o *taker) bool { return o == t }); len(turn.takers) == 0 {
			p.ring = slices.Delete(p.ring, i, i+1)
		}
		p.serve() // the next in line may need less
	}
	p.mu.Unlock()
	select {
	case b := <-t.got:
		p.give(b)
	default:
	}
}
