package api

import (
	"net/http"
	"net/url"
	"strings"

	"github.com/gin-gonic/gin"

	"longhaul/api/account"
	"longhaul/api/kit"
	"longhaul/api/system"
)

// turnstileOrigin serves the script and the frame of Cloudflare's Turnstile.
const turnstileOrigin = "https://challenges.cloudflare.com"

// appPolicy is the Content-Security-Policy of the app's origin. User files come
// from the files origin only, as media, images or a fetched text. If bots are
// checked, the check's script and frame are allowed; that script sets script
// addresses as plain text, so trusted types must be off.
func appPolicy(files *url.URL, turnstile bool) string {
	f := kit.Origin(files)
	scripts := "script-src 'self'"
	if turnstile {
		scripts += " " + turnstileOrigin
	}
	policy := []string{
		"default-src 'none'",
		scripts,
		"style-src 'self'",
		"img-src 'self' data: blob: " + f,
		"font-src 'self'",
		"connect-src 'self' " + f,
		"media-src 'self' blob: " + f,
		"worker-src 'self' blob:",
		"manifest-src 'self'",
		"form-action 'self'",
		"base-uri 'none'",
		"object-src 'none'",
		"frame-ancestors 'none'",
	}
	if turnstile {
		policy = append(policy, "frame-src "+turnstileOrigin)
	} else {
		policy = append(policy, "require-trusted-types-for 'script'")
	}
	return strings.Join(policy, "; ")
}

// permissions turns off what the app doesn't use and limits passkeys to the
// app.
const permissions = "accelerometer=(), camera=(), display-capture=(), geolocation=(), gyroscope=(), magnetometer=(), microphone=(), midi=(), payment=(), " +
	"publickey-credentials-create=(self), publickey-credentials-get=(self), usb=()"

// secureApp sets the headers of every response of the app's origin.
func secureApp(base, files *url.URL, turnstile bool) gin.HandlerFunc {
	policy := appPolicy(files, turnstile)
	return func(c *gin.Context) {
		h := c.Writer.Header()
		h.Set("Content-Security-Policy", policy)
		h.Set("Cross-Origin-Opener-Policy", "same-origin")
		h.Set("Cross-Origin-Resource-Policy", "same-origin")
		h.Set("Permissions-Policy", permissions)
		h.Set("X-Frame-Options", "DENY")
		kit.SetCommonHeaders(h, base)
		// the cross-origin check reads the last two, so no cache may mix up
		// callers; it replaces what the compression sets on some answers only
		h.Set("Vary", "Accept-Encoding, Sec-Fetch-Site, Origin")
		if isAPIPath(c.Request.URL.Path) {
			h.Set("Cache-Control", "no-store")
		}
		c.Next()
	}
}

// isAPIPath reports whether a path belongs to the API and not to the pages of
// the web app.
func isAPIPath(path string) bool {
	return strings.HasPrefix(path, "/api/") || strings.HasPrefix(path, "/agent/") ||
		path == "/api" || path == "/agent" || path == system.PathHealth || path == system.PathReady || path == pathOpenAPI
}

// siteGuard refuses state-changing requests that another site sends with a
// visitor's cookie.
type siteGuard struct{ cop *http.CrossOriginProtection }

func newSiteGuard(base *url.URL) (siteGuard, error) {
	cop := http.NewCrossOriginProtection()
	return siteGuard{cop}, cop.AddTrustedOrigin(kit.Origin(base))
}

func (g siteGuard) check(c *gin.Context) {
	// browsers never add a bearer credential on their own, and without CORS no
	// other site's page can
	if kit.Bearer(c.GetHeader("Authorization")) != "" && kit.SessionCookie(c.GetHeader("Cookie")) == "" {
		c.Next()
		return
	}
	// an extension that connects has no credential yet: what it sends proves
	// itself, and no cookie counts; pages can't claim its origin
	if c.Request.URL.Path == account.PathConnectionToken && fromExtension(c.GetHeader("Origin")) {
		c.Next()
		return
	}
	if err := g.cop.Check(c.Request); err != nil {
		kit.Abort(c, kit.NewProblem(http.StatusForbidden, kit.CodeCrossOrigin, "Refused", "The request came from another site."))
		return
	}
	c.Next()
}

func fromExtension(origin string) bool {
	return strings.HasPrefix(origin, "chrome-extension://") || strings.HasPrefix(origin, "moz-extension://")
}
