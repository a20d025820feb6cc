package api_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"longhaul/api/apitest"
	"longhaul/models"
)

// TestRedirectsStayOnKnownHosts asks for addresses that lead elsewhere where a
// server is careless, with headers that name another host. The one redirect
// that there is leads to the origin of files.
func TestRedirectsStayOnKnownHosts(t *testing.T) {
	t.Parallel()
	h := apitest.New(t, apitest.Generous)
	user := h.Account(models.RoleUser)
	job, _ := apitest.ReadyJob(t, h, user.User, map[string][]byte{"a.bin": apitest.Pattern(10)})
	redirects := 0
	ask := func(origin, path string) {
		req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, origin, nil)
		if err != nil {
			t.Fatal(err)
		}
		req.URL.Opaque = strings.TrimPrefix(origin, "http:") + path // as it is, not cleaned
		req.Host = "evil.example"
		for _, name := range []string{"X-Forwarded-Host", "X-Forwarded-Prefix", "X-Original-URL", "Forwarded", "Referer"} {
			req.Header.Set(name, "https://evil.example/")
		}
		resp := h.Do(user, req)
		resp.Body.Close()
		location := resp.Header.Get("Location")
		if location == "" {
			return
		}
		redirects++
		if !strings.HasPrefix(location, h.FilesURL+"/z/") {
			t.Errorf("%s%s leads to %s", origin, path, location)
		}
	}
	ask(h.AppURL, "/api/v1/jobs/"+job.ID.String()+"/archive.zip")
	if redirects != 1 {
		t.Errorf("the zip of a job: %d redirects", redirects)
	}
	next := url.QueryEscape("https://evil.example/")
	for _, origin := range []string{h.AppURL, h.FilesURL} {
		for _, path := range []string{
			"//evil.example", "//evil.example/", "//evil.example/..", "///evil.example", "/\\evil.example", "/%5cevil.example", "/%2f%2fevil.example/",
			"/.//evil.example", "/x/..//evil.example/", "/api/v1//evil.example", "/api/v1/me/", "/api//v1/me", "/API/V1/ME", "/login/", "/login?next=" + next,
			"/?next=" + next, "/settings/?url=" + next, "/docs", "/docs/", "/verify?redirect=" + next, "/f//evil.example", "/z//evil.example/",
		} {
			ask(origin, path)
		}
	}
	if redirects != 1 {
		t.Errorf("%d answers were redirects, want that of the zip alone", redirects)
	}
}
