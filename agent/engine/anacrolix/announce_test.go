package anacrolix_test

import (
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"slices"
	"sync"
	"testing"

	"longhaul/agent/engine"
	"longhaul/agent/engine/anacrolix"
	"longhaul/agent/engine/enginetest"
)

// With many clients starting on a busy machine, a library that lost the first
// announce of a few left those without a peer for ever.
func TestEveryTorrentIsAnnounced(t *testing.T) {
	t.Parallel()
	tracker := enginetest.NewTracker(t)
	ctx, cancel := context.WithTimeout(t.Context(), deadline)
	defer cancel()
	var all sync.WaitGroup
	for i := range 200 {
		hash := fmt.Sprintf("%040x", i+1)
		all.Go(func() {
			resolving, done := context.WithCancel(ctx)
			defer done()
			go func() {
				defer done()
				_ = tracker.Await(resolving, hash, "started") // else the deadline tells
			}()
			magnet := "magnet:?xt=urn:btih:" + hash + "&tr=" + tracker.URL
			_, err := anacrolix.New(config("127.0.0.0/8")).Resolve(resolving, engine.Source{Magnet: magnet}, engine.Options{})
			if ctx.Err() != nil {
				t.Errorf("torrent %s was never announced: %v", hash, err)
			}
		})
	}
	all.Wait()
}

// A tracker counts who downloads, who finished and who left.
func TestATrackerHearsHowADownloadEnds(t *testing.T) {
	t.Parallel()
	tracker := enginetest.NewTracker(t)
	made := enginetest.NewTorrent(enginetest.TorrentSpec{
		Name: "folder", Files: nested, PieceLength: 64 << 10, Trackers: []string{tracker.URL},
	})
	tracker.Add("", enginetest.NewSeeder(t, made, false).Peer)
	e := anacrolix.New(config("127.0.0.0/8"))
	source := engine.Source{Metainfo: made.Metainfo}

	same(t, fetchAll(t, e, source, made, 0), made)
	want := []string{"started", "stopped"}
	if got := tracker.Events(made.InfoHashV1); !slices.Equal(got, want) {
		t.Errorf("with one file of it the tracker heard %q, want %q", got, want)
	}
	same(t, fetchAll(t, e, source, made, 0, 1, 2, 3), made)
	want = append(want, "started", "completed", "stopped")
	if got := tracker.Events(made.InfoHashV1); !slices.Equal(got, want) {
		t.Errorf("with all files of it the tracker heard %q, want %q", got, want)
	}
}

// The swarms of a hybrid torrent are both asked for peers, though the magnet
// link names one of them (BEP 52).
func TestAHybridMagnetFindsBothSwarms(t *testing.T) {
	t.Parallel()
	tracker := enginetest.NewTracker(t)
	made := enginetest.NewTorrent(enginetest.TorrentSpec{
		Format: enginetest.Hybrid, Name: "folder", Files: nested, PieceLength: 64 << 10,
	})
	tracker.Add("", enginetest.NewSeeder(t, made, false).Peer)
	magnet := "magnet:?xt=urn:btih:" + made.InfoHashV1 + "&tr=" + tracker.URL
	same(t, fetchAll(t, anacrolix.New(config("127.0.0.0/8")), engine.Source{Magnet: magnet}, made, 0, 1, 2, 3), made)
	for _, hash := range []string{made.InfoHashV1, made.InfoHashV2[:40]} {
		if got := tracker.Events(hash); len(got) == 0 || got[0] != "started" {
			t.Errorf("for %s the tracker heard %q", hash, got)
		}
	}
}

// A tracker that takes a request and never answers holds up nothing.
func TestASilentTrackerHoldsUpNothing(t *testing.T) {
	t.Parallel()
	asked := make(chan struct{}, 10)
	silent := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		asked <- struct{}{}
		<-r.Context().Done()
	}))
	t.Cleanup(silent.Close)
	tracker := enginetest.NewTracker(t)
	made := enginetest.NewTorrent(enginetest.TorrentSpec{
		Name: "folder", Files: nested, PieceLength: 64 << 10, Trackers: []string{silent.URL, tracker.URL},
	})
	tracker.Add("", enginetest.NewSeeder(t, made, false).Peer)
	same(t, fetchAll(t, anacrolix.New(config("127.0.0.0/8")), engine.Source{Metainfo: made.Metainfo}, made, 0, 1, 2, 3), made)
	<-asked
}
