package anacrolix

import (
	"context"
	"fmt"
	"time"

	"longhaul/agent/engine"
	"longhaul/internal/byterange"
	"longhaul/models"
)

const (
	// patience is how long nothing may come before a report says so.
	patience = 10 * time.Second
	// pumpEvery is how often a bounded store is asked for room.
	pumpEvery = 100 * time.Millisecond
)

// download is a torrent with its storage open.
type download struct {
	*session
	layout   *layout
	store    engine.Store
	storage  *pieceStorage
	broken   chan error
	flushing func() bool // only what is started is to be finished
}

// fail ends the download with the first error of the disk.
func (d *download) fail(err error) {
	select {
	case d.broken <- err:
	default:
	}
}

// run fetches what is missing.
func (d *download) run(ctx context.Context, stall time.Duration, report func(engine.Report)) error {
	w := newWindow(d)
	m := newMonitor(d, stall)
	report(m.report())
	pump := time.NewTicker(pumpEvery)
	defer pump.Stop()
	next := d.cfg.Now()
	missing := d.tor.BytesMissing() > 0
	for d.storage.left.Load() > 0 {
		if d.flushing() {
			if w.flush() {
				return engine.ErrFlushed
			}
		} else if err := w.advance(ctx); err != nil {
			return err
		}
		if now := d.cfg.Now(); !now.Before(next) {
			next = now.Add(reportEvery)
			m.sample(w)
			d.redial(m.peers)
			if m.idle {
				d.poke()
			}
			report(m.report())
			if err := m.stalled(); err != nil {
				return err
			}
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case err := <-d.broken:
			return fmt.Errorf("store verified bytes: %w", err)
		case <-d.storage.done:
		case <-pump.C:
		}
	}
	if missing && d.tor.BytesMissing() == 0 {
		d.announcer.complete()
	}
	m.sample(w)
	report(m.report())
	return nil
}

// started reports whether so much is verified of a part that the piece belongs to
// that it is worth finishing: more than a piece that reaches into it from the part
// before. If that counted, each part would start the next one.
func (d *download) started(piece int) (is bool) {
	d.layout.parts(piece, func(file int, part byterange.Range) bool {
		is = part.Len-d.missing(file, part) >= min(d.layout.pieceLength, part.Len)
		return !is
	})
	return is
}

// missing returns how many bytes of the range are not verified.
func (d *download) missing(file int, r byterange.Range) (n int64) {
	for {
		gap, some := d.store.Missing(file, r)
		if !some {
			return n
		}
		n += gap.Len
		r = byterange.Between(gap.End(), r.End())
	}
}

// poke makes the library request pieces again. It forgets to when the piece
// hashes of a v2 torrent arrive from a peer after the pieces were requested.
func (d *download) poke() {
	if d.tor.Info().HasV1() {
		return
	}
	d.tor.DisallowDataDownload()
	d.tor.AllowDataDownload()
}

// seed serves peers until the ratio or the time is reached.
func (d *download) seed(ctx context.Context, ratio float64, limit time.Duration, report func(engine.Report)) error {
	began := d.cfg.Now()
	m := newMonitor(d, 0)
	tick := time.NewTicker(reportEvery)
	defer tick.Stop()
	for {
		m.sample(nil)
		r := m.report()
		r.Phase, r.Waiting = models.PhaseSeeding, models.Reason{}
		report(r)
		if limit > 0 && d.cfg.Now().Sub(began) >= limit {
			return nil
		}
		if ratio > 0 && float64(m.uploaded) >= ratio*float64(d.layout.selected) {
			return nil
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-tick.C:
		}
	}
}
