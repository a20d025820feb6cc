// Package growthtest checks in tests that work grows no faster than its input.
// It compares two sizes within one run, so that neither the machine nor its
// load decides. It does not say how long the work may take.
package growthtest

import (
	"runtime"
	"testing"
	"time"
)

const (
	factor = 8                    // between the two sizes
	rounds = 5                    // of each size; the best one counts, as the others were disturbed
	enough = 5 * time.Millisecond // of work on the smaller size, so that the clock can tell

	// Linear work takes 8 times as long, up to twice that where the larger
	// size leaves the processor's caches, and quadratic work 64 times.
	tooMuch = factor * factor / 2
)

// Linear fails the test if work on eight times n takes 32 times as long as on
// n, or longer. Prepare makes the input of a size and returns the work on it,
// which alone is measured and may run several times.
func Linear(t *testing.T, n int, prepare func(n int) func()) {
	t.Helper()
	small, large := prepare(n), prepare(factor*n)
	for spent(small) < enough {
		small, large = repeat(2, small), repeat(2, large)
	}
	a, b := time.Duration(1<<62), time.Duration(1<<62)
	for range rounds {
		a, b = min(a, spent(small)), min(b, spent(large))
	}
	ratio := float64(b) / float64(max(a, time.Microsecond))
	t.Logf("%d: %s; %d: %s; ratio %.1f", n, a, factor*n, b, ratio)
	if ratio >= tooMuch {
		t.Errorf("%d times as much takes %.1f times as long: %s and %s", factor, ratio, a, b)
	}
}

func repeat(times int, work func()) func() {
	return func() {
		for range times {
			work()
		}
	}
}

// spent returns the processor time of the work, without what other programs and
// goroutines took meanwhile.
func spent(work func()) time.Duration {
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	runtime.GC() // the last round's garbage is not this one's work
	before := processor()
	work()
	return processor() - before
}
