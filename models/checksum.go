package models

import (
	"encoding/base64"
	"encoding/binary"
	"hash/crc32"
)

// WholeCRC32C returns the CRC-32C of an object of the size from the checksums of
// its parts, in the form that S3 uses. It is empty unless the parts, in order, are
// all of it.
func WholeCRC32C(parts []Part, size int64) string {
	var sum uint32
	for i, p := range parts {
		raw, err := base64.StdEncoding.DecodeString(p.CRC32C)
		if err != nil || len(raw) != 4 || p.Number != i+1 || p.Size < 0 {
			return ""
		}
		sum = joinCRC32C(sum, binary.BigEndian.Uint32(raw), p.Size)
		size -= p.Size
	}
	if size != 0 {
		return ""
	}
	return base64.StdEncoding.EncodeToString(binary.BigEndian.AppendUint32(nil, sum))
}

// matrix is a linear map of 32 bits over GF(2): column i is the image of bit i.
type matrix [32]uint32

func (m *matrix) times(v uint32) (out uint32) {
	for i := 0; v != 0; i, v = i+1, v>>1 {
		if v&1 != 0 {
			out ^= m[i]
		}
	}
	return out
}

func (m *matrix) squared() (out matrix) {
	for i := range m {
		out[i] = m.times(m[i])
	}
	return out
}

// joinCRC32C returns the checksum of a followed by n bytes that have the checksum
// b: the first is moved on by n zero bytes, in steps of powers of two.
func joinCRC32C(a, b uint32, n int64) uint32 {
	var step matrix // one zero bit
	step[0] = crc32.Castagnoli
	for i := 1; i < 32; i++ {
		step[i] = 1 << (i - 1)
	}
	for range 3 { // one zero byte
		step = step.squared()
	}
	for ; n > 0; n >>= 1 {
		if n&1 != 0 {
			a = step.times(a)
		}
		step = step.squared()
	}
	return a ^ b
}
