package seedrtest

import (
	"context"
	"fmt"
	"io"
	"net/netip"
	"os"
	"path/filepath"
	"strconv"
	"sync"
	"sync/atomic"
	"time"

	"longhaul/agent/engine"
	"longhaul/agent/engine/anacrolix"
	"longhaul/internal/byterange"
	"longhaul/internal/fetch"
	"longhaul/internal/wait"
	"longhaul/models"
)

// swarmPatience is how long the downloader may get nothing before it starts
// over. The real service never gives up on a magnet, so neither does it.
const swarmPatience = time.Minute

// Swarm is a Fetcher that downloads by BitTorrent into a folder, from trackers
// and peers on this machine.
type Swarm struct {
	dir    string
	config anacrolix.Config
}

// NewSwarm returns a downloader that keeps files in dir.
func NewSwarm(dir string) *Swarm {
	loopback := netip.MustParsePrefix("127.0.0.0/8")
	return &Swarm{dir: dir, config: anacrolix.Config{
		Network: fetch.NewDialer(fetch.DialerOptions{Guard: fetch.NewGuard(loopback)}),
		BindIP:  netip.AddrFrom4([4]byte{127, 0, 0, 1}),
	}}
}

// Fetch implements Fetcher.
func (s *Swarm) Fetch(ctx context.Context, src Source, status func(Status)) (Content, func(), error) {
	dir := filepath.Join(s.dir, src.InfoHash)
	release := func() { _ = os.RemoveAll(dir) }
	for {
		c, err := s.try(ctx, dir, src, status)
		if err == nil {
			return c, release, nil
		}
		if ctx.Err() != nil {
			release()
			return Content{}, nil, ctx.Err()
		}
		if err := wait.For(ctx, time.Second); err != nil {
			release()
			return Content{}, nil, err
		}
	}
}

func (s *Swarm) try(ctx context.Context, dir string, src Source, status func(Status)) (Content, error) {
	options := engine.Options{ResolveTimeout: swarmPatience, StallTimeout: swarmPatience}
	from := engine.Source{Magnet: src.Magnet, Metainfo: src.Metainfo}
	e := anacrolix.New(s.config)
	m, err := e.Resolve(ctx, from, options)
	if err != nil {
		return Content{}, err
	}
	if len(m.Metainfo) > 0 {
		from = engine.Source{Metainfo: m.Metainfo}
	}
	st, err := newSwarmStore(dir, m)
	if err != nil {
		return Content{}, err
	}
	defer st.close()
	job := engine.Job{Source: from, Store: st, Options: options}
	c := Content{Name: m.Name}
	for _, f := range m.Files {
		job.Files = append(job.Files, engine.File{Index: f.Index, Size: f.Size})
		c.Files = append(c.Files, ContentFile{Path: f.Path, Size: f.Size, Open: func(offset int64) io.ReadCloser {
			return openAt(st.path(f.Index), offset)
		}})
	}
	err = e.Download(ctx, job, func(r engine.Report) {
		status(Status{Name: m.Name, Size: m.Size, Done: st.verified.Load(), Rate: r.DownRate})
	})
	return c, err
}

// swarmStore is an engine.Store of plain files, numbered as in the manifest.
type swarmStore struct {
	dir      string
	verified atomic.Int64
	files    map[int]*os.File

	mu   sync.Mutex
	done map[int]byterange.Set // verified, by file
}

func newSwarmStore(dir string, m models.Manifest) (*swarmStore, error) {
	s := &swarmStore{dir: dir, files: make(map[int]*os.File), done: make(map[int]byterange.Set)}
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return nil, err
	}
	for _, f := range m.Files {
		file, err := os.Create(s.path(f.Index))
		if err == nil {
			s.files[f.Index] = file
			err = file.Truncate(f.Size)
		}
		if err != nil {
			s.close()
			return nil, fmt.Errorf("seedr simulator: %w", err)
		}
	}
	return s, nil
}

func (s *swarmStore) path(file int) string { return filepath.Join(s.dir, strconv.Itoa(file)) }

func (s *swarmStore) close() {
	for _, f := range s.files {
		_ = f.Close()
	}
}

// WriteAt implements engine.Store.
func (s *swarmStore) WriteAt(file int, p []byte, off int64) (int, error) {
	return s.files[file].WriteAt(p, off)
}

// ReadAt implements engine.Store.
func (s *swarmStore) ReadAt(file int, p []byte, off int64) (int, error) {
	return s.files[file].ReadAt(p, off)
}

// Verified implements engine.Store.
func (s *swarmStore) Verified(file int, off, length int64, _ uint32) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	set := s.done[file]
	s.verified.Add(set.Add(byterange.Between(off, off+length)))
	s.done[file] = set
	return nil
}

// Has implements engine.Store: nothing is there at the start.
func (s *swarmStore) Has(file int, off, length int64) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.done[file].Has(byterange.Between(off, off+length))
}

// Missing implements engine.Store.
func (s *swarmStore) Missing(file int, within byterange.Range) (byterange.Range, bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.done[file].Gap(within)
}

// SetSize implements engine.Store; the sizes of torrents are known.
func (s *swarmStore) SetSize(int, int64) error { return nil }

// SetValidator implements engine.Store; only url sources have validators.
func (s *swarmStore) SetValidator(int, string) error { return nil }

// Wait implements engine.Store: there is always room.
func (s *swarmStore) Wait(ctx context.Context) error { return ctx.Err() }

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
