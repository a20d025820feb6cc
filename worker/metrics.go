package worker

import (
	"context"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"longhaul/internal/placement"
	"longhaul/internal/wait"
	"longhaul/models"
)

// ageEvery is how often the ages are measured.
const ageEvery = 10 * time.Second

// metrics are what operators alert on.
type metrics struct {
	delivered *prometheus.CounterVec
	admitted  prometheus.Counter
	placed    *prometheus.CounterVec
	age       prometheus.Gauge
	round     prometheus.Gauge
	passed    prometheus.Gauge
	repairs   *prometheus.CounterVec
	drift     prometheus.Counter
}

func newMetrics(r prometheus.Registerer) *metrics {
	m := &metrics{
		delivered: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "longhaul_outbox_items_total", Help: "Outbox items handed to Temporal, by kind and result.",
		}, []string{"kind", "result"}),
		admitted: prometheus.NewCounter(prometheus.CounterOpts{
			Name: "longhaul_jobs_admitted_total", Help: "Jobs that got a slot.",
		}),
		age: prometheus.NewGauge(prometheus.GaugeOpts{
			Name: "longhaul_outbox_age_seconds", Help: "Age of the oldest waiting outbox item or account request.",
		}),
	}
	m.round = prometheus.NewGauge(prometheus.GaugeOpts{
		Name: "longhaul_admission_age_seconds", Help: "Time since any worker last gave slots to queued jobs.",
	})
	m.passed = prometheus.NewGauge(prometheus.GaugeOpts{
		Name: "longhaul_admission_passed_over_seconds", Help: "How long the oldest job waits whose turn it is while slots are free.",
	})
	m.placed = prometheus.NewCounterVec(prometheus.CounterOpts{
		Name: "longhaul_transfer_placements_total", Help: "Attempts to give a transfer to a provider, by result.",
	}, []string{"result"})
	m.repairs = prometheus.NewCounterVec(prometheus.CounterOpts{
		Name: "longhaul_quota_repairs_total", Help: "Jobs and accounts whose quota was wrong and has been repaired.",
	}, []string{"kind"})
	m.drift = prometheus.NewCounter(prometheus.CounterOpts{
		Name: "longhaul_quota_drift_bytes_total", Help: "Bytes by which quotas were wrong.",
	})
	r.MustRegister(m.delivered, m.admitted, m.placed, m.age, m.round, m.passed, m.repairs, m.drift)
	return m
}

func (m *metrics) drifted(d models.QuotaDrift) {
	m.repairs.WithLabelValues("job").Add(float64(d.Jobs))
	m.repairs.WithLabelValues("account").Add(float64(d.Accounts))
	m.drift.Add(float64(d.Bytes))
}

func (m *metrics) placement(o placement.Outcome) { m.placed.WithLabelValues(string(o)).Inc() }

func (m *metrics) item(kind models.OutboxKind, err error) {
	result := "ok"
	if err != nil {
		result = "failed"
	}
	m.delivered.WithLabelValues(string(kind), result).Inc()
}

// measure keeps the gauges up to date.
func (w *Worker) measure(ctx context.Context) error {
	for {
		if age, err := w.deps.Records.OutboxAge(ctx); err == nil {
			w.metrics.age.Set(age.Seconds())
		}
		if pulse, err := w.deps.Records.AdmissionPulse(ctx); err == nil {
			w.metrics.round.Set(pulse.SinceRound.Seconds())
			w.metrics.passed.Set(pulse.PassedOver.Seconds())
		}
		if wait.For(ctx, ageEvery) != nil {
			return nil
		}
	}
}
