package source

import (
	"io"
	"mime"
	"strconv"
	"strings"
	"unicode/utf8"

	"golang.org/x/text/encoding/htmlindex"

	"longhaul/internal/charset"
	"longhaul/internal/weburl"
)

// maxDisposition bounds a Content-Disposition header that is read.
const maxDisposition = 16 << 10

// dispositionName returns the sanitised file name of a Content-Disposition
// header (RFC 6266), "" if there is none that can be read. It takes what servers
// send and browsers understand: names without quotes, in a legacy encoding,
// percent-encoded or as encoded words of mail. A name in extended notation
// (RFC 8187) wins over a plain one, and the first of several over the others.
func dispositionName(value string) string {
	if len(value) > maxDisposition {
		return ""
	}
	p := dispositionParams(value)
	if v, ok := p.first["filename*"]; ok {
		if name, ok := extended(v); ok {
			if clean := SanitizeFileName(name); clean != "" {
				return clean
			}
		}
	}
	if v := p.continued(); v != "" {
		return SanitizeFileName(v)
	}
	return SanitizeFileName(plain(p.first["filename"]))
}

// params are the parameters of a header, by lower-case name.
type params struct{ first map[string]string }

// dispositionParams reads the parameters; what is no parameter is skipped.
func dispositionParams(value string) params {
	p := params{first: map[string]string{}}
	for value != "" {
		value = strings.TrimLeft(value, "; \t")
		end := strings.IndexAny(value, ";=")
		if end < 0 {
			break
		}
		name := strings.ToLower(strings.TrimSpace(value[:end]))
		if value[end] == ';' {
			value = value[end:]
			continue
		}
		var v string
		v, value = parameterValue(strings.TrimLeft(value[end+1:], " \t"))
		if _, known := p.first[name]; !known && strings.HasPrefix(name, "filename") {
			p.first[name] = v
		}
	}
	return p
}

// parameterValue reads a value, with or without quotes, and returns what follows.
func parameterValue(s string) (value, rest string) {
	if !strings.HasPrefix(s, `"`) {
		value, rest, _ = strings.Cut(s, ";")
		return strings.TrimSpace(value), rest
	}
	s = s[1:]
	first := -1 // quote that may end the value
	for i := 0; i < len(s); i++ {
		switch s[i] {
		case '\\':
			i++
		case '"':
			after := strings.TrimLeft(s[i+1:min(len(s), i+8)], " \t")
			if after == "" || after[0] == ';' {
				return unquoted(s[:i]), s[i+1:]
			}
			if first < 0 {
				first = i
			}
		}
	}
	if first < 0 { // the closing quote is missing
		value, rest, _ = strings.Cut(s, ";")
		return unquoted(value), rest
	}
	_, rest, _ = strings.Cut(s[first:], ";")
	return unquoted(s[:first]), rest
}

// unquoted resolves the escapes of a quoted string. A backslash before anything
// but a quote or a backslash is one of a Windows path.
func unquoted(s string) string {
	return strings.NewReplacer(`\"`, `"`, `\\`, `\`).Replace(s)
}

// continued joins a name that is sent in numbered pieces (RFC 2231).
func (p params) continued() string {
	var b strings.Builder
	charset := ""
	for n := 0; n < 100; n++ {
		key := "filename*" + strconv.Itoa(n)
		v, plainPiece := p.first[key]
		if !plainPiece {
			var ok bool
			if v, ok = p.first[key+"*"]; !ok {
				break
			}
			if n == 0 {
				charset, v = cutExtended(v)
			}
			v = weburl.Unescape(v)
		}
		b.WriteString(v)
	}
	if b.Len() == 0 {
		return ""
	}
	if text, ok := inCharset(charset, b.String()); ok {
		return text
	}
	return guessed(b.String())
}

// cutExtended splits charset'language'text. A further apostrophe belongs to the
// text.
func cutExtended(v string) (charset, text string) {
	charset, rest, ok := strings.Cut(v, "'")
	if !ok {
		return "", v
	}
	if _, text, ok = strings.Cut(rest, "'"); !ok {
		return "", v
	}
	return charset, text
}

// extended reads a value in extended notation. It reports false if the text isn't
// in the character set that it names.
func extended(v string) (string, bool) {
	charset, text := cutExtended(v)
	text = weburl.Unescape(strings.Trim(text, `"`))
	if charset == "" {
		return guessed(text), true
	}
	return inCharset(charset, text)
}

// inCharset decodes the text; an unknown character set is guessed.
func inCharset(charset, text string) (string, bool) {
	enc, err := htmlindex.Get(charset)
	if err != nil {
		return guessed(text), charset == "" || utf8.ValidString(text)
	}
	if name, _ := htmlindex.Name(enc); name == "utf-8" {
		return text, utf8.ValidString(text)
	}
	out, err := enc.NewDecoder().String(text)
	return out, err == nil && !strings.ContainsRune(out, utf8.RuneError)
}

// plain reads a value that has no notation of its own for anything but ASCII, in
// the notations that servers use all the same.
func plain(v string) string {
	if strings.Contains(v, "=?") {
		if words, err := wordDecoder().DecodeHeader(v); err == nil {
			v = words
		}
	}
	if strings.IndexByte(v, '%') >= 0 {
		// A slash that is escaped is meant to be part of the name, so nothing else
		// of it is meant to be an escape.
		if text := weburl.Unescape(v); text != v && !strings.ContainsAny(text, "/\\\x00\r\n") {
			v = text
		}
	}
	return guessed(v)
}

func wordDecoder() *mime.WordDecoder {
	return &mime.WordDecoder{CharsetReader: func(charset string, in io.Reader) (io.Reader, error) {
		enc, err := htmlindex.Get(charset)
		if err != nil {
			return nil, err
		}
		return enc.NewDecoder().Reader(in), nil
	}}
}

// guessed returns the text in UTF-8; an encoding that isn't said is guessed.
func guessed(s string) string {
	return charset.New("", [][]byte{[]byte(s)}).Decode([]byte(s))
}
