package supervisor

import (
	"slices"

	"github.com/prometheus/client_golang/prometheus"

	"longhaul/agent/agentapi"
	"longhaul/models"
)

// Metrics counts what an agent does. Nil counts nothing.
type Metrics struct {
	ends    *prometheus.CounterVec
	crashes prometheus.Counter
	bytes   prometheus.Counter
}

// NewMetrics registers what is counted.
func NewMetrics(r prometheus.Registerer) *Metrics {
	m := &Metrics{
		ends: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "longhaul_agent_transfers_ended_total", Help: "Transfers that ended on this agent, by kind, phase and problem.",
		}, []string{"kind", "phase", "problem"}),
		crashes: prometheus.NewCounter(prometheus.CounterOpts{
			Name: "longhaul_agent_engine_crashes_total", Help: "Engine processes that crashed or hung.",
		}),
		bytes: prometheus.NewCounter(prometheus.CounterOpts{
			Name: "longhaul_agent_stored_bytes_total", Help: "Bytes of parts that are in storage.",
		}),
	}
	r.MustRegister(m.ends, m.crashes, m.bytes)
	for _, phase := range []agentapi.Phase{agentapi.PhaseDone, agentapi.PhaseFailed} {
		m.ends.WithLabelValues(string(agentapi.KindDownload), string(phase), "")
	}
	return m
}

// ended counts the end of a transfer. Only known problems are told apart.
func (m *Metrics) ended(kind agentapi.Kind, phase agentapi.Phase, f *agentapi.Fault) {
	if m == nil {
		return
	}
	problem := ""
	if f != nil {
		if problem = f.Problem; !slices.Contains(models.Problems(), models.Problem(problem)) {
			problem = "unknown"
		}
	}
	m.ends.WithLabelValues(string(kind), string(phase), problem).Inc()
}

func (m *Metrics) crashed() {
	if m != nil {
		m.crashes.Inc()
	}
}

func (m *Metrics) stored(bytes int64) {
	if m != nil {
		m.bytes.Add(float64(bytes))
	}
}

// Watch registers gauges of how the transfers use the agent, which look when they
// are scraped.
func (s *Supervisor) Watch(r prometheus.Registerer) {
	r.MustRegister(&gauges{
		load:     s.Load,
		capacity: s.env.Capacity,
		running:  prometheus.NewDesc("longhaul_agent_transfers", "Transfers that run on this agent.", nil, nil),
		slots:    prometheus.NewDesc("longhaul_agent_capacity", "Transfers that this agent runs at once.", nil, nil),
		rate:     prometheus.NewDesc("longhaul_agent_down_bytes_per_second", "Bytes a second that all transfers receive.", nil, nil),
		disk:     prometheus.NewDesc("longhaul_agent_disk_bytes", "The agent's disk: total, or free with what can be given back.", []string{"kind"}, nil),
	})
}

// gauges is a collector over a supervisor's load.
type gauges struct {
	load                       func() agentapi.Heartbeat
	capacity                   int
	running, slots, rate, disk *prometheus.Desc
}

// Describe implements prometheus.Collector.
func (g *gauges) Describe(to chan<- *prometheus.Desc) {
	for _, d := range []*prometheus.Desc{g.running, g.slots, g.rate, g.disk} {
		to <- d
	}
}

// Collect implements prometheus.Collector.
func (g *gauges) Collect(to chan<- prometheus.Metric) {
	send := func(d *prometheus.Desc, v float64, labels ...string) {
		to <- prometheus.MustNewConstMetric(d, prometheus.GaugeValue, v, labels...)
	}
	l := g.load()
	send(g.running, float64(l.Running))
	send(g.slots, float64(g.capacity))
	send(g.rate, float64(l.DownRate))
	send(g.disk, float64(l.DiskTotal), "total")
	send(g.disk, float64(l.DiskFree), "free")
}
