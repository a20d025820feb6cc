//go:build e2e

// Package bench measures the whole system in one run. The figures of
// docs/performance.md come from it: `make bench`.
package bench

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"os"
	"slices"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"golang.org/x/sync/errgroup"

	"longhaul/test/harness"
)

var stack *harness.Stack

func TestMain(m *testing.M) {
	os.Exit(harness.Package{Env: []string{
		"AGENT_ALLOW_CIDRS=127.0.0.0/8", "AGENT_DHT=false", "MAX_RUNNING_JOBS=1000", "AGENT_CAPACITY=16",
	}}.Run(m, func(s *harness.Stack) { stack = s }))
}

const gib = 1 << 30

// BenchmarkGiB downloads 1 GiB from one seeder through the whole system into
// storage, and with plain qbittorrent-nox to disk, in turn, in the same swarm.
func BenchmarkGiB(b *testing.B) {
	tracker := harness.NewTracker(b)
	seeder := harness.StartQBittorrent(b)
	var wall, plain, tail time.Duration
	for b.Loop() {
		for round := range 3 {
			swarm := harness.SeedFrom(b, seeder, tracker, harness.Torrent{
				Name: fmt.Sprintf("gib-%d.bin", round), PieceLength: 1 << 20,
				Files: []harness.TorrentFile{{Content: harness.Content{Seed: uint64(round + 1), Size: gib}}},
			})
			// What earlier runs left to be written must slow neither.
			syscall.Sync()
			p, pcpu := plainDownload(b, swarm)
			syscall.Sync()
			w, t, use := throughStack(b, swarm)
			fmt.Printf("1 GiB: submit to ready %.2f s (%s), last piece to ready %.0f ms; qbittorrent-nox to disk %.2f s, %.2f CPU-s; ratio %.2f\n",
				w.Seconds(), use, float64(t.Milliseconds()), p.Seconds(), pcpu.Seconds(), w.Seconds()/p.Seconds())
			wall, plain, tail = wall+w, plain+p, max(tail, t)
		}
	}
	n := float64(3 * b.N)
	b.ReportMetric(wall.Seconds()/n, "s/GiB")
	b.ReportMetric(plain.Seconds()/n, "s-qbittorrent")
	b.ReportMetric(wall.Seconds()/plain.Seconds(), "ratio")
	b.ReportMetric(float64(tail.Milliseconds()), "ms-tail-max")
}

func plainDownload(b *testing.B, swarm *harness.Swarm) (time.Duration, time.Duration) {
	leecher := harness.StartQBittorrent(b)
	defer leecher.Stop()
	cpu := harness.ProcessUsage(leecher.PID()).CPU
	began := time.Now()
	if err := leecher.Add(swarm.Metainfo, b.TempDir(), false); err != nil {
		b.Fatal(err)
	}
	harness.Eventually(b, 2*time.Minute, "qbittorrent-nox has it", func() error {
		list, err := leecher.Torrents()
		if err == nil && (len(list) == 0 || list[0].Progress < 1) {
			err = fmt.Errorf("at %+v", list)
		}
		return err
	})
	return time.Since(began), harness.ProcessUsage(leecher.PID()).CPU - cpu
}

// throughStack returns the time from submit to ready, the time from the last
// verified piece to ready, and the CPU time by part.
func throughStack(b *testing.B, swarm *harness.Swarm) (wall, tail time.Duration, use string) {
	before := stack.Usage(b)
	began := time.Now()
	job, err := stack.Client.SubmitTorrent(b.Context(), swarm.Metainfo, nil)
	if err != nil {
		b.Fatal(err)
	}
	var verified time.Time
	deadline := time.After(3 * time.Minute)
	tick := time.NewTicker(250 * time.Millisecond)
	defer tick.Stop()
	for {
		select {
		case <-deadline:
			b.Fatalf("job %s is not ready", job.ID)
		case <-tick.C:
		}
		if verified.IsZero() {
			verified = stack.VerifiedAt(b, job.ID)
		}
		now, err := stack.Client.Job(b.Context(), job.ID)
		if err != nil {
			b.Fatal(err)
		}
		if now.State == "ready" {
			wall = now.FinishedAt.Sub(began)
			if !verified.IsZero() {
				tail = now.FinishedAt.Sub(verified)
				fmt.Println("      after the last piece:", stack.Tail(b, job.ID, verified))
			}
			break
		}
	}
	after := stack.Usage(b)
	var parts []string
	for _, part := range []string{"agent", "s3", "worker", "api", "temporal", "postgres"} {
		parts = append(parts, fmt.Sprintf("%s %.1f", part, (after[part].CPU-before[part].CPU).Seconds()))
	}
	return wall, tail, "CPU-s: " + strings.Join(parts, ", ")
}

// BenchmarkSubmit measures the latency of a submit, one after another.
func BenchmarkSubmit(b *testing.B) {
	source := harness.NewSource(b)
	var took []time.Duration
	for b.Loop() {
		for n := range 300 {
			address := source.Add(fmt.Sprintf("tiny-%d.bin", n), harness.Content{Seed: uint64(n), Size: 1000}, true)
			began := time.Now()
			if _, err := stack.Client.SubmitURI(b.Context(), address, nil); err != nil {
				b.Fatal(err)
			}
			took = append(took, time.Since(began))
		}
	}
	b.ReportMetric(ms(percentile(took, 50)), "ms-p50")
	b.ReportMetric(ms(percentile(took, 99)), "ms-p99")
	waitAllReady(b, 3*time.Minute)
}

func ms(d time.Duration) float64 { return float64(d.Microseconds()) / 1000 }

func percentile(d []time.Duration, p int) time.Duration {
	slices.Sort(d)
	return d[min(len(d)-1, len(d)*p/100)]
}

func waitAllReady(b *testing.B, limit time.Duration) {
	b.Helper()
	harness.Eventually(b, limit, "every job is ready", func() error {
		var page struct {
			Counts map[string]int `json:"counts"`
		}
		if err := stack.Client.Do(b.Context(), http.MethodGet, "/api/v1/jobs?limit=1", nil, &page); err != nil {
			return err
		}
		for state, n := range page.Counts {
			if state != "ready" && n > 0 {
				return fmt.Errorf("counts are %v", page.Counts)
			}
		}
		return nil
	})
}

// Benchmark500Torrents submits 500 tiny torrents at once to one agent.
func Benchmark500Torrents(b *testing.B) {
	const jobs = 500
	tracker := harness.NewTracker(b)
	seeder := harness.StartQBittorrent(b)
	specs := make([]harness.Torrent, jobs)
	for n := range specs {
		specs[n] = harness.Torrent{
			Name: fmt.Sprintf("tiny-%d.bin", n), PieceLength: 16 << 10,
			Files: []harness.TorrentFile{{Content: harness.Content{Seed: uint64(9000 + n), Size: 40_000}}},
		}
	}
	swarms := harness.SeedMany(b, seeder, tracker, specs...)
	ids := make([]string, jobs)
	peak := map[string]int64{}
	for b.Loop() {
		began := time.Now()
		var g errgroup.Group
		g.SetLimit(20)
		for n, swarm := range swarms {
			g.Go(func() error {
				job, err := stack.Client.SubmitTorrent(b.Context(), swarm.Metainfo, nil)
				ids[n] = job.ID
				return err
			})
		}
		if err := g.Wait(); err != nil {
			b.Fatal(err)
		}
		submitted := time.Since(began)
		harness.Eventually(b, 10*time.Minute, "all torrents are ready", func() error {
			for part, u := range stack.Usage(b) {
				peak[part] = max(peak[part], u.RSS)
			}
			var page struct {
				Counts map[string]int `json:"counts"`
			}
			err := stack.Client.Do(b.Context(), http.MethodGet, "/api/v1/jobs?limit=1", nil, &page)
			if err != nil {
				return err
			}
			for state, n := range page.Counts {
				if state != "ready" && n > 0 {
					return fmt.Errorf("counts are %v", page.Counts)
				}
			}
			return nil
		})
		took := time.Since(began)
		fmt.Printf("500 jobs: submitted in %.1f s, all ready after %.1f s (%.1f jobs/s)\n", submitted.Seconds(), took.Seconds(), jobs/took.Seconds())
		b.ReportMetric(jobs/took.Seconds(), "jobs/s")
	}
	var parts []string
	for part, rss := range peak {
		parts = append(parts, fmt.Sprintf("%s %d MiB", part, rss>>20))
	}
	slices.Sort(parts)
	fmt.Println("500 jobs: peak RSS with children:", strings.Join(parts, ", "))
	temporal := stack.Temporal(b)
	most := 0
	for _, id := range ids[:50] {
		most = max(most, harness.HistoryEvents(b, temporal, id))
	}
	b.ReportMetric(float64(most), "events/job-max")
}

// BenchmarkEvents measures how long a state change takes to reach 500
// listeners of the event stream.
func BenchmarkEvents(b *testing.B) {
	const listeners = 500
	seen := make(chan time.Time, listeners*100)
	ctx, cancel := context.WithCancel(b.Context())
	var wg sync.WaitGroup
	var open sync.WaitGroup
	open.Add(listeners)
	for range listeners {
		wg.Go(func() {
			listen(ctx, b, &open, func(data string) bool { return strings.Contains(data, "sse-marker-") }, seen)
		})
	}
	open.Wait()
	source := harness.NewSource(b)
	var delays []time.Duration
	for b.Loop() {
		for round := range 20 {
			name := fmt.Sprintf("sse-marker-%d.bin", round)
			address := source.Add(name, harness.Content{Seed: uint64(round), Size: 1000}, true)
			job, err := stack.Client.SubmitURI(ctx, address, nil)
			if err != nil {
				b.Fatal(err)
			}
			at := stack.EventTime(b, job.ID)
			for range listeners {
				delays = append(delays, (<-seen).Sub(at))
			}
			waitAllReady(b, time.Minute)
			drain(seen)
		}
	}
	cancel()
	wg.Wait()
	b.ReportMetric(ms(percentile(delays, 50)), "ms-p50")
	b.ReportMetric(ms(percentile(delays, 99)), "ms-p99")
}

func drain(c chan time.Time) {
	for {
		select {
		case <-c:
		case <-time.After(300 * time.Millisecond):
			return
		}
	}
}

func listen(ctx context.Context, b *testing.B, open *sync.WaitGroup, match func(string) bool, seen chan<- time.Time) {
	opened := sync.OnceFunc(open.Done)
	defer opened()
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, stack.Client.Base+"/api/v1/events", nil)
	if err != nil {
		b.Error(err)
		return
	}
	req.Header.Set("Cookie", "__Host-sid="+stack.Client.Cookie)
	res, err := http.DefaultTransport.RoundTrip(req)
	if err != nil {
		b.Error(err)
		return
	}
	defer res.Body.Close()
	opened()
	lines := bufio.NewScanner(res.Body)
	lines.Buffer(nil, 1<<20)
	for lines.Scan() {
		data, ok := strings.CutPrefix(lines.Text(), "data:")
		if ok && json.Valid([]byte(data)) && match(data) {
			select {
			case seen <- time.Now():
			default:
			}
		}
	}
}
