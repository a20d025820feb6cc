//go:build e2e

package e2e

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"longhaul/test/harness"
)

// TestWebSeedAlone downloads a torrent that has no tracker and no peer.
func TestWebSeedAlone(t *testing.T) {
	t.Parallel()
	source := harness.NewSource(t)
	swarm := harness.Make(t, nested(91), "")
	for _, f := range swarm.Files {
		source.Add(swarm.Name+"/"+strings.Join(f.Path, "/"), f.Content, true)
	}
	seed := source.URL + "/"
	metainfo := fmt.Appendf(swarm.Metainfo[:len(swarm.Metainfo)-1], "8:url-list%d:%se\r\n", len(seed), seed)
	job, err := stack.Client.SubmitTorrent(t.Context(), metainfo, nil)
	if err != nil {
		t.Fatal(err)
	}
	stack.Client.WaitState(t, job.ID, "ready", 2*time.Minute)
	checkBytes(t, job.ID, filesOf(swarm))
}

// TestHybridTorrentWithEmptyFile downloads what the engine's library can't read,
// from its torrent and from a magnet link that was wrapped.
func TestHybridTorrentWithEmptyFile(t *testing.T) {
	t.Parallel()
	for i, magnet := range []bool{false, true} {
		t.Run(fmt.Sprintf("magnet %t", magnet), func(t *testing.T) {
			t.Parallel()
			seed := uint64(101 + 10*i)
			swarm := harness.Seed(t, harness.Torrent{Name: fmt.Sprintf("hybrid %d", i), Hybrid: true, Files: []harness.TorrentFile{
				{Path: []string{"a", "empty"}, Content: harness.Content{Seed: seed, Size: 0}},
				{Path: []string{"a", "large.bin"}, Content: harness.Content{Seed: seed + 1, Size: 20<<20 + 7}},
				{Path: []string{"b.nfo"}, Content: harness.Content{Seed: seed + 2, Size: 1}},
				{Path: []string{"c.txt"}, Content: harness.Content{Seed: seed + 3, Size: 0}},
			}})
			submit := func() (harness.Job, error) {
				if magnet {
					half := len("magnet:?xt=urn:btih:") + 20
					return stack.Client.SubmitURI(t.Context(), "<"+swarm.Magnet[:half]+"\r\n"+swarm.Magnet[half:]+">", nil)
				}
				return stack.Client.SubmitTorrent(t.Context(), swarm.Metainfo, nil)
			}
			job, err := submit()
			if err != nil {
				t.Fatal(err)
			}
			stack.Client.WaitState(t, job.ID, "ready", 2*time.Minute)
			checkBytes(t, job.ID, filesOf(swarm))
		})
	}
}
