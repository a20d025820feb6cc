//go:build unix

package frontdoor

import "syscall"

// descriptors returns how many files and connections the process may have open.
func descriptors() int {
	var limit syscall.Rlimit
	if err := syscall.Getrlimit(syscall.RLIMIT_NOFILE, &limit); err != nil {
		return 4 * DefaultTotal
	}
	return int(min(uint64(limit.Cur), 4*DefaultTotal))
}
