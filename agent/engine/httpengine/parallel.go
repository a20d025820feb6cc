package httpengine

import (
	"context"
	"errors"
	"sync"

	"golang.org/x/sync/errgroup"

	"longhaul/internal/byterange"
	"longhaul/models"
)

// queue hands the missing ranges to the connections, from the front of the
// file, so that its parts can go to storage early.
type queue struct {
	d *download

	mu     sync.Mutex
	next   int64             // everything before was handed out
	back   []byterange.Range // given back by connections that failed
	active int
}

// take returns the next range; without one the caller is no longer active.
func (q *queue) take() (byterange.Range, bool) {
	q.mu.Lock()
	defer q.mu.Unlock()
	if n := len(q.back); n > 0 {
		r := q.back[n-1]
		q.back = q.back[:n-1]
		return r, true
	}
	r, ok := q.d.nextMissing(q.next)
	for ok && q.d.flushing() && !q.started(r.Off) {
		r, ok = q.d.nextMissing((r.Off/q.d.part() + 1) * q.d.part())
	}
	if !ok || r.Off >= q.d.size {
		q.next = q.d.size
		q.active--
		return r, false
	}
	q.next = r.End()
	return r, true
}

// started reports whether something of the part at the offset is verified or was
// handed out: everything before next was.
func (q *queue) started(off int64) bool {
	return off/q.d.part() == (q.next-1)/q.d.part() || q.d.started(off)
}

// leave gives a range back and ends the caller's part in it, if someone else
// continues.
func (q *queue) leave(r byterange.Range) bool {
	q.mu.Lock()
	defer q.mu.Unlock()
	if q.active < 2 {
		return false
	}
	q.active--
	q.back = append(q.back, r)
	return true
}

// start is what a connection begins with: an answer and the range that is read from
// it.
type start struct {
	a   *answer
	rng byterange.Range
}

// parallel fetches the missing ranges over several connections; the first of
// them have their answers already, one after the other in the file.
func (d *download) parallel(ctx context.Context, starts ...start) error {
	end := starts[len(starts)-1].rng.End()
	q := &queue{d: d, next: end}
	chunks := (d.size - end + d.chunk() - 1) / d.chunk()
	q.active = len(starts) + int(min(chunks, int64(max(0, d.cfg.Connections-len(starts)))))
	g, ctx := errgroup.WithContext(ctx)
	for i := range q.active {
		var s start
		if i < len(starts) {
			s = starts[i]
		}
		g.Go(func() error { return d.connection(ctx, q, s.a, s.rng) })
	}
	return g.Wait()
}

// connection fetches range after range until there is none, beginning with the
// one that it has, if any.
func (d *download) connection(ctx context.Context, q *queue, a *answer, rest byterange.Range) error {
	defer d.meter.connect()()
	buf := make([]byte, bufferSize)
	wait := newPauses(d.cfg.RetryPause)
	odds := 0
	for {
		if rest.Len <= 0 {
			var ok bool
			if rest, ok = q.take(); !ok {
				return nil
			}
		}
		n, err := d.fetchRange(ctx, rest, a, buf)
		if a != nil {
			a.close() // it may bring more than this connection has to fetch
			a = nil
		}
		rest = rest.After(n)
		if err == nil {
			wait.reset()
			odds = 0
			continue
		}
		if ctx.Err() != nil {
			return ctx.Err()
		}
		again, ok := asRetry(err)
		if !ok {
			// A refusal may mean this connection only: one too many.
			if !errors.Is(err, errChanged) && n == 0 && refusedHere(err) && q.leave(rest) {
				return nil
			}
			return err
		}
		if again.busy && q.leave(rest) {
			return nil
		}
		if again.odd {
			if odds++; odds >= maxOdd {
				return err
			}
		}
		if err := d.tooShort(again, again.short, n > 0); err != nil {
			return err
		}
		if n > 0 {
			wait.reset()
		}
		d.meter.waitsFor(again.fault)
		if err := wait.sleep(ctx, again.after); err != nil {
			return err
		}
	}
}

// fetchRange fetches one range, from an answer if there is one already, and
// returns how many of its bytes are verified now.
func (d *download) fetchRange(ctx context.Context, rng byterange.Range, a *answer, buf []byte) (n int64, err error) {
	if a == nil {
		if a, err = d.get(ctx, rng, d.validator); err != nil {
			return 0, err
		}
		defer a.close()
		if !a.part || a.size != d.size || (a.validator != "" && a.validator != d.validator) {
			return 0, errChanged
		}
	}
	rng = rng.Before(a.rng.End()) // it may bring less than it was asked for
	block := d.cfg.BlockSize
	for at := rng.Off; at < rng.End(); {
		length := min((at/block+1)*block, rng.End()) - at
		if err := d.pause(ctx); err != nil {
			return n, err
		}
		k, err := d.copyBlock(ctx, a.body, at, length, buf)
		at += k
		n += k
		if err != nil {
			return n, bodyError(ctx, err)
		}
	}
	return n, nil
}

// refusedHere reports whether a final fault may be about one connection too
// many rather than about the file.
func refusedHere(err error) bool {
	f, ok := errors.AsType[*models.Error](err)
	return ok && (f.Problem == models.ProblemRefusedBySource || f.Problem == models.ProblemNotAFile)
}
