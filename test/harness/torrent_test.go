package harness_test

import (
	"testing"

	"longhaul/internal/source"
	"longhaul/test/harness"
)

// The torrents that the end-to-end tests submit must be right by the rules of
// our own parser, in both versions.
func TestTorrentsAreValid(t *testing.T) {
	t.Parallel()
	for _, hybrid := range []bool{false, true} {
		swarm := harness.Seed(t, harness.Torrent{Name: "valid", Hybrid: hybrid, PieceLength: 64 << 10, Files: []harness.TorrentFile{
			{Path: []string{"a", "large"}, Content: harness.Content{Seed: 1, Size: 1<<20 + 5}},
			{Path: []string{"b"}, Content: harness.Content{Seed: 2, Size: 100}},
		}})
		src, man, err := source.ParseTorrent(swarm.Metainfo)
		if err != nil {
			t.Fatalf("hybrid %t: %v", hybrid, err)
		}
		if src.InfoHashV1 != swarm.InfoHash || (src.InfoHashV2 != "") != hybrid || len(man.Files) != 2 || man.Size != swarm.Size {
			t.Errorf("hybrid %t: parsed as %+v", hybrid, man)
		}
		list, err := swarm.Seeder.Torrents()
		if err != nil || len(list) != 1 || list[0].Progress != 1 {
			t.Errorf("hybrid %t: the independent client says %+v, %v", hybrid, list, err)
		}
	}
}
