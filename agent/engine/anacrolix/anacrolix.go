// Package anacrolix is the embedded BitTorrent engine, on the library
// github.com/anacrolix/torrent. One Engine serves one transfer in a process of
// its own: the library has no recovery of its own from a panic on a peer's
// goroutine, so the process boundary is what contains it.
//
// Peers are reached over TCP only. Every connection and datagram that leaves
// goes through the guard of the Network, listed peers and web seeds included.
// WebTorrent, port mapping and magnet sources are off; DHT and peer exchange
// are off for private torrents (BEP 27).
//
// The package does not upload to object storage and does not choose files.
package anacrolix

import (
	"context"
	"hash/crc32"
	"log/slog"
	"net"
	"net/netip"
	"runtime/debug"
	"time"

	"longhaul/agent/engine"
	"longhaul/internal/source"
	"longhaul/models"
)

var castagnoli = crc32.MakeTable(crc32.Castagnoli)

var (
	_ engine.Engine = (*Engine)(nil)
	_ engine.Seeder = (*Engine)(nil)
)

// defaultMemory is the most memory for unfinished pieces if the config names
// none.
const defaultMemory = 256 << 20

// Network reaches peers and trackers, and no address that is not allowed.
// *fetch.Dialer is one, and the only one that also reaches web seeds.
type Network interface {
	DialContext(ctx context.Context, network, address string) (net.Conn, error)
	Allowed(addr netip.Addr) bool
	AllowedPort(port uint16) bool
}

// PortRange is where to listen for peers; the zero value is any free port.
type PortRange struct {
	First, Last uint16
}

// Config sets up an Engine.
type Config struct {
	Log     *slog.Logger
	Network Network
	DHT     bool       // find peers of public torrents without trackers
	BindIP  netip.Addr // listen here and nowhere else; the zero value is every address
	Ports   PortRange

	// SeedRatio and SeedTime say how much to give back after a download: until
	// so many times its size was uploaded, or for so long, whichever comes
	// first. Both zero: nothing is ever uploaded.
	SeedRatio float64
	SeedTime  time.Duration

	// MemoryLimit is for unfinished pieces, in bytes; 0 is half of the process's
	// GOMEMLIMIT, and at most 256 MiB.
	MemoryLimit int64
	Now         func() time.Time

	redial time.Duration // before a peer is tried again
	web    *webSeeds     // of the torrent; nil if there are none
	hashes *hashes       // nil unless the library knows the torrent by an alias
}

func (c Config) seeds() bool { return c.SeedRatio > 0 || c.SeedTime > 0 }

// Engine implements engine.Engine and engine.Seeder for magnets and torrents.
type Engine struct {
	cfg Config
}

// New returns an engine.
func New(cfg Config) *Engine {
	if cfg.MemoryLimit <= 0 {
		cfg.MemoryLimit = min(defaultMemory, debug.SetMemoryLimit(-1)/2)
	}
	if cfg.Now == nil {
		cfg.Now = time.Now
	}
	if cfg.redial <= 0 {
		cfg.redial = redialFirst
	}
	if cfg.Log == nil {
		cfg.Log = slog.New(slog.DiscardHandler)
	}
	return &Engine{cfg: cfg}
}

// Resolve implements engine.Engine: a magnet's metadata comes from peers.
func (e *Engine) Resolve(ctx context.Context, src engine.Source, opts engine.Options) (models.Manifest, error) {
	t, err := parse(src)
	if err != nil {
		return models.Manifest{}, err
	}
	if t.manifest != nil {
		return *t.manifest, nil
	}
	s, err := e.open(t, false, opts.Pace)
	if err != nil {
		return models.Manifest{}, err
	}
	defer s.close()
	if err := s.awaitInfo(ctx, opts.ResolveTimeout, nil); err != nil {
		return models.Manifest{}, err
	}
	return *s.target.manifest, nil
}

// Download implements engine.Engine.
func (e *Engine) Download(ctx context.Context, job engine.Job, report func(engine.Report)) error {
	report(engine.Report{Phase: models.PhaseStarting})
	s, err := e.ready(ctx, job, e.cfg.seeds(), report)
	if err != nil {
		return err
	}
	defer s.close()
	report(engine.Report{Phase: models.PhaseChecking})
	d, err := s.start(ctx, job)
	if err != nil {
		return err
	}
	return d.run(ctx, job.Options.StallTimeout, report)
}

// Seed implements engine.Seeder.
func (e *Engine) Seed(ctx context.Context, job engine.Job, report func(engine.Report)) error {
	if !e.cfg.seeds() {
		return nil
	}
	s, err := e.ready(ctx, job, true, nil)
	if err != nil {
		return err
	}
	defer s.close()
	d, err := s.start(ctx, job)
	if err != nil {
		return err
	}
	return d.seed(ctx, e.cfg.SeedRatio, e.cfg.SeedTime, report)
}

// ready opens a session that has the metadata.
func (e *Engine) ready(ctx context.Context, job engine.Job, upload bool, report func(engine.Report)) (*session, error) {
	t, err := parse(job.Source)
	if err != nil {
		return nil, err
	}
	s, err := e.open(t, upload, job.Options.Pace)
	if err != nil {
		return nil, err
	}
	if err := s.awaitInfo(ctx, job.Options.ResolveTimeout, report); err != nil {
		s.close()
		return nil, err
	}
	hidden := t.manifest.Private && !t.source.Private
	if !hidden && (s.cfg.hashes != nil || t.view.Alias == nil) && (s.cfg.web != nil || len(t.view.Seeds) == 0) {
		return s, nil
	}
	// A magnet does not say that its torrent is private: from here on DHT and
	// peer exchange are off, and only the trackers' peers are used (BEP 27). Nor
	// does it say that the library can't read it, or what its web seeds' files are.
	known := s.client.book.all()
	s.close()
	t.source.Private = t.manifest.Private
	s, err = e.open(t, upload, job.Options.Pace)
	if err == nil && !hidden {
		s.tor.AddPeers(known)
	}
	return s, err
}

// target is a source as the engine uses it.
type target struct {
	source   models.Source
	manifest *models.Manifest // nil until a magnet's metadata is there
	view     source.View      // likewise
	trackers [][]string
	seeds    []string // that a magnet names
	peers    []string // that a magnet names
}

// adopt takes metainfo that is complete.
func (t *target) adopt(metainfo []byte) error {
	s, m, err := source.ParseTorrent(metainfo)
	if err != nil {
		return err
	}
	v, err := source.ViewOf(s.Metainfo)
	if err != nil {
		return err
	}
	m.Metainfo = s.Metainfo
	t.manifest, t.view = &m, v
	t.source.InfoHashV1, t.source.InfoHashV2 = s.InfoHashV1, s.InfoHashV2
	return nil
}

func parse(src engine.Source) (*target, error) {
	switch {
	case len(src.Metainfo) > 0:
		t := &target{source: models.Source{Kind: models.SourceTorrent}}
		if err := t.adopt(src.Metainfo); err != nil {
			return nil, err
		}
		t.source.Private = t.manifest.Private
		return t, nil
	case src.Magnet != "":
		s, err := source.ParseMagnet(src.Magnet)
		if err != nil {
			return nil, err
		}
		return &target{
			source: s, trackers: source.Trackers(s.URI), seeds: source.Seeds(s.URI), peers: source.Peers(s.URI),
		}, nil
	default:
		return nil, models.Fault(models.ProblemUnsupported, "This engine fetches only torrents.")
	}
}
