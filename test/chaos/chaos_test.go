//go:build e2e

// Package chaos kills every part of a running system with SIGKILL, one after
// another and all at once, while jobs download and store. It checks that each
// job becomes ready with the source's bytes, that almost nothing was fetched
// twice, and that storage holds what the database says.
package chaos

import (
	"fmt"
	"net/http"
	"os"
	"slices"
	"testing"
	"time"

	"longhaul/test/harness"
)

var stack *harness.Stack

func TestMain(m *testing.M) {
	os.Exit(harness.Package{Env: []string{
		"AGENT_ALLOW_CIDRS=127.0.0.0/8", "AGENT_DHT=false", "MAX_RUNNING_JOBS=50", "AGENT_CAPACITY=16",
	}}.Run(m, func(s *harness.Stack) { stack = s }))
}

// everyPart is killed one by one and together.
var everyPart = []string{"api", "worker", "agent", "temporal", "postgres", "s3"}

// load is one torrent and one URL job that run while something is killed.
type load struct {
	swarm   *harness.Swarm
	source  *harness.Source
	url     harness.Content
	torrent harness.Job
	direct  harness.Job
}

// rate makes the downloads last long enough to be hit in the middle.
const rate = 12 << 20

func startLoad(t *testing.T, seed uint64) *load {
	t.Helper()
	return startPart(t, seed, 1)
}

// startPart is startLoad with a part of the size.
func startPart(t *testing.T, seed uint64, part int64) *load {
	t.Helper()
	l := &load{
		swarm: harness.Seed(t, harness.Torrent{Name: fmt.Sprintf("load-%d", seed), Files: []harness.TorrentFile{
			{Path: []string{"a.bin"}, Content: harness.Content{Seed: seed, Size: 96 << 20 / part}},
			{Path: []string{"sub", "b.bin"}, Content: harness.Content{Seed: seed + 1, Size: 30<<20/part + 3}},
			{Path: []string{"empty"}, Content: harness.Content{Seed: seed + 2}},
		}}),
		source: harness.NewSource(t),
		url:    harness.Content{Seed: seed + 3, Size: 128 << 20 / part},
	}
	l.limit(t, rate)
	var err error
	if l.torrent, err = stack.Client.SubmitTorrent(t.Context(), l.swarm.Metainfo, nil); err != nil {
		t.Fatal(err)
	}
	name := fmt.Sprintf("direct-%d.bin", seed)
	if l.direct, err = stack.Client.SubmitURI(t.Context(), l.source.Add(name, l.url, true), nil); err != nil {
		t.Fatal(err)
	}
	return l
}

// limit bounds what each source sends, in bytes per second.
func (l *load) limit(t *testing.T, rate int64) {
	t.Helper()
	if err := l.swarm.Seeder.LimitUpload(rate); err != nil {
		t.Fatal(err)
	}
	l.source.BytesPerSecond.Store(rate / 4) // four connections
}

// waitMiddle waits until both downloads have fetched about a third.
func (l *load) waitMiddle(t *testing.T) {
	t.Helper()
	l.waitFetched(t, 33)
}

// waitFetched waits until both downloads have fetched so many percent.
func (l *load) waitFetched(t *testing.T, percent int64) {
	t.Helper()
	harness.Eventually(t, 3*time.Minute, "the jobs are in mid-download", func() error {
		up, direct := l.swarm.Seeder.Uploaded(t), l.source.Served.Load()
		if up < l.swarm.Size*percent/100 || direct < l.url.Size*percent/100 {
			return fmt.Errorf("torrent %d of %d, url %d of %d", up, l.swarm.Size, direct, l.url.Size)
		}
		return nil
	})
}

// check waits for both jobs and compares bytes and traffic.
func (l *load) check(t *testing.T) {
	t.Helper()
	l.checkWithin(t, 1.05)
}

// checkWithin is check with another bound of what was fetched over the size.
func (l *load) checkWithin(t *testing.T, most float64) {
	t.Helper()
	l.wait(t)
	torrent, direct := l.fetched(t)
	t.Logf("fetched %.3f of the torrent's size and %.3f of the file's", torrent, direct)
	if torrent > most || direct > most {
		t.Errorf("fetched %.3f of the torrent's size and %.3f of the file's, want %.2f at most", torrent, direct, most)
	}
}

// wait waits for both jobs and compares their bytes with the sources'.
func (l *load) wait(t *testing.T) {
	t.Helper()
	stack.Client.WaitState(t, l.torrent.ID, "ready", 4*time.Minute)
	stack.Client.WaitState(t, l.direct.ID, "ready", 4*time.Minute)
	files := stack.Client.Files(t, l.torrent.ID)
	for i, f := range l.swarm.Files {
		at := slices.IndexFunc(files, func(g harness.File) bool { return g.Index == i })
		checkFile(t, files[at], f.Content)
	}
	checkFile(t, stack.Client.Files(t, l.direct.ID)[0], l.url)
}

// fetched returns what the seeder and the server sent, by the size of the content.
func (l *load) fetched(t *testing.T) (torrent, direct float64) {
	t.Helper()
	return ratio(l.swarm.Seeder.UploadedInAll(t, l.swarm.Size), l.swarm.Size), ratio(l.source.Served.Load(), l.url.Size)
}

func ratio(a, b int64) float64 { return float64(a) / float64(b) }

func checkFile(t *testing.T, f harness.File, c harness.Content) {
	t.Helper()
	if f.State != "stored" || f.Size != c.Size {
		t.Fatalf("%s is %s with %d bytes, want stored with %d", f.Path, f.State, f.Size, c.Size)
	}
	if c.Size == 0 {
		return
	}
	if sum := stack.Client.FetchSHA256(t, stack.Client.Link(t, f.ID), 0, c.Size, c.Size); sum != c.SHA256(0, c.Size) {
		t.Fatalf("%s differs from its source", f.Path)
	}
}

func TestKillInMidDownload(t *testing.T) {
	for i, part := range everyPart {
		t.Run(part, func(t *testing.T) {
			l := startLoad(t, uint64(1000+10*i))
			l.waitMiddle(t)
			stack.Kill(t, part)
			l.check(t)
		})
	}
	t.Run("all at once", func(t *testing.T) {
		l := startLoad(t, 1900)
		l.waitMiddle(t)
		stack.Kill(t, everyPart...)
		l.check(t)
	})
	stack.CheckStorage(t)
}

// TestKillInMidStore hits a job of many small files while its objects are
// stored and completed.
func TestKillInMidStore(t *testing.T) {
	for i, part := range append(slices.Clone(everyPart), "everything") {
		t.Run(part, func(t *testing.T) {
			spec := harness.Torrent{Name: fmt.Sprintf("many-%d", i)}
			for n := range 150 {
				spec.Files = append(spec.Files, harness.TorrentFile{
					Path:    []string{fmt.Sprintf("%03d.bin", n)},
					Content: harness.Content{Seed: uint64(5000 + 200*i + n), Size: 500_000},
				})
			}
			swarm := harness.Seed(t, spec)
			// What is in the buffers of the sockets at the kill is lost. It grows
			// with the rate while the machine is busy, and says nothing about pieces.
			if err := swarm.Seeder.LimitUpload(rate / 2); err != nil {
				t.Fatal(err)
			}
			job, err := stack.Client.SubmitTorrent(t.Context(), swarm.Metainfo, nil)
			if err != nil {
				t.Fatal(err)
			}
			harness.Eventually(t, time.Minute, "objects are being stored", func() error {
				if n := stack.StoredParts(t, job.ID); n < 20 {
					return fmt.Errorf("%d parts stored", n)
				}
				return nil
			})
			if part == "everything" {
				stack.Kill(t, everyPart...)
			} else {
				stack.Kill(t, part)
			}
			stack.Client.WaitState(t, job.ID, "ready", 4*time.Minute)
			files := stack.Client.Files(t, job.ID)
			for n, f := range swarm.Files {
				if n%25 == 0 {
					checkFile(t, files[slices.IndexFunc(files, func(g harness.File) bool { return g.Index == n })], f.Content)
				}
			}
			up := swarm.Seeder.UploadedInAll(t, swarm.Size)
			t.Logf("fetched %.3f of the torrent's size", ratio(up, swarm.Size))
			if ratio(up, swarm.Size) > 1.05 {
				t.Errorf("the seeder sent %d bytes for %d", up, swarm.Size)
			}
		})
	}
	stack.CheckStorage(t)
}

// TestSubmitWhileTemporalIsAway stops Temporal, submits, and starts it again.
// Temporal answers nothing before that, so a submit that waited for it would
// not get through.
func TestSubmitWhileTemporalIsAway(t *testing.T) {
	source := harness.NewSource(t)
	c := harness.Content{Seed: 77, Size: 5 << 20}
	resume := stack.Suspend(t, "temporal")
	var jobs []harness.Job
	for n := range 10 {
		job, err := stack.Client.SubmitURI(t.Context(), source.Add(fmt.Sprintf("away-%d.bin", n), c, true), nil)
		if err != nil {
			t.Fatal(err)
		}
		jobs = append(jobs, job)
	}
	var page struct {
		Total int64 `json:"total"`
	}
	if err := stack.Client.Do(t.Context(), http.MethodGet, "/api/v1/jobs?limit=5", nil, &page); err != nil {
		t.Errorf("lists must work while Temporal is down: %v", err)
	}
	resume()
	for _, job := range jobs {
		stack.Client.WaitState(t, job.ID, "ready", 2*time.Minute)
	}
}
