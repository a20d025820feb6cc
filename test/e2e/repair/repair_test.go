//go:build e2e

// Package repair breaks jobs in the ways in which jobs break, and has an
// administrator find out why and mend them: by the console, and by the Temporal UI
// as docs/operations.md says.
package repair

import (
	"errors"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"syscall"
	"testing"
	"time"

	"go.temporal.io/sdk/client"

	"longhaul/internal/seedr/seedrtest"
	"longhaul/test/harness"
)

var (
	stack *harness.Stack
	sim   *harness.Seedr
)

func TestMain(m *testing.M) {
	os.Exit(harness.Package{
		Seedr: true,
		Env: []string{
			"AGENT_ALLOW_CIDRS=127.0.0.0/8", "AGENT_DHT=false", "RESOLVE_TIMEOUT=10s", "STALL_TIMEOUT=20s", "RETRY_PAUSES=1s,1s",
			"MAX_RUNNING_JOBS=20",
		},
	}.Run(m, func(s *harness.Stack) { stack, sim = s, s.Seedr }))
}

const mib = 1 << 20

// broken is a job that does not come on.
type broken struct {
	id    string
	cause func() // ends the cause; nil if the act does
}

// act is what an administrator does to a broken job once its cause is gone.
type act func(t *testing.T, id string)

// way is one way in which a job breaks.
type way struct {
	name    string
	breaks  func(t *testing.T, seed uint64) broken
	state   string   // in which it stays; empty if it may be any
	reasons []string // one of which the job gives
	mends   []mend
}

// mend is what an administrator does, and where. What has failed or was terminated
// has no workflow left to act on, and what waits for its cause to end needs nothing.
type mend struct {
	by string
	do act
}

// TestEachBrokenJob breaks jobs in eleven ways: each says why, and is mended with one
// act on its page in the console and, where its workflow is there, by the Temporal
// UI as docs/operations.md says.
func TestEachBrokenJob(t *testing.T) {
	nothing := mend{"itself", func(*testing.T, string) {}}
	retry, move := mend{"the console", consoleRetry}, mend{"the console", consoleMove}
	for i, w := range []way{
		{"dead magnet", deadMagnet, "needs_attention", []string{"metadata_timeout"}, []mend{retry, {"the Temporal UI", signalRetry}}},
		{"full agent", fullAgent, "", []string{"disk_full"}, []mend{nothing}},
		{"storage refuses", storageRefuses, "", []string{"storage_failing"}, []mend{nothing}},
		{"storage hangs", storageHangs, "", []string{"storage_failing"}, []mend{nothing}},
		{"lost agent", lostAgent, "", []string{"waits_for_agent"}, []mend{nothing}},
		{"Seedr full", seedrFull, "", []string{"seedr_full"}, []mend{move, {"the Temporal UI", updateMove}}},
		{"Seedr's password", seedrPassword, "", []string{"seedr_auth"}, []mend{move, {"the Temporal UI", updateMove}}},
		{"404", notFound, "failed", []string{"not_found_at_source"}, []mend{retry}},
		{"blocked", blocked, "failed", []string{"blocked_content"}, []mend{retry}},
		{"engine crash", engineCrash, "failed", []string{"engine_crashed"}, []mend{retry}},
		{"terminated", terminated, "needs_attention", []string{"ended_by_operator"}, []mend{retry}},
	} {
		for j, by := range w.mends {
			t.Run(w.name+" by "+by.by, func(t *testing.T) {
				began := time.Now()
				job := w.breaks(t, uint64(100*i+10*j+1))
				says, next := explained(t, job.id, w)
				told := time.Since(began)
				if job.cause != nil {
					job.cause()
				}
				by.do(t, job.id)
				harness.Eventually(t, 4*time.Minute, "the job is ready", func() error {
					job, err := stack.Client.Job(t.Context(), job.id)
					if err == nil && job.State != "ready" {
						err = fmt.Errorf("it is %s: %s", job.State, job.Reason.Text)
					}
					return err
				})
				t.Logf("after %.0f s it says: %q, next: %q; ready %.0f s after it began", told.Seconds(), says, next, time.Since(began).Seconds())
			})
		}
	}
}

// explained waits until the job is where it stays and gives one of the reasons, and
// returns what it says of it and what happens next, as the console shows them.
func explained(t *testing.T, id string, w way) (says, next string) {
	t.Helper()
	harness.Eventually(t, 4*time.Minute, "the job says why", func() error {
		var detail struct{ Job harness.Job }
		if err := stack.Client.Do(t.Context(), http.MethodGet, "/api/v1/admin/jobs/"+id, nil, &detail); err != nil {
			return err
		}
		job := detail.Job
		if w.state != "" && job.State != w.state {
			return fmt.Errorf("it is %s, want %s", job.State, w.state)
		}
		given := []harness.Reason{job.Reason, {Code: job.Problem, Text: job.Reason.Text}}
		if job.Progress != nil && job.Progress.Waiting != nil {
			given = append(given, *job.Progress.Waiting)
		}
		for _, reason := range given {
			if slices.Contains(w.reasons, reason.Code) {
				says, next = reason.Text, job.NextAction
				if says == "" || job.State != "failed" && next == "" {
					t.Errorf("it says %q, next %q", says, next)
				}
				return nil
			}
		}
		return fmt.Errorf("%s says %v", job.State, given)
	})
	return says, next
}

func consoleRetry(t *testing.T, id string) {
	administer(t, http.MethodPost, "jobs/"+id+"/retry", nil)
}

func consoleMove(t *testing.T, id string) {
	administer(t, http.MethodPost, "jobs/"+id+"/provider", map[string]string{"provider": "agent"})
}

func administer(t *testing.T, method, path string, in any) {
	t.Helper()
	if err := stack.Client.Do(t.Context(), method, "/api/v1/admin/"+path, in, nil); err != nil {
		t.Fatal(err)
	}
}

func signalRetry(t *testing.T, id string) {
	if err := stack.Temporal(t).SignalWorkflow(t.Context(), "job-"+id, "", "retry", nil); err != nil {
		t.Fatal(err)
	}
}

func updateMove(t *testing.T, id string) {
	h, err := stack.Temporal(t).UpdateWorkflow(t.Context(), client.UpdateWorkflowOptions{
		WorkflowID: "job-" + id, UpdateName: "change-provider", WaitForStage: client.WorkflowUpdateStageCompleted,
		Args: []any{map[string]string{"provider": "agent"}},
	})
	if err == nil {
		err = h.Get(t.Context(), nil)
	}
	if err != nil {
		t.Fatal(err)
	}
}

func torrent(seed uint64, size int64) harness.Torrent {
	return harness.Torrent{Name: fmt.Sprintf("broken-%d.bin", seed), Files: []harness.TorrentFile{{Content: harness.Content{Seed: seed, Size: size}}}}
}

func submit(t *testing.T, address string) string {
	t.Helper()
	job, err := stack.Client.SubmitURI(t.Context(), address, nil)
	if err != nil {
		t.Fatal(err)
	}
	return job.ID
}

// slow submits an address whose content comes slowly, until it is released.
func slow(t *testing.T, seed uint64, size int64) (id string, release func()) {
	t.Helper()
	source := harness.NewSource(t)
	source.BytesPerSecond.Store(256 << 10)
	id = submit(t, source.Add(fmt.Sprintf("slow-%d.bin", seed), harness.Content{Seed: seed, Size: size}, true))
	stack.Client.WaitState(t, id, "downloading", time.Minute)
	return id, func() { source.BytesPerSecond.Store(0) }
}

func deadMagnet(t *testing.T, seed uint64) broken {
	tracker := harness.NewTracker(t)
	spec := torrent(seed, mib)
	id := submit(t, harness.Make(t, spec, tracker.URL).Magnet)
	return broken{id, func() { harness.SeedFrom(t, harness.StartQBittorrent(t), tracker, spec) }}
}

// fullAgent leaves new jobs no agent but one with a small disk, which is full.
func fullAgent(t *testing.T, seed uint64) broken {
	stack.ActOnAgent(t, "cordon")
	t.Cleanup(func() { stack.ActOnAgent(t, "uncordon") })
	dir := filepath.Join(stack.Dir, "small")
	harness.MountDisk(t, dir, 64*mib)
	stack.StartAgent(t, "small")
	ballast := filepath.Join(dir, "ballast")
	fill(t, ballast)
	source := harness.NewSource(t)
	id := submit(t, source.Add(fmt.Sprintf("full-%d.bin", seed), harness.Content{Seed: seed, Size: 8 * mib}, true))
	return broken{id, func() {
		if err := os.Remove(ballast); err != nil {
			t.Fatal(err)
		}
	}}
}

// fill writes to the file until its disk is full.
func fill(t *testing.T, path string) {
	f, err := os.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	for err == nil {
		_, err = f.Write(make([]byte, mib))
	}
	if !errors.Is(err, syscall.ENOSPC) {
		t.Fatal(err)
	}
}

// storageRefuses takes the bucket away.
func storageRefuses(t *testing.T, seed uint64) broken {
	id, release := slow(t, seed, 24*mib)
	bucket := filepath.Join(stack.Dir, "data", "s3", "buckets", "longhaul")
	move := func(from, to string) {
		if err := os.Rename(from, to); err != nil {
			t.Fatal(err)
		}
	}
	move(bucket, bucket+"-away")
	release()
	return broken{id, func() { move(bucket+"-away", bucket) }}
}

func storageHangs(t *testing.T, seed uint64) broken {
	id, release := slow(t, seed, 24*mib)
	resume := stack.Suspend(t, "s3")
	release()
	return broken{id, resume}
}

func lostAgent(t *testing.T, seed uint64) broken {
	id, release := slow(t, seed, 16*mib)
	wake := stack.Freeze(t, id)
	release()
	return broken{id, wake}
}

// onSeedr submits a torrent while new jobs go to Seedr.
func onSeedr(t *testing.T, seed uint64) string {
	t.Helper()
	swarm := harness.SeedFrom(t, harness.StartQBittorrent(t), harness.NewTracker(t), torrent(seed, 4*mib))
	seedr := map[string]any{"provider": "seedr", "confirm": "seedr", "force": true} // its password may be refused still
	if err := stack.Administer(t.Context(), http.MethodPost, "/api/v1/admin/providers/switch", seedr, nil); err != nil {
		t.Fatal(err)
	}
	job, err := stack.Client.SubmitTorrent(t.Context(), swarm.Metainfo, nil)
	if err := errors.Join(err, stack.UseProvider(t.Context(), "agent", "none")); err != nil {
		t.Fatal(err)
	}
	return job.ID
}

func seedrFull(t *testing.T, seed uint64) broken {
	sim.Set(func(s *seedrtest.Switches) { s.SpaceMax = mib })
	t.Cleanup(func() { sim.Set(func(s *seedrtest.Switches) { *s = seedrtest.Default() }) })
	return broken{id: onSeedr(t, seed)}
}

func seedrPassword(t *testing.T, seed uint64) broken {
	id := onSeedr(t, seed)
	sim.Inject(seedrtest.FaultAuth, "", 1_000_000)
	return broken{id: id}
}

func notFound(t *testing.T, seed uint64) broken {
	source := harness.NewSource(t)
	name := fmt.Sprintf("missing-%d.bin", seed)
	id := submit(t, source.URL+"/"+name)
	return broken{id, func() { source.Add(name, harness.Content{Seed: seed, Size: mib}, true) }}
}

func blocked(t *testing.T, seed uint64) broken {
	id, release := slow(t, seed, 8*mib)
	var done struct{ Blocks []struct{ ID string } }
	var address string
	if err := stack.DB.QueryRow(t.Context(), `select source_uri from jobs where id = $1`, id).Scan(&address); err != nil {
		t.Fatal(err)
	}
	in := map[string]any{"values": []string{address}, "reason": "test"}
	if err := stack.Client.Do(t.Context(), http.MethodPost, "/api/v1/admin/blocks", in, &done); err != nil || len(done.Blocks) != 1 {
		t.Fatalf("block %s: %+v, %v", address, done, err)
	}
	return broken{id, func() {
		administer(t, http.MethodPost, "blocks/"+done.Blocks[0].ID+"/lift", nil)
		release()
	}}
}

// engineCrash kills the job's engine whenever it is there, until the job says that
// it crashes.
func engineCrash(t *testing.T, seed uint64) broken {
	source := harness.NewSource(t)
	source.BytesPerSecond.Store(1) // no part is complete before the engine is gone
	id := submit(t, source.Add(fmt.Sprintf("crash-%d.bin", seed), harness.Content{Seed: seed, Size: mib}, true))
	harness.Eventually(t, 4*time.Minute, "the job has failed", func() error {
		job, err := stack.Client.Job(t.Context(), id)
		if err != nil || job.State == "failed" || job.State == "needs_attention" {
			return err
		}
		if pid := stack.EngineProcess(t, id); pid != 0 {
			_ = syscall.Kill(pid, syscall.SIGKILL)
		}
		return fmt.Errorf("it is %s", job.State)
	})
	return broken{id, func() { source.BytesPerSecond.Store(0) }}
}

func terminated(t *testing.T, seed uint64) broken {
	id, release := slow(t, seed, 8*mib)
	if err := stack.Temporal(t).TerminateWorkflow(t.Context(), "job-"+id, "", "by an operator"); err != nil {
		t.Fatal(err)
	}
	return broken{id, release}
}
