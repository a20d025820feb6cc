package cli_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"

	"longhaul/internal/cli"
	"longhaul/models"
)

func TestSubmit(t *testing.T) {
	t.Parallel()
	s := signedIn(t, models.RoleUser)
	r := s.run(t, "submit", "magnet:?xt=urn:btih:"+hash+"&dn=A+film")
	r.want(t, cli.ExitOK, "A film")
	id := strings.TrimSpace(r.out)
	s.run(t, "--json", "list").want(t, cli.ExitOK, id, `"state": "queued"`)
	s.run(t, "submit", hash).want(t, cli.ExitFailed, "duplicate_job")

	file := filepath.Join(t.TempDir(), "x.torrent")
	info := "d6:lengthi20000e4:name7:two.bin12:piece lengthi16384e6:pieces40:" + strings.Repeat("0123456789", 4) + "e"
	if err := os.WriteFile(file, []byte("d4:info"+info+"e"), 0o600); err != nil {
		t.Fatal(err)
	}
	s.run(t, "submit", file).want(t, cli.ExitOK, "two.bin")
	in, _ := os.ReadFile(file)
	s.runWith(t.Context(), string(in), "submit", "-").want(t, cli.ExitFailed, "duplicate_job")
	s.runWith(t.Context(), "junk", "submit", "-").want(t, cli.ExitUsage, "isn't a valid .torrent")
	var j struct{ ID, SourceKind string }
	s.run(t, "submit", file, "--keep-page").want(t, cli.ExitUsage, "Only a URL")
	s.run(t, "submit", "--keep-page", "magnet:?xt=urn:btih:"+strings.Repeat("b", 40)).want(t, cli.ExitFailed, "Only a URL")
	s.run(t, "submit", "--keep-page", "http://h.test/page.php").want(t, cli.ExitOK, "page.php")
	r = s.run(t, "--json", "submit", "http://h.test/file.iso", "--select", "0")
	if err := json.Unmarshal([]byte(r.out), &j); err != nil || j.SourceKind != "url" {
		t.Errorf("%+v: %v", j, err)
	}
}

// TestSubmitSurvivesALostAnswer loses the first answer after the server has
// taken the job: the second try must give the same job.
func TestSubmitSurvivesALostAnswer(t *testing.T) {
	t.Parallel()
	s := signedIn(t, models.RoleUser)
	target, _ := url.Parse(s.AppURL)
	proxy := httputil.NewSingleHostReverseProxy(target)
	var posts atomic.Int64
	flaky := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/api/v1/jobs" && posts.Add(1) == 1 {
			proxy.ServeHTTP(httptest.NewRecorder(), r)
			panic(http.ErrAbortHandler)
		}
		proxy.ServeHTTP(w, r)
	}))
	t.Cleanup(flaky.Close)
	kept, err := os.ReadFile(filepath.Join(s.dir, "sessions.json"))
	if err != nil {
		t.Fatal(err)
	}
	renamed := strings.ReplaceAll(string(kept), s.AppURL, flaky.URL)
	if err := os.WriteFile(filepath.Join(s.dir, "sessions.json"), []byte(renamed), 0o600); err != nil {
		t.Fatal(err)
	}
	direct := s.AppURL
	s.AppURL = flaky.URL
	r := s.run(t, "submit", hash)
	r.want(t, cli.ExitOK)
	s.AppURL = direct
	counts, err := s.Store.Jobs.JobCounts(t.Context(), s.user.ID, models.JobFilter{})
	if err != nil || counts[models.StateQueued] != 1 || posts.Load() != 2 {
		t.Errorf("counts %v after %d posts, %v", counts, posts.Load(), err)
	}
}

func TestJobs(t *testing.T) {
	t.Parallel()
	s := signedIn(t, models.RoleUser)
	s.job(t, "ready one", map[string][]byte{"a.bin": []byte("hello")}, true)
	s.job(t, "waiting \x1b[31mone", map[string][]byte{"b.bin": make([]byte, 3<<20)}, false)
	for i := range 120 {
		s.job(t, fmt.Sprintf("filler %03d", i), map[string][]byte{"c": []byte("x")}, false)
	}
	s.run(t, "list", "--state", "ready").want(t, cli.ExitOK, "ready one", "100 %", "5 B")
	r := s.run(t, "list", "--search", "one", "--sort", "name")
	r.want(t, cli.ExitOK, "waiting [31mone", "3.0 MiB")
	if strings.Contains(r.out, "\x1b") || strings.Count(r.out, "\n") != 3 {
		t.Errorf("list %q", r.out)
	}
	r = s.run(t, "list")
	r.want(t, cli.ExitOK, "50 of 122 downloads")
	if n := strings.Count(r.out, "\n"); n != 51 {
		t.Errorf("%d lines", n)
	}
	r = s.run(t, "--json", "list", "--limit", "0")
	var list []map[string]any
	if err := json.Unmarshal([]byte(r.out), &list); err != nil || len(list) != 122 {
		t.Errorf("%d jobs, %v", len(list), err)
	}
	if r := s.run(t, "list", "--limit", "110", "--state", "queued,ready"); strings.Count(r.out, "\n") != 111 {
		t.Errorf("%d lines", strings.Count(r.out, "\n"))
	}
	s.run(t, "--json", "list", "--search", "no such thing").want(t, cli.ExitOK, "[]")
}

func TestActions(t *testing.T) {
	t.Parallel()
	s := signedIn(t, models.RoleUser)
	j := s.job(t, "a job", map[string][]byte{"a.bin": []byte("hello")}, false)
	id := j.ID.String()
	s.run(t, "files", id).want(t, cli.ExitOK, "a.bin", "5 B", "pending")
	s.run(t, "--json", "files", id[len(id)-12:]).want(t, cli.ExitOK, `"path": "a.bin"`)
	s.run(t, "pause", id).want(t, cli.ExitOK, "a job: paused")
	s.run(t, "cancel", id[len(id)-8:], "ffffffff-0000-4000-8000-000000000000").want(t, cli.ExitNotFound, "a job: cancelled", "ffffffff")
	s.run(t, "retry", id).want(t, cli.ExitFailed, "wrong_state")
	s.run(t, "rm", id).want(t, cli.ExitOK, "deleted")
	s.run(t, "files", id).want(t, cli.ExitNotFound)
	s.run(t, "cancel", "deadbeef").want(t, cli.ExitNotFound)
	stranger := signedIn(t, models.RoleUser)
	stranger.run(t, "files", id).want(t, cli.ExitNotFound)
}

func TestSubmitMany(t *testing.T) {
	t.Parallel()
	s := signedIn(t, models.RoleUser)
	file := filepath.Join(t.TempDir(), "x.torrent")
	info := "d6:lengthi20000e4:name7:two.bin12:piece lengthi16384e6:pieces40:" + strings.Repeat("0123456789", 4) + "e"
	if err := os.WriteFile(file, []byte("d4:info"+info+"e"), 0o600); err != nil {
		t.Fatal(err)
	}
	r := s.run(t, "submit", hash, file, "http://h.test/a.iso")
	r.want(t, cli.ExitOK)
	if ids := strings.Fields(r.out); len(ids) != 3 {
		t.Errorf("printed %q, want three ids", r.out)
	}
	r = s.run(t, "submit", hash, "hello there", "http://h.test/b.iso")
	r.want(t, cli.ExitFailed, "duplicate_job", "hello there", "2 of 3 sources were not accepted")
	if ids := strings.Fields(r.out); len(ids) != 1 {
		t.Errorf("printed %q, want one id", r.out)
	}
	s.run(t, "submit", "http://h.test/a.iso", "http://h.test/b.iso").want(t, cli.ExitFailed, "2 of 2")
	s.run(t, "submit", "--again", "http://h.test/a.iso", "http://h.test/b.iso").want(t, cli.ExitOK)
	s.run(t, "submit", "--watch", hash, file).want(t, cli.ExitUsage, "one download at a time")
	many := []string{"submit"}
	for i := range 230 {
		many = append(many, fmt.Sprintf("%040x", i+1))
	}
	if ids := strings.Fields(s.run(t, many...).out); len(ids) != 230 {
		t.Errorf("%d ids, want 230", len(ids))
	}
}
