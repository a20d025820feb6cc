// Package supervisor starts child processes and keeps them running. Each child
// has its own process group, dies with the supervisor even when that is killed,
// and restarts on its own, with growing pauses, when it exits. The package does
// not know what the children do.
package supervisor

import (
	"context"
	"os/exec"
	"syscall"
	"time"
)

const (
	defaultGrace  = 5 * time.Second
	firstPause    = 200 * time.Millisecond
	longestPause  = 10 * time.Second
	healthyAfter  = 10 * time.Second
	readyInterval = 25 * time.Millisecond
	readyAttempt  = 2 * time.Second
	pipeDelay     = time.Second

	// startAttempts is how often a child may die before it was ever ready
	// until the start as a whole is given up.
	startAttempts = 3
)

// Spec describes one child process.
type Spec struct {
	// Name prefixes the child's output and names its log file.
	Name string
	// Path, Args, Env and Dir are those of exec.Cmd; Args excludes the name.
	Path string
	Args []string
	Env  []string
	Dir  string
	// Credential is the user to run as, nil for the own one. Capabilities are
	// kept by the child although it is not root.
	Credential   *syscall.Credential
	Capabilities []uintptr
	// StopSignal asks the child to end, by default SIGTERM. After Grace it is killed.
	StopSignal syscall.Signal
	Grace      time.Duration
	// DeathSignal is sent by the kernel when the supervisor dies, by default SIGKILL.
	DeathSignal syscall.Signal
	// Before runs ahead of every start, also of restarts. It may be nil.
	Before func(ctx context.Context) error
	// Ready returns nil once the child does its work. It may be nil.
	Ready func(ctx context.Context) error
	// Quiet keeps the child's output out of the console; it is still logged.
	Quiet bool
}

func (s Spec) stopSignal() syscall.Signal {
	if s.StopSignal != 0 {
		return s.StopSignal
	}
	return syscall.SIGTERM
}

func (s Spec) grace() time.Duration {
	if s.Grace != 0 {
		return s.Grace
	}
	return defaultGrace
}

func (s Spec) command() *exec.Cmd {
	cmd := exec.Command(s.Path, s.Args...) //nolint:noctx // Stop ends it in order, which a context would not.
	cmd.Env = s.Env
	cmd.Dir = s.Dir
	cmd.WaitDelay = pipeDelay
	cmd.SysProcAttr = &syscall.SysProcAttr{
		Setpgid:     true,
		Pdeathsig:   syscall.SIGKILL,
		Credential:  s.Credential,
		AmbientCaps: s.Capabilities,
	}
	if s.DeathSignal != 0 {
		cmd.SysProcAttr.Pdeathsig = s.DeathSignal
	}
	return cmd
}
