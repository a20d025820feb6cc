package anacrolix

import (
	"context"
	"slices"
	"time"

	"longhaul/agent/engine"
)

// How far ahead of the first missing piece others are asked for, at least.
const (
	aheadBytes  = 32 << 20
	aheadPieces = 16
	// widenAfter is how long no piece may be finished before more are asked for.
	widenAfter = 2 * time.Second
)

// window decides which pieces are asked for: the first that are missing, in
// file order, so that parts are finished and uploaded while the rest comes, and
// no more than the disk has room for. Within it the library takes rare pieces
// first. It widens where a peer has nothing of it, or the swarm empties it at once.
type window struct {
	d      *download
	later  []int // missing pieces that are not asked for yet, ascending
	asked  []int // pieces that are asked for and were not complete when last looked at, ascending
	closed bool  // only what is asked for is to be finished

	outside func() bool // whether a peer has missing pieces, but none that are asked for

	ahead    int64 // bytes that are asked for at once
	verified int64 // when last looked at
	moved    time.Time
	stuck    bool // nothing came for a while
}

func newWindow(d *download) *window {
	w := &window{d: d, ahead: aheadOf(d.layout.pieceLength, d.storage.limit), moved: d.cfg.Now()}
	w.outside = w.peerOutside
	for i := range d.storage.pieces {
		if !d.storage.pieces[i].complete.Load() && d.layout.wanted(i) > 0 {
			w.later = append(w.later, i)
		}
	}
	return w
}

// aheadOf is how much is asked for at once: several pieces, but of large ones no
// more than there is memory for, and two at least.
func aheadOf(piece, memory int64) int64 {
	return max(aheadBytes, min(aheadPieces*piece, max(memory, 2*piece)))
}

// advance asks for more pieces if there is room.
func (w *window) advance(ctx context.Context) error {
	if len(w.later) == 0 {
		return nil
	}
	w.widen()
	room := w.ahead
	if b, ok := w.d.store.(engine.Bounded); !ok {
		if err := w.d.store.Wait(ctx); err != nil {
			return err
		}
	} else if free, bounded := b.Room(); bounded {
		room = min(room, free)
	}
	w.ask(w.fitting(room))
	return nil
}

// widen asks for twice as much when nothing of it comes and a peer could send
// something else, or all of it came between two looks. While no peer is there,
// asking for more would only start parts that nothing finishes.
func (w *window) widen() {
	now, verified := w.d.cfg.Now(), w.d.storage.verified.Load()
	came := verified - w.verified
	if came > 0 {
		w.moved, w.stuck = now, false
	}
	waited := now.Sub(w.moved) > widenAfter
	w.stuck = w.stuck || waited
	if came > w.ahead/2 || waited && w.outside() {
		w.ahead *= 2
	}
	if waited {
		w.moved = now
	}
	w.verified = verified
}

// peerOutside reports whether a peer has missing pieces, but none that are asked
// for.
func (w *window) peerOutside() bool {
	for _, peer := range w.d.tor.PeerConns() {
		has := peer.PeerPieces()
		theirs := func(piece int) bool { return has.Contains(uint32(piece)) }
		if !slices.ContainsFunc(w.asked, theirs) && slices.ContainsFunc(w.later, theirs) {
			return true
		}
	}
	return false
}

// fitting returns how many more pieces there is room for, on the disk and in
// memory. One piece is always under way while there is any room, however large
// it is.
func (w *window) fitting(room int64) (n int) {
	w.forget()
	if room > 0 && len(w.asked) == 0 {
		n = 1
		room -= w.d.layout.lengths(w.later[0])
	}
	held := int64(0)
	for _, p := range w.asked {
		room -= w.d.layout.lengths(p)
		held += w.held(p)
	}
	for n < len(w.later) {
		if room -= w.d.layout.lengths(w.later[n]); room < 0 {
			break
		}
		more := w.held(w.later[n])
		if held += more; w.d.storage.limit > 0 && more > 0 && held > max(more, w.d.storage.limit) {
			break
		}
		n++
	}
	return n
}

// held is what the piece takes of memory whatever the limit: all of it, if it
// has bytes of files that are not selected. While nothing comes, only pieces
// with a block count, because no peer may have the others.
func (w *window) held(piece int) int64 {
	n := w.d.layout.lengths(piece)
	if w.d.layout.wanted(piece) == n || (w.stuck && w.d.storage.pieces[piece].blocks.Load() == nil) {
		return 0
	}
	return n
}

// forget drops complete pieces from those that are asked for.
func (w *window) forget() {
	w.asked = slices.DeleteFunc(w.asked, w.complete)
}

func (w *window) complete(piece int) bool { return w.d.storage.pieces[piece].complete.Load() }

// flush has what is started finished and nothing else, and reports whether that is
// done. Pieces that were given up may still come and start other parts, which are
// finished then.
func (w *window) flush() (done bool) {
	w.forget()
	if !w.closed || len(w.asked) == 0 {
		w.closed = true
		w.narrow()
	}
	return len(w.asked) == 0
}

// narrow asks for the missing pieces of started parts only.
func (w *window) narrow() {
	missing := slices.DeleteFunc(slices.Concat(w.asked, w.later), w.complete)
	slices.Sort(missing)
	w.asked, w.later = nil, nil
	for _, p := range missing {
		if w.d.started(p) {
			w.d.tor.DownloadPieces(p, p+1)
			w.asked = append(w.asked, p)
		} else {
			w.d.tor.CancelPieces(p, p+1)
			w.later = append(w.later, p)
		}
	}
}

// ask requests the next n pieces, run by run.
func (w *window) ask(n int) {
	next := w.later[:n]
	w.later = w.later[n:]
	w.asked = append(w.asked, next...)
	for len(next) > 0 {
		run := 1
		for run < len(next) && next[run] == next[0]+run {
			run++
		}
		w.d.tor.DownloadPieces(next[0], next[0]+run)
		next = next[run:]
	}
}

// full reports whether nothing more may be asked for until parts are uploaded.
func (w *window) full() bool {
	b, ok := w.d.store.(engine.Bounded)
	if !ok || len(w.asked) > 0 || len(w.later) == 0 {
		return false
	}
	n, bounded := b.Room()
	return bounded && n <= 0
}
