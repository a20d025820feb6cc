package kit

import (
	"context"
	"encoding/json"
	"errors"
	"log/slog"
	"net/http"
	"runtime/debug"
	"slices"
	"strings"
	"time"

	"github.com/gin-gonic/gin"
	"github.com/google/uuid"

	"longhaul/models"
)

// headerRequestID carries the id of a request in its answer.
const headerRequestID = "X-Request-Id"

// maxUserAgent bounds what is kept of a browser's name, in bytes.
const maxUserAgent = 256

type infoKey struct{}

// Info is what is known of a request while it is served. It is made by
// the first middleware and read once more for the log.
type Info struct {
	ID      string
	IP      string
	Err     error
	Client  models.Client
	User    *models.User
	Session *models.Session  // the caller's session; nil for a token
	Token   *models.APIToken // the caller's API token; nil for a session
	agent   *models.Agent
}

// InfoOf returns the request's info; an empty one outside of a request.
func InfoOf(ctx context.Context) *Info {
	if i, ok := ctx.Value(infoKey{}).(*Info); ok {
		return i
	}
	return &Info{}
}

// identify gives the request an id of our own making and finds its client
// address, which only configured proxies may tell.
func identify() gin.HandlerFunc {
	return func(c *gin.Context) {
		info := &Info{ID: uuid.NewString(), IP: c.ClientIP()}
		info.Client = models.Client{IP: info.IP, UserAgent: Clip(strings.ToValidUTF8(c.Request.UserAgent(), "?"), maxUserAgent)}
		c.Header(headerRequestID, info.ID)
		c.Request = c.Request.WithContext(context.WithValue(c.Request.Context(), infoKey{}, info))
		c.Next()
	}
}

// logRequests writes one line per request: never the query, the body or a
// path with a token in it. Good answers of the quiet routes are for debugging.
func logRequests(log *slog.Logger, quiet []string, now func() time.Time) gin.HandlerFunc {
	return func(c *gin.Context) {
		start := now()
		defer func() { // deferred: an answer that breaks off unwinds through here
			ctx := c.Request.Context()
			log.LogAttrs(ctx, levelOf(c, InfoOf(ctx), quiet), "request", attrsOf(c, now().Sub(start))...)
		}()
		c.Next()
	}
}

func attrsOf(c *gin.Context, took time.Duration) []slog.Attr {
	info := InfoOf(c.Request.Context())
	attrs := []slog.Attr{
		slog.String("request_id", info.ID), slog.String("method", methodName(c)), slog.String("route", routeName(c)),
		slog.Int("status", c.Writer.Status()), slog.Int("bytes", max(c.Writer.Size(), 0)),
		slog.Duration("duration", took), slog.String("client_ip", info.IP),
	}
	if info.User != nil {
		attrs = append(attrs, slog.String("user_id", info.User.ID.String()))
	}
	if info.Token != nil {
		attrs = append(attrs, slog.String("api_token", info.Token.ID.String()))
	}
	if info.agent != nil {
		attrs = append(attrs, slog.String("agent", info.agent.ID.String()))
	}
	if info.Err != nil {
		attrs = append(attrs, slog.String("error", info.Err.Error()))
	}
	return attrs
}

// routeName is the template of the route, never the path: it may hold tokens.
func routeName(c *gin.Context) string {
	if route := c.FullPath(); route != "" {
		return route
	}
	return "none"
}

// methodName bounds what a client can make of the name of a method.
func methodName(c *gin.Context) string {
	switch m := c.Request.Method; m {
	case http.MethodGet, http.MethodHead, http.MethodPost, http.MethodPut, http.MethodPatch, http.MethodDelete, http.MethodOptions:
		return m
	default:
		return "other"
	}
}

func levelOf(c *gin.Context, info *Info, quiet []string) slog.Level {
	switch {
	case c.Writer.Status() >= http.StatusInternalServerError && models.CodeOf(info.Err) != models.CodeUnavailable:
		return slog.LevelError
	case c.Writer.Status() >= http.StatusInternalServerError:
		return slog.LevelWarn
	case info.Err == nil && slices.Contains(quiet, c.FullPath()):
		return slog.LevelDebug
	default:
		return slog.LevelInfo
	}
}

// rescue turns a panic into a plain 500 and a log line with the stack. If the
// response has started, it breaks the connection so that the client notices the
// missing rest.
func rescue(log *slog.Logger) gin.HandlerFunc {
	return func(c *gin.Context) {
		defer func() {
			r := recover()
			if r == nil {
				return
			}
			if err, ok := r.(error); ok && errors.Is(err, http.ErrAbortHandler) {
				panic(r) // net/http closes the connection without a word
			}
			ctx := c.Request.Context()
			log.ErrorContext(ctx, "panic while serving a request", "request_id", InfoOf(ctx).ID,
				"route", c.FullPath(), "panic", r, "stack", string(debug.Stack()))
			if c.Writer.Written() {
				panic(http.ErrAbortHandler)
			}
			Abort(c, models.AsError(errPanic))
		}()
		c.Next()
	}
}

// errPanic stands for a panic in the log line of its request.
var errPanic = models.Errorf(models.CodeInternal, "Something went wrong on our side.")

// problemRender writes a problem document.
type problemRender struct{ p *Problem }

// Render writes the document.
func (r problemRender) Render(w http.ResponseWriter) error {
	r.WriteContentType(w)
	return json.NewEncoder(w).Encode(r.p)
}

// WriteContentType sets the media type.
func (problemRender) WriteContentType(w http.ResponseWriter) {
	w.Header().Set("Content-Type", typeProblem)
}
