package kit

import (
	"slices"
	"strings"

	"github.com/gin-gonic/gin"

	"longhaul/internal/tracing"
)

// agentRoutes begin the routes that agents call.
const agentRoutes = "/agent/"

// traced makes the spans of requests. Only agents may name the trace that they
// belong to: what a browser says of traces is not believed. An agent's call that
// belongs to none, such as a heartbeat, makes none, nor do the routes that are
// left out, the streams, and what no route matches.
func traced(t *tracing.Tracer, m *Metrics, left []string) gin.HandlerFunc {
	return func(c *gin.Context) {
		route := c.FullPath()
		fromAgent := strings.HasPrefix(route, agentRoutes)
		if t == nil || route == "" || slices.Contains(left, route) || m.streams(route) || fromAgent && c.GetHeader("traceparent") == "" {
			c.Next()
			return
		}
		ctx, span := t.Serve(c.Request.Context(), c.Request.Header, fromAgent)
		c.Request = c.Request.WithContext(ctx)
		defer func() { span.End(methodName(c), route, c.Writer.Status()) }()
		c.Next()
	}
}

// streams reports whether the route's answers last as long as their client likes.
func (m *Metrics) streams(route string) bool {
	if m == nil {
		return false
	}
	_, untimed := m.untimed[route]
	return untimed
}
