//go:build e2e

package e2e

import (
	"bytes"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"os/exec"
	"regexp"
	"strings"
	"testing"
	"time"

	"longhaul/test/harness"
)

// TestExtension connects the built browser extension in Chromium, sends links by
// its context menu and from the list of a page's links, follows them in its
// popup, plays what is ready, is notified, kills its worker before and after the
// server has what it sends and before the answer is stored, and revokes it: each
// link becomes one job. axe finds no barrier in its pages, light and dark.
func TestExtension(t *testing.T) {
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		content := "what " + r.URL.Path + " fetches"
		if r.URL.Path == "/film.mp4" {
			content = "\x00\x00\x00\x18ftypmp42\x00\x00\x00\x00mp42isom" // how a film begins
		}
		http.ServeContent(w, r, "", time.Time{}, strings.NewReader(content))
	}))
	t.Cleanup(srv.Close)
	cmd := exec.Command("node", "test/walk.mjs", stack.Client.Base, harness.AdminEmail, harness.AdminPassword, srv.URL)
	cmd.Dir = "../../extension"
	var stdout, stderr bytes.Buffer
	cmd.Stdout, cmd.Stderr = &stdout, &stderr
	if err := cmd.Run(); err != nil {
		t.Fatalf("the browser: %v\n%s%s", err, &stdout, &stderr)
	}
	var saw struct {
		ID      string
		Items   int
		Content string
		Listed  int
		Counted string
		Told    string
		Badge   string
		Player  string
		Faults  []string
		Arrived []struct {
			What, Origin, Site string
			Cookie             bool
		}
	}
	if err := json.Unmarshal(stdout.Bytes(), &saw); err != nil {
		t.Fatalf("%v: %s", err, &stdout)
	}
	if saw.Items != 1 {
		t.Errorf("%d items after one link that can be sent", saw.Items)
	}
	if saw.Content != "what /plain.bin fetches" {
		t.Errorf("the copied link downloads %q", saw.Content)
	}
	if saw.Listed != 500 || saw.Counted != "10,001 links on this page" {
		t.Errorf("a page with 10,001 links: %d are listed, and the popup says %q", saw.Listed, saw.Counted)
	}
	if saw.Badge != "!" {
		t.Errorf("the badge of a revoked extension is %q", saw.Badge)
	}
	if !strings.Contains(saw.Told, "no longer connected") {
		t.Errorf("a revoked extension says %q", saw.Told)
	}
	if !regexp.MustCompile(`^/jobs/[0-9a-f-]{36}/play/[0-9a-f-]{36}$`).MatchString(saw.Player) {
		t.Errorf("Play opens %q", saw.Player)
	}
	for _, fault := range saw.Faults {
		t.Errorf("axe: %s", fault)
	}
	for _, a := range saw.Arrived { // recorded, so that a change in the browser is noticed
		if a.Origin != "chrome-extension://"+saw.ID || a.Site != "none" || a.Cookie {
			t.Errorf("%s came with origin %s, site %s, cookie %t", a.What, a.Origin, a.Site, a.Cookie)
		}
	}
	for _, name := range []string{"plain.bin", "film.mp4", "notified.bin", "killed-before.bin", "killed-after.bin", "killed-unstored.bin", "kept.bin", "scan-3.torrent", "scan-4.torrent"} {
		if n := jobsFrom(t, srv.URL+"/"+name); n != 1 {
			t.Errorf("%s: %d jobs", name, n)
		}
	}
	if n := jobsFrom(t, srv.URL+"/scan-%"); n != 2 {
		t.Errorf("two links of the page were chosen, and %d were sent", n)
	}
	if len(saw.Arrived) < 6 {
		t.Errorf("only %d requests of the extension arrived", len(saw.Arrived))
	}
}

// jobsFrom counts the jobs whose source is like a pattern.
func jobsFrom(t *testing.T, pattern string) int {
	t.Helper()
	var n int
	if err := stack.DB.QueryRow(t.Context(), `select count(*) from jobs where source_uri like $1`, pattern).Scan(&n); err != nil {
		t.Fatal(err)
	}
	return n
}
