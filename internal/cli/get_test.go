package cli_test

import (
	"bytes"
	"crypto/rand"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"

	"longhaul/api"
	"longhaul/internal/cli"
	"longhaul/models"
)

func content(t *testing.T, n int) []byte {
	t.Helper()
	b := make([]byte, n)
	if _, err := rand.Read(b); err != nil {
		t.Fatal(err)
	}
	return b
}

func checkFile(t *testing.T, name string, want []byte) {
	t.Helper()
	got, err := os.ReadFile(name)
	if err != nil || !bytes.Equal(got, want) {
		t.Errorf("%s: %d bytes of %d, %v", filepath.Base(name), len(got), len(want), err)
	}
}

func TestGet(t *testing.T) {
	t.Parallel()
	s := signedIn(t, models.RoleUser)
	contents := map[string][]byte{"dir/größe.bin": content(t, 300_000), "empty.bin": {}, "z.bin": content(t, 10)}
	j := s.job(t, "A/C: set?", contents, true)
	out := t.TempDir()
	r := s.run(t, "get", j.ID.String(), "-o", out)
	r.want(t, cli.ExitOK, "3 files")
	for name, want := range contents {
		checkFile(t, filepath.Join(out, "A_C_ set_", name), want)
	}
	if lines := strings.Count(r.out, "\n"); lines != 3 {
		t.Errorf("out %q", r.out)
	}
	reads := len(s.Storage.Reads())
	s.run(t, "get", j.ID.String(), "-o", out).want(t, cli.ExitOK, "already exists")
	if n := len(s.Storage.Reads()); n != reads {
		t.Errorf("what was there was fetched again: %d reads", n-reads)
	}
	left, _ := filepath.Glob(filepath.Join(out, "A_C_ set_", ".*"))
	if len(left) != 0 {
		t.Errorf("left over: %v", left)
	}

	chosen := t.TempDir()
	s.run(t, "get", j.ID.String(), "-o", chosen, "--files", "2").want(t, cli.ExitOK, "1 files")
	checkFile(t, filepath.Join(chosen, "A_C_ set_", "z.bin"), contents["z.bin"])
	s.run(t, "get", j.ID.String(), "-o", chosen, "--files", "9").want(t, cli.ExitUsage, "no file 9")

	if err := os.WriteFile(filepath.Join(chosen, "A_C_ set_", "empty.bin"), []byte("mine"), 0o600); err != nil {
		t.Fatal(err)
	}
	s.run(t, "get", j.ID.String(), "-o", chosen).want(t, cli.ExitFailed, "a different file")
	checkFile(t, filepath.Join(chosen, "A_C_ set_", "empty.bin"), []byte("mine"))
}

func TestGetALoneFileAndAJobThatIsNotReady(t *testing.T) {
	t.Parallel()
	s := signedIn(t, models.RoleUser)
	b := content(t, 1000)
	j := s.job(t, "film.mkv", map[string][]byte{"film.mkv": b}, true)
	out := t.TempDir()
	s.run(t, "get", j.ID.String(), "-o", filepath.Join(out, "new")).want(t, cli.ExitOK)
	checkFile(t, filepath.Join(out, "new", "film.mkv"), b)
	waiting := s.job(t, "waiting", map[string][]byte{"a": b}, false)
	s.run(t, "get", waiting.ID.String(), "-o", out).want(t, cli.ExitJobEnded, "queued")
}

// TestGetDoesNotLeaveItsFolder has a symbolic link in the way that points out.
func TestGetDoesNotLeaveItsFolder(t *testing.T) {
	t.Parallel()
	s := signedIn(t, models.RoleUser)
	j := s.job(t, "set", map[string][]byte{"a.bin": []byte("hello"), "b.bin": []byte("hello")}, true)
	out, outside := t.TempDir(), t.TempDir()
	if err := os.Symlink(outside, filepath.Join(out, "set")); err != nil {
		t.Fatal(err)
	}
	s.run(t, "get", j.ID.String(), "-o", out).want(t, cli.ExitFailed)
	if files, _ := os.ReadDir(outside); len(files) != 0 {
		t.Errorf("written outside: %v", files)
	}
}

// flaky stands in front of the delivery and breaks connections.
type flaky struct {
	mu      sync.Mutex
	target  string
	cutAt   int64 // bytes of body after which a connection breaks; 0 is never
	ranges  []string
	noRange bool
	lie     string // Content-Range instead of the right one
}

func (f *flaky) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	f.mu.Lock()
	f.ranges = append(f.ranges, r.Header.Get("Range"))
	target, cutAt, noRange, lie := f.target, f.cutAt, f.noRange, f.lie
	f.mu.Unlock()
	req, err := http.NewRequestWithContext(r.Context(), r.Method, target+r.URL.RequestURI(), nil)
	if err != nil {
		panic(err)
	}
	if v := r.Header.Get("Range"); v != "" && !noRange {
		req.Header.Set("Range", v)
	}
	resp, err := http.DefaultTransport.RoundTrip(req)
	if err != nil {
		panic(http.ErrAbortHandler)
	}
	defer resp.Body.Close()
	for name, values := range resp.Header {
		w.Header()[name] = values
	}
	if lie != "" && resp.StatusCode == http.StatusPartialContent {
		w.Header().Set("Content-Range", lie)
	}
	w.WriteHeader(resp.StatusCode)
	if cutAt > 0 {
		_, _ = io.CopyN(w, resp.Body, cutAt)
		panic(http.ErrAbortHandler)
	}
	_, _ = io.Copy(w, resp.Body)
}

// set changes how connections behave and forgets those seen so far.
func (f *flaky) set(change func(*flaky)) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.ranges = nil
	change(f)
}

// seen returns the Range of each request.
func (f *flaky) seen() []string {
	f.mu.Lock()
	defer f.mu.Unlock()
	return slices.Clone(f.ranges)
}

// flakyShell is a signed-in shell whose files come over a flaky connection.
func flakyShell(t *testing.T) (*shell, *flaky) {
	t.Helper()
	f := &flaky{}
	srv := httptest.NewServer(f)
	t.Cleanup(srv.Close)
	u, err := url.Parse(srv.URL)
	if err != nil {
		t.Fatal(err)
	}
	s := signedIn(t, models.RoleUser, func(c *api.Config, _ *api.Deps) { c.FilesURL = u })
	f.set(func(f *flaky) { f.target = s.FilesURL })
	return s, f
}

func TestGetResumes(t *testing.T) {
	t.Parallel()
	s, f := flakyShell(t)
	b := content(t, 500_000)
	j := s.job(t, "film.mkv", map[string][]byte{"film.mkv": b}, true)
	out := t.TempDir()
	f.set(func(f *flaky) { f.cutAt = 100_000 })
	s.run(t, "get", j.ID.String(), "-o", out).want(t, cli.ExitOK)
	checkFile(t, filepath.Join(out, "film.mkv"), b)
	// Breaking off mid-body loses what was in flight, never what arrived.
	if r := f.seen(); len(r) < 5 || r[0] != "" || !strings.HasPrefix(r[1], "bytes=") || r[1] == "bytes=0-" {
		t.Errorf("ranges %q", r)
	}
}

func TestGetContinuesWhatAnEarlierRunLeft(t *testing.T) {
	t.Parallel()
	s, f := flakyShell(t)
	b := content(t, 500_000)
	j := s.job(t, "film.mkv", map[string][]byte{"film.mkv": b}, true)
	files, err := s.Store.Files.Files(t.Context(), s.user.ID, j.ID)
	if err != nil {
		t.Fatal(err)
	}
	for _, noRange := range []bool{false, true} {
		f.set(func(f *flaky) { f.noRange = noRange })
		out := t.TempDir()
		part := filepath.Join(out, "."+files[0].ID.String()+".longhaul-part")
		if err := os.WriteFile(part, b[:300_000], 0o600); err != nil {
			t.Fatal(err)
		}
		s.run(t, "get", j.ID.String(), "-o", out).want(t, cli.ExitOK)
		checkFile(t, filepath.Join(out, "film.mkv"), b)
		if r := f.seen(); len(r) != 1 || r[0] != "bytes=300000-" {
			t.Errorf("ranges %q", r)
		}
	}
	f.set(func(f *flaky) { f.noRange, f.lie = false, "bytes 0-199999/500000" })
	out := t.TempDir()
	part := filepath.Join(out, "."+files[0].ID.String()+".longhaul-part")
	if err := os.WriteFile(part, b[:300_000], 0o600); err != nil {
		t.Fatal(err)
	}
	s.run(t, "get", j.ID.String(), "-o", out).want(t, cli.ExitFailed, "instead of")
}

func TestGetGivesUp(t *testing.T) {
	t.Parallel()
	s, f := flakyShell(t)
	j := s.job(t, "film.mkv", map[string][]byte{"film.mkv": content(t, 1000)}, true)
	f.set(func(f *flaky) { f.target = "http://127.0.0.1:1" })
	s.run(t, "get", j.ID.String(), "-o", t.TempDir()).want(t, cli.ExitFailed, "film.mkv")
	if n := len(f.seen()); n != 8 {
		t.Errorf("%d tries", n)
	}
}
