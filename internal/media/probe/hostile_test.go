package probe_test

import (
	"bytes"
	"encoding/binary"
	"errors"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"testing"

	"longhaul/internal/media/probe"
	"longhaul/internal/media/tool"
	"longhaul/internal/media/tool/tooltest"
	"longhaul/models"
)

// harmless fails the test unless the file is read or refused as unreadable, with
// bounded results.
func harmless(t *testing.T, b []byte) error {
	t.Helper()
	got, err := probe.New(runner).Probe(t.Context(), sourceOf(b))
	if err != nil {
		if bad, ok := errors.AsType[*probe.UnreadableError](err); !ok || bad.Problem == "" {
			t.Errorf("the probe ends with %v", err)
		}
		return err
	}
	i := got.Info
	if len(i.Video) > models.MaxMediaTracks || len(i.Audio) > models.MaxMediaTracks || len(i.Subtitles) > models.MaxMediaTracks ||
		len(i.Chapters) > models.MaxMediaChapters || len(got.Keys) > models.MaxMediaKeyFrames {
		t.Errorf("too much is kept: %d, %d, %d tracks, %d chapters, %d key frames",
			len(i.Video), len(i.Audio), len(i.Subtitles), len(i.Chapters), len(got.Keys))
	}
	return nil
}

func bytesOf(t *testing.T, path string) []byte {
	t.Helper()
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func TestATruncatedFileCostsItsOwnProbe(t *testing.T) {
	for _, name := range []string{"film.mp4", "film.mkv", "film.webm"} {
		for _, c := range matrix {
			if c.name != name {
				continue
			}
			b := bytesOf(t, film(t, c.name, c.args...))
			for _, part := range []int{20, 3, 2} {
				_ = harmless(t, b[:len(b)/part]) // read in part, or refused
			}
		}
	}
}

// Random bytes behind what each container begins with.
func TestRandomBytesAreRefused(t *testing.T) {
	noise := make([]byte, 1<<20)
	_, _ = rand.NewChaCha8([32]byte{1}).Read(noise)
	for name, magic := range map[string]string{
		"matroska": "\x1A\x45\xDF\xA3\x93\x42\x82\x88matroska\x42\x87\x81\x02\x18\x53\x80\x67\x01\xff\xff\xff\xff\xff\xff\xff",
		"mp4":      "\x00\x00\x00\x18ftypisom\x00\x00\x02\x00isommp41\x00\x0f\x00\x00moov",
		"avi":      "RIFF\xff\xff\x00\x00AVI LIST\xff\xff\x00\x00hdrl",
		"ogg":      "OggS\x00\x02", "flac": "fLaC\x00\x00\x00\x22", "flv": "FLV\x01\x05\x00\x00\x00\x09", "asf": "\x30\x26\xB2\x75\x8E\x66\xCF\x11\xA6\xD9\x00\xAA\x00\x62\xCE\x6C",
		"ts": "\x47\x40\x00\x10", "wav": "RIFF\xff\xff\xff\x00WAVEfmt ", "nothing": "",
	} {
		t.Run(name, func(t *testing.T) { _ = harmless(t, append([]byte(magic), noise...)) })
	}
}

// Lists of other files are no media files, whatever they are called.
func TestListsOfOtherFilesAreRefused(t *testing.T) {
	other := film(t, "other.mkv", "-c:v", "mpeg4", "-an")
	for name, text := range map[string]string{
		"playlist": "#EXTM3U\n#EXT-X-TARGETDURATION:6\n#EXTINF:6,\n" + other + "\n#EXT-X-ENDLIST\n",
		"concat":   "ffconcat version 1.0\nfile '" + other + "'\n",
		"sdp":      "v=0\no=- 0 0 IN IP4 127.0.0.1\ns=x\nc=IN IP4 127.0.0.1\nt=0 0\nm=video 5004 RTP/AVP 96\na=rtpmap:96 H264/90000\n",
	} {
		if err := harmless(t, []byte(text)); err == nil {
			t.Errorf("a %s is read", name)
		}
	}
}

// A data reference of an MP4 names another file, which is not opened.
func TestADataReferenceIsNotFollowed(t *testing.T) {
	dir, err := os.MkdirTemp("/tmp", "media-probe-*")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = os.RemoveAll(dir) })
	b := bytesOf(t, film(t, "film.mp4", "-c:v", "mpeg4", "-an"))
	if err := errors.Join(os.Chmod(dir, 0o755), os.WriteFile(filepath.Join(dir, "data.mp4"), b, 0o644)); err != nil {
		t.Fatal(err)
	}
	at := bytes.Index(b, []byte("url \x00\x00\x00\x01"))
	if at < 0 {
		t.Fatal("the film has no data reference")
	}
	b[at+7] = 0 // not in this file
	_ = harmless(t, b)
}

func TestManyTracksAreRefusedOrCut(t *testing.T) {
	path := filepath.Join(t.TempDir(), "many.mkv")
	args := []string{"-v", "error", "-f", "lavfi", "-i", "anullsrc=duration=0.1"}
	for range 120 {
		args = append(args, "-map", "0")
	}
	tooltest.Output(t, "ffmpeg", append(args, "-c:a", "pcm_s16le", path)...)
	b := bytesOf(t, path)
	if err := harmless(t, b); err != nil {
		t.Errorf("120 tracks: %v", err)
	}
	_ = harmless(t, tracks(10_000))
}

// tracks is a Matroska file of so many tracks and nothing in them.
func tracks(n int) []byte {
	var entries []byte
	for i := range n {
		body := []byte{0xD7, 0x82, byte((i + 1) >> 8), byte(i + 1), 0x73, 0xC5, 0x82, byte((i + 1) >> 8), byte(i + 1), 0x83, 0x81, 2, 0x86, 0x86}
		body = append(body, "A_OPUS"...)
		entries = append(append(append(entries, 0xAE), 0x80|byte(len(body))), body...)
	}
	size := func(n int) []byte { return binary.BigEndian.AppendUint64(nil, 1<<56|uint64(n)) }
	out := []byte("\x1A\x45\xDF\xA3\x8b\x42\x82\x88matroska\x18\x53\x80\x67\x01\xff\xff\xff\xff\xff\xff\xff")
	out = append(append(out, 0x16, 0x54, 0xAE, 0x6B), size(len(entries))...)
	return append(out, entries...)
}

// A film that claims to last for ever, with as many key frames as fit.
func TestAnEndlessFilmIsBounded(t *testing.T) {
	b := bytesOf(t, film(t, "film.mp4", "-c:v", "mpeg4", "-an"))
	for _, box := range []string{"mvhd", "mdhd", "tkhd"} {
		at := bytes.Index(b, []byte(box))
		for i := range 4 {
			b[at+20+i] = 0xff
		}
	}
	if at := bytes.Index(b, []byte("stts")); at > 0 {
		copy(b[at+12:], "\x7f\xff\xff\xff\x7f\xff\xff\xff")
	}
	if at := bytes.Index(b, []byte("stss")); at > 0 {
		copy(b[at:], "free")
	}
	_ = harmless(t, b)
}

// What confines ffprobe is not all that keeps it from a file's own size.
func TestAFileOfZerosIsRefused(t *testing.T) {
	if err := harmless(t, make([]byte, 4<<20)); err == nil {
		t.Error("zeros are read")
	}
}

// FuzzIndexes reads indexes that nobody has seen.
func FuzzIndexes(f *testing.F) {
	dir := f.TempDir()
	for i, args := range [][]string{{"-c:v", "mpeg4", "film.mp4"}, {"-c:v", "mpeg4", "film.mkv"}} {
		path := filepath.Join(dir, strconv.Itoa(i)+args[2])
		in := append([]string{"-v", "error", "-f", "lavfi", "-i", "testsrc=size=16x16:rate=5:duration=1"}, args[:2]...)
		if err := exec.CommandContext(f.Context(), "ffmpeg", append(in, path)...).Run(); err != nil {
			f.Fatal(err)
		}
		b, err := os.ReadFile(path)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(b, i == 0)
	}
	f.Fuzz(func(t *testing.T, b []byte, mp4 bool) {
		info := models.MediaInfo{Container: "matroska", Video: []models.VideoTrack{{}}}
		if mp4 {
			info.Container = "mp4"
		}
		keys, err := probe.Indexed(t.Context(), sourceOf(b), info)
		if _, storage := errors.AsType[*tool.SourceError](err); storage || len(keys) > models.MaxMediaKeyFrames+1 {
			t.Errorf("%d key frames, %v", len(keys), err)
		}
	})
}
