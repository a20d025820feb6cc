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

// Read reads from the body. One that does not come to its end is a net.Error
// that is a timeout.
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
	if err == io.EOF { // one that breaks off is another
		// Left in place, the deadline would end the request while it is answered.
		_ = b.rc.SetReadDeadline(time.Time{})
	} else if err != nil {
		err = &stoppedError{err}
	}
	return n, err
}

// stoppedError says that a client stopped in the middle of a body: it was too
// slow, hung up, or had to make room. All are the client's doing, and a timeout
// to handlers and frameworks, which would take an unknown one for their own.
type stoppedError struct{ cause error }

// Error says what happened.
func (e *stoppedError) Error() string { return "the client stopped sending: " + e.cause.Error() }

// Unwrap returns the connection's error.
func (e *stoppedError) Unwrap() error { return e.cause }

// Timeout implements net.Error.
func (*stoppedError) Timeout() bool { return true }

// Temporary implements net.Error.
func (*stoppedError) Temporary() bool { return false }
