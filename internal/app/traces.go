package app

import (
	"context"
	"errors"
	"slices"

	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/codes"
	"go.opentelemetry.io/otel/trace"
	"go.opentelemetry.io/otel/trace/noop"
	"go.temporal.io/sdk/activity"
	"go.temporal.io/sdk/interceptor"
	"go.temporal.io/sdk/workflow"

	"longhaul/internal/tracing"
)

// traceWorkflows returns what has workflows and activities continue the trace
// of who started them, which travels in Temporal's headers; none when tracing is
// off.
func traceWorkflows(t *tracing.Tracer) []interceptor.ClientInterceptor {
	if t == nil {
		return nil
	}
	return []interceptor.ClientInterceptor{interceptor.NewTracingInterceptor(workTracer{spans: t.Spans()})}
}

// workTracer makes the spans of workflows and activities for Temporal's SDK. When
// a workflow is replayed, as after the death of its worker, it makes the same
// spans again, with the same ids, so that collectors keep one of each and what
// follows has the same parent.
type workTracer struct {
	interceptor.BaseTracer
	spans trace.Tracer
}

type workSpanKey struct{}

// Options implements interceptor.Tracer.
func (workTracer) Options() interceptor.TracerOptions {
	return interceptor.TracerOptions{
		SpanContextKey: workSpanKey{}, HeaderKey: "_tracer-data", // as all SDKs call it
		DisableQueryTracing: true, AllowInvalidParentSpans: true,
	}
}

const carried = "traceparent"

// UnmarshalSpan implements interceptor.Tracer.
func (workTracer) UnmarshalSpan(m map[string]string) (interceptor.TracerSpanRef, error) {
	parent := trace.SpanContextFromContext(tracing.Resume(context.Background(), m[carried]))
	if !parent.IsValid() {
		return nil, nil
	}
	return parent, nil
}

// MarshalSpan implements interceptor.Tracer.
func (workTracer) MarshalSpan(s interceptor.TracerSpan) (map[string]string, error) {
	out := map[string]string{}
	if span, ok := s.(workSpan); ok {
		if place := tracing.Carry(trace.ContextWithSpan(context.Background(), span)); place != "" {
			out[carried] = place
		}
	}
	return out, nil
}

// SpanFromContext implements interceptor.Tracer.
func (workTracer) SpanFromContext(ctx context.Context) interceptor.TracerSpan {
	if span := trace.SpanFromContext(ctx); span.SpanContext().IsValid() {
		return workSpan{span}
	}
	return nil
}

// ContextWithSpan implements interceptor.Tracer.
func (workTracer) ContextWithSpan(ctx context.Context, s interceptor.TracerSpan) context.Context {
	if span, ok := s.(workSpan); ok {
		return trace.ContextWithSpan(ctx, span.Span)
	}
	return ctx
}

// StartSpan implements interceptor.Tracer.
func (t workTracer) StartSpan(o *interceptor.TracerStartSpanOptions) (interceptor.TracerSpan, error) {
	if endless(o) {
		return workSpan{noop.Span{}}, nil
	}
	ctx := context.Background()
	switch parent := o.Parent.(type) {
	case workSpan:
		ctx = trace.ContextWithSpan(ctx, parent.Span)
	case trace.SpanContext:
		ctx = trace.ContextWithRemoteSpanContext(ctx, parent)
	}
	kind := trace.SpanKindServer
	if o.ToHeader {
		kind = trace.SpanKindClient
	}
	attributes := make([]attribute.KeyValue, 0, len(o.Tags))
	for name, value := range o.Tags {
		attributes = append(attributes, attribute.String(name, value))
	}
	_, span := t.spans.Start(tracing.Repeatable(ctx, o.IdempotencyKey), t.SpanName(o),
		trace.WithTimestamp(o.Time), trace.WithSpanKind(kind), trace.WithAttributes(attributes...))
	return workSpan{span}, nil
}

// endless reports whether the trace would have no end: what follows a provider
// runs for as long as the provider is there, and all runs of a schedule would
// belong to the trace that created it.
func endless(o *interceptor.TracerStartSpanOptions) bool {
	return o.Operation == "CreateSchedule" || slices.Contains([]string{"TrackProvider", "TrackAgent", "TrackSeedr"}, o.Name)
}

// workSpan is a span of the SDK.
type workSpan struct{ trace.Span }

// Finish implements interceptor.TracerSpan. An activity that answers later and a
// workflow that continues as new have not failed.
func (s workSpan) Finish(o *interceptor.TracerFinishSpanOptions) {
	if o.Error != nil && !errors.Is(o.Error, activity.ErrResultPending) && !workflow.IsContinueAsNewError(o.Error) {
		s.SetStatus(codes.Error, "")
	}
	s.End()
}
