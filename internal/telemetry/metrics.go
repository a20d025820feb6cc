package telemetry

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"github.com/prometheus/client_golang/prometheus/promhttp"
	"golang.org/x/sync/errgroup"

	"longhaul/frontdoor"
	"longhaul/internal/version"
)

// Times that bound the metrics server.
const (
	writeTimeout    = 30 * time.Second
	shutdownTimeout = 2 * time.Second
)

// NewRegistry returns a registry that knows the Go runtime, the process and
// which build it is.
func NewRegistry(b version.Build) *prometheus.Registry {
	r := prometheus.NewRegistry()
	r.MustRegister(buildInfo(b), collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}))
	return r
}

// buildInfo is always 1; its labels tell the build.
func buildInfo(b version.Build) prometheus.Collector {
	return prometheus.NewGaugeFunc(prometheus.GaugeOpts{
		Name: "longhaul_build_info", Help: "Always 1; the labels name the build.",
		ConstLabels: prometheus.Labels{"version": b.Version, "commit": b.Commit},
	}, func() float64 { return 1 })
}

// ServeMetrics serves the registry at /metrics until ctx ends. An empty
// address serves nothing and returns at once. A name means those of its
// addresses that are this machine's, and loopback.
func ServeMetrics(ctx context.Context, addr string, r *prometheus.Registry, log *slog.Logger) error {
	if addr == "" {
		return nil
	}
	listeners, err := listen(ctx, addr)
	if err != nil {
		return fmt.Errorf("listen for metrics: %w", err)
	}
	log = log.With("component", "metrics")
	g, ctx := errgroup.WithContext(ctx)
	for _, l := range listeners {
		g.Go(func() error { return serve(ctx, l, r, log) })
	}
	return g.Wait()
}

func serve(ctx context.Context, l net.Listener, r *prometheus.Registry, log *slog.Logger) error {
	mux := http.NewServeMux()
	mux.Handle("GET /metrics", promhttp.HandlerFor(r, promhttp.HandlerOpts{Registry: r}))
	server := &http.Server{
		Handler: frontdoor.LocalOnlyAt(l.Addr(), mux), WriteTimeout: writeTimeout,
		ErrorLog: slog.NewLogLogger(log.Handler(), slog.LevelWarn),
	}
	stop := context.AfterFunc(ctx, func() {
		// ctx has ended; a scrape in progress may still finish.
		end, cancel := context.WithTimeout(context.WithoutCancel(ctx), shutdownTimeout)
		defer cancel()
		if err := server.Shutdown(end); err != nil {
			log.WarnContext(end, "metrics server did not stop in time", "error", err)
		}
	})
	defer stop()
	log.InfoContext(ctx, "serving metrics", "address", l.Addr().String())
	if err := (frontdoor.Limits{}).Serve(server, l); !errors.Is(err, http.ErrServerClosed) {
		return fmt.Errorf("serve metrics: %w", err)
	}
	return nil
}
