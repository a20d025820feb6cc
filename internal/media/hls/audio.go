package hls

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"
	"sync"

	"longhaul/internal/media/hls/fmp4"
	"longhaul/models"
)

// What is encoded and thrown away around a segment: the encoder chooses by what
// came before and what comes after, and frames overlap, so that only then do
// segments join without a click.
const (
	leadFrames = 8
	tailFrames = 2
	decodeLead = second / 2 // for decoders that depend on earlier packets
)

// phase is how the packets of a track lie in time. Some containers round the time
// of each to a millisecond; with this, the exact one is found again.
type phase struct {
	rate  int64 // samples a second
	frame int64 // samples of a packet; 1 if they differ
	first int64 // when one of them starts, in samples
}

// heads keeps the phases of the tracks that were streamed last.
type heads struct {
	mu sync.Mutex
	of map[key]phase
}

const maxHeads = 1024

func newHeads() *heads { return &heads{of: map[key]phase{}} }

func (h *heads) get(k key) (phase, bool) {
	h.mu.Lock()
	defer h.mu.Unlock()
	p, ok := h.of[k]
	return p, ok
}

func (h *heads) put(k key, p phase) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if len(h.of) >= maxHeads {
		clear(h.of) // each is found again
	}
	h.of[k] = p
}

// phase looks at the first packets of a track.
func (s *Service) phase(ctx context.Context, f Film, t models.AudioTrack) (phase, error) {
	k := key{file: f.File.ID, kind: kindAudio, track: t.Index}
	if p, ok := s.heads.get(k); ok {
		return p, nil
	}
	p := phase{rate: int64(t.SampleRate), frame: 1}
	err := s.ffmpeg(ctx, f, func(input string) []string {
		return append(seeking(input, 0), "-map", "0:"+strconv.Itoa(t.Index), "-c", "pcm_s16le", "-flush_packets", "1", "-f", "framecrc", "pipe:1")
	}, func(r io.Reader) (err error) {
		p, err = readPhase(r, p)
		return err
	})
	if err == nil {
		s.heads.put(k, p)
	}
	return p, err
}

// looked is how many packets show how long they are. The first may be cut.
const looked = 8

// readPhase reads lines as ffmpeg's framecrc writes them.
func readPhase(r io.Reader, p phase) (phase, error) {
	lines := bufio.NewScanner(r)
	seen := 0
	for seen < looked && lines.Scan() {
		line := strings.ReplaceAll(lines.Text(), " ", "")
		if rate, ok := strings.CutPrefix(line, "#tb0:1/"); ok {
			n, err := strconv.ParseInt(rate, 10, 32)
			if err != nil || n <= 0 {
				return p, broken("a track of %q samples a second", rate)
			}
			p.rate = n
		}
		fields := strings.Split(line, ",")
		if strings.HasPrefix(line, "#") || len(fields) < 4 {
			continue
		}
		at, err := strconv.ParseInt(fields[2], 10, 64)
		samples, err2 := strconv.ParseInt(fields[3], 10, 32)
		if err := errors.Join(err, err2); err != nil {
			return p, broken("read the packets of a track: %v", err)
		}
		switch seen++; {
		case seen == 2:
			p.first, p.frame = at, max(samples, 1)
		case seen > 2 && samples != p.frame:
			p.frame = 1
			return p, nil
		}
	}
	if err := lines.Err(); err != nil {
		return p, broken("read the packets of a track: %v", err)
	}
	if seen < looked {
		p.frame = 1
	}
	return p, nil
}

// copied reports whether a track's packets are sent as they are.
func (p phase) copied(f Film, t models.AudioTrack, g grid) bool {
	return f.copies(t) && p.rate == g.rate && p.frame == aacFrame
}

func (s *Service) audioInit(ctx context.Context, f Film, t models.AudioTrack, d *draft) error {
	g := newGrid(f, f.rate(t))
	p, err := s.phase(ctx, f, t)
	if err != nil {
		return err
	}
	if p.copied(f, t, g) {
		return s.ffmpeg(ctx, f, func(input string) []string { return copyArgs(input, t, 0) }, initOnly(d))
	}
	return s.ffmpeg(ctx, f, func(input string) []string { return f.encodeArgs(input, t, g, p, 0, 1) }, initOnly(d))
}

func (s *Service) audioPart(ctx context.Context, f Film, t models.AudioTrack, n int, d *draft) error {
	g := newGrid(f, f.rate(t))
	p, err := s.phase(ctx, f, t)
	if err != nil {
		return err
	}
	from, to := g.span(n)
	last := to == g.total
	if p.copied(f, t, g) {
		at := f.zero() + from*g.frame*second/g.rate - decodeLead
		return s.ffmpeg(ctx, f, func(input string) []string { return copyArgs(input, t, at) }, func(r io.Reader) error {
			return copyAudio(fmp4.NewReader(r), f.zero(), p, sound{n: n, from: from * g.frame, to: to * g.frame, last: last}, d)
		})
	}
	return s.ffmpeg(ctx, f, func(input string) []string { return f.encodeArgs(input, t, g, p, from, to) }, func(r io.Reader) error {
		return takeFrames(fmp4.NewReader(r), sound{n: n, from: from * g.frame, to: to * g.frame, last: last}, d)
	})
}

// copyArgs copies a track from a time of the file on.
func copyArgs(input string, t models.AudioTrack, at int64) []string {
	return packets(append(seeking(input, at), "-map", "0:"+strconv.Itoa(t.Index), "-c", "copy")...)
}

// encodeArgs encodes a span of the grid, with what is thrown away around it. Times
// in filters count samples: first the track's, from the film's zero on, each moved
// to where its packet exactly is; then the grid's, where silence fills what is
// missing.
func (f Film) encodeArgs(input string, t models.AudioTrack, g grid, p phase, from, to int64) []string {
	start, end := (from-leadFrames)*g.frame, (to+tailFrames)*g.frame
	at := f.zero() + start*second/g.rate - decodeLead
	zero := rescale(f.zero(), p.rate)
	snap := func(at string) string {
		return fmt.Sprintf("round((%s-(%d))/%d)*%d+(%d)", at, p.first, p.frame, p.frame, p.first)
	}
	// of the first frame after a seek, decoders may have cut the start
	exact := fmt.Sprintf("if(eq(NB_SAMPLES,%d),%s,if(eq(N,0),%s-NB_SAMPLES,PTS))-(%d)", p.frame, snap("PTS"), snap("PTS+NB_SAMPLES"), zero)
	filter := fmt.Sprintf("asetpts='%s',aresample=%d:async=1:first_pts=%d,aformat=sample_fmts=fltp:channel_layouts=stereo,apad,atrim=start_pts=%d:end_pts=%d",
		exact, g.rate, start, start, end)
	return packets(append(seeking(input, at), "-map", "0:"+strconv.Itoa(t.Index), "-af", filter, "-c:a", "aac", "-b:a", strconv.Itoa(sentBitRate))...)
}

// sound is a segment of sound, in samples from zero on.
type sound struct {
	n        int
	from, to int64
	last     bool // it ends with the film
}

// takeFrames writes the encoded frames of a segment.
func takeFrames(r *fmp4.Reader, c sound, d *draft) error {
	var entries []fmp4.Entry
	for at := c.from; at < c.to; {
		s, err := r.Next()
		if err != nil {
			return broken("sound %d ends at %d of %d: %v", c.n, at, c.to, err)
		}
		if s.Time < c.from {
			continue
		}
		if s.Time != at {
			return broken("sound %d has a frame at %d and none at %d", c.n, s.Time, at)
		}
		if _, err := d.Write(s.Data); err != nil {
			return err
		}
		entries = append(entries, fmp4.Entry{Decode: at, Duration: aacFrame, Size: uint32(len(s.Data)), Sync: true})
		at += aacFrame
	}
	return d.lead(fmp4.SegmentHead(uint32(c.n+1), entries))
}

// copyAudio writes the packets whose time lies in a segment.
func copyAudio(r *fmp4.Reader, zero int64, p phase, c sound, d *draft) error {
	_, scale, err := r.Init()
	if err == nil && int64(scale) != p.rate {
		err = fmt.Errorf("it has %d units a second, and decoded %d", scale, p.rate)
	}
	if err != nil {
		return broken("sound %d: %v", c.n, err)
	}
	start := rescale(zero, p.rate)
	var entries []fmp4.Entry
	for {
		s, err := r.Next()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return broken("sound %d: %v", c.n, err)
		}
		at := p.snap(s.Time) - start
		if at < c.from {
			continue
		}
		if at >= c.to && !c.last {
			break
		}
		if n := len(entries); n == maxSamples {
			return broken("sound %d has too many packets", c.n)
		} else if n > 0 {
			entries[n-1].Duration = uint32(max(at-entries[n-1].Decode, 0))
		}
		if _, err := d.Write(s.Data); err != nil {
			return err
		}
		entries = append(entries, fmp4.Entry{Decode: at, Duration: uint32(p.frame), Size: uint32(len(s.Data)), Sync: true})
	}
	return d.lead(fmp4.SegmentHead(uint32(c.n+1), entries))
}

// snap returns where the packet at about a time exactly starts.
func (p phase) snap(at int64) int64 {
	off := at - p.first
	if off < 0 {
		return p.first - (-off+p.frame/2)/p.frame*p.frame
	}
	return p.first + (off+p.frame/2)/p.frame*p.frame
}
