//go:build e2e

package e2e

import (
	"bytes"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"testing"
	"time"

	"longhaul/test/harness"
)

// TestSharing shares a video with a password and a limit in Chromium; a visitor
// enters a wrong and the right password, downloads and streams it, and the stream
// ends when the owner revokes the share.
func TestSharing(t *testing.T) {
	clip, err := os.ReadFile("testdata/test-pattern.webm")
	if err != nil {
		t.Fatal(err)
	}
	clip = append(clip, make([]byte, 192<<20)...) // more than the buffers on the way
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "video/webm")
		http.ServeContent(w, r, "", time.Time{}, bytes.NewReader(clip))
	}))
	t.Cleanup(srv.Close)
	out := t.TempDir()
	if dir := os.Getenv("LONGHAUL_PICTURES"); dir != "" {
		out = dir
	}
	cmd := exec.Command("node", "test/browser/share-flow.mjs",
		stack.Client.Base, harness.AdminEmail, harness.AdminPassword, srv.URL+"/shared-clip.webm", out)
	cmd.Dir = "../../web"
	var stdout, stderr bytes.Buffer
	cmd.Stdout, cmd.Stderr = &stdout, &stderr
	if err := cmd.Run(); err != nil {
		t.Fatalf("the browser: %v\n%s%s", err, &stdout, &stderr)
	}
	var saw struct {
		Title      string   `json:"title"`   // of the page before the password
		Leaks      bool     `json:"leaks"`   // it has the name of the share or the file
		Robots     string   `json:"robots"`  // header of the page
		Wrong      bool     `json:"wrong"`   // a wrong password was refused
		Size       int      `json:"size"`    // of what the visitor saved
		Counted    string   `json:"counted"` // what the owner's list says
		Length     float64  `json:"length"`  // of the video
		Streamed   int      `json:"streamed"`
		Ended      bool     `json:"ended"` // the stream ended before its end
		Gone       bool     `json:"gone"`  // the page says that the share isn't available
		Visits     string   `json:"visits"`
		AxeFaults  []string `json:"axe"`
		PageFaults []string `json:"faults"`
	}
	if err := json.Unmarshal(stdout.Bytes(), &saw); err != nil {
		t.Fatalf("%v: %s", err, &stdout)
	}
	t.Logf("the browser saw %+v", saw)
	if saw.Leaks || saw.Title != "Shared files · Longhaul" || saw.Robots == "" {
		t.Errorf("before the password: title %q, leaks %t, robots %q", saw.Title, saw.Leaks, saw.Robots)
	}
	if !saw.Wrong || saw.Size != len(clip) || saw.Length <= 0 {
		t.Errorf("wrong password refused: %t; saved %d of %d bytes; the video has %.1f s", saw.Wrong, saw.Size, len(clip), saw.Length)
	}
	if saw.Counted != "1 of 5 downloads" {
		t.Errorf("the owner reads %q", saw.Counted)
	}
	if !saw.Ended || saw.Streamed >= len(clip) || !saw.Gone {
		t.Errorf("after it was revoked: ended %t with %d of %d bytes, page says so: %t", saw.Ended, saw.Streamed, len(clip), saw.Gone)
	}
	if len(saw.AxeFaults) > 0 || len(saw.PageFaults) > 0 {
		t.Errorf("axe %v, page %v", saw.AxeFaults, saw.PageFaults)
	}
}
