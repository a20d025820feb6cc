package engine

import (
	"context"
	"fmt"

	"golang.org/x/time/rate"
)

// Bounds of how much may come at once below a speed limit.
const (
	leastBurst = 16 << 10
	mostBurst  = 1 << 20
)

// NewPace returns a limiter of what a transfer fetches, in bytes per second; 0 is
// no limit.
func NewPace(bytesPerSecond int64) *rate.Limiter {
	l := rate.NewLimiter(rate.Inf, mostBurst)
	SetPace(l, bytesPerSecond)
	return l
}

// SetPace changes the limit of a running transfer.
func SetPace(l *rate.Limiter, bytesPerSecond int64) {
	if bytesPerSecond <= 0 {
		l.SetLimit(rate.Inf)
		return
	}
	l.SetBurst(int(min(max(bytesPerSecond/2, leastBurst), mostBurst)))
	l.SetLimit(rate.Limit(bytesPerSecond))
}

// Keep waits until n bytes that came are within the limit. A nil limiter does not
// limit.
func Keep(ctx context.Context, l *rate.Limiter, n int) error {
	for l != nil && n > 0 && l.Limit() != rate.Inf {
		part := min(n, l.Burst())
		if err := l.WaitN(ctx, part); err != nil {
			if ctx.Err() != nil {
				return fmt.Errorf("wait for the speed limit: %w", ctx.Err())
			}
			continue // the burst became smaller meanwhile
		}
		n -= part
	}
	return nil
}
