package app

import (
	"errors"
	"slices"
	"sync"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"go.temporal.io/sdk/client"

	"longhaul/models"
	"longhaul/workflows"
)

// sdkLabels are the tags of Temporal's SDK that become labels. All are of few
// values: a workflow's id is none of them, nor is a host.
func sdkLabels() []string {
	return []string{"task_queue", "worker_type", "workflow_type", "activity_type", "operation", "poller_type", "status_code", "failure_reason"}
}

// sdkMetrics hands what Temporal's SDK counts to Prometheus. Counters end in
// _total and timers are histograms that end in _seconds.
type sdkMetrics struct {
	*sdkVectors
	tags map[string]string
}

// sdkVectors are made when the SDK first asks for them: it has no list of them.
type sdkVectors struct {
	registry prometheus.Registerer

	mu       sync.Mutex
	counters map[string]*prometheus.CounterVec
	gauges   map[string]*prometheus.GaugeVec
	timers   map[string]*prometheus.HistogramVec
}

func newSDKMetrics(r prometheus.Registerer) client.MetricsHandler {
	return sdkMetrics{sdkVectors: &sdkVectors{
		registry: r, counters: map[string]*prometheus.CounterVec{}, gauges: map[string]*prometheus.GaugeVec{},
		timers: map[string]*prometheus.HistogramVec{},
	}}
}

// WithTags implements client.MetricsHandler.
func (m sdkMetrics) WithTags(tags map[string]string) client.MetricsHandler {
	all := make(map[string]string, len(m.tags)+len(tags))
	for _, from := range []map[string]string{m.tags, tags} {
		for name, value := range from {
			if slices.Contains(sdkLabels(), name) && value != "none" {
				all[name] = value
			}
		}
	}
	return sdkMetrics{m.sdkVectors, all}
}

// values returns the labels' values. A queue is named by the SDK as our own are
// or, when it is one worker's, by its host: those are one.
func (m sdkMetrics) values() []string {
	var out []string
	for _, name := range sdkLabels() {
		value := m.tags[name]
		if name == "task_queue" && value != "" && !slices.Contains(queueNames(), value) {
			value = "sticky"
		}
		out = append(out, value)
	}
	return out
}

func queueNames() []string {
	var out []string
	for _, q := range models.Queues() {
		out = append(out, workflows.TaskQueue(q))
	}
	return out
}

const sdkHelp = "Counted by Temporal's SDK; see its documentation."

// Counter implements client.MetricsHandler.
func (m sdkMetrics) Counter(name string) client.MetricsCounter {
	c := vector(m.sdkVectors, m.counters, name, func() *prometheus.CounterVec {
		return prometheus.NewCounterVec(prometheus.CounterOpts{Name: name + "_total", Help: sdkHelp}, sdkLabels())
	}).WithLabelValues(m.values()...)
	return sdkCounter{c}
}

// Gauge implements client.MetricsHandler.
func (m sdkMetrics) Gauge(name string) client.MetricsGauge {
	g := vector(m.sdkVectors, m.gauges, name, func() *prometheus.GaugeVec {
		return prometheus.NewGaugeVec(prometheus.GaugeOpts{Name: name, Help: sdkHelp}, sdkLabels())
	}).WithLabelValues(m.values()...)
	return sdkGauge{g}
}

// Timer implements client.MetricsHandler.
func (m sdkMetrics) Timer(name string) client.MetricsTimer {
	h := vector(m.sdkVectors, m.timers, name, func() *prometheus.HistogramVec {
		return prometheus.NewHistogramVec(prometheus.HistogramOpts{
			Name: name + "_seconds", Help: sdkHelp, Buckets: []float64{.01, .05, .1, .5, 1, 5, 10, 30, 60, 300},
		}, sdkLabels())
	}).WithLabelValues(m.values()...)
	return sdkTimer{h}
}

// vector returns the vector of the name, made and registered if it is new.
func vector[V prometheus.Collector](m *sdkVectors, have map[string]V, name string, create func() V) V {
	m.mu.Lock()
	defer m.mu.Unlock()
	if v, ok := have[name]; ok {
		return v
	}
	v := create()
	if err := m.registry.Register(v); err != nil {
		if already, ok := errors.AsType[prometheus.AlreadyRegisteredError](err); ok {
			if known, ok := already.ExistingCollector.(V); ok {
				v = known
			}
		}
	}
	have[name] = v
	return v
}

type sdkCounter struct{ prometheus.Counter }

// Inc implements client.MetricsCounter.
func (c sdkCounter) Inc(n int64) { c.Add(float64(max(n, 0))) }

type sdkGauge struct{ gauge prometheus.Gauge }

// Update implements client.MetricsGauge.
func (g sdkGauge) Update(v float64) { g.gauge.Set(v) }

type sdkTimer struct{ histogram prometheus.Observer }

// Record implements client.MetricsTimer.
func (t sdkTimer) Record(d time.Duration) { t.histogram.Observe(d.Seconds()) }
