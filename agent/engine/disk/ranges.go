package disk

import "sort"

// Range is a run of bytes of a file.
type Range struct {
	Off, Len int64
}

// End returns the offset after the last byte.
func (r Range) End() int64 { return r.Off + r.Len }

// ranges is a set of bytes, kept as sorted ranges that do not touch.
type ranges []Range

// find returns the first range that ends after off.
func (s ranges) find(off int64) int {
	return sort.Search(len(s), func(i int) bool { return s[i].End() > off })
}

// has reports whether the whole of r is in the set; an empty range always is.
func (s ranges) has(r Range) bool {
	if r.Len <= 0 {
		return true
	}
	i := s.find(r.Off)
	return i < len(s) && s[i].Off <= r.Off && s[i].End() >= r.End()
}

// overlap returns how many bytes of r are in the set.
func (s ranges) overlap(r Range) (n int64) {
	for i := s.find(r.Off); i < len(s) && s[i].Off < r.End(); i++ {
		n += min(s[i].End(), r.End()) - max(s[i].Off, r.Off)
	}
	return n
}

// add puts r into the set and returns how many of its bytes are new.
func (s *ranges) add(r Range) int64 {
	if r.Len <= 0 {
		return 0
	}
	fresh := r.Len - s.overlap(r)
	old := *s
	// Ranges that only touch r are merged as well.
	i := sort.Search(len(old), func(i int) bool { return old[i].End() >= r.Off })
	j := i
	off, end := r.Off, r.End()
	for j < len(old) && old[j].Off <= end {
		off, end = min(off, old[j].Off), max(end, old[j].End())
		j++
	}
	*s = splice(old, i, j, Range{Off: off, Len: end - off})
	return fresh
}

// remove takes r out of the set and returns how many bytes went.
func (s *ranges) remove(r Range) int64 {
	gone := s.overlap(r)
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
		rest = append(rest, Range{Off: first.Off, Len: r.Off - first.Off})
	}
	if last := old[j-1]; last.End() > r.End() {
		rest = append(rest, Range{Off: r.End(), Len: last.End() - r.End()})
	}
	*s = splice(old, i, j, rest...)
	return gone
}

// total returns the number of bytes in the set.
func (s ranges) total() (n int64) {
	for _, r := range s {
		n += r.Len
	}
	return n
}

// splice replaces s[i:j] in place where it can.
func splice(s ranges, i, j int, with ...Range) ranges {
	if grow := len(with) - (j - i); grow > 0 {
		s = append(s, make(ranges, grow)...)
		copy(s[j+grow:], s[j:len(s)-grow])
	} else if grow < 0 {
		copy(s[j+grow:], s[j:])
		s = s[:len(s)+grow]
	}
	copy(s[i:], with)
	return s
}
