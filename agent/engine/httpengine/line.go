package httpengine

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"io"
	"slices"

	"longhaul/internal/byterange"
)

const (
	// compared is how much of what came is fetched again and compared where a body
	// continues after a break.
	compared = 64 << 10
	// maxIdle is how often in a row a body may break without having brought as much
	// as is compared.
	maxIdle = 4
	// maxVersions is how many answers are asked for when the version has another
	// name: it may be that of one of several equal servers, or a new one each time.
	maxVersions = 4
)

// line is the whole body of a file in one piece. When the connection breaks, it
// continues at the same offset if the size is the same and the bytes before the
// break come again; a version that has another name for good has changed.
type line struct {
	d     *download
	ctx   context.Context //nolint:containedctx // of the reads, which are given none
	first *answer         // what the body began with
	a     *answer         // what it comes from now
	size  int64           // -1 while unknown

	at   int64 // bytes that came
	head []byte
	tail []byte // the last bytes that came
	idle int    // breaks in a row that brought too little
	mark int64  // where the last break was that counts
}

func newLine(ctx context.Context, d *download, a *answer) *line {
	return &line{d: d, ctx: ctx, first: a, a: a, size: a.size}
}

func (l *line) close() {
	if l.a != l.first { // that one is its owner's to close
		l.a.close()
	}
}

// Read implements io.Reader.
func (l *line) Read(p []byte) (int, error) {
	for {
		n, err := l.a.body.Read(p)
		l.keep(p[:n])
		if n > 0 {
			return n, nil // the fault comes again
		}
		if err == nil {
			continue
		}
		if errors.Is(err, io.EOF) && (l.size < 0 || l.at >= l.size) {
			return 0, io.EOF
		}
		if l.ctx.Err() != nil {
			return 0, l.ctx.Err()
		}
		if err = l.mend(broken(err)); err != nil {
			return 0, err
		}
	}
}

func (l *line) keep(p []byte) {
	l.at += int64(len(p))
	if room := compared - len(l.head); room > 0 {
		l.head = append(l.head, p[:min(room, len(p))]...)
	}
	if len(p) >= compared {
		l.tail = append(l.tail[:0], p[len(p)-compared:]...)
		return
	}
	if over := len(l.tail) + len(p) - compared; over > 0 {
		l.tail = l.tail[:copy(l.tail, l.tail[over:])]
	}
	l.tail = append(l.tail, p...)
}

// mend continues after a break. It returns the fault of the break where nothing
// can be continued, so that the download starts over.
func (l *line) mend(fault error) error {
	if len(l.first.codings) > 0 || l.at == 0 {
		return fault
	}
	if l.at-l.mark >= compared {
		l.mark, l.idle = l.at, 0
	}
	wait := newPauses(l.d.cfg.RetryPause)
	for again, ok := asRetry(fault); ; again, ok = asRetry(fault) {
		if !ok {
			return fault
		}
		if l.idle++; l.idle > maxIdle {
			return fault
		}
		l.d.meter.waitsFor(again.fault)
		if err := wait.sleep(l.ctx, again.after); err != nil {
			return err
		}
		err := l.reconnect()
		switch {
		case err == nil:
			return nil
		case errors.Is(err, errNoResume):
			return fault
		}
		fault = err
	}
}

// errNoResume says that the server cannot continue a body.
var errNoResume = errors.New("the server does not continue where it broke off")

// reconnect asks for the rest and compares what it can with what came.
func (l *line) reconnect() error {
	from := l.at - int64(len(l.tail))
	was := versionOf(l.first)
	names := []string{was}
	for range maxVersions {
		a, err := l.rest(from)
		if err != nil {
			return err
		}
		is := versionOf(a)
		known := is == was || is == "" || was == ""
		if !known && !slices.Contains(names, is) {
			names = append(names, is)
		}
		if !known && len(names) < 3 {
			a.close()
			continue
		}
		return l.take(a, !known)
	}
	return l.renamed(from)
}

// take continues with an answer that compares with what came.
func (l *line) take(a *answer, start bool) error {
	if err := l.compare(a, start); err != nil {
		a.close()
		return err
	}
	l.close()
	l.a = a
	return nil
}

// renamed continues where the server calls ranges by another version than the whole:
// it still sends the whole by the name that it had.
func (l *line) renamed(from int64) error {
	whole, err := l.d.get(l.ctx, byterange.Range{}, "")
	if err != nil {
		return err
	}
	if versionOf(whole) != versionOf(l.first) || whole.size != l.size {
		l.d.keepForNext(whole)
		return errChanged
	}
	whole.close()
	a, err := l.rest(from)
	if err != nil {
		return err
	}
	return l.take(a, true)
}

// versionOf returns what the server calls the version, if only loosely.
func versionOf(a *answer) string { return cmp.Or(a.validator, a.header.Get("ETag")) }

// rest asks for what is missing, with the bytes before that are compared.
func (l *line) rest(from int64) (*answer, error) {
	end := l.size
	if end < 0 {
		end = l.at + 1<<40
	}
	a, err := l.d.get(l.ctx, byterange.Between(from, end), "")
	again, passes := asRetry(err)
	switch {
	case err == nil:
	case passes && !again.odd:
		return nil, err
	case passes, errors.Is(err, errChanged), isRangeRefusal(err):
		return nil, errNoResume
	default:
		return nil, err
	}
	if !a.part {
		l.d.keepForNext(a)
		return nil, errNoResume
	}
	if a.size >= 0 && l.size >= 0 && a.size != l.size || a.size >= 0 && a.size < l.at {
		a.close()
		return nil, errChanged
	}
	return a, nil
}

// compare reads the bytes again that came last, and those that came first if the
// version's name is no help.
func (l *line) compare(a *answer, start bool) error {
	again := make([]byte, len(l.tail))
	if _, err := io.ReadFull(a.body, again); err != nil {
		return broken(err)
	}
	if !bytes.Equal(again, l.tail) {
		return errChanged
	}
	if !start || l.at <= compared {
		return nil
	}
	b, err := l.d.get(l.ctx, byterange.Between(0, int64(len(l.head))), "")
	if err != nil {
		return err
	}
	defer b.close()
	again = make([]byte, len(l.head))
	if _, err := io.ReadFull(b.body, again); err != nil {
		return broken(err)
	}
	if !bytes.Equal(again, l.head) {
		return errChanged
	}
	return nil
}

func isRangeRefusal(err error) bool {
	_, ok := errors.AsType[*rangeRefusal](err)
	return ok
}
