package delivery_test

import (
	"archive/zip"
	"bytes"
	"crypto/sha256"
	"errors"
	"io"
	"net/http"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/google/uuid"

	"longhaul/api/apitest"
	"longhaul/api/delivery"
	"longhaul/models"
)

func TestDeliveryRanges(t *testing.T) {
	t.Parallel()
	h := apitest.New(t)
	user := h.Account(models.RoleUser)
	body := apitest.Pattern(300_000)
	_, files := apitest.ReadyJob(t, h, user.User, map[string][]byte{"film.mp4": body})
	link := apitest.DownloadLink(t, h, user, "/api/v1/files/"+files[0].ID.String()+"/link", `{"disposition":"inline"}`)
	whole, got := apitest.Fetch(t, h, "GET", link, nil)
	if whole.StatusCode != 200 || !bytes.Equal(got, body) {
		t.Fatalf("status %d, %d bytes", whole.StatusCode, len(got))
	}
	tag, date := whole.Header.Get("ETag"), whole.Header.Get("Last-Modified")
	if tag == "" || date == "" || whole.Header.Get("Accept-Ranges") != "bytes" {
		t.Errorf("headers %v", whole.Header)
	}
	for name, c := range map[string]struct {
		method string
		header map[string]string
		status int
		from   int
		to     int // exclusive
	}{
		"head":              {"HEAD", nil, 200, 0, 0},
		"head range":        {"HEAD", map[string]string{"Range": "bytes=10-19"}, 200, 0, 0},
		"first":             {"GET", map[string]string{"Range": "bytes=0-0"}, 206, 0, 1},
		"middle":            {"GET", map[string]string{"Range": "bytes=1000-200999"}, 206, 1000, 201_000},
		"open end":          {"GET", map[string]string{"Range": "bytes=299990-"}, 206, 299_990, 300_000},
		"suffix":            {"GET", map[string]string{"Range": "bytes=-5"}, 206, 299_995, 300_000},
		"long suffix":       {"GET", map[string]string{"Range": "bytes=-999999"}, 206, 0, 300_000},
		"beyond the end":    {"GET", map[string]string{"Range": "bytes=299999-400000"}, 206, 299_999, 300_000},
		"outside":           {"GET", map[string]string{"Range": "bytes=300000-"}, 416, 0, 0},
		"nonsense":          {"GET", map[string]string{"Range": "bytes=abc"}, 200, 0, 300_000},
		"other unit":        {"GET", map[string]string{"Range": "pages=1-2"}, 200, 0, 300_000},
		"several":           {"GET", map[string]string{"Range": "bytes=0-1,5-6"}, 200, 0, 300_000},
		"if-range same":     {"GET", map[string]string{"Range": "bytes=5-9", "If-Range": tag}, 206, 5, 10},
		"if-range date":     {"GET", map[string]string{"Range": "bytes=5-9", "If-Range": date}, 206, 5, 10},
		"if-range other":    {"GET", map[string]string{"Range": "bytes=5-9", "If-Range": `"other"`}, 200, 0, 300_000},
		"not changed":       {"GET", map[string]string{"If-None-Match": tag}, 304, 0, 0},
		"changed":           {"GET", map[string]string{"If-None-Match": `"other"`}, 200, 0, 300_000},
		"not changed since": {"GET", map[string]string{"If-Modified-Since": date}, 304, 0, 0},
		"if-match other":    {"GET", map[string]string{"If-Match": `"other"`}, 412, 0, 0},
		"post":              {"POST", nil, 405, 0, 0},
	} {
		resp, got := apitest.Fetch(t, h, c.method, link, c.header)
		if resp.StatusCode != c.status {
			t.Errorf("%s: status %d, want %d", name, resp.StatusCode, c.status)
			continue
		}
		if c.status < 300 && c.method == "GET" && !bytes.Equal(got, body[c.from:c.to]) {
			t.Errorf("%s: %d bytes are not those of %d-%d", name, len(got), c.from, c.to)
		}
		if c.status == 206 && c.method == "GET" {
			want := "bytes " + strconv.Itoa(c.from) + "-" + strconv.Itoa(c.to-1) + "/300000"
			if got := resp.Header.Get("Content-Range"); got != want {
				t.Errorf("%s: Content-Range %q, want %q", name, got, want)
			}
		}
		if resp.Header.Get("X-Content-Type-Options") != "nosniff" {
			t.Errorf("%s: no nosniff", name)
		}
	}
	for _, r := range h.Storage.Reads() {
		if r == "1000+200000" {
			return
		}
	}
	t.Errorf("storage was not asked for the range alone: %v", h.Storage.Reads())
}

func TestDeliveryIsSafe(t *testing.T) {
	t.Parallel()
	h := apitest.New(t)
	user := h.Account(models.RoleUser)
	contents := map[string][]byte{}
	for _, name := range []string{"evil.html", "evil.svg", "evil.xml", "evil.xhtml", "evil.pdf", "evil.js", "photo.png", "song.mp3", "film.mp4", "note.txt", "odd\"\r\nname;x=.mp4", "empty.bin"} {
		contents[name] = []byte("<script>alert(1)</script>")
	}
	contents["empty.bin"] = nil
	_, files := apitest.ReadyJob(t, h, user.User, contents)
	shown := map[string]bool{"photo.png": true, "song.mp3": true, "film.mp4": true, "note.txt": true, "odd\"\r\nname;x=.mp4": true}
	for _, f := range files {
		link := apitest.DownloadLink(t, h, user, "/api/v1/files/"+f.ID.String()+"/link", `{"disposition":"inline"}`)
		resp, body := apitest.Fetch(t, h, "GET", link, map[string]string{"Origin": "https://evil.example"})
		if resp.StatusCode != 200 || !bytes.Equal(body, contents[f.Path]) {
			t.Errorf("%q: status %d", f.Path, resp.StatusCode)
		}
		disposition := resp.Header.Get("Content-Disposition")
		if inline := strings.HasPrefix(disposition, "inline"); inline != shown[f.Path] {
			t.Errorf("%q: disposition %q", f.Path, disposition)
		}
		if !shown[f.Path] && resp.Header.Get("Content-Type") != "application/octet-stream" {
			t.Errorf("%q: type %q", f.Path, resp.Header.Get("Content-Type"))
		}
		for header, want := range map[string]string{
			"X-Content-Type-Options": "nosniff", "Referrer-Policy": "no-referrer", "Cross-Origin-Resource-Policy": "cross-origin",
			"Access-Control-Allow-Origin": "", "Set-Cookie": "",
		} {
			if got := resp.Header.Get(header); got != want {
				t.Errorf("%q: %s is %q, want %q", f.Path, header, got, want)
			}
		}
		if csp := resp.Header.Get("Content-Security-Policy"); !strings.HasPrefix(csp, "sandbox; default-src 'none'") {
			t.Errorf("%q: policy %q", f.Path, csp)
		}
	}
	link := apitest.DownloadLink(t, h, user, "/api/v1/files/"+files[0].ID.String()+"/link", "")
	resp, _ := apitest.Fetch(t, h, "GET", link, map[string]string{"Origin": h.AppURL})
	if resp.Header.Get("Access-Control-Allow-Origin") != h.AppURL || resp.Header.Get("Access-Control-Allow-Credentials") != "" {
		t.Errorf("the app may not read its files: %v", resp.Header)
	}
	if !strings.HasPrefix(resp.Header.Get("Content-Disposition"), "attachment") {
		t.Errorf("a link without a wish is %q", resp.Header.Get("Content-Disposition"))
	}
}

func TestDeliveryRefuses(t *testing.T) {
	t.Parallel()
	h := apitest.New(t)
	user := h.Account(models.RoleUser)
	job, files := apitest.ReadyJob(t, h, user.User, map[string][]byte{"a.bin": apitest.Pattern(1000)})
	link := apitest.DownloadLink(t, h, user, "/api/v1/files/"+files[0].ID.String()+"/link", "")
	archive := apitest.DownloadLink(t, h, user, "/api/v1/jobs/"+job.ID.String()+"/archive", "")
	refused := func(name, url string) {
		t.Helper()
		resp, body := apitest.Fetch(t, h, "GET", url, map[string]string{"Range": "bytes=0-9"})
		if resp.StatusCode != http.StatusNotFound {
			t.Errorf("%s: status %d", name, resp.StatusCode)
			return
		}
		apitest.CheckProblem(t, resp, body)
	}
	u, _ := url.Parse(link)
	parts := strings.Split(u.Path, "/")
	forged := parts[2][:len(parts[2])-1] + string(parts[2][len(parts[2])-1]^1)
	refused("forged", h.FilesURL+"/f/"+forged+"/a.bin")
	refused("file token for a zip", h.FilesURL+"/z/"+parts[2]+"/a.zip")
	refused("no token", h.FilesURL+"/f/x/a.bin")
	refused("other path", h.FilesURL+"/api/v1/jobs")
	if strings.Contains(h.Log.String(), parts[2]) {
		t.Error("the log has a token")
	}
	h.Disable(user.User)
	refused("disabled owner", link)
	refused("disabled owner, zip", archive)
	h.Exec("update users set disabled_at = null")
	if resp, _ := apitest.Fetch(t, h, "GET", link, nil); resp.StatusCode != 200 {
		t.Errorf("status %d", resp.StatusCode)
	}
	if err := h.Store.Jobs.RequestDelete(t.Context(), user.User.ID, job.ID); err != nil {
		t.Fatal(err)
	}
	refused("deleted", link)
	refused("deleted, zip", archive)
}

// The owner sees which links work and revokes them, one or all.
func TestLinksAreListedAndRevoked(t *testing.T) {
	t.Parallel()
	h := apitest.New(t)
	user, other := h.Account(models.RoleUser), h.Account(models.RoleUser)
	job, files := apitest.ReadyJob(t, h, user.User, map[string][]byte{"a.bin": apitest.Pattern(1000)})
	path := "/api/v1/files/" + files[0].ID.String() + "/link"
	first := apitest.DownloadLink(t, h, user, path, "")
	apitest.DownloadLink(t, h, user, path, "") // the same link, which is listed once
	inline := apitest.DownloadLink(t, h, user, path, `{"disposition":"inline"}`)
	archive := apitest.DownloadLink(t, h, user, "/api/v1/jobs/"+job.ID.String()+"/archive", "")
	works := func(link string, want int) {
		t.Helper()
		if resp, _ := apitest.Fetch(t, h, "GET", link, nil); resp.StatusCode != want {
			t.Errorf("status %d, want %d", resp.StatusCode, want)
		}
	}
	list := func(who apitest.Caller) (out []delivery.LinkInfo) {
		t.Helper()
		var page struct{ Links []delivery.LinkInfo }
		apitest.Decode(t, h.Run(t, apitest.Scenario{As: who, Path: "/api/v1/links", Status: 200}), &page)
		return page.Links
	}
	links := list(user)
	if len(links) != 3 || links[2].Name != "a.bin" || links[2].Inline || links[0].Name != "Sample" || links[0].FileID != nil || len(list(other)) != 0 {
		t.Fatalf("links %+v", links)
	}
	one := "/api/v1/links/" + links[2].ID.String()
	h.Run(t, apitest.Scenario{As: other, Method: "DELETE", Path: one, Status: 404})
	works(first, 200)
	h.Run(t, apitest.Scenario{As: user, Method: "DELETE", Path: one, Status: 204})
	works(first, 404)
	works(inline, 200)
	h.Run(t, apitest.Scenario{As: user, Method: "DELETE", Path: "/api/v1/links", Status: 204})
	works(inline, 404)
	works(archive, 404)
	works(apitest.DownloadLink(t, h, user, path, ""), 200)
}

// A link must not promise what is not there: neither once the daily check marked
// the file, nor before.
func TestLostFilesAreToldPlainly(t *testing.T) {
	t.Parallel()
	h := apitest.New(t)
	user := h.Account(models.RoleUser)
	job, files := apitest.ReadyJob(t, h, user.User, map[string][]byte{"a.bin": apitest.Pattern(2000)})
	one, all := "/api/v1/files/"+files[0].ID.String()+"/link", "/api/v1/jobs/"+job.ID.String()+"/archive"
	link, archive := apitest.DownloadLink(t, h, user, one, ""), apitest.DownloadLink(t, h, user, all, "")
	lost := func(what, address string) {
		t.Helper()
		resp, body := apitest.Fetch(t, h, "GET", address, nil)
		if resp.StatusCode != http.StatusNotFound || !strings.Contains(string(body), `"file_lost"`) {
			t.Errorf("%s: status %d, %.200s", what, resp.StatusCode, body)
			return
		}
		apitest.CheckProblem(t, resp, body)
	}
	h.Storage.Remove(files[0].Key())
	lost("before the check", link)
	if _, err := h.Store.Stock.Worker().MarkLost(t.Context(), job.ID, []uuid.UUID{files[0].ID}); err != nil {
		t.Fatal(err)
	}
	lost("a link", link)
	lost("a zip of nothing", archive)
	h.Run(t, apitest.Scenario{As: user, Method: "POST", Path: one, Status: 404, Want: []string{`"file_lost"`}})
	h.Run(t, apitest.Scenario{As: user, Path: "/api/v1/jobs/" + job.ID.String() + "/files", Status: 200, Want: []string{`"state":"lost"`}})
	h.Run(t, apitest.Scenario{As: user, Path: "/api/v1/jobs/" + job.ID.String(), Status: 200, Want: []string{`"state":"ready"`, `"file_lost"`, "1 of 1 file"}})
}

// Whoever can still write to storage can't have other bytes delivered than
// those that were checked when the job became ready.
func TestReplacedFilesAreNotDelivered(t *testing.T) {
	t.Parallel()
	h := apitest.New(t)
	user := h.Account(models.RoleUser)
	job, files := apitest.ReadyJob(t, h, user.User, map[string][]byte{"a.bin": apitest.Pattern(200_000)})
	link := apitest.DownloadLink(t, h, user, "/api/v1/files/"+files[0].ID.String()+"/link", "")
	archive := apitest.DownloadLink(t, h, user, "/api/v1/jobs/"+job.ID.String()+"/archive", "")
	evil := bytes.Repeat([]byte("evil"), 50_000)
	h.Storage.Put(files[0].Key(), evil)
	for name, header := range map[string]map[string]string{"whole": nil, "a range": {"Range": "bytes=100-199"}} {
		resp, body := apitest.Fetch(t, h, "GET", link, header)
		if resp.StatusCode != http.StatusConflict || !strings.Contains(string(body), `"wrong_content"`) {
			t.Errorf("%s: status %d, %.100s", name, resp.StatusCode, body)
			continue
		}
		apitest.CheckProblem(t, resp, body)
	}
	h.Server.Wait()
	admin := h.Account(models.RoleAdmin)
	h.Run(t, apitest.Scenario{As: admin, Path: "/api/v1/admin/security-events?kind=file_replaced", Status: 200, Want: []string{`"detail":"GET /f/:token/:name"`}})
	req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, archive, nil)
	if err != nil {
		t.Fatal(err)
	}
	if resp, err := http.DefaultClient.Do(req); err == nil {
		packed, err := io.ReadAll(resp.Body)
		resp.Body.Close()
		if err == nil || bytes.Contains(packed, []byte("evil")) {
			t.Errorf("a zip of a replaced file looks whole: %d bytes", len(packed))
		}
	}
}

func TestDeliveryGoesOnWhereStorageBroke(t *testing.T) {
	t.Parallel()
	h := apitest.New(t)
	user := h.Account(models.RoleUser)
	body := apitest.Pattern(200_000)
	_, files := apitest.ReadyJob(t, h, user.User, map[string][]byte{"a.bin": body})
	link := apitest.DownloadLink(t, h, user, "/api/v1/files/"+files[0].ID.String()+"/link", "")
	h.Storage.BreakAfter, h.Storage.Breaks = 70_000, 2
	if resp, got := apitest.Fetch(t, h, "GET", link, nil); resp.StatusCode != 200 || !bytes.Equal(got, body) {
		t.Errorf("status %d, %d bytes", resp.StatusCode, len(got))
	}
	h.Storage.BreakAfter, h.Storage.Breaks = 10_000, -1
	resp, got := apitest.Fetch(t, h, "GET", link, nil)
	if resp.ContentLength != 200_000 || len(got) >= 200_000 {
		t.Errorf("a broken answer looks whole: %d of %d", len(got), resp.ContentLength)
	}
	h.Storage.Down = errors.New("no route to host")
	resp, got = apitest.Fetch(t, h, "GET", link, nil)
	if resp.StatusCode != http.StatusServiceUnavailable {
		t.Errorf("status %d", resp.StatusCode)
	}
	apitest.CheckProblem(t, resp, got)
	if resp.Header.Get("Content-Disposition") != "" || resp.Header.Get("ETag") != "" {
		t.Errorf("a fault looks like the file: %v", resp.Header)
	}
}

func TestArchive(t *testing.T) {
	t.Parallel()
	h := apitest.New(t)
	user := h.Account(models.RoleUser)
	contents := map[string][]byte{
		"Ordner/größe.bin": apitest.Pattern(100_000), "Ordner/leer.txt": nil, "deep/a/b/c/d.bin": apitest.Pattern(10), "README": []byte("x"),
		"readme": []byte("y"), "日本語.txt": []byte("z"),
	}
	job, _ := apitest.ReadyJob(t, h, user.User, contents)
	link := apitest.DownloadLink(t, h, user, "/api/v1/jobs/"+job.ID.String()+"/archive", "")
	resp, body := apitest.Fetch(t, h, "GET", link, nil)
	if resp.StatusCode != 200 || resp.ContentLength != int64(len(body)) {
		t.Fatalf("status %d, %d of %d bytes", resp.StatusCode, len(body), resp.ContentLength)
	}
	head, _ := apitest.Fetch(t, h, "HEAD", link, nil)
	if head.ContentLength != resp.ContentLength {
		t.Errorf("HEAD reports %d bytes, GET %d", head.ContentLength, resp.ContentLength)
	}
	zr, err := zip.NewReader(bytes.NewReader(body), int64(len(body)))
	if err != nil {
		t.Fatal(err)
	}
	sums := map[[32]byte]int{}
	for _, want := range contents {
		sums[sha256.Sum256(want)]++
	}
	for _, f := range zr.File {
		if f.Method != zip.Store || strings.ContainsAny(f.Name, "\\\x00") || strings.Contains(f.Name, "..") || strings.HasPrefix(f.Name, "/") {
			t.Errorf("entry %q, method %d", f.Name, f.Method)
		}
		r, err := f.Open()
		if err != nil {
			t.Fatal(err)
		}
		b, err := io.ReadAll(r)
		if err != nil {
			t.Fatal(err)
		}
		sums[sha256.Sum256(b)]--
	}
	for _, n := range sums {
		if n != 0 {
			t.Errorf("the zip does not hold the same contents: %v", sums)
			break
		}
	}
	unzip(t, body, contents)
	req, _ := http.NewRequestWithContext(t.Context(), http.MethodGet, h.AppURL+"/api/v1/jobs/"+job.ID.String()+"/archive.zip", nil)
	redirect := h.Do(user, req)
	redirect.Body.Close()
	if redirect.StatusCode != http.StatusFound || !strings.HasPrefix(redirect.Header.Get("Location"), h.FilesURL+"/z/") {
		t.Errorf("status %d to %q", redirect.StatusCode, redirect.Header.Get("Location"))
	}
	h.Storage.BreakAfter, h.Storage.Breaks = 20_000, -1
	resp, body = apitest.Fetch(t, h, "GET", link, nil)
	if int64(len(body)) >= resp.ContentLength {
		t.Error("a broken zip looks whole")
	}
}

// unzip has Info-ZIP unpack a zip and compares what comes out.
func unzip(t *testing.T, body []byte, contents map[string][]byte) {
	t.Helper()
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "all.zip"), body, 0o600); err != nil {
		t.Fatal(err)
	}
	cmd := exec.CommandContext(t.Context(), "unzip", "-q", "all.zip", "-d", "out")
	cmd.Dir = dir
	cmd.Env = append(os.Environ(), "LC_ALL=C.UTF-8")
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("unzip: %v: %s", err, out)
	}
	for name, want := range contents {
		if strings.EqualFold(name, "readme") {
			continue // one of the two has a different name now
		}
		got, err := os.ReadFile(filepath.Join(dir, "out", name))
		if err != nil || !bytes.Equal(got, want) {
			t.Errorf("%q: %d bytes, %v", name, len(got), err)
		}
	}
}
