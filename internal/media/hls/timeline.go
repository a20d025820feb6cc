package hls

import (
	"math"
	"slices"

	"longhaul/models"
)

const (
	second    = 1_000_000 // microseconds, the unit of key frames
	shortest  = 6 * second
	longest   = 90 * second // of what one segment may show
	subWindow = 60 * second
)

// copied are the codecs that are put into fragmented MP4 as they are.
var copied = []string{"h264", "hevc", "av1", "vp9"}

// Possible returns why a file can't be streamed, as a plain sentence, or nothing
// if it can.
func Possible(m models.Media) string {
	switch {
	case m.State != models.MediaRead || m.Info == nil:
		return "It is not known what is in this file."
	case len(m.Info.Video) == 0 && len(m.Info.Audio) == 0:
		return "This file has neither pictures nor sound."
	case m.Info.Duration <= 0 || m.Info.Duration > 7*24*3600:
		return "This file doesn't tell how long it is."
	case len(m.Info.Video) == 0:
		return ""
	case !slices.Contains(copied, m.Info.Video[0].Codec) || m.Info.Video[0].Codecs == "":
		return "Browsers can't play this kind of video."
	case len(m.Keys) == 0:
		return "This file has no index that tells where it can be cut."
	}
	at := boundaries(Film{Info: m.Info, Keys: m.Keys})
	for i := 1; i < len(at); i++ {
		if at[i]-at[i-1] > longest {
			return "The pictures from which this film can start are too far apart."
		}
	}
	return ""
}

// micros returns seconds in microseconds.
func micros(seconds float64) int64 { return int64(math.Round(seconds * second)) }

// end is when the film ends, from its zero on.
func (f Film) end() int64 { return max(micros(f.Info.Duration), 1) }

// zero is when the player's clock starts, on the clock of the file.
func (f Film) zero() int64 { return micros(f.Info.Start) }

// boundaries returns where segments of video start, from zero on, and where the
// last one ends. Each but the last ends at the first key frame that comes at least
// six seconds after its start.
func boundaries(f Film) []int64 {
	if len(f.Keys) == 0 {
		return nil
	}
	zero := f.zero()
	out := []int64{f.Keys[0] - zero}
	for _, key := range f.Keys {
		if key-zero-out[len(out)-1] >= shortest {
			out = append(out, key-zero)
		}
	}
	last := out[len(out)-1]
	return append(out, max(f.end(), last+second/25))
}

// grid is the row of audio frames from zero on that segments are cut from.
type grid struct {
	rate  int64 // samples a second
	frame int64 // samples of one AAC frame
	each  int64 // frames of a segment
	total int64 // frames of all
}

const aacFrame = 1024

// newGrid returns the grid for as long as the film lasts.
func newGrid(f Film, rate int) grid {
	g := grid{rate: int64(rate), frame: aacFrame}
	g.each = max(1, (6*g.rate+g.frame/2)/g.frame)
	samples := int64(math.Ceil(float64(f.end()) * float64(g.rate) / second))
	g.total = max(1, (samples+g.frame-1)/g.frame)
	return g
}

// segments is how many segments there are.
func (g grid) segments() int { return int((g.total + g.each - 1) / g.each) }

// span returns the first frame of a segment and that after its last.
func (g grid) span(n int) (from, to int64) {
	from = int64(n) * g.each
	return from, min(from+g.each, g.total)
}

// starts returns where segments start, and the last one ends, in microseconds.
func (g grid) starts() []int64 {
	out := make([]int64, 0, g.segments()+1)
	for n := range g.segments() {
		from, _ := g.span(n)
		out = append(out, from*g.frame*second/g.rate)
	}
	return append(out, g.total*g.frame*second/g.rate)
}
