package byterange

import (
	"fmt"
	"strconv"
	"strings"
)

// Request returns the Range header that asks for r (RFC 9110, 14.2).
func (r Range) Request() string { return fmt.Sprintf("bytes=%d-%d", r.Off, r.End()-1) }

// ParseContent reads a Content-Range header (RFC 9110, 14.4) such as "bytes
// 0-9/100", "bytes 0-9/*" or "bytes */100"; the unit's letter case does not matter. The total size is -1 if the header
// doesn't give it. ok is false if there is no range in it or one that cannot
// be; the size may be known all the same.
func ParseContent(header string) (r Range, size int64, ok bool) {
	size = -1
	unit, rest, _ := strings.Cut(strings.TrimSpace(header), " ")
	span, total, cut := strings.Cut(strings.TrimSpace(rest), "/")
	if !strings.EqualFold(unit, "bytes") || !cut {
		return r, size, false
	}
	if total != "*" {
		n, err := strconv.ParseUint(total, 10, 63)
		if err != nil {
			return r, -1, false
		}
		size = int64(n)
	}
	from, to, cut := strings.Cut(span, "-")
	if !cut {
		return r, size, false
	}
	a, err1 := strconv.ParseUint(from, 10, 62)
	b, err2 := strconv.ParseUint(to, 10, 62)
	if err1 != nil || err2 != nil || a > b || (size >= 0 && int64(b) >= size) {
		return r, size, false
	}
	return Between(int64(a), int64(b)+1), size, true
}
