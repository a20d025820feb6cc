package source

import (
	"net/netip"
	"net/url"
	"regexp"
	"strings"

	"longhaul/internal/fetch"
	"longhaul/internal/weburl"
	"longhaul/models"
)

// URLPattern is a set of addresses: those of a host and the hosts below it, or
// what there is below a path of theirs. In the path, * stands for any characters.
// Scheme, port and credentials make no difference.
type URLPattern struct {
	Host string // lower case
	Path string // begins with a slash, unless it is empty for the whole host
	rest *regexp.Regexp
}

// ParseURLPattern reads a pattern such as example.com, or
// https://example.com/files/*.iso. It refuses what names no host as invalid.
func ParseURLPattern(text string) (URLPattern, error) {
	s := strings.TrimSpace(text)
	if len(s) > MaxURLBytes || hasControl(s) || s == "" {
		return URLPattern{}, badPattern()
	}
	if !strings.Contains(s, "://") {
		s = "https://" + s
	}
	u, err := weburl.Parse(s)
	if err != nil || u.User != nil || !strings.Contains(u.Hostname(), ".") || strings.ContainsAny(u.Hostname(), "*?") {
		return URLPattern{}, badPattern()
	}
	if _, err := netip.ParseAddr(u.Hostname()); err == nil && !strings.Contains(s, u.Hostname()) {
		return URLPattern{}, badPattern() // a number, which is more likely a part of a hash
	}
	if err := fetch.CheckURL(u); err != nil {
		return URLPattern{}, badPattern().Because(err)
	}
	p := URLPattern{Host: strings.ToLower(u.Hostname()), Path: strings.TrimRight(asked(u), "/")}
	parts := strings.Split(p.Path, "*")
	for i, part := range parts {
		parts[i] = regexp.QuoteMeta(part)
	}
	p.rest, err = regexp.Compile(`^(?s:` + strings.Join(parts, ".*") + `)(?:[/?].*)?$`)
	if err != nil {
		return URLPattern{}, badPattern().Because(err)
	}
	return p, nil
}

func badPattern() *models.Error {
	return models.Errorf(models.CodeInvalid, "Use a host such as example.com, or an address below it. In the path, * stands for anything.")
}

// asked returns what an address asks its host for, without escapes: a pattern
// must not be avoided by writing %61 for a.
func asked(u *url.URL) string {
	if u.RawQuery == "" {
		return u.Path
	}
	return u.Path + "?" + weburl.Unescape(u.RawQuery)
}

// String returns the pattern in its usual form.
func (p URLPattern) String() string { return p.Host + p.Path }

// Matches reports whether the address belongs to the set.
func (p URLPattern) Matches(address string) bool {
	u, err := url.Parse(address)
	if err != nil {
		return false
	}
	host := strings.ToLower(u.Hostname())
	return (host == p.Host || strings.HasSuffix(host, "."+p.Host)) && p.rest.MatchString(asked(u))
}

// HostsOf returns the host of an address and every host above it: those that a
// pattern may name which matches it.
func HostsOf(address string) []string {
	u, err := url.Parse(address)
	if err != nil || u.Hostname() == "" {
		return nil
	}
	var out []string
	for host := strings.ToLower(u.Hostname()); host != ""; _, host, _ = strings.Cut(host, ".") {
		out = append(out, host)
	}
	return out
}
