//go:build e2e

package e2e

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"slices"
	"strings"
	"testing"
	"time"

	"longhaul/internal/legal"
	"longhaul/test/harness"
)

// throttled writes at most so many bytes a second, so that progress can be seen.
type throttled struct {
	http.ResponseWriter
	rate int
}

func (w throttled) Write(p []byte) (int, error) {
	sent := 0
	for len(p) > 0 {
		n, err := w.ResponseWriter.Write(p[:min(len(p), w.rate/10)])
		sent += n
		if err != nil {
			return sent, err
		}
		w.ResponseWriter.(http.Flusher).Flush()
		p = p[n:]
		<-time.After(100 * time.Millisecond)
	}
	return sent, nil
}

// TestBrowser submits, watches, plays and downloads a video in Chromium.
func TestBrowser(t *testing.T) {
	clip, err := os.ReadFile("testdata/test-pattern.webm")
	if err != nil {
		t.Fatal(err)
	}
	// Padding after the video's end makes the download last; players ignore it.
	clip = append(clip, make([]byte, 12<<20)...)
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "video/webm")
		http.ServeContent(throttled{w, 500_000}, r, "", time.Time{}, bytes.NewReader(clip))
	}))
	t.Cleanup(srv.Close)
	out := t.TempDir()
	if dir := os.Getenv("LONGHAUL_PICTURES"); dir != "" {
		out = dir
	}
	cmd := exec.Command("node", "test/browser/flow.mjs",
		stack.Client.Base, harness.AdminEmail, harness.AdminPassword, srv.URL+"/test-pattern.webm", out)
	cmd.Dir = "../../web"
	var stdout, stderr bytes.Buffer
	cmd.Stdout, cmd.Stderr = &stdout, &stderr
	if err := cmd.Run(); err != nil {
		t.Fatalf("the browser: %v\n%s%s", err, &stdout, &stderr)
	}
	var saw struct {
		Kept      []string `json:"kept"` // names of cookies and of keys in the browser's storage
		Percents  []string `json:"percents"`
		Digest    string   `json:"digest"`
		Suggested string   `json:"suggested"`
		Length    float64  `json:"length"`
		Position  float64  `json:"position"`
		Faults    []string `json:"faults"`
	}
	if err := json.Unmarshal(stdout.Bytes(), &saw); err != nil {
		t.Fatalf("%v: %s", err, &stdout)
	}
	t.Logf("the browser saw %+v", saw)
	for _, name := range saw.Kept {
		if !slices.ContainsFunc(legal.Browser(), func(i legal.BrowserItem) bool { return strings.HasPrefix(name, i.Name) }) {
			t.Errorf("the browser keeps %q, which the privacy page does not list", name)
		}
	}
	sum := sha256.Sum256(clip)
	if saw.Digest != hex.EncodeToString(sum[:]) {
		t.Error("the download differs from the source")
	}
	if saw.Suggested != "test-pattern.webm" {
		t.Errorf("the download is named %q", saw.Suggested)
	}
	if len(saw.Percents) < 3 {
		t.Errorf("progress took the values %v: it is not live", saw.Percents)
	}
	if saw.Position < saw.Length*0.75 {
		t.Errorf("the video is at %.1f of %.1f s after a seek to 75 %%", saw.Position, saw.Length)
	}
	if len(saw.Faults) > 0 {
		t.Errorf("the page logged errors: %v", saw.Faults)
	}
}
