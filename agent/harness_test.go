package agent

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"hash/crc32"
	"io"
	"log/slog"
	"math/rand/v2"
	"net"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"os"
	"os/signal"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/google/uuid"

	"longhaul/agent/agentapi"
	"longhaul/agent/engine"
	"longhaul/internal/config"
	"longhaul/models"
)

// agentCommand makes the test binary run as an agent of its own, to be killed.
const agentCommand = "agent-under-test"

// TestMain lets the test binary be what it starts: engines and agents.
func TestMain(m *testing.M) {
	if len(os.Args) > 1 && os.Args[1] == EngineCommand {
		os.Exit(exitCode(RunEngine(context.Background(), os.Stdin, os.Stdout, testEngines)))
	}
	if len(os.Args) > 1 && os.Args[1] == agentCommand {
		ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGTERM)
		defer stop()
		cfg, err := config.LoadAgent()
		if err == nil {
			err = run(ctx, Options{Config: cfg, Log: cfg.Logger(os.Stderr)}, testTiming())
		}
		os.Exit(exitCode(err))
	}
	os.Exit(m.Run())
}

func exitCode(err error) int {
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	return 0
}

func testTiming() timing {
	return timing{
		silence: 2 * time.Second, crashPause: 10 * time.Millisecond, heartbeat: 50 * time.Millisecond,
		diskCheck: 50 * time.Millisecond,
	}
}

// testEngines adds engines that misbehave to those that ship.
func testEngines(c EngineConfig, src agentapi.Source) (engine.Engine, error) {
	if how, ok := strings.CutPrefix(src.URL, "test:"); ok {
		return badEngine{how}, nil
	}
	return DefaultEngines(slog.New(slog.DiscardHandler))(c, src)
}

// badEngine verifies its first MiB of zeros and then does what it is told.
type badEngine struct{ how string }

func (e badEngine) Resolve(ctx context.Context, _ engine.Source, _ engine.Options) (models.Manifest, error) {
	switch e.how {
	case "crash":
		panic("no manners")
	case "hang":
		select {}
	default:
		<-ctx.Done()
		return models.Manifest{}, ctx.Err()
	}
}

func (e badEngine) Download(_ context.Context, job engine.Job, report func(engine.Report)) error {
	report(engine.Report{Phase: models.PhaseDownloading})
	zeros := make([]byte, 1<<20)
	if e.how == "zeros" {
		return verifyZeros(job)
	}
	if !job.Store.Has(job.Files[0].Index, 0, 1<<20) {
		if _, err := job.Store.WriteAt(job.Files[0].Index, zeros, 0); err != nil {
			return err
		}
		sum := crc32.Checksum(zeros, crc32.MakeTable(crc32.Castagnoli))
		if err := job.Store.Verified(job.Files[0].Index, 0, 1<<20, sum); err != nil {
			return err
		}
	}
	switch e.how {
	case "crash":
		panic("magnet:?xt=passkey")
	case "crash-once":
		if _, err := os.Stat("crashed"); err != nil {
			_ = os.WriteFile("crashed", nil, 0o600)
			panic("once")
		}
		return nil
	case "hang-once":
		if _, err := os.Stat("hung"); err != nil {
			_ = os.WriteFile("hung", nil, 0o600)
			select {}
		}
		return nil
	case "oom":
		var hog [][]byte
		for {
			b := make([]byte, 64<<20)
			for i := range b {
				b[i] = 1
			}
			hog = append(hog, b)
			_ = hog
		}
	default: // hang
		select {}
	}
}

// verifyZeros fetches every file of a job at once: they hold zeros.
func verifyZeros(job engine.Job) error {
	for _, f := range job.Files {
		b := make([]byte, f.Size)
		if _, err := job.Store.WriteAt(f.Index, b, 0); err != nil {
			return err
		}
		if err := job.Store.Verified(f.Index, 0, f.Size, crc32.Checksum(b, crc32.MakeTable(crc32.Castagnoli))); err != nil {
			return err
		}
	}
	return nil
}

// testAgent is an agent in this process with its control plane.
type testAgent struct {
	t      testing.TB
	cfg    config.Agent
	client *agentapi.Client
	log    *lockedBuffer
	stop   func() error
}

func testConfig(t testing.TB, c *controlPlane) config.Agent {
	t.Helper()
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer ln.Close()
	addr := ln.Addr().String()
	return config.Agent{
		Listen: addr, URL: "http://" + addr, DataDir: t.TempDir(), ControlURL: c.srv.URL, EnrolmentToken: "enrol-me",
		Capacity: 4, AllowCIDRs: []netip.Prefix{netip.MustParsePrefix("127.0.0.0/8")}, Uploads: 4,
		EngineMemory: 128 << 20, LogFormat: "text",
	}
}

// startAgent runs an agent until stop is called or the test ends.
func startAgent(t testing.TB, cfg config.Agent) *testAgent {
	t.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	out := &lockedBuffer{}
	end := make(chan error, 1)
	go func() {
		end <- run(ctx, Options{
			Config: cfg, Version: "test", Command: []string{os.Args[0], EngineCommand},
			Log: slog.New(slog.NewTextHandler(out, nil)),
		}, testTiming())
	}()
	var once sync.Once
	var err error
	a := &testAgent{t: t, cfg: cfg, log: out, client: agentapi.NewClient(cfg.URL, "secret", &http.Client{})}
	a.stop = func() error {
		once.Do(func() { cancel(); err = <-end })
		return err
	}
	t.Cleanup(func() {
		if err := a.stop(); err != nil {
			t.Errorf("the agent ended with %v", err)
		}
		if t.Failed() {
			t.Log(out.String())
		}
	})
	a.untilReady()
	return a
}

type lockedBuffer struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (l *lockedBuffer) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.Write(p)
}

func (l *lockedBuffer) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.String()
}

func timeout(t testing.TB) <-chan time.Time {
	t.Helper()
	return time.After(30 * time.Second)
}

// untilReady waits until the agent is known to the control plane.
func (a *testAgent) untilReady() {
	a.t.Helper()
	tick := time.NewTicker(5 * time.Millisecond)
	defer tick.Stop()
	late := timeout(a.t)
	for {
		if _, err := a.client.Changes(a.t.Context(), 0, 0); err == nil {
			return
		}
		select {
		case <-tick.C:
		case <-late:
			a.t.Fatal("the agent does not come up")
		}
	}
}

// until follows the agent's long poll until the transfer satisfies ok.
func (a *testAgent) until(id, what string, ok func(agentapi.Status) bool) agentapi.Status {
	a.t.Helper()
	ctx, cancel := context.WithTimeout(a.t.Context(), 60*time.Second)
	defer cancel()
	var since int64
	var last agentapi.Status
	for {
		ch, err := a.client.Changes(ctx, since, 5*time.Second)
		if err != nil {
			if ctx.Err() != nil {
				a.t.Fatalf("waiting for %s: last %+v", what, last)
			}
			since = 0
			continue
		}
		since = ch.Revision
		for _, s := range ch.Transfers {
			if s.JobID == id {
				if last = s; ok(s) {
					return s
				}
			}
		}
	}
}

func ended(s agentapi.Status) bool { return s.Phase.Ended() }

func download(epoch int64, url string, files ...agentapi.FileJob) agentapi.StartTransfer {
	return agentapi.StartTransfer{
		Epoch: epoch, Kind: agentapi.KindDownload, Source: agentapi.Source{URL: url}, Files: files,
		ResolveTimeoutSeconds: 30, StallTimeoutSeconds: 60,
	}
}

func (a *testAgent) start(id string, s agentapi.StartTransfer) {
	a.t.Helper()
	if _, err := a.client.Start(a.t.Context(), id, s); err != nil {
		a.t.Fatal(err)
	}
}

func newID() string { return uuid.Must(uuid.NewV7()).String() }

// noise returns n bytes that depend on the seed alone.
func noise(seed uint64, n int) []byte {
	b := make([]byte, n)
	_, _ = rand.NewChaCha8([32]byte{byte(seed)}).Read(b)
	return b
}

// fileServer serves one content with ranges and counts what it sent.
type fileServer struct {
	*httptest.Server
	sent  atomic.Int64
	gate  atomic.Pointer[chan struct{}] // bodies wait for it after half the content
	limit int64
}

func newFileServer(t *testing.T, content []byte) *fileServer {
	s := &fileServer{}
	s.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("ETag", `"v1"`)
		rd := &gatedReader{ReadSeeker: bytes.NewReader(content), s: s, ctx: r.Context()}
		http.ServeContent(w, r, "file.bin", time.Time{}, rd)
	}))
	t.Cleanup(s.Close)
	return s
}

// hold makes the server stop after n bytes until the returned function is
// called.
func (s *fileServer) hold(n int64) (release func()) {
	s.limit = n
	ch := make(chan struct{})
	s.gate.Store(&ch)
	return sync.OnceFunc(func() { s.gate.Store(nil); close(ch) })
}

type gatedReader struct {
	io.ReadSeeker
	s   *fileServer
	ctx context.Context
}

func (r *gatedReader) Read(p []byte) (int, error) {
	p = p[:min(len(p), 64<<10)]
	if gate := r.s.gate.Load(); gate != nil && r.s.sent.Load() >= r.s.limit {
		select {
		case <-*gate:
		case <-r.ctx.Done():
			return 0, errors.New("gone")
		}
	}
	n, err := r.ReadSeeker.Read(p)
	r.s.sent.Add(int64(n))
	return n, err
}

// streamServer serves content without a length, a validator or ranges.
func streamServer(t *testing.T, content []byte) string {
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "application/octet-stream")
		for rest := content; len(rest) > 0; {
			n := min(len(rest), mib)
			_, _ = w.Write(rest[:n])
			_ = http.NewResponseController(w).Flush()
			rest = rest[n:]
		}
	}))
	t.Cleanup(srv.Close)
	return srv.URL
}

// changingServer serves the first content until it has sent n bytes of it, and
// the second from then on.
func changingServer(t *testing.T, first, second []byte, n int64) string {
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

func discard() *slog.Logger { return slog.New(slog.DiscardHandler) }

// untilUnknown waits until the agent does not know the transfer any more.
func (a *testAgent) untilUnknown(id string) {
	a.t.Helper()
	tick := time.NewTicker(5 * time.Millisecond)
	defer tick.Stop()
	late := timeout(a.t)
	for {
		_, err := a.client.Transfer(a.t.Context(), id)
		if agentapi.IsProblem(err, string(models.CodeNotFound)) {
			return
		}
		select {
		case <-tick.C:
		case <-late:
			a.t.Fatal("the agent still knows the transfer")
		}
	}
}
