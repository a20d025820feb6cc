package telemetry_test

import (
	"context"
	"errors"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/promhttp"

	"longhaul/internal/telemetry"
	"longhaul/models"
)

func exported(t *testing.T, r *prometheus.Registry) string {
	t.Helper()
	w := httptest.NewRecorder()
	promhttp.HandlerFor(r, promhttp.HandlerOpts{}).ServeHTTP(w, httptest.NewRequest(http.MethodGet, "/metrics", nil))
	return w.Body.String()
}

func want(t *testing.T, text string, lines ...string) {
	t.Helper()
	for _, line := range lines {
		if !strings.Contains(text, line+"\n") {
			t.Errorf("%s is missing in\n%s", line, text)
		}
	}
}

func TestJobsAreCounted(t *testing.T) {
	t.Parallel()
	r := prometheus.NewRegistry()
	j := telemetry.NewJobs(r)
	j.Moved(models.JobMoved{From: models.StateStoring, To: models.StateReady, Provider: models.ProviderSeedr, After: 3 * time.Second, Bytes: 42})
	j.Moved(models.JobMoved{From: models.StateDownloading, To: models.StateNeedsAttention, Problem: models.ProblemStalled, Provider: models.ProviderAgent, After: time.Hour})
	want(t, exported(t, r),
		`longhaul_job_moves_total{problem="",provider="seedr",to="ready"} 1`,
		`longhaul_job_moves_total{problem="stalled",provider="agent",to="needs_attention"} 1`,
		`longhaul_job_state_seconds_sum{state="storing"} 3`, `longhaul_job_state_seconds_bucket{state="downloading",le="3600"} 1`,
		`longhaul_ready_bytes_total{provider="seedr"} 42`, `longhaul_ready_bytes_total{provider="agent"} 0`)
}

// roundTrip is a transport.
type roundTrip func(*http.Request) (*http.Response, error)

func (f roundTrip) RoundTrip(r *http.Request) (*http.Response, error) { return f(r) }

func TestCallsAreCounted(t *testing.T) {
	t.Parallel()
	r := prometheus.NewRegistry()
	c := telemetry.NewCalls(r)
	status := 200
	var fault error
	answer := roundTrip(func(*http.Request) (*http.Response, error) {
		if fault != nil {
			return nil, fault
		}
		return &http.Response{StatusCode: status, Body: http.NoBody}, nil
	})
	hc := c.Wrap(&http.Client{Transport: answer}, telemetry.TargetAgent)
	call := func(ctx context.Context) {
		req, err := http.NewRequestWithContext(ctx, http.MethodPut, "http://a.test/v1/transfers/0198c0de-0000-7000-8000-000000000000/stop?secret=1", nil)
		if err != nil {
			t.Fatal(err)
		}
		if resp, err := hc.Do(req); err == nil {
			_ = resp.Body.Close()
		}
	}
	for _, status = range []int{200, 204, 404, 429, 503} {
		call(t.Context())
	}
	fault = errors.New("refused")
	call(t.Context())
	gone, cancel := context.WithCancel(t.Context())
	cancel()
	call(gone) // its caller gave up
	late, cancel := context.WithDeadline(t.Context(), time.Now())
	defer cancel()
	call(late) // no answer came in time
	const labels = `call="PUT /v1/transfers/{id}/stop",result=`
	want(t, exported(t, r), `longhaul_calls_total{`+labels+`"ok",target="agent"} 2`, `longhaul_calls_total{`+labels+`"refused",target="agent"} 1`,
		`longhaul_calls_total{`+labels+`"failed",target="agent"} 4`, `longhaul_call_duration_seconds_count{target="agent"} 7`)
	telemetry.NewCalls(prometheus.NewRegistry()).WrapAs(&http.Client{Transport: answer}, telemetry.TargetStorage, "put part")
}
