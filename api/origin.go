package api

import (
	"net/http"
	"net/url"
)

// originOf returns scheme and host of a URL, the form that headers use.
func originOf(u *url.URL) string { return u.Scheme + "://" + u.Host }

func setCommon(h http.Header, origin *url.URL) {
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Referrer-Policy", "no-referrer")
	if origin.Scheme == "https" {
		h.Set("Strict-Transport-Security", "max-age=63072000; includeSubDomains")
	}
}
