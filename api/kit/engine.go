package kit

import (
	"fmt"
	"log/slog"
	"net/http"
	"sync"
	"time"

	"github.com/gin-gonic/gin"

	"longhaul/internal/tracing"
	"longhaul/models"
)

// Entrance is what every request passes before it meets its route, on either
// listener.
type Entrance struct {
	Proxies []string // addresses and networks whose forwarding headers are believed
	Quiet   []string // routes whose good answers are logged for debugging only
	Log     *slog.Logger
	Metrics *Metrics        // nil measures nothing
	Tracer  *tracing.Tracer // nil traces nothing
	Watcher *Watcher
	Now     func() time.Time
}

// Engine returns a router behind the entrance, without routes.
func (e Entrance) Engine() (*gin.Engine, error) {
	engine := gin.New()
	engine.HandleMethodNotAllowed = true
	engine.RedirectTrailingSlash = false
	engine.RedirectFixedPath = false
	if err := engine.SetTrustedProxies(e.Proxies); err != nil {
		return nil, fmt.Errorf("trusted proxies: %w", err)
	}
	engine.Use(identify(), e.noticeProxy(), logRequests(e.Log, e.Quiet, e.Now), measure(e.Metrics, e.Now), traced(e.Tracer, e.Metrics, e.Quiet), e.Watcher.watch, rescue(e.Log))
	engine.NoMethod(methodNotAllowed)
	return engine, nil
}

// noticeProxy warns once if requests come through a proxy that nobody configured:
// then all clients look like one, and share the limits of one.
func (e Entrance) noticeProxy() gin.HandlerFunc {
	var once sync.Once
	return func(c *gin.Context) {
		if len(e.Proxies) == 0 && c.Request.Header.Get("X-Forwarded-For") != "" {
			once.Do(func() {
				e.Log.WarnContext(c.Request.Context(), "requests come through a proxy, but TRUSTED_PROXIES is empty: all clients share the limits of one",
					"proxy", c.RemoteIP())
			})
		}
		c.Next()
	}
}

// NotFound answers requests that no route matches.
func NotFound(c *gin.Context) {
	Abort(c, models.Errorf(models.CodeNotFound, "Page not found."))
}

// methodNotAllowed answers for an address that takes other methods.
func methodNotAllowed(c *gin.Context) {
	Abort(c, NewProblem(http.StatusMethodNotAllowed, codeMethodNotAllowed, "Not allowed here",
		"This address does not support "+Clip(c.Request.Method, 20)+"."))
}
