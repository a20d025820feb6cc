package tracing_test

import (
	"bytes"
	"context"
	"errors"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"

	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/codes"
	"go.opentelemetry.io/otel/trace"
	collectorpb "go.opentelemetry.io/proto/otlp/collector/trace/v1"
	tracepb "go.opentelemetry.io/proto/otlp/trace/v1"
	"google.golang.org/protobuf/proto"

	"longhaul/internal/config"
	"longhaul/internal/tracing"
)

const parent = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"

// collector keeps the spans that it gets.
type collector struct {
	mu    sync.Mutex
	raw   bytes.Buffer
	spans []*tracepb.Span
}

func (c *collector) ServeHTTP(_ http.ResponseWriter, r *http.Request) {
	body, _ := io.ReadAll(r.Body)
	var in collectorpb.ExportTraceServiceRequest
	_ = proto.Unmarshal(body, &in)
	c.mu.Lock()
	defer c.mu.Unlock()
	c.raw.Write(body)
	for _, rs := range in.GetResourceSpans() {
		for _, ss := range rs.GetScopeSpans() {
			c.spans = append(c.spans, ss.GetSpans()...)
		}
	}
}

// traced runs do with a tracer, and returns what the collector got.
func traced(t *testing.T, share float64, do func(*tracing.Tracer)) *collector {
	t.Helper()
	c := &collector{}
	srv := httptest.NewServer(c)
	defer srv.Close()
	tracer, err := tracing.Open(t.Context(), tracing.Options{
		Program: "api", Version: "1", Config: config.Tracing{Endpoint: srv.URL + "/base/", Share: share}, Log: slog.New(slog.DiscardHandler),
	})
	if err != nil {
		t.Fatal(err)
	}
	do(tracer)
	tracer.Close(t.Context())
	return c
}

func TestCarryAndResume(t *testing.T) {
	t.Parallel()
	if got := tracing.Carry(tracing.Resume(t.Context(), parent)); got != parent {
		t.Errorf("got %q", got)
	}
	for _, nothing := range []string{"", "x", "00-0-0-01", strings.Repeat("9", 10_000)} {
		if got := tracing.Carry(tracing.Resume(t.Context(), nothing)); got != "" {
			t.Errorf("%.20q became %q", nothing, got)
		}
	}
}

// A call goes on in the program that answers it; one that belongs to no trace
// makes none there.
func TestCallsCarryTheTrace(t *testing.T) {
	t.Parallel()
	c := traced(t, 1, func(tracer *tracing.Tracer) {
		mux := http.NewServeMux()
		mux.HandleFunc("PUT /v1/transfers/{id}", func(w http.ResponseWriter, r *http.Request) {
			if tracing.Carry(r.Context()) == "" {
				t.Error("the handler has no trace")
			}
			w.WriteHeader(http.StatusServiceUnavailable)
		})
		mux.HandleFunc("GET /v1/transfers", func(_ http.ResponseWriter, r *http.Request) {
			if got := tracing.Carry(r.Context()); got != "" {
				t.Errorf("a poll has the trace %s", got)
			}
		})
		srv := httptest.NewServer(tracer.Handler(mux))
		defer srv.Close()
		hc := tracer.Client(&http.Client{Transport: http.DefaultTransport})
		for _, call := range []struct {
			ctx          context.Context
			method, path string
		}{
			{tracing.Resume(t.Context(), parent), http.MethodPut, "/v1/transfers/0198c0de-0000-7000-8000-000000000000?token=CANARY"},
			{t.Context(), http.MethodGet, "/v1/transfers?since=1"},
		} {
			req, err := http.NewRequestWithContext(call.ctx, call.method, srv.URL+call.path, nil)
			if err != nil {
				t.Fatal(err)
			}
			resp, err := hc.Do(req)
			if err != nil {
				t.Fatal(err)
			}
			_ = resp.Body.Close()
			if req.Header.Get("traceparent") != "" {
				t.Error("the caller's request was changed")
			}
		}
	})
	if len(c.spans) != 2 {
		t.Fatalf("%d spans", len(c.spans))
	}
	for _, s := range c.spans {
		if s.GetName() != "PUT /v1/transfers/{id}" || s.GetStatus().GetCode() != tracepb.Status_STATUS_CODE_ERROR {
			t.Errorf("span %v", s)
		}
	}
	if strings.Contains(c.raw.String(), "CANARY") {
		t.Error("a query left")
	}
}

// Whatever a library puts into a span, no text of a fault and no unknown attribute
// leaves.
func TestSpansAreDiscreet(t *testing.T) {
	t.Parallel()
	c := traced(t, 1, func(tracer *tracing.Tracer) {
		_, span := tracer.Spans().Start(t.Context(), "work")
		span.SetAttributes(attribute.String("url.full", "https://CANARY"), attribute.String("http.route", "/kept"))
		span.RecordError(errors.New("magnet:?dn=CANARY"))
		span.AddEvent("CANARY")
		span.AddLink(trace.Link{Attributes: []attribute.KeyValue{attribute.String("a", "CANARY")}})
		span.SetStatus(codes.Error, "CANARY")
		span.End()
	})
	if len(c.spans) != 1 || c.spans[0].GetStatus().GetCode() != tracepb.Status_STATUS_CODE_ERROR || !strings.Contains(c.raw.String(), "/kept") {
		t.Fatalf("got %v", c.spans)
	}
	if strings.Contains(c.raw.String(), "CANARY") {
		t.Errorf("a secret left: %v", c.spans[0])
	}
}

// A stranger can't have a request recorded, nor make it part of a trace.
func TestStrangersNameNoTrace(t *testing.T) {
	t.Parallel()
	c := traced(t, 0, func(tracer *tracing.Tracer) {
		h := http.Header{"Traceparent": []string{parent}}
		_, stranger := tracer.Serve(t.Context(), h, false)
		stranger.End("GET", "/stranger", 200)
		_, agent := tracer.Serve(t.Context(), h, true)
		agent.End("POST", "/agent", 200)
	})
	if len(c.spans) != 1 || c.spans[0].GetName() != "POST /agent" {
		t.Errorf("got %v", c.spans)
	}
}

// A collector that is away costs no time and ends nothing.
func TestACollectorThatIsAway(t *testing.T) {
	t.Parallel()
	var log bytes.Buffer
	tracer, err := tracing.Open(t.Context(), tracing.Options{
		Config: config.Tracing{Endpoint: "http://127.0.0.1:1", Share: 1}, Log: slog.New(slog.NewTextHandler(&log, nil)),
	})
	if err != nil {
		t.Fatal(err)
	}
	_, span := tracer.Serve(t.Context(), nil, false)
	span.End("GET", "/", 200)
	tracer.Close(t.Context())
	if !strings.Contains(log.String(), "could not send") {
		t.Errorf("logged %q", log.String())
	}
}
