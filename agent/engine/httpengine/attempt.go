package httpengine

import (
	"context"
	"crypto/rand"
	"errors"
	"strings"

	"longhaul/internal/byterange"
	"longhaul/models"
)

// session makes one attempt at the whole rest. The first answer decides how.
func (d *download) session(ctx context.Context) error {
	first, missing := d.nextMissing(0)
	if d.flushing() {
		first, missing = d.nextStarted(0)
	}
	if !missing {
		return nil
	}
	a, err := d.open(ctx, first)
	if errors.Is(err, errChanged) && d.validator != "" {
		return errors.Join(d.adopt(oncePrefix+rand.Text()), err)
	}
	if err != nil {
		return err
	}
	defer a.close()
	if !a.part {
		return d.wholeOf(ctx, a, first)
	}
	d.ranges = true
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
	return d.parallel(ctx, start{a, first.Before(d.size)})
}

// open asks for the first missing range, and for the whole content in one piece
// where ranges cannot be used.
func (d *download) open(ctx context.Context, first byterange.Range) (*answer, error) {
	if a := d.next; a != nil {
		d.next = nil
		if first.Off == 0 || a.validator != d.validator {
			return d.fitting(a)
		}
		a.close() // what is there need not come again
	}
	if d.single || d.size < 0 { // a range would tell the size, and some tell a wrong one
		return d.plain(ctx)
	}
	a, err := d.get(ctx, first, d.validator)
	if err != nil {
		if d.ranges || !d.blamesRange(err) {
			return nil, err
		}
		return d.plain(ctx)
	}
	switch {
	case !a.part && (a.size < 0 || a.size == d.size):
		return d.fitting(a)
	case !a.part:
		a.close() // it may be the range, by another name
		return d.plain(ctx)
	case a.size == d.size && a.validator != "":
		return d.fitting(a)
	case a.size == d.size && a.rng == byterange.Between(0, a.size):
		a.part = false
		return d.fitting(a)
	default:
		a.close() // ranges of unknown content cannot be put together
		return d.plain(ctx)
	}
}

// blamesRange reports whether a fault may be about the range that was asked for: the
// server refuses it, sends something odd, or leads to a page or to somewhere else.
func (d *download) blamesRange(err error) bool {
	if again, passes := asRetry(err); passes {
		return again.odd || isRangeRefusal(err) || d.breaksOnRanges(again)
	}
	_, named := errors.AsType[*models.Error](err)
	return named
}

// breaksOnRanges reports whether the line broke before each of several answers to a
// range.
func (d *download) breaksOnRanges(r *retry) bool {
	if r.busy {
		return false
	}
	d.mute++
	return d.mute >= maxOdd
}

// plain asks for the whole content without naming a range, as programs do that
// know none.
func (d *download) plain(ctx context.Context) (*answer, error) {
	a, err := d.get(ctx, byterange.Range{}, "")
	if err != nil {
		return nil, err
	}
	return d.fitting(a)
}

// fitting returns the answer if its size is right.
func (d *download) fitting(a *answer) (*answer, error) {
	if err := d.fits(a); err != nil {
		a.close()
		return nil, err
	}
	return a, nil
}

// wholeOf reads an answer that brings the whole content: several connections help
// where the server shows that it has ranges of the same content, and otherwise in
// one piece.
func (d *download) wholeOf(ctx context.Context, a *answer, first byterange.Range) error {
	v := a.validator
	if v == "" {
		v = oncePrefix + rand.Text()
	}
	if err := d.adopt(v); err != nil {
		return err
	}
	if first.Off > 0 { // under another version; a new one has nothing yet
		first, _ = d.nextMissing(0)
	}
	if b, rng := d.second(ctx, a); b != nil && first.Off == 0 {
		defer b.close()
		d.ranges, a.rng = true, byterange.Between(0, a.size)
		return d.parallel(ctx, start{a, first.Before(rng.Off)}, start{b, rng})
	}
	return d.stream(ctx, a)
}

// second asks for a range beside an answer that brings the whole content, if the
// server says that it has ranges. It returns nothing unless the range is of the
// same content.
func (d *download) second(ctx context.Context, a *answer) (*answer, byterange.Range) {
	accepts := strings.EqualFold(strings.TrimSpace(a.header.Get("Accept-Ranges")), "bytes")
	if d.single || d.ranges || !accepts || a.validator == "" || a.size <= d.chunk() || d.flushing() {
		return nil, byterange.Range{}
	}
	rng, missing := d.nextMissing(d.chunk())
	if !missing {
		return nil, byterange.Range{}
	}
	b, err := d.get(ctx, rng, a.validator)
	if err != nil {
		return nil, byterange.Range{}
	}
	if !b.part || b.size != a.size || b.validator != a.validator {
		b.close()
		return nil, byterange.Range{}
	}
	return b, rng
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
