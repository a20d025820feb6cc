package kit

import (
	"context"
	"net/http"
	"sync"
	"time"

	"github.com/gin-gonic/gin"

	"longhaul/models"
)

// Bounds of what a flood of refused requests costs.
const (
	watchBudget = 5 * time.Second
	watchEvery  = time.Minute // of one kind, caller and route one event
	watchKeys   = 10_000      // remembered; more are forgotten all at once
)

// Watcher records refused requests: from another site, with a credential that
// is not good, by someone who may not, or too many. It looks at the answers,
// so that no handler can forget to. Sign-ins tell more of themselves and are
// recorded where they happen.
type Watcher struct {
	store      Store
	background *Background
	now        func() time.Time

	mu     sync.Mutex
	recent map[string]time.Time
}

// NewWatcher returns a watcher that records to the store beside answers.
func NewWatcher(store Store, b *Background, now func() time.Time) *Watcher {
	return &Watcher{store: store, background: b, now: now, recent: map[string]time.Time{}}
}

func (w *Watcher) watch(c *gin.Context) {
	c.Next()
	info := InfoOf(c.Request.Context())
	if info.Err == nil || w.store == nil {
		return
	}
	kind := w.kind(c, info)
	if kind == "" {
		return
	}
	e := models.SecurityEvent{
		Kind: kind, IP: info.IP, UserAgent: Clip(c.Request.UserAgent(), maxUserAgent), Detail: methodName(c) + " " + routeName(c),
	}
	who := Network(info.IP)
	if info.User != nil {
		e.UserID, who = &info.User.ID, info.User.ID.String()
	}
	e.Once = who + " " + e.Detail
	if !w.first(string(kind) + " " + e.Once) {
		return
	}
	w.background.Run(c.Request.Context(), watchBudget, func(ctx context.Context) error { return w.store.RecordSecurity(ctx, e) })
}

// kind says what sort of refusal an answer is, "" for none of interest.
func (w *Watcher) kind(c *gin.Context, info *Info) models.SecurityKind {
	p := problemOf(c.Request.Context(), info.Err)
	switch {
	case p.Code == CodeCrossOrigin:
		return models.SecurityCrossOrigin
	case p.Code == string(models.ProblemWrongContent):
		return models.SecurityFileReplaced
	case c.Writer.Status() == http.StatusTooManyRequests:
		return models.SecurityRateLimited
	case c.Writer.Status() == http.StatusUnauthorized && hasCredential(c.Request) && info.User == nil:
		return models.SecurityCredentialRefused
	case p.Code == string(models.CodeForbidden) && info.User == nil && info.agent == nil:
		return models.SecurityTokenRefused // an enrolment token or a setup link
	case p.Code == string(models.CodeForbidden), p.Code == string(models.ProblemScopeMissing):
		return models.SecurityAccessRefused
	default:
		return ""
	}
}

func hasCredential(r *http.Request) bool {
	return r.Header.Get("Authorization") != "" || SessionCookie(r.Header.Get("Cookie")) != ""
}

// first reports whether the key was not seen for a while. The database bounds
// events across processes; this spares it the question.
func (w *Watcher) first(key string) bool {
	now := w.now()
	w.mu.Lock()
	defer w.mu.Unlock()
	if last, ok := w.recent[key]; ok && now.Sub(last) < watchEvery {
		return false
	}
	if len(w.recent) >= watchKeys {
		clear(w.recent)
	}
	w.recent[key] = now
	return true
}
