package subtitle

import (
	"strings"
	"time"
)

// clock reads a time as subtitles have it: hours, which may be missing, minutes
// and seconds, and a fraction behind a comma, a point or a third colon.
func clock(s string) (time.Duration, bool) {
	s, negative := strings.CutPrefix(s, "-")
	whole, fraction := s, ""
	if i := strings.IndexAny(s, ",."); i >= 0 {
		whole, fraction = s[:i], s[i+1:]
	}
	parts := strings.SplitN(whole, ":", 5)
	if len(parts) == 4 && fraction == "" {
		parts, fraction = parts[:3], parts[3]
	}
	if len(parts) < 2 || len(parts) > 3 || len(fraction) > 9 {
		return 0, false
	}
	seconds := 0
	for _, p := range parts {
		n, ok := number(p)
		if !ok || p == "" || len(p) > 3 {
			return 0, false
		}
		seconds = seconds*60 + n
	}
	ms, ok := number((fraction + "000")[:3])
	if _, all := number(fraction); !ok || !all {
		return 0, false
	}
	t := time.Duration(seconds)*time.Second + time.Duration(ms)*time.Millisecond
	if negative {
		t = -t
	}
	return t, true
}

// number reads at most nine digits. Without any it is 0.
func number(s string) (n int, ok bool) {
	if len(s) > 9 {
		return 0, false
	}
	for _, c := range []byte(s) {
		if c < '0' || c > '9' {
			return 0, false
		}
		n = n*10 + int(c-'0')
	}
	return n, true
}
