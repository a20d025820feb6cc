package agent

import (
	"context"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"golang.org/x/sync/errgroup"

	"longhaul/agent/agentapi"
	"longhaul/agent/childapi"
	"longhaul/agent/presence"
	"longhaul/agent/server"
	"longhaul/agent/spawn"
	"longhaul/agent/supervisor"
	"longhaul/agent/upload"
	"longhaul/internal/config"
	"longhaul/internal/fetch"
	"longhaul/internal/jail"
	"longhaul/internal/tracing"
	"longhaul/models"
)

// storageAnswer is how long storage may take to answer a part that it has.
const storageAnswer = 2 * time.Minute

// Options are what an agent needs.
type Options struct {
	Config  config.Agent
	Command []string // starts a child; empty is this program with childapi.Command
	Version string
	Log     *slog.Logger
	Now     func() time.Time // nil is the system's clock
	Timing  Timing           // zero is DefaultTiming

	Registry *prometheus.Registry // takes what is counted; nil counts nothing
	Tracer   *tracing.Tracer      // nil traces nothing
}

// Timing is how patient the agent is; tests are less so.
type Timing struct {
	Silence    time.Duration // an engine process that says nothing for so long hangs
	CrashPause time.Duration // before the first restart of a crashed one; doubled for the next
	Heartbeat  time.Duration
	DiskCheck  time.Duration
}

// DefaultTiming returns the timing of an agent in production.
func DefaultTiming() Timing {
	return Timing{
		Silence: time.Minute, CrashPause: time.Second, Heartbeat: models.HeartbeatEvery, DiskCheck: 2 * time.Second,
	}
}

// Run runs an agent until ctx ends. It takes up earlier transfers at once,
// without waiting for the control plane. An error means that it could not
// start or that the control plane refuses it for good.
func Run(ctx context.Context, o Options) error {
	if err := prepare(&o); err != nil {
		return err
	}
	confine(ctx, o.Log)
	lock, err := presence.Lock(o.Config.DataDir)
	if err != nil {
		return err
	}
	defer func() { _ = lock.Close() }()
	ln, err := (&net.ListenConfig{}).Listen(ctx, "tcp", o.Config.Listen)
	if err != nil {
		return fmt.Errorf("listen at %s: %w", o.Config.Listen, err)
	}
	defer func() { _ = ln.Close() }()
	counts := newCounts(o.Registry)
	hc := counts.control(o.Tracer.Client(fetch.NewTrusted(fetch.TrustedOptions{Timeout: time.Minute})))
	defer hc.CloseIdleConnections()
	id, err := enrol(ctx, o, hc)
	if err != nil {
		if ctx.Err() != nil {
			return nil
		}
		return err
	}
	o.Log = o.Log.With("agent", id.AgentID)
	return serve(ctx, o, counts, id, agentapi.NewControlClient(o.Config.ControlURL, id.Credential, hc), ln)
}

// prepare completes the options and makes the data directory.
func prepare(o *Options) error {
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.Timing == (Timing{}) {
		o.Timing = DefaultTiming()
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
		o.Command = []string{self, childapi.Command}
	}
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return fmt.Errorf("create the data directory: %w", err)
	}
	return nil
}

// confine protects what this process knows from its engines, and says what the
// kernel can't keep from them.
func confine(ctx context.Context, log *slog.Logger) {
	if err := jail.Guard(); err != nil {
		log.WarnContext(ctx, "engines could read this process's memory", "error", err)
	}
	if gaps := jail.Gaps(); len(gaps) > 0 {
		log.WarnContext(ctx, "this kernel can't keep engines from everything they don't need", "engines_reach", gaps)
	}
}

func enrol(ctx context.Context, o Options, hc *http.Client) (presence.Identity, error) {
	c := o.Config
	req := agentapi.Register{Token: c.EnrolmentToken, URL: c.URL, Capacity: c.Capacity, Version: o.Version}
	return presence.Enrol(ctx, c.DataDir, c.ControlURL, req, hc, o.Log)
}

// serve runs the parts of an enrolled agent until ctx ends or one of them
// cannot continue.
func serve(
	ctx context.Context, o Options, counts counts, id presence.Identity, control *agentapi.ControlClient, ln net.Listener,
) error {
	c := o.Config
	putter := upload.NewPutter(counts.storage(fetch.NewTrusted(fetch.TrustedOptions{HeaderTimeout: storageAnswer})), c.Uploads)
	defer putter.Close()
	sup := supervisor.New(supervisor.Options{
		Dir: c.DataDir, Capacity: c.Capacity, DiskLimit: c.DiskLimit,
		Program: spawn.Program{Command: o.Command, Memory: c.EngineMemory, Silence: o.Timing.Silence},
		Engine: childapi.EngineConfig{
			AllowCIDRs: c.AllowCIDRs, BindIP: c.BindIP, DHT: c.DHT, Ports: c.BTPorts,
			SeedRatio: c.SeedRatio, SeedTime: c.SeedTime,
		},
		CrashPause: o.Timing.CrashPause, KeepFor: c.KeepFor, Control: control, Putter: putter, Log: o.Log, Now: o.Now,
		Metrics: counts.transfers,
	})
	counts.watch(sup)
	if err := sup.Resume(ctx); err != nil {
		return err
	}
	// Transfers are ended in order, after the last call was answered.
	defer sup.Shutdown()
	pulse := &presence.Pulse{
		Control: control, Hello: agentapi.Hello{URL: c.URL, Capacity: c.Capacity, Version: o.Version},
		Every: o.Timing.Heartbeat, Load: sup.Load, Log: o.Log,
		Pace: func(bytesPerSecond int64) { sup.SetPace(ctx, bytesPerSecond) },
	}
	calls := server.New(sup, id.Secret, pulse.BootEpoch, o.Tracer, o.Log)
	pulse.Learn = func(secret string) {
		if secret == id.Secret {
			return
		}
		calls.Accept(secret)
		if err := presence.Renew(c.DataDir, id, secret); err != nil { // the next boot tries again
			o.Log.WarnContext(ctx, "could not save the control plane's new secret", "error", err)
			return
		}
		o.Log.InfoContext(ctx, "the control plane has a new secret")
	}
	g, ctx := errgroup.WithContext(ctx)
	g.Go(func() error { return pulse.Run(ctx) })
	g.Go(func() error { sup.WatchDisk(ctx, o.Timing.DiskCheck); return nil })
	g.Go(func() error { return calls.Serve(ctx, ln) })
	g.Go(func() error { return counts.serve(ctx, c.MetricsListen, o.Log) })
	o.Log.InfoContext(ctx, "agent started", "listen", ln.Addr().String())
	return g.Wait()
}
