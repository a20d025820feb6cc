package hls_test

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"longhaul/internal/media/hls"
	"longhaul/internal/media/tool/tooltest"
)

// parts returns how each part of a film is asked for, in the order of playing.
func parts(t *testing.T, f hls.Film) (names []string, ask map[string]func(*hls.Service) (*hls.Part, error)) {
	t.Helper()
	ask = map[string]func(*hls.Service) (*hls.Part, error){}
	add := func(name string, get func(*hls.Service) (*hls.Part, error)) {
		names, ask[name] = append(names, name), get
	}
	add("video init", func(s *hls.Service) (*hls.Part, error) { return s.VideoInit(t.Context(), f) })
	for n := range listed(t, hls.VideoList(f)) {
		add(fmt.Sprintf("video %d", n), func(s *hls.Service) (*hls.Part, error) { return s.Video(t.Context(), f, n) })
	}
	for _, track := range f.Info.Audio {
		list, err := hls.AudioList(f, track.Index)
		if err != nil {
			t.Fatal(err)
		}
		add("sound init", func(s *hls.Service) (*hls.Part, error) { return s.AudioInit(t.Context(), f, track.Index) })
		for n := range listed(t, list) {
			add(fmt.Sprintf("sound %d", n), func(s *hls.Service) (*hls.Part, error) { return s.Audio(t.Context(), f, track.Index, n) })
		}
	}
	for _, track := range f.Info.Subtitles {
		add("subtitles", func(s *hls.Service) (*hls.Part, error) { return s.Text(t.Context(), f, track.Index, 0) })
	}
	return names, ask
}

// Two processes that know nothing of each other make the same bytes, so a player
// may ask either for any part. One is asked in the order of playing, the other one
// backwards.
func TestProcessesMakeTheSameParts(t *testing.T) {
	t.Parallel()
	for _, name := range []string{"open GOP, ac3", "mkv, aac", "transport, mp3"} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c := films()[name]
			path := withSubtitles(t, makeFilm(t, c[0], c[1], "21", c[3], c[4]))
			film := known(t, path)
			names, ask := parts(t, film)
			made := map[string][]byte{}
			one, other := service(path, keep), service(path, keep)
			for _, part := range names {
				p, err := ask[part](one)
				made[part] = read(t, p, err)
			}
			slices.Reverse(names)
			for _, part := range names {
				p, err := ask[part](other)
				if b := read(t, p, err); !bytes.Equal(b, made[part]) {
					t.Errorf("%s: one process makes %d bytes, the other %d, or others", part, len(made[part]), len(b))
				}
			}
		})
	}
}

// withSubtitles adds subtitles to a Matroska film.
func withSubtitles(t *testing.T, path string) string {
	t.Helper()
	if filepath.Ext(path) != ".mkv" {
		return path
	}
	dir := t.TempDir()
	text, out := filepath.Join(dir, "a.srt"), filepath.Join(dir, "b.mkv")
	if err := os.WriteFile(text, []byte("1\n00:00:01,000 --> 00:00:03,000\nHello\n\n2\n00:00:10,500 --> 00:00:12,000\nAgain\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	tooltest.Output(t, "ffmpeg", "-v", "error", "-i", path, "-i", text, "-map", "0", "-map", "1", "-c", "copy", out)
	return out
}
