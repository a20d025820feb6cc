// Package subtitle makes WebVTT of the subtitles that lie beside films or are
// uploaded: SubRip, WebVTT, and SubStation Alpha as text, in any usual encoding.
// It also finds out which files belong to a film, and what their names say.
//
// What it reads is hostile. Its work grows with the size alone, it takes no cue
// for what it is not, and what it writes is its own: times, a few settings, and
// text with b, i and u. It draws nothing, and reads no subtitles that are
// pictures.
package subtitle

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"
)

const (
	// MaxSize is how many bytes of a file are read, and of its text.
	MaxSize = 5 << 20
	// MaxOffset is how far subtitles can be moved either way.
	MaxOffset = 10 * time.Minute

	maxText = 8 << 10 // bytes of a cue that are read
)

// ErrNone says that a text has no subtitles, or is too large.
var ErrNone = errors.New("no subtitles found")

// cue is a text and when it is shown.
type cue struct {
	start, end time.Duration
	settings   string // of WebVTT
	text       string // of WebVTT, without empty lines
}

// WebVTT makes WebVTT of a text, moved by the offset.
func WebVTT(text string, offset time.Duration) ([]byte, error) {
	if len(text) > MaxSize {
		return nil, fmt.Errorf("%w: %d bytes", ErrNone, len(text))
	}
	cues := read(text)
	if len(cues) == 0 {
		return nil, ErrNone
	}
	return write(ordered(cues, offset)), nil
}

// read returns the cues of a text, whatever its format.
func read(text string) []cue {
	text = newlines.Replace(strings.TrimPrefix(text, "\ufeff"))
	switch head := strings.TrimSpace(text[:min(len(text), 4<<10)]); {
	case strings.HasPrefix(head, "WEBVTT"):
		return readLines(text, true)
	case isScript(text):
		return readScript(text)
	default:
		return readLines(text, false)
	}
}

var newlines = strings.NewReplacer("\r\n", "\n", "\r", "\n", "\x00", "")

// ordered moves cues and sorts them as WebVTT wants them. Those that end before
// the film begins go, as does what is there twice: scripts repeat a text for each
// of its layers.
func ordered(cues []cue, offset time.Duration) []cue {
	kept := cues[:0]
	for _, c := range cues {
		c.start, c.end = max(c.start+offset, 0), c.end+offset
		if c.end > c.start {
			kept = append(kept, c)
		}
	}
	slices.SortStableFunc(kept, func(a, b cue) int { return cmp.Compare(a.start, b.start) })
	return slices.Compact(kept)
}

// write returns the cues as WebVTT.
func write(cues []cue) []byte {
	size := 16
	for _, c := range cues {
		size += 40 + len(c.settings) + len(c.text)
	}
	out := append(make([]byte, 0, size), "WEBVTT\n"...)
	for _, c := range cues {
		out = append(out, '\n')
		out = appendTime(out, c.start)
		out = append(out, " --> "...)
		out = appendTime(out, c.end)
		if c.settings != "" {
			out = append(append(out, ' '), c.settings...)
		}
		out = append(append(append(out, '\n'), c.text...), '\n')
	}
	return out
}

func appendTime(out []byte, t time.Duration) []byte {
	ms := t.Milliseconds()
	return fmt.Appendf(out, "%02d:%02d:%02d.%03d", ms/3_600_000, ms/60_000%60, ms/1000%60, ms%1000)
}
