package hls_test

import (
	"bytes"
	"context"
	"errors"
	"io"
	"log/slog"
	"os"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/uuid"

	"longhaul/internal/media/hls"
	"longhaul/internal/media/tool"
	"longhaul/internal/store/storetest"
	"longhaul/models"
)

// counted runs ffmpeg and counts what runs.
type counted struct {
	started, running atomic.Int32
}

// FFmpeg implements hls.Runner.
func (c *counted) FFmpeg(ctx context.Context, src tool.Source, limits tool.Limits, args func(string) []string, out io.Writer) error {
	c.started.Add(1)
	c.running.Add(1)
	defer c.running.Add(-1)
	return runner.FFmpeg(ctx, src, limits, args, out)
}

// gate is storage that waits, or fails.
type gate struct {
	disk
	wait chan struct{}
	err  error
	asks atomic.Int32
}

// Get opens a part of the file.
func (g *gate) Get(ctx context.Context, key, etag string, offset, length int64) (io.ReadCloser, error) {
	g.asks.Add(1)
	select {
	case <-g.wait:
	case <-ctx.Done():
		return nil, ctx.Err()
	}
	if g.err != nil {
		return nil, g.err
	}
	return g.disk.Get(ctx, key, etag, offset, length)
}

func quiet() *slog.Logger { return slog.New(slog.DiscardHandler) }

// What several viewers ask for is made once.
func TestAPartIsMadeOnceForAll(t *testing.T) {
	t.Parallel()
	path := makeFilm(t, "a.mkv", "25", "13", closed, "-c:a ac3")
	film := known(t, path)
	c, g := &counted{}, &gate{disk: disk{path}, wait: make(chan struct{})}
	s := hls.New(c, g, keep, quiet())
	var wg sync.WaitGroup
	got := make([][]byte, 5)
	for i := range got {
		wg.Go(func() {
			p, err := s.Video(t.Context(), film, 1)
			got[i] = read(t, p, err)
		})
	}
	storetest.Eventually(t, time.Minute, func() string {
		if g.asks.Load() == 0 {
			return "nothing is read"
		}
		return ""
	})
	close(g.wait)
	wg.Wait()
	p, err := s.Video(t.Context(), film, 1)
	again := read(t, p, err)
	for i := range got {
		if !bytes.Equal(got[i], again) {
			t.Errorf("viewer %d got something else", i)
		}
	}
	if n := c.started.Load(); n != 1 {
		t.Errorf("ffmpeg was started %d times", n)
	}
}

// A viewer who leaves takes the program along, and the place is free.
func TestAViewerWhoLeavesFreesEverything(t *testing.T) {
	t.Parallel()
	path := makeFilm(t, "a.mkv", "25", "13", closed, "-c:a ac3")
	film := known(t, path)
	c, g := &counted{}, &gate{disk: disk{path}, wait: make(chan struct{})}
	s := hls.New(c, g, keep, quiet())
	for range 40 { // more than an owner has places
		ctx, leave := context.WithCancel(t.Context())
		gone := make(chan error, 1)
		asked := g.asks.Load()
		go func() {
			_, err := s.Video(ctx, film, 0)
			gone <- err
		}()
		storetest.Eventually(t, time.Minute, func() string {
			if g.asks.Load() == asked {
				return "nothing is read"
			}
			return ""
		})
		leave()
		if err := <-gone; !errors.Is(err, context.Canceled) {
			t.Fatal(err)
		}
		storetest.Eventually(t, time.Minute, func() string {
			if c.running.Load() != 0 {
				return "ffmpeg runs on"
			}
			return ""
		})
	}
	close(g.wait)
	p, err := s.Video(t.Context(), film, 0)
	read(t, p, err)
}

// An owner who asks for too much is told so, and others are served.
func TestTooManyAreToldSo(t *testing.T) {
	t.Parallel()
	path := makeFilm(t, "a.mkv", "25", "13", closed, "-c:a ac3")
	film := known(t, path)
	g := &gate{disk: disk{path}, wait: make(chan struct{})}
	s := hls.New(runner, g, keep, quiet())
	ctx, leave := context.WithCancel(t.Context())
	busy := make(chan error, 100)
	var wg sync.WaitGroup
	for range 40 {
		other := film
		other.File.ID = uuid.New()
		wg.Go(func() {
			if _, err := s.Video(ctx, other, 0); !errors.Is(err, context.Canceled) {
				busy <- err
			}
		})
	}
	for range 8 {
		if err := <-busy; models.CodeOf(err) != models.CodeUnavailable || !strings.Contains(err.Error(), "Try again later") {
			t.Errorf("one too many: %v", err)
		}
	}
	leave()
	wg.Wait()
	close(g.wait)
	p, err := s.Video(t.Context(), film, 0)
	read(t, p, err)
}

// Storage that fails is not a bad film, and nothing of it is kept.
func TestStorageThatFailsIsSaid(t *testing.T) {
	t.Parallel()
	path := makeFilm(t, "a.mkv", "25", "13", closed, "-c:a ac3")
	film := known(t, path)
	g := &gate{disk: disk{path}, wait: make(chan struct{}), err: errors.New("storage is away")}
	close(g.wait)
	s := hls.New(runner, g, keep, quiet())
	for n := range 2 {
		if _, err := s.Video(t.Context(), film, n); err == nil || !strings.Contains(err.Error(), "storage is away") || models.CodeOf(err) == models.CodeInvalid {
			t.Errorf("segment %d: %v", n, err)
		}
	}
	g.err = nil
	p, err := s.Video(t.Context(), film, 1)
	read(t, p, err)
}

// What is kept stays below the limit, without a name on the disk.
func TestTheCacheStaysSmall(t *testing.T) {
	path := makeFilm(t, "a.mkv", "25", "31", closed, "-c:a ac3")
	film := known(t, path)
	dir := t.TempDir()
	t.Setenv("TMPDIR", dir)
	p, err := service(path, keep).Video(t.Context(), film, 0)
	one := int64(len(read(t, p, err)))
	s := service(path, 2*one)
	held, err := s.Video(t.Context(), film, 0)
	if err != nil {
		t.Fatal(err)
	}
	for n := range len(listed(t, hls.VideoList(film))) {
		p, err := s.Video(t.Context(), film, n)
		if err == nil {
			read(t, p, nil)
		} else if models.CodeOf(err) != models.CodeUnavailable {
			t.Errorf("segment %d: %v", n, err)
		}
		if used := hls.Used(s); used > 2*one {
			t.Errorf("%d bytes are kept, of %d", used, 2*one)
		}
	}
	if b := read(t, held, nil); int64(len(b)) != one {
		t.Errorf("a part that is read has lost bytes: %d of %d", len(b), one)
	}
	if names, err := os.ReadDir(dir); err != nil || len(names) > 0 {
		t.Errorf("left on the disk: %v, %v", names, err)
	}
}
