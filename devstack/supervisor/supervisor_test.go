package supervisor

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"
)

// console collects output that several goroutines write.
type console struct {
	mu   sync.Mutex
	text bytes.Buffer
}

func (c *console) Write(data []byte) (int, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.text.Write(data)
}

func (c *console) String() string {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.text.String()
}

// bench is a supervisor under test with what it wrote.
type bench struct {
	sup     *Supervisor
	console *console
	dir     string
	changed chan struct{}
}

func newBench(t *testing.T) *bench {
	t.Helper()
	b := &bench{console: &console{}, dir: t.TempDir(), changed: make(chan struct{}, 1000)}
	logs, err := NewLogs(b.dir, b.console)
	if err != nil {
		t.Fatal(err)
	}
	b.sup = New(logs, func() { b.changed <- struct{}{} })
	t.Cleanup(func() {
		b.sup.Close()
		logs.Close()
	})
	return b
}

func shell(name, script string) Spec {
	return Spec{Name: name, Path: "/bin/sh", Args: []string{"-c", script}, Env: []string{"PATH=/usr/bin:/bin"}}
}

func (b *bench) start(t *testing.T, spec Spec) *Process {
	t.Helper()
	p := b.sup.Start(t.Context(), spec)
	t.Cleanup(p.Stop)
	ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
	defer cancel()
	if err := p.WaitReady(ctx); err != nil {
		t.Fatal(err)
	}
	return p
}

// awaitPID waits until the process runs under another id than the given one.
func (b *bench) awaitPID(t *testing.T, p *Process, not int) int {
	t.Helper()
	limit := time.After(10 * time.Second)
	for {
		if pid := p.PID(); pid != 0 && pid != not {
			return pid
		}
		select {
		case <-b.changed:
		case <-limit:
			t.Fatalf("%s is not started again:\n%s", p.Name(), b.console)
		}
	}
}

func gone(pid int) bool {
	return errors.Is(syscall.Kill(pid, 0), syscall.ESRCH)
}

func TestRestartsAloneWhatDies(t *testing.T) {
	b := newBench(t)
	first, second := b.start(t, shell("first", "exec sleep 100")), b.start(t, shell("second", "exec sleep 100"))
	pid, other := b.awaitPID(t, first, 0), b.awaitPID(t, second, 0)
	if err := syscall.Kill(pid, syscall.SIGKILL); err != nil {
		t.Fatal(err)
	}
	b.awaitPID(t, first, pid)
	if first.Restarts() != 1 || second.Restarts() != 0 || second.PID() != other {
		t.Errorf("restarts are %d and %d", first.Restarts(), second.Restarts())
	}
}

func TestStopEndsTheWholeGroup(t *testing.T) {
	b := newBench(t)
	file := filepath.Join(b.dir, "grandchild")
	spec := shell("parent", fmt.Sprintf("sleep 100 & echo $! > %s.new; mv %s.new %s; wait", file, file, file))
	spec.Ready = func(context.Context) error { _, err := os.Stat(file); return err }
	p := b.start(t, spec)
	content, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	grandchild, err := strconv.Atoi(strings.TrimSpace(string(content)))
	if err != nil {
		t.Fatal(err)
	}
	pid := p.PID()
	p.Stop()
	if !gone(pid) {
		t.Error("the child is left")
	}
	// It is killed, and init may need a moment to bury it.
	within(t, func() bool {
		state, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", grandchild))
		return err != nil || strings.Contains(string(state), ") Z")
	})
}

// within fails the test unless the condition comes true soon.
func within(t *testing.T, condition func() bool) {
	t.Helper()
	ticker := time.NewTicker(10 * time.Millisecond)
	defer ticker.Stop()
	limit := time.After(10 * time.Second)
	for !condition() {
		select {
		case <-ticker.C:
		case <-limit:
			t.Fatal("it does not come true")
		}
	}
}

func TestKillsWhatDoesNotStop(t *testing.T) {
	b := newBench(t)
	file := filepath.Join(b.dir, "ready")
	spec := shell("stubborn", "trap '' TERM; touch "+file+"; while :; do sleep 1; done")
	spec.Grace = 100 * time.Millisecond
	spec.Ready = func(context.Context) error { _, err := os.Stat(file); return err }
	p := b.start(t, spec)
	pid := p.PID()
	p.Stop()
	if !gone(pid) {
		t.Error("the child is left")
	}
	if !strings.Contains(b.console.String(), "killing it") {
		t.Errorf("the console doesn't say so:\n%s", b.console)
	}
}

func TestHurryDoesNotWait(t *testing.T) {
	b := newBench(t)
	file := filepath.Join(b.dir, "ready")
	spec := shell("stubborn", "trap '' TERM; touch "+file+"; while :; do sleep 1; done")
	spec.Grace = time.Hour
	spec.Ready = func(context.Context) error { _, err := os.Stat(file); return err }
	p := b.start(t, spec)
	b.sup.Hurry()
	p.Stop()
}

func TestGivesUpWhatNeverStarts(t *testing.T) {
	b := newBench(t)
	spec := shell("broken", "echo the disk is full >&2; exit 3")
	spec.Ready = func(context.Context) error { return errors.New("not yet") }
	p := b.sup.Start(t.Context(), spec)
	t.Cleanup(p.Stop)
	err := p.WaitReady(t.Context())
	if err == nil || !strings.Contains(err.Error(), "exit status 3: the disk is full") {
		t.Errorf("the error is %v", err)
	}
}

func TestFilterKeepsSecretsOutOfTheFile(t *testing.T) {
	b := newBench(t)
	b.sup.logs.Filter = func(_ string, line []byte) []byte {
		return bytes.ReplaceAll(line, []byte("secret"), []byte("***"))
	}
	p := b.start(t, shell("talker", "printf 'one secret\\r\\ntwo'; exec sleep 100"))
	within(t, func() bool { return strings.Contains(b.console.String(), "one") })
	p.Stop()
	file, err := os.ReadFile(filepath.Join(b.dir, "talker.log"))
	if err != nil {
		t.Fatal(err)
	}
	if string(file) != "one ***\ntwo\n" {
		t.Errorf("the file holds %q", file)
	}
	if shown := b.console.String(); !strings.Contains(shown, "talker   | one secret\n") {
		t.Errorf("the console shows %q", shown)
	}
}

func TestEverydayLinesGoToTheFileAlone(t *testing.T) {
	b := newBench(t)
	b.sup.logs.Everyday = func(_ string, line []byte) bool { return bytes.Contains(line, []byte("request")) }
	p := b.start(t, shell("talker", "printf 'a request\\nan event\\n'; exec sleep 100"))
	within(t, func() bool { return strings.Contains(b.console.String(), "an event") })
	p.Stop()
	file, err := os.ReadFile(filepath.Join(b.dir, "talker.log"))
	if err != nil || string(file) != "a request\nan event\n" {
		t.Errorf("the file holds %q, %v", file, err)
	}
	if shown := b.console.String(); strings.Contains(shown, "a request") {
		t.Errorf("the console shows %q", shown)
	}
}

func TestPutsAsideAFullLog(t *testing.T) {
	b := newBench(t)
	line := bytes.Repeat([]byte("x"), maxLineLen)
	for range maxLogBytes/maxLineLen + 1 {
		b.sup.logs.writeLine("big", true, line)
	}
	info, err := os.Stat(filepath.Join(b.dir, "big.log.1"))
	if err != nil || info.Size() < maxLogBytes {
		t.Errorf("the full log is %v, %v", info, err)
	}
}

func TestSplitsAnEndlessLine(t *testing.T) {
	b := newBench(t)
	out := b.sup.logs.open("endless", false)
	if _, err := out.Write(bytes.Repeat([]byte("x"), 2*maxLineLen+10)); err != nil {
		t.Fatal(err)
	}
	out.flush()
	if lines := strings.Count(b.console.String(), "\n"); lines != 3 {
		t.Errorf("there are %d lines", lines)
	}
}
