package delivery

import (
	"math"
	"net/http"
	"slices"
	"strconv"
	"strings"
)

// maxRanges is how many ranges of a request are looked at; one with more is
// answered as if it had none.
const maxRanges = 64

// span is a range of a representation: the bytes from start up to end.
type span struct{ start, end int64 }

// requestedRange returns which part of a representation of the size a request
// is for, by RFC 9110, section 14. A response is whole (nil) if the request has
// no range, one in another unit, one that is malformed, or several that one
// response without boundaries cannot hold. Of an empty representation there is
// no part that a 206 could name, so that it is whole as well: players and
// download managers send a range with every request and get an empty file.
// Without a byte to send, satisfiable is false.
func requestedRange(r *http.Request, size int64) (part *span, satisfiable bool) {
	values := r.Header.Values("Range")
	if r.Method != http.MethodGet || len(values) != 1 || size == 0 {
		return nil, true
	}
	unit, set, ok := strings.Cut(values[0], "=")
	if !ok || !strings.EqualFold(strings.TrimLeft(unit, " \t"), "bytes") {
		return nil, true
	}
	specs := strings.Split(set, ",")
	if len(specs) > maxRanges {
		return nil, true
	}
	var spans []span
	named := 0
	for _, spec := range specs {
		if spec = strings.Trim(spec, " \t"); spec == "" {
			continue // lists may have empty elements
		}
		s, valid := readSpan(spec, size)
		if !valid {
			return nil, true
		}
		if named++; s.start < s.end {
			spans = append(spans, s)
		}
	}
	if len(spans) == 0 {
		return nil, named == 0
	}
	return joined(spans), true
}

// readSpan reads one range, empty if no byte of it is in a representation of the
// size.
func readSpan(spec string, size int64) (s span, valid bool) {
	first, last, ok := strings.Cut(spec, "-")
	if !ok {
		return span{}, false
	}
	if first == "" {
		n, ok := readPosition(last)
		return span{max(size-n, 0), size}, ok
	}
	from, ok := readPosition(first)
	if !ok {
		return span{}, false
	}
	to := int64(math.MaxInt64 - 1)
	if last != "" {
		if to, ok = readPosition(last); !ok || to < from {
			return span{}, false
		}
	}
	if from >= size {
		return span{}, true
	}
	return span{from, min(to, size-1) + 1}, true
}

// readPosition reads digits alone. A number beyond all sizes is the largest one.
func readPosition(s string) (int64, bool) {
	for _, c := range []byte(s) {
		if c < '0' || c > '9' {
			return 0, false
		}
	}
	n, err := strconv.ParseInt(s, 10, 64)
	if err != nil && s != "" {
		n = math.MaxInt64 - 1
	}
	return min(n, math.MaxInt64-1), s != ""
}

// joined returns the one range that ranges make, nil if they leave gaps.
func joined(spans []span) *span {
	slices.SortFunc(spans, func(a, b span) int {
		if a.start < b.start {
			return -1
		}
		return 1
	})
	all := spans[0]
	for _, s := range spans[1:] {
		if s.start > all.end {
			return nil
		}
		all.end = max(all.end, s.end)
	}
	return &all
}

// settleRange replaces a request's range by what requestedRange makes of it, in
// the form that http.ServeContent reads as it is meant, and returns the part that
// is to be read if the request's conditions hold.
func settleRange(r *http.Request, size int64) span {
	part, satisfiable := requestedRange(r, size)
	switch {
	case !satisfiable:
		r.Header.Set("Range", "bytes="+strconv.FormatInt(size, 10)+"-")
		return span{}
	case part == nil:
		r.Header.Del("Range")
		return span{0, size}
	}
	r.Header.Set("Range", "bytes="+strconv.FormatInt(part.start, 10)+"-"+strconv.FormatInt(part.end-1, 10))
	return *part
}
