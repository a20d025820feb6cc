package enginetest

import (
	"bytes"
	"context"
	"log/slog"
	"net"
	"net/netip"
	"sync/atomic"
	"testing"

	g "github.com/anacrolix/generics"
	"github.com/anacrolix/torrent"
	"github.com/anacrolix/torrent/metainfo"
	"github.com/anacrolix/torrent/storage"
)

// Seeder serves a torrent on loopback from memory.
type Seeder struct {
	Peer netip.AddrPort

	served  atomic.Int64
	corrupt bool
	data    []byte // all files at their places
	info    *metainfo.Info
}

// NewSeeder starts a seeder at 127.0.0.1. A corrupt one sends a wrong byte in
// every block.
func NewSeeder(t testing.TB, made Torrent, corrupt bool) *Seeder {
	t.Helper()
	return NewSeederAt(t, "127.0.0.1", made, corrupt)
}

// NewSeederAt starts a seeder at a loopback address of its own.
func NewSeederAt(t testing.TB, host string, made Torrent, corrupt bool) *Seeder {
	t.Helper()
	mi, err := metainfo.Load(bytes.NewReader(made.Metainfo))
	if err != nil {
		t.Fatal(err)
	}
	info, err := mi.UnmarshalInfo()
	if err != nil {
		t.Fatal(err)
	}
	s := &Seeder{corrupt: corrupt, info: &info}
	for i, f := range info.UpvertedFiles() {
		s.data = append(s.data, make([]byte, f.TorrentOffset-int64(len(s.data)))...)
		s.data = append(s.data, made.Files[i].Data...)
	}
	cfg := torrent.NewDefaultClientConfig()
	cfg.Slogger = slog.New(slog.DiscardHandler)
	cfg.ListenHost = func(string) string { return host }
	cfg.ListenPort = 0
	cfg.DisableIPv6, cfg.DisableUTP, cfg.NoDHT, cfg.NoDefaultPortForwarding = true, true, true, true
	cfg.DisablePEX, cfg.DisableTrackers, cfg.DisableWebseeds, cfg.DisableWebtorrent = true, true, true, true
	cfg.Seed = true
	cfg.DefaultStorage = s
	cl, err := torrent.NewClient(cfg)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { cl.Close() })
	spec, err := torrent.TorrentSpecFromMetaInfoErr(mi)
	if err != nil {
		t.Fatal(err)
	}
	spec.Trackers = nil
	if _, _, err := cl.AddTorrentSpec(spec); err != nil {
		t.Fatal(err)
	}
	s.Peer = cl.ListenAddrs()[0].(*net.TCPAddr).AddrPort()
	s.Peer = netip.AddrPortFrom(s.Peer.Addr().Unmap(), s.Peer.Port())
	return s
}

// Served returns how many bytes of content were read to be sent.
func (s *Seeder) Served() int64 { return s.served.Load() }

// OpenTorrent implements storage.ClientImpl.
func (s *Seeder) OpenTorrent(context.Context, *metainfo.Info, metainfo.Hash) (storage.TorrentImpl, error) {
	return storage.TorrentImpl{
		PieceWithHash: func(p metainfo.Piece, _ g.Option[[]byte]) storage.PieceImpl {
			return seederPiece{s, int64(p.Index()) * s.info.PieceLength}
		},
	}, nil
}

type seederPiece struct {
	s     *Seeder
	begin int64
}

func (seederPiece) Completion() storage.Completion {
	return storage.Completion{Ok: true, Complete: true}
}
func (seederPiece) MarkComplete() error    { return nil }
func (seederPiece) MarkNotComplete() error { return nil }

func (seederPiece) WriteAt(b []byte, _ int64) (int, error) { return len(b), nil }

func (p seederPiece) ReadAt(b []byte, off int64) (int, error) {
	n := copy(b, p.s.data[p.begin+off:])
	p.s.served.Add(int64(n))
	if p.s.corrupt {
		b[0] ^= 1
	}
	return n, nil
}
