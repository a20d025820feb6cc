package weburl

import "strings"

// inPath reports whether a printable ASCII character is escaped in a path. The
// standard's set has neither “|” nor “^”; both are no characters of an address
// (RFC 3986), and net/url would rewrite the whole path because of them.
func inPath(c byte) bool { return strings.IndexByte(" \"#<>?`{}|^", c) >= 0 }

// inQuery is inPath for the query of an http address.
func inQuery(c byte) bool { return strings.IndexByte(" \"#<>'", c) >= 0 }

// escape writes what is not plain as percent escapes, and keeps those that are
// there. A percent sign that begins none is escaped if bare ones are.
func escape(s string, special func(byte) bool, bare bool) string {
	const digits = "0123456789ABCDEF"
	var b strings.Builder
	b.Grow(len(s))
	for i := range len(s) {
		c := s[i]
		if c <= ' ' || c >= 0x7f || special(c) || bare && c == '%' && !escapes(s[i:]) {
			b.Write([]byte{'%', digits[c>>4], digits[c&15]})
		} else {
			b.WriteByte(c)
		}
	}
	return b.String()
}

// escapes reports whether the text begins with a percent escape.
func escapes(s string) bool { return len(s) > 2 && s[0] == '%' && unhex(s[1]) < 16 && unhex(s[2]) < 16 }

// unhex returns the value of a hexadecimal digit, 16 for anything else.
func unhex(c byte) byte {
	switch {
	case c >= '0' && c <= '9':
		return c - '0'
	case c >= 'a' && c <= 'f':
		return c - 'a' + 10
	case c >= 'A' && c <= 'F':
		return c - 'A' + 10
	default:
		return 16
	}
}

// Unescape decodes percent escapes, once, and leaves percent signs that begin
// none.
func Unescape(s string) string {
	if strings.IndexByte(s, '%') < 0 {
		return s
	}
	out := make([]byte, 0, len(s))
	for i := 0; i < len(s); i++ {
		if escapes(s[i:]) {
			out = append(out, unhex(s[i+1])<<4|unhex(s[i+2]))
			i += 2
			continue
		}
		out = append(out, s[i])
	}
	return string(out)
}
