package anacrolix

import (
	"net/netip"
	"testing"
	"time"

	"longhaul/agent/engine"
	"longhaul/agent/engine/enginetest"
	"longhaul/internal/fetch"
	"longhaul/models"
)

func loopback() Config {
	return Config{
		Network: fetch.NewDialer(fetch.DialerOptions{Guard: fetch.NewGuard(netip.MustParsePrefix("127.0.0.0/8"))}),
		BindIP:  netip.MustParseAddr("127.0.0.1"), DHT: true,
	}
}

// A magnet does not say that its torrent is private; once that is known, the
// download continues without DHT and peer exchange.
func TestAPrivateTorrentOfAMagnetLeavesDHT(t *testing.T) {
	t.Parallel()
	for _, private := range []bool{true, false} {
		tracker := enginetest.NewTracker(t)
		made := enginetest.NewTorrent(enginetest.TorrentSpec{
			Format: enginetest.V1, Name: "folder", Files: []enginetest.File{{Path: "a", Data: enginetest.Data(1, 100_000)}},
			PieceLength: 64 << 10, Private: private,
		})
		tracker.Add("", enginetest.NewSeeder(t, made, false).Peer)
		job := engine.Job{Source: engine.Source{Magnet: made.Magnet(tracker.URL)}, Options: engine.Options{ResolveTimeout: time.Minute}}
		s, err := New(loopback()).ready(t.Context(), job, false, nil)
		if err != nil {
			t.Fatal(err)
		}
		if nodes := len(s.client.DhtServers()); (nodes == 0) != private || s.target.manifest == nil {
			t.Errorf("private %v: %d DHT nodes", private, nodes)
		}
		s.close()
	}
}

// fullDisk is a bounded store.
type fullDisk struct {
	engine.Store
	room int64
}

func (s *fullDisk) Room() (int64, bool) { return s.room, true }

// While the disk is full the swarm is not to blame for that nothing comes.
func TestWaitingForTheDiskIsNoStall(t *testing.T) {
	t.Parallel()
	c := &clock{now: time.Unix(1_000_000, 0)}
	cfg := loopback()
	cfg.Now, cfg.DHT = c.Now, false
	made := enginetest.NewTorrent(enginetest.TorrentSpec{
		Format: enginetest.V1, Name: "folder", Files: []enginetest.File{{Path: "a", Data: enginetest.Data(1, 100_000)}}, PieceLength: 64 << 10,
	})
	source, err := parse(engine.Source{Metainfo: made.Metainfo})
	if err != nil {
		t.Fatal(err)
	}
	s, err := New(cfg).open(source, false, nil)
	if err != nil {
		t.Fatal(err)
	}
	defer s.close()
	disk := &fullDisk{}
	d := &download{session: s, layout: &layout{pieceLength: 64 << 10}, store: disk, storage: &pieceStorage{}}
	m, w := newMonitor(d, 30*time.Minute), &window{d: d, later: []int{0}}
	for range 4 {
		c.now = c.now.Add(20 * time.Minute)
		m.sample(w)
		if err := m.stalled(); err != nil {
			t.Fatal(err)
		}
	}
	disk.room = 1
	c.now = c.now.Add(29 * time.Minute)
	m.sample(w)
	if err := m.stalled(); err != nil {
		t.Errorf("gave up early: %v", err)
	}
	c.now = c.now.Add(time.Minute)
	m.sample(w)
	if models.ProblemOf(m.stalled()) != models.ProblemNoPeers {
		t.Errorf("with room again: %v", m.stalled())
	}
}
