package delivery

import (
	"net/url"

	"github.com/gin-gonic/gin"

	"longhaul/api/kit"
)

// deliveryPolicy is the Content-Security-Policy of delivered files: whatever a
// file holds, it can run nothing and reach nothing.
const deliveryPolicy = "sandbox; default-src 'none'; media-src 'self'; img-src 'self'; style-src 'unsafe-inline'; frame-ancestors 'none'"

// secureDelivery sets the headers of every response of the files origin.
func secureDelivery(files *url.URL) gin.HandlerFunc {
	return func(c *gin.Context) {
		h := c.Writer.Header()
		h.Set("Content-Security-Policy", deliveryPolicy)
		h.Set("Cross-Origin-Resource-Policy", "cross-origin")
		h.Set("X-Frame-Options", "DENY")
		h.Set("X-Robots-Tag", "noindex, nofollow")
		kit.SetCommonHeaders(h, files)
		c.Next()
	}
}
