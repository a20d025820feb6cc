//go:build e2e

package e2e

import (
	"fmt"
	"syscall"
	"testing"
	"time"

	"longhaul/test/harness"
)

// slowTorrent submits a torrent that takes long enough to be hit in the middle.
func slowTorrent(t *testing.T, seed uint64) harness.Job {
	t.Helper()
	swarm := harness.Seed(t, harness.Torrent{Name: fmt.Sprintf("victim-%d.bin", seed), Files: []harness.TorrentFile{
		{Content: harness.Content{Seed: seed, Size: 64 << 20}},
	}})
	if err := swarm.Seeder.LimitUpload(1 << 20); err != nil {
		t.Fatal(err)
	}
	job, err := stack.Client.SubmitTorrent(t.Context(), swarm.Metainfo, nil)
	if err != nil {
		t.Fatal(err)
	}
	return job
}

// hitEngine sends the signal to every engine process of the job until the job
// has ended, and returns it.
func hitEngine(t *testing.T, job harness.Job, signal syscall.Signal) harness.Job {
	t.Helper()
	last := 0
	harness.Eventually(t, 4*time.Minute, "the bad job ends", func() error {
		if pid := stack.EngineProcess(t, job.ID); pid != 0 && pid != last {
			last = pid
			_ = syscall.Kill(pid, signal)
		}
		now, err := stack.Client.Job(t.Context(), job.ID)
		if err == nil && now.State != "failed" {
			err = fmt.Errorf("is %s: %s", now.State, now.Reason.Text)
		}
		job = now
		return err
	})
	return job
}

// goodJob runs one download from start to end and returns how many bytes the
// source sent for each of its content.
func goodJob(t *testing.T, source *harness.Source, seed uint64) float64 {
	t.Helper()
	name := fmt.Sprintf("good-%d.bin", seed)
	c := harness.Content{Seed: seed, Size: 40 << 20}
	before := source.Served.Load()
	job, err := stack.Client.SubmitURI(t.Context(), source.Add(name, c, true), nil)
	if err != nil {
		t.Fatal(err)
	}
	stack.Client.WaitState(t, job.ID, "ready", time.Minute)
	sent := source.Served.Load() - before
	checkBytes(t, job.ID, map[string]harness.Content{name: c})
	return float64(sent) / float64(c.Size)
}

// A torrent whose engine crashes or hangs each time ends with its reason and
// disturbs no other job: one running next to it ends, and the source sends it
// no more than it would send a job running alone.
func TestBadEngineFailsItsOwnJobOnly(t *testing.T) {
	source := harness.NewSource(t)
	source.BytesPerSecond.Store(5 << 20) // four connections: two seconds, time enough to be disturbed in
	alone := goodJob(t, source, 300)
	for i, row := range []struct {
		name    string
		signal  syscall.Signal
		problem string
	}{
		{"crash", syscall.SIGSEGV, "engine_crashed"},
		{"hang", syscall.SIGSTOP, "engine_hung"},
	} {
		t.Run(row.name, func(t *testing.T) {
			bad := slowTorrent(t, uint64(310+i))
			beside := make(chan float64, 1)
			t.Run("together", func(t *testing.T) {
				t.Run("good", func(t *testing.T) {
					t.Parallel()
					beside <- goodJob(t, source, uint64(320+i))
				})
				t.Run("bad", func(t *testing.T) {
					t.Parallel()
					bad = hitEngine(t, bad, row.signal)
				})
			})
			if bad.Problem != row.problem {
				t.Errorf("the bad job ended as %q: %s", bad.Problem, bad.Reason.Text)
			}
			checkSentence(t, bad.Reason.Text)
			if sent := <-beside; sent > alone+0.05 {
				t.Errorf("the source sent the good job %.2f of its size beside the bad one, %.2f alone", sent, alone)
			}
		})
	}
}
