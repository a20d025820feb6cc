package httpengine

import (
	"context"
	"errors"
	"io"

	"longhaul/agent/engine"
	"longhaul/models"
)

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

// stream reads the whole content from the start, in one piece.
func (d *download) stream(ctx context.Context, a *answer) error {
	defer d.meter.connect()()
	l := newLine(ctx, d, a)
	defer l.close()
	var body io.Reader = l
	if len(a.codings) > 0 {
		dec, err := decode(l, a.codings)
		if err != nil {
			return bodyError(ctx, err)
		}
		defer dec.close()
		body = dec
	}
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
		n, err := d.copyBlock(ctx, body, at, length, buf)
		at += n
		d.reached = at
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
	return d.noMore(a, body)
}

// noMore refuses a body that is longer than the known size.
func (d *download) noMore(a *answer, body io.Reader) error {
	if a.size >= 0 {
		return nil // the transport does not read beyond what was announced
	}
	if n, _ := io.ReadFull(body, make([]byte, 1)); n > 0 {
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
	if _, ok := asRetry(err); ok || errors.Is(err, errChanged) {
		return err
	}
	if f, ok := errors.AsType[*models.Error](err); ok && f.Problem != models.ProblemSourceFailing {
		return err
	}
	return broken(err)
}
