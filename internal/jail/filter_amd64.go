package jail

import "golang.org/x/sys/unix"

const (
	arch         = unix.AUDIT_ARCH_X86_64
	foreignCalls = 0x40000000 // those of x32
)

var forks = []uint32{unix.SYS_FORK, unix.SYS_VFORK}
