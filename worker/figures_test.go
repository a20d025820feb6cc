package worker_test

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/prometheus/client_golang/prometheus/promhttp"

	"longhaul/models"
)

// What a job goes through shows in what operators collect.
func TestAJobShowsInTheMetrics(t *testing.T) {
	s := newSystem(t, options{})
	s.agent(s.works)
	job := s.known()
	s.until(job.ID, models.StateReady)
	s.eventually(func() string {
		w := httptest.NewRecorder()
		promhttp.HandlerFor(s.metrics, promhttp.HandlerOpts{}).ServeHTTP(w, httptest.NewRequest(http.MethodGet, "/metrics", nil))
		for _, want := range []string{
			`longhaul_outbox_items_total{kind="start",result="ok"} 1`, "longhaul_jobs_admitted_total 1", `longhaul_agents{state="active"} 1`,
			`longhaul_transfer_placements_total{result="placed"} 1`, "longhaul_outbox_age_seconds ", `longhaul_repairs_total{did="restarted"} 0`,
		} {
			if !strings.Contains(w.Body.String(), want) {
				return want + " is missing in:\n" + w.Body.String()
			}
		}
		return ""
	})
}
