//go:build e2e

package e2e

import (
	"bytes"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"os/exec"
	"strings"
	"testing"
	"time"

	"longhaul/test/harness"
)

// TestExtension connects the built browser extension in Chromium, sends links by
// its context menu, kills its worker before and after the server has what it
// sends and before the answer is stored, and revokes it: each link becomes one
// job.
func TestExtension(t *testing.T) {
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		http.ServeContent(w, r, "", time.Time{}, strings.NewReader("what "+r.URL.Path+" fetches"))
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
		Told    string
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
	if !strings.Contains(saw.Told, "no longer connected") {
		t.Errorf("a revoked extension says %q", saw.Told)
	}
	for _, a := range saw.Arrived { // recorded, so that a change in the browser is noticed
		if a.Origin != "chrome-extension://"+saw.ID || a.Site != "none" || a.Cookie {
			t.Errorf("%s came with origin %s, site %s, cookie %t", a.What, a.Origin, a.Site, a.Cookie)
		}
	}
	for _, name := range []string{"plain", "killed-before", "killed-after", "killed-unstored", "kept"} {
		var n int
		if err := stack.DB.QueryRow(t.Context(), `select count(*) from jobs where source_uri = $1`, srv.URL+"/"+name+".bin").Scan(&n); err != nil || n != 1 {
			t.Errorf("%s: %d jobs, %v", name, n, err)
		}
	}
	if len(saw.Arrived) < 6 {
		t.Errorf("only %d requests of the extension arrived", len(saw.Arrived))
	}
}
