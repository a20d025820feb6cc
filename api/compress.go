package api

import (
	"fmt"
	"net/http"
	"strings"

	"github.com/gin-gonic/gin"
	"github.com/klauspost/compress/gzhttp"

	"longhaul/api/live"
)

// appHandler is the router of the app's origin, whose answers leave through
// another handler around it.
type appHandler struct {
	*gin.Engine
	outer http.Handler
}

// ServeHTTP answers a request.
func (h appHandler) ServeHTTP(w http.ResponseWriter, r *http.Request) { h.outer.ServeHTTP(w, r) }

// compressedFrom is the size from which an answer is compressed: below it, the
// effort saves no packet.
const compressedFrom = 1 << 10

// crossSite is what browsers say of a request that another site's page caused.
const crossSite = "cross-site"

// compressed returns a handler that answers with zstd or gzip where the client
// takes them. The size of a compressed answer tells what its text repeats
// (BREACH), so an attacker who can cause requests must not see it beside a secret:
// only reads are compressed, none that another site causes, and secrets are handed
// out in answers to other methods alone. The built files of the web app are
// compressed already and pass as they are.
func compressed(next http.Handler) (http.Handler, error) {
	wrap, err := gzhttp.NewWrapper(gzhttp.MinSize(compressedFrom), gzhttp.ContentTypes([]string{
		"application/json", "application/problem+json", "text/html", "text/css",
	}))
	if err != nil {
		return nil, fmt.Errorf("compression: %w", err)
	}
	compressing := wrap(next)
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if compressible(r) {
			compressing(w, r)
			return
		}
		next.ServeHTTP(w, r)
	}), nil
}

// compressible reports whether the answer to a request may be compressed. Agents
// are given addresses with secrets in them, and events must not wait for more.
func compressible(r *http.Request) bool {
	return r.Method == http.MethodGet && r.Header.Get("Sec-Fetch-Site") != crossSite &&
		r.URL.Path != live.PathEvents && !strings.HasPrefix(r.URL.Path, "/agent/")
}
