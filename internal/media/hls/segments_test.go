package hls_test

import (
	"bytes"
	"encoding/binary"
	"math"
	"path/filepath"
	"strings"
	"testing"

	"longhaul/internal/media/hls"
	"longhaul/internal/media/tool/tooltest"
	"longhaul/models"
)

// films are what people have, and browsers can't play.
func films() map[string][5]string {
	return map[string][5]string{
		"open GOP, ac3":      {"a.mkv", "24000/1001", "31", open, "-c:a ac3 -ac 6"},
		"closed GOP, dts":    {"b.mkv", "25", "31", closed, "-c:a dca -strict -2 -ac 6"},
		"hevc, eac3":         {"c.mkv", "25", "21", "-c:v libx265 -preset ultrafast -x265-params log-level=error:bframes=3:keyint=60", "-c:a eac3 -ac 6"},
		"mp4, aac":           {"d.mp4", "25", "31", closed, "-c:a aac"},
		"mkv, aac":           {"e.mkv", "24000/1001", "31", open, "-c:a aac"},
		"transport, mp3":     {"f.ts", "25", "21", closed, "-c:a libmp3lame -ar 44100"},
		"mkv, flac at 96000": {"g.mkv", "25", "21", closed, "-c:a flac -ar 96000"},
	}
}

// Laid end to end, the segments have every frame of the film once, each at its own
// time, and touch where the playlist says.
func TestSegmentsAreTheFilm(t *testing.T) {
	t.Parallel()
	for name, c := range films() {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			path := makeFilm(t, c[0], c[1], c[2], c[3], c[4])
			film := known(t, path)
			s := service(path, keep)
			init, err := s.VideoInit(t.Context(), film)
			parts := [][]byte{read(t, init, err)}
			durations := listed(t, hls.VideoList(film))
			for n := range durations {
				p, err := s.Video(t.Context(), film, n)
				parts = append(parts, read(t, p, err))
			}
			if len(durations) < 3 {
				t.Fatalf("only %d segments", len(durations))
			}
			got := packets(t, whole(t, parts...), "v:0")
			want := packets(t, path, "v:0")
			if len(got) != len(want) {
				t.Errorf("%d frames, want %d", len(got), len(want))
			}
			var at []float64
			for _, b := range parts[1:] {
				at = append(at, shown(t, b, units(t, parts[0]))...)
			}
			for i := range min(len(got), len(want), len(at)) {
				if d := at[i] - (want[i].seconds(t) - film.Info.Start); math.Abs(d) > 0.0001 || got[i].Hash != want[i].Hash && c[0] != "f.ts" {
					t.Fatalf("frame %d of %d is %.6f s late, and %s instead of %s", i, len(want), d, got[i].Hash, want[i].Hash)
				}
			}
			checkJoins(t, units(t, parts[0]), durations, parts[1:])
			again := service(path, keep) // knows nothing of what came before
			for _, n := range []int{len(durations) - 1, 1, len(durations) / 2} {
				p, err := again.Video(t.Context(), film, n)
				if !bytes.Equal(read(t, p, err), parts[n+1]) {
					t.Errorf("segment %d alone differs from that in sequence", n)
				}
			}
		})
	}
}

// times returns when a segment's first frame is decoded and its last one ends, in
// the track's units.
func times(t *testing.T, segment []byte) (start, end uint64) {
	t.Helper()
	at := bytes.Index(segment, []byte("tfdt"))
	run := bytes.Index(segment, []byte("trun"))
	if at < 0 || run < 0 {
		t.Fatal("a segment without times")
	}
	start = binary.BigEndian.Uint64(segment[at+8:])
	end = start
	for i := range binary.BigEndian.Uint32(segment[run+8:]) {
		end += uint64(binary.BigEndian.Uint32(segment[run+16+int(i)*16:]))
	}
	return start, end
}

// units returns how many of its units a second has.
func units(t *testing.T, init []byte) float64 {
	t.Helper()
	at := bytes.Index(init, []byte("mdhd"))
	if at < 0 {
		t.Fatal("a track without units")
	}
	return float64(binary.BigEndian.Uint32(init[at+16:]))
}

// shown returns when the frames of a segment are shown, in the order of decoding.
// ffprobe moves all of them when it meets an offset below zero, so it isn't asked.
func shown(t *testing.T, segment []byte, scale float64) []float64 {
	t.Helper()
	at, _ := times(t, segment)
	run := segment[bytes.Index(segment, []byte("trun")):]
	out := make([]float64, binary.BigEndian.Uint32(run[8:]))
	for i := range out {
		entry := run[16+i*16:]
		out[i] = (float64(at) + float64(int32(binary.BigEndian.Uint32(entry[12:])))) / scale
		at += uint64(binary.BigEndian.Uint32(entry))
	}
	return out
}

// checkJoins compares where segments begin and end with one another, and with the
// playlist.
func checkJoins(t *testing.T, scale float64, durations []float64, segments [][]byte) {
	t.Helper()
	said, last := 0.0, uint64(0)
	for n, b := range segments {
		start, end := times(t, b)
		if start != last {
			t.Errorf("segment %d begins at %d, and the one before ends at %d", n, start, last)
		}
		if d := float64(start)/scale - said; math.Abs(d) > 0.2 {
			t.Errorf("segment %d begins %.3f s after what the playlist says", n, d)
		}
		said, last = said+durations[n], end
	}
}

// A tone stays a tone, at its time, and as long as it was.
func TestSoundJoinsWithoutAClick(t *testing.T) {
	t.Parallel()
	for name, c := range films() {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			path := makeFilm(t, c[0], c[1], c[2], c[3], c[4])
			film := known(t, path)
			s := service(path, keep)
			track := film.Info.Audio[0].Index
			init, err := s.AudioInit(t.Context(), film, track)
			parts := [][]byte{read(t, init, err)}
			list, err := hls.AudioList(film, track)
			if err != nil {
				t.Fatal(err)
			}
			last := uint64(0)
			for n := range listed(t, list) {
				p, err := s.Audio(t.Context(), film, track, n)
				b := read(t, p, err)
				start, end := times(t, b)
				if n > 0 && start != last {
					t.Errorf("segment %d begins at %d, and the one before ends at %d", n, start, last)
				}
				last = end
				parts = append(parts, b)
			}
			got, want := heard(t, whole(t, parts...)), heard(t, path)
			if d := len(got) - len(want); math.Abs(float64(d)) > 0.06*48000 {
				t.Errorf("%d samples, want %d", len(got), len(want))
			}
			checkTone(t, got)
			again := service(path, keep)
			p, err := again.Audio(t.Context(), film, track, 1)
			if !bytes.Equal(read(t, p, err), parts[2]) {
				t.Error("a segment alone differs from that in sequence")
			}
		})
	}
}

// Music without pictures is streamed alike.
func TestMusicIsStreamed(t *testing.T) {
	t.Parallel()
	for name, codec := range map[string]string{"a.ogg": "libopus", "b.m4a": "alac", "c.wma": "wmav2"} {
		path := filepath.Join(t.TempDir(), name)
		tooltest.Output(t, "ffmpeg", "-v", "error", "-f", "lavfi", "-i", sine, "-t", "15", "-c:a", codec, path)
		film := known(t, path)
		if why := hls.Possible(models.Media{State: models.MediaRead, Info: film.Info}); why != "" {
			t.Errorf("%s: %s", name, why)
		}
		if index := string(hls.Index(film)); !strings.HasSuffix(index, "\naudio-0.m3u8\n") {
			t.Errorf("%s: %s", name, index)
		}
		s := service(path, keep)
		init, err := s.AudioInit(t.Context(), film, 0)
		parts := [][]byte{read(t, init, err)}
		for n := range 3 {
			p, err := s.Audio(t.Context(), film, 0, n)
			parts = append(parts, read(t, p, err))
		}
		got := heard(t, whole(t, parts...))
		if len(got) < 15*48000-1 || len(got) > 15*48000+4800 {
			t.Errorf("%s: %d samples", name, len(got))
		}
		checkTone(t, got)
	}
}

// heard returns the left channel at 48000 samples a second.
func heard(t *testing.T, path string) []float64 {
	t.Helper()
	b := tooltest.Output(t, "ffmpeg", "-v", "error", "-i", path, "-map", "0:a:0", "-af", "pan=mono|c0=c0", "-ar", "48000", "-f", "f32le", "-")
	out := make([]float64, len(b)/4)
	for i := range out {
		out[i] = float64(math.Float32frombits(binary.LittleEndian.Uint32(b[4*i:])))
	}
	return out
}

// checkTone looks for places where a tone of 440 Hz is ahead or behind by more than
// a sample, or weaker.
func checkTone(t *testing.T, x []float64) {
	t.Helper()
	const block = 1200 // eleven waves
	var phases, sizes []float64
	for at := 9600; at+block < len(x)-9600; at += block { // encoders fade in and out
		var re, im float64
		for i := range block {
			s, c := math.Sincos(2 * math.Pi * 440 / 48000 * float64(i))
			re, im = re+x[at+i]*s, im+x[at+i]*c
		}
		phases, sizes = append(phases, math.Atan2(im, re)), append(sizes, math.Hypot(re, im))
	}
	first := len(phases) / 2
	for i := range phases {
		off := math.Remainder(phases[i]-phases[first], 2*math.Pi) / (2 * math.Pi * 440 / 48000)
		if weak := sizes[i] / sizes[first]; math.Abs(off) > 1 || weak < 0.9 || weak > 1.1 {
			t.Fatalf("at %.3f s the tone is %.1f samples behind, and %.2f as strong", float64(9600+i*block)/48000, off, weak)
		}
	}
}

// What is heard at a time of the film is heard then, and not a little later.
func TestSoundIsInTime(t *testing.T) {
	t.Parallel()
	for name, c := range films() {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			path := makeFilm(t, c[0], c[1], "13", c[3], "-af volume='if(lt(mod(t,1),0.1),1,0)':eval=frame "+c[4])
			film := known(t, path)
			s := service(path, keep)
			track := film.Info.Audio[0].Index
			init, err := s.AudioInit(t.Context(), film, track)
			parts := [][]byte{read(t, init, err)}
			for n := range 2 {
				p, err := s.Audio(t.Context(), film, track, n)
				parts = append(parts, read(t, p, err))
			}
			got, want := onsets(t, whole(t, parts...), 0), onsets(t, path, film.Info.Start)
			for i := range 9 {
				if d := got[i] - want[i]; math.Abs(d) > 0.003 {
					t.Fatalf("sound %d is %.4f s late: it starts at %.4f s", i, d, got[i])
				}
			}
		})
	}
}

// onsets returns when it becomes loud, from a time of the file on.
func onsets(t *testing.T, path string, zero float64) []float64 {
	t.Helper()
	b := tooltest.Output(t, "ffmpeg", "-v", "error", "-copyts", "-i", path, "-map", "0:a:0", "-af", "aresample=48000:async=1:first_pts=0,aformat=channel_layouts=mono", "-f", "f32le", "-")
	var out []float64
	quiet := 0
	for i := range len(b) / 4 {
		loud := math.Abs(float64(math.Float32frombits(binary.LittleEndian.Uint32(b[4*i:])))) > 0.03
		if at := float64(i)/48000 - zero; loud && quiet > 24000 && at > 0.5 {
			out = append(out, at)
		}
		if quiet++; loud {
			quiet = 0
		}
	}
	if len(out) < 9 {
		t.Fatalf("only %d sounds in %d bytes", len(out), len(b))
	}
	return out
}
