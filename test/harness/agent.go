package harness

import (
	"context"
	"encoding/json"
	"net/http"
	"os"
	"path/filepath"

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
