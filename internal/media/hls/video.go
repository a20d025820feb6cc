package hls

import (
	"cmp"
	"context"
	"errors"
	"io"
	"slices"
	"strconv"

	"longhaul/internal/media/hls/fmp4"
)

// cut is where a segment begins and ends, in microseconds from zero on.
type cut struct {
	n        int
	from, to int64
	last     bool // it ends with the film
}

// The demuxers of some containers go by decode times and look a little earlier
// than they are asked to, by this much if frames are reordered.
const demuxerLead = 3*second/23 + 1100

// nextKeys is how many frames after the next segment's start may be shown before
// it.
const nextKeys = 64

// errLate is a key frame that comes after the one that was looked for.
var errLate = errors.New("reading starts after the key frame")

func (s *Service) videoInit(ctx context.Context, f Film, d *draft) error {
	return s.ffmpeg(ctx, f, func(input string) []string { return f.videoArgs(input, f.zero()) }, initOnly(d))
}

// videoArgs copies the video from a time of the file on. Where a container keeps no
// decode times, ffmpeg guesses them, and moves a frame whose guess it doesn't like;
// ours are far before and count frames.
func (f Film) videoArgs(input string, at int64) []string {
	v := f.Info.Video[0]
	args := append(seeking(input, at), "-map", "0:"+strconv.Itoa(v.Index), "-c", "copy", "-bsf:v", "setts=pts=PTS:dts=STARTPTS-60/TB+N")
	if v.Codec == "hevc" {
		args = append(args, "-tag:v", "hvc1")
	}
	return packets(args...)
}

// video makes a segment. Where reading starts is up to the container: first as
// near as it can be, then earlier.
func (s *Service) video(ctx context.Context, f Film, c cut, d *draft) error {
	var err error
	for _, lead := range []int64{demuxerLead, 1100, -2 * second, -20 * second} {
		at := f.zero() + c.from + lead
		err = s.ffmpeg(ctx, f, func(input string) []string { return f.videoArgs(input, at) }, func(r io.Reader) error {
			return cutVideo(fmp4.NewReader(r), f.zero(), c, d)
		})
		if !errors.Is(err, errLate) {
			return err
		}
	}
	return broken("segment %d: %v", c.n, err)
}

// frame is one of a segment, in the order of decoding.
type frame struct {
	time int64
	size int
	sync bool
}

// cutVideo writes the frames from one key frame to the next, at times from zero on.
func cutVideo(r *fmp4.Reader, zero int64, c cut, d *draft) error {
	_, scale, err := r.Init()
	if err != nil {
		return broken("segment %d: %v", c.n, err)
	}
	units := func(micros int64) int64 { return rescale(micros, int64(scale)) }
	from, to, near := units(c.from+zero), units(c.to+zero), max(units(1000), 1)
	start := units(zero)
	var frames []frame
	for {
		s, err := r.Next()
		switch {
		case errors.Is(err, io.EOF) && c.last && len(frames) > 0:
			return finish(d, c, frames, 0)
		case err != nil:
			return broken("segment %d ends after %d frames: %v", c.n, len(frames), err)
		case len(frames) == 0 && s.Sync && s.Time > from+near:
			return errLate
		case len(frames) == 0 && (!s.Sync || s.Time < from-near):
			continue
		case !c.last && len(frames) > 0 && s.Sync && s.Time > to+near:
			return broken("segment %d: the key frame of its end is missing", c.n)
		case !c.last && len(frames) > 0 && s.Sync && s.Time >= to-near:
			end, err := firstShown(r, s.Time)
			if err != nil {
				return err
			}
			return finish(d, c, frames, end-start)
		case len(frames) == maxSamples:
			return broken("segment %d has too many frames", c.n)
		}
		if s.Time < start-near {
			continue // shown before the film starts
		}
		if _, err := d.Write(s.Data); err != nil {
			return err
		}
		frames = append(frames, frame{max(s.Time-start, 0), len(s.Data), s.Sync})
	}
}

// firstShown returns when the first frame of the next segment is shown: its key
// frame's time, or that of a frame that follows and is shown earlier.
func firstShown(r *fmp4.Reader, key int64) (int64, error) {
	first := key
	for range nextKeys {
		s, err := r.Next()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return 0, broken("read the start of the next segment: %v", err)
		}
		if s.Time > key {
			break
		}
		first = min(first, s.Time)
	}
	return first, nil
}

// finish writes the head of a segment of frames: they are decoded at the times at
// which frames are shown, one after the other, so that segments touch. An end of 0
// is that of the film.
func finish(d *draft, c cut, frames []frame, end int64) error {
	shown := slices.SortedFunc(slices.Values(frames), func(a, b frame) int { return cmp.Compare(a.time, b.time) })
	if end == 0 {
		end = shown[len(shown)-1].time + usual(shown)
	}
	entries := make([]fmp4.Entry, 0, len(frames))
	for i, f := range frames {
		next := end
		if i+1 < len(shown) {
			next = shown[i+1].time
		}
		entries = append(entries, fmp4.Entry{
			Decode: shown[i].time, Offset: int32(f.time - shown[i].time), Duration: uint32(max(next-shown[i].time, 0)), Size: uint32(f.size), Sync: f.sync,
		})
	}
	return d.lead(fmp4.SegmentHead(uint32(c.n+1), entries))
}

// usual is how long the last frame is shown: as long as the one before.
func usual(shown []frame) int64 {
	if n := len(shown); n > 1 {
		return shown[n-1].time - shown[n-2].time
	}
	return 1
}

// rescale returns microseconds in units of which a second has scale.
func rescale(micros, scale int64) int64 {
	n := micros * scale
	if n < 0 {
		return -((-n + second/2) / second)
	}
	return (n + second/2) / second
}
