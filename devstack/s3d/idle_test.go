package s3d_test

import (
	"runtime"
	"testing"
	"time"
)

// TestAnIdleServerRests counts what the process allocates while the server has
// nothing to do. A loop without a pause allocates a timer each time around, a
// hundred thousand of them even on a busy machine.
func TestAnIdleServerRests(t *testing.T) {
	newPlace(t)
	const looks, few = 30, 3000
	ticker := time.NewTicker(10 * time.Millisecond)
	defer ticker.Stop()
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	for range looks {
		<-ticker.C
	}
	runtime.ReadMemStats(&after)
	if n := after.Mallocs - before.Mallocs; n > few {
		t.Errorf("%d allocations without a request, want at most %d", n, few)
	}
}
