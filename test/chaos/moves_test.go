//go:build e2e

package chaos

import (
	"fmt"
	"testing"
	"time"

	"longhaul/test/harness"
)

// TestAgentAway has the only agent sleep until it counts as lost, and longer.
func TestAgentAway(t *testing.T) {
	l := startLoad(t, 3000)
	l.waitMiddle(t)
	wake := stack.Freeze(t, l.torrent.ID, l.direct.ID)
	harness.Eventually(t, 2*time.Minute, "the agent counts as lost", func() error {
		return agentLost(t)
	})
	harness.Eventually(t, time.Minute, "both jobs say what they wait for", func() error {
		var n int
		err := stack.DB.QueryRow(t.Context(), `
			select count(*) from job_progress where job_id = any($1::uuid[]) and waiting_code = 'waits_for_agent'`,
			[]string{l.torrent.ID, l.direct.ID}).Scan(&n)
		if err == nil && n != 2 {
			err = fmt.Errorf("%d of 2", n)
		}
		return err
	})
	wake()
	l.check(t)
	stack.CheckStorage(t)
}

func agentLost(t *testing.T) error {
	var lost int
	err := stack.DB.QueryRow(t.Context(), `select count(*) from agents where lost_at is not null`).Scan(&lost)
	if err == nil && lost == 0 {
		err = fmt.Errorf("no agent is lost")
	}
	return err
}
