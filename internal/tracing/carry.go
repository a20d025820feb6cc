package tracing

import (
	"context"
	"net/http"

	"go.opentelemetry.io/otel/propagation"
)

// parentKey is the only header and field that carries a trace: no baggage, and
// no vendor's state, leaves or enters.
const parentKey = "traceparent"

// onlyParent is a carrier that keeps the parent and drops everything else.
type onlyParent struct{ value *string }

func (p onlyParent) Get(key string) string {
	if key == parentKey {
		return *p.value
	}
	return ""
}

func (p onlyParent) Set(key, value string) {
	if key == parentKey {
		*p.value = value
	}
}

func (p onlyParent) Keys() []string { return []string{parentKey} }

// Carry returns the context's place in its trace as a W3C traceparent, to be
// kept with work that another program or another time does. It is empty
// without a trace.
func Carry(ctx context.Context) string {
	var out string
	propagation.TraceContext{}.Inject(ctx, onlyParent{&out})
	return out
}

// Resume returns a context whose spans continue the trace that was carried. What
// is empty or malformed continues nothing.
func Resume(ctx context.Context, carried string) context.Context {
	if carried == "" {
		return ctx
	}
	return propagation.TraceContext{}.Extract(ctx, onlyParent{&carried})
}

// fromHeader is Resume from a request's header.
func fromHeader(ctx context.Context, h http.Header) context.Context {
	return Resume(ctx, h.Get(parentKey))
}
