package seedrtest

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"log/slog"
	"os"
	"path/filepath"
	"time"

	g "github.com/anacrolix/generics"
	"github.com/anacrolix/torrent"
	"github.com/anacrolix/torrent/metainfo"
	"github.com/anacrolix/torrent/storage"
)

// Swarm is a Fetcher that downloads by BitTorrent into a folder, from trackers
// and peers on this machine.
type Swarm struct {
	client *torrent.Client
	dir    string
}

// NewSwarm starts a downloader that keeps files in dir.
func NewSwarm(dir string) (*Swarm, error) {
	cfg := torrent.NewDefaultClientConfig()
	cfg.DefaultStorage = storage.NewFileOpts(storage.NewFileClientOpts{
		ClientBaseDir: dir,
		TorrentDirMaker: func(base string, _ *metainfo.Info, hash metainfo.Hash) string {
			return filepath.Join(base, hash.HexString())
		},
		PieceCompletion: storage.NewMapPieceCompletion(),
		UsePartFiles:    g.Some(false),
	})
	cfg.Slogger = slog.New(slog.DiscardHandler)
	cfg.ListenHost = func(string) string { return "127.0.0.1" }
	cfg.ListenPort = 0
	cfg.DisableIPv6, cfg.DisableUTP, cfg.NoDHT, cfg.NoDefaultPortForwarding = true, true, true, true
	cfg.DisableWebseeds, cfg.DisableWebtorrent = true, true
	cl, err := torrent.NewClient(cfg)
	if err != nil {
		return nil, fmt.Errorf("seedr simulator: start the downloader: %w", err)
	}
	return &Swarm{client: cl, dir: dir}, nil
}

// Close ends all downloads.
func (s *Swarm) Close() { s.client.Close() }

// Fetch implements Fetcher.
func (s *Swarm) Fetch(ctx context.Context, src Source, status func(Status)) (Content, func(), error) {
	t, err := s.open(src)
	if err != nil {
		return Content{}, nil, err
	}
	defer t.Drop()
	select {
	case <-t.GotInfo():
	case <-ctx.Done():
		return Content{}, nil, ctx.Err()
	}
	t.DownloadAll()
	tick := time.NewTicker(100 * time.Millisecond)
	defer tick.Stop()
	for before := int64(0); ; {
		done := t.BytesCompleted()
		status(Status{Name: t.Name(), Size: t.Length(), Done: done, Rate: (done - before) * 10})
		if before = done; done == t.Length() {
			return s.content(t), s.release(t), nil
		}
		select {
		case <-tick.C:
		case <-ctx.Done():
			return Content{}, nil, ctx.Err()
		}
	}
}

func (s *Swarm) open(src Source) (*torrent.Torrent, error) {
	if src.Magnet != "" {
		return s.client.AddMagnet(src.Magnet)
	}
	mi, err := metainfo.Load(bytes.NewReader(src.Metainfo))
	if err != nil {
		return nil, err
	}
	return s.client.AddTorrent(mi)
}

// content is what was downloaded, read from the folder.
func (s *Swarm) content(t *torrent.Torrent) Content {
	c := Content{Name: t.Name()}
	for _, f := range t.Files() {
		if f.FileInfo().Attr == "p" {
			continue // padding (BEP 47)
		}
		full := filepath.Join(s.dir, t.InfoHash().HexString(), filepath.FromSlash(f.Path()))
		c.Files = append(c.Files, ContentFile{Path: f.DisplayPath(), Size: f.Length(), Open: func(offset int64) io.ReadCloser {
			return openAt(full, offset)
		}})
	}
	return c
}

// release removes what was downloaded.
func (s *Swarm) release(t *torrent.Torrent) func() {
	top := filepath.Join(s.dir, t.InfoHash().HexString())
	return func() { _ = os.RemoveAll(top) }
}

func openAt(name string, offset int64) io.ReadCloser {
	f, err := os.Open(name)
	if err == nil {
		_, err = f.Seek(offset, io.SeekStart)
	}
	if err != nil {
		return io.NopCloser(failing{err})
	}
	return f
}

type failing struct{ err error }

// Read implements io.Reader.
func (f failing) Read([]byte) (int, error) { return 0, f.err }
