package httpengine

import (
	"context"
	"errors"
	"hash/crc32"
	"io"
	"sync"
	"time"

	"longhaul/agent/engine"
	"longhaul/models"
)

const (
	maxChanges  = 3 // versions of the content that are tried
	maxShort    = 3 // bodies in a row that end early without bringing anything
	maxOdd      = 3 // answers to ranges in a row that cannot be trusted
	bufferSize  = 256 << 10
	reportEvery = 500 * time.Millisecond
	recordAfter = time.Second // what came is recorded so often at least
)

var castagnoli = crc32.MakeTable(crc32.Castagnoli)

// download is one run for one file.
type download struct {
	*requester
	cfg   Config
	file  engine.File
	store engine.Store
	opts  engine.Options
	meter *meter

	flushing  func() bool // only what is started is to be finished
	size      int64       // -1 while unknown
	validator string      // what the ranges in the store belong to
	next      *answer     // the whole content, asked for already
	ranges    bool        // the server has sent a range as it should
	changes   int         // versions that turned out to be another one
	mute      int         // requests for ranges in a row without an answer
	single    bool        // the content is read in one piece: the server's ranges are of no use
	reached   int64       // how far the content was read from its start in the last session
	best      int64       // how far it was in an earlier one

	mu    sync.Mutex
	short int // bodies in a row that ended early without bringing anything
}

func newDownload(e *Engine, r *requester, job engine.Job) *download {
	f := job.Files[0]
	return &download{
		requester: r,
		cfg:       e.cfg, file: f, store: job.Store, opts: job.Options,
		meter: newMeter(e.cfg.Now, job.Options.StallTimeout), flushing: job.Flushing, size: f.Size, validator: f.Validator,
	}
}

// run fetches until everything is verified, trying again what may pass.
func (d *download) run(outer context.Context, report func(engine.Report)) error {
	ctx, cancel := context.WithCancelCause(outer)
	defer cancel(nil)
	defer func() { d.keepForNext(nil) }()
	stopMeter := d.meter.start(ctx, cancel, report)
	defer stopMeter()
	wait := newPauses(d.cfg.RetryPause)
	for {
		before := d.meter.total()
		err := d.session(ctx)
		if err == nil {
			_, missing := d.nextMissing(0)
			switch {
			case !missing:
				return nil
			case d.flushing():
				if _, started := d.nextStarted(0); !started {
					return engine.ErrFlushed
				}
			}
			continue // a session may end with what it was given
		}
		if outer.Err() != nil {
			return outer.Err()
		}
		if ctx.Err() != nil {
			return context.Cause(ctx) // it stands still
		}
		streamed := d.reached > 0
		farther := d.gotFarther()
		if d.leaveRanges(err) {
			continue
		}
		if errors.Is(err, errChanged) {
			if err := d.startsOver(farther); err != nil {
				return err
			}
			continue
		}
		again, ok := asRetry(err)
		if !ok {
			return err
		}
		progress := d.meter.total() > before
		fruitless := again.short || streamed && again.fault.Problem != models.ProblemStalled
		if err := d.tooShort(again, fruitless, farther || progress && !streamed); err != nil {
			if !d.leaveRanges(err) {
				return err
			}
			continue
		}
		if progress {
			wait.reset()
		}
		d.meter.waitsFor(again.fault)
		if err := wait.sleep(ctx, again.after); err != nil {
			return context.Cause(ctx)
		}
	}
}

// startsOver counts the changes of the content, until the download got farther than
// before; from the second on, the content is read in one piece.
func (d *download) startsOver(farther bool) error {
	if d.changes++; farther {
		d.changes = 1
	}
	if d.changes > maxChanges {
		return models.Fault(models.ProblemSourceChanged, "The file keeps changing during the download.")
	}
	d.single = d.single || d.changes > 1
	return nil
}

// leaveRanges reports whether the download goes on in one piece because of what the
// server answers to ranges.
func (d *download) leaveRanges(err error) bool {
	if d.single {
		return false
	}
	again, passes := asRetry(err)
	fault, named := errors.AsType[*models.Error](err)
	switch {
	case passes:
		d.single = again.odd
	case isRangeRefusal(err), d.ranges && named && fault.Problem == models.ProblemLengthMismatch:
		d.single, d.short = true, 0
	}
	return d.single
}

// gotFarther reports whether a session that began at the start came clearly
// farther than the ones before, so that starting over comes to an end.
func (d *download) gotFarther() bool {
	reached := d.reached
	d.reached = 0
	if reached <= d.best+max(meaningful, d.best/8) {
		return false
	}
	first := d.best == 0
	d.best = reached
	return !first
}

// keepForNext keeps an answer with the whole content for the next session.
func (d *download) keepForNext(a *answer) {
	if d.next != nil {
		d.next.close()
	}
	d.next = a
}

// storeError is a failure of the disk, for which no server is to blame.
type storeError struct{ error }

// Unwrap returns what the store said.
func (e storeError) Unwrap() error { return e.error }

// tooShort counts bodies that end before their announced length, and streams that
// have to start over, until the download has got forward.
func (d *download) tooShort(r *retry, short, progress bool) error {
	d.mu.Lock()
	defer d.mu.Unlock()
	switch {
	case progress:
		d.short = 0
	case short:
		d.short++
	}
	switch cause, _ := r.fault.Params.Text("cause"); {
	case d.short < maxShort:
		return nil
	case r.short && cause != string(models.CauseWrongBytes):
		return models.Fault(models.ProblemLengthMismatch, "The server sent fewer bytes than it announced.")
	default:
		return r.fault
	}
}

// copyBlock writes the next bytes of a body as one verified range and returns
// how many there were: what came within a second or before a failure is recorded
// before the block is complete, so that it is not fetched again.
func (d *download) copyBlock(ctx context.Context, body io.Reader, at, length int64, buf []byte) (n int64, err error) {
	var sum uint32
	have := d.store.Has(d.file.Index, at, length)
	began := d.cfg.Now()
	for n < length && err == nil && (n == 0 || d.cfg.Now().Sub(began) < recordAfter) {
		var k int
		k, err = body.Read(buf[:min(int64(len(buf)), length-n)])
		if k > 0 && !have {
			if _, werr := d.store.WriteAt(d.file.Index, buf[:k], at+n); werr != nil {
				return n, storeError{werr}
			}
			sum = crc32.Update(sum, castagnoli, buf[:k])
		}
		n += int64(k)
		d.meter.add(int64(k))
		if perr := d.keepPace(ctx, k); perr != nil && err == nil {
			err = perr
		}
	}
	if n > 0 && !have {
		if verr := d.store.Verified(d.file.Index, at, n, sum); verr != nil {
			return n, storeError{verr}
		}
		d.meter.verified(n)
	}
	if n == length {
		return n, nil
	}
	return n, err
}

// keepPace waits until the received bytes are within the speed limit; the server is
// not to blame for that time.
func (d *download) keepPace(ctx context.Context, n int) error {
	defer d.meter.hold()()
	return engine.Keep(ctx, d.opts.Pace, n)
}

// pause waits for disk space; the server is not to blame for that time.
func (d *download) pause(ctx context.Context) error {
	defer d.meter.hold()()
	return d.store.Wait(ctx)
}
