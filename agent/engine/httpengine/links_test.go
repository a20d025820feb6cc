package httpengine_test

import (
	"bytes"
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"longhaul/agent/engine"
	"longhaul/agent/engine/disk"
	"longhaul/agent/engine/httpengine"
	"longhaul/internal/fetch"
	"longhaul/internal/source"
	"longhaul/models"
)

// linkBody is what every link of these tests leads to.
var linkBody = bytes.Repeat([]byte("the right bytes\n"), 5_000)

// linkCase is one odd link.
type linkCase struct {
	name    string
	serve   http.HandlerFunc
	pasted  string   // after the server's address
	as      string   // the file's name here
	request string   // the last request's target; empty for any
	cannot  []string // programs that do not fetch it
}

// sendBody sends linkBody with ranges.
func sendBody(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("ETag", `"v1"`)
	if w.Header().Get("Content-Type") == "" {
		w.Header().Set("Content-Type", "application/octet-stream")
	}
	http.ServeContent(w, r, "", time.Time{}, bytes.NewReader(linkBody))
}

// sendTo redirects with the Location as it is, and sends the body where it has led.
func sendTo(code int, steps map[string]string) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		to, ok := steps[r.URL.EscapedPath()]
		if !ok {
			sendBody(w, r)
			return
		}
		w.Header()["Location"] = []string{to}
		w.WriteHeader(code)
	}
}

func sendNamed(disposition string, header ...string) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		w.Header()["Content-Disposition"] = []string{disposition}
		for i := 0; i+1 < len(header); i += 2 {
			w.Header().Set(header[i], header[i+1])
		}
		sendBody(w, r)
	}
}

// hops redirects n times with the statuses in turn.
func hops(n int, codes ...int) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		var at int
		if _, err := fmt.Sscanf(r.URL.Path, "/hop%d", &at); err != nil || at >= n {
			sendBody(w, r)
			return
		}
		w.Header()["Location"] = []string{fmt.Sprintf("hop%d", at+1)}
		w.WriteHeader(codes[at%len(codes)])
	}
}

// onlyWithCookie sends the body to those who bring the cookie, and all others to the
// path that sets it, from where they come back.
func onlyWithCookie(gate string) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		c, err := r.Cookie("seen")
		switch {
		case err == nil && c.Value == "1":
			sendBody(w, r)
		case r.URL.Path == gate:
			http.SetCookie(w, &http.Cookie{Name: "seen", Value: "1", Path: "/"})
			http.Redirect(w, r, "/f.bin", http.StatusFound)
		default:
			http.Redirect(w, r, gate, http.StatusFound)
		}
	}
}

// onlyWithPair sends the body to those who bring the cookie as it was set, and sets
// it for all others.
func onlyWithPair(pair string) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		if r.Header.Get("Cookie") == pair {
			sendBody(w, r)
			return
		}
		w.Header()["Set-Cookie"] = []string{pair + "; Path=/; HttpOnly"}
		http.Redirect(w, r, "/f.bin", http.StatusFound)
	}
}

// onlyWithLogin sends the body to those who sign in.
func onlyWithLogin(user, password string) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		if u, p, _ := r.BasicAuth(); u != user || p != password {
			w.Header().Set("WWW-Authenticate", `Basic realm="files"`)
			http.Error(w, "no", http.StatusUnauthorized)
			return
		}
		sendBody(w, r)
	}
}

func linkCases() []linkCase {
	spaces := []string{"curl"} // refuses them; aria2c sends a bare percent sign as it is
	return []linkCase{
		{name: "case 11: a cookie that comes with the redirect to itself", pasted: "/f.bin", as: "f.bin", serve: onlyWithCookie("/f.bin")},
		{name: "a cookie from another path", pasted: "/f.bin", as: "f.bin", serve: onlyWithCookie("/deep/gate")},
		{name: "a cookie from a redirect with a query", pasted: "/f.bin?a=1&b=2", as: "f.bin", serve: onlyWithCookie("/gate;v=1")},
		{name: "a cookie of JSON", pasted: "/f.bin", as: "f.bin", serve: onlyWithPair(`prefs={"seen":[1,2],"by":"a\b"}`), cannot: []string{"aria2c"}},
		{name: "a cookie of words", pasted: "/f.bin", as: "f.bin", serve: onlyWithPair("seen=yes, I have"), cannot: []string{"aria2c"}},
		{name: "a cookie in quotes", pasted: "/f.bin", as: "f.bin", serve: onlyWithPair(`seen="yes"`), cannot: []string{"aria2c"}},
		{name: "a cookie of UTF-8", pasted: "/f.bin", as: "f.bin", serve: onlyWithPair("seen=größe"), cannot: []string{"aria2c"}},
		{name: "a cookie of escapes", pasted: "/f.bin", as: "f.bin", serve: onlyWithPair("seen=%!zz%7B100%!41%!"), cannot: []string{"aria2c"}},
		{name: "a cookie with brackets in its name", pasted: "/f.bin", as: "f.bin", serve: onlyWithPair("user[id]=a=b=="), cannot: []string{"aria2c"}},
		{name: "an empty cookie", pasted: "/f.bin", as: "f.bin", serve: onlyWithPair("seen="), cannot: []string{"aria2c"}},
		{name: "case 12: seven redirects", pasted: "/hop0", as: "hop7", serve: hops(7, http.StatusFound)},
		{name: "nineteen redirects of all kinds", pasted: "/hop0", as: "hop19", serve: hops(19, 301, 302, 303, 307, 308)},
		{name: "twenty redirects", pasted: "/hop0", as: "hop20", serve: hops(20, 307), cannot: []string{"aria2c"}},
		{name: "a choice of addresses with one that is preferred", pasted: "/a", as: "b.bin", serve: sendTo(300, map[string]string{"/a": "/b.bin"}), request: "/b.bin"},
		{name: "a Location with a bare percent sign", pasted: "/a", as: "100% b.bin", serve: sendTo(302, map[string]string{"/a": "/100% b.bin"}), request: "/100%25%20b.bin", cannot: []string{"curl", "aria2c"}},
		{name: "a Location with spaces", pasted: "/a", as: "my file.bin", serve: sendTo(302, map[string]string{"/a": "/dir/my file.bin"}), request: "/dir/my%20file.bin"},
		{name: "a Location in UTF-8", pasted: "/a", as: "grün.bin", serve: sendTo(301, map[string]string{"/a": "/grün.bin"}), request: "/gr%C3%BCn.bin"},
		{name: "a Location in Latin-1", pasted: "/a", as: "grün.bin", serve: sendTo(301, map[string]string{"/a": "/gr\xfcn.bin"}), request: "/gr%FCn.bin", cannot: []string{"wget"}},
		{name: "a Location with %2F and a space", pasted: "/a", as: "c d.bin", serve: sendTo(307, map[string]string{"/a": "/x%2Fy/c d.bin"}), request: "/x%2Fy/c%20d.bin"},
		{name: "case 15: a space in the query", pasted: "/f.bin?name=my file.bin&t=1", as: "f.bin", serve: sendBody, request: "/f.bin?name=my%20file.bin&t=1", cannot: spaces},
		{name: "case 16: a bare percent sign", pasted: "/100% legal.zip", as: "100% legal.zip", serve: sendBody, request: "/100%25%20legal.zip", cannot: []string{"curl", "aria2c"}},
		{name: "case 17: %2F beside a space", pasted: "/projects/group%2Fname/my file.bin", as: "my file.bin", serve: sendBody, request: "/projects/group%2Fname/my%20file.bin", cannot: spaces},
		{name: "%2B beside an umlaut", pasted: "/grün%2Bgelb.iso", as: "grün+gelb.iso", serve: sendBody, request: "/gr%C3%BCn%2Bgelb.iso"},
		{name: "quotes and a pipe", pasted: `/a"b|c'd.bin`, as: "a_b_c'd.bin", serve: sendBody, request: "/a%22b%7Cc'd.bin"},
		{name: "dot segments and an empty folder", pasted: "/x/../y//z/./f.bin", as: "f.bin", serve: sendBody, request: "/y//z/f.bin"},
		{name: "a line break and a tab", pasted: "/long/\n\tname.bin", as: "name.bin", serve: sendBody, request: "/long/name.bin", cannot: []string{"curl", "wget", "aria2c"}},
		{name: "backslashes", pasted: `\dir\f.bin`, as: "f.bin", serve: sendBody, request: "/dir/f.bin", cannot: []string{"curl", "wget", "aria2c"}},
		{name: "case 18: an unquoted name beside filename*", pasted: "/x", as: "Some cool file.doc", serve: sendNamed(`attachment; filename=Some cool file.doc; filename*=UTF-8''Some%20cool%20file.doc`)},
		{name: "case 19: a name in ISO 8859-1", pasted: "/x", as: "Français.txt", serve: sendNamed(`attachment; size=1049971; filename*=iso-8859-1'fr'Fran%E7ais.txt`)},
		{name: "a raw name in GBK", pasted: "/x", as: "你好世界.zip", serve: sendNamed("attachment; filename=\"\xc4\xe3\xba\xc3\xca\xc0\xbd\xe7.zip\"")},
		{name: "a name of the type", pasted: "/get?id=7", as: "get.mkv", serve: sendNamed("attachment", "Content-Type", "video/x-matroska")},
		{name: "a login", pasted: "/f.bin", as: "f.bin", serve: onlyWithLogin("ann", "p@ss:wörd")},
	}
}

// TestLinksThatWorkElsewhereWorkHere fetches from the same server with the engine,
// curl, wget and aria2c.
func TestLinksThatWorkElsewhereWorkHere(t *testing.T) {
	t.Parallel()
	for _, c := range linkCases() {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			var mu sync.Mutex
			var last string
			srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				mu.Lock()
				last = r.RequestURI
				mu.Unlock()
				c.serve(w, r)
			}))
			t.Cleanup(srv.Close)
			address := srv.URL + c.pasted
			if strings.HasSuffix(c.name, "login") {
				address = "http://ann:p%40ss%3Aw%C3%B6rd@" + strings.TrimPrefix(address, "http://")
			}
			name, body := fetchLink(t, address)
			if name != c.as || !bytes.Equal(body, linkBody) {
				t.Errorf("fetched %d bytes of %d as %q, want %q", len(body), len(linkBody), name, c.as)
			}
			mu.Lock()
			asked := last
			mu.Unlock()
			if c.request != "" && asked != c.request {
				t.Errorf("asked for %s, want %s", asked, c.request)
			}
			for _, program := range []string{"curl", "wget", "aria2c"} {
				if slices.Contains(c.cannot, program) {
					continue
				}
				if got := fetchElsewhere(t, program, address); !bytes.Equal(got, body) {
					t.Errorf("%s has %d bytes, the engine %d", program, len(got), len(body))
				}
			}
		})
	}
}

func linkEngine() *httpengine.Engine {
	guard := fetch.NewGuard(netip.MustParsePrefix("127.0.0.1/32"))
	return httpengine.New(httpengine.Config{
		Dialer: fetch.NewDialer(fetch.DialerOptions{Guard: guard}), BlockSize: 16 << 10, RetryPause: time.Millisecond,
	})
}

// fetchLink resolves and downloads what a user pasted.
func fetchLink(t *testing.T, pasted string) (name string, body []byte) {
	t.Helper()
	src, err := source.ParseURL(pasted)
	if err != nil {
		t.Fatal(err)
	}
	e, from := linkEngine(), engine.Source{URL: src.URI, Login: src.Login}
	m, err := e.Resolve(t.Context(), from, engine.Options{})
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	st, err := disk.Open(dir, []disk.FileSpec{{Index: 0, Size: m.Size, PartSize: 16 << 20}}, disk.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer st.Close()
	err = e.Download(t.Context(), engine.Job{
		Source: from, Store: st, Options: engine.Options{StallTimeout: time.Minute}, Files: []engine.File{{Index: 0, Size: m.Size}},
	}, func(engine.Report) {})
	if err != nil {
		t.Fatal(err)
	}
	body = make([]byte, m.Size)
	if _, err := st.ReadAt(0, body, 0); err != nil {
		t.Fatal(err)
	}
	return m.Name, body
}

// fetchElsewhere downloads with another program.
func fetchElsewhere(t *testing.T, program, address string) []byte {
	t.Helper()
	out := filepath.Join(t.TempDir(), "out")
	args := map[string][]string{
		"curl":   {"-sS", "-f", "-L", "-g", "--max-redirs", "20", "-b", "", "--noproxy", "*", "-o", out, address},
		"wget":   {"-q", "--no-config", "--no-proxy", "--tries=1", "-O", out, address},
		"aria2c": {"-q", "--no-conf", "--file-allocation=none", "--follow-torrent=false", "--max-tries=1", "-d", filepath.Dir(out), "-o", "out", address},
	}[program]
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	if text, err := exec.CommandContext(ctx, program, args...).CombinedOutput(); err != nil {
		t.Errorf("%s: %v %s", program, err, text)
		return nil
	}
	b, err := os.ReadFile(out)
	if err != nil {
		t.Errorf("%s: %v", program, err)
	}
	return b
}

const linkHash = "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"

// linkTorrent is a torrent of two files.
func linkTorrent() []byte {
	info := "d5:filesld6:lengthi3e4:pathl5:a.bineed6:lengthi4e4:pathl1:d5:b.bineee4:name4:pair12:piece lengthi16384e6:pieces20:" + strings.Repeat("p", 20) + "e"
	return source.BuildTorrent([]byte(info), [][]string{{"http://tracker.example/announce"}}, nil)
}

func TestLinksThatLeadToTorrents(t *testing.T) {
	t.Parallel()
	torrent := linkTorrent()
	send := func(b []byte, header ...string) http.HandlerFunc {
		return func(w http.ResponseWriter, r *http.Request) {
			for i := 0; i+1 < len(header); i += 2 {
				w.Header().Set(header[i], header[i+1])
			}
			http.ServeContent(w, r, "", time.Time{}, bytes.NewReader(b))
		}
	}
	magnet := "magnet:?xt=urn:btih:" + linkHash
	for name, c := range map[string]struct {
		serve   http.HandlerFunc
		path    string
		files   int // of the torrent; 0 for a file of its own
		magnet  string
		problem models.Problem
	}{
		"case 13: a redirect to a magnet link": {serve: sendTo(302, map[string]string{"/a": magnet}), path: "/a", magnet: magnet},
		"a magnet link after two redirects, with spaces": {
			serve: sendTo(301, map[string]string{"/a": "/b c", "/b%20c": " MAGNET:?xt=urn:btih:" + strings.ToUpper(linkHash) + "&dn=my film&tr=http://t.test/x"}), path: "/a",
			magnet: magnet + "&dn=my+film&tr=http%3A%2F%2Ft.test%2Fx",
		},
		"a redirect to a magnet link without a hash": {serve: sendTo(302, map[string]string{"/a": "magnet:?dn=x"}), path: "/a", problem: models.ProblemMalformedMagnet},
		"case 14: a torrent by its type":             {serve: send(torrent, "Content-Type", "application/x-bittorrent"), path: "/payload.torrent", files: 2},
		"a torrent from a program":                   {serve: send(torrent, "Content-Type", "application/x-bittorrent; charset=utf-8"), path: "/download.php", files: 2},
		"a torrent by its name":                      {serve: send(torrent, "Content-Type", "application/octet-stream", "Content-Disposition", `attachment; filename="x.TORRENT"`), path: "/get", files: 2},
		"a torrent that is called a page":            {serve: send(torrent, "Content-Type", "text/html; charset=utf-8"), path: "/x.torrent", files: 2},
		"a page that is named like a torrent":        {serve: send([]byte("<!doctype html><html><title>Sign in</title>"), "Content-Type", "text/html"), path: "/x.torrent", problem: models.ProblemNotAFile},
		"a torrent after a redirect": {serve: func(w http.ResponseWriter, r *http.Request) {
			if r.URL.Path == "/go" {
				http.Redirect(w, r, "/y.torrent", http.StatusFound)
				return
			}
			send(torrent, "Content-Type", "application/octet-stream")(w, r)
		}, path: "/go", files: 2},
		"a torrent without ranges": {serve: func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Type", "application/x-bittorrent")
			_, _ = w.Write(torrent)
		}, path: "/t", files: 2},
		"a file that is only named like one":  {serve: send([]byte("data of another kind"), "Content-Type", "application/octet-stream"), path: "/x.torrent"},
		"a torrent of another type":           {serve: send(torrent, "Content-Type", "application/zip"), path: "/x.torrent"},
		"a torrent under another name":        {serve: send(torrent, "Content-Type", "application/octet-stream"), path: "/x.bin"},
		"a large file that is named like one": {serve: send(make([]byte, 11<<20), "Content-Type", "application/octet-stream"), path: "/x.torrent"},
		"a torrent that breaks off":           {serve: send(torrent[:len(torrent)-9], "Content-Type", "application/x-bittorrent"), path: "/x.torrent", problem: models.ProblemMalformedTorrent},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			srv := httptest.NewServer(c.serve)
			t.Cleanup(srv.Close)
			m, err := linkEngine().Resolve(t.Context(), engine.Source{URL: srv.URL + c.path}, engine.Options{})
			if models.ProblemOf(err) != c.problem || c.problem == "" && err != nil {
				t.Fatalf("%v, want %q", err, c.problem)
			}
			if c.problem != "" {
				return
			}
			if m.Magnet != c.magnet || (len(m.Metainfo) > 0) != (c.files > 0) {
				t.Errorf("magnet %q, %d bytes of metainfo", m.Magnet, len(m.Metainfo))
			}
			if want := max(c.files, 1); c.magnet == "" && len(m.Files) != want {
				t.Errorf("%d files, want %d", len(m.Files), want)
			}
			if c.files == 0 || strings.Contains(c.path, "/go") {
				return
			}
			for _, program := range []string{"curl", "wget", "aria2c"} {
				if got := fetchElsewhere(t, program, srv.URL+c.path); !bytes.Equal(got, torrent) || !bytes.Equal(got, m.Metainfo) {
					t.Errorf("%s has %d bytes, the engine %d", program, len(got), len(m.Metainfo))
				}
			}
		})
	}
}

// TestALinkThatChangesIntoAMagnetFails downloads what was a file when it was resolved.
func TestALinkThatChangesIntoAMagnetFails(t *testing.T) {
	t.Parallel()
	srv := httptest.NewServer(sendTo(302, map[string]string{"/a": "magnet:?xt=urn:btih:" + linkHash}))
	t.Cleanup(srv.Close)
	st, err := disk.Open(t.TempDir(), []disk.FileSpec{{Index: 0, Size: 4, PartSize: 16 << 20}}, disk.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer st.Close()
	err = linkEngine().Download(t.Context(), engine.Job{
		Source: engine.Source{URL: srv.URL + "/a"}, Store: st, Options: engine.Options{StallTimeout: time.Minute}, Files: []engine.File{{Index: 0, Size: 4}},
	}, func(engine.Report) {})
	if models.ProblemOf(err) != models.ProblemSourceChanged {
		t.Errorf("ended with %v", err)
	}
}
