package supervisor

import (
	"log/slog"
	"path/filepath"
	"time"

	"longhaul/agent/agentapi"
	"longhaul/agent/childapi"
	"longhaul/agent/spawn"
	"longhaul/agent/upload"
)

// Options are what a supervisor works with.
type Options struct {
	Dir        string // the agent's data directory
	Capacity   int    // transfers that run at once
	DiskLimit  int64  // bytes that all transfers may have on disk; 0 is nine tenths of the free space
	Program    spawn.Program
	Engine     childapi.EngineConfig
	CrashPause time.Duration // before a crashed engine's first restart; doubled for the next
	KeepFor    time.Duration // how long after its end the bytes of a transfer stay that its job may need again
	Control    *agentapi.ControlClient
	Putter     *upload.Putter
	Log        *slog.Logger
	Now        func() time.Time
	Metrics    *Metrics // nil counts nothing
}

// environment is what every transfer of an agent shares.
type environment struct {
	Options
	changes *changeLog
	held    heldEngines
	forget  func(*transfer) // has a transfer removed that is of no use any more, once it has ended
}

func (e *environment) transfersDir() string { return filepath.Join(e.Dir, "transfers") }

func (e *environment) transferDir(id string) string { return filepath.Join(e.transfersDir(), id) }

func (e *environment) inspectDir() string { return filepath.Join(e.Dir, "inspect") }
