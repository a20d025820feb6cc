package kit

import (
	"strconv"
	"time"

	"github.com/gin-gonic/gin"
	"github.com/prometheus/client_golang/prometheus"
)

// Metrics counts what the API serves.
type Metrics struct {
	untimed  Untimed
	requests *prometheus.CounterVec
	duration *prometheus.HistogramVec
	bytes    *prometheus.CounterVec
}

// Untimed are the routes whose answers last as long as their client likes, each
// with the kind under which its bytes are counted, empty for none.
type Untimed map[string]string

// NewMetrics registers the API's metrics.
func NewMetrics(registry prometheus.Registerer, untimed Untimed) *Metrics {
	m := &Metrics{
		untimed: untimed,
		requests: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "longhaul_http_requests_total", Help: "Requests by route and status.",
		}, []string{"method", "route", "status"}),
		duration: prometheus.NewHistogramVec(prometheus.HistogramOpts{
			Name: "longhaul_http_request_duration_seconds", Help: "Time to serve a request, excluding streams and deliveries.",
			Buckets: []float64{.002, .005, .01, .025, .05, .1, .25, .5, 1, 2.5, 5, 10, 45},
		}, []string{"method", "route"}),
		bytes: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "longhaul_delivered_bytes_total", Help: "Bytes of files sent to users.",
		}, []string{"kind"}),
	}
	registry.MustRegister(m.requests, m.duration, m.bytes)
	return m
}

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
	kind, untimed := m.untimed[route]
	switch {
	case !untimed:
		m.duration.WithLabelValues(method, route).Observe(took.Seconds())
	case kind != "":
		m.bytes.WithLabelValues(kind).Add(float64(max(c.Writer.Size(), 0)))
	}
}
