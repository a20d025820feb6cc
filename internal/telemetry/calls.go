package telemetry

import (
	"context"
	"errors"
	"net/http"
	"strings"
	"time"

	"github.com/google/uuid"
	"github.com/prometheus/client_golang/prometheus"
)

// Target is who a program calls.
type Target string

// The targets.
const (
	TargetAgent   Target = "agent"   // a compute agent, by the control plane
	TargetControl Target = "control" // the control plane, by an agent
	TargetSeedr   Target = "seedr"
	TargetStorage Target = "storage"
	TargetMail    Target = "mail"
)

// How calls end. Seedr's calls end with its own kinds of failure instead of the
// last two.
const (
	ResultOK      = "ok"
	ResultRefused = "refused" // an answer that blames the call
	ResultFailed  = "failed"  // no answer, or one that blames the target
)

// Calls counts the calls of a program to others.
type Calls struct {
	calls *prometheus.CounterVec
	took  *prometheus.HistogramVec
}

// NewCalls registers what is counted of calls.
func NewCalls(r prometheus.Registerer) *Calls {
	c := &Calls{
		calls: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "longhaul_calls_total", Help: "Calls to other programs and services, by how they ended.",
		}, []string{"target", "call", "result"}),
		took: prometheus.NewHistogramVec(prometheus.HistogramOpts{
			Name: "longhaul_call_duration_seconds", Help: "Time until the header of the answer.",
			Buckets: []float64{.005, .025, .1, .25, .5, 1, 2.5, 5, 10, 30, 60},
		}, []string{"target"}),
	}
	r.MustRegister(c.calls, c.took)
	return c
}

// Count counts one call.
func (c *Calls) Count(to Target, call, result string, took time.Duration) {
	c.calls.WithLabelValues(string(to), call, result).Inc()
	c.took.WithLabelValues(string(to)).Observe(took.Seconds())
}

// Result returns how a call ended that was answered with the status.
func Result(status int) string {
	switch {
	case status >= http.StatusInternalServerError, status == http.StatusTooManyRequests:
		return ResultFailed
	case status >= http.StatusBadRequest:
		return ResultRefused
	default:
		return ResultOK
	}
}

// Wrap wraps the client's transport so that its calls to the target are
// counted by method and route. It returns the client.
func (c *Calls) Wrap(hc *http.Client, to Target) *http.Client {
	return c.wrap(hc, to, func(req *http.Request) string { return req.Method + " " + Route(req.URL.Path) })
}

// WrapAs is Wrap for a client that makes one kind of call, at addresses that
// others choose.
func (c *Calls) WrapAs(hc *http.Client, to Target, call string) *http.Client {
	return c.wrap(hc, to, func(*http.Request) string { return call })
}

func (c *Calls) wrap(hc *http.Client, to Target, name func(*http.Request) string) *http.Client {
	hc.Transport = &countedTransport{calls: c, to: to, name: name, next: hc.Transport}
	return hc
}

// countedTransport counts the calls that pass through it.
type countedTransport struct {
	calls *Calls
	to    Target
	name  func(*http.Request) string
	next  http.RoundTripper
}

// RoundTrip implements http.RoundTripper.
func (t *countedTransport) RoundTrip(req *http.Request) (*http.Response, error) {
	start := time.Now()
	resp, err := t.next.RoundTrip(req)
	if err != nil && errors.Is(req.Context().Err(), context.Canceled) {
		return resp, err // the caller gave up, which says nothing of the target; a time that ran out does
	}
	result := ResultFailed
	if err == nil {
		result = Result(resp.StatusCode)
	}
	t.calls.Count(t.to, t.name(req), result, time.Since(start))
	return resp, err
}

// CloseIdleConnections closes those of the transport below.
func (t *countedTransport) CloseIdleConnections() { closeIdle(t.next) }

func closeIdle(rt http.RoundTripper) {
	if c, ok := rt.(interface{ CloseIdleConnections() }); ok {
		c.CloseIdleConnections()
	}
}

// Route returns the path with each id in it replaced, so that there are no more
// routes than kinds of calls.
func Route(path string) string {
	segments := strings.Split(path, "/")
	for i, s := range segments {
		if uuid.Validate(s) == nil {
			segments[i] = "{id}"
		}
	}
	return strings.Join(segments, "/")
}
