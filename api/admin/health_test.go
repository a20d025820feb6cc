package admin_test

import (
	"testing"
	"time"

	"longhaul/api/apitest"
	"longhaul/models"
)

// An agent that gets no transfers because its disk is full is on the health page,
// and leaves it when it has room, is told to rest, or is away.
func TestHealthTellsOfFullAgents(t *testing.T) {
	t.Parallel()
	h := apitest.New(t, apitest.Generous)
	admin, agent := h.Account(models.RoleAdmin), h.EnrolledAgent().Agent
	report := func(free int64, state models.AgentState, seen time.Duration) {
		h.Exec("update agents set disk_free = $1, disk_total = $2, state = $3, last_seen_at = $4 where id = $5",
			free, int64(100<<30), state, h.Store.DB.Now().Add(-seen), agent.ID)
	}
	const path, fine = "/api/v1/admin/health", `{"name":"agent-disks","status":"ok","missing":""}`
	well := apitest.Scenario{As: admin, Path: path, Status: 200, Want: []string{`"status":"ready"`, fine}}
	h.Run(t, well)
	report(models.LeastDisk-(64<<20), models.AgentActive, 0)
	h.Run(t, apitest.Scenario{
		As: admin, Path: path, Status: 200,
		Want: []string{
			`"status":"degraded"`, `{"name":"agent-disks","status":"away"`,
			"Agent " + agent.Name + " has 192.0 MiB free; it gets no transfers until 256.0 MiB are free. Free space on the disk",
		},
	})
	for _, ok := range []struct {
		free  int64
		state models.AgentState
		seen  time.Duration
	}{
		{models.LeastDisk, models.AgentActive, 0},
		{0, models.AgentCordoned, 0},
		{0, models.AgentActive, models.AgentLostAfter},
	} {
		report(ok.free, ok.state, ok.seen)
		h.Run(t, well)
	}
	h.Run(t, apitest.Scenario{Path: "/readyz", Status: 200, Unwant: []string{"agent-disks", agent.Name}})
}
