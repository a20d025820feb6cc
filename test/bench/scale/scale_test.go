//go:build e2e

// Package scale measures the system with as many open jobs as a service of a
// thousand users has. Most run on an agent that only speaks the protocol, some on
// the real one. The figures of docs/performance.md come from it: `make
// bench-scale`.
package scale

import (
	"flag"
	"fmt"
	"net/http"
	"os"
	"slices"
	"sync"
	"testing"
	"time"

	"golang.org/x/sync/errgroup"

	"longhaul/test/harness"
)

// How many jobs are open, of whom the simulated agent has all but the real ones.
var (
	openJobs = flag.Int("open", 10_000, "how many jobs are open")
	realJobs = flag.Int("real", 100, "how many of them the real agent runs")
)

const (
	members = 10 // an address may register so many accounts at once
	atOnce  = 20 // submits
	window  = time.Minute
)

var stack *harness.Stack

func TestMain(m *testing.M) {
	flag.Parse()
	os.Exit(harness.Package{Env: []string{
		"AGENT_ALLOW_CIDRS=127.0.0.0/8", "AGENT_DHT=false", "REGISTRATION=open",
		fmt.Sprintf("MAX_RUNNING_JOBS=%d", 2**openJobs), fmt.Sprintf("AGENT_CAPACITY=%d", *realJobs),
	}}.Run(m, func(s *harness.Stack) { stack = s }))
}

// BenchmarkOpenJobs opens the jobs, and measures for a minute what they cost, how
// fresh the progress is that their owners see, and how long a submit takes.
func BenchmarkOpenJobs(b *testing.B) {
	owners := make([]*harness.Client, members)
	for i := range owners {
		owners[i] = stack.Member(b, fmt.Sprintf("owner-%d@longhaul.test", i))
		unlimited(b, owners[i])
	}
	stack.ActOnAgent(b, "cordon")
	sim := startSimulation(b, *openJobs)
	for b.Loop() {
		ids := openAll(b, owners, sim)
		settle(b)
		fresh := watch(b, owners)
		before := stack.Usage(b)
		took := submitMeanwhile(b, owners, sim)
		after := stack.Usage(b)
		delays := fresh()
		report(b, before, after)
		b.ReportMetric(ms(percentile(took, 50)), "ms-submit-p50")
		b.ReportMetric(ms(percentile(took, 99)), "ms-submit-p99")
		b.ReportMetric(ms(percentile(delays, 50)), "ms-progress-p50")
		b.ReportMetric(ms(percentile(delays, 99)), "ms-progress-p99")
		b.ReportMetric(float64(mostEvents(b, ids)), "events/job-max")
	}
}

func unlimited(b *testing.B, owner *harness.Client) {
	var me struct {
		ID string `json:"id"`
	}
	if err := owner.Do(b.Context(), http.MethodGet, "/api/v1/me", nil, &me); err != nil {
		b.Fatal(err)
	}
	plan := map[string]string{"plan": "unlimited"}
	if err := stack.Administer(b.Context(), http.MethodPut, "/api/v1/admin/users/"+me.ID+"/plan", plan, nil); err != nil {
		b.Fatal(err)
	}
}

// openAll submits magnets for the simulated agent and then addresses, which drip,
// for the real one, and waits until all are being downloaded.
func openAll(b *testing.B, owners []*harness.Client, sim *simulation) []string {
	began := time.Now()
	ids := submitMany(b, owners, *openJobs-*realJobs, sim.magnet)
	fmt.Printf("%d magnets submitted in %.0f s\n", len(ids), time.Since(began).Seconds())
	harness.Eventually(b, 40*time.Minute, "the simulated agent has its jobs", func() error {
		return enough("downloads", sim.downloads(), *openJobs-*realJobs)
	})
	fmt.Printf("all at the agent after %.0f s\n", time.Since(began).Seconds())
	sim.cordon(b)
	stack.ActOnAgent(b, "uncordon")
	source := harness.NewSource(b)
	source.BytesPerSecond.Store(32 << 10)
	ids = append(ids, submitMany(b, owners, *realJobs, func(n int) string {
		return source.Add(fmt.Sprintf("real-%d.bin", n), harness.Content{Seed: uint64(n), Size: 256 << 20}, true)
	})...)
	return ids
}

func enough(what string, have, want int) error {
	if have < want {
		return fmt.Errorf("%d of %d %s", have, want, what)
	}
	return nil
}

// settle waits until the database says that every job is being downloaded.
func settle(b *testing.B) {
	harness.Eventually(b, 10*time.Minute, "every job is being downloaded", func() error {
		var n int
		err := stack.DB.QueryRow(b.Context(), `select count(*) from jobs where state = 'downloading'`).Scan(&n)
		if err != nil {
			return err
		}
		return enough("jobs", n, *openJobs)
	})
}

func submitMany(b *testing.B, owners []*harness.Client, count int, source func(int) string) []string {
	ids := make([]string, count)
	var g errgroup.Group
	g.SetLimit(atOnce)
	for n := range count {
		g.Go(func() error {
			job, err := owners[n%len(owners)].SubmitURI(b.Context(), source(n), nil)
			ids[n] = job.ID
			return err
		})
	}
	if err := g.Wait(); err != nil {
		b.Fatal(err)
	}
	return ids
}

// submitMeanwhile submits one job every quarter of a second for the window. No
// agent has room for them, so they stay in the queue.
func submitMeanwhile(b *testing.B, owners []*harness.Client, sim *simulation) (took []time.Duration) {
	end := time.After(window)
	tick := time.NewTicker(250 * time.Millisecond)
	defer tick.Stop()
	for n := 0; ; n++ {
		select {
		case <-end:
			return took
		case <-tick.C:
			began := time.Now()
			if _, err := owners[n%len(owners)].SubmitURI(b.Context(), sim.magnet(1_000_000+n), nil); err != nil {
				b.Fatal(err)
			}
			took = append(took, time.Since(began))
		}
	}
}

func report(b *testing.B, before, after map[string]harness.Usage) {
	for _, part := range []string{"api", "worker", "temporal", "postgres", "s3", "agent"} {
		cpu := (after[part].CPU - before[part].CPU).Seconds() / window.Seconds()
		fmt.Printf("%-8s %5.1f %% of a core, %4d MiB\n", part, 100*cpu, after[part].RSS>>20)
		b.ReportMetric(100*cpu, "%cpu-"+part)
		b.ReportMetric(float64(after[part].RSS>>20), "MiB-"+part)
	}
}

// mostEvents returns the most history events of a sample of jobs.
func mostEvents(b *testing.B, ids []string) (most int) {
	temporal := stack.Temporal(b)
	for n := 0; n < len(ids); n += max(1, len(ids)/200) {
		most = max(most, harness.HistoryEvents(b, temporal, ids[n]))
	}
	return most
}

func ms(d time.Duration) float64 { return float64(d.Microseconds()) / 1000 }

func percentile(d []time.Duration, p int) time.Duration {
	if len(d) == 0 {
		return 0
	}
	slices.Sort(d)
	return d[min(len(d)-1, len(d)*p/100)]
}

// collected gathers durations from many streams.
type collected struct {
	mu   sync.Mutex
	list []time.Duration
}

func (c *collected) add(d time.Duration) {
	c.mu.Lock()
	c.list = append(c.list, d)
	c.mu.Unlock()
}
