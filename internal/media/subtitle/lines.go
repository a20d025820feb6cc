package subtitle

import (
	"regexp"
	"strings"
	"time"
)

const arrow = "-->"

// lineReader reads SubRip and WebVTT. Both are a line with two times and a text
// below it; what else they have is skipped.
type lineReader struct {
	vtt  bool
	cues []cue

	open       bool // lines are text
	start, end time.Duration
	settings   string
	text       []string
	size       int // bytes of the text
}

func readLines(text string, vtt bool) []cue {
	r := &lineReader{vtt: vtt}
	for line := range strings.SplitSeq(text, "\n") {
		r.line(strings.TrimSpace(line))
	}
	r.finish()
	return r.cues
}

func (r *lineReader) line(line string) {
	if left, right, found := strings.Cut(line, arrow); found && (r.vtt || startsTime(left)) {
		r.timing(left, right)
		return
	}
	if line == "" && r.vtt { // in SubRip, empty lines stand between lines of a text, too
		r.finish()
		return
	}
	if r.open && r.size < maxText {
		line = cut(line, maxText-r.size)
		r.text = append(r.text, line)
		r.size += len(line) + 1
	}
}

// startsTime reports whether a line that has an arrow begins as a time does.
func startsTime(left string) bool {
	left = strings.TrimLeft(left, "- \t")
	return left != "" && left[0] >= '0' && left[0] <= '9'
}

// timing begins a cue. One whose times can't be read is skipped with its text.
func (r *lineReader) timing(left, right string) {
	if n := len(r.text); n > 0 && r.text[n-1] != "" && !r.full() {
		if _, ok := number(r.text[n-1]); ok {
			r.text = r.text[:n-1] // the number of the next cue, with no empty line before it
		}
	}
	r.finish()
	right = cut(strings.TrimSpace(right), 256)
	end, rest, _ := strings.Cut(strings.ReplaceAll(right, "\t", " "), " ")
	var ok, too bool
	r.start, ok = clock(strings.TrimSpace(cut(left, 64)))
	r.end, too = clock(end)
	r.open, r.settings = ok && too && r.start < r.end, ""
	if r.vtt {
		r.settings = settings(rest)
	}
}

// full reports whether the end of the text was cut off.
func (r *lineReader) full() bool { return r.size >= maxText }

// finish ends the cue.
func (r *lineReader) finish() {
	if r.open {
		var m markup
		m.write(strings.TrimRight(strings.Join(r.text, "\n"), "\n"))
		if text := m.finish(); text != "" {
			if s := placed(m.align); r.settings == "" {
				r.settings = s
			}
			r.cues = append(r.cues, cue{r.start, r.end, r.settings, text})
		}
	}
	r.open, r.text, r.size = false, r.text[:0], 0
}

// setting is a setting of a WebVTT cue that is passed on. Regions are not.
var setting = regexp.MustCompile(`^(?:vertical:(?:rl|lr)|line:-?\d{1,5}(?:\.\d{1,3})?%?(?:,(?:start|center|end))?|position:\d{1,3}(?:\.\d{1,3})?%(?:,(?:line-left|center|line-right))?|size:\d{1,3}(?:\.\d{1,3})?%|align:(?:start|center|end|left|right))$`)

// settings returns those of a cue that are passed on.
func settings(s string) string {
	var kept []string
	for _, f := range strings.Fields(s) {
		if setting.MatchString(f) && len(kept) < 5 {
			kept = append(kept, f)
		}
	}
	return strings.Join(kept, " ")
}
