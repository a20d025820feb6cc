//go:build !linux

package growthtest

import "time"

var start = time.Now()

// processor returns the time since the start, where that of a thread cannot be
// had.
func processor() time.Duration { return time.Since(start) }
