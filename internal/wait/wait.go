// Package wait pauses for a time or until a context ends. It does not decide
// what is tried again or how often.
package wait

import (
	"context"
	"math/rand/v2"
	"time"

	"github.com/cenkalti/backoff/v5"
)

// For returns nil after d, at once if d is not positive, and the context's
// error if that ends first.
func For(ctx context.Context, d time.Duration) error {
	if d <= 0 {
		return ctx.Err()
	}
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// Growing returns pauses for a call that is tried again: the first is about
// first, each next one half as long again, and none is much over most. Chance
// in them keeps callers from coming all at once.
func Growing(first, most time.Duration) *backoff.ExponentialBackOff {
	b := backoff.NewExponentialBackOff()
	b.InitialInterval, b.MaxInterval = first, most
	return b
}

// Spread returns d give or take 30 %.
func Spread(d time.Duration) time.Duration {
	if d <= 0 {
		return 0
	}
	return d + time.Duration((rand.Float64()-0.5)*0.6*float64(d))
}
