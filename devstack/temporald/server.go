// Package temporald runs the Temporal server and its web UI inside this
// process, on loopback only, with Postgres as the store. It creates and
// upgrades its databases, the namespace and the search attributes. It does not
// start Postgres and knows nothing of the application's workflows.
package temporald

import (
	"context"
	"fmt"
	"time"

	"go.temporal.io/server/common/authorization"
	"go.temporal.io/server/common/config"
	"go.temporal.io/server/common/log"
	_ "go.temporal.io/server/common/persistence/sql/sqlplugin/postgresql" // registers the postgres12_pgx plugin
	"go.temporal.io/server/temporal"

	"longhaul/devstack/port"
)

// Options says where the server stores its data and where it listens.
type Options struct {
	// DatabaseURL is a postgres:// URL of a role that can create databases.
	// Its path names any existing database.
	DatabaseURL string
	// Database and VisibilityDatabase are created when missing.
	Database, VisibilityDatabase string
	// Port is the loopback gRPC port; zero takes a free one.
	Port int
	// UIPort is the loopback port of the web UI; zero takes a free one and a
	// negative value leaves the UI out.
	UIPort int
	// MetricsPort serves Prometheus metrics; zero leaves them out.
	MetricsPort int
	// Namespace is registered with Retention when it is missing.
	Namespace string
	Retention time.Duration
	// LogLevel is one of debug, info, warn and error.
	LogLevel string
}

// Phase is one measured step of the start.
type Phase struct {
	Name string
	Took time.Duration
}

// Server is a running Temporal server.
type Server struct {
	// Address is the host and port of the gRPC frontend.
	Address string
	// UIURL is the address of the web UI, empty without one.
	UIURL string
	// Phases is how long each step of the start took.
	Phases []Phase

	server temporal.Server
	ui     *webUI
}

// Start prepares the databases, starts the server and the UI, and returns when
// the namespace answers.
func Start(ctx context.Context, opts Options) (*Server, error) {
	logger := log.NewZapLogger(log.BuildZapLogger(log.Config{Stdout: true, Level: opts.LogLevel, Format: "console"}))
	s := &Server{}
	var err error
	if opts.Port, err = port.OrFree(opts.Port); err != nil {
		return nil, err
	}
	s.Address = port.Address(opts.Port)

	if err := s.measure("schema", func() error { return migrate(ctx, opts, logger) }); err != nil {
		return nil, err
	}
	if err := s.measure("server", func() error { return s.startServer(opts, logger) }); err != nil {
		return nil, err
	}
	err = s.measure("namespace", func() error { return ensureNamespace(ctx, s.Address, opts) })
	if err == nil && opts.UIPort >= 0 {
		err = s.measure("ui", func() error { return s.startUI(ctx, opts) })
	}
	if err != nil {
		s.Stop()
		return nil, err
	}
	return s, nil
}

func (s *Server) measure(name string, step func() error) error {
	started := time.Now()
	if err := step(); err != nil {
		return fmt.Errorf("start temporal (%s): %w", name, err)
	}
	s.Phases = append(s.Phases, Phase{Name: name, Took: time.Since(started)})
	return nil
}

func (s *Server) startServer(opts Options, logger log.Logger) error {
	ports, err := choosePorts(opts.Port)
	if err != nil {
		return err
	}
	cfg, err := serverConfig(opts, ports)
	if err != nil {
		return err
	}
	s.server, err = temporal.NewServer(
		temporal.WithConfig(cfg),
		temporal.ForServices(temporal.DefaultServices),
		temporal.WithStaticHosts(ports.hosts()),
		temporal.WithLogger(logger),
		temporal.WithAuthorizer(authorization.NewNoopAuthorizer()),
		temporal.WithClaimMapper(func(*config.Config) authorization.ClaimMapper {
			return authorization.NewNoopClaimMapper()
		}),
		temporal.WithDynamicConfigClient(dynamicConfig()),
	)
	if err != nil {
		return err
	}
	return s.server.Start()
}

func (s *Server) startUI(ctx context.Context, opts Options) error {
	uiPort, err := port.OrFree(opts.UIPort)
	if err != nil {
		return err
	}
	s.ui, err = startUI(ctx, uiPort, s.Address, opts.Namespace)
	if err != nil {
		return err
	}
	s.UIURL = fmt.Sprintf("http://%s", port.Address(uiPort))
	return nil
}

// Stop ends the UI and the server. Running workflows continue at the next start.
func (s *Server) Stop() {
	if s.ui != nil {
		s.ui.stop()
	}
	if s.server != nil {
		_ = s.server.Stop()
	}
}
