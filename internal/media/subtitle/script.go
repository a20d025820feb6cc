package subtitle

import (
	"slices"
	"strings"
)

const (
	maxColumns = 64
	maxStyles  = 1000
)

// isScript reports whether a text is SubStation Alpha: it has the section of the
// events before any line of SubRip's times.
func isScript(text string) bool {
	for line := range strings.SplitSeq(text, "\n") {
		line = strings.ToLower(cut(strings.TrimSpace(line), 64))
		if line == "[script info]" || line == "[events]" || strings.HasPrefix(line, "dialogue:") {
			return true
		}
		if strings.Contains(line, arrow) {
			return false
		}
	}
	return false
}

// scriptStyle is what is kept of a style.
type scriptStyle struct {
	align  int
	italic bool
}

// scriptReader reads SubStation Alpha: of its styles the place, and its dialogue.
type scriptReader struct {
	cues    []cue
	section string
	columns []string // of the section
	styles  map[string]scriptStyle
}

func readScript(text string) []cue {
	r := &scriptReader{section: "[events]", columns: eventColumns(), styles: map[string]scriptStyle{}}
	for line := range strings.SplitSeq(text, "\n") {
		r.line(strings.TrimSpace(line))
	}
	return r.cues
}

// eventColumns are those of events whose columns are not named.
func eventColumns() []string {
	return []string{"layer", "start", "end", "style", "name", "marginl", "marginr", "marginv", "effect", "text"}
}

func (r *scriptReader) line(line string) {
	if strings.HasPrefix(line, "[") && strings.HasSuffix(line, "]") {
		r.section, r.columns = strings.ToLower(cut(line, 64)), nil
		if r.section == "[events]" {
			r.columns = eventColumns()
		}
		return
	}
	kind, content, _ := strings.Cut(line, ":")
	content = strings.TrimSpace(content)
	switch strings.ToLower(cut(kind, 16)) {
	case "format":
		r.columns = nil
		for _, c := range strings.SplitN(cut(content, 4<<10), ",", maxColumns) {
			r.columns = append(r.columns, strings.ToLower(strings.TrimSpace(c)))
		}
	case "style":
		r.style(content)
	case "dialogue":
		r.dialogue(content)
	}
}

// values returns the values of a line by the names of their columns.
func (r *scriptReader) values(content string, names ...string) (out []string, ok bool) {
	all := strings.SplitN(content, ",", max(len(r.columns), 1))
	for _, name := range names {
		at := slices.Index(r.columns, name)
		if at < 0 || at >= len(all) {
			return nil, false
		}
		out = append(out, strings.TrimSpace(all[at]))
	}
	return out, true
}

func (r *scriptReader) style(content string) {
	v, ok := r.values(cut(content, 4<<10), "name", "alignment", "italic")
	if !ok || len(r.styles) >= maxStyles {
		return
	}
	align, ok := number(v[1])
	if r.section == "[v4 styles]" {
		align = numberPad(align)
	}
	if !ok || align > 9 {
		align = 0
	}
	r.styles[strings.TrimPrefix(v[0], "*")] = scriptStyle{align, v[2] == "-1" || v[2] == "1"}
}

func (r *scriptReader) dialogue(content string) {
	v, ok := r.values(content, "start", "end", "style", "text")
	if !ok {
		return
	}
	start, ok := clock(v[0])
	end, too := clock(v[1])
	if !ok || !too || start >= end {
		return
	}
	style := r.styles[strings.TrimPrefix(v[2], "*")]
	m := markup{script: true}
	if style.italic {
		m.style('i', true)
	}
	m.write(cut(v[3], maxText))
	m.place(style.align)
	if text := m.finish(); text != "" {
		r.cues = append(r.cues, cue{start, end, placed(m.align), text})
	}
}
