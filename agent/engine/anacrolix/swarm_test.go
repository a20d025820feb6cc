package anacrolix_test

import (
	"bytes"
	"context"
	"errors"
	"net"
	"net/netip"
	"strings"
	"sync"
	"testing"
	"time"

	"longhaul/agent/engine"
	"longhaul/agent/engine/anacrolix"
	"longhaul/agent/engine/disk"
	"longhaul/agent/engine/enginetest"
	"longhaul/internal/fetch"
	"longhaul/models"
)

const deadline = time.Minute

func config(allow ...string) anacrolix.Config {
	var nets []netip.Prefix
	for _, a := range allow {
		nets = append(nets, netip.MustParsePrefix(a))
	}
	return anacrolix.Config{
		Network: fetch.NewDialer(fetch.DialerOptions{Guard: fetch.NewGuard(nets...)}),
		BindIP:  netip.MustParseAddr("127.0.0.1"),
	}
}

// fetchAll downloads files of a torrent with an engine and returns their bytes.
func fetchAll(t *testing.T, e engine.Engine, src engine.Source, made enginetest.Torrent, chosen ...int) map[int][]byte {
	t.Helper()
	out, err := tryFetch(t, e, src, made, deadline, chosen...)
	if err != nil {
		t.Fatal(err)
	}
	return out
}

func tryFetch(t *testing.T, e engine.Engine, src engine.Source, made enginetest.Torrent, stall time.Duration, chosen ...int) (map[int][]byte, error) {
	t.Helper()
	var specs []disk.FileSpec
	job := engine.Job{Source: src, Options: engine.Options{ResolveTimeout: deadline, StallTimeout: stall}}
	for _, i := range chosen {
		size := int64(len(made.Files[i].Data))
		specs = append(specs, disk.FileSpec{Index: i, Size: size, PartSize: enginetest.TestPart})
		job.Files = append(job.Files, engine.File{Index: i, Size: size})
	}
	store, err := disk.Open(t.TempDir(), specs, disk.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { store.Close() })
	job.Store = store
	ctx, cancel := context.WithTimeout(t.Context(), deadline)
	defer cancel()
	if err := e.Download(ctx, job, func(engine.Report) {}); err != nil {
		return nil, err
	}
	out := map[int][]byte{}
	for _, i := range chosen {
		b := make([]byte, len(made.Files[i].Data))
		if !store.Has(i, 0, int64(len(b))) {
			t.Fatalf("file %d is not verified", i)
		}
		if len(b) > 0 {
			if _, err := store.ReadAt(i, b, 0); err != nil {
				t.Fatal(err)
			}
		}
		out[i] = b
	}
	return out, nil
}

func same(t *testing.T, got map[int][]byte, made enginetest.Torrent) {
	t.Helper()
	for i, b := range got {
		if !bytes.Equal(b, made.Files[i].Data) {
			t.Errorf("file %d has wrong bytes", i)
		}
	}
}

var nested = []enginetest.File{
	{Path: "b/日本.bin", Data: enginetest.Data(1, 1_300_001)},
	{Path: "a/one", Data: enginetest.Data(2, 17)},
	{Path: "a/two", Data: enginetest.Data(3, 64<<10)},
	{Path: "c", Data: enginetest.Data(4, 900_000)},
}

func TestMagnetOfEveryFormat(t *testing.T) {
	t.Parallel()
	for _, format := range []enginetest.Format{enginetest.V1, enginetest.Hybrid, enginetest.V2} {
		tracker := enginetest.NewTracker(t)
		made := enginetest.NewTorrent(enginetest.TorrentSpec{Format: format, Name: "folder", Files: nested, PieceLength: 64 << 10})
		tracker.Add("", enginetest.NewSeeder(t, made, false).Peer)
		magnet := engine.Source{Magnet: made.Magnet(tracker.URL)}
		m, err := newEngine(t).Resolve(t.Context(), magnet, engine.Options{ResolveTimeout: deadline})
		if err != nil {
			t.Fatalf("format %d: %v", format, err)
		}
		if len(m.Files) != len(nested) || m.InfoHashV1 != made.InfoHashV1 || m.InfoHashV2 != made.InfoHashV2 {
			t.Errorf("format %d: %+v", format, m)
		}
		for i, f := range m.Files {
			if f.Index != i || f.Path != made.Files[i].Path || f.Size != int64(len(made.Files[i].Data)) {
				t.Errorf("format %d: file %d is %+v", format, i, f)
			}
		}
		same(t, fetchAll(t, newEngine(t), engine.Source{Metainfo: m.Metainfo}, made, 0, 1, 2, 3), made)
		same(t, fetchAll(t, newEngine(t), magnet, made, 2), made)
		if format == enginetest.Hybrid {
			made.InfoHashV1 = ""
			same(t, fetchAll(t, newEngine(t), engine.Source{Magnet: made.Magnet(tracker.URL)}, made, 1, 3), made)
		}
	}
}

func TestPaddingIsNotStored(t *testing.T) {
	t.Parallel()
	files := []enginetest.File{
		{Path: "one", Data: enginetest.Data(1, 100_000)},
		{Path: ".pad/31072", Data: make([]byte, 31_072), Pad: true},
		{Path: "two", Data: enginetest.Data(2, 70_000)},
	}
	tracker := enginetest.NewTracker(t)
	made := enginetest.NewTorrent(enginetest.TorrentSpec{
		Name: "folder", Files: files, PieceLength: 64 << 10, Trackers: []string{tracker.URL},
	})
	tracker.Add("", enginetest.NewSeeder(t, made, false).Peer)
	same(t, fetchAll(t, newEngine(t), engine.Source{Metainfo: made.Metainfo}, made, 0, 2), made)
}

func TestLittleMemory(t *testing.T) {
	t.Parallel()
	tracker := enginetest.NewTracker(t)
	for _, format := range []enginetest.Format{enginetest.V1, enginetest.V2} {
		made := enginetest.NewTorrent(enginetest.TorrentSpec{
			Format: format, Name: "folder", Files: nested, PieceLength: 64 << 10, Trackers: []string{tracker.URL},
		})
		tracker.Add("", enginetest.NewSeeder(t, made, false).Peer)
		cfg := config("127.0.0.0/8")
		cfg.MemoryLimit = 1
		same(t, fetchAll(t, anacrolix.New(cfg), engine.Source{Metainfo: made.Metainfo}, made, 0, 2, 3), made)
	}
}

func TestABadPeerBesideAGoodOne(t *testing.T) {
	t.Parallel()
	tracker := enginetest.NewTracker(t)
	made := enginetest.NewTorrent(enginetest.TorrentSpec{
		Name: "folder", Files: nested, PieceLength: 64 << 10, Trackers: []string{tracker.URL},
	})
	tracker.Add("", enginetest.NewSeederAt(t, "127.0.0.2", made, true).Peer)
	tracker.Add("", enginetest.NewSeederAt(t, "127.0.0.3", made, false).Peer)
	same(t, fetchAll(t, newEngine(t), engine.Source{Metainfo: made.Metainfo}, made, 0, 1, 2, 3), made)
}

func TestAPeerThatComesLaterIsFound(t *testing.T) {
	t.Parallel()
	refused := make(chan struct{})
	gate := &gatedNetwork{Network: config("127.0.0.0/8").Network, refused: refused}
	tracker := enginetest.NewTracker(t)
	made := enginetest.NewTorrent(enginetest.TorrentSpec{
		Name: "folder", Files: nested, PieceLength: 64 << 10, Trackers: []string{tracker.URL},
	})
	gate.peer = enginetest.NewSeeder(t, made, false).Peer.String()
	tracker.Add("", netip.MustParseAddrPort(gate.peer))
	cfg := config()
	cfg.Network = gate
	same(t, fetchAll(t, anacrolix.NewImpatient(cfg), engine.Source{Metainfo: made.Metainfo}, made, 0, 3), made)
	<-refused
}

// gatedNetwork refuses the first connections to a peer.
type gatedNetwork struct {
	anacrolix.Network
	peer    string
	refused chan struct{}

	mu    sync.Mutex
	tries int
}

func (g *gatedNetwork) DialContext(ctx context.Context, network, address string) (net.Conn, error) {
	if address == g.peer {
		g.mu.Lock()
		defer g.mu.Unlock()
		if g.tries++; g.tries <= 4 {
			if g.tries == 4 {
				close(g.refused)
			}
			return nil, errors.New("refused")
		}
	}
	return g.Network.DialContext(ctx, network, address)
}

func TestForbiddenAddressesAreNotContacted(t *testing.T) {
	t.Parallel()
	canary := newCanary(t, "127.0.0.9")
	tracker := enginetest.NewTracker(t, canary.tcp)
	made := enginetest.NewTorrent(enginetest.TorrentSpec{
		Name: "x", Files: []enginetest.File{{Path: "x", Data: []byte("x")}}, PieceLength: 64 << 10,
		Trackers: []string{tracker.URL, "http://" + canary.tcp.String() + "/announce", "udp://" + canary.udp.String() + "/announce"},
	})
	_, err := tryFetch(t, anacrolix.New(config("127.0.0.1/32")), engine.Source{Metainfo: made.Metainfo}, made, 2*time.Second, 0)
	if e, ok := errors.AsType[*models.Error](err); !ok || e.Problem != models.ProblemNoPeers {
		t.Errorf("got %v", err)
	}
	if tracker.Announces() == 0 {
		t.Error("the allowed tracker was not asked")
	}
	if n := canary.close(); n > 0 {
		t.Errorf("the forbidden address was contacted %d times", n)
	}
}

// canary counts what comes to an address.
type canary struct {
	tcp, udp netip.AddrPort
	close    func() int
}

func newCanary(t *testing.T, host string) *canary {
	t.Helper()
	l, err := net.Listen("tcp", host+":0")
	if err != nil {
		t.Fatal(err)
	}
	pc, err := net.ListenPacket("udp", host+":0")
	if err != nil {
		t.Fatal(err)
	}
	hits := make(chan int, 2)
	go func() {
		n := 0
		for {
			c, err := l.Accept()
			if err != nil {
				hits <- n
				return
			}
			c.Close()
			n++
		}
	}()
	go func() {
		n := 0
		for {
			if _, _, err := pc.ReadFrom(make([]byte, 2048)); err != nil {
				hits <- n
				return
			}
			n++
		}
	}()
	return &canary{
		tcp: l.Addr().(*net.TCPAddr).AddrPort(), udp: pc.LocalAddr().(*net.UDPAddr).AddrPort(),
		close: func() int {
			l.Close()
			pc.Close()
			return <-hits + <-hits
		},
	}
}

func TestSeedingEndsAtTheRatio(t *testing.T) {
	t.Parallel()
	tracker := enginetest.NewTracker(t)
	made := enginetest.NewTorrent(enginetest.TorrentSpec{
		Name: "folder", Files: nested, PieceLength: 64 << 10, Trackers: []string{tracker.URL},
		Private: true, // or peer exchange would tell of the origin
	})
	origin := enginetest.NewSeeder(t, made, false)
	tracker.Add("", origin.Peer)
	src := engine.Source{Metainfo: made.Metainfo}
	all := []int{0, 1, 2, 3}

	cfg := config("127.0.0.0/8")
	cfg.SeedRatio, cfg.BindIP = 1, netip.MustParseAddr("127.0.0.4")
	guard := fetch.NewGuard(netip.MustParsePrefix("127.0.0.0/8"))
	cfg.Network = fetch.NewDialer(fetch.DialerOptions{Guard: guard, BindIP: cfg.BindIP})
	l, err := net.Listen("tcp", "127.0.0.4:0")
	if err != nil {
		t.Fatal(err)
	}
	l.Close()
	port := uint16(l.Addr().(*net.TCPAddr).Port)
	cfg.Ports = anacrolix.PortRange{First: port, Last: port}
	e := anacrolix.New(cfg)
	job, store := newJob(t, src, made, all)
	if err := e.Download(t.Context(), job, func(engine.Report) {}); err != nil {
		t.Fatal(err)
	}
	before := origin.Served()
	ctx, cancel := context.WithTimeout(t.Context(), deadline)
	defer cancel()
	seeding := make(chan struct{})
	ended := make(chan error, 1)
	go func() {
		told := false
		ended <- e.Seed(ctx, job, func(r engine.Report) {
			if r.Phase == models.PhaseSeeding && !told {
				told = true
				close(seeding)
			}
		})
	}()
	<-seeding
	second := enginetest.NewTracker(t)
	second.Add("", netip.AddrPortFrom(cfg.BindIP, cfg.Ports.First))
	same(t, fetchAll(t, newEngine(t), engine.Source{Magnet: made.Magnet(second.URL)}, made, all...), made)
	if err := <-ended; err != nil {
		t.Fatal(err)
	}
	if origin.Served() != before {
		t.Error("the origin served the second peer")
	}
	if err := store.Close(); err != nil {
		t.Fatal(err)
	}
}

func newJob(t *testing.T, src engine.Source, made enginetest.Torrent, chosen []int) (engine.Job, *disk.Store) {
	t.Helper()
	job := engine.Job{Source: src, Options: engine.Options{ResolveTimeout: deadline, StallTimeout: deadline}}
	var specs []disk.FileSpec
	for _, i := range chosen {
		size := int64(len(made.Files[i].Data))
		specs = append(specs, disk.FileSpec{Index: i, Size: size, PartSize: enginetest.TestPart})
		job.Files = append(job.Files, engine.File{Index: i, Size: size})
	}
	store, err := disk.Open(t.TempDir(), specs, disk.Options{})
	if err != nil {
		t.Fatal(err)
	}
	job.Store = store
	return job, store
}

func TestNothingIsUploadedByDefault(t *testing.T) {
	t.Parallel()
	var ran bool
	if err := anacrolix.New(config()).Seed(t.Context(), engine.Job{}, func(engine.Report) { ran = true }); err != nil || ran {
		t.Error("seeding ran without a policy", err)
	}
}

func TestAURLIsNotForThisEngine(t *testing.T) {
	t.Parallel()
	_, err := newEngine(t).Resolve(t.Context(), engine.Source{URL: "http://example.org/f"}, engine.Options{})
	if e, ok := errors.AsType[*models.Error](err); !ok || e.Problem != models.ProblemUnsupported {
		t.Error(err)
	}
}

func TestForgedMetadataIsRefused(t *testing.T) {
	t.Parallel()
	tracker := enginetest.NewTracker(t)
	real := enginetest.NewTorrent(enginetest.TorrentSpec{Name: "x", Files: []enginetest.File{{Path: "x", Data: []byte("real")}}, PieceLength: 64 << 10})
	other := enginetest.NewTorrent(enginetest.TorrentSpec{Name: "x", Files: []enginetest.File{{Path: "x", Data: []byte("other")}}, PieceLength: 64 << 10})
	tracker.Add("", enginetest.NewForger(t, real, other))
	_, err := newEngine(t).Resolve(t.Context(), engine.Source{Magnet: real.Magnet(tracker.URL)}, engine.Options{ResolveTimeout: 2 * time.Second})
	if e, ok := errors.AsType[*models.Error](err); !ok || e.Problem != models.ProblemMetadataTimeout {
		t.Errorf("got %v", err)
	} else if !strings.Contains(e.Message, "2 seconds") {
		t.Errorf("the message is %q", e.Message)
	}
}
