package httpengine

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"longhaul/agent/engine"
	"longhaul/agent/engine/disk"
	"longhaul/internal/fetch"
	"longhaul/models"
)

const (
	block = 64 << 10
	etag  = `"v1"`
)

func noise(seed byte, n int) []byte {
	b := make([]byte, n)
	_, _ = rand.NewChaCha8([32]byte{seed}).Read(b)
	return b
}

func testEngine() *Engine {
	guard := fetch.NewGuard(netip.MustParsePrefix("127.0.0.1/32"))
	return New(Config{
		Dialer: fetch.NewDialer(fetch.DialerOptions{Guard: guard}), BlockSize: block, RetryPause: time.Millisecond,
		Client: fetch.ClientOptions{IdleTimeout: 300 * time.Millisecond, MinBytes: 1 << 10},
	})
}

// origin is a server whose answers are counted.
type origin struct {
	*httptest.Server
	requests atomic.Int64
	sent     atomic.Int64
}

func serve(t testing.TB, h http.HandlerFunc) *origin {
	s := &origin{}
	s.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		s.requests.Add(1)
		h(&counted{w, s}, r)
	}))
	t.Cleanup(s.Close)
	return s
}

type counted struct {
	http.ResponseWriter
	s *origin
}

func (c *counted) Write(p []byte) (int, error) {
	n, err := c.ResponseWriter.Write(p)
	c.s.sent.Add(int64(n))
	return n, err
}

func (c *counted) Unwrap() http.ResponseWriter { return c.ResponseWriter }

// ranged serves content as a good server does.
func ranged(content []byte, tag string) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("ETag", tag)
		http.ServeContent(w, r, "", time.Time{}, bytes.NewReader(content))
	}
}

// whole serves content without ranges.
func whole(content []byte, header ...string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		for i := 0; i+1 < len(header); i += 2 {
			w.Header().Set(header[i], header[i+1])
		}
		w.Header().Set("Content-Length", strconv.Itoa(len(content)))
		_, _ = w.Write(content)
	}
}

// place is a transfer's directory.
type place struct {
	dir  string
	spec disk.FileSpec
}

func newPlace(t *testing.T, size int64) *place {
	return &place{t.TempDir(), disk.FileSpec{Index: 0, Size: size, PartSize: 16 << 20}}
}

func (p *place) download(ctx context.Context, t *testing.T, url string, o engine.Options) error {
	t.Helper()
	return p.fetch(ctx, t, testEngine(), engine.Source{URL: url}, o)
}

func (p *place) fetch(ctx context.Context, t *testing.T, e *Engine, src engine.Source, o engine.Options) error {
	t.Helper()
	st, err := disk.Open(p.dir, []disk.FileSpec{p.spec}, disk.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer st.Close()
	if o.StallTimeout == 0 {
		o.StallTimeout = 20 * time.Second
	}
	return e.Download(ctx, engine.Job{
		Source: src, Store: st, Options: o,
		Files: []engine.File{{Index: 0, Size: p.spec.Size, Validator: st.Validator(0)}},
	}, func(engine.Report) {})
}

// content reads what is verified, checked against the journal.
func (p *place) content(t *testing.T) []byte {
	t.Helper()
	r, err := disk.OpenReader(p.dir, []disk.FileSpec{p.spec})
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	b := make([]byte, r.Size(0))
	if err := r.ReadVerified(0, 0, b); err != nil {
		t.Fatal(err)
	}
	return b
}

func (p *place) verified(t *testing.T) int64 {
	t.Helper()
	r, err := disk.OpenReader(p.dir, []disk.FileSpec{p.spec})
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	return r.VerifiedBytes()
}

func problem(err error) models.Problem {
	f, _ := errors.AsType[*models.Error](err)
	if f == nil {
		return ""
	}
	return f.Problem
}

func TestDownload(t *testing.T) {
	content := noise(1, 3<<20+777)
	cases := map[string]struct {
		handler http.HandlerFunc
		path    string
		unknown bool // the size is not known beforehand
	}{
		"ranges and an ETag":            {handler: ranged(content, etag)},
		"ranges, size unknown":          {handler: ranged(content, etag), unknown: true},
		"ranges and a weak ETag":        {handler: ranged(content, `W/"v1"`)},
		"ranges and no validator":       {handler: ranged(content, "")},
		"no ranges":                     {handler: whole(content)},
		"no ranges but an ETag":         {handler: whole(content, "ETag", etag)},
		"no ranges, size unknown":       {handler: whole(content), unknown: true},
		"gzip is kept as it is":         {handler: whole(content, "Content-Encoding", "gzip")},
		"a page's type and other bytes": {handler: whole(content, "Content-Type", "text/html"), path: "/"},
		"an attached page": {
			handler: whole(content, "Content-Type", "text/html", "Content-Disposition", `attachment; filename="x"`),
		},
		"ranges and a date": {handler: func(w http.ResponseWriter, r *http.Request) {
			http.ServeContent(w, r, "", time.Unix(1e9, 0), bytes.NewReader(content))
		}},
		"chunked": {unknown: true, handler: func(w http.ResponseWriter, _ *http.Request) {
			_, _ = w.Write(content[:1<<20])
			_ = http.NewResponseController(w).Flush()
			_, _ = w.Write(content[1<<20:])
		}},
		"a busy server": {handler: failing(2, ranged(content, etag), func(w http.ResponseWriter) {
			w.Header().Set("Retry-After", "0")
			w.WriteHeader(http.StatusServiceUnavailable)
		})},
		"a server that breaks off": {handler: breaking(ranged(content, etag))},
		"one connection at a time": {handler: single(ranged(content, etag), http.StatusTooManyRequests)},
		"refuses a second":         {handler: single(ranged(content, etag), http.StatusForbidden)},
		"a redirect": {handler: func(w http.ResponseWriter, r *http.Request) {
			if r.URL.Path == "/file.bin" {
				http.Redirect(w, r, "/elsewhere.bin", http.StatusFound)
				return
			}
			ranged(content, etag)(w, r)
		}},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := serve(t, tc.handler)
			p := newPlace(t, int64(len(content)))
			if tc.unknown {
				p.spec.Size = -1
			}
			path := tc.path
			if path == "" {
				path = "/file.bin"
			}
			if err := p.download(t.Context(), t, s.URL+path, engine.Options{MaxBytes: 4 << 20}); err != nil {
				t.Fatal(err)
			}
			if !bytes.Equal(p.content(t), content) {
				t.Error("other bytes than the source")
			}
		})
	}
}

// failing fails n times first.
func failing(n int64, next http.HandlerFunc, fail func(http.ResponseWriter)) http.HandlerFunc {
	var count atomic.Int64
	return func(w http.ResponseWriter, r *http.Request) {
		if count.Add(1) <= n {
			fail(w)
			return
		}
		next(w, r)
	}
}

// signIn is what a server sends instead of a file.
var signIn = []byte("<!DOCTYPE html>\n<html><head><title>Sign in</title></head><body><form>…</form></body></html>\n")

// breaking sends half of what was asked for, every other time.
func breaking(next http.HandlerFunc) http.HandlerFunc {
	var count atomic.Int64
	return func(w http.ResponseWriter, r *http.Request) {
		if count.Add(1)%2 == 1 {
			w = &breaker{w, 200 << 10}
		}
		next(w, r)
	}
}

type breaker struct {
	http.ResponseWriter
	left int
}

func (b *breaker) Unwrap() http.ResponseWriter { return b.ResponseWriter }

func (b *breaker) Write(p []byte) (int, error) {
	if b.left -= len(p); b.left <= 0 {
		_, _ = b.ResponseWriter.Write(p[:len(p)+min(0, b.left)])
		_ = http.NewResponseController(b.ResponseWriter).Flush()
		panic(http.ErrAbortHandler)
	}
	return b.ResponseWriter.Write(p)
}

// single answers one request at a time and the others with a status.
func single(next http.HandlerFunc, status int) http.HandlerFunc {
	var mu sync.Mutex
	return func(w http.ResponseWriter, r *http.Request) {
		if !mu.TryLock() {
			w.WriteHeader(status)
			return
		}
		defer mu.Unlock()
		next(w, r)
	}
}

func TestDownloadFaults(t *testing.T) {
	content := noise(2, 1<<20)
	status := func(code int) http.HandlerFunc {
		return func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(code) }
	}
	cases := map[string]struct {
		handler http.HandlerFunc
		want    models.Problem
		unknown bool
		maxSent int64
		options engine.Options
	}{
		"404": {handler: status(404), want: models.ProblemNotFoundAtSource},
		"410": {handler: status(410), want: models.ProblemNotFoundAtSource},
		"401": {handler: status(401), want: models.ProblemRefusedBySource},
		"403": {handler: status(403), want: models.ProblemRefusedBySource},
		"451": {handler: status(451), want: models.ProblemRefusedBySource},
		"204": {handler: status(204), want: models.ProblemSourceFailing},
		"500": {handler: status(500), want: models.ProblemSourceFailing, options: engine.Options{StallTimeout: time.Second}},
		"a web page": {
			handler: whole(signIn, "Content-Type", "text/html; charset=utf-8"), want: models.ProblemNotAFile,
		},
		"too large": {
			handler: ranged(content, etag), want: models.ProblemContentTooLarge, unknown: true,
			options: engine.Options{MaxBytes: 1000}, maxSent: 1 << 20,
		},
		"endless": {
			handler: endless, want: models.ProblemContentTooLarge, unknown: true,
			options: engine.Options{MaxBytes: 1 << 20}, maxSent: 32 << 20,
		},
		"another size": {
			handler: ranged(content[:1000], etag), want: models.ProblemSourceChanged,
		},
		"short without ranges": {
			handler: short(content), want: models.ProblemLengthMismatch,
		},
		"short with ranges": {
			handler: func(w http.ResponseWriter, r *http.Request) {
				var from, to int
				if n, _ := fmt.Sscanf(r.Header.Get("Range"), "bytes=%d-%d", &from, &to); n == 0 {
					short(content)(w, r)
					return
				}
				w.Header().Set("ETag", etag)
				w.Header().Set("Content-Range", fmt.Sprintf("bytes %d-%d/%d", from, to, len(content)))
				w.Header().Set("Content-Length", strconv.Itoa(to-from+1))
				w.WriteHeader(http.StatusPartialContent)
				if from < 300_000 {
					_, _ = w.Write(content[from:min(to+1, 300_000)])
				}
			}, want: models.ProblemLengthMismatch,
		},
		"other bytes than asked for": {
			handler: func(w http.ResponseWriter, _ *http.Request) {
				w.Header().Set("ETag", etag)
				w.Header().Set("Content-Range", fmt.Sprintf("bytes 5-%d/%d", len(content)-1, len(content)))
				w.WriteHeader(http.StatusPartialContent)
				_, _ = w.Write(content[5:])
			}, want: models.ProblemSourceFailing, options: engine.Options{StallTimeout: time.Second},
		},
		"a byte now and then": {
			handler: func(w http.ResponseWriter, r *http.Request) {
				w.Header().Set("Content-Length", strconv.Itoa(len(content)))
				tick := time.NewTicker(50 * time.Millisecond)
				defer tick.Stop()
				for {
					select {
					case <-r.Context().Done():
						return
					case <-tick.C:
						_, _ = w.Write([]byte("x"))
						_ = http.NewResponseController(w).Flush()
					}
				}
			}, want: models.ProblemStalled, options: engine.Options{StallTimeout: 2 * time.Second},
		},
		"changes all the time": {
			handler: func() http.HandlerFunc {
				var n atomic.Int64
				return func(w http.ResponseWriter, r *http.Request) {
					v := n.Add(1)
					r.Header.Del("If-Range")
					ranged(noise(byte(v), 1<<20), fmt.Sprintf(`"v%d"`, v))(&breaker{w, 300 << 10}, r)
				}
			}(), want: models.ProblemSourceChanged,
		},
		"a redirect to a private network": {
			handler: func(w http.ResponseWriter, r *http.Request) {
				http.Redirect(w, r, "http://127.0.0.2:8080/x", http.StatusFound)
			}, want: models.ProblemBlockedAddress,
		},
		"a redirect to a file": {
			handler: func(w http.ResponseWriter, _ *http.Request) {
				w.Header().Set("Location", "file:///etc/passwd")
				w.WriteHeader(http.StatusFound)
			}, want: models.ProblemBlockedAddress,
		},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := serve(t, tc.handler)
			p := newPlace(t, int64(len(content)))
			if tc.unknown {
				p.spec.Size = -1
			}
			err := p.download(t.Context(), t, s.URL+"/file.bin", tc.options)
			if got := problem(err); got != tc.want {
				t.Errorf("got %v", err)
			}
			if tc.maxSent > 0 && s.sent.Load() > tc.maxSent {
				t.Errorf("the server could send %d bytes", s.sent.Load())
			}
		})
	}
}

func endless(w http.ResponseWriter, r *http.Request) {
	b := make([]byte, 64<<10)
	for r.Context().Err() == nil {
		if _, err := w.Write(b); err != nil {
			return
		}
	}
}

// short announces more than it sends.
func short(content []byte) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Length", strconv.Itoa(len(content)))
		_, _ = w.Write(content[:len(content)/2])
	}
}

// stopAfter cancels once the server has sent n bytes, and holds the rest back.
func stopAfter(n int64, cancel func(), next http.HandlerFunc) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		c := w.(*counted)
		next(&stopper{ResponseWriter: w, r: r, stop: func() bool {
			if c.s.sent.Load() >= n {
				cancel()
				return true
			}
			return false
		}}, r)
	}
}

type stopper struct {
	http.ResponseWriter
	r    *http.Request
	stop func() bool
}

func (s *stopper) Write(p []byte) (int, error) {
	if s.stop() {
		<-s.r.Context().Done()
		return 0, io.ErrClosedPipe
	}
	return s.ResponseWriter.Write(p)
}

func TestResumeFetchesOnlyTheRest(t *testing.T) {
	content := noise(3, 16<<20)
	p := newPlace(t, int64(len(content)))
	ctx, cancel := context.WithCancel(t.Context())
	first := serve(t, stopAfter(8<<20, cancel, ranged(content, etag)))
	if err := p.download(ctx, t, first.URL+"/file.bin", engine.Options{}); !errors.Is(err, context.Canceled) {
		t.Fatal(err)
	}
	had := p.verified(t)
	if had == 0 {
		t.Fatal("nothing was kept")
	}
	second := serve(t, ranged(content, etag))
	if err := p.download(t.Context(), t, second.URL+"/file.bin", engine.Options{}); err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(p.content(t), content) {
		t.Error("other bytes than the source")
	}
	if rest := int64(len(content)) - had; second.sent.Load() > rest+8*block {
		t.Errorf("%d bytes were sent for a rest of %d", second.sent.Load(), rest)
	}
}

func TestResumeOfChangedContentStartsAnew(t *testing.T) {
	old, now := noise(4, 4<<20), noise(5, 4<<20)
	for name, h := range map[string]http.HandlerFunc{
		"another ETag":               ranged(now, `"v2"`),
		"ranges no longer supported": whole(now, "ETag", `"v2"`),
		"validator gone":             whole(now),
		"ignores If-Range": func(w http.ResponseWriter, r *http.Request) {
			r.Header.Del("If-Range")
			ranged(now, `"v2"`)(w, r)
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			p := newPlace(t, int64(len(old)))
			ctx, cancel := context.WithCancel(t.Context())
			first := serve(t, stopAfter(2<<20, cancel, ranged(old, etag)))
			if err := p.download(ctx, t, first.URL+"/file.bin", engine.Options{}); !errors.Is(err, context.Canceled) {
				t.Fatal(err)
			}
			second := serve(t, h)
			if err := p.download(t.Context(), t, second.URL+"/file.bin", engine.Options{}); err != nil {
				t.Fatal(err)
			}
			if !bytes.Equal(p.content(t), now) {
				t.Error("not exactly the new content")
			}
		})
	}
}

// A server that once sends a range that begins later than the one it was asked
// for, and says so, does not get those bytes into the file.
func TestOtherBytesThanAskedForAreNotKept(t *testing.T) {
	t.Parallel()
	content := noise(6, 1<<20)
	var asked atomic.Bool
	s := serve(t, func(w http.ResponseWriter, r *http.Request) {
		if asked.CompareAndSwap(false, true) {
			// The end stays: it alone must not be what gives the range away.
			later, ok := strings.CutPrefix(r.Header.Get("Range"), "bytes=0-")
			if !ok {
				t.Errorf("the first request asks for %q", r.Header.Get("Range"))
			}
			r.Header.Set("Range", "bytes=5-"+later)
		}
		ranged(content, etag)(w, r)
	})
	p := newPlace(t, int64(len(content)))
	if err := p.download(t.Context(), t, s.URL+"/file.bin", engine.Options{}); err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(p.content(t), content) {
		t.Error("the file has bytes in the wrong place")
	}
}

// The first answer is held back until a second request has come, so what is
// seen does not depend on how fast the machine is.
func TestSeveralConnections(t *testing.T) {
	content := noise(6, 8<<20)
	var mu sync.Mutex
	var now, most int
	second := make(chan struct{})
	come := sync.OnceFunc(func() { close(second) })
	s := serve(t, func(w http.ResponseWriter, r *http.Request) {
		mu.Lock()
		now++
		if most = max(most, now); most > 1 {
			come()
		}
		mu.Unlock()
		defer func() {
			mu.Lock()
			now--
			mu.Unlock()
		}()
		ranged(content, etag)(&heldBack{ResponseWriter: w, after: 64 << 10, until: second, gone: r.Context().Done()}, r)
	})
	p := newPlace(t, int64(len(content)))
	if err := p.download(t.Context(), t, s.URL+"/file.bin", engine.Options{}); err != nil {
		t.Fatal(err)
	}
	if most < 2 || most > defaultConnections {
		t.Errorf("%d requests at once", most)
	}
	if s.sent.Load() != int64(len(content)) {
		t.Errorf("%d bytes were sent", s.sent.Load())
	}
}

// heldBack stops after some bytes of a body until it may continue or the client
// is gone.
type heldBack struct {
	http.ResponseWriter
	after       int
	until, gone <-chan struct{}
}

// Write implements io.Writer.
func (h *heldBack) Write(p []byte) (int, error) {
	if h.after -= len(p); h.after < 0 {
		_ = http.NewResponseController(h.ResponseWriter).Flush()
		select {
		case <-h.until:
		case <-h.gone:
		}
	}
	return h.ResponseWriter.Write(p)
}

func TestResolve(t *testing.T) {
	content := noise(7, 5000)
	cases := map[string]struct {
		handler http.HandlerFunc
		path    string
		name    string
		size    int64
		want    models.Problem
	}{
		"ranges":     {handler: ranged(content, etag), path: "/a%20b.mkv", name: "a b.mkv", size: 5000},
		"no ranges":  {handler: whole(content), path: "/x.bin", name: "x.bin", size: 5000},
		"empty":      {handler: ranged(nil, etag), path: "/x.bin", name: "x.bin", size: 0},
		"a name":     {handler: whole(content, "Content-Disposition", `attachment; filename="../../n.iso"`), path: "/d", name: "n.iso", size: 5000},
		"no length":  {handler: func(w http.ResponseWriter, _ *http.Request) { _ = http.NewResponseController(w).Flush() }, path: "/x", name: "x", size: -1},
		"not found":  {handler: http.NotFound, path: "/x", want: models.ProblemNotFoundAtSource},
		"failing":    {handler: func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(502) }, path: "/x", want: models.ProblemSourceFailing},
		"a web page": {handler: whole(signIn, "Content-Type", "text/html"), path: "/x.zip", want: models.ProblemNotAFile},
		"too large":  {handler: ranged(noise(8, 20_000), etag), path: "/x", want: models.ProblemContentTooLarge},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := serve(t, tc.handler)
			m, err := testEngine().Resolve(t.Context(), engine.Source{URL: s.URL + tc.path}, engine.Options{
				ResolveTimeout: 10 * time.Second, MaxBytes: 10_000,
			})
			if problem(err) != tc.want {
				t.Fatal(err)
			}
			if err == nil && (m.Name != tc.name || m.Size != tc.size || len(m.Files) != 1) {
				t.Errorf("manifest %+v", m)
			}
		})
	}
}
