package frontdoor

import (
	"errors"
	"io"
	"net/http"
	"time"
)

// body is a request's body that has to come at a rate. Only the time that is
// spent waiting for it counts, not what the handler does in between.
type body struct {
	io.ReadCloser
	rc    *http.ResponseController
	guest *guest
	rate  int64
	lag   time.Duration
	left  time.Duration // to wait until it is too slow
}

// Read reads from the body. One that came too slowly is
// os.ErrDeadlineExceeded.
func (b *body) Read(p []byte) (int, error) {
	start := time.Now()
	if err := b.rc.SetReadDeadline(start.Add(b.left)); err != nil && !errors.Is(err, http.ErrNotSupported) {
		return 0, err
	}
	b.guest.awaited()
	n, err := b.ReadCloser.Read(p)
	b.guest.served()
	earned := time.Duration(n) * time.Second / time.Duration(b.rate)
	b.left = min(b.lag, b.left-time.Since(start)+earned)
	if errors.Is(err, io.EOF) {
		// Left in place, the deadline would end the request while it is answered.
		_ = b.rc.SetReadDeadline(time.Time{})
	}
	return n, err
}
