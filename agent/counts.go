package agent

import (
	"context"
	"log/slog"
	"net/http"

	"github.com/prometheus/client_golang/prometheus"

	"longhaul/agent/supervisor"
	"longhaul/internal/telemetry"
)

// counts is what is counted of an agent; without a registry, nothing.
type counts struct {
	registry  *prometheus.Registry
	transfers *supervisor.Metrics
	calls     *telemetry.Calls
}

func newCounts(r *prometheus.Registry) counts {
	if r == nil {
		return counts{}
	}
	return counts{registry: r, transfers: supervisor.NewMetrics(r), calls: telemetry.NewCalls(r)}
}

// control counts the client's calls to the control plane.
func (c counts) control(hc *http.Client) *http.Client {
	if c.calls == nil {
		return hc
	}
	return c.calls.Wrap(hc, telemetry.TargetControl)
}

// storage counts the client's uploads.
func (c counts) storage(hc *http.Client) *http.Client {
	if c.calls == nil {
		return hc
	}
	return c.calls.WrapAs(hc, telemetry.TargetStorage, "put part")
}

func (c counts) watch(s *supervisor.Supervisor) {
	if c.registry != nil {
		s.Watch(c.registry)
	}
}

func (c counts) serve(ctx context.Context, addr string, log *slog.Logger) error {
	if c.registry == nil {
		return nil
	}
	return telemetry.ServeMetrics(ctx, addr, c.registry, log)
}
