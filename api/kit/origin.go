package kit

import (
	"net/http"
	"net/url"
)

// Origin returns scheme and host of a URL, the form that headers use.
func Origin(u *url.URL) string { return u.Scheme + "://" + u.Host }

// SetCommonHeaders sets the headers that every answer of an origin carries.
func SetCommonHeaders(h http.Header, origin *url.URL) {
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Referrer-Policy", "no-referrer")
	if origin.Scheme == "https" {
		h.Set("Strict-Transport-Security", "max-age=63072000; includeSubDomains")
	}
}
