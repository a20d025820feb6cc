package api_test

import (
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"longhaul/api"
	"longhaul/api/apitest"
	"longhaul/models"
)

// built writes a web app as a build leaves it.
func built(t *testing.T) string {
	t.Helper()
	dir := t.TempDir()
	for name, text := range map[string]string{
		"index.html": `<!doctype html><meta name="csp-nonce" content="__CSP_NONCE__"><title>Longhaul</title>`,
		"robots.txt": "User-agent: *", "assets/app-abc123.js": "plain", "assets/app-abc123.js.br": "brotli", "assets/app-abc123.js.gz": "gzip",
	} {
		path := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.Symlink("/etc/passwd", filepath.Join(dir, "secret.txt")); err != nil {
		t.Fatal(err)
	}
	return dir
}

func TestWebApp(t *testing.T) {
	t.Parallel()
	dir := built(t)
	h := apitest.New(t, func(c *api.Config, _ *api.Deps) { c.WebDir = dir })
	immutable := map[string]string{"Cache-Control": "public, max-age=31536000, immutable", "Content-Type": "text/javascript; charset=utf-8"}
	with := func(m map[string]string, k, v string) map[string]string {
		out := map[string]string{k: v}
		for k, v := range m {
			out[k] = v
		}
		return out
	}
	for _, s := range []apitest.Scenario{
		{Name: "root", Path: "/", Status: 200, Want: []string{"<title>Longhaul"}, Unwant: []string{"__CSP_NONCE__"}, Headers: map[string]string{"Cache-Control": "no-cache", "Content-Type": "text/html; charset=utf-8"}},
		{Name: "route of the app", Path: "/jobs/42", Status: 200, Want: []string{"<title>Longhaul"}},
		{Name: "head", Method: "HEAD", Path: "/", Status: 200},
		{Name: "file", Path: "/robots.txt", Status: 200, Want: []string{"User-agent"}, Headers: map[string]string{"Cache-Control": "no-cache"}},
		{Name: "hashed", Path: "/assets/app-abc123.js", Status: 200, Want: []string{"plain"}, Headers: with(immutable, "Content-Encoding", "")},
		{Name: "brotli", Path: "/assets/app-abc123.js", Header: map[string]string{"Accept-Encoding": "gzip, br"}, Status: 200, Want: []string{"brotli"}, Headers: with(immutable, "Content-Encoding", "br")},
		{Name: "gzip", Path: "/assets/app-abc123.js", Header: map[string]string{"Accept-Encoding": "br;q=0, gzip"}, Status: 200, Want: []string{"gzip"}, Headers: with(immutable, "Content-Encoding", "gzip")},
		{Name: "old asset", Path: "/assets/app-old.js", Status: 404},
		{Name: "traversal", Path: "/..%2f..%2f..%2fetc/passwd", Status: 200, Want: []string{"<title>"}, Unwant: []string{"root:"}},
		{Name: "symlink", Path: "/secret.txt", Status: 200, Want: []string{"<title>"}, Unwant: []string{"root:"}},
		{Name: "folder", Path: "/assets", Status: 200, Want: []string{"<title>"}, Unwant: []string{"app-abc123"}},
		{Name: "api path", Path: "/api/v2/jobs", Status: 404},
		{Name: "docs", Path: "/docs", Status: 200, Want: []string{"/api/v1/jobs/{id}/cancel", "schema-Job"}, Unwant: []string{"<script", "https://"}},
		{Name: "document", Path: "/openapi.json", Status: 200, Want: []string{`"openapi": "3.1`}},
		{Name: "health", Path: "/healthz", Status: 200, Want: []string{`"status":"ok"`}},
		{Name: "ready", Path: "/readyz", Status: 200, Want: []string{`"name":"database"`}},
	} {
		t.Run(s.Name, func(t *testing.T) { h.Run(t, s) })
	}
	nonce := regexp.MustCompile(`content="([A-Z2-7]+)"`)
	seen := map[string]bool{}
	for range 2 {
		req, _ := http.NewRequestWithContext(t.Context(), http.MethodGet, h.AppURL+"/", nil)
		resp := h.Do(apitest.Caller{}, req)
		b := make([]byte, 1000)
		n, _ := resp.Body.Read(b)
		resp.Body.Close()
		m := nonce.FindSubmatch(b[:n])
		if m == nil || !strings.Contains(resp.Header.Get("Content-Security-Policy"), "'nonce-"+string(m[1])+"'") || seen[string(m[1])] {
			t.Errorf("page %s with policy %s", b[:n], resp.Header.Get("Content-Security-Policy"))
			continue
		}
		seen[string(m[1])] = true
	}
}

// A page without a nonce is kept by browsers, which ask whether it changed; the
// build leaves it compressed.
func TestPageWithoutNonce(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	for name, text := range map[string]string{"index.html": "<!doctype html><title>Longhaul</title>", "index.html.br": "brotli"} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	h := apitest.New(t, func(c *api.Config, _ *api.Deps) { c.WebDir = dir })
	get := func(path string, header ...string) *http.Response {
		t.Helper()
		req, _ := http.NewRequestWithContext(t.Context(), http.MethodGet, h.AppURL+path, nil)
		for i := 0; i < len(header); i += 2 {
			req.Header.Set(header[i], header[i+1])
		}
		resp := h.Do(apitest.Caller{}, req)
		resp.Body.Close()
		return resp
	}
	first := get("/jobs/42", "Accept-Encoding", "br")
	etag := first.Header.Get("Etag")
	if first.StatusCode != 200 || etag == "" || first.Header.Get("Content-Encoding") != "br" || first.Header.Get("Content-Type") != "text/html; charset=utf-8" {
		t.Errorf("status %d, headers %v", first.StatusCode, first.Header)
	}
	if again := get("/", "Accept-Encoding", "br", "If-None-Match", etag); again.StatusCode != http.StatusNotModified || again.Header.Get("Cache-Control") != "no-cache" {
		t.Errorf("asked again: status %d, headers %v", again.StatusCode, again.Header)
	}
	if err := os.WriteFile(filepath.Join(dir, "index.html"), []byte("<!doctype html><title>Next</title>"), 0o600); err != nil {
		t.Fatal(err)
	}
	if next := get("/", "If-None-Match", etag); next.StatusCode != http.StatusOK {
		t.Errorf("after a release: status %d", next.StatusCode)
	}
}

// The page's answer names the parts that the page will need and what it will ask
// for; without a session, those of the sign-in page.
func TestPageNamesWhatItNeeds(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	for name, text := range map[string]string{
		"index.html": "<!doctype html>",
		"preload.json": `{"/login":{"scripts":["assets/login-1.js"],"answers":["/api/v1/config"]},
			"/":{"scripts":["assets/list-1.js"],"styles":["assets/list-1.css"],"answers":["/api/v1/me","/api/v1/jobs?limit=1"]},
			"/files":{"scripts":["assets/files-1.js"]},
			"/jobs/":{"scripts":["assets/job-1.js"],"answers":["/api/v1/me","/api/v1/jobs/{id}"]}}`,
	} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	h := apitest.New(t, func(c *api.Config, _ *api.Deps) { c.WebDir = dir })
	user := h.Account(models.RoleUser)
	const (
		asked = ">; rel=preload; as=fetch; crossorigin, "
		login = "</api/v1/config" + asked + "</assets/login-1.js>; rel=modulepreload"
		me    = "</api/v1/me" + asked
		list  = "</assets/list-1.js>; rel=modulepreload, </assets/list-1.css>; rel=preload; as=style; crossorigin"
		job   = "</assets/job-1.js>; rel=modulepreload"
		id    = "01900000-0000-7000-8000-00000000002a"
	)
	for _, c := range []struct {
		as         apitest.Caller
		path, want string
	}{
		{apitest.Caller{}, "/login", login},
		{apitest.Caller{}, "/login?next=%2Ffiles", login},
		{apitest.Caller{}, "/", login},
		{apitest.Caller{}, "/jobs/" + id, login},
		{user, "/", me + "</api/v1/jobs?limit=1" + asked + list},
		{user, "/?tab=ready", me + list},
		{user, "/files", "</assets/files-1.js>; rel=modulepreload"},
		{user, "/jobs/" + id, me + "</api/v1/jobs/" + id + asked + job},
		{user, "/jobs/" + id + "/play/" + id, me + job},
		{user, "/jobs/42%3E;%20rel=x", me + job},
		{user, "/settings", ""},
	} {
		h.Run(t, apitest.Scenario{Name: c.path, As: c.as, Path: c.path, Status: 200, Headers: map[string]string{"Link": c.want}})
	}
}

func TestSecurityHeaders(t *testing.T) {
	t.Parallel()
	dir := built(t)
	h := apitest.New(t, func(c *api.Config, _ *api.Deps) {
		c.WebDir = dir
		c.BaseURL = &url.URL{Scheme: "https", Host: "app.example"}
		c.FilesURL = &url.URL{Scheme: "https", Host: "files.example"}
	})
	for _, path := range []string{"/", "/login", "/api/v1/me", "/api/v1/nothing", "/docs", "/openapi.json", "/assets/none.js", "/healthz"} {
		req, _ := http.NewRequestWithContext(t.Context(), http.MethodGet, h.AppURL+path, nil)
		req.Host = "evil.example"
		req.Header.Set("X-Forwarded-Host", "evil.example")
		req.Header.Set("Origin", "https://evil.example")
		resp := h.Do(apitest.Caller{}, req)
		resp.Body.Close()
		for header, want := range map[string]string{
			"X-Content-Type-Options": "nosniff", "Referrer-Policy": "no-referrer", "Cross-Origin-Opener-Policy": "same-origin",
			"Cross-Origin-Resource-Policy": "same-origin", "X-Frame-Options": "DENY",
			"Strict-Transport-Security": "max-age=63072000; includeSubDomains", "Access-Control-Allow-Origin": "",
		} {
			if got := resp.Header.Get(header); got != want {
				t.Errorf("%s: %s is %q, want %q", path, header, got, want)
			}
		}
		csp := resp.Header.Get("Content-Security-Policy")
		for _, want := range []string{"default-src 'none'", "script-src 'self';", "object-src 'none'", "base-uri 'none'", "frame-ancestors 'none'", "media-src 'self' blob: https://files.example"} {
			if !strings.Contains(csp, want) {
				t.Errorf("%s: %q is not in the policy %s", path, want, csp)
			}
		}
		if strings.Contains(csp, "unsafe") {
			t.Errorf("%s: policy %s", path, csp)
		}
		for k, vs := range resp.Header {
			if strings.Contains(strings.Join(vs, " "), "evil") {
				t.Errorf("%s: %s repeats the request: %v", path, k, vs)
			}
		}
	}
}

func TestOtherSitesAreRefused(t *testing.T) {
	t.Parallel()
	h := apitest.New(t)
	user := h.Account(models.RoleUser)
	host := strings.TrimPrefix(h.AppURL, "http://")
	for _, c := range []struct {
		name   string
		header map[string]string
		status int
	}{
		{"own page", map[string]string{"Sec-Fetch-Site": "same-origin", "Origin": h.AppURL}, 422},
		{"no browser", nil, 422},
		{"old browser", map[string]string{"Origin": h.AppURL}, 422},
		{"other site", map[string]string{"Sec-Fetch-Site": "cross-site", "Origin": "https://evil.example"}, 403},
		{"sub-domain", map[string]string{"Sec-Fetch-Site": "same-site", "Origin": "http://files." + host}, 403},
		{"null", map[string]string{"Origin": "null"}, 403},
		{"suffix", map[string]string{"Origin": "http://evil" + host}, 403},
		{"prefix", map[string]string{"Origin": "http://" + host + ".evil.example"}, 403},
		{"other port", map[string]string{"Origin": "http://127.0.0.1:1"}, 403},
		{"files origin", map[string]string{"Origin": h.FilesURL}, 403},
	} {
		t.Run(c.name, func(t *testing.T) {
			body := h.Run(t, apitest.Scenario{
				As: user, Method: "POST", Path: "/api/v1/jobs", Header: c.header, Body: `{"source":"nonsense"}`, Status: c.status,
				Headers: map[string]string{"Access-Control-Allow-Origin": "", "Access-Control-Allow-Credentials": ""},
			})
			if c.status == 403 && !strings.Contains(string(body), "cross_origin") {
				t.Errorf("refused for another reason: %s", body)
			}
		})
	}
}

func TestDeliveryHasNothingOfTheApp(t *testing.T) {
	t.Parallel()
	h := apitest.New(t)
	for _, path := range []string{"/", "/api/v1/me", "/docs", "/openapi.json", "/healthz", "/api/v1/auth/login"} {
		resp, body := apitest.Fetch(t, h, "GET", h.FilesURL+path, nil)
		if resp.StatusCode != 404 {
			t.Errorf("%s: status %d", path, resp.StatusCode)
		}
		apitest.CheckProblem(t, resp, body)
	}
}
