//go:build e2e

package chaos

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"longhaul/internal/objstore"
	"longhaul/test/harness"
)

// whileTheWorkerSleeps waits until all parts of the job are stored, with no one to
// complete its objects, has storage damaged, and lets the job continue.
func whileTheWorkerSleeps(t *testing.T, job harness.Job, size int64, fetched func() int64, damage func()) {
	t.Helper()
	// A look at the source fetches little.
	harness.Eventually(t, time.Minute, "the agent has the job", func() error {
		if n := fetched(); n < size/4 {
			return fmt.Errorf("%d of %d bytes are fetched", n, size)
		}
		return nil
	})
	wake := stack.Suspend(t, "worker")
	harness.Eventually(t, time.Minute, "all of the job is stored", func() error {
		var stored int64
		err := stack.DB.QueryRow(t.Context(), `
			select coalesce(sum(p.size), 0)::bigint from file_parts p join files f on f.id = p.file_id where f.job_id = $1`, job.ID).Scan(&stored)
		if err == nil && stored != size {
			err = fmt.Errorf("%d of %d bytes", stored, size)
		}
		return err
	})
	if j, err := stack.Client.Job(t.Context(), job.ID); err != nil || j.State != "downloading" {
		t.Fatalf("the job is %s, too late to damage what is stored; %v", j.State, err)
	}
	damage()
	wake()
}

// keys returns the keys of the job's objects and of its multipart uploads.
func keys(t *testing.T, job harness.Job) (objects []string, uploads []objstore.Upload) {
	t.Helper()
	prefix := "jobs/" + job.ID + "/"
	err := stack.Objects.List(t.Context(), prefix, func(o objstore.Object) error {
		objects = append(objects, o.Key)
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	err = stack.Objects.ListMultiparts(t.Context(), prefix, func(u objstore.Upload) error {
		uploads = append(uploads, u)
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return objects, uploads
}

// TestTruncatedObject has storage lose bytes that it said it has, before the job is
// complete. The agent still has them, so that the source is not asked again.
func TestTruncatedObject(t *testing.T) {
	truncate := func(t *testing.T, key string) {
		if err := stack.Objects.Put(t.Context(), key, []byte("short"), "application/octet-stream"); err != nil {
			t.Fatal(err)
		}
	}
	for how, c := range map[string]struct {
		size   int64
		damage func(t *testing.T, objects []string, uploads []objstore.Upload)
	}{
		"a truncated object": {4 << 20, func(t *testing.T, objects []string, _ []objstore.Upload) { truncate(t, objects[0]) }},
		"no object": {3 << 20, func(t *testing.T, objects []string, _ []objstore.Upload) {
			if err := stack.Objects.Delete(t.Context(), objects[0]); err != nil {
				t.Fatal(err)
			}
		}},
		"no parts": {40<<20 + 1, func(t *testing.T, _ []string, uploads []objstore.Upload) {
			if err := stack.Objects.AbortMultipart(t.Context(), uploads[0].Key, uploads[0].ID); err != nil {
				t.Fatal(err)
			}
		}},
	} {
		t.Run(how, func(t *testing.T) {
			source, content := harness.NewSource(t), harness.Content{Seed: uint64(7000 + c.size), Size: c.size}
			source.BytesPerSecond.Store(c.size / 16) // four connections
			job, err := stack.Client.SubmitURI(t.Context(), source.Add(strings.ReplaceAll(how, " ", "-")+".bin", content, true), nil)
			if err != nil {
				t.Fatal(err)
			}
			whileTheWorkerSleeps(t, job, c.size, source.Served.Load, func() {
				objects, uploads := keys(t, job)
				c.damage(t, objects, uploads)
			})
			stack.Client.WaitState(t, job.ID, "ready", 4*time.Minute)
			checkFile(t, stack.Client.Files(t, job.ID)[0], content)
			wasLost(t, job, ratio(source.Served.Load(), c.size))
		})
	}
	t.Run("one file of a torrent", func(t *testing.T) {
		spec := harness.Torrent{Name: "truncated"}
		for i, size := range []int64{30 << 20, 4<<20 + 3, 3 << 20} {
			spec.Files = append(spec.Files, harness.TorrentFile{
				Path: []string{fmt.Sprintf("%d.bin", i)}, Content: harness.Content{Seed: uint64(7100 + i), Size: size},
			})
		}
		swarm := harness.Seed(t, spec)
		if err := swarm.Seeder.LimitUpload(rate / 2); err != nil {
			t.Fatal(err)
		}
		job, err := stack.Client.SubmitTorrent(t.Context(), swarm.Metainfo, nil)
		if err != nil {
			t.Fatal(err)
		}
		whileTheWorkerSleeps(t, job, swarm.Size, func() int64 { return swarm.Seeder.Uploaded(t) }, func() {
			objects, _ := keys(t, job)
			truncate(t, objects[0])
		})
		stack.Client.WaitState(t, job.ID, "ready", 4*time.Minute)
		files := stack.Client.Files(t, job.ID)
		for i, f := range swarm.Files {
			checkFile(t, files[slices.IndexFunc(files, func(g harness.File) bool { return g.Index == i })], f.Content)
		}
		wasLost(t, job, ratio(swarm.Seeder.UploadedInAll(t, swarm.Size), swarm.Size))
	})
	stack.CheckStorage(t)
}

// wasLost checks that the damage was met, and how much was fetched in all.
func wasLost(t *testing.T, job harness.Job, fetched float64) {
	t.Helper()
	if stack.EventCount(t, job.ID, "length_mismatch") == 0 {
		t.Error("nobody noticed that storage lost bytes")
	}
	t.Logf("fetched %.3f of the size", fetched)
	if fetched > 1.05 {
		t.Errorf("fetched %.3f of the size", fetched)
	}
}
