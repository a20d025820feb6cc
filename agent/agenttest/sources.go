package agenttest

import (
	"bytes"
	"context"
	"errors"
	"io"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"sync"
	"sync/atomic"
	"testing"
	"time"
)

// Noise returns n bytes that depend on the seed alone.
func Noise(seed uint64, n int) []byte {
	b := make([]byte, n)
	_, _ = rand.NewChaCha8([32]byte{byte(seed)}).Read(b)
	return b
}

// FileServer serves one content with ranges and counts what it sent.
type FileServer struct {
	*httptest.Server
	Sent  atomic.Int64
	gate  atomic.Pointer[chan struct{}] // bodies wait for it after half the content
	limit int64
}

// NewFileServer serves the content until the test ends.
func NewFileServer(t *testing.T, content []byte) *FileServer {
	s := &FileServer{}
	s.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("ETag", `"v1"`)
		rd := &gatedReader{ReadSeeker: bytes.NewReader(content), s: s, ctx: r.Context()}
		http.ServeContent(w, r, "file.bin", time.Time{}, rd)
	}))
	t.Cleanup(s.Close)
	return s
}

// Hold makes the server stop after n bytes until the returned function is
// called.
func (s *FileServer) Hold(n int64) (release func()) {
	s.limit = n
	ch := make(chan struct{})
	s.gate.Store(&ch)
	return sync.OnceFunc(func() { s.gate.Store(nil); close(ch) })
}

type gatedReader struct {
	io.ReadSeeker
	s   *FileServer
	ctx context.Context
}

func (r *gatedReader) Read(p []byte) (int, error) {
	p = p[:min(len(p), 64<<10)]
	if gate := r.s.gate.Load(); gate != nil && r.s.Sent.Load() >= r.s.limit {
		select {
		case <-*gate:
		case <-r.ctx.Done():
			return 0, errors.New("gone")
		}
	}
	n, err := r.ReadSeeker.Read(p)
	r.s.Sent.Add(int64(n))
	return n, err
}

// StreamServer serves content without a length, a validator or ranges.
func StreamServer(t *testing.T, content []byte) string {
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "application/octet-stream")
		for rest := content; len(rest) > 0; {
			n := min(len(rest), MiB)
			_, _ = w.Write(rest[:n])
			_ = http.NewResponseController(w).Flush()
			rest = rest[n:]
		}
	}))
	t.Cleanup(srv.Close)
	return srv.URL
}

// ChangingServer serves the first content until it has sent n bytes of it, and
// the second from then on.
func ChangingServer(t *testing.T, first, second []byte, n int64) string {
	var sent atomic.Int64
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		content, tag := first, `"first"`
		if sent.Load() >= n {
			content, tag = second, `"second"`
		}
		w.Header().Set("ETag", tag)
		http.ServeContent(w, r, "file.bin", time.Time{}, &countingReader{bytes.NewReader(content), &sent})
	}))
	t.Cleanup(srv.Close)
	return srv.URL
}

type countingReader struct {
	io.ReadSeeker
	n *atomic.Int64
}

func (r *countingReader) Read(p []byte) (int, error) {
	n, err := r.ReadSeeker.Read(p)
	r.n.Add(int64(n))
	return n, err
}
