package app

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/promhttp"
)

// What the SDK counts is exported under its names; a host and an id become none of
// the labels.
func TestMetricsOfTheSDK(t *testing.T) {
	t.Parallel()
	r := prometheus.NewRegistry()
	m := newSDKMetrics(r)
	control := m.WithTags(map[string]string{"namespace": "longhaul", "task_queue": "longhaul-control", "client_name": "x"})
	control.WithTags(map[string]string{"workflow_type": "Download", "activity_type": "none"}).Counter("temporal_workflow_completed").Inc(2)
	control.Counter("temporal_workflow_completed").Inc(1)
	m.WithTags(map[string]string{"task_queue": "longhaul-host-7:9b1d"}).Gauge("temporal_num_pollers").Update(3)
	control.Timer("temporal_request_latency").Record(2 * time.Second)
	w := httptest.NewRecorder()
	promhttp.HandlerFor(r, promhttp.HandlerOpts{}).ServeHTTP(w, httptest.NewRequest(http.MethodGet, "/metrics", nil))
	text := w.Body.String()
	for _, want := range []string{
		`temporal_workflow_completed_total{activity_type="",failure_reason="",operation="",poller_type="",status_code="",task_queue="longhaul-control",worker_type="",workflow_type="Download"} 2`,
		`task_queue="longhaul-control",worker_type="",workflow_type=""} 1`, `task_queue="sticky"`, `temporal_request_latency_seconds_sum{`,
	} {
		if !strings.Contains(text, want) {
			t.Errorf("%s is missing", want)
		}
	}
	if strings.Contains(text, "host-7") || strings.Contains(text, "client_name") {
		t.Errorf("a host is a label:\n%s", text)
	}
}
