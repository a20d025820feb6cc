package api_test

import (
	"encoding/json"
	"io"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"testing"

	"longhaul/api"
	"longhaul/api/apitest"
	"longhaul/models"
)

// savedAnswer is an answer as tools/observatory grades it.
type savedAnswer struct {
	Status  int               `json:"status"`
	Headers map[string]string `json:"headers"`
	Body    string            `json:"body"`
}

// The headers of pages, API answers and faults are the ones that were graded:
// testdata/headers.json is what tools/observatory reads (make test-headers).
func TestGradedHeadersAreCurrent(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	page := `<!doctype html><html lang="en"><head><title>Longhaul</title><script type="module" src="/assets/index.js"></script></head><body></body></html>`
	if err := os.WriteFile(filepath.Join(dir, "index.html"), []byte(page), 0o600); err != nil {
		t.Fatal(err)
	}
	deployed := func(siteKey string) *apitest.Harness {
		return apitest.New(t, func(c *api.Config, _ *api.Deps) {
			c.WebDir, c.TurnstileSiteKey = dir, siteKey
			c.BaseURL = &url.URL{Scheme: "https", Host: "app.example.com"}
			c.FilesURL = &url.URL{Scheme: "https", Host: "files.example.com"}
		})
	}
	h := deployed("")
	user := h.Account(models.RoleUser)
	got := map[string]savedAnswer{"/login with Turnstile": save(t, deployed("0x4AAA"), apitest.Caller{}, "/login")}
	for name, path := range map[string]string{
		"/": "/", "/login": "/login", "API answer": "/api/v1/me", "404 page": "/assets/gone.js", "404 of the API": "/api/v1/nothing",
	} {
		got[name] = save(t, h, user, path)
	}
	text, err := json.MarshalIndent(got, "", "  ")
	if err != nil {
		t.Fatal(err)
	}
	const file = "testdata/headers.json"
	if api.Updating() {
		if err := os.WriteFile(file, append(text, '\n'), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if string(text)+"\n" != string(want) {
		t.Errorf("the headers are not the graded ones; run: go test ./api -run GradedHeaders -update && make test-headers\n%s", text)
	}
}

// save requests a path and keeps the parts of the response that stay the same.
func save(t *testing.T, h *apitest.Harness, who apitest.Caller, path string) savedAnswer {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, h.AppURL+path, nil)
	if err != nil {
		t.Fatal(err)
	}
	resp := h.Do(who, req)
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	saved := savedAnswer{Status: resp.StatusCode, Headers: map[string]string{}}
	for k := range resp.Header {
		switch k {
		case "Date", "Content-Length", "X-Request-Id", "Etag", "Last-Modified":
		default:
			saved.Headers[k] = resp.Header.Get(k)
		}
	}
	if resp.StatusCode == http.StatusOK && path != "/api/v1/me" {
		saved.Body = string(body)
	}
	return saved
}
