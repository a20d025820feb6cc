package anacrolix

import (
	"context"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"net"
	"net/netip"
	"os"
	"slices"
	"testing"
	"time"

	"github.com/anacrolix/torrent/metainfo"

	"longhaul/agent/engine"
	"longhaul/internal/source"
	"longhaul/models"
)

type clock struct{ now time.Time }

func (c *clock) Now() time.Time { return c.now }

// hasAll is a store of which only Has matters.
type hasAll struct {
	engine.Store
	has bool
}

func (s hasAll) Has(int, int64, int64) bool { return s.has }

func TestLayoutCoversEverySelectedByteOnce(t *testing.T) {
	t.Parallel()
	rnd := rand.New(rand.NewPCG(5, 6))
	for range 300 {
		info := &metainfo.Info{Name: "x", PieceLength: 16 << 10}
		var chosen []engine.File
		want := map[int]int64{}
		total := int64(0)
		for i := range 1 + rnd.IntN(12) {
			n := rnd.Int64N(40_000)
			if rnd.IntN(4) == 0 {
				n = 0
			}
			info.Files = append(info.Files, metainfo.FileInfo{Path: []string{fmt.Sprint(i)}, Length: n})
			total += n
			if rnd.IntN(2) == 0 {
				chosen = append(chosen, engine.File{Index: i, Size: n})
				if n > 0 {
					want[i] = n
				}
			}
		}
		pieces := (total + info.PieceLength - 1) / info.PieceLength
		info.Pieces = make([]byte, 20*pieces)
		l, err := newLayout(info, chosen)
		if err != nil {
			t.Fatal(err)
		}
		next := map[int]int64{}
		length := int64(0)
		for p := range l.pieces {
			length += l.lengths(p)
			at := int64(-1)
			l.extents(p, func(e extent) bool {
				if e.off != next[e.file] || e.at <= at || e.at+e.length > l.lengths(p) {
					t.Fatalf("piece %d: %+v after %d", p, e, next[e.file])
				}
				at = e.at
				next[e.file] += e.length
				return true
			})
			if got := l.done(p, hasAll{has: true}); got != (l.wanted(p) > 0) {
				t.Fatalf("piece %d: done is %v", p, got)
			}
		}
		if length != total || len(next) != len(want) {
			t.Fatalf("pieces hold %d of %d bytes, %d of %d files", length, total, len(next), len(want))
		}
		for i, n := range want {
			if next[i] != n {
				t.Fatalf("file %d: %d of %d bytes", i, next[i], n)
			}
		}
	}
}

func TestABadSelectionIsRefused(t *testing.T) {
	t.Parallel()
	info := &metainfo.Info{Name: "x", PieceLength: 16 << 10, Length: 5, Pieces: make([]byte, 20)}
	for _, files := range [][]engine.File{{{Index: 1, Size: 5}}, {{Index: -1, Size: 5}}, {{Size: 5}, {Size: 5}}, {{Size: 4}}} {
		_, err := newLayout(info, files)
		if e := models.AsError(err); err == nil || e.Problem != models.ProblemBadSelection {
			t.Errorf("%+v: %v", files, err)
		}
	}
	if _, err := newLayout(info, []engine.File{{Size: -1}}); err != nil {
		t.Error("a file of a size not known before was refused:", err)
	}
}

// recorder is a store that records its calls.
type recorder struct {
	engine.Store
	got [][2]int64
}

func (r *recorder) Verified(_ int, off, n int64, _ uint32) error {
	r.got = append(r.got, [2]int64{off, n})
	return nil
}

func TestNoVerifiedRangeCrossesAPart(t *testing.T) {
	t.Parallel()
	r := &recorder{}
	s := &pieceStorage{store: r}
	if err := s.record(extent{off: verifyUnit - 10}, make([]byte, 2*verifyUnit)); err != nil {
		t.Fatal(err)
	}
	want := [][2]int64{{verifyUnit - 10, 10}, {verifyUnit, verifyUnit}, {2 * verifyUnit, verifyUnit - 10}}
	if !slices.Equal(r.got, want) {
		t.Errorf("%v, want %v", r.got, want)
	}
	if models.MinPartSize%verifyUnit != 0 {
		t.Error("parts are not whole units")
	}
}

func watched(c *clock, stall time.Duration) *monitor {
	d := &download{session: &session{cfg: Config{Now: c.Now}}, layout: &layout{pieceLength: 1 << 20}}
	return newMonitor(d, stall)
}

func TestReportsSayWhyNothingComes(t *testing.T) {
	t.Parallel()
	c := &clock{now: time.Unix(1_000_000, 0)}
	m := watched(c, 30*time.Minute)
	if r := m.report(); !r.Waiting.None() || r.GivesUpAt != nil || r.Phase != models.PhaseDownloading {
		t.Errorf("at first: %+v", r)
	}
	c.now = c.now.Add(9 * time.Minute)
	r := m.report()
	if !r.Waiting.Equal(models.Because(models.ReasonWaitsForPeers, "since", time.Unix(1_000_000, 0), "peers", 0, "seeders", 0)) || !r.GivesUpAt.Equal(time.Unix(1_000_000, 0).Add(30*time.Minute)) {
		t.Errorf("without peers: %+v", r)
	}
	if err := m.stalled(); err != nil {
		t.Error("gave up early:", err)
	}
	c.now = c.now.Add(21 * time.Minute)
	if e := models.AsError(m.stalled()); e.Problem != models.ProblemNoPeers {
		t.Error(e)
	}
	m.peers = 2
	if e := models.AsError(m.stalled()); e.Problem != models.ProblemStalled {
		t.Error(e)
	}
	if r := m.report(); !r.Waiting.Equal(models.Because(models.ReasonWaitsForPeers, "since", time.Unix(1_000_000, 0), "peers", 2, "seeders", 0)) {
		t.Error(r.Waiting)
	}
	m.waiting = true
	if r := m.report(); r.GivesUpAt != nil || r.Waiting.Code != models.ReasonWaitsForDisk {
		t.Errorf("waiting for the disk: %+v", r)
	}
}

func TestTrackersAreFiltered(t *testing.T) {
	t.Parallel()
	var tiers [][]string
	for i := range 5000 {
		tiers = append(tiers, []string{fmt.Sprintf("http://t%d.example/announce", i), "http://t0.example/announce"})
	}
	if got := endpoints(tiers); len(got) != source.MaxTrackers {
		t.Errorf("%d trackers are used", len(got))
	}
	if got := endpoints([][]string{{"wss://t.example", "file:///etc/passwd", "://", ""}}); len(got) != 0 {
		t.Errorf("%v are used", got)
	}
	want := []endpoint{{"udp://t.example:80", "udp4"}, {"udp://t.example:80", "udp6"}}
	if got := endpoints([][]string{{"udp://t.example:80"}}); !slices.Equal(got, want) {
		t.Errorf("a UDP tracker is reached by %v", got)
	}
}

func TestPeersAreTriedAgainLessAndLess(t *testing.T) {
	t.Parallel()
	c := &clock{now: time.Unix(0, 0)}
	b := newPeerBook(c.Now, 10*time.Second)
	b.tried("192.0.2.1:6881")
	b.tried("192.0.2.1:6881") // once more with an encrypted header
	b.tried("not an address")
	if len(b.due()) != 0 {
		t.Fatal("tried again at once")
	}
	for _, wait := range []time.Duration{10, 20, 40, 80} {
		c.now = c.now.Add(wait*time.Second - 1)
		if len(b.due()) != 0 {
			t.Fatalf("tried again before %d s", wait)
		}
		c.now = c.now.Add(1)
		if due := b.due(); len(due) != 1 || due[0].Addr.String() != "192.0.2.1:6881" {
			t.Fatalf("after %d s: %v", wait, due)
		}
		b.tried("192.0.2.1:6881")
	}
	for i := range 2 * maxBook {
		b.tried(netip.AddrPortFrom(netip.AddrFrom4([4]byte{192, 0, 2, 2}), uint16(i+1)).String())
	}
	if len(b.peers) > maxBook {
		t.Errorf("%d peers are remembered", len(b.peers))
	}
}

// openNetwork allows everything.
type openNetwork struct{ net.Dialer }

func (*openNetwork) Allowed(netip.Addr) bool { return true }

func (*openNetwork) AllowedPort(uint16) bool { return true }

func (n *openNetwork) DialContext(ctx context.Context, network, address string) (net.Conn, error) {
	return n.Dialer.DialContext(ctx, network, address)
}

func TestPrivateTorrentsUseNeitherDHTNorPeerExchange(t *testing.T) {
	t.Parallel()
	cfg := New(Config{
		Log: slog.New(slog.DiscardHandler), Network: &openNetwork{}, DHT: true, BindIP: netip.MustParseAddr("127.0.0.1"),
	}).cfg
	for _, private := range []bool{true, false} {
		c, err := openClient(cfg, false, private, nil)
		if err != nil {
			t.Fatal(err)
		}
		if got := len(c.DhtServers()); (got == 0) != private {
			t.Errorf("private %v: %d DHT nodes", private, got)
		}
		c.close()
		if cc := clientConfig(cfg, false, private, c.book); cc.DisablePEX != private || !cc.NoUpload || !cc.DisableWebseeds {
			t.Errorf("private %v: peer exchange off is %v", private, cc.DisablePEX)
		}
	}
}

func TestABusyPortRangeIsAnError(t *testing.T) {
	t.Parallel()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	port := uint16(l.Addr().(*net.TCPAddr).Port)
	cfg := Config{BindIP: netip.MustParseAddr("127.0.0.1"), Ports: PortRange{First: port, Last: port}}
	if _, err := listen(cfg); err == nil {
		t.Error("listened on a port that is taken")
	}
}

func TestPacketsToForbiddenAddressesStay(t *testing.T) {
	t.Parallel()
	pc, err := listenPacket(Config{Network: closedNetwork{}}, "udp4", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer pc.Close()
	if _, err := pc.WriteTo([]byte("x"), pc.LocalAddr()); err == nil {
		t.Error("a packet was sent")
	}
}

type closedNetwork struct{}

func (closedNetwork) Allowed(netip.Addr) bool { return false }

func (closedNetwork) AllowedPort(uint16) bool { return true }

// portNetwork allows every address, and no port but one.
type portNetwork struct {
	closedNetwork
	port uint16
}

func (portNetwork) Allowed(netip.Addr) bool { return true }

func (n portNetwork) AllowedPort(port uint16) bool { return port == n.port }

// A UDP tracker's port is checked like any other.
func TestPacketsGoToAllowedPortsOnly(t *testing.T) {
	t.Parallel()
	there, err := net.ListenPacket("udp4", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer there.Close()
	port := there.LocalAddr().(*net.UDPAddr).AddrPort().Port()
	for allowed, want := range map[uint16]bool{port: true, port + 1: false} {
		pc, err := listenPacket(Config{Network: portNetwork{port: allowed}}, "udp4", "127.0.0.1:0")
		if err != nil {
			t.Fatal(err)
		}
		if _, err := pc.WriteTo([]byte("x"), there.LocalAddr()); (err == nil) != want {
			t.Errorf("a packet to port %d with %d allowed: %v", port, allowed, err)
		}
		pc.Close()
	}
}

func (closedNetwork) DialContext(context.Context, string, string) (net.Conn, error) {
	return nil, net.ErrClosed
}

// The pieces asked for are the first that are missing, a bounded number of
// bytes, so that parts are finished in turn; nothing of it coming while a peer has
// others, or all of it at once, makes them more.
func TestPiecesAreAskedForInTurn(t *testing.T) {
	const length, pieces = 1 << 20, 4096
	outside := false
	c := &clock{now: time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)}
	storage := &pieceStorage{pieces: make([]piece, pieces)}
	w := &window{
		d:     &download{session: &session{cfg: Config{Now: c.Now}}, layout: &layout{lengths: func(int) int64 { return length }}, storage: storage},
		ahead: aheadBytes, moved: c.now, outside: func() bool { return outside },
	}
	for i := range pieces {
		w.later = append(w.later, i)
	}
	take := func() []int { // what advance does but for the library's part
		w.widen()
		next := w.later[:w.fitting(w.ahead)]
		w.later = w.later[len(next):]
		w.asked = append(w.asked, next...)
		return next
	}
	complete := func(pieces []int) {
		for _, p := range pieces {
			storage.pieces[p].complete.Store(true)
		}
		storage.verified.Add(int64(len(pieces)) * length)
		c.now = c.now.Add(pumpEvery)
	}
	first := take()
	if len(first) != aheadBytes/length || first[0] != 0 {
		t.Fatalf("%d pieces are asked for first, from %d", len(first), first[0])
	}
	complete(first[:10])
	if next := take(); len(next) != 10 || next[0] != len(first) {
		t.Errorf("%d pieces followed 10 finished ones", len(next))
	}
	c.now = c.now.Add(widenAfter + time.Second)
	if next := take(); len(next) != 0 {
		t.Errorf("%d pieces more although no peer could send them", len(next))
	}
	outside = true
	c.now = c.now.Add(widenAfter + time.Second)
	if next := take(); len(next) != aheadBytes/length {
		t.Errorf("%d pieces more when nothing came and a peer has others", len(next))
	}
	complete(w.asked)
	if next := take(); len(next) != 4*aheadBytes/length {
		t.Errorf("%d pieces at once when all came between two looks", len(next))
	}
}

func TestNothingIsLeftInTheWorkingDirectory(t *testing.T) {
	t.Chdir(t.TempDir())
	c, err := openClient(Config{Network: closedNetwork{}, BindIP: netip.MustParseAddr("127.0.0.1"), Now: time.Now}, false, true, nil)
	if err != nil {
		t.Fatal(err)
	}
	defer c.close()
	left, err := os.ReadDir(".")
	if err != nil || len(left) > 0 {
		t.Errorf("%v are there, %v", left, err)
	}
}
