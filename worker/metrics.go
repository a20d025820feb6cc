package worker

import (
	"context"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"longhaul/activities"
	"longhaul/internal/placement"
	"longhaul/internal/wait"
	"longhaul/internal/zipsums"
	"longhaul/models"
)

const (
	// figuresEvery is how old the figures of the database get before a worker takes
	// new ones, for all.
	figuresEvery = 15 * time.Second

	// figuresLook is how often each worker reads them.
	figuresLook = 5 * time.Second
)

// metrics are what operators alert on.
type metrics struct {
	delivered *prometheus.CounterVec
	admitted  prometheus.Counter
	placed    *prometheus.CounterVec
	quota     *prometheus.CounterVec
	drift     prometheus.Counter
	repairs   *prometheus.CounterVec
	checksums *prometheus.CounterVec
	figures   *figures
}

func newMetrics(r prometheus.Registerer) *metrics {
	m := &metrics{
		delivered: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "longhaul_outbox_items_total", Help: "Outbox items handed to Temporal, by kind and result.",
		}, []string{"kind", "result"}),
		admitted: prometheus.NewCounter(prometheus.CounterOpts{
			Name: "longhaul_jobs_admitted_total", Help: "Jobs that got a slot.",
		}),
		placed: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "longhaul_transfer_placements_total", Help: "Attempts to give a transfer to a provider, by result.",
		}, []string{"result"}),
		quota: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "longhaul_quota_repairs_total", Help: "Jobs and accounts whose quota was wrong and has been repaired.",
		}, []string{"kind"}),
		drift: prometheus.NewCounter(prometheus.CounterOpts{
			Name: "longhaul_quota_drift_bytes_total", Help: "Bytes by which quotas were wrong.",
		}),
		repairs: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "longhaul_repairs_total", Help: "What the reconcile sweep had to repair, by what it did.",
		}, []string{"did"}),
		checksums: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "longhaul_zip_checksums_total", Help: "Files that were read to learn their checksum for zips, by result.",
		}, []string{"result"}),
		figures: newFigures(time.Now),
	}
	r.MustRegister(m.delivered, m.admitted, m.placed, m.quota, m.drift, m.repairs, m.checksums, m.figures)
	// A rate needs a value before the first event.
	for _, kind := range []string{"job", "account"} {
		m.quota.WithLabelValues(kind)
	}
	m.repaired(activities.RepairResult{})
	for _, result := range []string{zipsums.Learned, zipsums.Unread} {
		m.checksum(result, 0)
	}
	return m
}

func (m *metrics) drifted(d models.QuotaDrift) {
	m.quota.WithLabelValues("job").Add(float64(d.Jobs))
	m.quota.WithLabelValues("account").Add(float64(d.Accounts))
	m.drift.Add(float64(d.Bytes))
}

func (m *metrics) repaired(r activities.RepairResult) {
	for did, n := range map[string]int{
		"restarted": r.Restarted, "parked": r.Parked, "ended": r.Ended, "purged": r.Purged, "admitted": r.Admitted,
	} {
		m.repairs.WithLabelValues(did).Add(float64(n))
	}
}

func (m *metrics) checksum(result string, n int64) {
	m.checksums.WithLabelValues(result).Add(float64(n))
}

func (m *metrics) placement(o placement.Outcome) { m.placed.WithLabelValues(string(o)).Inc() }

func (m *metrics) item(kind models.OutboxKind, err error) {
	result := "ok"
	if err != nil {
		result = "failed"
	}
	m.delivered.WithLabelValues(string(kind), result).Inc()
}

// measure keeps the figures up to date.
func (w *Worker) measure(ctx context.Context) error {
	for {
		switch f, err := w.deps.Records.Figures(ctx, figuresEvery); {
		case err == nil:
			w.metrics.figures.set(f)
		case ctx.Err() == nil && models.CodeOf(err) != models.CodeUnavailable: // there are none yet, or the database is away
			w.log.WarnContext(ctx, "could not take the figures of the database", "error", err)
		}
		if wait.For(ctx, wait.Spread(figuresLook)) != nil {
			return nil
		}
	}
}
