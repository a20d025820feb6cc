package harness

import (
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"
)

// Source is an HTTP server of generated content that counts what it serves.
type Source struct {
	URL    string
	Served atomic.Int64 // body bytes written
	// BytesPerSecond bounds each response; 0 is as fast as it goes.
	BytesPerSecond atomic.Int64

	mu    sync.Mutex
	files map[string]sourceFile
}

type sourceFile struct {
	content Content
	ranges  bool
}

// NewSource starts a source on the loopback interface; it ends with the test.
func NewSource(tb testing.TB) *Source {
	s := &Source{files: map[string]sourceFile{}}
	srv := httptest.NewServer(s)
	tb.Cleanup(srv.Close)
	s.URL = srv.URL
	return s
}

// Add serves the content at /name, with or without Range support, and returns
// its address.
func (s *Source) Add(name string, c Content, ranges bool) string {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.files[name] = sourceFile{content: c, ranges: ranges}
	return s.URL + "/" + name
}

// ServeHTTP serves the files that were added.
func (s *Source) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	f, ok := s.files[strings.TrimPrefix(r.URL.Path, "/")]
	s.mu.Unlock()
	if !ok {
		http.NotFound(w, r)
		return
	}
	start, end := int64(0), f.content.Size
	w.Header().Set("Content-Type", "application/octet-stream")
	status := http.StatusOK
	if f.ranges {
		w.Header().Set("Accept-Ranges", "bytes")
		w.Header().Set("ETag", fmt.Sprintf(`"%x-%x"`, f.content.Seed, f.content.Size))
		if from, to, ok := parseRange(r.Header.Get("Range"), f.content.Size); ok {
			start, end, status = from, to, http.StatusPartialContent
			w.Header().Set("Content-Range", fmt.Sprintf("bytes %d-%d/%d", start, end-1, f.content.Size))
		}
	}
	w.Header().Set("Content-Length", strconv.FormatInt(end-start, 10))
	w.WriteHeader(status)
	if r.Method == http.MethodHead {
		return
	}
	s.copy(w, r, io.LimitReader(f.content.Reader(start), end-start))
}

func (s *Source) copy(w io.Writer, r *http.Request, body io.Reader) {
	buf := make([]byte, 64<<10)
	began, sent := time.Now(), int64(0)
	for {
		n, err := body.Read(buf)
		if n > 0 {
			m, werr := w.Write(buf[:n])
			s.Served.Add(int64(m))
			sent += int64(m)
			if werr != nil {
				return
			}
		}
		if err != nil {
			return
		}
		if rate := s.BytesPerSecond.Load(); rate > 0 {
			due := time.Duration(float64(sent) / float64(rate) * float64(time.Second))
			select {
			case <-time.After(due - time.Since(began)):
			case <-r.Context().Done():
				return
			}
		}
	}
}

func parseRange(header string, size int64) (from, to int64, ok bool) {
	spec, found := strings.CutPrefix(header, "bytes=")
	if !found {
		return 0, 0, false
	}
	first, last, _ := strings.Cut(spec, "-")
	from, err := strconv.ParseInt(first, 10, 64)
	if err != nil || from >= size {
		return 0, 0, false
	}
	to = size
	if last != "" {
		n, err := strconv.ParseInt(last, 10, 64)
		if err != nil {
			return 0, 0, false
		}
		to = min(n+1, size)
	}
	return from, to, true
}
