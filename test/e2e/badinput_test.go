//go:build e2e

package e2e

import (
	"bytes"
	"crypto/sha1"
	"errors"
	"fmt"
	"maps"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/anacrolix/torrent/bencode"

	"longhaul/test/harness"
)

// badInput is one row: what is submitted, and the problem it must end in. The
// answer comes either at once or, for what only the source can tell, as the
// job's end.
type badInput struct {
	name     string
	uri      string
	torrent  []byte
	fields   map[string]string
	problem  string // a code of docs/problems.md
	mayStart bool   // accepted, then ends with the problem
}

const goodHash = "0123456789abcdef0123456789abcdef01234567"

// metainfo bencodes a single-file torrent with changes to its info dictionary.
func metainfo(change map[string]any) []byte {
	info := map[string]any{
		"name": "x", "piece length": 16384, "length": 16384, "pieces": strings.Repeat("a", sha1.Size),
	}
	maps.Copy(info, change)
	for k, v := range info {
		if v == nil {
			delete(info, k)
		}
	}
	b, err := bencode.Marshal(map[string]any{"info": info})
	if err != nil {
		panic(err) // the rows are constant
	}
	return b
}

func fileEntry(length any, path ...string) map[string]any {
	return map[string]any{"length": length, "path": path}
}

func manyFiles(n int) []any {
	files := make([]any, n)
	for i := range files {
		files[i] = fileEntry(0, fmt.Sprint(i))
	}
	files[0] = fileEntry(16384, "first")
	return files
}

func magnetRows() []badInput {
	return []badInput{
		{name: "empty", uri: "", problem: "invalid"},
		{name: "words", uri: "please download this", problem: "malformed_url"},
		{name: "magnet without parameters", uri: "magnet:", problem: "malformed_magnet"},
		{name: "magnet without hash", uri: "magnet:?dn=x", problem: "malformed_magnet"},
		{name: "hash too short", uri: "magnet:?xt=urn:btih:abcdef", problem: "malformed_magnet"},
		{name: "hash not hex", uri: "magnet:?xt=urn:btih:" + strings.Repeat("g", 40), problem: "malformed_magnet"},
		{name: "bad base32", uri: "magnet:?xt=urn:btih:" + strings.Repeat("1", 32), problem: "malformed_magnet"},
		{name: "unknown urn", uri: "magnet:?xt=urn:sha1:" + strings.Repeat("A", 32), problem: "malformed_magnet"},
		{name: "ed2k urn", uri: "magnet:?xt=urn:ed2k:" + strings.Repeat("a", 32), problem: "malformed_magnet"},
		{name: "btmh wrong function", uri: "magnet:?xt=urn:btmh:1114" + strings.Repeat("a", 40), problem: "malformed_magnet"},
		{name: "btmh too short", uri: "magnet:?xt=urn:btmh:1220abcd", problem: "malformed_magnet"},
		{name: "two different hashes", uri: "magnet:?xt=urn:btih:" + goodHash + "&xt=urn:btih:" + strings.Repeat("b", 40), problem: "malformed_magnet"},
		{name: "zero hash", uri: "magnet:?xt=urn:btih:" + strings.Repeat("0", 40), problem: "malformed_magnet"},
		{name: "magnet of 100 kB", uri: "magnet:?xt=urn:btih:" + goodHash + "&dn=" + strings.Repeat("x", 100_000), problem: "source_too_large"},
		{name: "hash without urn", uri: "magnet:?xt=" + goodHash, problem: "malformed_magnet"},
		{name: "bad so", uri: "magnet:?xt=urn:btih:" + goodHash + "&so=9-1", problem: "malformed_magnet"},
		{name: "endless so", uri: "magnet:?xt=urn:btih:" + goodHash + "&so=0-999999999", problem: "malformed_magnet"},
		{name: "nobody has it", uri: "magnet:?xt=urn:btih:" + goodHash, problem: "metadata_timeout", mayStart: true},
	}
}

func torrentRows() []badInput {
	deep := append(bytes.Repeat([]byte("l"), 100_000), bytes.Repeat([]byte("e"), 100_000)...)
	return []badInput{
		{name: "empty file", torrent: []byte{}, problem: "malformed_torrent"},
		{name: "a zip", torrent: []byte("PK\x03\x04 and so on"), problem: "malformed_torrent"},
		{name: "html", torrent: []byte("<!doctype html><title>Sign in</title>"), problem: "malformed_torrent"},
		{name: "truncated", torrent: metainfo(nil)[:40], problem: "malformed_torrent"},
		{name: "not a dictionary", torrent: []byte("4:spam"), problem: "malformed_torrent"},
		{name: "no info", torrent: []byte("d8:announce3:urle"), problem: "malformed_torrent"},
		{name: "nested too deep", torrent: append(append([]byte("d1:a"), deep...), 'e'), problem: "malformed_torrent"},
		{name: "string longer than the file", torrent: []byte("d4:info99999999999:xe"), problem: "malformed_torrent"},
		{name: "over 10 MB", torrent: metainfo(map[string]any{"x": strings.Repeat("x", 10<<20+10_000)}), problem: "source_too_large"},
		{name: "20 MB", torrent: metainfo(map[string]any{"x": strings.Repeat("x", 20<<20)}), problem: "too_large"},
		{name: "negative length", torrent: metainfo(map[string]any{"length": -1}), problem: "malformed_torrent"},
		{name: "zero piece length", torrent: metainfo(map[string]any{"piece length": 0}), problem: "malformed_torrent"},
		{name: "negative piece length", torrent: metainfo(map[string]any{"piece length": -16384}), problem: "malformed_torrent"},
		{name: "tiny pieces", torrent: metainfo(map[string]any{"piece length": 1}), problem: "malformed_torrent"},
		{name: "absurd piece length", torrent: metainfo(map[string]any{"piece length": 1 << 40}), problem: "malformed_torrent"},
		{name: "pieces not of 20 bytes", torrent: metainfo(map[string]any{"pieces": "abc"}), problem: "malformed_torrent"},
		{name: "too few pieces", torrent: metainfo(map[string]any{"length": 1 << 30}), problem: "malformed_torrent"},
		{name: "too many pieces", torrent: metainfo(map[string]any{"pieces": strings.Repeat("a", 200)}), problem: "malformed_torrent"},
		{name: "absurd piece count", torrent: metainfo(map[string]any{"length": int64(16384) * 400_000, "pieces": strings.Repeat("a", 8_000_000)}), problem: "content_too_large"},
		{name: "no pieces", torrent: metainfo(map[string]any{"pieces": nil}), problem: "malformed_torrent"},
		{name: "length and files", torrent: metainfo(map[string]any{"files": []any{fileEntry(1, "a")}}), problem: "malformed_torrent"},
		{name: "no files", torrent: metainfo(map[string]any{"length": nil, "files": []any{}}), problem: "malformed_torrent"},
		{name: "overflowing sizes", torrent: metainfo(map[string]any{"length": nil, "files": []any{
			fileEntry(int64(1)<<62, "a"), fileEntry(int64(1)<<62, "b"), fileEntry(int64(1)<<62, "c"),
		}}), problem: "content_too_large"},
		{name: "negative file", torrent: metainfo(map[string]any{"length": nil, "files": []any{fileEntry(-5, "a")}}), problem: "malformed_torrent"},
		{name: "path is a number", torrent: metainfo(map[string]any{"length": nil, "files": []any{
			map[string]any{"length": 1, "path": 7},
		}}), problem: "malformed_torrent"},
		{name: "empty path", torrent: metainfo(map[string]any{"length": nil, "files": []any{fileEntry(16384)}}), problem: "malformed_torrent"},
		{name: "only dots", torrent: metainfo(map[string]any{"length": nil, "files": []any{fileEntry(16384, "..", ".")}}), problem: "unsafe_path"},
		{name: "only slashes", torrent: metainfo(map[string]any{"length": nil, "files": []any{fileEntry(16384, "//", "\\")}}), problem: "unsafe_path"},
		{name: "60 000 files", torrent: metainfo(map[string]any{"length": nil, "files": manyFiles(60_000)}), problem: "too_many_files"},
		{name: "8 TiB", torrent: metainfo(map[string]any{
			"length": int64(8) << 40, "piece length": 64 << 20,
			"pieces": strings.Repeat("a", sha1.Size*(8<<40/(64<<20))),
		}), problem: "content_too_large"},
		{name: "selection beyond the files", torrent: metainfo(nil), fields: map[string]string{"select": "5"}, problem: "bad_selection"},
		{name: "selection is a word", torrent: metainfo(nil), fields: map[string]string{"select": "all"}, problem: "bad_selection"},
		{name: "negative selection", torrent: metainfo(nil), fields: map[string]string{"select": "-1"}, problem: "bad_selection"},
		{name: "no peer has the torrent", torrent: metainfo(map[string]any{"name": "nobody"}), problem: "no_peers", mayStart: true},
	}
}

// blockedHosts are addresses that no job may reach, in every spelling. The
// loopback network is missing: these tests allow it for their own servers.
var blockedHosts = []string{
	"0.0.0.0", "10.0.0.1", "172.16.0.1", "192.168.1.1", "169.254.169.254", "100.64.0.1", "192.0.0.192",
	"198.18.0.1", "192.0.2.1", "224.0.0.1", "240.0.0.1", "255.255.255.255", "192.88.99.1",
	"[::]", "[::ffff:10.0.0.1]", "[::10.0.0.1]", "[::a9fe:a9fe]", "[64:ff9b::a9fe:a9fe]", "[64:ff9b:1::a9fe:a9fe]",
	"[2002:a9fe:a9fe::]", "[2001::80ff:fefe]", "[fe80::1]", "[fc00::1]", "[fd00:ec2::254]", "[ff02::1]",
	"[2001:db8::1]", "[100::1]", "[5f00::1]", "[3fff::1]", "0xa9fea9fe", "2852039166", "0251.0376.0251.0376",
}

func urlRows(hostile string) []badInput {
	rows := []badInput{
		{name: "file scheme", uri: "file:///etc/passwd", problem: "malformed_url"},
		{name: "ftp scheme", uri: "ftp://example.com/x", problem: "malformed_url"},
		{name: "gopher scheme", uri: "gopher://example.com/x", problem: "malformed_url"},
		{name: "javascript", uri: "javascript:alert(1)", problem: "malformed_url"},
		{name: "no host", uri: "http:///x", problem: "malformed_url"},
		{name: "only a login", uri: "http://user:password@/x", problem: "malformed_url"},
		{name: "two addresses", uri: "http://example.com/x\nhttp://example.com/y", problem: "malformed_url"},
		{name: "bad port", uri: "http://example.com:99999/x", problem: "malformed_url"},
		{name: "port of a mail server", uri: "http://127.0.0.1:25/x", problem: "blocked_address", mayStart: true},
		{name: "control character", uri: "http://example.com/\x01x", problem: "malformed_url"},
		{name: "url of 100 kB", uri: "http://example.com/" + strings.Repeat("x", 100_000), problem: "source_too_large"},
		{name: "404", uri: hostile + "/404", problem: "not_found_at_source", mayStart: true},
		{name: "410", uri: hostile + "/410", problem: "not_found_at_source", mayStart: true},
		{name: "403", uri: hostile + "/403", problem: "refused_by_source", mayStart: true},
		{name: "500 for ever", uri: hostile + "/500", problem: "source_failing", mayStart: true},
		{name: "a sign-in page instead of the file", uri: hostile + "/movie.mkv", problem: "not_a_file", mayStart: true},
		{name: "length that lies long", uri: hostile + "/short.bin", problem: "source_failing", mayStart: true},
		{name: "endless body", uri: hostile + "/endless.bin", problem: "content_too_large", mayStart: true},
		{name: "announces 9 TiB", uri: hostile + "/huge.bin", problem: "content_too_large", mayStart: true},
		{name: "redirect to a private address", uri: hostile + "/to-private", problem: "blocked_address", mayStart: true},
		{name: "redirect to file", uri: hostile + "/to-file", problem: "blocked_address", mayStart: true},
		{name: "endless redirects", uri: hostile + "/loop", problem: "source_failing", mayStart: true},
		{name: "name that does not resolve", uri: "http://does-not-exist.invalid/x", problem: "source_failing", mayStart: true},
	}
	for _, host := range blockedHosts {
		rows = append(rows, badInput{name: "address " + host, uri: "http://" + host + "/latest/meta-data/", problem: "blocked_address", mayStart: true})
	}
	return rows
}

// hostileServer answers in every wrong way, and counts what reaches the path
// that redirects must never lead to.
func hostileServer(t *testing.T) string {
	mux := http.NewServeMux()
	for path, status := range map[string]int{"/404": 404, "/410": 410, "/403": 403, "/500": 500} {
		mux.HandleFunc(path, func(w http.ResponseWriter, _ *http.Request) { http.Error(w, "no", status) })
	}
	mux.HandleFunc("/movie.mkv", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		_, _ = w.Write([]byte("<html><body>Please sign in</body></html>"))
	})
	mux.HandleFunc("/short.bin", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "application/octet-stream")
		w.Header().Set("Content-Length", "1000000")
		_, _ = w.Write(bytes.Repeat([]byte("x"), 1000))
		panic(http.ErrAbortHandler)
	})
	mux.HandleFunc("/huge.bin", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Length", fmt.Sprint(int64(9)<<40))
		_, _ = w.Write([]byte("x"))
	})
	mux.HandleFunc("/to-private", func(w http.ResponseWriter, r *http.Request) {
		http.Redirect(w, r, "http://169.254.169.254/latest", http.StatusFound)
	})
	mux.HandleFunc("/to-file", func(w http.ResponseWriter, r *http.Request) {
		http.Redirect(w, r, "file:///etc/passwd", http.StatusFound)
	})
	mux.HandleFunc("/loop", func(w http.ResponseWriter, r *http.Request) { http.Redirect(w, r, "/loop", http.StatusFound) })
	srv := httptest.NewServer(mux)
	t.Cleanup(srv.Close)
	return srv.URL
}

// endlessServer sends zeros until the reader stops, and says how many it took.
func endlessServer(t *testing.T) (url string, sent *atomic.Int64) {
	sent = new(atomic.Int64)
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "application/octet-stream")
		buf := make([]byte, 256<<10)
		for {
			n, err := w.Write(buf)
			sent.Add(int64(n))
			if err != nil {
				return
			}
		}
	}))
	t.Cleanup(srv.Close)
	return srv.URL, sent
}

func TestBadInput(t *testing.T) {
	hostile := hostileServer(t)
	rows := append(append(magnetRows(), torrentRows()...), urlRows(hostile)...)
	if len(rows) < 60 {
		t.Fatalf("the table has %d rows, want at least 60", len(rows))
	}
	before := stack.AgentFiles(t)
	t.Run("rows", func(t *testing.T) {
		for _, row := range rows {
			if row.name == "endless body" {
				continue // has a limit of its own below
			}
			t.Run(row.name, func(t *testing.T) {
				t.Parallel()
				checkBadInput(t, row)
			})
		}
	})
	if after := stack.AgentFiles(t); after != before {
		t.Errorf("files outside the jobs' folders changed:\nbefore %s\nafter  %s", before, after)
	}
}

func checkBadInput(t *testing.T, row badInput) {
	var job harness.Job
	var err error
	if row.torrent != nil {
		job, err = stack.Client.SubmitTorrent(t.Context(), row.torrent, row.fields)
	} else {
		job, err = stack.Client.SubmitURI(t.Context(), row.uri, nil)
	}
	var p *harness.Problem
	switch {
	case errors.As(err, &p):
		if p.Code != row.problem {
			t.Fatalf("refused as %s (%s), want %s", p.Code, p.Detail, row.problem)
		}
		checkSentence(t, p.Detail)
		return
	case err != nil:
		t.Fatal(err)
	case !row.mayStart:
		t.Fatalf("accepted as job %s, want a refusal as %s", job.ID, row.problem)
	}
	harness.Eventually(t, 4*time.Minute, "ends as "+row.problem, func() error {
		j, err := stack.Client.Job(t.Context(), job.ID)
		if err != nil {
			return err
		}
		job = j
		if j.State != "failed" && j.State != "needs_attention" {
			return fmt.Errorf("is %s: %s", j.State, j.Reason.Text)
		}
		return nil
	})
	if job.Problem != row.problem {
		t.Errorf("ended as %q (%s), want %s", job.Problem, job.Reason.Text, row.problem)
	}
	checkSentence(t, job.Reason.Text)
	for _, f := range stack.Client.Files(t, job.ID) {
		if f.State == "stored" {
			t.Errorf("stored %s of a bad source", f.Path)
		}
	}
	if err := stack.Client.Do(t.Context(), http.MethodDelete, "/api/v1/jobs/"+job.ID, nil, nil); err != nil {
		t.Error(err)
	}
}

// checkSentence asserts that there is a message for people, without internals.
func checkSentence(t *testing.T, s string) {
	t.Helper()
	if len(s) < 15 || !strings.HasSuffix(strings.TrimSpace(s), ".") {
		t.Errorf("not a sentence: %q", s)
	}
	for _, leak := range []string{"goroutine", ".go:", "dial tcp", "pq:", "SQLSTATE", "unmarshal", "context deadline", stack.Dir} {
		if strings.Contains(s, leak) {
			t.Errorf("leaks internals (%s): %q", leak, s)
		}
	}
}

func TestEndlessBodyStopsAtTheLimit(t *testing.T) {
	url, sent := endlessServer(t)
	job, err := stack.Client.SubmitURI(t.Context(), url+"/endless.bin", nil)
	if err != nil {
		t.Fatal(err)
	}
	harness.Eventually(t, 4*time.Minute, "ends", func() error {
		job, err = stack.Client.Job(t.Context(), job.ID)
		if err == nil && job.State != "failed" && job.State != "needs_attention" {
			err = fmt.Errorf("is %s after %d bytes: %s", job.State, sent.Load(), job.Reason.Text)
		}
		return err
	})
	if job.Problem != "content_too_large" {
		t.Errorf("ended as %q: %s", job.Problem, job.Reason.Text)
	}
	if n := sent.Load(); n > stack.MaxJobBytes+(64<<20) {
		t.Errorf("took %d bytes, the limit is %d", n, stack.MaxJobBytes)
	}
}
