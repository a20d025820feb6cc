package growthtest

import (
	"syscall"
	"time"
)

const rusageThread = 1 // RUSAGE_THREAD of getrusage(2)

// processor returns the processor time that this thread has used.
func processor() time.Duration {
	var u syscall.Rusage
	if err := syscall.Getrusage(rusageThread, &u); err != nil {
		panic(err) // a test on a kernel without it cannot measure
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}
