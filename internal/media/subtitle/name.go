package subtitle

import (
	"regexp"
	"slices"
	"strings"
	"sync"

	"golang.org/x/text/language"
	"golang.org/x/text/language/display"
	"golang.org/x/text/unicode/norm"
)

const (
	maxName  = 512 // bytes of a name that are looked at
	maxTitle = 100 // bytes
)

// Words is what a file's name says of the subtitles in it.
type Words struct {
	Language string // BCP 47; empty if it is not said
	Title    string
	Forced   bool // only what is foreign in the film
	Impaired bool // with sounds, for who doesn't hear them
}

// Describe reads the part of a name that is not the film's: what follows the
// film's name, or if there is no such, as own tells, the whole name, of which
// only the end is believed.
func Describe(part string, own bool) Words {
	var d description
	part = region.ReplaceAllString(cut(norm.NFC.String(part), maxName), "$1-$2")
	tokens := strings.FieldsFunc(part, func(r rune) bool { return strings.ContainsRune("._ ()[]{},+&", r) })
	for _, token := range slices.Backward(tokens) {
		if !d.take(token) && !own {
			break
		}
	}
	if d.hi && d.tag == language.Und {
		d.tag = language.Hindi
	} else if d.hi {
		d.Impaired = true
	}
	if d.tag != language.Und {
		d.Language = d.tag.String()
	}
	if own {
		slices.Reverse(d.rest)
		d.Title = cut(strings.Join(d.rest, " "), maxTitle)
	}
	return d.Words
}

// region is a language with a region as locales have it.
var region = regexp.MustCompile(`\b([a-z]{2,3})_([A-Z]{2})\b`)

// description is Words while they are read.
type description struct {
	Words
	tag  language.Tag
	hi   bool // Hindi, or hearing impaired if there is another language
	rest []string
}

// take reads a token, and reports whether it says something.
func (d *description) take(token string) bool {
	parts := strings.FieldsFunc(token, func(r rune) bool { return r == '-' })
	if !slices.ContainsFunc(parts, flag) && d.word(token) {
		return true
	}
	if len(parts) > 0 && slices.ContainsFunc(parts, meaningful) {
		for _, p := range slices.Backward(parts) {
			if !d.word(p) {
				d.rest = append(d.rest, p)
			}
		}
		return true
	}
	if len(parts) > 0 {
		d.rest = append(d.rest, token)
	}
	return false
}

// flag reports whether a part of a token is no language, though it may look like
// a region.
func flag(part string) bool {
	switch strings.ToLower(part) {
	case "forced", "foreign", "sdh", "cc", "hoh", "hi", "sub", "subs":
		return true
	default:
		return false
	}
}

// meaningful reports whether a part of a token says something that is more than
// a number.
func meaningful(part string) bool {
	var d description
	_, digits := number(part)
	return !digits && d.word(part)
}

// word reads a word, and reports whether it says something.
func (d *description) word(w string) bool {
	w = strings.ToLower(w)
	if _, ok := number(w); ok {
		return true // a place in a list
	}
	switch w {
	case "forced", "foreign":
		d.Forced = true
	case "sdh", "cc", "hoh":
		d.Impaired = true
	case "hi":
		d.hi = true
	case "sub", "subs", "subtitle", "subtitles", "srt", "vtt", "ass", "ssa", "full", "default", "utf8", "utf-8":
	default:
		tag := languageOf(w)
		if tag == language.Und || !d.fits(tag) {
			return false
		}
		d.tag = tag
	}
	return true
}

// fits reports whether a language is the first, or says the one that is there
// more exactly.
func (d *description) fits(tag language.Tag) bool {
	if d.tag == language.Und {
		return true
	}
	have, _ := d.tag.Base()
	base, _ := tag.Base()
	return have == base
}

// Language returns a language that a person named as BCP 47, "" if there is none.
func Language(s string) string {
	if tag := languageOf(strings.ToLower(strings.TrimSpace(s))); tag != language.Und {
		return tag.String()
	}
	return ""
}

// languageOf returns the language of a code or a name in small letters: its
// English name, or the one it has itself.
func languageOf(w string) language.Tag {
	if other, ok := habits[w]; ok {
		w = other
	}
	if len(w) == 2 || len(w) == 3 || len(w) <= 12 && (len(w) > 3 && (w[2] == '-' || w[3] == '-')) {
		if tag, err := language.Parse(w); err == nil && spoken(tag) {
			return tag
		}
	}
	return names()[w]
}

// spoken reports whether a tag is that of a language people name, and says
// nothing but the language, its script and its region.
func spoken(tag language.Tag) bool {
	base, script, region := tag.Raw()
	if tag.Variants() != nil || len(tag.Extensions()) > 0 {
		return false
	}
	plain, err := language.Compose(base, script, region)
	return err == nil && plain == tag && bases()[base]
}

// habits are codes and names in use that are in no standard.
var habits = map[string]string{
	"jp": "ja", "cn": "zh", "cz": "cs", "ua": "uk", "dk": "da", "gr": "el", "vn": "vi", "kr": "ko", "scc": "sr", "scr": "hr",
	"pob": "pt-br", "ptbr": "pt-br", "pb": "pt-br", "brazilian": "pt-br", "spa-la": "es-419", "latino": "es-419", "latam": "es-419",
	"castilian": "es-es", "castellano": "es-es", "chs": "zh-hans", "cht": "zh-hant", "simplified": "zh-hans", "traditional": "zh-hant",
	"mandarin": "zh", "norwegian": "no", "norsk": "no", "farsi": "fa", "flemish": "nl-be", "bengali": "bn",
}

// bases are the languages that have a name in English.
var bases = sync.OnceValue(func() map[language.Base]bool {
	out := map[language.Base]bool{}
	for _, tag := range display.Supported.Tags() {
		base, _ := tag.Base()
		out[base] = true
	}
	return out
})

// names are the names of languages, in small letters.
var names = sync.OnceValue(func() map[string]language.Tag {
	out := map[string]language.Tag{}
	english := display.English.Languages()
	for _, tag := range display.Supported.Tags() {
		for _, name := range []string{english.Name(tag), display.Self.Name(tag)} {
			name = strings.ToLower(name)
			if _, there := out[name]; !there && name != "" {
				out[name] = tag
			}
		}
	}
	return out
})
