package agent

import (
	"slices"
	"sort"
)

// rangeSet is a set of bytes as sorted, disjoint, non-adjacent ranges.
type rangeSet struct {
	rs    []byteRange
	total int64
}

type byteRange struct{ off, end int64 }

// add puts [off, end) into the set.
func (s *rangeSet) add(off, end int64) {
	if end <= off {
		return
	}
	// The first range that ends at or after off, and the first that begins
	// after end: those between them merge with the new one.
	i := sort.Search(len(s.rs), func(i int) bool { return s.rs[i].end >= off })
	j := i
	for j < len(s.rs) && s.rs[j].off <= end {
		off, end = min(off, s.rs[j].off), max(end, s.rs[j].end)
		s.total -= s.rs[j].end - s.rs[j].off
		j++
	}
	s.rs = slices.Replace(s.rs, i, j, byteRange{off, end})
	s.total += end - off
}

// remove takes [off, end) out of the set.
func (s *rangeSet) remove(off, end int64) {
	if end <= off {
		return
	}
	i := sort.Search(len(s.rs), func(i int) bool { return s.rs[i].end > off })
	j := i
	var rest []byteRange
	for j < len(s.rs) && s.rs[j].off < end {
		r := s.rs[j]
		s.total -= r.end - r.off
		if r.off < off {
			rest = append(rest, byteRange{r.off, off})
			s.total += off - r.off
		}
		if r.end > end {
			rest = append(rest, byteRange{end, r.end})
			s.total += r.end - end
		}
		j++
	}
	s.rs = slices.Replace(s.rs, i, j, rest...)
}

// covers reports whether the whole of [off, end) is in the set.
func (s *rangeSet) covers(off, end int64) bool {
	if end <= off {
		return true
	}
	i := sort.Search(len(s.rs), func(i int) bool { return s.rs[i].end > off })
	return i < len(s.rs) && s.rs[i].off <= off && s.rs[i].end >= end
}
