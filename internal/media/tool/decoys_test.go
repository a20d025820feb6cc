package tool_test

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"longhaul/internal/media/tool"
)

// decoy is a film that anybody may read and that hostile files name. The kernel
// tells who opens it.
type decoy struct {
	path   string
	notify int
}

func newDecoy(t *testing.T, b []byte) decoy {
	t.Helper()
	dir, err := os.MkdirTemp("/tmp", "media-decoy-*")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = os.RemoveAll(dir) })
	d := decoy{path: filepath.Join(dir, "decoy.mov")}
	if err := errors.Join(os.Chmod(dir, 0o755), os.WriteFile(d.path, b, 0o644)); err != nil {
		t.Fatal(err)
	}
	if d.notify, err = unix.InotifyInit1(unix.IN_CLOEXEC | unix.IN_NONBLOCK); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = unix.Close(d.notify) })
	if _, err := unix.InotifyAddWatch(d.notify, d.path, unix.IN_OPEN|unix.IN_ACCESS); err != nil {
		t.Fatal(err)
	}
	return d
}

// opened reports whether the decoy was opened since it was asked last. The kernel
// notes it before whoever opens it goes on.
func (d decoy) opened(t *testing.T) bool {
	t.Helper()
	n, err := unix.Read(d.notify, make([]byte, 64<<10))
	if err != nil && !errors.Is(err, unix.EAGAIN) {
		t.Fatal(err)
	}
	return n > 0
}

// trick is a hostile file, and what makes ffmpeg fall for it that isn't guarded.
type trick struct {
	name, kind string
	file       []byte
	fall       []string // nil if nothing does
}

// tricks are files that name a target.
func tricks(t *testing.T, movie []byte, target string) map[string]trick {
	t.Helper()
	list := func(kind, format string, fall ...string) trick {
		return trick{"list." + kind, "application/vnd.apple.mpegurl", fmt.Appendf(nil, format, target), append(fall, "-protocol_whitelist", "file,http,tcp,crypto")}
	}
	return map[string]trick{
		"concat":     list("ffconcat", "ffconcat version 1.0\nfile '%s'\n", "-safe", "0"),
		"playlist":   list("m3u8", "#EXTM3U\n#EXT-X-TARGETDURATION:4\n#EXT-X-MAP:URI=\"%[1]s\"\n#EXTINF:4,\n%[1]s\n#EXT-X-ENDLIST\n", "-allowed_extensions", "ALL"),
		"master":     list("m3u8", "#EXTM3U\n#EXT-X-STREAM-INF:BANDWIDTH=1\n%s\n", "-allowed_extensions", "ALL"),
		"alias":      {"movie.mov", "video/quicktime", aliased(t, movie, target), []string{"-enable_drefs", "1", "-use_absolute_path", "1"}},
		"attachment": {"film.mkv", "video/x-matroska", attached(t, target), nil},
	}
}

// aliased makes the movie's pictures those of another file, as an alias of QuickTime
// names it.
func aliased(t *testing.T, movie []byte, target string) []byte {
	t.Helper()
	entry := append([]byte("alis\x00\x00\x00\x00"), make([]byte, 10+28+12+64+16+4+16)...)
	entry = binary.BigEndian.AppendUint16(entry, 2) // an absolute path
	entry = binary.BigEndian.AppendUint16(entry, uint16(len(target)))
	entry = append(entry, target...)
	entry = append(append(entry, make([]byte, len(target)%2)...), 0xff, 0xff)
	b := bytes.Clone(movie)
	at := bytes.Index(b, []byte("dref\x00\x00\x00\x00\x00\x00\x00\x01"))
	if at < 0 {
		t.Fatal("the movie has no data reference")
	}
	at += 12
	old := int(binary.BigEndian.Uint32(b[at:]))
	box := append(binary.BigEndian.AppendUint32(nil, uint32(len(entry)+4)), entry...)
	for _, name := range []string{"moov", "trak", "mdia", "minf", "dinf", "dref"} { // the first of each is around it
		size := b[bytes.Index(b, []byte(name))-4:]
		binary.BigEndian.PutUint32(size, binary.BigEndian.Uint32(size)+uint32(len(box)-old))
	}
	return append(append(bytes.Clone(b[:at]), box...), b[at+old:]...)
}

// attached is a film with subtitles that want a font, and with an attached one,
// both named as a file.
func attached(t *testing.T, target string) []byte {
	t.Helper()
	script := filepath.Join(t.TempDir(), "a.ass")
	text := fmt.Sprintf("[Script Info]\nScriptType: v4.00+\n[V4+ Styles]\nFormat: Name, Fontname, Fontsize\nStyle: Default,%[1]s,20\n"+
		"[Events]\nFormat: Layer, Start, End, Style, Text\nDialogue: 0,0:00:00.00,0:00:02.00,Default,{\\fn%[1]s\\p1}m 0 0 l 9 9{\\p0} Hello\n", target)
	if err := os.WriteFile(script, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return film(t, "film.mkv", "-i", script, "-attach", script, "-metadata:s:t", "mimetype=application/x-truetype-font", "-metadata:s:t", "filename="+target,
		"-map", "0:v", "-map", "2:s", "-c:v", "mpeg4", "-c:s", "ass")
}

// tried are the ways in which we run the programs.
func tried() map[string]func(input string) []string {
	return map[string]func(string) []string{
		"ffprobe": probe, "ffmpeg": decode, "subtitles": func(input string) []string {
			return []string{"-v", "error", "-i", input, "-map", "0:s:0", "-f", "webvtt", "pipe:1"}
		},
	}
}

// bare runs a program with our arguments and nothing that confines it: neither
// Landlock nor a network of its own nor a filter of calls.
func bare(t *testing.T, program string, k trick, args func(string) []string) error {
	t.Helper()
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", k.kind)
		http.ServeContent(w, r, "", time.Time{}, bytes.NewReader(k.file))
	}))
	defer server.Close()
	return exec.CommandContext(t.Context(), program, tool.Guarded(args(server.URL+"/"+k.name))...).Run()
}

// A file that names others has none of them opened, and nothing connects to what it
// names: neither where the kernel confines the programs nor where it does not.
func TestHostileFilesOpenNothing(t *testing.T) {
	movie := film(t, "movie.mov", "-c:v", "mpeg4", "-an")
	d := newDecoy(t, movie)
	addr, came := watched(t)
	for what, target := range map[string]string{
		"file": d.path, "file URL": "file:" + d.path, "address": "http://" + addr + "/decoy.mov", "socket": "tcp://" + addr,
	} {
		for name, k := range tricks(t, movie, target) {
			for how, args := range tried() {
				if how == "subtitles" && name != "attachment" {
					continue // the others have none
				}
				program, run := "ffmpeg", (*tool.Runner).FFmpeg
				if how == "ffprobe" {
					program, run = "ffprobe", (*tool.Runner).FFprobe
				}
				modes := map[string]func() error{"nothing": func() error { return bare(t, program, k, args) }}
				if what == "file" || what == "address" {
					for mode, r := range runners() {
						modes[mode] = func() error { return run(r, t.Context(), sourceOf(k.file), plenty, args, io.Discard) }
					}
				}
				for mode, try := range modes {
					before := came.Load()
					_ = try() // most are refused; the rest has no pictures
					if d.opened(t) || came.Load() != before {
						t.Errorf("confined by %s, %s follows %s to the %s", mode, how, name, what)
					}
				}
			}
		}
	}
}

// Without our arguments, ffmpeg falls for the tricks: they are real.
func TestTheTricksWork(t *testing.T) {
	movie := film(t, "movie.mov", "-c:v", "mpeg4", "-an")
	d := newDecoy(t, movie)
	for name, k := range tricks(t, movie, d.path) {
		if k.fall == nil {
			continue
		}
		path := filepath.Join(t.TempDir(), k.name)
		if err := os.WriteFile(path, k.file, 0o600); err != nil {
			t.Fatal(err)
		}
		args := append(append([]string{"-v", "error"}, k.fall...), "-i", path, "-f", "null", "-")
		said, _ := exec.CommandContext(t.Context(), "ffmpeg", args...).CombinedOutput()
		if !d.opened(t) {
			t.Errorf("%s: ffmpeg doesn't open the decoy: %s", name, said)
		}
	}
	addr, came := watched(t)
	for name, k := range tricks(t, movie, "http://"+addr+"/decoy.mov") {
		if name != "concat" && name != "playlist" {
			continue
		}
		path := filepath.Join(t.TempDir(), k.name)
		if err := os.WriteFile(path, k.file, 0o600); err != nil {
			t.Fatal(err)
		}
		before := came.Load()
		_ = exec.CommandContext(t.Context(), "ffmpeg", append(append([]string{"-v", "error"}, k.fall...), "-i", path, "-f", "null", "-")...).Run()
		if came.Load() == before {
			t.Errorf("%s: ffmpeg doesn't connect", name)
		}
	}
}
