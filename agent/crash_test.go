package agent

import (
	"bytes"
	"fmt"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"longhaul/agent/agentapi"
)

const mib = 1 << 20

// children returns the engine processes of a process.
func children(t *testing.T, pid int) []int {
	t.Helper()
	tasks, err := filepath.Glob(fmt.Sprintf("/proc/%d/task/*/children", pid))
	if err != nil {
		t.Fatal(err)
	}
	var out []int
	for _, f := range tasks {
		b, _ := os.ReadFile(f)
		for _, s := range strings.Fields(string(b)) {
			child, _ := strconv.Atoi(s)
			line, _ := os.ReadFile(fmt.Sprintf("/proc/%d/cmdline", child))
			if bytes.Contains(line, []byte("\x00"+EngineCommand+"\x00")) {
				out = append(out, child)
			}
		}
	}
	return out
}

func oneFile(size int64) agentapi.FileJob {
	return agentapi.FileJob{Index: 0, Size: size, PartSize: 16 * mib}
}

func TestEngineFaultsFailTheirOwnTransferAlone(t *testing.T) {
	for how, want := range map[string]string{
		"crash": "engine_crashed", "hang": "engine_hung", "oom": "engine_crashed",
	} {
		t.Run(how, func(t *testing.T) {
			t.Parallel()
			c := newControlPlane(t)
			a := startAgent(t, testConfig(t, c))
			content := noise(2, 20*mib)
			src := newFileServer(t, content)
			release := src.hold(mib)
			defer release()
			bad, good := newID(), newID()
			c.addJob(bad, 1, oneFile(2*mib))
			c.addJob(good, 1, oneFile(20*mib))
			a.start(bad, download(1, "test:"+how, oneFile(2*mib)))
			a.start(good, download(1, src.URL+"/file.bin", oneFile(20*mib)))
			s := a.until(bad, "the bad one's end", ended)
			if s.Phase != agentapi.PhaseFailed || s.Fault == nil || s.Fault.Problem != want {
				t.Fatalf("status %+v, fault %+v", s, s.Fault)
			}
			if s.BytesDone != mib {
				t.Errorf("%d bytes verified", s.BytesDone)
			}
			if strings.Contains(a.log.String(), "passkey") {
				t.Error("a source got into the log")
			}
			release()
			if s := a.until(good, "the good one's end", ended); s.Phase != agentapi.PhaseDone {
				t.Fatalf("status %+v, fault %+v", s, s.Fault)
			}
			if !bytes.Equal(c.content(t, good, 0), content) {
				t.Error("storage has other bytes than the source")
			}
		})
	}
}

func TestEngineThatFailsOnceGoesOn(t *testing.T) {
	for _, how := range []string{"crash-once", "hang-once"} {
		t.Run(how, func(t *testing.T) {
			t.Parallel()
			c := newControlPlane(t)
			a := startAgent(t, testConfig(t, c))
			id := newID()
			c.addJob(id, 1, oneFile(mib))
			a.start(id, download(1, "test:"+how, oneFile(mib)))
			if s := a.until(id, "the end", ended); s.Phase != agentapi.PhaseDone {
				t.Fatalf("status %+v, fault %+v", s, s.Fault)
			}
			if !bytes.Equal(c.content(t, id, 0), make([]byte, mib)) {
				t.Error("storage has other bytes than the source")
			}
		})
	}
}

func TestKilledEngineResumes(t *testing.T) {
	c := newControlPlane(t)
	a := startAgent(t, testConfig(t, c))
	content := noise(3, 200*mib)
	src := newFileServer(t, content)
	release := src.hold(100 * mib)
	defer release()
	id := newID()
	c.addJob(id, 1, oneFile(200*mib))
	a.start(id, download(1, src.URL+"/file.bin", oneFile(200*mib)))
	a.until(id, "half of it", func(s agentapi.Status) bool { return s.BytesDone > 80*mib })
	kids := children(t, os.Getpid())
	if len(kids) != 1 {
		t.Fatalf("children %v", kids)
	}
	if err := syscall.Kill(kids[0], syscall.SIGKILL); err != nil {
		t.Fatal(err)
	}
	release()
	if s := a.until(id, "the end", ended); s.Phase != agentapi.PhaseDone {
		t.Fatalf("status %+v, fault %+v", s, s.Fault)
	}
	if !bytes.Equal(c.content(t, id, 0), content) {
		t.Error("storage has other bytes than the source")
	}
	// What was under way is lost: a block and the socket's buffers per
	// connection.
	if got := src.sent.Load(); got > 235*mib {
		t.Errorf("the source sent %d MiB for 200", got/mib)
	}
}

// agentProcess is an agent in a process of its own.
type agentProcess struct {
	*testAgent
	cmd *exec.Cmd
}

func startProcess(t *testing.T, a *testAgent) *agentProcess {
	t.Helper()
	c := a.cfg
	cmd := exec.Command(os.Args[0], agentCommand)
	cmd.Env = append(os.Environ(),
		"AGENT_LISTEN="+c.Listen, "AGENT_URL="+c.URL, "AGENT_DATA_DIR="+c.DataDir, "AGENT_CONTROL_URL="+c.ControlURL,
		"AGENT_ENROLMENT_TOKEN=enrol-me", "AGENT_ALLOW_CIDRS=127.0.0.0/8", "LOG_FORMAT=text")
	out := &lockedBuffer{}
	cmd.Stdout, cmd.Stderr = out, out
	cmd.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = cmd.Process.Kill()
		_ = cmd.Wait()
		if t.Failed() {
			t.Log(out.String())
		}
	})
	a.untilReady()
	return &agentProcess{a, cmd}
}

func TestKilledAgentResumesByItself(t *testing.T) {
	c := newControlPlane(t)
	a := &testAgent{t: t, cfg: testConfig(t, c)}
	a.client = agentapi.NewClient(a.cfg.URL, "secret", &http.Client{})
	p := startProcess(t, a)
	content := noise(4, 200*mib)
	src := newFileServer(t, content)
	release := src.hold(120 * mib)
	defer release()
	id := newID()
	c.addJob(id, 1, oneFile(200*mib))
	a.start(id, download(1, src.URL+"/file.bin", oneFile(200*mib)))
	a.until(id, "half of it", func(s agentapi.Status) bool { return s.BytesDone > 90*mib && s.BytesStored > 32*mib })
	kids := children(t, p.cmd.Process.Pid)
	if len(kids) != 1 {
		t.Fatalf("children %v", kids)
	}
	_ = p.cmd.Process.Kill()
	_ = p.cmd.Wait()
	awaitGone(t, kids[0])
	c.mu.Lock()
	before := c.puts
	// The control plane does not know the agent for a while; the transfer is
	// to go on without it.
	c.faultCall = func(path string, w http.ResponseWriter) bool {
		if strings.HasSuffix(path, "/boot") && src.sent.Load() < 150*mib {
			refuse(w, http.StatusServiceUnavailable, "unavailable")
			return true
		}
		return false
	}
	c.mu.Unlock()
	release()
	startProcess(t, a)
	s := a.until(id, "the end", ended)
	if s.Phase != agentapi.PhaseDone || s.Epoch != 1 {
		t.Fatalf("status %+v, fault %+v", s, s.Fault)
	}
	if !bytes.Equal(c.content(t, id, 0), content) {
		t.Error("storage has other bytes than the source")
	}
	if got := src.sent.Load(); got > 235*mib {
		t.Errorf("the source sent %d MiB for 200", got/mib)
	}
	// Twelve and a half parts; some were on their way when it was killed.
	if n := c.puts - before; n > 13 {
		t.Errorf("%d puts after the kill, %d before", n, before)
	}
}

func awaitGone(t *testing.T, pid int) {
	t.Helper()
	tick := time.NewTicker(5 * time.Millisecond)
	defer tick.Stop()
	late := timeout(t)
	for {
		b, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
		if err != nil || strings.Contains(string(b), ") Z ") {
			return
		}
		select {
		case <-tick.C:
		case <-late:
			t.Fatal("the engine process outlives its agent")
		}
	}
}
