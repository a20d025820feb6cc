package app

import (
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"

	collectorpb "go.opentelemetry.io/proto/otlp/collector/trace/v1"
	"go.temporal.io/sdk/interceptor"
	sdkworker "go.temporal.io/sdk/worker"
	"google.golang.org/protobuf/proto"

	"longhaul/internal/config"
	"longhaul/internal/tracing"
	"longhaul/workflows"
)

// spansOf runs do with a tracer and returns what a collector got, as name and id.
func spansOf(t *testing.T, do func(*tracing.Tracer)) []string {
	t.Helper()
	var mu sync.Mutex
	var got []string
	collector := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		var in collectorpb.ExportTraceServiceRequest
		if err := proto.Unmarshal(body, &in); err != nil {
			t.Error(err)
		}
		mu.Lock()
		defer mu.Unlock()
		for _, rs := range in.GetResourceSpans() {
			for _, s := range rs.GetScopeSpans()[0].GetSpans() {
				got = append(got, fmt.Sprintf("%s %x %x", s.GetName(), s.GetTraceId(), s.GetSpanId()))
			}
		}
	}))
	defer collector.Close()
	tracer, err := tracing.Open(t.Context(), tracing.Options{
		Program: "worker", Config: config.Tracing{Endpoint: collector.URL, Share: 1}, Log: slog.New(slog.DiscardHandler),
	})
	if err != nil {
		t.Fatal(err)
	}
	do(tracer)
	tracer.Close(t.Context())
	mu.Lock()
	defer mu.Unlock()
	slices.Sort(got)
	return got
}

// Traces may be turned on while jobs run: their histories replay, and a workflow
// that is replayed makes no span that it has not made before.
func TestReplayWithTraces(t *testing.T) {
	t.Parallel()
	fixtures, err := filepath.Glob("../../workflows/testdata/replay/*.json")
	if err != nil || len(fixtures) < 28 {
		t.Fatalf("%d fixtures, %v", len(fixtures), err)
	}
	replay := func(tracer *tracing.Tracer) {
		for _, path := range fixtures {
			var with []interceptor.WorkerInterceptor
			for _, i := range traceWorkflows(tracer) {
				with = append(with, i.(interceptor.WorkerInterceptor))
			}
			r, err := sdkworker.NewWorkflowReplayerWithOptions(sdkworker.WorkflowReplayerOptions{Interceptors: with})
			if err != nil {
				t.Fatal(err)
			}
			r.RegisterWorkflow(workflows.Download)
			if err := r.ReplayWorkflowHistoryFromJSONFile(nil, path); err != nil {
				t.Errorf("%s: %v", filepath.Base(path), err)
			}
		}
	}
	first := spansOf(t, replay)
	again := spansOf(t, replay)
	if len(first) < len(fixtures) || !slices.Equal(first, again) {
		t.Errorf("the first replay made %d spans, the next %d, and they differ", len(first), len(again))
	}
	for _, s := range first {
		if strings.HasPrefix(s, "StartActivity") {
			t.Errorf("a replay made %s", s)
		}
	}
}

// Without a collector nothing is made.
func TestTracesAreOff(t *testing.T) {
	t.Parallel()
	tracer, err := tracing.Open(t.Context(), tracing.Options{Log: slog.New(slog.DiscardHandler)})
	if tracer != nil || err != nil || traceWorkflows(tracer) != nil {
		t.Errorf("got %v, %v", tracer, err)
	}
	hc := &http.Client{}
	if tracer.Client(hc) != hc || hc.Transport != nil {
		t.Error("a client is wrapped")
	}
	tracer.Close(t.Context())
}
