package anacrolix

import (
	"context"

	"longhaul/agent/engine"
)

// window decides which pieces are asked for: all that are missing if the disk
// has no watermark, otherwise those that fit, in file order, so that parts are
// finished, uploaded and released.
type window struct {
	d     *download
	later []int // missing pieces that are not asked for yet, ascending
	asked []int // pieces that are asked for and were not complete when last looked at
}

func newWindow(d *download) *window {
	w := &window{d: d}
	for i := range d.storage.pieces {
		if !d.storage.pieces[i].complete.Load() && d.layout.wanted(i) > 0 {
			w.later = append(w.later, i)
		}
	}
	return w
}

// advance asks for more pieces if there is room.
func (w *window) advance(ctx context.Context) error {
	if len(w.later) == 0 {
		return nil
	}
	b, ok := w.d.store.(engine.Bounded)
	if !ok {
		if err := w.d.store.Wait(ctx); err != nil {
			return err
		}
		w.ask(len(w.later))
		return nil
	}
	room, bounded := b.Room()
	if !bounded {
		w.ask(len(w.later))
		return nil
	}
	w.ask(w.fitting(room))
	return nil
}

// fitting returns how many more pieces there is room for. One piece is always
// under way while there is any room, however large it is.
func (w *window) fitting(room int64) (n int) {
	kept := w.asked[:0]
	for _, p := range w.asked {
		if !w.d.storage.pieces[p].complete.Load() {
			kept = append(kept, p)
		}
	}
	w.asked = kept
	if room > 0 && len(w.asked) == 0 {
		n = 1
		room -= w.d.layout.lengths(w.later[0])
	}
	for _, p := range w.asked {
		room -= w.d.layout.lengths(p)
	}
	for n < len(w.later) {
		if room -= w.d.layout.lengths(w.later[n]); room < 0 {
			break
		}
		n++
	}
	return n
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
