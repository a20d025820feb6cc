package api

import (
	"strconv"
	"time"

	"github.com/gin-gonic/gin"
	"github.com/prometheus/client_golang/prometheus"
)

// Metrics counts what the API serves.
type Metrics struct {
	registry *prometheus.Registry
	requests *prometheus.CounterVec
	duration *prometheus.HistogramVec
	bytes    *prometheus.CounterVec
}

// NewMetrics registers the API's metrics. The hub's streams are read when they
// are scraped.
func NewMetrics(registry *prometheus.Registry, hub *Hub) *Metrics {
	m := &Metrics{
		registry: registry,
		requests: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "longhaul_http_requests_total", Help: "Requests by route and status.",
		}, []string{"method", "route", "status"}),
		duration: prometheus.NewHistogramVec(prometheus.HistogramOpts{
			Name: "longhaul_http_request_duration_seconds", Help: "Time to serve a request, streams and deliveries left out.",
			Buckets: []float64{.002, .005, .01, .025, .05, .1, .25, .5, 1, 2.5, 5, 10, 45},
		}, []string{"method", "route"}),
		bytes: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "longhaul_delivered_bytes_total", Help: "Bytes of files that were sent to users.",
		}, []string{"kind"}),
	}
	streams := prometheus.NewGaugeFunc(prometheus.GaugeOpts{
		Name: "longhaul_event_streams", Help: "Clients that listen for changes.",
	}, func() float64 { return float64(hub.Streams()) })
	m.registry.MustRegister(m.requests, m.duration, m.bytes, streams)
	return m
}

// Registry returns where the metrics are registered.
func (m *Metrics) Registry() *prometheus.Registry { return m.registry }

// measure counts requests by route template, never by path.
func measure(m *Metrics, now func() time.Time) gin.HandlerFunc {
	return func(c *gin.Context) {
		if m == nil {
			c.Next()
			return
		}
		start := now()
		defer func() { m.record(c, now().Sub(start)) }()
		c.Next()
	}
}

func (m *Metrics) record(c *gin.Context, took time.Duration) {
	route, method := routeName(c), methodName(c)
	m.requests.WithLabelValues(method, route, strconv.Itoa(c.Writer.Status())).Inc()
	switch route {
	case pathEvents:
	case pathFile:
		m.bytes.WithLabelValues("file").Add(float64(max(c.Writer.Size(), 0)))
	case pathArchive:
		m.bytes.WithLabelValues("archive").Add(float64(max(c.Writer.Size(), 0)))
	default:
		m.duration.WithLabelValues(method, route).Observe(took.Seconds())
	}
}
