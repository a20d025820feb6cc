//go:build e2e

package chaos

import (
	"context"
	"fmt"
	"net/http"
	"testing"
	"time"

	"longhaul/test/harness"
)

// TestEachOfTenJobsLeavesADrainedAgent drains an agent that runs ten jobs, in
// mid-download and from slow sources, while two others are there. What is left is
// shown until nothing is, every job becomes ready, and together they fetch a
// twentieth more than their size at most.
func TestEachOfTenJobsLeavesADrainedAgent(t *testing.T) {
	const (
		pairs = 5
		slow  = 256 << 10 // what ends within two minutes would be left to end where it is
	)
	loads := make([]*load, pairs)
	ids := make([]string, 0, 2*pairs)
	for i := range loads {
		loads[i] = startPart(t, 3300+10*uint64(i), 2)
		loads[i].limit(t, rate/2)
		ids = append(ids, loads[i].torrent.ID, loads[i].direct.ID)
	}
	for _, l := range loads {
		harness.Eventually(t, 3*time.Minute, "the jobs are in mid-download", func() error {
			up, direct := l.swarm.Seeder.Uploaded(t), l.source.Served.Load()
			if up < l.swarm.Size/10 || direct < l.url.Size/10 {
				return fmt.Errorf("torrent %d of %d, url %d of %d", up, l.swarm.Size, direct, l.url.Size)
			}
			return nil
		})
		l.limit(t, slow)
	}
	var others []string
	t.Cleanup(func() { // after they were stopped, so that no test after this one counts on them
		if _, err := stack.DB.Exec(context.WithoutCancel(t.Context()), `delete from agents where id = any($1::uuid[])`, others); err != nil {
			t.Error(err)
		}
	})
	others = append(others, stack.StartAgent(t, "third"), stack.StartAgent(t, "fourth"))
	var drained string
	if err := stack.DB.QueryRow(t.Context(), `select id from agents order by created_at limit 1`).Scan(&drained); err != nil {
		t.Fatal(err)
	}
	if n := shownLeft(t, drained); n != 2*pairs {
		t.Errorf("%d jobs are left on the agent, want %d", n, 2*pairs)
	}
	stack.ActOnAgent(t, "drain")
	t.Cleanup(func() { stack.ActOnAgent(t, "uncordon") })
	harness.Eventually(t, 6*time.Minute, "no job is left on the drained agent", func() error {
		var n int
		err := stack.DB.QueryRow(t.Context(), `select count(*) from job_attempts where agent_id = $1 and state = 'open'`, drained).Scan(&n)
		if err == nil && n > 0 {
			err = fmt.Errorf("%d jobs are left", n)
		}
		return err
	})
	if n := shownLeft(t, drained); n != 0 {
		t.Errorf("%d jobs are shown as left on the drained agent", n)
	}
	moved := 0
	err := stack.DB.QueryRow(t.Context(), `
		select count(distinct job_id) from job_attempts where agent_id = any($1::uuid[]) and job_id = any($2::uuid[])`, others, ids).Scan(&moved)
	if err != nil {
		t.Fatal(err)
	}
	t.Logf("%d of %d jobs moved", moved, 2*pairs)
	if moved < pairs {
		t.Errorf("%d jobs moved, want most of %d", moved, 2*pairs)
	}
	var fetched, size int64
	for _, l := range loads {
		l.limit(t, rate)
	}
	for _, l := range loads {
		l.wait(t)
		fetched += l.swarm.Seeder.UploadedInAll(t, l.swarm.Size) + l.source.Served.Load()
		size += l.swarm.Size + l.url.Size
	}
	t.Logf("fetched %.3f of the size in all", ratio(fetched, size))
	if ratio(fetched, size) > 1.05 {
		t.Errorf("fetched %.3f of the size in all, want 1.05 at most", ratio(fetched, size))
	}
	stack.CheckStorage(t)
}

// shownLeft returns how many jobs the agent's page shows as left on it.
func shownLeft(t *testing.T, agentID string) int {
	t.Helper()
	var shown struct{ Left struct{ Jobs int } }
	if err := stack.Administer(t.Context(), http.MethodGet, "/api/v1/admin/agents/"+agentID, nil, &shown); err != nil {
		t.Fatal(err)
	}
	return shown.Left.Jobs
}
