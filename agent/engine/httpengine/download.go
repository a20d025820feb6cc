package httpengine

import (
	"context"
	"crypto/rand"
	"errors"
	"hash/crc32"
	"io"
	"sync"
	"time"

	"longhaul/agent/engine"
	"longhaul/internal/byterange"
	"longhaul/models"
)

const (
	maxChanges  = 3 // versions of the content that are tried
	maxShort    = 3 // bodies in a row that end early without bringing anything
	bufferSize  = 256 << 10
	reportEvery = 500 * time.Millisecond
	recordAfter = time.Second // what came is recorded so often at least
)

var castagnoli = crc32.MakeTable(crc32.Castagnoli)

// download is one run for one file.
type download struct {
	requester
	cfg   Config
	file  engine.File
	store engine.Store
	opts  engine.Options
	meter *meter

	flushing  func() bool // only what is started is to be finished
	size      int64       // -1 while unknown
	validator string      // what the ranges in the store belong to

	mu    sync.Mutex
	short int // bodies in a row that ended early without bringing anything
}

func newDownload(e *Engine, job engine.Job) *download {
	f := job.Files[0]
	return &download{
		requester: requester{client: e.client, url: job.Source.URL},
		cfg:       e.cfg, file: f, store: job.Store, opts: job.Options,
		meter: newMeter(e.cfg.Now, job.Options.StallTimeout), flushing: job.Flushing, size: f.Size, validator: f.Validator,
	}
}

// run fetches until everything is verified, trying again what may pass.
func (d *download) run(outer context.Context, report func(engine.Report)) error {
	ctx, cancel := context.WithCancelCause(outer)
	defer cancel(nil)
	stopMeter := d.meter.start(ctx, cancel, report)
	defer stopMeter()
	wait := newPauses(d.cfg.RetryPause)
	for changes := 0; ; {
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
		if errors.Is(err, errChanged) {
			if changes++; changes > maxChanges {
				return models.Fault(models.ProblemSourceChanged, "The file keeps changing during the download.")
			}
			continue
		}
		again, ok := asRetry(err)
		if !ok {
			return err
		}
		if err := d.tooShort(again, d.meter.total() > before); err != nil {
			return err
		}
		if d.meter.total() > before {
			wait.reset()
		}
		d.meter.waitsFor(again.fault)
		if err := wait.sleep(ctx, again.after); err != nil {
			return context.Cause(ctx)
		}
	}
}

// storeError is a failure of the disk, for which no server is to blame.
type storeError struct{ error }

// Unwrap returns what the store said.
func (e storeError) Unwrap() error { return e.error }

// tooShort counts bodies that end before their announced length.
func (d *download) tooShort(r *retry, progress bool) error {
	d.mu.Lock()
	defer d.mu.Unlock()
	switch {
	case progress && d.resumable():
		d.short = 0
	case r.short:
		d.short++
	}
	if d.short >= maxShort {
		return models.Fault(models.ProblemLengthMismatch, "The server sent fewer bytes than it announced.")
	}
	return nil
}

func (d *download) resumable() bool {
	return d.validator != "" && d.validator[0:min(len(oncePrefix), len(d.validator))] != oncePrefix
}

// session makes one attempt at the whole rest. The first answer decides how.
func (d *download) session(ctx context.Context) error {
	first, missing := d.nextMissing(0)
	if d.flushing() {
		first, missing = d.nextStarted(0)
	}
	if !missing {
		return nil
	}
	a, err := d.get(ctx, first, d.validator)
	if errors.Is(err, errChanged) && d.validator != "" {
		return errors.Join(d.adopt(oncePrefix+rand.Text()), err)
	}
	if err != nil {
		return err
	}
	defer a.close()
	if err := d.fits(a); err != nil {
		return err
	}
	switch {
	case a.part && a.size >= 0 && a.validator != "":
		if a.validator != d.validator {
			// Either the first time, or a server that does not know If-Range.
			known := d.validator != ""
			if err := d.adopt(a.validator); err != nil {
				return err
			}
			if known && first.Off > 0 {
				return errChanged
			}
		}
		return d.parallel(ctx, a, first)
	case a.part:
		// Ranges of unknown content cannot be put together.
		a.close()
		if a, err = d.get(ctx, byterange.Range{}, ""); err != nil {
			return err
		}
		defer a.close()
		if err := d.fits(a); err != nil {
			return err
		}
	}
	v := a.validator
	if v == "" {
		v = oncePrefix + rand.Text()
	}
	if err := d.adopt(v); err != nil {
		return err
	}
	return d.stream(ctx, a)
}

// adopt records what the bytes from here on belong to.
func (d *download) adopt(validator string) error {
	if d.validator == validator {
		return nil
	}
	if err := d.store.SetValidator(d.file.Index, validator); err != nil {
		return err
	}
	d.validator = validator
	return nil
}

// fits compares the announced size with what is known and allowed.
func (d *download) fits(a *answer) error {
	if a.size < 0 {
		return nil
	}
	if d.opts.MaxBytes > 0 && a.size > d.opts.MaxBytes {
		return tooLarge(d.opts.MaxBytes)
	}
	if d.size >= 0 && d.size != a.size {
		return models.Fault(models.ProblemSourceChanged, "The file's size changed since it was inspected.")
	}
	return d.setSize(a.size)
}

func (d *download) setSize(n int64) error {
	if d.size == n {
		return nil
	}
	if err := d.store.SetSize(d.file.Index, n); err != nil {
		return err
	}
	d.size = n
	return nil
}

// copyBlock writes the next bytes of a body as one verified range and returns
// how many there were: what came within a second or before a failure is recorded
// before the block is complete, so that it is not fetched again.
func (d *download) copyBlock(body io.Reader, at, length int64, buf []byte) (n int64, err error) {
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

// pause waits for disk space; the server is not to blame for that time.
func (d *download) pause(ctx context.Context) error {
	defer d.meter.hold()()
	return d.store.Wait(ctx)
}

// broken turns the end of a body before its time into a retry.
func broken(err error) error {
	if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
		f := models.Fault(models.ProblemSourceFailing, "The server ended the transfer early.").With("cause", models.CauseBroken)
		return &retry{fault: f, short: true}
	}
	if f, ok := errors.AsType[*models.Error](err); ok && f.Problem == models.ProblemSourceFailing {
		// The client ended it: nothing came, or too little to ever finish.
		return &retry{fault: models.Fault(models.ProblemStalled, "%s", f.Message)}
	}
	return transport(err)
}

// stream reads the whole content from the start, in one exchange.
func (d *download) stream(ctx context.Context, a *answer) error {
	defer d.meter.connect()()
	buf := make([]byte, bufferSize)
	var at int64
	for d.size < 0 || at < d.size {
		length := d.cfg.BlockSize
		if d.size >= 0 {
			length = min(length, d.size-at)
		}
		if d.opts.MaxBytes > 0 {
			length = min(length, d.opts.MaxBytes+1-at)
		}
		if err := d.pause(ctx); err != nil {
			return err
		}
		if d.flushing() {
			return engine.ErrFlushed // nobody can continue from here, so that nothing is worth finishing
		}
		n, err := d.copyBlock(a.body, at, length, buf)
		at += n
		if d.opts.MaxBytes > 0 && at > d.opts.MaxBytes {
			return tooLarge(d.opts.MaxBytes)
		}
		if errors.Is(err, io.EOF) && a.size < 0 && d.size < 0 {
			return d.setSize(at)
		}
		if err != nil {
			return bodyError(ctx, err)
		}
	}
	return d.noMore(a)
}

// noMore refuses a body that is longer than the known size.
func (d *download) noMore(a *answer) error {
	if a.size >= 0 {
		return nil // the transport does not read beyond what was announced
	}
	if n, _ := io.ReadFull(a.body, make([]byte, 1)); n > 0 {
		return models.Fault(models.ProblemLengthMismatch, "The server sent more bytes than it announced.")
	}
	return nil
}

// bodyError distinguishes a fault of the store from one of the server.
func bodyError(ctx context.Context, err error) error {
	if ctx.Err() != nil {
		return ctx.Err()
	}
	if se, ok := errors.AsType[storeError](err); ok {
		return se.error
	}
	return broken(err)
}
