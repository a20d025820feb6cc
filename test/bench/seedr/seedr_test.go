//go:build e2e

// Package seedr measures the way from a simulated Seedr account into storage.
package seedr

import (
	"fmt"
	"io"
	"net/netip"
	"os"
	"strconv"
	"testing"
	"time"

	"github.com/google/uuid"
	"golang.org/x/sync/errgroup"

	"longhaul/internal/seedr"
	"longhaul/internal/seedr/seedrtest"
	"longhaul/models"
	"longhaul/test/harness"
)

var (
	stack *harness.Stack
	sim   *harness.Seedr
)

func TestMain(m *testing.M) {
	os.Exit(harness.Package{
		Seedr:    true,
		Switches: func(s *seedrtest.Switches) { s.Slots = 2000 },
		Env:      []string{"AGENT_DHT=false", "MAX_RUNNING_JOBS=2000", "SEEDR_SLOTS=2000", "STALL_TIMEOUT=3h"},
	}.Run(m, func(s *harness.Stack) { stack, sim = s, s.Seedr }))
}

// content is cheap to make, so that the simulator does not cost what is
// measured.
var content = make([]byte, 1<<20)

// submit puts a torrent with files of a size into the account's reach and
// submits it.
func submit(b *testing.B, name string, seed uint64, files int, size int64) harness.Job {
	b.Helper()
	return submitFrom(b, name, seed, files, size, seedrtest.Repeat(content, size))
}

// submitFrom is submit with the way to the bytes.
func submitFrom(b *testing.B, name string, seed uint64, files int, size int64, open func(int64) io.ReadCloser) harness.Job {
	b.Helper()
	spec := harness.Torrent{Name: name, PieceLength: 4 << 20}
	c := seedrtest.Content{Name: name}
	for i := range files {
		path := name
		f := harness.TorrentFile{Content: harness.Content{Seed: seed + uint64(i), Size: size}}
		if files > 1 {
			path = strconv.Itoa(i) + ".bin"
			f.Path = []string{path}
		}
		spec.Files = append(spec.Files, f)
		c.Files = append(c.Files, seedrtest.ContentFile{Path: path, Size: size, Open: open})
	}
	made := harness.Make(b, spec, "")
	sim.Library.Put(made.InfoHash, c)
	job, err := stack.Client.SubmitTorrent(b.Context(), made.Metainfo, nil)
	if err != nil {
		b.Fatal(err)
	}
	return job
}

// BenchmarkCopy copies one file from the account to storage, and does the same
// by a plain copy, in turn.
func BenchmarkCopy(b *testing.B) {
	const size = 1 << 30
	var ours, plain time.Duration
	for b.Loop() {
		for round := range 3 {
			ours += throughStack(b, fmt.Sprintf("copy-%d.bin", round), uint64(round), size)
			plain += plainCopy(b, fmt.Sprintf("plain-%d.bin", round), size)
		}
	}
	fmt.Printf("1 GiB Seedr to storage: %.2f s, plain copy %.2f s, ratio of throughput %.2f\n",
		ours.Seconds()/3, plain.Seconds()/3, plain.Seconds()/ours.Seconds())
	b.ReportMetric(plain.Seconds()/ours.Seconds(), "x-plain")
}

// throughStack returns how long the files were copied.
func throughStack(b *testing.B, name string, seed uint64, size int64) time.Duration {
	job := submit(b, name, seed, 1, size)
	stack.Client.WaitState(b, job.ID, "ready", 5*time.Minute)
	var storing, ready time.Time
	err := stack.DB.QueryRow(b.Context(), `select
		(select min(at) from job_events where job_id = $1 and state = 'storing'),
		(select min(at) from job_events where job_id = $1 and state = 'ready')`, job.ID).Scan(&storing, &ready)
	if err != nil {
		b.Fatal(err)
	}
	return ready.Sub(storing)
}

// plainCopy reads a link to its end with one reader and puts the parts, four at
// once, as the usual command-line tools do.
func plainCopy(b *testing.B, name string, size int64) time.Duration {
	c, err := seedr.New(seedr.Options{
		URL: sim.URL(), Email: harness.SeedrEmail, Password: harness.SeedrPassword,
		Allow: []netip.Prefix{netip.MustParsePrefix("127.0.0.0/8")},
	})
	if err != nil {
		b.Fatal(err)
	}
	defer c.Close()
	made := harness.Make(b, harness.Torrent{Name: name, PieceLength: 4 << 20, Files: []harness.TorrentFile{{Content: harness.Content{Size: 1}}}}, "")
	sim.Library.Put(made.InfoHash, seedrtest.Content{Name: name, Files: []seedrtest.ContentFile{
		{Path: name, Size: size, Open: seedrtest.Repeat(content, size)},
	}})
	if _, err := c.AddTorrentFile(b.Context(), made.Metainfo); err != nil {
		b.Fatal(err)
	}
	var folder int64
	harness.Eventually(b, time.Minute, "the file is there", func() error {
		root, err := c.Root(b.Context())
		if err != nil {
			return err
		}
		r, ok := seedr.FindResult(root, name)
		if folder = r.FolderID; !ok {
			return fmt.Errorf("not there")
		}
		return nil
	})
	files, err := c.Tree(b.Context(), folder)
	if err != nil {
		b.Fatal(err)
	}
	began := time.Now()
	link, err := c.FileURL(b.Context(), files[0].ID)
	if err != nil {
		b.Fatal(err)
	}
	s, err := c.Open(b.Context(), link, 0, size, size)
	if err != nil {
		b.Fatal(err)
	}
	putStream(b, "jobs/"+uuid.NewString()+"/"+uuid.NewString(), s, size)
	s.Close()
	took := time.Since(began)
	if err := c.DeleteFolder(b.Context(), folder); err != nil {
		b.Fatal(err)
	}
	return took
}

func putStream(b *testing.B, key string, r io.Reader, size int64) {
	upload, err := stack.Objects.CreateMultipart(b.Context(), key, "application/octet-stream")
	if err != nil {
		b.Fatal(err)
	}
	g, ctx := errgroup.WithContext(b.Context())
	g.SetLimit(4)
	partSize := models.PartSize(size, size)
	parts := make([]models.Part, (size+partSize-1)/partSize)
	for i := range parts {
		body := make([]byte, min(partSize, size-int64(i)*partSize))
		if _, err := io.ReadFull(r, body); err != nil {
			b.Fatal(err)
		}
		g.Go(func() error {
			part, err := stack.Objects.PutPart(ctx, key, upload, i+1, body)
			parts[i] = part
			return err
		})
	}
	if err := g.Wait(); err != nil {
		b.Fatal(err)
	}
	if _, err := stack.Objects.CompleteMultipart(b.Context(), key, upload, parts); err != nil {
		b.Fatal(err)
	}
	if err := stack.Objects.Delete(b.Context(), key); err != nil {
		b.Fatal(err)
	}
}

// BenchmarkMemory prints the most that the worker held while it copied one
// file, fifty files of one job, and fifty jobs of one file each: the same bytes
// three times.
func BenchmarkMemory(b *testing.B) {
	const n, size = 50, 16 << 20
	for b.Loop() {
		sim.Set(func(s *seedrtest.Switches) { s.BytesPerSecond = 16 << 20 })
		idle := stack.Peak(b, "worker", func() {})
		one := stack.Peak(b, "worker", func() { ready(b, submit(b, "one.bin", 100, 1, n*size)) })
		files := stack.Peak(b, "worker", func() { ready(b, submit(b, "fifty", 200, n, size)) })
		jobs := stack.Peak(b, "worker", func() {
			g := gate{at: seedrtest.Repeat(content, size), open: make(chan struct{})}
			var all []harness.Job
			for i := range n {
				all = append(all, submitFrom(b, fmt.Sprintf("one-of-fifty-%d", i), uint64(300+i), 1, size, g.pass))
			}
			storing(b, n)
			close(g.open)
			ready(b, all...)
		})
		sim.Set(func(s *seedrtest.Switches) { s.BytesPerSecond = 0 })
		fmt.Printf("most memory of the worker: %d MiB idle, %d MiB for 1 file, %d MiB for %d files of a job, %d MiB for %d jobs\n",
			idle>>20, one>>20, files>>20, n, jobs>>20, n)
		b.ReportMetric(float64(one>>20), "MiB-1-file")
		b.ReportMetric(float64(files>>20), "MiB-50-files")
		b.ReportMetric(float64(jobs>>20), "MiB-50-jobs")
	}
}

// gate lets bytes through when it is open.
type gate struct {
	at   func(offset int64) io.ReadCloser
	open chan struct{}
}

func (g gate) pass(offset int64) io.ReadCloser {
	return gated{ReadCloser: g.at(offset), open: g.open}
}

type gated struct {
	io.ReadCloser
	open chan struct{}
}

// Read implements io.Reader.
func (g gated) Read(p []byte) (int, error) {
	<-g.open
	return g.ReadCloser.Read(p)
}

func ready(b *testing.B, jobs ...harness.Job) {
	for _, job := range jobs {
		stack.Client.WaitState(b, job.ID, "ready", 5*time.Minute)
	}
}

// storing waits until so many jobs were storing at one time.
func storing(b *testing.B, want int) {
	harness.Eventually(b, 5*time.Minute, "all jobs are being copied", func() error {
		var n int
		err := stack.DB.QueryRow(b.Context(), `select count(*) from jobs where state = 'storing'`).Scan(&n)
		if err == nil && n < want {
			err = fmt.Errorf("%d of %d", n, want)
		}
		return err
	})
}

// BenchmarkManyJobs prints how many calls a minute the account gets while many
// transfers run on it, and what they cost Temporal.
func BenchmarkManyJobs(b *testing.B) {
	n := 1000
	if s := os.Getenv("LONGHAUL_JOBS"); s != "" {
		n, _ = strconv.Atoi(s)
	}
	for b.Loop() {
		sim.Library.Took, sim.Library.Steps = 2*time.Hour, 7200
		jobs := make([]harness.Job, n)
		for i := range jobs {
			jobs[i] = submit(b, fmt.Sprintf("many-%d", i), uint64(10_000+i), 1, 1<<20)
		}
		harness.Eventually(b, 20*time.Minute, "all transfers run", func() error {
			if have := len(sim.Stats().Adds); have < n {
				return fmt.Errorf("%d of %d", have, n)
			}
			return nil
		})
		before, cpu := sim.Stats(), stack.Usage(b)["temporal"].CPU
		events := historyEvents(b)
		const minutes = 2
		<-time.After(minutes * time.Minute)
		after := sim.Stats()
		per := float64(after.Total()-before.Total()) / minutes
		fmt.Printf("%d jobs on one account: %.1f calls a minute (%.1f listings), Temporal %.2f CPU-s and %.1f batches of history events a minute, %d events in one job's history\n",
			n, per, float64(after.Calls["root"]-before.Calls["root"])/minutes,
			(stack.Usage(b)["temporal"].CPU-cpu).Seconds()/minutes, float64(historyEvents(b)-events)/minutes,
			harness.HistoryEvents(b, stack.Temporal(b), jobs[0].ID))
		b.ReportMetric(per, "calls/min")
		if per > 30 {
			b.Errorf("%.1f calls a minute, at most 30 are wanted", per)
		}
	}
}

// historyEvents counts the batches of history events of all workflows.
func historyEvents(b *testing.B) (n int64) {
	b.Helper()
	n, err := stack.TemporalRows(b.Context(), "history_node")
	if err != nil {
		b.Fatal(err)
	}
	return n
}
