//go:build !unix

package seedrcopy

func partMemory(size int64) []byte { return make([]byte, size) }

func freePartMemory([]byte) {}
