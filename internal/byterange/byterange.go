// Package byterange does arithmetic with ranges of a file's bytes and reads and
// writes them in HTTP headers. It knows no file and no disk.
package byterange

import (
	"slices"
	"sort"
)

// Range is a run of bytes of a file.
type Range struct {
	Off int64 `json:"off"`
	Len int64 `json:"len"`
}

// End returns the offset after the last byte.
func (r Range) End() int64 { return r.Off + r.Len }

// Between returns the range from off to before end; it is empty if end is not
// after off.
func Between(off, end int64) Range { return Range{Off: off, Len: max(0, end-off)} }

// Before returns what of r lies before end.
func (r Range) Before(end int64) Range { return Between(r.Off, min(r.End(), end)) }

// After returns r without its first n bytes.
func (r Range) After(n int64) Range { return Between(r.Off+n, r.End()) }

// Set is a set of bytes, kept as sorted ranges that do not touch. The zero
// value is empty.
type Set []Range

// find returns the first range that ends after off.
func (s Set) find(off int64) int {
	return sort.Search(len(s), func(i int) bool { return s[i].End() > off })
}

// Has reports whether the whole of r is in the set; an empty range always is.
func (s Set) Has(r Range) bool {
	if r.Len <= 0 {
		return true
	}
	i := s.find(r.Off)
	return i < len(s) && s[i].Off <= r.Off && s[i].End() >= r.End()
}

// Gap returns the first run of bytes of r that are not in the set; false if there
// is none.
func (s Set) Gap(r Range) (Range, bool) {
	off, i := r.Off, s.find(r.Off)
	if i < len(s) && s[i].Off <= off {
		off = s[i].End()
		i++
	}
	end := r.End()
	if i < len(s) {
		end = min(end, s[i].Off)
	}
	return Between(off, end), off < r.End()
}

// Overlap returns how many bytes of r are in the set.
func (s Set) Overlap(r Range) (n int64) {
	for i := s.find(r.Off); i < len(s) && s[i].Off < r.End(); i++ {
		n += min(s[i].End(), r.End()) - max(s[i].Off, r.Off)
	}
	return n
}

// Add puts r into the set and returns how many of its bytes are new.
func (s *Set) Add(r Range) int64 {
	if r.Len <= 0 {
		return 0
	}
	fresh := r.Len - s.Overlap(r)
	old := *s
	// Ranges that only touch r are merged as well.
	i := sort.Search(len(old), func(i int) bool { return old[i].End() >= r.Off })
	j := i
	off, end := r.Off, r.End()
	for j < len(old) && old[j].Off <= end {
		off, end = min(off, old[j].Off), max(end, old[j].End())
		j++
	}
	*s = slices.Replace(old, i, j, Between(off, end))
	return fresh
}

// Remove takes r out of the set and returns how many bytes went.
func (s *Set) Remove(r Range) int64 {
	gone := s.Overlap(r)
	if gone == 0 {
		return 0
	}
	old := *s
	i := old.find(r.Off)
	j := i
	for j < len(old) && old[j].Off < r.End() {
		j++
	}
	var rest []Range
	if first := old[i]; first.Off < r.Off {
		rest = append(rest, Between(first.Off, r.Off))
	}
	if last := old[j-1]; last.End() > r.End() {
		rest = append(rest, Between(r.End(), last.End()))
	}
	*s = slices.Replace(old, i, j, rest...)
	return gone
}

// Total returns the number of bytes in the set.
func (s Set) Total() (n int64) {
	for _, r := range s {
		n += r.Len
	}
	return n
}
