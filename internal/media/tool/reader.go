package tool

import (
	"context"
	"errors"
	"fmt"
	"io"
	"sync"
)

// Source is what a program reads.
type Source struct {
	Size int64
	Open func(ctx context.Context, offset, length int64) (io.ReadCloser, error)
}

const (
	blockSize = 256 << 10
	maxAhead  = 32 // blocks that are asked for at once
	maxKept   = 64 // blocks in memory
)

// errGreedy is that a program read more than it may.
var errGreedy = errors.New("it reads too much")

// reader reads a source in blocks and keeps the last ones. It asks for more at
// once the longer it is read in sequence.
type reader struct {
	ctx  context.Context //nolint:containedctx // one run's, which the connections of the program don't know
	stop context.CancelFunc
	src  Source

	mu     sync.Mutex
	left   int64 // bytes that may still be read
	blocks map[int64][]byte
	recent []int64 // the blocks, the one used last at the end
	stream io.ReadCloser
	next   int64 // the block that the stream gives
	end    int64 // the block behind its last
	ahead  int64
	fault  error // the first of the source, or errGreedy
}

func newReader(ctx context.Context, src Source, most int64) *reader {
	ctx, stop := context.WithCancel(ctx)
	return &reader{ctx: ctx, stop: stop, src: src, left: most, blocks: map[int64][]byte{}}
}

// at returns bytes of the source from the offset on: what is left of its block.
func (r *reader) at(off int64) ([]byte, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if err := r.ctx.Err(); err != nil {
		return nil, err
	}
	if r.fault != nil {
		return nil, r.fault
	}
	b, err := r.block(off / blockSize)
	if err != nil {
		if r.ctx.Err() == nil {
			r.fault = err
		}
		return nil, err
	}
	return b[off%blockSize:], nil
}

func (r *reader) block(n int64) ([]byte, error) {
	if b, ok := r.blocks[n]; ok {
		r.use(n)
		return b, nil
	}
	if r.stream == nil || r.next != n || r.next >= r.end {
		if err := r.open(n); err != nil {
			return nil, err
		}
	}
	size := min(blockSize, r.src.Size-n*blockSize)
	if r.left < size {
		return nil, errGreedy
	}
	r.left -= size
	b := make([]byte, size)
	if _, err := io.ReadFull(r.stream, b); err != nil {
		r.closeStream()
		return nil, fmt.Errorf("read the file: %w", err)
	}
	r.next++
	r.blocks[n] = b
	r.use(n)
	return b, nil
}

// open opens the source at a block, for more blocks than the last time if it
// was read to its end and goes on there.
func (r *reader) open(n int64) error {
	if r.stream != nil && r.next == n && n == r.end {
		r.ahead = min(2*r.ahead, maxAhead)
	} else {
		r.ahead = 1
	}
	r.closeStream()
	from := n * blockSize
	stream, err := r.src.Open(r.ctx, from, min(r.ahead*blockSize, r.src.Size-from))
	if err != nil {
		return fmt.Errorf("open the file: %w", err)
	}
	r.stream, r.next, r.end = stream, n, n+r.ahead
	return nil
}

// use makes the block the one used last, and forgets one if there are many.
func (r *reader) use(n int64) {
	for i, m := range r.recent {
		if m == n {
			r.recent = append(r.recent[:i], r.recent[i+1:]...)
			break
		}
	}
	r.recent = append(r.recent, n)
	if len(r.recent) > maxKept {
		delete(r.blocks, r.recent[0])
		r.recent = r.recent[1:]
	}
}

func (r *reader) closeStream() {
	if r.stream != nil {
		_ = r.stream.Close() // read only: nothing is lost
		r.stream = nil
	}
}

// close gives up what is kept and returns the fault of the source, if there was one.
func (r *reader) close() error {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.closeStream()
	r.blocks = nil
	return r.fault
}
