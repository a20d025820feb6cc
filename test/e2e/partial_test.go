//go:build e2e

package e2e

import (
	"fmt"
	"testing"
	"time"

	"longhaul/test/harness"
)

// When a swarm lacks one file, the job needs attention and its complete files can
// be had. A retry fetches what is missing, and only that.
func TestSwarmThatLacksAFile(t *testing.T) {
	t.Parallel()
	spec := harness.Torrent{Name: "season", Files: []harness.TorrentFile{
		{Path: []string{"one.bin"}, Content: harness.Content{Seed: 951, Size: 6 << 20}},
		{Path: []string{"two.bin"}, Content: harness.Content{Seed: 952, Size: 2 << 20}},
		{Path: []string{"three.bin"}, Content: harness.Content{Seed: 953, Size: 20<<20 + 3}},
	}}
	const missing = 1
	tracker := harness.NewTracker(t)
	swarm := harness.SeedPart(t, tracker, spec, func(i int) bool { return i != missing })
	job, err := stack.Client.SubmitTorrent(t.Context(), swarm.Metainfo, nil)
	if err != nil {
		t.Fatal(err)
	}
	stack.Client.WaitState(t, job.ID, "needs_attention", 3*time.Minute)
	harness.Eventually(t, time.Minute, "the complete files are available", func() error {
		for _, f := range stack.Client.Files(t, job.ID) {
			if f.Available != (f.Index != missing) {
				return fmt.Errorf("%s is %s, available %v", f.Path, f.State, f.Available)
			}
		}
		return nil
	})
	stack.Client.WaitState(t, job.ID, "needs_attention", time.Second)
	checkBytes(t, job.ID, filesOf(swarm, 0, 2))

	// Someone comes who has all of it.
	swarm.Seeder.Stop()
	complete := harness.SeedFrom(t, harness.StartQBittorrent(t), tracker, spec)
	if err := stack.Client.Do(t.Context(), "POST", "/api/v1/jobs/"+job.ID+"/retry", nil, nil); err != nil {
		t.Fatal(err)
	}
	harness.Eventually(t, time.Minute, "the job is tried again", func() error {
		now, err := stack.Client.Job(t.Context(), job.ID)
		if err == nil && now.State == "needs_attention" {
			err = fmt.Errorf("it is %s", now.State)
		}
		return err
	})
	stack.Client.WaitState(t, job.ID, "ready", 2*time.Minute)
	checkBytes(t, job.ID, filesOf(swarm))
	size := spec.Files[missing].Content.Size
	if sent := complete.Seeder.UploadedInAll(t, size); sent > size+size/2 {
		t.Errorf("the seeder sent %d bytes for the %d that were missing", sent, size)
	}
}
