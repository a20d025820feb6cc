// Package agenttest runs agents for tests, with a control plane and object
// storage as strict as the real ones, sources that behave as told and engines
// that misbehave. It is only for tests of the agent's packages.
package agenttest

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"net/netip"
	"os"
	"os/signal"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/google/uuid"

	"longhaul/agent"
	"longhaul/agent/agentapi"
	"longhaul/agent/child"
	"longhaul/agent/childapi"
	"longhaul/internal/config"
	"longhaul/models"
)

// MiB is 2^20 bytes.
const MiB = 1 << 20

const (
	enrolmentToken = "enrol-me"
	credential     = "credential"

	// agentCommand makes the test binary run as an agent of its own, to be
	// killed.
	agentCommand = "agent-under-test"
)

// Main is the TestMain of a package whose tests run agents: it lets the test
// binary be what they start, engines and agents.
func Main(m *testing.M) {
	if len(os.Args) > 1 && os.Args[1] == childapi.Command {
		os.Exit(exitCode(child.Main(context.Background(), engines)))
	}
	if len(os.Args) > 1 && os.Args[1] == agentCommand {
		ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGTERM)
		defer stop()
		cfg, err := config.LoadAgent()
		if err == nil {
			err = agent.Run(ctx, agent.Options{Config: cfg, Log: cfg.Logger(os.Stderr), Timing: timing()})
		}
		os.Exit(exitCode(err))
	}
	os.Exit(m.Run())
}

func exitCode(err error) int {
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	return 0
}

func timing() agent.Timing {
	return agent.Timing{
		Silence: 2 * time.Second, CrashPause: 10 * time.Millisecond, Heartbeat: 50 * time.Millisecond,
		DiskCheck: 50 * time.Millisecond,
	}
}

// Options returns the options of an agent with the engines of this package and
// without patience.
func Options(cfg config.Agent, log *slog.Logger) agent.Options {
	return agent.Options{
		Config: cfg, Version: "test", Command: []string{os.Args[0], childapi.Command}, Log: log, Timing: timing(),
	}
}

// Config returns the configuration of an agent of the control plane with a data
// directory of its own.
func Config(t testing.TB, c *ControlPlane) config.Agent {
	t.Helper()
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer ln.Close()
	addr := ln.Addr().String()
	return config.Agent{
		Listen: addr, URL: "http://" + addr, DataDir: t.TempDir(), ControlURL: c.URL, EnrolmentToken: enrolmentToken,
		Capacity: 4, AllowCIDRs: []netip.Prefix{netip.MustParsePrefix("127.0.0.0/8")}, Uploads: 4,
		EngineMemory: 128 << 20, KeepFor: time.Hour, LogFormat: "text",
	}
}

// The control plane's secrets, as agents know them.
const (
	Secret    = "secret"     // from the enrolment
	NewSecret = "new-secret" // after a rotation, see ControlPlane.Secret
)

// Agent is an agent under test as its control plane sees it.
type Agent struct {
	Config config.Agent
	Client *agentapi.Client
	Log    *Log
	Stop   func() error // ends an agent of this process and returns how it ended

	t testing.TB
}

// Start runs an agent in this process until Stop is called or the test ends.
func Start(t testing.TB, cfg config.Agent) *Agent {
	t.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	a := NewAgent(t, cfg)
	end := make(chan error, 1)
	go func() { end <- agent.Run(ctx, Options(cfg, slog.New(slog.NewTextHandler(a.Log, nil)))) }()
	a.Stop = sync.OnceValue(func() error { cancel(); return <-end })
	t.Cleanup(func() {
		if err := a.Stop(); err != nil {
			t.Errorf("the agent ended with %v", err)
		}
		if t.Failed() {
			t.Log(a.Log.String())
		}
	})
	a.UntilReady()
	return a
}

// NewAgent returns a hold on an agent that the test runs itself.
func NewAgent(t testing.TB, cfg config.Agent) *Agent {
	return &Agent{Config: cfg, Client: agentapi.NewClient(cfg.URL, &http.Client{}, Secret, NewSecret), Log: &Log{}, t: t}
}

// Log keeps what an agent logs.
type Log struct {
	mu sync.Mutex
	b  bytes.Buffer
}

// Write implements io.Writer.
func (l *Log) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.Write(p)
}

// String returns what was logged so far.
func (l *Log) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.String()
}

// Late fires when a test has waited for too long.
func Late() <-chan time.Time { return time.After(time.Minute) }

// UntilReady waits until the agent is known to the control plane.
func (a *Agent) UntilReady() {
	a.t.Helper()
	Poll(a.t, "the agent did not start", func() bool {
		_, err := a.Client.Changes(a.t.Context(), 0, 0)
		return err == nil
	})
}

// UntilUnknown waits until the agent does not know the transfer any more.
func (a *Agent) UntilUnknown(id string) {
	a.t.Helper()
	Poll(a.t, "the agent still has the transfer", func() bool {
		_, err := a.Client.Transfer(a.t.Context(), id)
		return agentapi.IsProblem(err, string(models.CodeNotFound))
	})
}

// Poll looks again and again until ok; it fails the test with the fault when it
// is late.
func Poll(t testing.TB, fault string, ok func() bool) {
	t.Helper()
	tick := time.NewTicker(5 * time.Millisecond)
	defer tick.Stop()
	late := Late()
	for !ok() {
		select {
		case <-tick.C:
		case <-late:
			t.Fatal(fault)
		}
	}
}

// Until follows the agent's long poll until the transfer satisfies ok.
func (a *Agent) Until(id, what string, ok func(agentapi.Status) bool) agentapi.Status {
	a.t.Helper()
	ctx, cancel := context.WithTimeout(a.t.Context(), 2*time.Minute)
	defer cancel()
	var since int64
	var last agentapi.Status
	for {
		ch, err := a.Client.Changes(ctx, since, 5*time.Second)
		if err != nil {
			if ctx.Err() != nil {
				a.t.Fatalf("waiting for %s: last %+v, %v", what, last, errors.Join(err, ctx.Err()))
			}
			since = 0
			continue
		}
		since = ch.Revision
		for _, s := range ch.Transfers {
			if s.JobID == id {
				if last = s; ok(s) {
					return s
				}
			}
		}
	}
}

// UntilDone waits for the end of the transfer and fails the test unless
// everything is in storage.
func (a *Agent) UntilDone(id string) agentapi.Status {
	a.t.Helper()
	s := a.Until(id, "the end", Ended)
	if s.Phase != agentapi.PhaseDone {
		a.t.Fatalf("status %+v, fault %+v", s, s.Fault)
	}
	return s
}

// Ended reports whether the transfer has ended.
func Ended(s agentapi.Status) bool { return s.Phase.Ended() }

// Transfer starts a transfer.
func (a *Agent) Transfer(id string, s agentapi.StartTransfer) {
	a.t.Helper()
	if _, err := a.Client.Start(a.t.Context(), id, s); err != nil {
		a.t.Fatal(err)
	}
}

// Download returns the spec of a download from the URL.
func Download(epoch int64, url string, files ...agentapi.FileJob) agentapi.StartTransfer {
	return agentapi.StartTransfer{
		Epoch: epoch, Kind: agentapi.KindDownload, Source: agentapi.Source{URL: url}, Files: files,
		ResolveTimeoutSeconds: 30, StallTimeoutSeconds: 60,
	}
}

// OneFile returns the file of a job that has only one.
func OneFile(size int64) agentapi.FileJob {
	return agentapi.FileJob{Index: 0, Size: size, PartSize: 16 * MiB}
}

// NewID returns the id of a new job.
func NewID() string { return uuid.Must(uuid.NewV7()).String() }
