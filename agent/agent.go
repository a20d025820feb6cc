package agent

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"time"

	"golang.org/x/sync/errgroup"

	"longhaul/agent/agentapi"
	"longhaul/internal/config"
	"longhaul/internal/fetch"
)

const (
	readTimeout   = time.Minute
	idleTimeout   = 2 * time.Minute
	serverGrace   = 5 * time.Second
	storageAnswer = 2 * time.Minute // until storage answers a part that it has
	maxCallHeader = 32 << 10
)

// Options are what an agent needs.
type Options struct {
	Config  config.Agent
	Command []string // starts an engine process; empty is this program with EngineCommand
	Version string
	Log     *slog.Logger
	Now     func() time.Time // nil is the system's clock
}

// Run runs an agent until ctx ends. It goes on with earlier transfers at once,
// without waiting for the control plane. An error means that it could not
// start or that the control plane refuses it for good.
func Run(ctx context.Context, o Options) error {
	return run(ctx, o, defaultTiming())
}

func run(ctx context.Context, o Options, tm timing) error {
	if err := prepare(&o); err != nil {
		return err
	}
	lock, err := lockDir(o.Config.DataDir)
	if err != nil {
		return err
	}
	defer func() { _ = lock.Close() }()
	ln, err := (&net.ListenConfig{}).Listen(ctx, "tcp", o.Config.Listen)
	if err != nil {
		return fmt.Errorf("take calls at %s: %w", o.Config.Listen, err)
	}
	defer func() { _ = ln.Close() }()
	hc := fetch.NewTrusted(fetch.TrustedOptions{Timeout: time.Minute})
	defer hc.CloseIdleConnections()
	id, known, err := knownIdentity(o.Config.DataDir)
	if err == nil && !known {
		id, err = register(ctx, o, hc)
	}
	if err != nil {
		if ctx.Err() != nil {
			return nil
		}
		return err
	}
	o.Log = o.Log.With("agent", id.AgentID)
	env := newEnvironment(o, tm)
	defer env.put.http.CloseIdleConnections()
	env.client.Store(agentapi.NewControlClient(o.Config.ControlURL, id.Credential, hc))
	return serve(ctx, o, env, id, ln)
}

// prepare completes the options and makes the data directory.
func prepare(o *Options) error {
	if o.Now == nil {
		o.Now = time.Now
	}
	dir, err := filepath.Abs(o.Config.DataDir)
	if err != nil {
		return fmt.Errorf("find the data directory: %w", err)
	}
	o.Config.DataDir = dir
	if len(o.Command) == 0 {
		self, err := os.Executable()
		if err != nil {
			return fmt.Errorf("find this program: %w", err)
		}
		o.Command = []string{self, EngineCommand}
	}
	inspections := filepath.Join(dir, "inspect")
	if err := errors.Join(os.RemoveAll(inspections), os.MkdirAll(inspections, 0o700)); err != nil {
		return fmt.Errorf("make the data directory: %w", err)
	}
	return nil
}

func newEnvironment(o Options, tm timing) *environment {
	c := o.Config
	storage := fetch.NewTrusted(fetch.TrustedOptions{HeaderTimeout: storageAnswer})
	return &environment{
		dataDir: c.DataDir, command: o.Command, memory: c.EngineMemory, timing: tm,
		engine: EngineConfig{
			AllowCIDRs: c.AllowCIDRs, BindIP: c.BindIP, DHT: c.DHT, Ports: c.BTPorts,
			SeedRatio: c.SeedRatio, SeedTime: c.SeedTime,
		},
		put:     &putter{http: storage, slots: newSlots(c.Uploads)},
		changes: newChangeLog(), log: o.Log, now: o.Now,
	}
}

// serve runs the parts of an enrolled agent until ctx ends or one of them
// cannot go on.
func serve(ctx context.Context, o Options, env *environment, id identity, ln net.Listener) error {
	sup := newSupervisor(env, o.Config.Capacity, &diskBudget{dir: o.Config.DataDir, limit: o.Config.DiskLimit})
	if err := sup.load(context.WithoutCancel(ctx)); err != nil {
		return err
	}
	// Transfers are ended in order, after the last call was answered.
	defer sup.shutdown()
	p := &pulse{
		env: env, sup: sup, capacity: o.Config.Capacity, log: o.Log,
		hello: agentapi.Hello{URL: o.Config.URL, Capacity: o.Config.Capacity, Version: o.Version},
	}
	s := &server{
		sup: sup, inspector: newInspector(env), secret: sha256.Sum256([]byte(id.Secret)), boot: p.epoch.Load, log: o.Log,
	}
	g, ctx := errgroup.WithContext(ctx)
	g.Go(func() error { return p.run(ctx) })
	g.Go(func() error { p.watchDisk(ctx); return nil })
	g.Go(func() error { return listen(ctx, ln, s.handler()) })
	o.Log.InfoContext(ctx, "agent takes calls", "listen", ln.Addr().String())
	return g.Wait()
}

func listen(ctx context.Context, ln net.Listener, h http.Handler) error {
	srv := &http.Server{
		Handler: h, ReadHeaderTimeout: 10 * time.Second, ReadTimeout: readTimeout, IdleTimeout: idleTimeout,
		MaxHeaderBytes: maxCallHeader,
		// Long polls end with the agent, not with their time.
		BaseContext: func(net.Listener) context.Context { return ctx },
	}
	stopped := make(chan struct{})
	go func() {
		defer close(stopped)
		<-ctx.Done()
		grace, cancel := context.WithTimeout(context.WithoutCancel(ctx), serverGrace)
		defer cancel()
		_ = srv.Shutdown(grace)
	}()
	if err := srv.Serve(ln); !errors.Is(err, http.ErrServerClosed) {
		return fmt.Errorf("take calls: %w", err)
	}
	<-stopped
	return nil
}
