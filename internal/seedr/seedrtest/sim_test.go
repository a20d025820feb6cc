package seedrtest

import (
	"bytes"
	"context"
	"io"
	"testing"
	"time"

	"longhaul/agent/engine/enginetest"
)

// TestNginxPage: 162 bytes is what a third reader of a link was measured to get.
func TestNginxPage(t *testing.T) {
	t.Parallel()
	if len(nginx429) != 162 {
		t.Errorf("%d bytes", len(nginx429))
	}
}

// TestSwarm downloads from a peer that is an implementation of its own kind.
func TestSwarm(t *testing.T) {
	t.Parallel()
	big := bytes.Repeat([]byte("swarm"), 100_000)
	made := enginetest.NewTorrent(enginetest.TorrentSpec{Name: "Swarm", PieceLength: 1 << 15, Files: []enginetest.File{
		{Path: "a/big.bin", Data: big}, {Path: "b.txt", Data: []byte("small")},
	}})
	seeder := enginetest.NewSeeder(t, made, false)
	s := NewSwarm(t.TempDir())
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	var last Status
	magnet := made.Magnet(enginetest.NewTracker(t, seeder.Peer).URL)
	c, release, err := s.Fetch(ctx, Source{InfoHash: made.InfoHashV1, Magnet: magnet}, func(st Status) { last = st })
	if err != nil {
		t.Fatal(err)
	}
	if last.Done != int64(len(big)+5) || last.Size != last.Done || c.Name != "Swarm" || len(c.Files) != 2 || c.single() {
		t.Errorf("status %+v, content %+v", last, c)
	}
	for _, f := range c.Files {
		r := f.Open(1)
		got, err := io.ReadAll(r)
		r.Close()
		want := big[1:]
		if f.Path == "b.txt" {
			want = []byte("mall")
		}
		if err != nil || !bytes.Equal(got, want) {
			t.Errorf("%s: %d bytes, %v", f.Path, len(got), err)
		}
	}
	release()
	r := c.Files[0].Open(0)
	defer r.Close()
	if _, err := r.Read(make([]byte, 1)); err == nil {
		t.Error("the content is still there after its release")
	}
}
