package growthtest

import (
	"syscall"
	"time"
	"unsafe"
)

const threadClock = 3 // CLOCK_THREAD_CPUTIME_ID of clock_gettime(2)

// processor returns the processor time that this thread has used. getrusage(2)
// would tell it too, but only to the last tick.
func processor() time.Duration {
	var at syscall.Timespec
	if _, _, errno := syscall.Syscall(syscall.SYS_CLOCK_GETTIME, threadClock, uintptr(unsafe.Pointer(&at)), 0); errno != 0 {
		panic(errno) // a test on a kernel without it cannot measure
	}
	return time.Duration(at.Nano())
}
