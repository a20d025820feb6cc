package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"longhaul/devstack/stack"
)

const (
	startLimit = 90 * time.Second
	pollEvery  = 50 * time.Millisecond
)

// TestMain lets the test program stand for devstack and, under the names of the
// application's programs, for those.
func TestMain(m *testing.M) {
	if name := filepath.Base(os.Args[0]); standIn(name) {
		return
	}
	if len(os.Args) > 1 && !strings.HasPrefix(os.Args[1], "-") {
		main()
		return
	}
	os.Exit(m.Run())
}

// running is a devstack under test.
type running struct {
	cmd    *exec.Cmd
	ready  string
	ended  chan error
	output *os.File
}

// launch starts devstack on free ports and waits until it is ready.
func launch(t *testing.T, data string, args ...string) *running {
	t.Helper()
	r := begin(t, data, append([]string{"--random-ports"}, args...)...)
	eventually(t, startLimit, "the devstack is ready", func() error {
		select {
		case err := <-r.ended:
			t.Fatalf("devstack ended: %v\n%s", err, r.console())
		default:
		}
		_, err := os.Stat(r.ready)
		return err
	})
	return r
}

func begin(t *testing.T, data string, args ...string) *running {
	t.Helper()
	dir := t.TempDir()
	output, err := os.Create(filepath.Join(dir, "console"))
	if err != nil {
		t.Fatal(err)
	}
	r := &running{ready: filepath.Join(dir, "ready.json"), ended: make(chan error, 1), output: output}
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	r.cmd = exec.Command(self, append([]string{"run", "--data", data, "--ready-file", r.ready}, args...)...)
	r.cmd.Stdout, r.cmd.Stderr = output, output
	r.cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	if err := r.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	go func() { r.ended <- r.cmd.Wait() }()
	t.Cleanup(func() {
		_ = r.cmd.Process.Kill()
		_ = output.Close()
	})
	return r
}

func (r *running) console() string {
	content, _ := os.ReadFile(r.output.Name())
	return string(content)
}

// state returns the ready file's present content.
func (r *running) state(t *testing.T) stack.Ready {
	t.Helper()
	content, err := os.ReadFile(r.ready)
	if err != nil {
		t.Fatalf("read the ready file: %v\n%s", err, r.console())
	}
	var state stack.Ready
	if err := json.Unmarshal(content, &state); err != nil {
		t.Fatal(err)
	}
	return state
}

// interrupt stops devstack as Ctrl-C does and checks that nothing is left.
func (r *running) interrupt(t *testing.T) {
	t.Helper()
	pids := r.state(t).PIDs
	if err := r.cmd.Process.Signal(os.Interrupt); err != nil {
		t.Fatal(err)
	}
	select {
	case err := <-r.ended:
		if err != nil {
			t.Fatalf("devstack ended badly: %v\n%s", err, r.console())
		}
	case <-time.After(30 * time.Second):
		t.Fatalf("devstack does not stop\n%s", r.console())
	}
	for name, pid := range pids {
		if alive(pid) {
			t.Errorf("%s (process %d) is left", name, pid)
		}
	}
	if _, err := os.Stat(r.ready); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("the ready file is left: %v", err)
	}
}

// murder kills devstack itself and waits until the kernel has ended its children.
func (r *running) murder(t *testing.T) {
	t.Helper()
	pids := r.state(t).PIDs
	if err := r.cmd.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	<-r.ended
	eventually(t, 20*time.Second, "the children are gone", func() error {
		for name, pid := range pids {
			if alive(pid) {
				return fmt.Errorf("%s (process %d) lives", name, pid)
			}
		}
		return nil
	})
}

func alive(pid int) bool {
	status, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
	if err != nil {
		return false
	}
	_, rest, _ := strings.Cut(string(status), ") ")
	return !strings.HasPrefix(rest, "Z") // a zombie has ended
}

func eventually(t *testing.T, limit time.Duration, what string, try func() error) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), limit)
	defer cancel()
	ticker := time.NewTicker(pollEvery)
	defer ticker.Stop()
	for {
		err := try()
		if err == nil {
			return
		}
		select {
		case <-ctx.Done():
			t.Fatalf("not within %s: %s: %v", limit, what, err)
		case <-ticker.C:
		}
	}
}
