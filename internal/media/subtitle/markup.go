package subtitle

import (
	"slices"
	"strings"
	"unicode/utf8"
)

// markup turns the text of a cue into that of WebVTT. Of styles it keeps bold,
// italic and underlined, and of places the one that {\an8} and its kin name.
type markup struct {
	script bool // SubStation Alpha, in which < and & mean themselves
	align  int  // as the keys of a number pad lie; 0 is not said

	out     strings.Builder
	open    []byte // tags, of b, i and u
	drawing bool   // what follows is a shape, and no text
	braces  bool   // no } follows
}

// special are the characters that may mean something else.
const special = "<>&{\\"

// write adds text.
func (m *markup) write(s string) {
	m.braces = false
	for s != "" {
		i := strings.IndexAny(s, special)
		if i < 0 {
			i = len(s)
		}
		m.plain(s[:i])
		if s = s[i:]; s == "" {
			return
		}
		n := m.meaning(s)
		if n == 0 {
			m.literal(s[0])
			n = 1
		}
		s = s[n:]
	}
}

// plain adds text without special characters.
func (m *markup) plain(s string) {
	if m.drawing {
		return
	}
	for _, r := range s {
		switch {
		case r == '\n':
			m.out.WriteByte('\n')
		case r == '\t':
			m.out.WriteByte(' ')
		case r >= ' ' && r != 0x7f:
			m.out.WriteRune(r)
		}
	}
}

// literal adds a special character that means itself.
func (m *markup) literal(c byte) {
	if m.drawing {
		return
	}
	switch c {
	case '<':
		m.out.WriteString("&lt;")
	case '>':
		m.out.WriteString("&gt;")
	case '&':
		m.out.WriteString("&amp;")
	default:
		m.out.WriteByte(c)
	}
}

// meaning acts on what begins with a special character, and returns how long
// that is; 0 if the character means itself.
func (m *markup) meaning(s string) int {
	switch {
	case s[0] == '{' && (m.script || strings.HasPrefix(s, `{\`)):
		return m.override(s)
	case s[0] == '\\' && len(s) > 1:
		return m.escape(s[1])
	case s[0] == '<' && !m.script:
		return m.tag(s)
	case s[0] == '&' && !m.script:
		return m.entity(s)
	}
	return 0
}

// escape acts on a backslash and the character behind it.
func (m *markup) escape(c byte) int {
	switch {
	case c == 'N':
		m.plain("\n")
	case c == 'n' && m.script:
		m.plain(" ")
	case c == 'h':
		m.plain("\u00a0")
	default:
		return 0
	}
	return 2
}

// tag acts on a tag of HTML or WebVTT. One that is not known goes, and what it
// surrounds stays.
func (m *markup) tag(s string) int {
	end := strings.IndexByte(s[:min(len(s), 256)], '>')
	if end < 2 {
		return 0
	}
	name, closes := strings.CutPrefix(s[1:end], "/")
	letters := strings.IndexFunc(name, func(r rune) bool { return !letter(r) })
	if letters < 0 {
		letters = len(name)
	}
	if _, time := clock(name); letters == 0 && !time {
		return 0
	}
	switch strings.ToLower(name[:letters]) {
	case "b", "strong":
		m.style('b', !closes)
	case "i", "em":
		m.style('i', !closes)
	case "u":
		m.style('u', !closes)
	case "br":
		m.plain("\n")
	}
	return end + 1
}

func letter(r rune) bool { return r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' }

// entity acts on a reference to a character.
func (m *markup) entity(s string) int {
	end := strings.IndexByte(s[:min(len(s), 8)], ';')
	if end < 0 || m.drawing {
		return 0
	}
	switch s[1:end] {
	case "amp", "lt", "gt", "nbsp", "lrm", "rlm":
		m.out.WriteString(s[:end+1])
	case "quot":
		m.out.WriteByte('"')
	case "apos", "#39":
		m.out.WriteByte('\'')
	default:
		return 0
	}
	return end + 1
}

// override acts on a block of SubStation Alpha's tags in braces.
func (m *markup) override(s string) int {
	if m.braces {
		return 0
	}
	end := strings.IndexByte(s, '}')
	if end < 0 {
		m.braces = true // or each { would look for it again
		return 0
	}
	_, tags, _ := strings.Cut(s[1:end], `\`) // before it is a comment
	for tag := range strings.SplitSeq(tags, `\`) {
		m.overridden(tag)
	}
	return end + 1
}

func (m *markup) overridden(tag string) {
	name := strings.TrimRightFunc(cut(tag, 8), func(r rune) bool { return !letter(r) })
	value, ok := number(strings.TrimRight(strings.TrimPrefix(cut(tag, 8), name), ") "))
	if !ok {
		return
	}
	switch name {
	case "b", "i", "u":
		m.style(name[0], value != 0)
	case "r":
		for len(m.open) > 0 {
			m.style(m.open[0], false)
		}
	case "p":
		m.drawing = value != 0
	case "an":
		m.place(value)
	case "a":
		m.place(numberPad(value))
	}
}

// place says where the cue is. The first word counts.
func (m *markup) place(align int) {
	if m.align == 0 && align >= 1 && align <= 9 {
		m.align = align
	}
}

// numberPad returns a place of the older kind as those of number pads are.
func numberPad(a int) int {
	switch {
	case a >= 1 && a <= 3:
		return a
	case a >= 5 && a <= 7:
		return a + 2
	case a >= 9 && a <= 11:
		return a - 5
	default:
		return 0
	}
}

// style opens or closes a tag, and keeps tags nested.
func (m *markup) style(tag byte, on bool) {
	at := slices.Index(m.open, tag)
	switch {
	case on && at < 0:
		m.open = append(m.open, tag)
		m.out.WriteString("<" + string(tag) + ">")
	case !on && at >= 0:
		inner := slices.Clone(m.open[at+1:])
		m.close(at)
		for _, t := range inner {
			m.style(t, true)
		}
	}
}

// close closes the open tags from the given one on.
func (m *markup) close(from int) {
	for len(m.open) > from {
		last := len(m.open) - 1
		m.out.WriteString("</" + string(m.open[last]) + ">")
		m.open = m.open[:last]
	}
}

// finish returns the text, "" if there is nothing to see.
func (m *markup) finish() string {
	m.close(0)
	var kept []string
	seen := false
	for line := range strings.SplitSeq(m.out.String(), "\n") {
		if line = strings.TrimSpace(line); line != "" {
			kept = append(kept, line)
			seen = seen || strings.TrimSpace(tags.Replace(line)) != ""
		}
	}
	if !seen {
		return ""
	}
	return strings.Join(kept, "\n")
}

// tags removes the tags that are written.
var tags = strings.NewReplacer("<b>", "", "</b>", "", "<i>", "", "</i>", "", "<u>", "", "</u>", "")

// placed returns the settings for a place.
func placed(align int) string {
	var s []string
	switch (align + 2) / 3 {
	case 2:
		s = append(s, "line:50%")
	case 3:
		s = append(s, "line:0")
	}
	if align > 0 && align%3 == 1 {
		s = append(s, "align:left")
	}
	if align > 0 && align%3 == 0 {
		s = append(s, "align:right")
	}
	return strings.Join(s, " ")
}

// cut returns at most n bytes of s, and no half character.
func cut(s string, n int) string {
	if len(s) <= n {
		return s
	}
	for n > 0 && !utf8.RuneStart(s[n]) {
		n--
	}
	return s[:n]
}
