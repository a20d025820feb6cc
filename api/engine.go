package api

import (
	"fmt"
	"log/slog"
	"net/http"
	"time"

	"github.com/gin-gonic/gin"

	"longhaul/models"
)

// entrance is what every request passes before it meets its route, on either
// listener.
type entrance struct {
	proxies []string // addresses and networks whose forwarding headers are believed
	quiet   []string // routes whose good answers are logged for debugging only
	log     *slog.Logger
	metrics *Metrics // nil measures nothing
	watcher *watcher
	now     func() time.Time
}

// engine returns a router behind the entrance, without routes.
func (e entrance) engine() (*gin.Engine, error) {
	engine := gin.New()
	engine.HandleMethodNotAllowed = true
	engine.RedirectTrailingSlash = false
	engine.RedirectFixedPath = false
	if err := engine.SetTrustedProxies(e.proxies); err != nil {
		return nil, fmt.Errorf("trusted proxies: %w", err)
	}
	engine.Use(identify(), logRequests(e.log, e.quiet, e.now), measure(e.metrics, e.now), e.watcher.watch, rescue(e.log))
	engine.NoMethod(methodNotAllowed)
	return engine, nil
}

// notFound answers for an address that leads nowhere.
func notFound(c *gin.Context) {
	abort(c, models.Errorf(models.CodeNotFound, "There is nothing at this address."))
}

// methodNotAllowed answers for an address that takes other methods.
func methodNotAllowed(c *gin.Context) {
	abort(c, httpProblem(http.StatusMethodNotAllowed, codeMethodNotAllowed, "Not allowed here",
		"This address does not answer "+clip(c.Request.Method, 20)+"."))
}
