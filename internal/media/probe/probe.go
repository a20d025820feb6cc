// Package probe finds out how a media file plays: its tracks and chapters, when
// its key frames are, and a picture of it.
//
// What it reads is hostile. ffprobe and ffmpeg run confined, see package tool, and
// what they say is bounded; the indexes of containers are read in Go, a bounded
// number of bytes each. What can't be read costs this file its probe.
package probe

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"image"
	"image/jpeg"
	"io"
	"strconv"
	"time"

	"longhaul/internal/media/tool"
	"longhaul/internal/thumbnail"
	"longhaul/models"
)

// Tool runs the programs.
type Tool interface {
	FFprobe(ctx context.Context, src tool.Source, limits tool.Limits, args func(input string) []string, out io.Writer) error
	FFmpeg(ctx context.Context, src tool.Source, limits tool.Limits, args func(input string) []string, out io.Writer) error
}

// UnreadableError is that a file can't be read, now or later.
type UnreadableError struct {
	Problem string // why, for its owner
	Cause   error
}

// Error implements error.
func (e *UnreadableError) Error() string { return fmt.Sprintf("%s (%v)", e.Problem, e.Cause) }

// Unwrap returns the cause.
func (e *UnreadableError) Unwrap() error { return e.Cause }

// Result is what was found out.
type Result struct {
	Info   models.MediaInfo
	Keys   models.KeyFrames
	Poster []byte // a JPEG, nil for none
}

// Prober reads media files, and is safe for concurrent use.
type Prober struct{ tool Tool }

// New returns a prober.
func New(t Tool) *Prober { return &Prober{t} }

const (
	maxSaid   = 8 << 20   // bytes of what ffprobe says of a file
	maxScan   = 8 << 30   // bytes of a file that is read to its end for its key frames
	maxPoster = 1 << 20   // bytes
	posterAt  = 10        // which part of the film: a tenth
	nice      = 10        // everything else goes first
	megabyte  = 1_000_000 // for limits
)

// What one step may take.
var (
	describeLimits = tool.Limits{Time: 2 * time.Minute, CPU: time.Minute, Memory: 1 << 30, Bytes: 512 * megabyte, Nice: nice}
	scanLimits     = tool.Limits{Time: 10 * time.Minute, CPU: 2 * time.Minute, Memory: 1 << 30, Nice: nice}
	posterLimits   = tool.Limits{Time: time.Minute, CPU: 40 * time.Second, Memory: 3 << 29, Bytes: 512 * megabyte, Nice: nice}
)

// Probe reads a file. Its error is an UnreadableError if the file is to blame.
func (p *Prober) Probe(ctx context.Context, src tool.Source) (Result, error) {
	var said limited
	err := p.tool.FFprobe(ctx, src, describeLimits, describe, &said)
	if err != nil {
		return Result{}, blame(err)
	}
	info, err := parse(said.Bytes())
	if err != nil {
		return Result{}, err
	}
	out := Result{Info: info}
	if len(info.Video) == 0 {
		return out, nil
	}
	if out.Keys, err = p.keys(ctx, src, info); err != nil {
		return Result{}, err
	}
	if len(out.Keys) > 0 {
		out.Info.Start = float64(out.Keys[0]) / 1e6
	}
	out.Poster, err = p.poster(ctx, src, out.Info)
	return out, err
}

// describe are ffprobe's arguments for what is in a file.
func describe(input string) []string {
	return []string{
		"-v", "error", "-of", "json", "-probesize", "20000000", "-analyzeduration", "20000000", "-threads", "1", "-show_entries",
		"format=format_name,start_time,duration,bit_rate:" +
			"stream=index,codec_name,codec_type,profile,level,width,height,avg_frame_rate,r_frame_rate,pix_fmt,bits_per_raw_sample," +
			"color_transfer,channels,sample_rate,start_time,duration:stream_tags=language,title:" +
			"stream_disposition=default,forced,attached_pic,still_image:chapter=start_time,end_time:chapter_tags=title",
		"-i", input,
	}
}

// blame says whose fault it is that a program did not do its work: the file's
// but for its storage and the end of the context.
func blame(err error) error {
	_, storage := errors.AsType[*tool.SourceError](err)
	_, failed := errors.AsType[*tool.FailedError](err)
	switch {
	case storage:
		return err
	case failed:
		return &UnreadableError{Problem: "This file is damaged, or no media file that is known here.", Cause: err}
	case errors.Is(err, tool.ErrLimit):
		return &UnreadableError{Problem: "This file takes too much time or memory to read.", Cause: err}
	case errors.Is(err, errTalk):
		return &UnreadableError{Problem: "This file has too many tracks or chapters.", Cause: err}
	}
	return err
}

// poster returns a picture from the first tenth of the film. A film of which no
// picture can be made has none.
func (p *Prober) poster(ctx context.Context, src tool.Source, info models.MediaInfo) ([]byte, error) {
	at := info.Duration / posterAt
	var said limited
	err := p.tool.FFmpeg(ctx, src, posterLimits, func(input string) []string {
		return []string{
			"-v", "error", "-threads", "1", "-skip_frame", "nokey", "-noaccurate_seek", "-ss", strconv.FormatFloat(at, 'f', 3, 64), "-i", input,
			"-map", "0:" + strconv.Itoa(info.Video[0].Index), "-frames:v", "1", "-fps_mode", "passthrough", "-filter_threads", "1", "-vf",
			fmt.Sprintf("scale='min(%[1]d,iw)':'min(%[1]d,ih)':force_original_aspect_ratio=decrease,format=yuvj420p", thumbnail.Edge),
			"-c:v", "mjpeg", "-threads", "1", "-q:v", "3", "-f", "mjpeg", "pipe:1",
		}
	}, &said)
	if err != nil {
		if _, ok := errors.AsType[*UnreadableError](blame(err)); ok {
			return nil, nil
		}
		return nil, err
	}
	return again(said.Bytes()), nil
}

// again decodes a picture and encodes it once more, so that what is delivered is of
// our own making. It returns nil for what is no small picture.
func again(b []byte) []byte {
	c, err := jpeg.DecodeConfig(bytes.NewReader(b))
	if err != nil || c.Width > thumbnail.Edge || c.Height > thumbnail.Edge {
		return nil
	}
	var img image.Image
	if img, err = jpeg.Decode(bytes.NewReader(b)); err != nil {
		return nil
	}
	var out bytes.Buffer
	if err := jpeg.Encode(&out, img, nil); err != nil || out.Len() > maxPoster {
		return nil
	}
	return out.Bytes()
}

// errTalk is that a program says too much.
var errTalk = errors.New("the program says too much")

// limited keeps what a program says.
type limited struct{ bytes.Buffer }

// Write implements io.Writer.
func (l *limited) Write(b []byte) (int, error) {
	if l.Len()+len(b) > maxSaid {
		return 0, errTalk
	}
	return l.Buffer.Write(b)
}
