//go:build e2e

package e2e

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"maps"
	"math/rand/v2"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"longhaul/test/harness"
)

var emptyDigest = func() string { h := sha256.Sum256(nil); return hex.EncodeToString(h[:]) }()

// checkBytes asserts that every file that is stored is the source's, whole and
// at random ranges, and that nothing else is stored.
func checkBytes(t *testing.T, jobID string, want map[string]harness.Content) {
	t.Helper()
	got := map[string]harness.File{}
	for _, f := range stack.Client.Files(t, jobID) {
		if f.State == "stored" {
			got[f.Path] = f
		}
	}
	if !slices.Equal(slices.Sorted(maps.Keys(got)), slices.Sorted(maps.Keys(want))) {
		t.Fatalf("stored files are %q, want %q", slices.Sorted(maps.Keys(got)), slices.Sorted(maps.Keys(want)))
	}
	for path, c := range want {
		f := got[path]
		if f.Size != c.Size {
			t.Fatalf("%s has %d bytes, want %d", path, f.Size, c.Size)
		}
		if c.Size == 0 {
			continue
		}
		link := stack.Client.Link(t, f.ID)
		if sum := stack.Client.FetchSHA256(t, link, 0, c.Size, c.Size); sum != c.SHA256(0, c.Size) {
			t.Fatalf("%s differs from its source", path)
		}
		for range 5 {
			off := rand.Int64N(c.Size)
			length := 1 + rand.Int64N(min(c.Size-off, 1<<20))
			if sum := stack.Client.FetchSHA256(t, link, off, length, c.Size); sum != c.SHA256(off, length) {
				t.Fatalf("%s differs from its source at %d+%d", path, off, length)
			}
		}
	}
}

// checkZip asserts that the job's archive holds the same bytes, by our own
// reader and by Info-ZIP.
func checkZip(t *testing.T, jobID string, want map[string]harness.Content) {
	t.Helper()
	path := filepath.Join(t.TempDir(), "all.zip")
	address := stack.Client.Archive(t, jobID)
	stack.Client.Download(t, address, path)
	checkResumable(t, address, path)
	if out, err := exec.Command("unzip", "-tq", path).CombinedOutput(); err != nil {
		t.Fatalf("Info-ZIP refuses the archive: %v\n%s", err, out)
	}
	digests := harness.ZipDigests(t, path)
	if len(digests) != len(want) {
		t.Fatalf("the archive has %d entries, want %d: %v", len(digests), len(want), slices.Sorted(maps.Keys(digests)))
	}
	for name, c := range want {
		sum := emptyDigest
		if c.Size > 0 {
			sum = c.SHA256(0, c.Size)
		}
		if digests[name] != sum {
			t.Fatalf("archive entry %q differs from its source", name)
		}
	}
}

func TestTorrentWithOneFile(t *testing.T) {
	t.Parallel()
	swarm := harness.Seed(t, harness.Torrent{Name: "single file.bin", Files: []harness.TorrentFile{
		{Content: harness.Content{Seed: 11, Size: 150<<20 + 12345}},
	}})
	job, err := stack.Client.SubmitTorrent(t.Context(), swarm.Metainfo, nil)
	if err != nil {
		t.Fatal(err)
	}
	stack.Client.WaitState(t, job.ID, "ready", 2*time.Minute)
	want := map[string]harness.Content{"single file.bin": swarm.Files[0].Content}
	checkBytes(t, job.ID, want)
	checkZip(t, job.ID, want)
}

func nested(seed uint64) harness.Torrent {
	return harness.Torrent{Name: "Überraschung 日本", Files: []harness.TorrentFile{
		{Path: []string{"a", "b", "c", "tief.bin"}, Content: harness.Content{Seed: seed, Size: 20<<20 + 7}},
		{Path: []string{"empty.txt"}, Content: harness.Content{Seed: seed + 1, Size: 0}},
		{Path: []string{"映画", "第一話 🎬.mkv"}, Content: harness.Content{Seed: seed + 2, Size: 33 << 20}},
		{Path: []string{"a", "tiny"}, Content: harness.Content{Seed: seed + 3, Size: 1}},
		{Path: []string{"a", "small.nfo"}, Content: harness.Content{Seed: seed + 4, Size: 70_001}},
	}}
}

// filesOf returns what a multi-file torrent, or a selection of it, has to give.
func filesOf(swarm *harness.Swarm, indexes ...int) map[string]harness.Content {
	out := map[string]harness.Content{}
	for i, f := range swarm.Files {
		if len(indexes) == 0 || slices.Contains(indexes, i) {
			out[strings.Join(f.Path, "/")] = f.Content
		}
	}
	return out
}

func TestNestedUnicodeTorrentWithEmptyFile(t *testing.T) {
	t.Parallel()
	swarm := harness.Seed(t, nested(21))
	job, err := stack.Client.SubmitTorrent(t.Context(), swarm.Metainfo, nil)
	if err != nil {
		t.Fatal(err)
	}
	stack.Client.WaitState(t, job.ID, "ready", 2*time.Minute)
	checkBytes(t, job.ID, filesOf(swarm))
	checkZip(t, job.ID, filesOf(swarm))
}

func TestMagnetOnly(t *testing.T) {
	t.Parallel()
	swarm := harness.Seed(t, nested(31))
	job, err := stack.Client.SubmitURI(t.Context(), swarm.Magnet, nil)
	if err != nil {
		t.Fatal(err)
	}
	stack.Client.WaitState(t, job.ID, "ready", 2*time.Minute)
	checkBytes(t, job.ID, filesOf(swarm))
}

func TestHybridTorrent(t *testing.T) {
	t.Parallel()
	// The v1 list follows the order of the v2 tree, which is sorted.
	swarm := harness.Seed(t, harness.Torrent{Name: "hybrid 日本", Hybrid: true, Files: []harness.TorrentFile{
		{Path: []string{"a", "b", "c", "tief.bin"}, Content: harness.Content{Seed: 42, Size: 20<<20 + 7}},
		{Path: []string{"a", "tiny"}, Content: harness.Content{Seed: 43, Size: 1}},
		{Path: []string{"映画", "第一話 🎬.mkv"}, Content: harness.Content{Seed: 44, Size: 33 << 20}},
	}})
	job, err := stack.Client.SubmitTorrent(t.Context(), swarm.Metainfo, nil)
	if err != nil {
		t.Fatal(err)
	}
	stack.Client.WaitState(t, job.ID, "ready", 2*time.Minute)
	checkBytes(t, job.ID, filesOf(swarm))
}

func TestSelectedFilesOnly(t *testing.T) {
	t.Parallel()
	swarm := harness.Seed(t, nested(51))
	job, err := stack.Client.SubmitTorrent(t.Context(), swarm.Metainfo, map[string]string{"select": "2,4"})
	if err != nil {
		t.Fatal(err)
	}
	stack.Client.WaitState(t, job.ID, "ready", 2*time.Minute)
	checkBytes(t, job.ID, filesOf(swarm, 2, 4))
	checkZip(t, job.ID, filesOf(swarm, 2, 4))
}

func TestChoosingFilesOfAMagnet(t *testing.T) {
	t.Parallel()
	swarm := harness.Seed(t, nested(61))
	job, err := stack.Client.SubmitURI(t.Context(), swarm.Magnet, map[string]any{"chooseFiles": true})
	if err != nil {
		t.Fatal(err)
	}
	stack.Client.WaitState(t, job.ID, "awaiting_selection", time.Minute)
	body := map[string]any{"indexes": []int{0, 3}}
	if err := stack.Client.Do(t.Context(), "POST", "/api/v1/jobs/"+job.ID+"/select", body, nil); err != nil {
		t.Fatal(err)
	}
	stack.Client.WaitState(t, job.ID, "ready", 2*time.Minute)
	checkBytes(t, job.ID, filesOf(swarm, 0, 3))
}

func TestURLJobs(t *testing.T) {
	t.Parallel()
	source := harness.NewSource(t)
	for i, ranges := range []bool{true, false} {
		t.Run(fmt.Sprintf("ranges %t", ranges), func(t *testing.T) {
			t.Parallel()
			name := fmt.Sprintf("file-%d.bin", i)
			c := harness.Content{Seed: uint64(71 + i), Size: 60<<20 + int64(i)}
			job, err := stack.Client.SubmitURI(t.Context(), source.Add(name, c, ranges), nil)
			if err != nil {
				t.Fatal(err)
			}
			stack.Client.WaitState(t, job.ID, "ready", time.Minute)
			checkBytes(t, job.ID, map[string]harness.Content{name: c})
		})
	}
}

func TestPauseAndResumeKeepsWhatIsThere(t *testing.T) {
	t.Parallel()
	source := harness.NewSource(t)
	source.BytesPerSecond.Store(4 << 20)
	c := harness.Content{Seed: 81, Size: 48 << 20}
	job, err := stack.Client.SubmitURI(t.Context(), source.Add("paused.bin", c, true), nil)
	if err != nil {
		t.Fatal(err)
	}
	harness.Eventually(t, time.Minute, "a third is there", func() error {
		if n := source.Served.Load(); n < c.Size/3 {
			return fmt.Errorf("served %d", n)
		}
		return nil
	})
	if err := stack.Client.Do(t.Context(), "POST", "/api/v1/jobs/"+job.ID+"/pause", nil, nil); err != nil {
		t.Fatal(err)
	}
	stack.Client.WaitState(t, job.ID, "paused", 20*time.Second)
	source.BytesPerSecond.Store(0)
	if err := stack.Client.Do(t.Context(), "POST", "/api/v1/jobs/"+job.ID+"/resume", nil, nil); err != nil {
		t.Fatal(err)
	}
	stack.Client.WaitState(t, job.ID, "ready", time.Minute)
	checkBytes(t, job.ID, map[string]harness.Content{"paused.bin": c})
	// Each of the four connections may lose the block it was fetching.
	if served := source.Served.Load(); served > c.Size+c.Size/5+4*(4<<20) {
		t.Errorf("served %d bytes for a file of %d: the pause lost what was there", served, c.Size)
	}
}

func TestCancelAndDeleteLeaveNothing(t *testing.T) {
	t.Parallel()
	source := harness.NewSource(t)
	source.BytesPerSecond.Store(1 << 20)
	c := harness.Content{Seed: 91, Size: 200 << 20}
	job, err := stack.Client.SubmitURI(t.Context(), source.Add("cancelled.bin", c, true), nil)
	if err != nil {
		t.Fatal(err)
	}
	stack.Client.WaitState(t, job.ID, "downloading", time.Minute)
	if err := stack.Client.Do(t.Context(), "POST", "/api/v1/jobs/"+job.ID+"/cancel", nil, nil); err != nil {
		t.Fatal(err)
	}
	harness.Eventually(t, 2*time.Minute, "cancelled", func() error {
		j, err := stack.Client.Job(t.Context(), job.ID)
		if err == nil && j.State != "cancelled" {
			err = fmt.Errorf("is %s", j.State)
		}
		return err
	})
	if err := stack.Client.Do(t.Context(), "DELETE", "/api/v1/jobs/"+job.ID+"?final=true", nil, nil); err != nil {
		t.Fatal(err)
	}
	harness.Eventually(t, 2*time.Minute, "rows, objects, uploads and agent data are gone", func() error {
		return stack.NothingLeftOf(t.Context(), job.ID)
	})
}
