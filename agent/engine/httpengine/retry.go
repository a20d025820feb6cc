package httpengine

import (
	"context"
	"errors"
	"net/http"
	"strconv"
	"time"

	"github.com/cenkalti/backoff/v5"

	"longhaul/internal/wait"
	"longhaul/models"
)

// retry is a failure that may pass.
type retry struct {
	fault *models.Error // what it is if it does not pass
	after time.Duration // the server's wish; 0 is none
	busy  bool          // the server has too much to do: fewer connections may help
	short bool          // the body ended early
	odd   bool          // an answer to a range that cannot be trusted
}

// Error implements error.
func (r *retry) Error() string { return r.fault.Error() }

// Unwrap returns the fault.
func (r *retry) Unwrap() error { return r.fault }

func asRetry(err error) (*retry, bool) { return errors.AsType[*retry](err) }

// maxRetryAfter bounds what a server may ask for.
const maxRetryAfter = 10 * time.Minute

// retryAfter reads the header in both of its forms (RFC 9110, 10.2.3).
func retryAfter(h http.Header) time.Duration {
	v := h.Get("Retry-After")
	if n, err := strconv.ParseUint(v, 10, 31); err == nil {
		return min(time.Duration(n)*time.Second, maxRetryAfter)
	}
	if at, err := http.ParseTime(v); err == nil {
		return min(max(0, time.Until(at)), maxRetryAfter)
	}
	return 0
}

// pauses are the waits between tries, growing and with chance in them.
type pauses struct{ b *backoff.ExponentialBackOff }

func newPauses(first time.Duration) *pauses {
	b := wait.Growing(first, maxPause)
	b.Multiplier = 2
	return &pauses{b}
}

func (p *pauses) reset() { p.b.Reset() }

// sleep waits for the next pause, or for what the server wished if that is
// longer.
func (p *pauses) sleep(ctx context.Context, wish time.Duration) error {
	return wait.For(ctx, max(p.b.NextBackOff(), wish))
}
