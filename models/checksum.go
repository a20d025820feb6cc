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
		sum = joinCRC32(crc32.Castagnoli, sum, binary.BigEndian.Uint32(raw), p.Size)
		size -= p.Size
	}
	if size != 0 {
		return ""
	}
	return base64.StdEncoding.EncodeToString(binary.BigEndian.AppendUint32(nil, sum))
}

// Sums are the checksums of bytes that are read one after the other.
type Sums struct {
	CRC32  uint32 `json:"crc32"`
	CRC32C uint32 `json:"crc32c"`
}

// Add returns the sums of the bytes before and these.
func (s Sums) Add(p []byte) Sums {
	return Sums{crc32.Update(s.CRC32, crc32.IEEETable, p), crc32.Update(s.CRC32C, castagnoli, p)}
}

var castagnoli = crc32.MakeTable(crc32.Castagnoli)

// Damaged reports whether bytes with the sums are not those that were stored as
// the file, as far as that is known.
func (f File) Damaged(s Sums) bool {
	return f.CRC32C != "" && f.CRC32C != base64.StdEncoding.EncodeToString(binary.BigEndian.AppendUint32(nil, s.CRC32C))
}

// WholeCRC32 returns the CRC-32 of an object of the size, as in zips, from the
// checksums of its parts. It is nil unless the parts, in order, are all of it and
// all have one.
func WholeCRC32(parts []Part, size int64) *int64 {
	var sum uint32
	for i, p := range parts {
		if p.CRC32 == nil || p.Number != i+1 || p.Size < 0 {
			return nil
		}
		sum = joinCRC32(crc32.IEEE, sum, uint32(*p.CRC32), p.Size)
		size -= p.Size
	}
	if size != 0 {
		return nil
	}
	return KnownCRC32(sum)
}

// KnownCRC32 returns the sum as rows have it: the database knows no unsigned
// numbers.
func KnownCRC32(sum uint32) *int64 {
	n := int64(sum)
	return &n
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

// joinCRC32 returns the checksum of a followed by n bytes that have the checksum
// b: the first is moved on by n zero bytes, in steps of powers of two.
func joinCRC32(polynomial, a, b uint32, n int64) uint32 {
	var step matrix // one zero bit
	step[0] = polynomial
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
