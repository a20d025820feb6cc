package source

import (
	"errors"
	"net/netip"
	"net/url"
	"regexp"
	"strings"

	"longhaul/internal/fetch"
	"longhaul/internal/weburl"
	"longhaul/models"
)

// Parse reads what a user pasted: a magnet link, a bare info hash (40 or 64
// hexadecimal or 32 base32 digits) or a URL. Faults are those of ParseMagnet
// and ParseURL.
func Parse(text string) (models.Source, error) {
	text = strings.TrimSpace(text)
	if isMagnet(text) {
		return ParseMagnet(text)
	}
	if hash, ok := v1Hash(text); ok {
		return ParseMagnet("magnet:?xt=urn:btih:" + hash)
	}
	if hash := strings.ToLower(text); isHash(hash, 64) {
		return ParseMagnet("magnet:?xt=urn:btmh:" + sha256Prefix + hash)
	}
	return ParseURL(text)
}

// ParseURL reads a direct http or https URL as browsers do and returns it in its
// canonical form, without the user and password, which it returns beside it. Where
// its host leads is checked when it is opened. Faults are malformed_url,
// source_too_large and, for hosts written to deceive, blocked_address.
func ParseURL(s string) (models.Source, error) {
	if len(s) > MaxURLBytes {
		return models.Source{}, longURL()
	}
	s = strings.TrimSpace(s)
	if secondLine(s) {
		return models.Source{}, badURL("a second one follows it; use one at a time")
	}
	u, err := weburl.Parse(s)
	if err == nil {
		err = deceives(s, u)
	}
	if err != nil {
		return models.Source{}, unreadable(err)
	}
	src := models.Source{Kind: models.SourceURL, Name: FileNameFromURL(u), Login: loginOf(u.User)}
	u.User = nil
	if err := fetch.CheckURL(u); err != nil {
		return models.Source{}, err
	}
	if src.URI = u.String(); len(src.URI) > MaxURLBytes { // escapes take more room
		return models.Source{}, longURL()
	}
	return src, nil
}

// deceives refuses hosts that are written so that people and programs disagree
// about what they mean: an address of a private network as a number, and a path
// where the host is missing, which browsers take for the host.
func deceives(text string, u *url.URL) error {
	host := u.Hostname()
	addr, err := netip.ParseAddr(host)
	switch {
	case err == nil && !strings.Contains(text, host) && !public.Allowed(addr):
		return fetch.Blocked()
	case noHost.MatchString(text) && !strings.ContainsAny(u.Host, ".:"):
		return weburl.ErrNoHost
	default:
		return nil
	}
}

var (
	public = fetch.NewGuard()
	noHost = regexp.MustCompile(`^[A-Za-z]+:[/\\]{3}`)
)

// unreadable returns the fault of an address that weburl or deceives refuses.
func unreadable(err error) error {
	if fault, ok := errors.AsType[*models.Error](err); ok {
		return fault
	}
	switch {
	case errors.Is(err, weburl.ErrScheme):
		return badURL("use a magnet link, or an address that starts with http:// or https://")
	case errors.Is(err, weburl.ErrZone):
		return fetch.Blocked()
	default:
		return badURL(err.Error())
	}
}

// secondLine reports whether a line break is followed by another address: browsers
// drop the break, and would make one of both.
func secondLine(s string) bool {
	first := true
	for line := range strings.FieldsFuncSeq(s, func(r rune) bool { return r == '\n' || r == '\r' }) {
		scheme, rest, ok := strings.Cut(strings.TrimSpace(line), ":")
		begins := ok && weburl.IsScheme(scheme) && (strings.HasPrefix(rest, "//") || strings.HasPrefix(rest, "?"))
		if begins && !first {
			return true
		}
		first = false
	}
	return false
}

func loginOf(user *url.Userinfo) *models.Login {
	if user == nil {
		return nil
	}
	password, _ := user.Password()
	return &models.Login{User: user.Username(), Password: password}
}

func longURL() *models.Error {
	return models.Fault(models.ProblemSourceTooLarge, "The address is longer than %d KiB.", MaxURLBytes>>10)
}

func badURL(what string) *models.Error {
	return models.Fault(models.ProblemMalformedURL, "This address isn't valid: %s.", what)
}
