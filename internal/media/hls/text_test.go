package hls_test

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"longhaul/internal/media/hls"
	"longhaul/internal/media/tool/tooltest"
)

// Each line is in every window in which it is shown, once, at the player's time.
func TestSubtitlesInWindows(t *testing.T) {
	t.Parallel()
	srt := filepath.Join(t.TempDir(), "s.srt")
	var b strings.Builder
	for i, at := range []int{2, 58, 61, 122} {
		fmt.Fprintf(&b, "%d\n00:%02d:%02d,000 --> 00:%02d:%02d,500\nLine <i>%d</i>\nand more\n\n", i+1, at/60, at%60, (at+3)/60, (at+3)%60, at)
	}
	if err := os.WriteFile(srt, []byte(b.String()), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, codec := range []string{"srt", "ass", "webvtt"} {
		path := filepath.Join(t.TempDir(), "film.mkv")
		tooltest.Output(t, "ffmpeg", "-v", "error", "-f", "lavfi", "-i", "testsrc2=s=160x90:r=10", "-i", srt, "-t", "130",
			"-c:v", "libx264", "-preset", "ultrafast", "-c:s", codec, path)
		film := known(t, path)
		track := film.Info.Subtitles[0].Index
		list, err := hls.TextList(film, track)
		if err != nil || len(listed(t, list)) != 3 {
			t.Fatalf("%v: %s", err, list)
		}
		s := service(path, keep)
		for n, want := range [][]string{{"00:00:02.000", "00:00:58.000"}, {"00:00:58.000", "00:01:01.000"}, {"00:02:02.000"}} {
			p, err := s.Text(t.Context(), film, track, n)
			text := string(read(t, p, err))
			got := regexp.MustCompile(`(?m)^(\S+) --> `).FindAllStringSubmatch(text, -1)
			var starts []string
			for _, m := range got {
				starts = append(starts, m[1])
			}
			if strings.Join(starts, " ") != strings.Join(want, " ") || !strings.HasPrefix(text, "WEBVTT\n") || strings.Count(text, "and more") != len(want) {
				t.Errorf("%s, window %d: %v, want %v\n%s", codec, n, starts, want, text)
			}
		}
	}
}
