package hls

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"
	"time"

	"longhaul/internal/media/tool"
	"longhaul/models"
)

const (
	cueLead = 10 * second // for lines that began before a window
	maxText = 1 << 20     // bytes of a window
	// textSlack is what may be read beyond a window's share of the file.
	textSlack = 16 << 20
)

// Text returns a window of a subtitle track as WebVTT.
func (s *Service) Text(ctx context.Context, f Film, track, n int) (*Part, error) {
	t, err := f.text(track)
	if err != nil {
		return nil, err
	}
	if n < 0 || int64(n)*subWindow >= f.end() {
		return nil, noSegment()
	}
	return s.get(ctx, f, key{kind: kindText, track: track, n: n}, func(ctx context.Context, d *draft) error { return s.text(ctx, f, t, n, d) })
}

func (s *Service) text(ctx context.Context, f Film, t models.SubtitleTrack, n int, d *draft) error {
	from := int64(n) * subWindow
	to := from + subWindow
	// where few lines are spoken, reading goes on to the next: so far and no further
	bounded := limits
	bounded.Bytes = min(limits.Bytes, textSlack+int64(float64(f.File.Size)*2*float64(subWindow+cueLead)/float64(f.end())))
	var out strings.Builder
	out.WriteString("WEBVTT\nX-TIMESTAMP-MAP=LOCAL:00:00:00.000,MPEGTS:0\n\n")
	err := s.ffmpegWithin(ctx, f, bounded, func(input string) []string {
		return append(seeking(input, f.zero()+from-cueLead), "-map", "0:"+strconv.Itoa(t.Index), "-c:s", "webvtt",
			"-to", strconv.FormatInt(f.zero()+to, 10)+"us", "-flush_packets", "1", "-f", "webvtt", "pipe:1")
	}, func(r io.Reader) error { return takeCues(r, f.zero(), from, to, &out) })
	if err != nil {
		return err
	}
	return d.lead([]byte(out.String()))
}

// takeCues copies the lines that are shown in a window, at times from zero on.
func takeCues(r io.Reader, zero, from, to int64, out *strings.Builder) error {
	lines := bufio.NewScanner(r)
	lines.Buffer(nil, 64<<10)
	showing := false
	for lines.Scan() {
		line := lines.Text()
		start, end, ok := cueTimes(line)
		switch {
		case ok:
			start, end = max(start-zero, 0), end-zero
			if start >= to {
				return nil
			}
			if showing = end > from && end > start; showing {
				fmt.Fprintf(out, "%s --> %s\n", clock(start), clock(end))
			}
		case line == "" && showing:
			out.WriteString("\n")
			showing = false
		case showing:
			out.WriteString(line + "\n")
		}
		if out.Len() > maxText {
			return broken("a window of subtitles has more than %d bytes", maxText)
		}
	}
	if err := lines.Err(); err != nil && !errors.Is(err, tool.ErrLimit) {
		return broken("read subtitles: %v", err)
	}
	if showing {
		out.WriteString("\n")
	}
	return nil
}

// cueTimes reads when a cue is shown, as ffmpeg writes it, in microseconds.
func cueTimes(line string) (start, end int64, ok bool) {
	a, b, ok := strings.Cut(line, " --> ")
	if !ok {
		return 0, 0, false
	}
	start, ok1 := readClock(a)
	end, ok2 := readClock(b)
	return start, end, ok1 && ok2
}

// readClock reads hours, if there are any, minutes, seconds and thousandths.
func readClock(s string) (int64, bool) {
	parts := strings.Split(s, ":")
	if len(parts) < 2 || len(parts) > 3 {
		return 0, false
	}
	seconds, err := strconv.ParseFloat(parts[len(parts)-1], 64)
	if err != nil || seconds < 0 || seconds >= 60 {
		return 0, false
	}
	total, unit := micros(seconds), int64(time.Minute/time.Microsecond)
	for i := len(parts) - 2; i >= 0; i-- {
		n, err := strconv.ParseUint(parts[i], 10, 16)
		if err != nil {
			return 0, false
		}
		total += int64(n) * unit
		unit *= 60
	}
	return total, true
}

func clock(at int64) string {
	ms := at / 1000
	return fmt.Sprintf("%02d:%02d:%02d.%03d", ms/3_600_000, ms/60_000%60, ms/1000%60, ms%1000)
}
