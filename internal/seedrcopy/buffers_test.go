package seedrcopy

import (
	"context"
	"errors"
	"runtime"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/google/uuid"
)

// waits starts a taker and returns when it waits for its buffer.
func waits(t *testing.T, p *buffers, job uuid.UUID, size int64) <-chan []byte {
	t.Helper()
	count := func() (n int) {
		p.mu.Lock()
		defer p.mu.Unlock()
		for _, j := range p.ring {
			n += len(j.takers)
		}
		return n
	}
	before, got := count(), make(chan []byte, 1)
	go func() {
		if b, err := p.take(t.Context(), job, size); err == nil {
			got <- b
		}
	}()
	for count() == before {
		runtime.Gosched()
	}
	return got
}

func takes(t *testing.T, p *buffers, job uuid.UUID, size int64) []byte {
	t.Helper()
	b, err := p.take(t.Context(), job, size)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// However much many jobs take, memory stays within the bound, no two share a
// buffer, and all of them make progress.
func TestPartsStayWithinTheirMemory(t *testing.T) {
	t.Parallel()
	const total = 64 << 10
	p := newBuffers(total)
	var out atomic.Int64
	var all sync.WaitGroup
	for i := range 50 {
		all.Go(func() {
			job, mark := uuid.New(), byte(i+1)
			for n := range 40 {
				size := int64(8<<10) << (n % 4) // the last takes all
				b, err := p.take(t.Context(), job, size)
				if err != nil {
					t.Error(err)
					return
				}
				if now := out.Add(size); now > total {
					t.Errorf("%d bytes are out", now)
				}
				for j := range b {
					b[j] = mark
				}
				runtime.Gosched()
				for j := range b {
					if b[j] != mark {
						t.Errorf("buffer is shared")
						return
					}
				}
				out.Add(-size)
				p.give(b[:1])
			}
		})
	}
	all.Wait()
	if p.used != 0 || p.held > total || len(p.ring) != 0 {
		t.Errorf("%d bytes are used and %d held of %d, %d jobs wait", p.used, p.held, total, len(p.ring))
	}
}

// TestJobsTakeTurns: a job with many takers takes nothing from another.
func TestJobsTakeTurns(t *testing.T) {
	t.Parallel()
	p, many, single := newBuffers(8), uuid.New(), uuid.New()
	b := takes(t, p, many, 8)
	var others []<-chan []byte
	for range 5 {
		others = append(others, waits(t, p, many, 8))
	}
	one := waits(t, p, single, 8)
	if !p.wanted() {
		t.Error("nothing is waiting")
	}
	p.give(b)
	p.give(<-others[0])
	p.give(<-one) // before the other four of the first job
	for _, o := range others[1:] {
		p.give(<-o)
	}
	if p.wanted() {
		t.Error("something still waits")
	}
}

// Smaller parts don't overtake a large one forever, and a part larger than all
// memory still gets its buffer.
func TestLargePartsGetTheirTurn(t *testing.T) {
	t.Parallel()
	p := newBuffers(16)
	first, second := takes(t, p, uuid.New(), 8), takes(t, p, uuid.New(), 8)
	large := waits(t, p, uuid.New(), 40)
	small := waits(t, p, uuid.New(), 8)
	p.give(first)
	if len(small) > 0 {
		t.Error("a small part overtook a large one")
	}
	p.give(second)
	b := <-large
	if len(b) != 40 || len(small) > 0 {
		t.Errorf("%d bytes, and another has some at once: %t", len(b), len(small) > 0)
	}
	p.give(b)
	p.give(<-small)
	if p.held > 16 {
		t.Errorf("%d bytes are held afterwards", p.held)
	}
}

// A job that ends while it waits leaves no gap.
func TestWhoGivesUpIsInNobodysWay(t *testing.T) {
	t.Parallel()
	p := newBuffers(16)
	b := takes(t, p, uuid.New(), 8)
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	go func() {
		_, err := p.take(ctx, uuid.New(), 16)
		ended <- err
	}()
	for !p.wanted() {
		runtime.Gosched()
	}
	small := waits(t, p, uuid.New(), 8) // would fit, but is behind
	cancel()
	if err := <-ended; !errors.Is(err, context.Canceled) {
		t.Errorf("got %v", err)
	}
	p.give(<-small)
	p.give(b)
	if p.used != 0 || p.wanted() {
		t.Errorf("%d bytes are used", p.used)
	}
}
