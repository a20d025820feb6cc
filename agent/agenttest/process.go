package agenttest

import (
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"

	"longhaul/agent/childapi"
)

// StartProcess runs the agent in a process of its own until the test ends. It
// inherits the open files.
func (a *Agent) StartProcess(open ...*os.File) *os.Process {
	a.t.Helper()
	c := a.Config
	cmd := exec.Command(os.Args[0], agentCommand)
	cmd.Env = append(os.Environ(),
		"AGENT_LISTEN="+c.Listen, "AGENT_URL="+c.URL, "AGENT_DATA_DIR="+c.DataDir, "AGENT_CONTROL_URL="+c.ControlURL,
		"AGENT_ENROLMENT_TOKEN="+enrolmentToken, "AGENT_ALLOW_CIDRS=127.0.0.0/8", "LOG_FORMAT=text")
	cmd.Stdout, cmd.Stderr, cmd.ExtraFiles = a.Log, a.Log, open
	cmd.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL}
	if err := cmd.Start(); err != nil {
		a.t.Fatal(err)
	}
	a.t.Cleanup(func() {
		_ = cmd.Process.Kill()
		_ = cmd.Wait()
		if a.t.Failed() {
			a.t.Log(a.Log.String())
		}
	})
	a.UntilReady()
	return cmd.Process
}

// Children returns the engine processes of a process.
func Children(t *testing.T, pid int) []int {
	t.Helper()
	tasks, err := filepath.Glob(fmt.Sprintf("/proc/%d/task/*/children", pid))
	if err != nil {
		t.Fatal(err)
	}
	var out []int
	for _, f := range tasks {
		b, _ := os.ReadFile(f)
		for _, s := range strings.Fields(string(b)) {
			pid, _ := strconv.Atoi(s)
			line, _ := os.ReadFile(fmt.Sprintf("/proc/%d/cmdline", pid))
			if bytes.Contains(line, []byte("\x00"+childapi.Command+"\x00")) {
				out = append(out, pid)
			}
		}
	}
	return out
}

// AwaitGone waits until the process does not run any more.
func AwaitGone(t *testing.T, pid int) {
	t.Helper()
	Poll(t, "the engine process outlived its agent", func() bool {
		b, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
		return err != nil || strings.Contains(string(b), ") Z ")
	})
}
