//go:build !unix

package activities

func partMemory(size int64) []byte { return make([]byte, size) }

func freePartMemory([]byte) {}
