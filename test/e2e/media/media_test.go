//go:build e2e

// Package media plays films and music in a browser, on a stack of its own: it kills
// the server while they play.
package media

import (
	"bytes"
	"cmp"
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

var stack *harness.Stack

func TestMain(m *testing.M) {
	os.Exit(harness.Package{Env: []string{"AGENT_ALLOW_CIDRS=127.0.0.0/8", "AGENT_DHT=false"}}.Run(m, func(s *harness.Stack) { stack = s }))
}

const (
	srt = "1\n00:00:00,000 --> 00:00:29,000\nInside as SRT\n"
	ass = "[Script Info]\nScriptType: v4.00+\n\n[V4+ Styles]\nFormat: Name, Fontname, Fontsize\nStyle: Default,Arial,20\n\n" +
		"[Events]\nFormat: Layer, Start, End, Style, Name, MarginL, MarginR, MarginV, Effect, Text\n" +
		"Dialogue: 0,0:00:00.00,0:00:29.00,Default,,0,0,0,,Inside as {\\i1}ASS{\\i0}\n"
)

// shown is one file, and what must happen when it is opened.
type shown struct {
	name string
	make func(tb testing.TB, name string) harness.Content
	how  string // file, stream, or none: said in words
	says string // the words
	subs string // tracks to choose from, with their lines
	rate int    // frames a second, if they are others than those of most films
}

// encoded makes a film with codecs.
func encoded(codecs string) func(testing.TB, string) harness.Content {
	return func(tb testing.TB, name string) harness.Content { return film(tb, name, seconds, codecs) }
}

func withSubtitles(tb testing.TB, name string) harness.Content {
	return film(tb, name, seconds, h264+"-c:a ac3 -c:s:0 srt -metadata:s:s:0 language=eng -c:s:1 ass -metadata:s:s:1 language=ger", write(tb, "a.srt", srt), write(tb, "b.ass", ass))
}

var matrix = []shown{
	{name: "plain.mp4", make: encoded(h264 + "-c:a aac -movflags +faststart"), how: "file"},
	{name: "subtitled.mkv", make: withSubtitles, how: "stream", subs: "English: Inside as SRT, German: Inside as ASS"},
	{name: "surround.mkv", make: encoded(h264 + "-c:a dca -strict -2 -ac 6"), how: "stream"},
	{name: "uneven.mkv", make: encoded(uneven + "-c:a ac3"), how: "stream"},
	{name: "uneven.mp4", make: encoded(uneven + "-c:a aac"), how: "file"},
	{name: "hevc.mkv", make: encoded(hevc + "-c:a eac3"), how: "none", says: "It can’t decode HEVC (H.265) video."},
	{name: "vp9.webm", make: encoded(vp9 + "-c:a libopus"), how: "file"},
	{name: "av1.mp4", make: encoded(av1 + "-c:a aac"), how: "file"},
	{name: "old.avi", make: encoded(mpeg4 + "-c:a libmp3lame"), how: "none", says: "It can’t decode MPEG-4 ASP (DivX, Xvid) video."},
	{name: "hours.mkv", make: hours, how: "stream", rate: 10},
	{name: "song.mp3", make: song, how: "file"},
	{name: "song.flac", make: song, how: "file"},
}

// seen is what the browser saw of one file.
type seen struct {
	Name   string   `json:"name"`
	How    string   `json:"how"`
	Says   string   `json:"says"`
	Others []string `json:"others"` // what else is offered
	Frames int      `json:"frames"` // decoded
	Sound  int      `json:"sound"`  // bytes decoded
	Subs   []string `json:"subs"`
	Seeks  []seek   `json:"seeks"`
	First  float64  `json:"first"` // milliseconds from opening the page until it plays
	Fault  string   `json:"fault"`
}

// seek is a place that the player was sent to.
type seek struct {
	Wanted float64 `json:"wanted"`
	At     float64 `json:"at"`    // where the player says it is
	Frame  int     `json:"frame"` // the number in the picture; -1 without
	Sound  int     `json:"sound"` // bytes decoded when it plays on from there, of a stream
	Millis float64 `json:"millis"`
}

// page is a file to be opened.
type page struct {
	Name string `json:"name"`
	URL  string `json:"url"`
}

// TestMatrix opens films and music of many kinds. What a browser can't play as it is,
// it plays as a stream, or says why not; and the picture is that of the player's time.
func TestMatrix(t *testing.T) {
	source := harness.NewSource(t)
	jobs := map[string]string{}
	for _, m := range matrix {
		content := m.make(t, m.name)
		job, err := stack.Client.SubmitURI(t.Context(), source.Add(m.name, content, true), nil)
		if err != nil {
			t.Fatal(err)
		}
		jobs[m.name] = job.ID
	}
	var pages []page
	for _, m := range matrix {
		pages = append(pages, page{m.name, opened(t, jobs[m.name])})
	}
	saw := map[string]seen{}
	for _, s := range watch[seen](t, "matrix", pages) {
		saw[s.Name] = s
	}
	for _, m := range matrix {
		t.Run(m.name, func(t *testing.T) { m.check(t, saw[m.name]) })
	}
}

func (m shown) check(t *testing.T, s seen) {
	t.Logf("the browser saw %+v", s)
	if s.Fault != "" || s.How != m.how {
		t.Fatalf("it is played as %q, want %q: %s", s.How, m.how, s.Fault)
	}
	if !strings.Contains(s.Says, m.says) {
		t.Errorf("the page says %q, not %q", s.Says, m.says)
	}
	if m.how == "none" {
		if len(s.Others) < 2 {
			t.Errorf("it offers %q", s.Others)
		}
		return
	}
	pictures := !strings.HasPrefix(m.name, "song")
	if s.Sound == 0 || pictures && s.Frames == 0 {
		t.Errorf("it plays with %d frames and %d bytes of sound", s.Frames, s.Sound)
	}
	if subs := strings.Join(s.Subs, ", "); subs != m.subs {
		t.Errorf("the subtitles are %q, want %q", subs, m.subs)
	}
	if len(s.Seeks) != 3 {
		t.Errorf("it went to %d places", len(s.Seeks))
	}
	for _, k := range s.Seeks {
		if m.how == "stream" && k.Sound == 0 {
			t.Errorf("from %.3f s on, there is no sound", k.At)
		}
		if k.At < k.Wanted-0.05 || k.At > k.Wanted+0.05 {
			t.Errorf("it went to %.3f s, and is at %.3f s", k.Wanted, k.At)
		}
		if want := int(k.At*float64(cmp.Or(m.rate, rate))) % (1 << bits); pictures && (k.Frame < want-1 || k.Frame > want+1) {
			t.Errorf("at %.3f s, the picture is frame %d, not %d", k.At, k.Frame, want)
		}
	}
}

// opened waits until a download of one file is ready and the file was looked at, and
// returns the address of its page.
func opened(t *testing.T, job string) string {
	t.Helper()
	stack.Client.WaitState(t, job, "ready", time.Minute)
	file := stack.Client.Files(t, job)[0]
	looked(t, file.ID)
	return stack.Client.Base + "/jobs/" + job + "/play/" + file.ID
}

// looked waits until a file was looked at.
func looked(t *testing.T, file string) {
	t.Helper()
	harness.Eventually(t, time.Minute, "the file to be looked at", func() error {
		var media struct{ State, Problem string }
		if err := stack.Client.Do(t.Context(), http.MethodGet, "/api/v1/files/"+file+"/media", nil, &media); err != nil {
			return err
		}
		if media.State != "read" {
			return fmt.Errorf("it is %s: %s", media.State, media.Problem)
		}
		return nil
	})
}

// watch has a browser do something with pages, and returns what it saw, line by line.
func watch[T any](t *testing.T, what string, in any, more ...string) []T {
	t.Helper()
	list, err := json.Marshal(in)
	if err != nil {
		t.Fatal(err)
	}
	args := append([]string{"test/browser/watch.mjs", stack.Client.Base, harness.AdminEmail, harness.AdminPassword, what, string(list)}, more...)
	cmd := exec.CommandContext(t.Context(), "node", args...)
	cmd.Dir = "../../../web"
	var stdout, stderr bytes.Buffer
	cmd.Stdout, cmd.Stderr = &stdout, &stderr
	if err := cmd.Run(); err != nil {
		t.Fatalf("the browser: %v\n%s%s", err, &stdout, &stderr)
	}
	var out []T
	for dec := json.NewDecoder(&stdout); dec.More(); {
		var line T
		if err := dec.Decode(&line); err != nil {
			t.Fatal(err)
		}
		out = append(out, line)
	}
	return out
}
