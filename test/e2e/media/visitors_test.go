//go:build e2e

package media

import (
	"encoding/json"
	"fmt"
	"net/http"
	"os"
	"os/exec"
	"strings"
	"testing"
	"time"

	"longhaul/test/harness"
)

// TestVisitorsWatchFilms opens a share in a browser that is signed in nowhere: a film
// whose sound browsers don't know plays with picture, sound and the subtitles beside
// it. Its owner revokes the share meanwhile, and the page says so.
func TestVisitorsWatchFilms(t *testing.T) {
	files := []harness.TorrentFile{
		{Path: []string{"Film.en.srt"}, Content: harness.ContentOf([]byte(strings.ReplaceAll(srt, "Inside as SRT", "Beside in the share")))},
		{Path: []string{"Film.mkv"}, Content: film(t, "Film.mkv", 100, h264+"-c:a ac3")},
	}
	job, err := stack.Client.SubmitTorrent(t.Context(), harness.Seed(t, harness.Torrent{Name: "Shared", Files: files}).Metainfo, nil)
	if err != nil {
		t.Fatal(err)
	}
	stack.Client.WaitState(t, job.ID, "ready", time.Minute)
	for _, f := range stack.Client.Files(t, job.ID) {
		if strings.HasSuffix(f.Path, ".mkv") {
			looked(t, f.ID)
		}
	}
	var share struct{ ID, URL string }
	items := []any{map[string]any{"jobId": job.ID}}
	if err := stack.Client.Do(t.Context(), http.MethodPost, "/api/v1/shares", map[string]any{"name": "Films", "viewOnly": true, "items": items}, &share); err != nil {
		t.Fatal(err)
	}
	before := bandwidth(t)
	cmd := exec.CommandContext(t.Context(), "node", "test/browser/visitor-film.mjs", share.URL)
	cmd.Dir, cmd.Stderr = "../../../web", os.Stderr
	in, err := cmd.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	lines := json.NewDecoder(out)
	var saw struct {
		Frames int      `json:"frames"` // decoded
		Sound  int      `json:"sound"`  // bytes decoded
		Subs   []string `json:"subs"`
		Stream bool     `json:"stream"`
		Offers []string `json:"offers"` // that an owner has, or that save the film
		Axe    []string `json:"axe"`
	}
	if err := lines.Decode(&saw); err != nil {
		t.Fatalf("the browser: %v", err)
	}
	t.Logf("the browser saw %+v", saw)
	if saw.Frames == 0 || saw.Sound == 0 || !saw.Stream {
		t.Errorf("it plays %d frames and %d bytes of sound; as a stream: %t", saw.Frames, saw.Sound, saw.Stream)
	}
	if strings.Join(saw.Subs, ", ") != "English: Beside in the share" {
		t.Errorf("the subtitles are %q", saw.Subs)
	}
	if len(saw.Offers) > 0 || len(saw.Axe) > 0 {
		t.Errorf("a visitor who may only view is offered %q; axe: %q", saw.Offers, saw.Axe)
	}
	if err := stack.Client.Do(t.Context(), http.MethodDelete, "/api/v1/shares/"+share.ID, nil, nil); err != nil {
		t.Fatal(err)
	}
	if err := in.Close(); err != nil {
		t.Fatal(err)
	}
	var after struct {
		Says string `json:"says"`
	}
	if err := lines.Decode(&after); err != nil {
		t.Fatalf("the browser: %v", err)
	}
	if err := cmd.Wait(); err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(after.Says, "This share isn’t available") || strings.Contains(after.Says, "Film.mkv") {
		t.Errorf("after it was revoked, the page says %q", after.Says)
	}
	harness.Eventually(t, 30*time.Second, "the owner's bandwidth to be counted", func() error {
		if now := bandwidth(t); now <= before {
			return fmt.Errorf("it is %d bytes, as before", now)
		}
		return nil
	})
}
