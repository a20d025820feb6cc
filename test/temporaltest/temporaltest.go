// Package temporaltest gives tests a real Temporal server, the one that
// devstack embeds. It is for tests only.
//
// The program is LONGHAUL_DEVSTACK or bin/devstack; `make build` builds it. One
// server runs per test process, on the Postgres of storetest; each test has a
// namespace of its own.
package temporaltest

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/google/uuid"
	"go.temporal.io/sdk/client"
	"go.temporal.io/sdk/log"

	"longhaul/internal/store/storetest"
	"longhaul/worker"
)

const startBudget = 60 * time.Second

// server is the test process's one server.
var server struct {
	once    sync.Once
	cmd     *exec.Cmd
	address string
	err     error
}

// New returns a client of a namespace that belongs to the test, with the
// search attributes that workflows need.
func New(t testing.TB) client.Client {
	t.Helper()
	c, _ := Namespace(t)
	return c
}

// Namespace is New for tests that have to name the namespace, too.
func Namespace(t testing.TB) (client.Client, string) {
	t.Helper()
	server.once.Do(func() { server.address, server.err = start(t) })
	if server.err != nil {
		t.Fatalf("temporal server: %v", server.err)
	}
	namespace := "test-" + strings.ToLower(uuid.NewString())
	quiet := log.NewStructuredLogger(slog.New(slog.NewTextHandler(os.Stderr, &slog.HandlerOptions{Level: slog.LevelWarn})))
	c, err := client.Dial(client.Options{HostPort: server.address, Namespace: namespace, Identity: "temporaltest", Logger: quiet})
	if err != nil {
		t.Fatalf("dial temporal: %v", err)
	}
	t.Cleanup(c.Close)
	ctx, cancel := context.WithTimeout(t.Context(), startBudget)
	defer cancel()
	if err := worker.Prepare(ctx, c, worker.Namespace{Name: namespace, Retention: 24 * time.Hour}, slog.New(slog.DiscardHandler)); err != nil {
		t.Fatalf("prepare namespace: %v", err)
	}
	return c, namespace
}

// start starts the server as a child that ends with this process.
func start(t testing.TB) (string, error) {
	t.Helper()
	program, err := find()
	if err != nil {
		return "", err
	}
	dsn, err := url.Parse(storetest.Empty(t))
	if err != nil {
		return "", fmt.Errorf("parse database url: %w", err)
	}
	dsn.Path = "/postgres" // the server makes databases of its own, which outlive this test
	dir, err := os.MkdirTemp("", "temporaltest-")
	if err != nil {
		return "", fmt.Errorf("make directory: %w", err)
	}
	ready, name := filepath.Join(dir, "ready.json"), "temporal_"+strings.ReplaceAll(uuid.NewString(), "-", "")
	// It outlives the test that starts it; Pdeathsig ends it with the process.
	cmd := exec.CommandContext(context.Background(), program, "temporal", "--database-url="+dsn.String(), "--database="+name,
		"--visibility-database="+name+"_v", "--port=0", "--ui-port=-1", "--log-level=error", "--ready-file="+ready)
	var said strings.Builder
	cmd.Stdout, cmd.Stderr = &said, &said
	cmd.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL, Setpgid: true}
	if err := cmd.Start(); err != nil {
		return "", fmt.Errorf("start %s: %w", program, err)
	}
	server.cmd = cmd
	address, err := await(ready)
	_ = os.RemoveAll(dir)
	if err != nil {
		return "", errors.Join(err, cmd.Process.Kill(), errors.New(said.String()))
	}
	return address, nil
}

func await(ready string) (string, error) {
	limit := time.NewTimer(startBudget)
	defer limit.Stop()
	tick := time.NewTicker(50 * time.Millisecond)
	defer tick.Stop()
	for {
		var told struct {
			Address string `json:"address"`
		}
		if b, err := os.ReadFile(ready); err == nil && json.Unmarshal(b, &told) == nil && told.Address != "" {
			return told.Address, nil
		}
		select {
		case <-tick.C:
		case <-limit.C:
			return "", fmt.Errorf("not ready within %s", startBudget)
		}
	}
}

// find returns the devstack program.
func find() (string, error) {
	if p := os.Getenv("LONGHAUL_DEVSTACK"); p != "" {
		return p, nil
	}
	_, here, _, ok := runtime.Caller(0)
	if !ok {
		return "", errors.New("set LONGHAUL_DEVSTACK to the devstack program")
	}
	p := filepath.Join(filepath.Dir(here), "..", "..", "bin", "devstack")
	if _, err := os.Stat(p); err != nil {
		return "", errors.New("no bin/devstack here: run `make build`, or set LONGHAUL_DEVSTACK to the program")
	}
	return p, nil
}
