package agent

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
	"syscall"
	"time"
)

const (
	maxNewsLine = 96 << 20 // a manifest of 50 000 files with its metainfo
	maxLogLine  = 4 << 10
	orderQueue  = 4096 // orders that a child may be behind
	engineNice  = 5    // niceness of an engine process
)

var (
	errChildHung  = errors.New("the engine process does not answer")
	errChildSlow  = errors.New("the engine process takes no orders")
	errChildSpoke = errors.New("the engine process spoke nonsense")
)

// secretish finds what must not get into a log from an engine's words.
var secretish = regexp.MustCompile(`(?i)(magnet:|https?://|udp://|wss?://)\S+`)

// childEnv names the variables that a child may inherit: where the system's
// certificates are, and what Go's own tools need. Nothing of the agent's
// configuration is among them.
var childEnv = []string{"SSL_CERT_FILE", "SSL_CERT_DIR", "TZ", "GOCOVERDIR", "GODEBUG"} //nolint:gochecknoglobals // a constant list

// childSpec is how to start a child.
type childSpec struct {
	command []string // the program and its arguments
	dir     string   // working directory
	memory  int64    // soft limit of the child's heap, bytes
	run     runOrder
	silence time.Duration // a child that says nothing for so long is killed
	log     *slog.Logger
}

// child is the supervisor's hold on an engine process.
type child struct {
	cmd     *exec.Cmd
	stdin   io.WriteCloser
	orders  chan order
	silence time.Duration
	log     *slog.Logger

	mu     sync.Mutex
	killed error // why the supervisor ended it
}

// startChild starts an engine process. The process gets SIGKILL when the
// supervisor dies, however that happens. (The kernel ties this to the thread
// that forked; Go ends a thread only with a goroutine locked to it, and there
// is none here. Losing its input ends a child as well.)
func startChild(s childSpec) (*child, io.Reader, error) {
	cmd := exec.Command(s.command[0], s.command[1:]...) //nolint:noctx // the process outlives the call; kill ends it
	cmd.Dir = s.dir
	cmd.Env = append(inherited(), fmt.Sprintf("GOMEMLIMIT=%d", s.memory), "GOGC=400", "GOTRACEBACK=single")
	cmd.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL, Setpgid: true}
	stdin, err := cmd.StdinPipe()
	if err != nil {
		return nil, nil, fmt.Errorf("make the engine's input: %w", err)
	}
	stdout, err := cmd.StdoutPipe()
	if err != nil {
		return nil, nil, fmt.Errorf("make the engine's output: %w", err)
	}
	c := &child{cmd: cmd, stdin: stdin, orders: make(chan order, orderQueue), silence: s.silence, log: s.log}
	cmd.Stderr = &logWriter{log: s.log}
	cmd.WaitDelay = time.Second // for a standard error that somebody else holds open
	if err := cmd.Start(); err != nil {
		return nil, nil, fmt.Errorf("start the engine process: %w", err)
	}
	// Storing what is verified goes before fetching more: otherwise a fast source
	// leaves a tail of parts to store after its last byte.
	if err := syscall.Setpriority(syscall.PRIO_PGRP, cmd.Process.Pid, engineNice); err != nil {
		s.log.Warn("engine keeps the priority of the agent", "err", err)
	}
	c.orders <- order{Do: orderRun, Run: &s.run}
	return c, stdout, nil
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

// follow hands every word of the child to hear, in order, until the child
// ends; it ends the child when ctx does, after a grace for an orderly stop that
// depends on why. The error is nil if the process ended by itself with success.
func (c *child) follow(ctx context.Context, out io.Reader, grace func() time.Duration, hear func(news)) error {
	ended := make(chan struct{})
	var wg sync.WaitGroup
	wg.Go(func() { c.writeOrders(ended) })
	wg.Go(func() {
		select {
		case <-ended:
			return
		case <-ctx.Done():
		}
		c.tell(order{Do: orderStop})
		select {
		case <-ended:
		case <-time.After(grace()):
			c.kill(ctx.Err())
		}
	})
	watch := time.AfterFunc(c.silence, func() { c.kill(errChildHung) })
	sc := bufio.NewScanner(out)
	sc.Buffer(make([]byte, 0, 64<<10), maxNewsLine)
	for sc.Scan() {
		var n news
		if err := json.Unmarshal(sc.Bytes(), &n); err != nil {
			c.kill(errChildSpoke)
			break
		}
		watch.Reset(c.silence)
		hear(n)
	}
	if sc.Err() != nil {
		c.kill(errChildSpoke)
	}
	// A child that closed its output and lives on is ended by the watch.
	_, _ = io.Copy(io.Discard, out)
	err := c.cmd.Wait()
	watch.Stop()
	close(ended)
	wg.Wait()
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.killed != nil {
		return c.killed
	}
	return err
}

// tell queues an order. A child that does not read its orders is as good as
// hung.
func (c *child) tell(o order) {
	select {
	case c.orders <- o:
	default:
		c.kill(errChildSlow)
	}
}

func (c *child) writeOrders(ended <-chan struct{}) {
	defer func() { _ = c.stdin.Close() }()
	enc := json.NewEncoder(c.stdin)
	for {
		select {
		case <-ended:
			return
		case o := <-c.orders:
			if err := enc.Encode(o); err != nil {
				return // it is ending; follow finds out how
			}
		}
	}
}

func (c *child) kill(why error) {
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
