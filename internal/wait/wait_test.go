package wait

import (
	"context"
	"errors"
	"testing"
	"testing/synctest"
	"time"
)

func TestForWaitsOrEndsWithItsContext(t *testing.T) {
	for name, tc := range map[string]struct {
		pause, limit, want time.Duration
		err                error
	}{
		"the whole pause":  {pause: time.Second, limit: time.Minute, want: time.Second},
		"no pause":         {pause: 0, limit: time.Minute},
		"a negative pause": {pause: -time.Second, limit: time.Minute},
		"the context ends": {pause: time.Hour, limit: time.Minute, want: time.Minute, err: context.DeadlineExceeded},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				ctx, cancel := context.WithTimeout(t.Context(), tc.limit)
				defer cancel()
				start := time.Now()
				if err := For(ctx, tc.pause); !errors.Is(err, tc.err) {
					t.Errorf("err %v, want %v", err, tc.err)
				}
				if took := time.Since(start); took != tc.want {
					t.Errorf("it took %s, want %s", took, tc.want)
				}
			})
		})
	}
}

func TestForTellsThatTheContextHasEnded(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	for _, d := range []time.Duration{0, time.Hour} {
		if err := For(ctx, d); !errors.Is(err, context.Canceled) {
			t.Errorf("%s: %v", d, err)
		}
	}
}

func TestSpreadStaysCloseAndDiffers(t *testing.T) {
	t.Parallel()
	seen := map[time.Duration]bool{}
	for range 100 {
		d := Spread(time.Second)
		if d < 700*time.Millisecond || d > 1300*time.Millisecond {
			t.Fatalf("a second was spread to %s", d)
		}
		seen[d] = true
	}
	if len(seen) < 50 {
		t.Errorf("100 waits have only %d lengths", len(seen))
	}
	if Spread(0) != 0 || Spread(-time.Second) != 0 {
		t.Error("no wait was spread to one")
	}
}
