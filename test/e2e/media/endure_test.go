//go:build e2e

package media

import (
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"longhaul/test/harness"
)

// TestServerIsKilled kills the server while five viewers watch a stream, and has them
// leave in the middle of a jump: the film continues for each of them without help, with
// picture and sound, what was sent is counted, and no program is left. Then the film is deleted while it plays.
func TestServerIsKilled(t *testing.T) {
	address := long(t)
	before := bandwidth(t)
	saw := watch[struct {
		At     float64 `json:"at"`
		Frame  int     `json:"frame"`
		First  float64 `json:"first"`  // milliseconds until it played
		Millis float64 `json:"millis"` // from the kill until it plays somewhere else
		Frames int     `json:"frames"` // decoded
		Sound  int     `json:"sound"`  // bytes decoded
	}](t, "killed", []page{{URL: address}}, strconv.Itoa(api(t)))
	if len(saw) != 5 {
		t.Fatalf("the browsers saw %+v", saw)
	}
	for n, s := range saw {
		t.Logf("viewer %d: it played after %.0f ms, and again %.0f ms after the kill, with %d frames and %d bytes of sound", n, s.First, s.Millis, s.Frames, s.Sound)
		if s.Frames == 0 || s.Sound == 0 {
			t.Errorf("viewer %d got %d frames and %d bytes of sound", n, s.Frames, s.Sound)
		}
		if want := int(s.At*rate) % (1 << bits); s.Frame < want-1 || s.Frame > want+1 {
			t.Errorf("viewer %d: after the kill, at %.3f s, the picture is frame %d, not %d", n, s.At, s.Frame, want)
		}
	}
	harness.Eventually(t, 30*time.Second, "the programs of the viewers who left to end", func() error {
		if left := children(t, api(t)); len(left) > 0 {
			return fmt.Errorf("there are %q", left)
		}
		return nil
	})
	harness.Eventually(t, 30*time.Second, "the bandwidth to be counted", func() error {
		if now := bandwidth(t); now <= before {
			return fmt.Errorf("it is %d bytes, as before", now)
		}
		return nil
	})
	t.Run("deleted", func(t *testing.T) {
		watch[struct{}](t, "deleted", []page{{URL: address}}, "It was deleted while it played.")
	})
}

// TestSeason watches a folder of films: one after the other, each with the subtitles
// beside it.
func TestSeason(t *testing.T) {
	var files []harness.TorrentFile
	for n := range 3 {
		name := fmt.Sprintf("Season.S01E%02d", n+1)
		lines := strings.ReplaceAll(srt, "Inside as SRT", fmt.Sprintf("Beside %d", n+1))
		files = append(files,
			harness.TorrentFile{Path: []string{name + ".en.srt"}, Content: harness.ContentOf([]byte(lines))},
			harness.TorrentFile{Path: []string{name + ".mkv"}, Content: film(t, name+".mkv", 25+n, h264+"-c:a ac3")})
	}
	swarm := harness.Seed(t, harness.Torrent{Name: "Season", Files: files})
	job, err := stack.Client.SubmitTorrent(t.Context(), swarm.Metainfo, nil)
	if err != nil {
		t.Fatal(err)
	}
	stack.Client.WaitState(t, job.ID, "ready", time.Minute)
	var pages []page
	for _, f := range stack.Client.Files(t, job.ID) {
		if name := filepath.Base(f.Path); strings.HasSuffix(name, ".mkv") {
			looked(t, f.ID)
			pages = append(pages, page{name, stack.Client.Base + "/jobs/" + job.ID + "/play/" + f.ID})
		}
	}
	saw := watch[seen](t, "season", pages)
	if len(saw) != 3 {
		t.Fatalf("the browser saw %+v", saw)
	}
	for n, s := range saw {
		if want := fmt.Sprintf("English: Beside %d", n+1); strings.Join(s.Subs, ", ") != want {
			t.Errorf("%s has the subtitles %q, want %q", s.Name, s.Subs, want)
		}
	}
}

// long downloads a film that no browser loads at once, and returns its page.
func long(t *testing.T) string {
	t.Helper()
	job, err := stack.Client.SubmitURI(t.Context(), harness.NewSource(t).Add("long.mkv", film(t, "long.mkv", 100, h264+"-c:a ac3"), true), nil)
	if err != nil {
		t.Fatal(err)
	}
	return opened(t, job.ID)
}

// api returns the process of the API.
func api(t *testing.T) int {
	t.Helper()
	ready, err := stack.Ready()
	if err != nil {
		t.Fatal(err)
	}
	return ready.PIDs["api"]
}

// children returns the commands that a process has started and that still run.
func children(t *testing.T, pid int) (out []string) {
	t.Helper()
	lists, err := filepath.Glob(fmt.Sprintf("/proc/%d/task/*/children", pid))
	if err != nil || len(lists) == 0 {
		t.Fatalf("process %d has no threads: %v", pid, err)
	}
	for _, list := range lists {
		b, _ := os.ReadFile(list) // the thread may have ended
		for _, child := range strings.Fields(string(b)) {
			line, _ := os.ReadFile("/proc/" + child + "/cmdline")
			out = append(out, strings.ReplaceAll(string(line), "\x00", " "))
		}
	}
	return out
}

// bandwidth returns how many bytes were sent to the administrator this month.
func bandwidth(t *testing.T) int64 {
	t.Helper()
	var usage struct {
		Bandwidth struct {
			Used int64 `json:"used"`
		} `json:"bandwidth"`
	}
	if err := stack.Client.Do(t.Context(), http.MethodGet, "/api/v1/usage", nil, &usage); err != nil {
		t.Fatal(err)
	}
	return usage.Bandwidth.Used
}
