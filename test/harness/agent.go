package harness

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"syscall"
	"testing"
	"time"

	"longhaul/agent/agentapi"
)

// agentTransfers asks the agent what it runs, with the secret that its control
// plane has.
func (s *Stack) agentTransfers(ctx context.Context) ([]agentapi.Status, error) {
	b, err := os.ReadFile(filepath.Join(s.Dir, "data", "agent", "identity.json"))
	if err != nil {
		return nil, err
	}
	var identity struct {
		Secret string `json:"secret"`
	}
	if err := json.Unmarshal(b, &identity); err != nil {
		return nil, err
	}
	r, err := s.Ready()
	if err != nil {
		return nil, err
	}
	changes, err := agentapi.NewClient(r.Agent, &http.Client{}, identity.Secret).Changes(ctx, 0, 0)
	return changes.Transfers, err
}

// StartAgent runs another agent with the name until the test ends, and returns its id.
func (s *Stack) StartAgent(tb testing.TB, name string) (id string) {
	tb.Helper()
	r, err := s.Ready()
	if err != nil {
		tb.Fatal(err)
	}
	var enrolled struct {
		Token string `json:"token"`
	}
	if err := s.Administer(tb.Context(), http.MethodPost, "/api/v1/admin/agents/enrol", map[string]string{"name": name}, &enrolled); err != nil {
		tb.Fatal(err)
	}
	listen := fmt.Sprintf("127.0.0.1:%d", FreePorts(tb, 1)[0])
	log, err := os.Create(filepath.Join(s.Dir, name+".log"))
	if err != nil {
		tb.Fatal(err)
	}
	cmd := exec.Command(filepath.Join(os.Getenv("LONGHAUL_BIN"), "agent"))
	cmd.Env = append(os.Environ(),
		"AGENT_LISTEN="+listen, "AGENT_URL=http://"+listen, "AGENT_DATA_DIR="+filepath.Join(s.Dir, name), "AGENT_CONTROL_URL="+r.App,
		"AGENT_ENROLMENT_TOKEN="+enrolled.Token, "AGENT_ALLOW_CIDRS=127.0.0.0/8", "AGENT_DHT=false", "LOG_FORMAT=text")
	cmd.Stdout, cmd.Stderr = log, log
	cmd.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL}
	if err := cmd.Start(); err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(func() {
		_ = cmd.Process.Kill()
		_ = cmd.Wait()
		_ = log.Close()
	})
	Eventually(tb, time.Minute, "agent "+name+" is alive", func() error {
		return s.DB.QueryRow(tb.Context(), `select id from agents where name = $1 and last_seen_at is not null`, name).Scan(&id)
	})
	return id
}

// MountDisk makes the folder a file system of so many bytes until the test ends.
func MountDisk(tb testing.TB, dir string, size int64) {
	tb.Helper()
	if err := os.MkdirAll(dir, 0o700); err != nil {
		tb.Fatal(err)
	}
	if err := syscall.Mount("tmpfs", dir, "tmpfs", 0, fmt.Sprintf("size=%d,mode=700", size)); err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(func() { _ = syscall.Unmount(dir, syscall.MNT_DETACH) })
}

// ActOnAgent has the administrator drain, cordon or uncordon the stack's own agent,
// as soon as the API is back from what it has just suffered.
func (s *Stack) ActOnAgent(tb testing.TB, act string) {
	tb.Helper()
	ctx := context.WithoutCancel(tb.Context()) // tests clean up with it
	Eventually(tb, time.Minute, act+" the agent", func() error {
		var id string
		if err := s.DB.QueryRow(ctx, `select id from agents order by created_at limit 1`).Scan(&id); err != nil {
			return err
		}
		return s.Administer(ctx, http.MethodPost, "/api/v1/admin/agents/"+id+"/"+act, nil, nil)
	})
}

// Freeze stops the agent and its engines with SIGSTOP, as a machine that sleeps,
// and returns what wakes them.
func (s *Stack) Freeze(tb testing.TB, jobs ...string) (wake func()) {
	tb.Helper()
	resume := s.Suspend(tb, "agent")
	var engines []int
	for _, id := range jobs {
		if pid := s.EngineProcess(tb, id); pid != 0 && syscall.Kill(pid, syscall.SIGSTOP) == nil {
			engines = append(engines, pid)
		}
	}
	return func() {
		for _, pid := range engines {
			_ = syscall.Kill(pid, syscall.SIGCONT)
		}
		resume()
	}
}
