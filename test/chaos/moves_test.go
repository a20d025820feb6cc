//go:build e2e

package chaos

import (
	"fmt"
	"syscall"
	"testing"
	"time"

	"longhaul/test/harness"
)

// TestAgentAway has the only agent sleep until it counts as lost, and longer.
func TestAgentAway(t *testing.T) {
	l := startLoad(t, 3000)
	l.waitMiddle(t)
	wake := stack.Freeze(t, l.torrent.ID, l.direct.ID)
	overslept := time.After(70 * time.Second) // an engine that is silent for a minute is ended
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
	<-overslept
	wake()
	l.checkWithin(t, 1.08) // a server's connections are over by then, with what waited in them
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

// TestDrain moves running jobs to another agent.
func TestDrain(t *testing.T) {
	l := startLoad(t, 3100)
	// What ends within two minutes would be left to end where it is. What is started
	// has two minutes, too, and the faster a source the more of it is started: so
	// sources are slow for a while before.
	const slow = 400 << 10
	l.waitFetched(t, 25)
	l.limit(t, slow)
	l.waitMiddle(t)
	other := stack.StartAgent(t, "second")
	stack.ActOnAgent(t, "drain")
	t.Cleanup(func() { stack.ActOnAgent(t, "uncordon") })
	harness.Eventually(t, 4*time.Minute, "both jobs run on the other agent", func() error {
		var n int
		err := stack.DB.QueryRow(t.Context(), `
			select count(distinct job_id) from job_attempts where agent_id = $1 and job_id = any($2::uuid[])`,
			other, []string{l.torrent.ID, l.direct.ID}).Scan(&n)
		if err == nil && n != 2 {
			err = fmt.Errorf("%d of 2", n)
		}
		return err
	})
	l.limit(t, rate)
	l.check(t)
	stack.CheckStorage(t)
}

// TestEngineCrashesAgainAndAgain kills each engine eight times, whenever it has
// fetched a tenth of its content more.
func TestEngineCrashesAgainAndAgain(t *testing.T) {
	const kills = 8
	l := startLoad(t, 3200)
	l.limit(t, rate/4) // the seeder counts what it sent a second late
	victims := []*victim{
		{job: l.torrent.ID, step: l.swarm.Size / (kills + 2), fetched: func() int64 { return l.swarm.Seeder.Uploaded(t) }},
		{job: l.direct.ID, step: l.url.Size / (kills + 2), fetched: l.source.Served.Load},
	}
	harness.Eventually(t, 3*time.Minute, fmt.Sprintf("each engine has crashed %d times", kills), func() error {
		var err error
		for _, v := range victims {
			if v.kills < kills {
				v.kill(t)
				err = fmt.Errorf("%d and %d crashes", victims[0].kills, victims[1].kills)
			}
		}
		return err
	})
	l.checkWithin(t, 1.3)
	stack.CheckStorage(t)
}

// victim is a job whose engine crashes after each step of fetched bytes.
type victim struct {
	job           string
	step, reached int64
	fetched       func() int64
	kills         int
}

func (v *victim) kill(t *testing.T) {
	t.Helper()
	now := v.fetched()
	if now < v.reached+v.step {
		return
	}
	if pid := stack.EngineProcess(t, v.job); pid != 0 && syscall.Kill(pid, syscall.SIGKILL) == nil {
		v.kills++
		v.reached = now
	}
}
