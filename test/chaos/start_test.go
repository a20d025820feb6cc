//go:build e2e

package chaos

import (
	"fmt"
	"math/rand/v2"
	"os"
	"strconv"
	"testing"
	"time"

	"longhaul/test/harness"
)

const (
	starting  = 20               // jobs that start together
	runsAfter = 90 * time.Second // after the kill each of them runs
)

// TestKillWhileJobsStart kills the worker at a moment of chance while jobs start.
func TestKillWhileJobsStart(t *testing.T) { killWhileJobsStart(t, 1) }

// TestEachMomentOfAStart does it ten times.
func TestEachMomentOfAStart(t *testing.T) { killWhileJobsStart(t, 10) }

// killWhileJobsStart repeats a run of chance with LONGHAUL_SEED.
func killWhileJobsStart(t *testing.T, rounds int) {
	seed := seedOf(t)
	chance := rand.New(rand.NewPCG(seed, 1))
	source := harness.NewSource(t)
	for round := range rounds {
		t.Run(fmt.Sprintf("round %d", round+1), func(t *testing.T) {
			var jobs []string
			for n := range starting {
				name := fmt.Sprintf("start-%d-%d-%d.bin", seed, round, n)
				c := harness.Content{Seed: seed + uint64(100*round+n), Size: 1 << 20}
				job, err := stack.Client.SubmitURI(t.Context(), source.Add(name, c, true), nil)
				if err != nil {
					t.Fatal(err)
				}
				jobs = append(jobs, job.ID)
			}
			// A URL makes two requests, each with its attempt and its changes of state.
			moment := starting + chance.IntN(5*starting)
			harness.Eventually(t, time.Minute, "the jobs start", func() error {
				if n := steps(t, jobs); n < moment {
					return fmt.Errorf("%d of %d steps", n, moment)
				}
				return nil
			})
			stack.Kill(t, "worker")
			killed := time.Now()
			harness.Eventually(t, runsAfter, "every job runs", func() error {
				if n := running(t, jobs); n < starting {
					return fmt.Errorf("%d of %d jobs run", n, starting)
				}
				return nil
			})
			t.Logf("killed after %d steps; all jobs run %s later", moment, time.Since(killed).Round(100*time.Millisecond))
			for _, id := range jobs {
				stack.Client.WaitState(t, id, "ready", 4*time.Minute)
			}
		})
	}
	stack.CheckStorage(t)
}

// seedOf returns the seed that repeats what chance decides.
func seedOf(t *testing.T) uint64 {
	t.Helper()
	seed, err := strconv.ParseUint(os.Getenv("LONGHAUL_SEED"), 10, 64)
	if err != nil {
		seed = uint64(time.Now().UnixNano())
	}
	t.Logf("LONGHAUL_SEED=%d", seed)
	return seed
}

// steps counts what has happened to the jobs so far.
func steps(t *testing.T, jobs []string) (n int) {
	t.Helper()
	err := stack.DB.QueryRow(t.Context(), `
		select (select count(*) from job_events where job_id = any($1::uuid[]))
			+ (select count(*) from job_attempts where job_id = any($1::uuid[]))`, jobs).Scan(&n)
	if err != nil {
		t.Fatal(err)
	}
	return n
}

// running counts the jobs that a provider fetches, or fetched.
func running(t *testing.T, jobs []string) (n int) {
	t.Helper()
	err := stack.DB.QueryRow(t.Context(), `
		select count(*) from jobs where id = any($1::uuid[]) and state in ('downloading', 'storing', 'ready')`, jobs).Scan(&n)
	if err != nil {
		t.Fatal(err)
	}
	return n
}
