package agent

import (
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"sync/atomic"
	"time"

	"longhaul/agent/agentapi"
)

// environment is what every transfer of an agent shares.
type environment struct {
	dataDir string
	command []string // starts an engine process
	memory  int64    // soft limit of an engine's heap, bytes
	engine  EngineConfig
	timing  timing
	put     *putter
	changes *changeLog
	log     *slog.Logger
	now     func() time.Time
	client  atomic.Pointer[agentapi.ControlClient]
	forget  func(*transfer) // has a transfer removed that is of no use any more, once it has ended
}

// timing is how patient the agent is; tests are less so.
type timing struct {
	silence    time.Duration // an engine process that says nothing for so long hangs
	crashPause time.Duration // before the first restart; doubled for the next
	heartbeat  time.Duration
	diskCheck  time.Duration
}

func defaultTiming() timing {
	return timing{
		silence: time.Minute, crashPause: time.Second, heartbeat: 15 * time.Second, diskCheck: 2 * time.Second,
	}
}

func (e *environment) control() *agentapi.ControlClient { return e.client.Load() }

func (e *environment) transfersDir() string { return filepath.Join(e.dataDir, "transfers") }

func (e *environment) transferDir(id string) string { return filepath.Join(e.transfersDir(), id) }

func writeJSON(path string, v any) error {
	b, err := json.Marshal(v)
	if err != nil {
		return fmt.Errorf("encode %s: %w", filepath.Base(path), err)
	}
	return writeWhole(path, b)
}

func readJSON(path string, v any) error {
	b, err := os.ReadFile(path)
	if err != nil {
		return err
	}
	if err := json.Unmarshal(b, v); err != nil {
		return fmt.Errorf("decode %s: %w", filepath.Base(path), err)
	}
	return nil
}

func sleep(ctx context.Context, d time.Duration) error {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-timer.C:
		return nil
	}
}

func (e *environment) inspectDir() string { return filepath.Join(e.dataDir, "inspect") }
