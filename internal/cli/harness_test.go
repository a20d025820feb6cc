package cli_test

import (
	"bytes"
	"context"
	"maps"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"

	"longhaul/api/apitest"
	"longhaul/internal/cli"
	"longhaul/internal/version"
	"longhaul/models"
)

const hash = "c12fe1c06bba254a9dc9f519b335aa7c1367a88a"

// shell runs commands of one user against a real API.
type shell struct {
	*apitest.Harness
	user models.User
	dir  string // the configuration folder
}

func newShell(t *testing.T, role models.Role, opts ...apitest.Option) *shell {
	t.Helper()
	s := &shell{Harness: apitest.New(t, opts...), dir: t.TempDir()}
	s.user = s.Account(role).User
	return s
}

// signedIn returns a shell whose user is signed in by the login command.
func signedIn(t *testing.T, role models.Role, opts ...apitest.Option) *shell {
	t.Helper()
	s := newShell(t, role, opts...)
	if r := s.runWith(t.Context(), apitest.Password+"\n", "login", "--email", s.user.Email); r.code != 0 {
		t.Fatalf("login: %d %s", r.code, r.err)
	}
	return s
}

type result struct {
	code     int
	out, err string
}

func (s *shell) run(t *testing.T, args ...string) result {
	t.Helper()
	return s.runWith(t.Context(), "", args...)
}

func (s *shell) runWith(ctx context.Context, in string, args ...string) result {
	var out, errs output
	code := cli.Run(ctx, append([]string{"--server", s.AppURL}, args...),
		cli.Streams{In: strings.NewReader(in), Out: &out, Err: &errs},
		cli.Options{Build: version.Build{Version: "test", Commit: "abc"}, ConfigDir: s.dir, Retry: time.Millisecond})
	return result{code: code, out: out.String(), err: errs.String()}
}

// output is a buffer that may be read while it is written.
type output struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (o *output) Write(p []byte) (int, error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.b.Write(p)
}

func (o *output) String() string {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.b.String()
}

func (r result) want(t *testing.T, code int, parts ...string) {
	t.Helper()
	if r.code != code {
		t.Errorf("exit status %d, want %d\nout: %s\nerr: %s", r.code, code, r.out, r.err)
	}
	for _, p := range parts {
		if !strings.Contains(r.out+r.err, p) {
			t.Errorf("%q is missing\nout: %s\nerr: %s", p, r.out, r.err)
		}
	}
}

// job makes a job of the user with files of the contents, all of them ready
// when finish is set.
func (s *shell) job(t *testing.T, name string, contents map[string][]byte, finish bool) models.Job {
	t.Helper()
	m := models.Manifest{Name: name}
	for i, path := range slices.Sorted(maps.Keys(contents)) {
		m.Files = append(m.Files, models.ManifestFile{Index: i, Path: path, Size: int64(len(contents[path]))})
		m.Size += int64(len(contents[path]))
	}
	id := uuid.NewString()
	src := models.Source{Kind: models.SourceURL, URI: "http://h.test/" + id, Name: name}
	j, _, err := s.Store.Jobs.SubmitJob(t.Context(), models.NewJob{UserID: s.user.ID, Source: src, Manifest: &m})
	if err != nil {
		t.Fatal(err)
	}
	if finish {
		s.finish(t, j, contents)
	}
	return j
}

// finish takes a job from queued to ready.
func (s *shell) finish(t *testing.T, j models.Job, contents map[string][]byte) {
	t.Helper()
	w := s.Store.Worker()
	files, err := s.Store.Files.Files(t.Context(), s.user.ID, j.ID)
	if err != nil {
		t.Fatal(err)
	}
	s.move(t, j, models.StateDownloading, models.Because(models.ReasonDownloading))
	s.move(t, j, models.StateStoring, models.Because(models.ReasonCompleting))
	for _, f := range files {
		s.Storage.Put(f.Key(), contents[f.Path])
		if err := w.Files.FileStored(t.Context(), f.ID, int64(len(contents[f.Path])), s.Storage.ETag(f.Key())); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Jobs.FinishJob(t.Context(), j.ID); err != nil {
		t.Fatal(err)
	}
}

func (s *shell) move(t *testing.T, j models.Job, to models.State, why models.Reason) {
	t.Helper()
	_, err := s.Store.Worker().Jobs.Transition(t.Context(), j.ID, models.JobChange{To: to, Reason: why})
	if err != nil {
		t.Fatal(err)
	}
}
