package harness

import (
	"context"
	"encoding/json"
	"net/http"
	"os"
	"path/filepath"
	"syscall"
	"testing"

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
	changes, err := agentapi.NewClient(r.Agent, identity.Secret, &http.Client{}).Changes(ctx, 0, 0)
	return changes.Transfers, err
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
