//go:build e2e

package media

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"longhaul/test/harness"
)

// Every film shows rate frames a second for so many seconds, each with its own
// number in its picture, which starts at 0 again after 1023.
const (
	rate    = 24
	seconds = 30
	width   = 320
	height  = 180
	bits    = 10
)

// pictures returns so many frames of a film in grey. A frame's number stands in bars from
// left to right, the highest bit first, white is one; the other half of the bars is
// the opposite, so that a torn picture tells nothing.
func pictures(frames int) []byte {
	const bar = width / (2 * bits)
	out := make([]byte, 0, frames*width*height)
	row := make([]byte, width)
	for n := range frames {
		low := n & (1<<bits - 1)
		word := low<<bits | low ^ (1<<bits - 1)
		for x := range row {
			row[x] = 16 + byte(219*(word>>(2*bits-1-x/bar)&1))
		}
		for range height {
			out = append(out, row...)
		}
	}
	return out
}

// How films are encoded: quickly.
const (
	h264   = "-c:v libx264 -preset ultrafast -g 48 -pix_fmt yuv420p "
	uneven = "-c:v libx264 -preset ultrafast -bf 3 -b_strategy 0 -pix_fmt yuv420p -g 400 -sc_threshold 0 -force_key_frames 0.5,1.3,3.3,9.7,11.2,18.05,18.9,26 "
	hevc   = "-c:v libx265 -preset ultrafast -x265-params log-level=none -pix_fmt yuv420p "
	vp9    = "-c:v libvpx-vp9 -deadline realtime -cpu-used 8 -g 48 -pix_fmt yuv420p "
	av1    = "-c:v libsvtav1 -preset 12 -g 48 -pix_fmt yuv420p "
	mpeg4  = "-c:v mpeg4 -g 48 "
)

// film makes a film of the pictures, of a tone and of more inputs, and returns its bytes.
func film(tb testing.TB, name string, seconds int, codecs string, inputs ...string) harness.Content {
	tb.Helper()
	path := filepath.Join(tb.TempDir(), name)
	args := strings.Fields("-v error -y -f rawvideo -pix_fmt gray -s 320x180 -framerate 24 -i pipe:0 -f lavfi -i sine=f=440:r=48000")
	for _, in := range inputs {
		args = append(args, "-i", in)
	}
	args = append(args, "-t", strconv.Itoa(seconds), "-map", "0", "-map", "1")
	for i := range inputs {
		args = append(args, "-map", strconv.Itoa(2+i))
	}
	return ffmpeg(tb, path, pictures(seconds*rate), append(args, strings.Fields(codecs)...))
}

// hours makes a film of three hours, of slow frames and with key frames at odd places:
// one round of the frames' numbers, again and again. A round is whole frames of sound, too.
func hours(tb testing.TB, name string) harness.Content {
	tb.Helper()
	round := filepath.Join(tb.TempDir(), "round.mkv")
	ffmpeg(tb, round, pictures(1<<bits), strings.Fields("-v error -y -f rawvideo -pix_fmt gray -s 320x180 -framerate 10 -i pipe:0 -f lavfi -i sine=f=440:r=48000 -t 102.4"+
		" -c:v libx264 -preset ultrafast -pix_fmt yuv420p -g 400 -sc_threshold 0 -force_key_frames 0.7,3.1,14.9,15.3,33.3,51.2,52,75.5,99.9 -c:a ac3 -b:a 32k"))
	return ffmpeg(tb, filepath.Join(tb.TempDir(), name), nil, []string{"-v", "error", "-y", "-stream_loop", "105", "-i", round, "-c", "copy"})
}

// song makes a tone.
func song(tb testing.TB, name string) harness.Content {
	tb.Helper()
	return tone(tb, name, seconds)
}

// tone makes a recording of so many seconds.
func tone(tb testing.TB, name string, seconds int) harness.Content {
	tb.Helper()
	args := []string{"-v", "error", "-y", "-f", "lavfi", "-i", "sine=f=440:r=44100", "-t", strconv.Itoa(seconds)}
	return ffmpeg(tb, filepath.Join(tb.TempDir(), name), nil, args)
}

func ffmpeg(tb testing.TB, path string, stdin []byte, args []string) harness.Content {
	tb.Helper()
	cmd := exec.CommandContext(tb.Context(), "ffmpeg", append(args, path)...)
	cmd.Stdin = bytes.NewReader(stdin)
	if out, err := cmd.CombinedOutput(); err != nil {
		tb.Fatalf("make %s: %v\n%s", filepath.Base(path), err, out)
	}
	b, err := os.ReadFile(path)
	if err != nil {
		tb.Fatal(err)
	}
	return harness.ContentOf(b)
}

// write puts a text into a file.
func write(tb testing.TB, name, text string) string {
	tb.Helper()
	path := filepath.Join(tb.TempDir(), name)
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		tb.Fatal(err)
	}
	return path
}
