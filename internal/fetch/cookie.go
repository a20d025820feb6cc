package fetch

import (
	"net/http"
	"regexp"
	"strconv"
	"strings"
)

// cookieMark begins a byte of a cookie that net/http would leave out or put in
// quotes, such as those of JSON or of PHP's user[id]. It keeps them in two digits,
// and servers get back what they sent.
const cookieMark = "%!"

var markedByte = regexp.MustCompile(cookieMark + "[0-9a-f]{2}")

// cookieTransport marks the cookies of answers, for the jar, and puts what they were
// into requests.
type cookieTransport struct{ next http.RoundTripper }

// RoundTrip implements http.RoundTripper.
func (t *cookieTransport) RoundTrip(req *http.Request) (*http.Response, error) {
	if sent := req.Header.Get("Cookie"); strings.Contains(sent, cookieMark) {
		req = req.Clone(req.Context())
		req.Header.Set("Cookie", unmarkCookies(sent))
	}
	resp, err := t.next.RoundTrip(req)
	if err != nil {
		return nil, err
	}
	lines := resp.Header["Set-Cookie"]
	for i, line := range lines {
		lines[i] = markCookie(line)
	}
	return resp, nil
}

// CloseIdleConnections lets http.Client.CloseIdleConnections through.
func (t *cookieTransport) CloseIdleConnections() {
	if c, ok := t.next.(interface{ CloseIdleConnections() }); ok {
		c.CloseIdleConnections()
	}
}

// markCookie marks the name and the value of a Set-Cookie line.
func markCookie(line string) string {
	pair, attributes, more := strings.Cut(line, ";")
	name, value, ok := strings.Cut(pair, "=")
	if !ok {
		return line
	}
	const separators = `()<>@,;:\"/[]?={} `
	line = marked(strings.TrimSpace(name), separators) + "=" + marked(strings.TrimSpace(value), `",\ `)
	if more {
		line += ";" + attributes
	}
	return line
}

// marked marks the bytes of odd, those that are not ASCII, and what looks like a
// mark. Control characters stay, so that the cookie is refused.
func marked(s, odd string) string {
	var b strings.Builder
	for i := range len(s) {
		c := s[i]
		if c < 0x80 && strings.IndexByte(odd, c) < 0 && !strings.HasPrefix(s[i:], cookieMark) {
			b.WriteByte(c)
		} else {
			b.WriteString(cookieMark + strconv.FormatUint(0x100+uint64(c), 16)[1:])
		}
	}
	return b.String()
}

func unmarkCookies(s string) string {
	return markedByte.ReplaceAllStringFunc(s, func(m string) string {
		n, _ := strconv.ParseUint(m[len(cookieMark):], 16, 8) // two digits
		if n < ' ' || n == 0x7f {
			return m // nothing that marked has made
		}
		return string([]byte{byte(n)})
	})
}
