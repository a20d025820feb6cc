// Package spawn starts child processes in the supervisor's process and follows
// each to its end: it passes orders and news on, kills a child that hangs, and
// keeps what a child writes in the log. It does not know what a transfer is.
package spawn

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"os/exec"
	"regexp"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"time"

	"longhaul/agent/agentapi"
	"longhaul/agent/childapi"
	"longhaul/internal/jail"
	"longhaul/models"
)

const (
	maxNewsLine = 96 << 20 // a manifest of 50 000 files with its metainfo
	maxLogLine  = 4 << 10
	orderQueue  = 4096 // orders that a child may be behind
	niceness    = 5    // of a child
	openFiles   = 8192 // of a child
	memoryOver  = 4    // times the soft limit of its heap that a child may take from the machine

	journalBytes = 1 << 30 // of a child's own records, far more than they take
)

var (
	// ErrHung says that a child was silent for too long.
	ErrHung = errors.New("the engine process is not responding")
	// ErrRenew says that a child has to be started again and did nothing wrong.
	ErrRenew = errors.New("the engine process has to be started again")
)

var (
	errSlow  = errors.New("the engine process accepts no orders")
	errSpoke = errors.New("the engine process sent an unreadable message")
)

// secretish finds what must not get into a log from an engine's words.
var secretish = regexp.MustCompile(`(?i)(magnet:|https?://|udp://|wss?://)\S+`)

// childEnv names the variables that a child may inherit: where the system's
// certificates are, and what the Go runtime needs. Nothing of the agent's
// configuration is among them.
var childEnv = []string{"SSL_CERT_FILE", "SSL_CERT_DIR", "TZ", "GODEBUG"}

// Program is what children are started from.
type Program struct {
	Command []string      // the program and its arguments
	Memory  int64         // soft limit of a child's heap, bytes
	Silence time.Duration // a child that says nothing for so long is killed
}

// Child is the supervisor's hold on an engine process.
type Child struct {
	cmd     *exec.Cmd
	stdin   io.WriteCloser
	stdout  io.Reader
	orders  chan childapi.Order
	silence time.Duration
	log     *slog.Logger

	mu     sync.Mutex
	killed error // why the supervisor ended it
}

// Ending is what a child said of its work before it ended.
type Ending struct {
	Done     bool
	Flushed  bool
	Manifest *models.Manifest
	Fault    *agentapi.Fault
}

// Start starts a child with the directory as its working directory. It gets
// SIGKILL when the supervisor dies, however that happens. (The kernel ties this
// to the thread that forked; Go ends a thread only with a goroutine locked to
// it, and there is none here. Losing its input ends a child as well.)
func (p Program) Start(dir string, run childapi.Run, log *slog.Logger) (*Child, error) {
	cmd := exec.Command(p.Command[0], p.Command[1:]...) //nolint:noctx // the process outlives the call; Kill ends it
	cmd.Dir = dir
	cmd.Env = append(inherited(), fmt.Sprintf("GOMEMLIMIT=%d", p.Memory), "GOGC=400", "GOTRACEBACK=single")
	cmd.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL, Setsid: true}
	if err := errors.Join(jail.HandOver(dir), jail.KeepFiles()); err != nil {
		return nil, fmt.Errorf("prepare the engine's place: %w", err)
	}
	stdin, err := cmd.StdinPipe()
	if err != nil {
		return nil, fmt.Errorf("make the engine's input: %w", err)
	}
	stdout, err := cmd.StdoutPipe()
	if err != nil {
		return nil, fmt.Errorf("make the engine's output: %w", err)
	}
	c := &Child{
		cmd: cmd, stdin: stdin, stdout: stdout, orders: make(chan childapi.Order, orderQueue), silence: p.Silence, log: log,
	}
	cmd.Stderr = &logWriter{log: log}
	cmd.WaitDelay = time.Second // for a standard error that someone else holds open
	if err := cmd.Start(); err != nil {
		return nil, fmt.Errorf("start the engine process: %w", err)
	}
	// Storing what is verified goes before fetching more: otherwise a fast source
	// leaves a tail of parts to store after its last byte.
	if err := syscall.Setpriority(syscall.PRIO_PGRP, cmd.Process.Pid, niceness); err != nil {
		log.Warn("could not lower the engine's priority", "error", err)
	}
	run.Bounds = childapi.Bounds{DataBytes: uint64(memoryOver * p.Memory), OpenFiles: openFiles, FileBytes: fileBytes(run)}
	c.orders <- childapi.Order{Do: childapi.OrderRun, Run: &run}
	return c, nil
}

// Again has a child that kept its answer run the download of the same source, in its
// directory, which may have another name by now.
func (c *Child) Again(dir string, run childapi.Run) error {
	if err := jail.HandOver(dir); err != nil {
		return fmt.Errorf("prepare the engine's place: %w", err)
	}
	c.Tell(childapi.Order{Do: childapi.OrderRun, Run: &run})
	return nil
}

// fileBytes is how large a file of the child may get; 0 is any size, for a
// download that tells no size and has no limit.
func fileBytes(run childapi.Run) uint64 {
	largest := int64(journalBytes)
	if run.Engine.Hold > 0 { // its download comes later
		if run.MaxBytes <= 0 {
			return 0
		}
		largest = max(largest, run.MaxBytes)
	}
	for _, f := range run.Files {
		switch {
		case f.Size >= 0:
			largest = max(largest, f.Size)
		case run.MaxBytes > 0:
			largest = max(largest, run.MaxBytes)
		default:
			return 0
		}
	}
	return uint64(largest)
}

func inherited() []string {
	var out []string
	for _, kv := range os.Environ() {
		name, _, _ := strings.Cut(kv, "=")
		if slices.Contains(childEnv, name) {
			out = append(out, kv)
		}
	}
	return out
}

// Follow hands every word of the child to hear, in order, until the child
// ends; it ends the child when ctx does, after a grace for an orderly stop that
// depends on why. It returns what the child said of its work, and an error
// unless the process exited with success.
func (c *Child) Follow(ctx context.Context, grace func() time.Duration, hear func(childapi.News)) (Ending, error) {
	ended := make(chan struct{})
	var wg sync.WaitGroup
	wg.Go(func() { c.writeOrders(ended) })
	wg.Go(func() { c.stopWith(ctx, ended, grace) })
	var quiet atomic.Int32
	wg.Go(func() { c.watch(ended, &quiet) })
	var end Ending
	sc := bufio.NewScanner(c.stdout)
	sc.Buffer(make([]byte, 0, 64<<10), maxNewsLine)
	for sc.Scan() {
		var n childapi.News
		if err := json.Unmarshal(sc.Bytes(), &n); err != nil {
			c.Kill(errSpoke)
			break
		}
		quiet.Store(0)
		end.note(n)
		hear(n)
	}
	if sc.Err() != nil {
		c.Kill(errSpoke)
	}
	// A child that closed its output and lives on is ended by the watch.
	_, _ = io.Copy(io.Discard, c.stdout)
	err := c.cmd.Wait()
	close(ended)
	wg.Wait()
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.killed != nil {
		return end, c.killed
	}
	return end, inWords(err)
}

// silentTicks is in how many ticks a child that says nothing is silent for too long.
const silentTicks = 10

// watch ends a child that is silent for too long; quiet counts the ticks since it
// was heard. It does not look at the clock: while the supervisor itself was
// stopped, or its machine slept, the child had no chance to be heard, and such a
// time is one tick, however long.
func (c *Child) watch(ended <-chan struct{}, quiet *atomic.Int32) {
	tick := time.NewTicker(c.silence / silentTicks)
	defer tick.Stop()
	for {
		select {
		case <-ended:
			return
		case <-tick.C:
			if quiet.Add(1) > silentTicks {
				c.Kill(ErrHung)
			}
		}
	}
}

// stopWith ends the child when ctx does.
func (c *Child) stopWith(ctx context.Context, ended <-chan struct{}, grace func() time.Duration) {
	select {
	case <-ended:
		return
	case <-ctx.Done():
	}
	c.Tell(childapi.Order{Do: childapi.OrderStop})
	select {
	case <-ended:
	case <-time.After(grace()):
		c.Kill(ctx.Err())
	}
}

func (e *Ending) note(n childapi.News) {
	switch n.Say {
	case childapi.NewsDone:
		e.Done = true
	case childapi.NewsFlushed:
		e.Flushed = true
	case childapi.NewsManifest:
		e.Manifest = n.Manifest
	case childapi.NewsFault:
		e.Fault = n.Fault
	case childapi.NewsAlive, childapi.NewsReport, childapi.NewsVerified, childapi.NewsSize, childapi.NewsValidator:
	}
}

// inWords describes how the process ended: by a signal or by an exit.
func inWords(err error) error {
	if ee, ok := errors.AsType[*exec.ExitError](err); ok {
		if ws, ok := ee.Sys().(syscall.WaitStatus); ok && ws.Signaled() {
			return fmt.Errorf("killed by signal %d", ws.Signal())
		}
		if ee.ExitCode() == childapi.ExitRenew {
			return ErrRenew
		}
	}
	return err
}

// Tell queues an order. A child that does not read its orders is as good as
// hung.
func (c *Child) Tell(o childapi.Order) {
	select {
	case c.orders <- o:
	default:
		c.Kill(errSlow)
	}
}

func (c *Child) writeOrders(ended <-chan struct{}) {
	defer func() { _ = c.stdin.Close() }()
	enc := json.NewEncoder(c.stdin)
	for {
		select {
		case <-ended:
			return
		case o := <-c.orders:
			if err := enc.Encode(o); err != nil {
				return // it is ending; Follow finds out how
			}
		}
	}
}

// Kill ends the child at once; Follow returns the reason that came first.
func (c *Child) Kill(why error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.killed == nil {
		c.killed = why
	}
	_ = c.cmd.Process.Kill()
}

// logWriter turns what an engine writes on its standard error into log lines.
type logWriter struct {
	log  *slog.Logger
	rest []byte
}

// Write implements io.Writer.
func (w *logWriter) Write(p []byte) (int, error) {
	w.rest = append(w.rest, p...)
	for {
		line, rest, found := bytes.Cut(w.rest, []byte{'\n'})
		if !found {
			if len(w.rest) < maxLogLine {
				return len(p), nil
			}
			line, rest = w.rest, nil
		}
		w.rest = rest
		if line = bytes.TrimSpace(line); len(line) > 0 {
			line = line[:min(len(line), maxLogLine)]
			w.log.Warn("engine", "line", secretish.ReplaceAllString(string(line), "$1…"))
		}
	}
}
