package disk

import (
	"sort"

	"longhaul/internal/byterange"
)

// sum is a recorded range with its checksum.
type sum struct {
	byterange.Range
	crc uint32
}

// sums are the recorded ranges of a file by offset. None lies within another,
// so they are sorted by end as well.
type sums []sum

func (s *sums) apply(r record) {
	switch r.kind {
	case recordVerified:
		s.add(sum{r.rng(), r.sum})
	case recordDropped:
		s.drop(r.rng())
	case recordValidator:
		*s = nil
	case recordSize, recordStored, recordKept, recordReleased, recordUnstored:
	}
}

// find returns the first recorded range that ends after off.
func (s sums) find(off int64) int {
	return sort.Search(len(s), func(i int) bool { return s[i].End() > off })
}

func (s *sums) add(n sum) {
	old := *s
	i := sort.Search(len(old), func(i int) bool { return old[i].Off >= n.Off })
	if (i > 0 && old[i-1].End() >= n.End()) || (i < len(old) && old[i].Off == n.Off && old[i].End() > n.End()) {
		return
	}
	j := i
	for j < len(old) && old[j].End() <= n.End() {
		j++
	}
	if j > i {
		old[i] = n
		*s = append(old[:i+1], old[j:]...)
		return
	}
	old = append(old, sum{})
	copy(old[i+1:], old[i:])
	old[i] = n
	*s = old
}

func (s *sums) drop(r byterange.Range) {
	old := *s
	i := old.find(r.Off)
	j := i
	for j < len(old) && old[j].Off < r.End() {
		j++
	}
	*s = append(old[:i], old[j:]...)
}

// cover returns recorded ranges that together hold the whole of r, or nil.
func (s sums) cover(r byterange.Range) []sum {
	var out []sum
	for at := r.Off; at < r.End(); {
		i := s.find(at)
		if i == len(s) || s[i].Off > at {
			return nil
		}
		out = append(out, s[i])
		at = s[i].End()
	}
	return out
}

// combine returns the checksum of r if recorded ranges tile it exactly.
func (s sums) combine(r byterange.Range) (crc uint32, ok bool) {
	for at := r.Off; at < r.End(); {
		i := s.find(at)
		if i == len(s) || s[i].Off != at || s[i].End() > r.End() {
			return 0, false
		}
		crc = combineCRC(crc, s[i].crc, s[i].Len)
		at = s[i].End()
	}
	return crc, true
}

// releasable returns what of the file goes with r, once the ranges in gone have
// gone: r, less the recorded ranges across its ends that are not wholly gone,
// plus those that now are.
func (s sums) releasable(r byterange.Range, gone byterange.Set) byterange.Range {
	from, to := r.Off, r.End()
	for i := s.find(r.Off); i < len(s) && s[i].Off < r.Off; i++ {
		if !gone.Has(s[i].Range) {
			from = max(r.Off, s[i].End())
		} else if from == r.Off {
			from = s[i].Off
		}
	}
	for i := s.find(r.End()); i < len(s) && s[i].Off < r.End(); i++ {
		if !gone.Has(s[i].Range) {
			to = s[i].Off
			break
		}
		to = max(to, s[i].End())
	}
	return byterange.Range{Off: from, Len: to - from}
}

// combineCRC returns the CRC-32C of a followed by b from their checksums and
// the length of b: appending a zero bit multiplies a checksum by a matrix over
// GF(2), which is squared for each doubling of the length.
func combineCRC(a, b uint32, length int64) uint32 {
	if length <= 0 {
		return a
	}
	var odd, even [32]uint32
	odd[0] = 0x82f63b78 // the polynomial, reflected
	for i := 1; i < 32; i++ {
		odd[i] = 1 << (i - 1)
	}
	square(&even, &odd)
	square(&odd, &even)
	from, to := &odd, &even
	for ; length > 0; length >>= 1 {
		square(to, from)
		if length&1 != 0 {
			a = times(to, a)
		}
		from, to = to, from
	}
	return a ^ b
}

func times(m *[32]uint32, v uint32) (out uint32) {
	for i := 0; v != 0; i, v = i+1, v>>1 {
		if v&1 != 0 {
			out ^= m[i]
		}
	}
	return out
}

func square(dst, m *[32]uint32) {
	for i := range dst {
		dst[i] = times(m, m[i])
	}
}
