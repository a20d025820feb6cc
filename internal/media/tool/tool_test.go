package tool_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"longhaul/internal/media/tool"
	"longhaul/internal/media/tool/tooltest"
)

// runner is what this machine confines best.
var runner *tool.Runner

func TestMain(m *testing.M) { tooltest.Main(m, &runner) }

var plenty = tool.Limits{Time: 2 * time.Minute, CPU: time.Minute, Memory: 1 << 30, Bytes: 1 << 30, Nice: 5}

// runners are the ways in which this machine can confine a program.
func runners() map[string]*tool.Runner {
	return map[string]*tool.Runner{"network of its own": runner, "network of a user's own": runner.OfUser(), "network of this process": runner.Shared()}
}

// film makes a file with ffmpeg, outside of any confinement.
func film(t *testing.T, name string, args ...string) []byte {
	t.Helper()
	path := filepath.Join(t.TempDir(), name)
	in := []string{"-v", "error", "-f", "lavfi", "-i", "testsrc=size=64x48:rate=10:duration=4", "-f", "lavfi", "-i", "sine=duration=4"}
	tooltest.Output(t, "ffmpeg", append(append(in, args...), path)...)
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func sourceOf(b []byte) tool.Source {
	return tool.Source{Size: int64(len(b)), Open: func(_ context.Context, off, n int64) (io.ReadCloser, error) {
		return io.NopCloser(bytes.NewReader(b[off : off+n])), nil
	}}
}

func probe(input string) []string {
	return []string{"-v", "error", "-of", "json", "-show_streams", "-i", input}
}

func decode(input string) []string {
	return []string{"-v", "error", "-threads", "1", "-i", input, "-f", "framecrc", "pipe:1"}
}

func TestProgramsReadAFileThroughTheirHandle(t *testing.T) {
	b := film(t, "film.mp4", "-c:v", "libx264", "-threads", "1", "-c:a", "aac") // its index is at the end
	for name, r := range runners() {
		t.Run(name, func(t *testing.T) {
			var out bytes.Buffer
			if err := r.FFprobe(t.Context(), sourceOf(b), plenty, probe, &out); err != nil {
				t.Fatal(err)
			}
			var said struct {
				Streams []struct {
					CodecName string `json:"codec_name"`
				} `json:"streams"`
			}
			if err := json.Unmarshal(out.Bytes(), &said); err != nil || len(said.Streams) != 2 || said.Streams[0].CodecName != "h264" {
				t.Errorf("ffprobe says %s (%v)", out.String(), err)
			}
			out.Reset()
			if err := r.FFmpeg(t.Context(), sourceOf(b), plenty, decode, &out); err != nil {
				t.Fatal(err)
			}
			if n := strings.Count(out.String(), "\n0,"); n != 40 {
				t.Errorf("ffmpeg decodes %d pictures, not 40", n)
			}
		})
	}
}

// watched is a listener of this process that counts who comes.
func watched(t *testing.T) (string, *atomic.Int64) {
	t.Helper()
	l, err := (&net.ListenConfig{}).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	var came atomic.Int64
	done := make(chan struct{})
	go func() {
		defer close(done)
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			came.Add(1)
			_ = c.Close()
		}
	}()
	t.Cleanup(func() {
		_ = l.Close()
		<-done
	})
	return l.Addr().String(), &came
}

func TestNothingButTheHandleCanBeReached(t *testing.T) {
	b := film(t, "film.mkv", "-c:v", "mpeg4", "-c:a", "aac")
	dir, err := os.MkdirTemp("/tmp", "media-tool-*")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = os.RemoveAll(dir) })
	outside := filepath.Join(dir, "outside.mkv")
	if err := errors.Join(os.Chmod(dir, 0o755), os.WriteFile(outside, b, 0o644)); err != nil {
		t.Fatal(err)
	}
	addr, came := watched(t)
	tricks := map[string]string{
		"hls":    "#EXTM3U\n#EXT-X-TARGETDURATION:4\n#EXTINF:4,\n%s\n#EXT-X-ENDLIST\n",
		"concat": "ffconcat version 1.0\nfile '%s'\n",
		"sdp":    "v=0\no=- 0 0 IN IP4 127.0.0.1\ns=x\nc=IN IP4 127.0.0.1\nt=0 0\na=control:%s\nm=video 5004 RTP/AVP 96\n",
		"dash":   `<?xml version="1.0"?><MPD xmlns="urn:mpeg:dash:schema:mpd:2011" type="static"><Period><AdaptationSet><Representation id="1" mimeType="video/mp4"><BaseURL>%s</BaseURL></Representation></AdaptationSet></Period></MPD>`,
	}
	targets := map[string]string{"address": "http://" + addr + "/film.mkv", "file": outside, "file URL": "file:" + outside}
	for name, r := range runners() {
		t.Run(name, func(t *testing.T) {
			for what, target := range targets {
				// the arguments are ours, and name no address; this one stands for a hole in the program
				direct := func(string) []string { return []string{"-v", "error", "-i", target, "-f", "null", "-"} }
				bare := func(string) []string {
					return []string{"-v", "error", "-show_streams", "-protocol_whitelist", "http,tcp,file", target}
				}
				if err := r.FFmpeg(t.Context(), sourceOf(b), plenty, direct, io.Discard); err == nil {
					t.Errorf("ffmpeg opens the %s", what)
				}
				if err := r.FFprobe(t.Context(), sourceOf(b), plenty, bare, io.Discard); err == nil {
					t.Errorf("ffprobe opens the %s", what)
				}
				for trick, text := range tricks {
					src := sourceOf(fmt.Appendf(nil, text, target))
					if err := r.FFmpeg(t.Context(), src, plenty, decode, io.Discard); err == nil {
						t.Errorf("ffmpeg follows %s to the %s", trick, what)
					}
				}
			}
		})
	}
	if n := came.Load(); n != 0 {
		t.Errorf("the listener of another saw %d connections", n)
	}
	output := exec.CommandContext(t.Context(), "ffprobe", "-v", "error", "-i", outside)
	if said, err := output.CombinedOutput(); err != nil {
		t.Errorf("the file outside can't be opened at all: %v: %s", err, said)
	}
}

func TestALimitEndsAProgram(t *testing.T) {
	b := film(t, "film.mkv", "-c:v", "mpeg4", "-c:a", "aac")
	endless := func(string) []string { // ffmpeg makes the picture itself
		return []string{"-v", "error", "-filter_threads", "1", "-filter_complex", "testsrc=size=640x480:rate=25", "-f", "null", "-"}
	}
	for name, c := range map[string]struct {
		limits func(*tool.Limits)
		args   func(string) []string
	}{
		"time":           {func(l *tool.Limits) { l.Time = 300 * time.Millisecond }, endless},
		"processor time": {func(l *tool.Limits) { l.CPU = time.Second }, endless},
		"bytes":          {func(l *tool.Limits) { l.Bytes = 1 }, decode},
	} {
		t.Run(name, func(t *testing.T) {
			limits := plenty
			c.limits(&limits)
			err := runner.FFmpeg(t.Context(), sourceOf(b), limits, c.args, io.Discard)
			if !errors.Is(err, tool.ErrLimit) || !strings.HasSuffix(err.Error(), ": "+name) {
				t.Errorf("the run ends with %v", err)
			}
		})
	}
}

// ffmpeg itself counts a picture that it has no memory for as no failure.
func TestAProgramGetsNoMoreMemoryThanItsLimit(t *testing.T) {
	huge := func(string) []string {
		return []string{
			"-v", "error", "-filter_threads", "1", "-filter_complex", "color=size=16000x16000,format=gray", "-frames:v", "1",
			"-c:v", "rawvideo", "-f", "framecrc", "pipe:1",
		}
	}
	for memory, pictures := range map[int64]int{4 << 30: 1, 300 << 20: 0} {
		limits := plenty
		limits.Memory = memory
		var out bytes.Buffer
		err := runner.FFmpeg(t.Context(), sourceOf(nil), limits, huge, &out)
		if n := strings.Count(out.String(), "\n0,"); n != pictures {
			t.Errorf("with %d MiB there are %d pictures, not %d (%v)", memory>>20, n, pictures, err)
		}
	}
}

// children lists the processes that this one started.
func children(t *testing.T) string {
	t.Helper()
	b, err := os.ReadFile(fmt.Sprintf("/proc/self/task/%d/children", os.Getpid()))
	if err != nil {
		t.Fatal(err)
	}
	return strings.TrimSpace(string(b))
}

func openFiles(t *testing.T) int {
	t.Helper()
	fds, err := os.ReadDir("/proc/self/fd")
	if err != nil {
		t.Fatal(err)
	}
	return len(fds)
}

// A source that stops in the middle holds the program up; the context's end ends both.
func TestACancelledRunLeavesNothing(t *testing.T) {
	b := film(t, "film.mkv", "-c:v", "mpeg4", "-c:a", "aac")
	r := runner
	before := openFiles(t)
	for range 5 {
		ctx, cancel := context.WithCancel(t.Context())
		asked := make(chan struct{}, 100)
		stuck := tool.Source{Size: int64(len(b)), Open: func(ctx context.Context, _, _ int64) (io.ReadCloser, error) {
			asked <- struct{}{}
			<-ctx.Done()
			return nil, ctx.Err()
		}}
		ended := make(chan error, 1)
		go func() { ended <- r.FFprobe(ctx, stuck, plenty, probe, io.Discard) }()
		<-asked
		cancel()
		if err := <-ended; !errors.Is(err, context.Canceled) {
			t.Errorf("the run ends with %v", err)
		}
	}
	if left := children(t); left != "" {
		t.Errorf("processes %s are left", left)
	}
	if after := openFiles(t); after > before {
		t.Errorf("%d files are open, and %d were", after, before)
	}
}

func TestASourceThatFailsIsNotABadFile(t *testing.T) {
	down := errors.New("storage is down")
	src := tool.Source{Size: 1 << 20, Open: func(context.Context, int64, int64) (io.ReadCloser, error) { return nil, down }}
	err := runner.FFprobe(t.Context(), src, plenty, probe, io.Discard)
	var fault *tool.SourceError
	if !errors.As(err, &fault) || !errors.Is(err, down) {
		t.Errorf("the run ends with %v", err)
	}
}

// shut takes nothing.
type shut struct{ err error }

func (s shut) Write([]byte) (int, error) { return 0, s.err }

func TestAnOutputThatNobodyTakesEndsTheProgram(t *testing.T) {
	b := film(t, "film.mkv", "-c:v", "mpeg4", "-c:a", "aac")
	full := errors.New("enough")
	err := runner.FFmpeg(t.Context(), sourceOf(b), plenty, decode, shut{full})
	if !errors.Is(err, full) {
		t.Errorf("the run ends with %v", err)
	}
}

func TestLastWordsNameNoAddress(t *testing.T) {
	err := runner.Shared().FFprobe(t.Context(), sourceOf([]byte("no film")), plenty, probe, io.Discard)
	var failed *tool.FailedError
	if !errors.As(err, &failed) || failed.Said == "" || strings.Contains(failed.Said, "127.0.0.1") || strings.Contains(failed.Said, "http") {
		t.Errorf("the run ends with %v", err)
	}
}

func TestWithoutFFmpegThereIsNoRunner(t *testing.T) {
	if _, err := tool.New(t.Context(), "ffmpeg", "no-such-ffprobe"); !errors.Is(err, tool.ErrMissing) {
		t.Errorf("got %v", err)
	}
}
