//go:build unix

package seedrcopy

import "syscall"

// partMemory returns memory from the operating system. It is none of the
// garbage collector's: on the heap it would let as much garbage pile up as it
// is itself large, before any is collected.
func partMemory(size int64) []byte {
	b, err := syscall.Mmap(-1, 0, int(size), syscall.PROT_READ|syscall.PROT_WRITE, syscall.MAP_ANON|syscall.MAP_PRIVATE)
	if err != nil {
		return make([]byte, size)
	}
	return b
}

// freePartMemory returns memory that is no longer in use.
func freePartMemory(b []byte) {
	_ = syscall.Munmap(b) // refused if it came from the heap, which has a collector
}
