package probe_test

import (
	"bytes"
	"context"
	"errors"
	"image/jpeg"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"longhaul/internal/media/probe"
	"longhaul/internal/media/tool"
	"longhaul/internal/media/tool/tooltest"
	"longhaul/models"
)

var runner *tool.Runner

func TestMain(m *testing.M) { tooltest.Main(m, &runner) }

const (
	subtitle = "1\n00:00:01,000 --> 00:00:02,000\nHello\n"
	chapters = ";FFMETADATA1\n[CHAPTER]\nTIMEBASE=1/1000\nSTART=0\nEND=2000\ntitle=Opening\n[CHAPTER]\nTIMEBASE=1/1000\nSTART=2000\nEND=6000\ntitle=The rest\n"
)

// film makes a film of six seconds with ffmpeg: one picture, sound, and as the
// arguments say a subtitle (input 2) and chapters (input 3).
func film(t *testing.T, name string, args ...string) string {
	t.Helper()
	dir := t.TempDir()
	srt, meta := filepath.Join(dir, "film.srt"), filepath.Join(dir, "chapters")
	if err := errors.Join(os.WriteFile(srt, []byte(subtitle), 0o600), os.WriteFile(meta, []byte(chapters), 0o600)); err != nil {
		t.Fatal(err)
	}
	in := []string{
		"-v", "error", "-f", "lavfi", "-i", "testsrc=size=64x48:rate=25:duration=6", "-f", "lavfi", "-i", "sine=duration=6",
		"-i", srt, "-i", meta, "-threads", "1",
	}
	path := filepath.Join(dir, name)
	tooltest.Output(t, "ffmpeg", append(append(in, args...), path)...)
	return path
}

// open is a source of a file.
func open(t *testing.T, path string) tool.Source {
	t.Helper()
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return sourceOf(b)
}

func sourceOf(b []byte) tool.Source {
	return tool.Source{Size: int64(len(b)), Open: func(_ context.Context, off, n int64) (io.ReadCloser, error) {
		return io.NopCloser(bytes.NewReader(b[off : off+n])), nil
	}}
}

// keys are the key frames as ffprobe sees them.
func keys(t *testing.T, path string) models.KeyFrames {
	t.Helper()
	var out models.KeyFrames
	for line := range strings.Lines(string(tooltest.Output(t, "ffprobe", "-v", "error", "-select_streams", "v:0", "-show_entries", "packet=pts_time,flags", "-of", "csv=p=0", path))) {
		if at, flags, _ := strings.Cut(strings.TrimSpace(line), ","); strings.HasPrefix(flags, "K") {
			f, err := strconv.ParseFloat(at, 64)
			if err != nil {
				t.Fatalf("ffprobe says %q", line)
			}
			out = append(out, int64(f*1e6+0.5))
		}
	}
	return out.Tidy()
}

// counted counts how often ffprobe runs: the second time it reads all of the file.
type counted struct {
	*tool.Runner
	probes int
}

func (c *counted) FFprobe(ctx context.Context, src tool.Source, limits tool.Limits, args func(string) []string, out io.Writer) error {
	c.probes++
	return c.Runner.FFprobe(ctx, src, limits, args, out)
}

func near(a, b models.KeyFrames) bool {
	return slices.EqualFunc(a, b, func(x, y int64) bool { return x-y <= 1 && y-x <= 1 })
}

// x264 has key frames at irregular times, and pictures that are shown in another
// order than they are stored.
var x264 = []string{"-c:v", "libx264", "-pix_fmt", "yuv420p", "-bf", "2", "-g", "50", "-force_key_frames", "0.4,1.2,3.96,5.0"}

var matrix = []struct {
	name   string
	args   []string
	video  string
	audio  string
	subs   string
	noKeys bool
	scan   bool // the container has no index that is read here
}{
	{"film.mp4", append(slices.Clone(x264), "-c:a", "aac", "-map", "0", "-map", "1", "-metadata:s:a:0", "language=ger"), "avc1.64000A", "mp4a.40.2", "", false, false},
	{"film.mov", append(slices.Clone(x264), "-c:a", "aac", "-movflags", "faststart"), "avc1.64000A", "mp4a.40.2", "", false, false},
	{"fragments.mp4", append(slices.Clone(x264), "-c:a", "aac", "-movflags", "frag_keyframe+empty_moov"), "avc1.64000A", "mp4a.40.2", "", false, true},
	{"film.mkv", append(slices.Clone(x264), "-c:a", "ac3", "-c:s", "srt", "-map", "0", "-map", "1", "-map", "2", "-map_chapters", "3", "-metadata:s:a:0", "language=ger",
		"-metadata:s:s:0", "language=eng", "-metadata:s:s:0", "title=For all", "-disposition:s:0", "forced"), "avc1.64000A", "ac-3", "subrip", false, false},
	{"hevc.mkv", []string{"-c:v", "libx265", "-x265-params", "log-level=none:pools=1", "-pix_fmt", "yuv420p10le", "-c:a", "eac3"}, "hvc1.2.4.L30.B0", "ec-3", "", false, false},
	{"film.webm", []string{"-c:v", "libvpx-vp9", "-g", "30", "-deadline", "realtime", "-pix_fmt", "yuv420p", "-c:a", "libopus"}, "vp09.00.10.08", "opus", "", false, false},
	{"film.avi", []string{"-c:v", "mpeg4", "-g", "20", "-c:a", "mp3"}, "", "mp3", "", false, true},
	{"film.ts", append(slices.Clone(x264), "-c:a", "aac"), "avc1.64000A", "mp4a.40.2", "", false, true},
	{"music.flac", []string{"-map", "1", "-c:a", "flac"}, "none", "flac", "", true, false},
	{"music.mp3", []string{"-map", "1", "-c:a", "mp3"}, "none", "mp3", "", true, false},
}

func TestEachContainerIsRead(t *testing.T) {
	for _, c := range matrix {
		t.Run(c.name, func(t *testing.T) {
			path := film(t, c.name, c.args...)
			src := open(t, path)
			programs := &counted{Runner: runner}
			got, err := probe.New(programs).Probe(t.Context(), src)
			if err != nil {
				t.Fatal(err)
			}
			if scanned := programs.probes > 1; scanned != c.scan {
				t.Errorf("it is read to its end: %v", scanned)
			}
			if d := got.Info.Duration; d < 5.9 || d > 6.2 {
				t.Errorf("it lasts %v s", d)
			}
			if len(got.Info.Audio) != 1 || got.Info.Audio[0].Codecs != c.audio {
				t.Errorf("audio is %+v", got.Info.Audio)
			}
			if c.noKeys {
				if len(got.Info.Video) != 0 || got.Poster != nil {
					t.Errorf("music has the video %+v", got.Info.Video)
				}
				return
			}
			if len(got.Info.Video) != 1 || got.Info.Video[0].Codecs != c.video || got.Info.Video[0].Width != 64 || got.Info.Video[0].FrameRate != 25 {
				t.Errorf("video is %+v", got.Info.Video)
			}
			if want := keys(t, path); !near(got.Keys, want) || len(want) == 0 {
				t.Errorf("key frames are at\n%v, ffprobe finds\n%v", got.Keys, want)
			} else if start := float64(want[0]) / 1e6; got.Info.Start-start > 1e-5 || start-got.Info.Start > 1e-5 {
				t.Errorf("it starts at %v, not at %v", got.Info.Start, start)
			}
			if img, err := jpeg.DecodeConfig(bytes.NewReader(got.Poster)); err != nil || img.Width != 64 || img.Height != 48 {
				t.Errorf("the poster is %+v (%v)", img, err)
			}
			if c.subs != "" {
				want := models.SubtitleTrack{Index: 2, Codec: c.subs, Text: true, Title: "For all", Language: "en", Forced: true}
				if len(got.Info.Subtitles) != 1 || got.Info.Subtitles[0] != want {
					t.Errorf("subtitles are %+v", got.Info.Subtitles)
				}
				if ch := got.Info.Chapters; len(ch) != 2 || ch[0] != (models.Chapter{Start: 0, End: 2, Title: "Opening"}) {
					t.Errorf("chapters are %+v", ch)
				}
				if got.Info.Audio[0].Language != "de" {
					t.Errorf("audio is %+v", got.Info.Audio[0])
				}
			}
		})
	}
}
