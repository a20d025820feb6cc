package delivery

import (
	"context"
	"html/template"
	"net/http"
	"strings"
	"time"

	"github.com/gin-gonic/gin"
	"github.com/google/uuid"

	"longhaul/api/kit"
	"longhaul/internal/httpstatus"
	"longhaul/models"
)

// allowance is how much a delivery may send before the owner's bandwidth is
// looked at again. Deliveries that run at the same time may each exceed the limit
// by so much.
const allowance = 16 << 20

// mayDeliver refuses a new delivery to an owner whose monthly bandwidth is used
// up.
func (h *deliveryHandlers) mayDeliver(ctx context.Context, g grant) error {
	_, err := h.allowed(ctx, g.userID)
	return err
}

// allowed returns how many bytes a delivery of the owner's files may send next.
// One that runs when the bandwidth is used up ends there.
func (h *deliveryHandlers) allowed(ctx context.Context, owner uuid.UUID) (int64, error) {
	left, limited, err := h.meter.left(ctx, owner)
	switch {
	case err != nil:
		return 0, err
	case !limited:
		return allowance, nil
	case left > 0:
		return min(left, allowance), nil
	}
	_, reset := models.Period(h.now())
	return 0, models.Fault(models.ProblemBandwidthExceeded,
		"This month's bandwidth is used up. Files can be downloaded again from %s.", reset.Format("2 January 2006, 15:04 UTC"))
}

// refuse responds with a delivery's fault: a page for a browser that opens the
// link as a page, a problem document for everything else.
func (h *deliveryHandlers) refuse(c *gin.Context, err error) {
	e := models.AsError(err)
	if e.Problem != models.ProblemBandwidthExceeded {
		kit.Abort(c, err)
		return
	}
	_, reset := models.Period(h.now())
	c.Header("Retry-After", reset.UTC().Format(http.TimeFormat))
	showFault(c, err, faultPage{Title: "Bandwidth used up", Head: "The bandwidth of this month is used up", Reset: &reset})
}

// faultPage is what a page about a fault says.
type faultPage struct {
	Title, Head, Text string
	Reset             *time.Time // when the owner's bandwidth is back; nil shows the text
}

// showFault responds with a page to a browser that opens a link as a page, and
// with a problem document to everything else.
func showFault(c *gin.Context, err error, p faultPage) {
	if !strings.Contains(c.Request.Header.Get("Accept"), "text/html") {
		kit.Abort(c, err)
		return
	}
	kit.InfoOf(c.Request.Context()).Err = err
	c.Header("Cache-Control", "no-store")
	c.Header("Content-Type", "text/html; charset=utf-8")
	c.Status(httpstatus.Of(models.CodeOf(err)))
	c.Abort()
	if c.Request.Method == http.MethodHead {
		c.Writer.WriteHeaderNow()
		return
	}
	if err := faultTemplate.Execute(c.Writer, p); err != nil {
		kit.InfoOf(c.Request.Context()).Err = err
	}
}

// faultTemplate runs nothing and loads nothing, as the origin's policy
// requires.
var faultTemplate = template.Must(template.New("fault").Parse(`<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{{.Title}}</title>
<style>
:root { color-scheme: light dark; --page: #faf9f7; --surface: #fff; --line: #e6e3dc; --text: #211f1c; --faint: #6d685f }
@media (prefers-color-scheme: dark) { :root { --page: #141312; --surface: #1c1b19; --line: #2e2c29; --text: #edeae5; --faint: #a09a91 } }
body { margin: 0; background: var(--page); color: var(--text); font: 1rem/1.55 system-ui, sans-serif }
main { box-sizing: border-box; width: min(100% - 32px, 420px); margin: 14vh auto 32px; padding: 34px 32px 32px; border: 1px solid var(--line); border-radius: 22px; background: var(--surface) }
.name { display: flex; align-items: center; gap: 10px; margin: 0 0 28px; font-size: 1.375rem; font-weight: 640; letter-spacing: -.02em }
h1 { margin: 0; font-size: 1.5rem; line-height: 1.25; letter-spacing: -.02em; text-wrap: balance }
p { margin: 12px 0 0; text-wrap: pretty }
.faint { color: var(--faint) }
</style>
<main>
<p class="name"><svg width="40" height="40" viewBox="0 0 32 32" aria-hidden="true" fill="none" stroke-linecap="round" stroke-linejoin="round"><rect width="32" height="32" rx="9" fill="#3159e6"/><path d="M9 7.5v12.2c0 2.4 1.4 3.8 3.8 3.8H24" stroke="#fff" stroke-width="3.6"/><path d="M17.5 8v8.2m-3.9-3.6 3.9 3.9 3.9-3.9" stroke="#bacdff" stroke-width="2.6"/></svg>Longhaul</p>
<h1>{{.Head}}</h1>
{{if .Reset}}<p>Files can be downloaded again from <time datetime="{{.Reset.Format "2006-01-02T15:04:05Z07:00"}}">{{.Reset.Format "2 January 2006, 15:04 UTC"}}</time> on. They are kept; nothing is lost.</p>
<p class="faint">Whoever runs this installation can give the account a plan with more.</p>
{{else}}<p>{{.Text}}</p>
{{end}}</main>
</html>
`))
