package api

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"net/http"
	"strings"

	"github.com/gin-gonic/gin"
)

// polled reports whether a path is a list that programs ask for again and again.
func polled(path string) bool {
	return path == "/api/v1/jobs" || path == "/api/v1/notifications"
}

// conditional gives the answers of polled lists an entity tag, and answers 304
// without the list to a client that names the tag of what it has. No cache keeps
// the lists: the client does, or it does without. The tag is weak, as the
// compression changes the bytes.
func conditional(c *gin.Context) {
	if c.Request.Method != http.MethodGet || !polled(c.Request.URL.Path) {
		c.Next()
		return
	}
	held := hold(c)
	if c.Writer.Status() != http.StatusOK {
		_, _ = c.Writer.Write(held.body.Bytes()) // the client may be gone
		return
	}
	sum := sha256.Sum256(held.body.Bytes())
	tag := `"` + hex.EncodeToString(sum[:16]) + `"`
	c.Header("ETag", "W/"+tag)
	if names(c.GetHeader("If-None-Match"), tag) {
		c.Writer.Header().Del("Content-Type")
		c.Status(http.StatusNotModified)
		c.Writer.WriteHeaderNow()
		return
	}
	_, _ = c.Writer.Write(held.body.Bytes())
}

// hold runs the other handlers and returns what they wrote. If one panics, the
// fault is written to the client.
func hold(c *gin.Context) *heldAnswer {
	held := &heldAnswer{ResponseWriter: c.Writer}
	c.Writer = held
	defer func() { c.Writer = held.ResponseWriter }()
	c.Next()
	return held
}

// names reports whether an If-None-Match header has the tag among others. Weak
// and strong tags compare alike there (RFC 9110, section 8.8.3.2).
func names(header, tag string) bool {
	for given := range strings.SplitSeq(header, ",") {
		given = strings.TrimSpace(given)
		if given == "*" || strings.TrimPrefix(given, "W/") == tag {
			return true
		}
	}
	return false
}

// heldAnswer keeps what a handler writes until its tag is known. Lists are short.
type heldAnswer struct {
	gin.ResponseWriter
	body bytes.Buffer
}

func (w *heldAnswer) Write(p []byte) (int, error)       { return w.body.Write(p) }
func (w *heldAnswer) WriteString(s string) (int, error) { return w.body.WriteString(s) }
func (w *heldAnswer) WriteHeaderNow()                   {}
func (w *heldAnswer) Flush()                            {}
