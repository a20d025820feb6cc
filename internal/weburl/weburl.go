// Package weburl reads http and https addresses as browsers do, by the WHATWG
// URL standard, and makes of each its canonical form: what a person pasted with
// spaces, bare percent signs, backslashes or letters of any script becomes what a
// browser would request. Its work grows with the length of the text and with
// nothing else. It does not decide whether an address may be fetched; see fetch.
//
// It differs from the standard in two points, where a browser sends what many
// programs refuse: in a path, a percent sign that begins no escape becomes %25,
// and “|” and “^” are escaped. A port of 0 is refused.
package weburl

import (
	"errors"
	"net/url"
	"strconv"
	"strings"
)

// Why an address cannot be read. No error quotes the address: it may be secret.
var (
	ErrScheme   = errors.New("it doesn't start with http:// or https://")
	ErrHost     = errors.New("its host name isn't valid")
	ErrZone     = errors.New("it names a network interface")
	ErrNoHost   = errors.New("it has no host")
	ErrPort     = errors.New("its port must be a number from 1 to 65535")
	ErrControls = errors.New("it contains control characters")
)

// Parse reads an absolute address.
func Parse(text string) (*url.URL, error) { return Resolve(nil, text) }

// Resolve reads an address that may be relative to a base, as the Location of a
// redirect is. The base must come from this package; nil is none. The fragment is
// dropped. User information is decoded and kept in User.
func Resolve(base *url.URL, text string) (*url.URL, error) {
	text, err := tidy(text)
	if err != nil {
		return nil, err
	}
	text, _, _ = strings.Cut(text, "#")
	scheme, rest, absolute := cutScheme(text)
	switch {
	case absolute && scheme != "http" && scheme != "https":
		return nil, ErrScheme
	case !absolute && base == nil:
		return nil, ErrScheme
	case !absolute:
		scheme, rest = base.Scheme, text
	case base == nil || scheme != base.Scheme || strings.HasPrefix(rest, "//"):
		return withHost(scheme, strings.TrimLeft(rest, `/\`))
	}
	if len(rest) >= 2 && isSlash(rest[0]) && isSlash(rest[1]) {
		return withHost(scheme, strings.TrimLeft(rest, `/\`))
	}
	return below(base, rest)
}

// tidy drops what browsers drop of an address: white space around it, and tabs
// and line breaks within it.
func tidy(text string) (string, error) {
	text = strings.TrimFunc(text, func(r rune) bool { return r <= ' ' })
	clean := make([]byte, 0, len(text))
	for i := range len(text) {
		switch c := text[i]; {
		case c == '\t' || c == '\n' || c == '\r':
		case c < ' ' || c == 0x7f:
			return "", ErrControls
		default:
			clean = append(clean, c)
		}
	}
	return string(clean), nil
}

func isSlash(c byte) bool { return c == '/' || c == '\\' }

// cutScheme splits off a scheme, in lower case.
func cutScheme(text string) (scheme, rest string, ok bool) {
	scheme, rest, ok = strings.Cut(text, ":")
	if !ok || !IsScheme(scheme) {
		return "", text, false
	}
	return strings.ToLower(scheme), rest, true
}

// IsScheme reports whether the text has the form of a scheme (RFC 3986, 3.1).
func IsScheme(s string) bool {
	for i := range len(s) {
		c := s[i] | 0x20
		letter := c >= 'a' && c <= 'z'
		if !letter && (i == 0 || (s[i] < '0' || s[i] > '9') && !strings.ContainsRune("+-.", rune(s[i]))) {
			return false
		}
	}
	return s != ""
}

// withHost reads what follows the slashes: host, path and query.
func withHost(scheme, rest string) (*url.URL, error) {
	end := strings.IndexAny(rest, `/\?`)
	if end < 0 {
		end = len(rest)
	}
	authority, rest := rest[:end], rest[end:]
	u := &url.URL{Scheme: scheme}
	if at := strings.LastIndexByte(authority, '@'); at >= 0 {
		u.User = userinfo(authority[:at])
		authority = authority[at+1:]
	}
	name, port := cutPort(authority)
	host, err := Host(name)
	if err != nil {
		return nil, err
	}
	if port, err = usualPort(scheme, port); err != nil {
		return nil, err
	}
	u.Host = host + port
	path, query, asks := strings.Cut(rest, "?")
	setPath(u, segments(nil, path))
	setQuery(u, query, asks)
	return u, nil
}

// userinfo reads a user and a password. An empty one is none.
func userinfo(s string) *url.Userinfo {
	user, password, hasPassword := strings.Cut(s, ":")
	if user == "" && password == "" {
		return nil
	}
	if !hasPassword {
		return url.User(Unescape(user))
	}
	return url.UserPassword(Unescape(user), Unescape(password))
}

// cutPort splits a host from its port, which is empty or begins with a colon.
func cutPort(authority string) (host, port string) {
	from := strings.IndexByte(authority, ']') + 1 // the colons of an IPv6 address are its own
	if i := strings.IndexByte(authority[from:], ':'); i >= 0 {
		return authority[:from+i], authority[from+i:]
	}
	return authority, ""
}

// usualPort returns the port as it is written in an address, with its colon;
// nothing if it is the scheme's own.
func usualPort(scheme, port string) (string, error) {
	digits := strings.TrimPrefix(port, ":")
	if digits == "" {
		return "", nil
	}
	n, err := strconv.ParseUint(digits, 10, 16)
	if err != nil || n == 0 {
		return "", ErrPort
	}
	if scheme == "http" && n == 80 || scheme == "https" && n == 443 {
		return "", nil
	}
	return ":" + strconv.FormatUint(n, 10), nil
}

// below reads what is relative to the base's host.
func below(base *url.URL, rest string) (*url.URL, error) {
	u := &url.URL{Scheme: base.Scheme, Host: base.Host, User: base.User}
	path, query, asks := strings.Cut(rest, "?")
	switch {
	case path == "":
		u.Path, u.RawPath = base.Path, base.RawPath
		if !asks {
			u.RawQuery, u.ForceQuery = base.RawQuery, base.ForceQuery
		}
	case isSlash(path[0]):
		setPath(u, segments(nil, path))
	default:
		above := strings.Split(strings.TrimPrefix(base.EscapedPath(), "/"), "/")
		setPath(u, segments(above[:len(above)-1], "/"+path))
	}
	if asks {
		setQuery(u, query, true)
	}
	return u, nil
}

// setPath sets the path to the escaped segments.
func setPath(u *url.URL, parts []string) {
	escaped := "/" + strings.Join(parts, "/")
	u.Path = Unescape(escaped)
	if plain := (&url.URL{Path: u.Path}).EscapedPath(); plain != escaped {
		u.RawPath = escaped
	}
}

func setQuery(u *url.URL, query string, asks bool) {
	u.RawQuery = escape(query, inQuery, false)
	u.ForceQuery = asks && query == ""
}

// segments returns the escaped segments of a path that begins with a slash or is
// empty, after those above it, without the ones that stand for a folder itself or
// the one above.
func segments(above []string, path string) []string {
	out := append([]string{}, above...)
	path = strings.ReplaceAll(path, `\`, "/")
	parts := strings.Split(strings.TrimPrefix(path, "/"), "/")
	for i, part := range parts {
		last := i == len(parts)-1
		switch dots(part) {
		case 1:
			if last {
				out = append(out, "")
			}
		case 2:
			out = out[:max(len(out)-1, 0)]
			if last {
				out = append(out, "")
			}
		default:
			out = append(out, escape(part, inPath, true))
		}
	}
	return out
}

// dots returns how many dots the segment consists of, 0 if of anything else. A dot
// may be written as %2E.
func dots(part string) int {
	if len(part) > len("%2e%2e") {
		return 0
	}
	switch strings.ReplaceAll(strings.ToLower(part), "%2e", ".") {
	case ".":
		return 1
	case "..":
		return 2
	default:
		return 0
	}
}
