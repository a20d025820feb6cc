package hls_test

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"log/slog"
	"math"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/google/uuid"

	"longhaul/internal/media/hls"
	"longhaul/internal/media/tool"
	"longhaul/internal/media/tool/tooltest"
	"longhaul/models"
)

var runner *tool.Runner

func TestMain(m *testing.M) { tooltest.Main(m, &runner) }

// disk is storage with one file.
type disk struct{ path string }

// Get opens a part of the file.
func (d disk) Get(_ context.Context, _, _ string, offset, length int64) (io.ReadCloser, error) {
	f, err := os.Open(d.path)
	if err != nil {
		return nil, err
	}
	return struct {
		io.Reader
		io.Closer
	}{io.NewSectionReader(f, offset, length), f}, nil
}

// keep is enough for every test that doesn't fill it.
const keep = 1 << 30

func service(path string, keep int64) *hls.Service {
	return hls.New(runner, disk{path}, keep, slog.New(slog.DiscardHandler))
}

const (
	sine   = "sine=f=440:r=48000"
	closed = "-c:v libx264 -preset ultrafast -bf 3 -b_strategy 0 -x264-params keyint=110:min-keyint=10:scenecut=0:bframes=3:b-adapt=0"
	open   = "-c:v libx264 -preset ultrafast -x264-params keyint=170:min-keyint=10:scenecut=0:bframes=3:b-adapt=0:b-pyramid=normal:open-gop=1"
)

// make makes a film of pictures, with key frames at odd times, and of a tone.
func makeFilm(t testing.TB, name, rate, seconds, video, audio string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), name)
	args := []string{"-v", "error", "-f", "lavfi", "-i", "testsrc2=s=320x180:r=" + rate + ",format=yuv420p", "-f", "lavfi", "-i", sine, "-t", seconds}
	args = append(args, strings.Fields(video)...)
	args = append(args, "-force_key_frames", "1.3,3.3,9.7,11.2,25.05,26")
	args = append(args, strings.Fields(audio)...)
	tooltest.Output(t, "ffmpeg", append(args, path)...)
	return path
}

type packet struct {
	Time     string `json:"pts_time"`
	Flags    string `json:"flags"`
	Hash     string `json:"data_hash"`
	Duration string `json:"duration_time"`
}

func (p packet) seconds(t testing.TB) float64 {
	t.Helper()
	s, err := strconv.ParseFloat(p.Time, 64)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// packets returns what a file holds of a kind, in the order of decoding.
func packets(t testing.TB, path, stream string) []packet {
	t.Helper()
	var out struct{ Packets []packet }
	b := tooltest.Output(t, "ffprobe", "-v", "error", "-select_streams", stream, "-show_packets", "-show_data_hash", "crc32", "-of", "json", path)
	if err := json.Unmarshal(b, &out); err != nil {
		t.Fatal(err)
	}
	return out.Packets
}

// known returns what the probe would tell of a film.
func known(t testing.TB, path string) hls.Film {
	t.Helper()
	var p struct {
		Format  struct{ Format_name, Duration, Start_time string } //nolint:revive // ffprobe's names
		Streams []struct {
			Index                               int
			Codec_name, Codec_type, Sample_rate string //nolint:revive // ffprobe's names
			Channels                            int
		}
	}
	if err := json.Unmarshal(tooltest.Output(t, "ffprobe", "-v", "error", "-show_format", "-show_streams", "-of", "json", path), &p); err != nil {
		t.Fatal(err)
	}
	stat, err := os.Stat(path)
	if err != nil {
		t.Fatal(err)
	}
	info := &models.MediaInfo{Container: p.Format.Format_name}
	info.Duration, _ = strconv.ParseFloat(p.Format.Duration, 64)
	for _, s := range p.Streams {
		rate, _ := strconv.Atoi(s.Sample_rate)
		switch s.Codec_type {
		case "video":
			info.Video = append(info.Video, models.VideoTrack{Index: s.Index, Codec: s.Codec_name})
		case "audio":
			track := models.AudioTrack{Index: s.Index, Codec: s.Codec_name, Channels: s.Channels, SampleRate: rate}
			if s.Codec_name == "aac" {
				track.Codecs = "mp4a.40.2"
			}
			info.Audio = append(info.Audio, track)
		case "subtitle":
			info.Subtitles = append(info.Subtitles, models.SubtitleTrack{Index: s.Index, Codec: s.Codec_name, Text: true})
		}
	}
	film := hls.Film{File: models.File{ID: uuid.New(), UserID: uuid.New(), JobID: uuid.New(), Size: stat.Size()}, Info: info}
	if len(info.Video) == 0 {
		info.Start, _ = strconv.ParseFloat(p.Format.Start_time, 64)
	} else {
		for _, p := range packets(t, path, "v:0") {
			if strings.HasPrefix(p.Flags, "K") {
				film.Keys = append(film.Keys, int64(math.Round(p.seconds(t)*1e6)))
			}
		}
		info.Start = float64(film.Keys[0]) / 1e6
	}
	return film
}

// read returns all of a part.
func read(t testing.TB, p *hls.Part, err error) []byte {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
	defer p.Close()
	b, err := io.ReadAll(p)
	if err != nil || int64(len(b)) != p.Size {
		t.Fatalf("%d of %d bytes: %v", len(b), p.Size, err)
	}
	return b
}

// listed returns the segments of a playlist, as their durations.
func listed(t testing.TB, playlist []byte) []float64 {
	t.Helper()
	var out []float64
	for _, line := range strings.Split(string(playlist), "\n") {
		if d, ok := strings.CutPrefix(line, "#EXTINF:"); ok {
			s, err := strconv.ParseFloat(strings.TrimSuffix(d, ","), 64)
			if err != nil {
				t.Fatal(err)
			}
			out = append(out, s)
		}
	}
	return out
}

// whole writes a stream's parts into one file.
func whole(t testing.TB, parts ...[]byte) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "whole.mp4")
	if err := os.WriteFile(path, bytes.Join(parts, nil), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}
