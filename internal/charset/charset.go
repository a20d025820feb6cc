// Package charset turns names that are not UTF-8 into text. An encoding that
// the source declares is used if the names are valid in it. Otherwise one is
// guessed from all names together, because a single one is too short.
//
// It knows the encodings that torrents are made with: GBK, Big5, Shift_JIS,
// EUC-JP, EUC-KR, windows-1251, KOI8-R and, when nothing else fits, Latin-1 as
// windows-1252. It is no general detector.
package charset

import (
	"bytes"
	"slices"
	"strings"
	"unicode/utf8"

	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/htmlindex"
	"golang.org/x/text/encoding/japanese"
	"golang.org/x/text/encoding/korean"
	"golang.org/x/text/encoding/simplifiedchinese"
	"golang.org/x/text/encoding/traditionalchinese"
)

// sampleBytes is as much of the names as a guess looks at.
const sampleBytes = 64 << 10

// Decoder decodes the names of one source. The zero value takes them as UTF-8.
type Decoder struct {
	Name    string // of the encoding, as the WHATWG names it; empty is UTF-8
	Guessed bool   // no encoding was declared that fits

	enc    encoding.Encoding
	narrow bool // no name is surely UTF-8
}

// New returns the decoder for names. Declared is what the source says of their
// encoding, and may be empty or wrong.
func New(declared string, names [][]byte) Decoder {
	enc, name := lookup(declared)
	d := Decoder{Name: name, enc: enc, narrow: twoBytes[name] && !slices.ContainsFunc(names, wide)}
	sample := d.sample(names)
	if len(sample) == 0 {
		return Decoder{}
	}
	if enc != nil && fits(enc, sample) {
		return d
	}
	d = Decoder{Guessed: true}
	if sample = d.sample(names); len(sample) == 0 {
		return Decoder{}
	}
	d.enc, d.Name = guess(sample)
	return d
}

// Decode returns a name as text. A name that is not valid in the encoding is
// returned as it is.
func (d Decoder) Decode(name []byte) string {
	if d.enc == nil || !d.foreign(name) {
		return string(name)
	}
	out, err := d.enc.NewDecoder().Bytes(name)
	if err != nil || (strings.ContainsRune(string(out), utf8.RuneError) && utf8.Valid(name)) {
		return string(name)
	}
	return string(out)
}

// foreign reports whether the name is not UTF-8. Short names of a declared
// two-byte encoding may look like it, but not like its characters of three
// bytes, which those languages have.
func (d Decoder) foreign(name []byte) bool {
	return !utf8.Valid(name) || (d.narrow && !ascii(name) && !wide(name))
}

// wide reports whether the name is UTF-8 with a character of three bytes.
func wide(name []byte) bool {
	return utf8.Valid(name) && bytes.ContainsFunc(name, func(r rune) bool { return r > 0x7FF })
}

var twoBytes = map[string]bool{"gbk": true, "gb18030": true, "big5": true, "shift_jis": true, "euc-jp": true, "euc-kr": true}

// sample joins the names that are not UTF-8.
func (d Decoder) sample(names [][]byte) (sample []byte) {
	for _, n := range names {
		if len(sample) >= sampleBytes {
			break
		}
		if d.foreign(n) {
			sample = append(append(sample, n[:min(len(n), sampleBytes)]...), ' ')
		}
	}
	return sample
}

func ascii(b []byte) bool {
	for _, c := range b {
		if c >= utf8.RuneSelf {
			return false
		}
	}
	return true
}

// lookup finds an encoding by a label, or by the number of a Windows code page.
func lookup(label string) (encoding.Encoding, string) {
	label = strings.ToLower(strings.TrimSpace(label))
	number := strings.TrimPrefix(strings.TrimPrefix(label, "windows-"), "cp")
	if other, ok := codePages[number]; ok {
		label = other
	}
	if other, ok := spellings[strings.ReplaceAll(label, "_", "-")]; ok {
		label = other
	}
	enc, err := htmlindex.Get(label)
	if err != nil {
		return nil, ""
	}
	name, err := htmlindex.Name(enc)
	if err != nil || strings.HasPrefix(name, "utf-") || name == "replacement" {
		return nil, ""
	}
	return enc, name
}

var codePages = map[string]string{
	"932": "shift_jis", "936": "gbk", "949": "euc-kr", "950": "big5", "51932": "euc-jp", "54936": "gb18030",
	"1250": "windows-1250", "1251": "windows-1251", "1252": "windows-1252", "1253": "windows-1253", "1254": "windows-1254",
	"1255": "windows-1255", "1256": "windows-1256", "1257": "windows-1257", "1258": "windows-1258",
	"28591": "iso-8859-1", "20866": "koi8-r", "866": "ibm866", "874": "windows-874",
}

var spellings = map[string]string{
	"gb-2312": "gbk", "gb": "gbk", "shift-jis": "shift_jis", "shiftjis": "shift_jis", "ms932": "shift_jis",
	"euckr": "euc-kr", "eucjp": "euc-jp", "big-5": "big5", "koi8r": "koi8-r", "latin-1": "iso-8859-1", "iso8859-1": "iso-8859-1",
}

// fits reports whether the sample is valid in the encoding.
func fits(enc encoding.Encoding, sample []byte) bool {
	out, err := enc.NewDecoder().Bytes(sample)
	return err == nil && !strings.ContainsRune(string(out), utf8.RuneError)
}

// guess chooses by what is common in each encoding's text: the rows of its
// table where frequent characters are.
func guess(sample []byte) (encoding.Encoding, string) {
	for _, c := range []struct {
		enc  encoding.Encoding
		name string
		is   func([]byte) bool
	}{
		{japanese.ShiftJIS, "shift_jis", likeShiftJIS},
		{japanese.EUCJP, "euc-jp", likeEUCJP},
		{korean.EUCKR, "euc-kr", likeEUCKR},
		{simplifiedchinese.GBK, "gbk", likeGBK},
		{traditionalchinese.Big5, "big5", likeBig5},
		{charmap.Windows1251, "windows-1251", likeWindows1251},
		{charmap.KOI8R, "koi8-r", likeKOI8R},
	} {
		if c.is(sample) && fits(c.enc, sample) {
			return c.enc, c.name
		}
	}
	return charmap.Windows1252, "windows-1252"
}
