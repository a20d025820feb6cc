// Package tracing sends spans to the OpenTelemetry collector that the operator
// named, and carries traces between programs. Without a collector it does
// nothing: a nil Tracer is one that is off.
//
// A collector may be someone else's, so little leaves: names of routes, never
// addresses; the attributes of one list; of a fault, that there was one, never
// its text.
package tracing

import (
	"context"
	"fmt"
	"log/slog"
	"time"

	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/exporters/otlp/otlptrace/otlptracehttp"
	"go.opentelemetry.io/otel/sdk/resource"
	sdktrace "go.opentelemetry.io/otel/sdk/trace"
	"go.opentelemetry.io/otel/trace"

	"longhaul/internal/config"
	"longhaul/internal/fetch"
)

const (
	exportTime = 10 * time.Second // of one call to the collector
	closeTime  = 3 * time.Second  // to send what is left at the end
	mostQueued = 2048             // spans that wait for the collector; more are dropped

	scope = "longhaul"
)

// Options are what a tracer needs.
type Options struct {
	Program string // api, worker or agent
	Version string
	Config  config.Tracing
	Log     *slog.Logger
}

// Tracer makes spans and sends them. Its methods may be called on nil, which
// makes and sends none.
type Tracer struct {
	provider *sdktrace.TracerProvider
	spans    trace.Tracer
	log      *slog.Logger
}

// Open returns a tracer, nil when no collector is configured. It makes no call: a
// collector that is away costs spans and nothing else.
func Open(ctx context.Context, o Options) (*Tracer, error) {
	if !o.Config.On() {
		return nil, nil
	}
	headers, err := o.Config.Header()
	if err != nil {
		return nil, fmt.Errorf("read the collector's headers: %w", err)
	}
	to, err := endpoint(o.Config.Endpoint)
	if err != nil {
		return nil, err
	}
	exporter, err := otlptracehttp.New(ctx,
		otlptracehttp.WithEndpointURL(to), otlptracehttp.WithHeaders(headers), otlptracehttp.WithTimeout(exportTime),
		otlptracehttp.WithHTTPClient(fetch.NewTrusted(fetch.TrustedOptions{Timeout: exportTime})))
	if err != nil {
		return nil, fmt.Errorf("create the exporter of traces: %w", err)
	}
	log := o.Log.With("component", "tracing")
	provider := sdktrace.NewTracerProvider(
		sdktrace.WithBatcher(discreet{exporter, log}, sdktrace.WithMaxQueueSize(mostQueued)),
		sdktrace.WithIDGenerator(ids{}),
		sdktrace.WithSampler(sdktrace.ParentBased(sdktrace.TraceIDRatioBased(o.Config.Share))),
		sdktrace.WithResource(resource.NewSchemaless(
			attribute.String("service.name", "longhaul-"+o.Program), attribute.String("service.version", o.Version))),
	)
	log.InfoContext(ctx, "sending traces", "share", o.Config.Share)
	return &Tracer{provider: provider, spans: provider.Tracer(scope), log: log}, nil
}

// Close sends what is left.
func (t *Tracer) Close(ctx context.Context) {
	if t == nil {
		return
	}
	// ctx has usually ended by now.
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), closeTime)
	defer cancel()
	if err := t.provider.Shutdown(ctx); err != nil {
		t.log.WarnContext(ctx, "could not send the last traces", "error", err)
	}
}

// Spans returns what makes spans for the library of another, nil when tracing is
// off.
func (t *Tracer) Spans() trace.Tracer {
	if t == nil {
		return nil
	}
	return t.spans
}
