package tracing

import (
	"context"
	"fmt"
	"log/slog"
	"net/url"
	"slices"

	"go.opentelemetry.io/otel/attribute"
	sdktrace "go.opentelemetry.io/otel/sdk/trace"
)

// told are the attributes that leave. A workflow's id is that of a job, mail or
// agent.
func told() []attribute.Key {
	return []attribute.Key{
		keyMethod, keyRoute, keyStatus, "temporalWorkflowID", "temporalRunID", "temporalActivityID",
	}
}

// endpoint returns the address for traces below the collector's base.
func endpoint(base string) (string, error) {
	u, err := url.Parse(base)
	if err != nil {
		return "", fmt.Errorf("read the collector's address: %w", err)
	}
	return u.JoinPath("v1", "traces").String(), nil
}

// discreet is an exporter that tells the collector only what it may know.
type discreet struct {
	sdktrace.SpanExporter
	log *slog.Logger
}

// ExportSpans implements sdktrace.SpanExporter. A failure is logged here, because
// the library would print it.
func (d discreet) ExportSpans(ctx context.Context, spans []sdktrace.ReadOnlySpan) error {
	out := make([]sdktrace.ReadOnlySpan, 0, len(spans))
	for _, s := range spans {
		out = append(out, discreetSpan{s})
	}
	if err := d.SpanExporter.ExportSpans(ctx, out); err != nil {
		d.log.WarnContext(ctx, "could not send traces", "spans", len(spans), "error", err)
	}
	return nil
}

// discreetSpan is a span without what others put into it.
type discreetSpan struct{ sdktrace.ReadOnlySpan }

// Attributes implements sdktrace.ReadOnlySpan.
func (s discreetSpan) Attributes() []attribute.KeyValue {
	return slices.DeleteFunc(slices.Clone(s.ReadOnlySpan.Attributes()), func(kv attribute.KeyValue) bool {
		return !slices.Contains(told(), kv.Key)
	})
}

// Events implements sdktrace.ReadOnlySpan: they are texts of faults.
func (s discreetSpan) Events() []sdktrace.Event { return nil }

// Links implements sdktrace.ReadOnlySpan.
func (s discreetSpan) Links() []sdktrace.Link { return nil }

// Status implements sdktrace.ReadOnlySpan: whether it failed, and not how.
func (s discreetSpan) Status() sdktrace.Status {
	return sdktrace.Status{Code: s.ReadOnlySpan.Status().Code}
}
