package fetch

import (
	"errors"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"longhaul/internal/weburl"
	"longhaul/models"
)

// maxRedirects is how many a server may send one after the other, as browsers and
// wget have it.
const maxRedirects = 20

// MagnetError says that a server redirected to a magnet link. Its text leaves out
// the link, which may hold a passkey.
type MagnetError struct{ Link string }

// Error implements error.
func (*MagnetError) Error() string { return "the server redirected to a magnet link" }

// isRedirect reports whether http.Client follows the status.
func isRedirect(code int) bool {
	switch code {
	case http.StatusMovedPermanently, http.StatusFound, http.StatusSeeOther, http.StatusTemporaryRedirect, http.StatusPermanentRedirect:
		return true
	default:
		return false
	}
}

// readLocation makes the Location of a redirect canonical: servers send spaces,
// bare percent signs and letters of all kinds in it, which http.Client would
// refuse or change.
func readLocation(from *url.URL, resp *http.Response) error {
	text := strings.TrimSpace(resp.Header.Get("Location"))
	if text != "" && resp.StatusCode == http.StatusMultipleChoices {
		resp.StatusCode = http.StatusFound // the choice that the server prefers, which http.Client does not take
	}
	if !isRedirect(resp.StatusCode) || text == "" {
		return nil
	}
	if scheme, _, _ := strings.Cut(text, ":"); strings.EqualFold(scheme, "magnet") {
		return &MagnetError{Link: text}
	}
	u, err := weburl.Resolve(from, text)
	switch {
	case errors.Is(err, weburl.ErrScheme):
		return models.Fault(models.ProblemBlockedAddress, "The server redirected to an address that is neither http nor https.")
	case errors.Is(err, weburl.ErrZone):
		return blocked()
	case err != nil:
		return models.Fault(models.ProblemSourceFailing, "The server redirected to an address that can't be read.").
			With("cause", models.CauseBadRedirect).Because(err)
	case u.User != nil:
		return models.Fault(models.ProblemBlockedAddress, "The server redirected to an address with a user name or password in it.")
	}
	resp.Header.Set("Location", u.String())
	return nil
}

// keptHeaders may follow a redirect to another origin; everything else may be
// a credential.
var keptHeaders = []string{"Accept", "Accept-Encoding", "Accept-Language", "If-Range", "Range", "User-Agent"}

func checkRedirect(req *http.Request, via []*http.Request) error {
	if len(via) > maxRedirects {
		return tooManyRedirects(req, via)
	}
	if err := CheckURL(req.URL); err != nil {
		return models.Fault(models.ProblemBlockedAddress,
			"The server redirected to an address that is not allowed.").Because(err)
	}
	if via[len(via)-1].URL.Scheme == "https" && req.URL.Scheme != "https" {
		return models.Fault(models.ProblemBlockedAddress,
			"The server redirected from an encrypted to an unencrypted address.")
	}
	req.Header.Del("Referer") // it would tell the next server the address of the source
	first := via[0].URL
	left := !sameOrigin(first, req.URL) ||
		slices.ContainsFunc(via, func(r *http.Request) bool { return !sameOrigin(first, r.URL) })
	if left {
		for name := range req.Header {
			if !slices.Contains(keptHeaders, name) {
				req.Header.Del(name)
			}
		}
	}
	return nil
}

// tooManyRedirects tells a circle from a long way. One address may come again and
// be no circle, because the server has set a cookie in between.
func tooManyRedirects(req *http.Request, via []*http.Request) error {
	again := slices.ContainsFunc(via, func(r *http.Request) bool { return r.URL.String() == req.URL.String() })
	if again {
		return models.Fault(models.ProblemSourceFailing, "The server redirects in a circle.").With("cause", models.CauseRedirectLoop)
	}
	return models.Fault(models.ProblemSourceFailing, "The server redirected more than %d times.", maxRedirects).
		With("cause", models.CauseRedirects)
}

func sameOrigin(a, b *url.URL) bool { return a.Scheme == b.Scheme && a.Host == b.Host }
