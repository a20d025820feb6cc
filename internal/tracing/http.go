package tracing

import (
	"context"
	"net/http"

	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/codes"
	"go.opentelemetry.io/otel/trace"

	"longhaul/internal/telemetry"
)

// Attributes of a call, by OpenTelemetry's names.
const (
	keyMethod = attribute.Key("http.request.method")
	keyRoute  = attribute.Key("http.route")
	keyStatus = attribute.Key("http.response.status_code")
)

// Served is the span of a request that this program answers.
type Served struct{ span trace.Span }

// Serve begins the span of a request, within the trace that its header names if
// the caller is trusted to name one. The context is that of the rest.
func (t *Tracer) Serve(ctx context.Context, h http.Header, trusted bool) (context.Context, Served) {
	if t == nil {
		return ctx, Served{}
	}
	if trusted {
		ctx = fromHeader(ctx, h)
	}
	ctx, span := t.spans.Start(ctx, "request", trace.WithSpanKind(trace.SpanKindServer))
	return ctx, Served{span}
}

// End ends the span: the route is a template, never a path.
func (s Served) End(method, route string, status int) {
	if s.span == nil {
		return
	}
	s.span.SetName(method + " " + route)
	s.span.SetAttributes(keyMethod.String(method), keyRoute.String(route), keyStatus.Int(status))
	if status >= http.StatusInternalServerError {
		s.span.SetStatus(codes.Error, "")
	}
	s.span.End()
}

// Handler answers requests by next, within the traces that they belong to. One
// without a trace, such as a poll, makes none.
func (t *Tracer) Handler(next *http.ServeMux) http.Handler {
	if t == nil {
		return next
	}
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if !trace.SpanContextFromContext(fromHeader(r.Context(), r.Header)).IsValid() {
			next.ServeHTTP(w, r)
			return
		}
		ctx, span := t.Serve(r.Context(), r.Header, true)
		_, route := next.Handler(r)
		seen := &statusWriter{ResponseWriter: w, status: http.StatusOK}
		next.ServeHTTP(seen, r.WithContext(ctx))
		span.End(r.Method, routeOf(route), seen.status)
	})
}

// routeOf returns the path of a mux's pattern.
func routeOf(pattern string) string {
	for i := range len(pattern) {
		if pattern[i] == '/' {
			return pattern[i:]
		}
	}
	return pattern
}

// statusWriter remembers the status.
type statusWriter struct {
	http.ResponseWriter
	status int
}

// WriteHeader implements http.ResponseWriter.
func (w *statusWriter) WriteHeader(status int) {
	w.status = status
	w.ResponseWriter.WriteHeader(status)
}

// Unwrap lets a response controller reach the writer below.
func (w *statusWriter) Unwrap() http.ResponseWriter { return w.ResponseWriter }

// Client has the client's calls carry their trace to a program of our own, each
// with a span. A call outside of a trace makes none: polls and heartbeats would
// drown the rest. It returns the client.
func (t *Tracer) Client(hc *http.Client) *http.Client {
	if t != nil {
		hc.Transport = &transport{t, hc.Transport}
	}
	return hc
}

// transport makes the spans of calls.
type transport struct {
	tracer *Tracer
	next   http.RoundTripper
}

// RoundTrip implements http.RoundTripper.
func (t *transport) RoundTrip(req *http.Request) (*http.Response, error) {
	if !trace.SpanContextFromContext(req.Context()).IsValid() {
		return t.next.RoundTrip(req)
	}
	route := telemetry.Route(req.URL.Path)
	ctx, span := t.tracer.spans.Start(req.Context(), req.Method+" "+route, trace.WithSpanKind(trace.SpanKindClient))
	defer span.End()
	span.SetAttributes(keyMethod.String(req.Method), keyRoute.String(route))
	req = req.Clone(ctx)
	req.Header.Set(parentKey, Carry(ctx))
	resp, err := t.next.RoundTrip(req)
	switch {
	case err != nil:
		span.SetStatus(codes.Error, "")
	default:
		span.SetAttributes(keyStatus.Int(resp.StatusCode))
		if resp.StatusCode >= http.StatusInternalServerError {
			span.SetStatus(codes.Error, "")
		}
	}
	return resp, err
}

// CloseIdleConnections closes those of the transport below.
func (t *transport) CloseIdleConnections() {
	if c, ok := t.next.(interface{ CloseIdleConnections() }); ok {
		c.CloseIdleConnections()
	}
}
