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
