package telemetry

import (
	"github.com/prometheus/client_golang/prometheus"

	"longhaul/models"
)

// Jobs counts what becomes of jobs, in the process that moves them.
type Jobs struct {
	moves  *prometheus.CounterVec
	stays  *prometheus.HistogramVec
	stored *prometheus.CounterVec
}

// NewJobs registers what is counted of jobs.
func NewJobs(r prometheus.Registerer) *Jobs {
	j := &Jobs{
		moves: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "longhaul_job_moves_total", Help: "Jobs that came to a state, by problem and provider.",
		}, []string{"to", "problem", "provider"}),
		stays: prometheus.NewHistogramVec(prometheus.HistogramOpts{
			Name: "longhaul_job_state_seconds", Help: "How long jobs were in a state that they left.",
			Buckets: []float64{1, 5, 15, 60, 300, 900, 3600, 4 * 3600, 24 * 3600, 7 * 24 * 3600},
		}, []string{"state"}),
		stored: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "longhaul_ready_bytes_total", Help: "Bytes of the jobs that became ready, by the provider that fetched them.",
		}, []string{"provider"}),
	}
	r.MustRegister(j.moves, j.stays, j.stored)
	// A rate needs a value before the first event.
	for _, p := range []models.Provider{models.ProviderAgent, models.ProviderSeedr} {
		j.stored.WithLabelValues(string(p))
		for _, to := range []models.State{models.StateReady, models.StateFailed, models.StateNeedsAttention} {
			j.moves.WithLabelValues(string(to), "", string(p))
		}
	}
	return j
}

// Moved counts one move.
func (j *Jobs) Moved(m models.JobMoved) {
	j.moves.WithLabelValues(string(m.To), string(m.Problem), string(m.Provider)).Inc()
	j.stays.WithLabelValues(string(m.From)).Observe(m.After.Seconds())
	if m.To == models.StateReady {
		j.stored.WithLabelValues(string(m.Provider)).Add(float64(m.Bytes))
	}
}
