package api

import (
	"context"
	"html/template"
	"net/http"
	"strings"
	"time"

	"github.com/gin-gonic/gin"

	"longhaul/models"
)

// mayDeliver refuses a new delivery of an owner whose bandwidth of the month is
// used up. Deliveries that run come to their end.
func (h *deliveryHandlers) mayDeliver(ctx context.Context, g grant) error {
	left, limited, err := h.meter.left(ctx, g.userID)
	if err != nil || !limited || left > 0 {
		return err
	}
	_, reset := models.Period(h.now())
	return models.Fault(models.ProblemBandwidthExceeded,
		"The bandwidth of this month is used up. Files can be downloaded again from %s on.", reset.Format("2 January 2006, 15:04 UTC"))
}

// refuse answers a fault of a delivery: to a browser that opens the address as
// a page, a page; a problem document to everything else.
func (h *deliveryHandlers) refuse(c *gin.Context, err error) {
	e := models.AsError(err)
	if e.Problem != models.ProblemBandwidthExceeded {
		abort(c, err)
		return
	}
	_, reset := models.Period(h.now())
	c.Header("Retry-After", reset.UTC().Format(http.TimeFormat))
	if !strings.Contains(c.Request.Header.Get("Accept"), "text/html") {
		abort(c, err)
		return
	}
	infoOf(c.Request.Context()).err = err
	c.Header("Cache-Control", "no-store")
	c.Header("Content-Type", "text/html; charset=utf-8")
	c.Status(borders()[e.Code].status)
	c.Abort()
	if c.Request.Method == http.MethodHead {
		c.Writer.WriteHeaderNow()
		return
	}
	if err := overLimitPage.Execute(c.Writer, struct {
		Sentence string
		Reset    time.Time
	}{e.Message, reset}); err != nil {
		infoOf(c.Request.Context()).err = err
	}
}

// overLimitPage runs nothing and loads nothing, as the policy of the origin
// wants it.
//
//nolint:gochecknoglobals // parsed once, never changed
var overLimitPage = template.Must(template.New("over").Parse(`<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Bandwidth used up</title>
<style>
:root { color-scheme: light dark }
body { font: 1.05rem/1.6 system-ui, sans-serif; max-width: 34rem; margin: 15vh auto; padding: 0 1.25rem }
h1 { font-size: 1.5rem }
</style>
<h1>Bandwidth used up</h1>
<p>{{.Sentence}}</p>
<p>The files are kept; nothing is lost. It starts anew on <time datetime="{{.Reset.Format "2006-01-02T15:04:05Z07:00"}}">{{.Reset.Format "2 January 2006"}}</time>. Whoever runs this installation can give the account a plan with more.</p>
</html>
`))
