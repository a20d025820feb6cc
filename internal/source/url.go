package source

import (
	"net/url"
	"strconv"
	"strings"

	"longhaul/internal/fetch"
	"longhaul/models"
)

// Parse reads what a user pasted: a magnet link, a bare info hash (40 or 64
// hexadecimal or 32 base32 digits) or a URL. Faults are those of ParseMagnet
// and ParseURL.
func Parse(text string) (models.Source, error) {
	text = strings.TrimSpace(text)
	if len(text) >= len(magnetScheme) && strings.EqualFold(text[:len(magnetScheme)], magnetScheme) {
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

// ParseURL checks a direct http or https URL and returns it normalised. Where
// its host leads is checked when it is opened. Faults are malformed_url,
// source_too_large and, for hosts written to deceive, blocked_address.
func ParseURL(s string) (models.Source, error) {
	if len(s) > MaxURLBytes {
		return models.Source{}, models.Fault(models.ProblemSourceTooLarge,
			"The address is longer than %d KiB.", MaxURLBytes>>10)
	}
	s = strings.TrimSpace(s)
	if hasControl(s) {
		return models.Source{}, badURL("it contains control characters or line breaks")
	}
	if s == "" || !strings.Contains(s, "://") {
		return models.Source{}, badURL("use a magnet link, or an address that starts with http:// or https://")
	}
	u, err := url.Parse(s)
	if err != nil {
		return models.Source{}, badURL("it cannot be read") // the cause would quote the address
	}
	if port := u.Port(); port != "" {
		if n, err := strconv.ParseUint(port, 10, 16); err != nil || n == 0 {
			return models.Source{}, badURL("its port must be a number from 1 to 65535")
		}
	}
	u.Scheme = strings.ToLower(u.Scheme)
	u.Fragment, u.RawFragment = "", ""
	if err := fetch.CheckURL(u); err != nil {
		return models.Source{}, err
	}
	u.Host = strings.ToLower(strings.TrimSuffix(u.Host, ":"))
	if u.Path == "" {
		u.Path = "/"
	}
	return models.Source{Kind: models.SourceURL, URI: u.String(), Name: FileNameFromURL(u)}, nil
}

func badURL(what string) *models.Error {
	return models.Fault(models.ProblemMalformedURL, "This address isn't valid: %s.", what)
}
