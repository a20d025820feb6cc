package subtitle

import (
	"bytes"
	"encoding/binary"
	"strings"
	"unicode/utf16"
	"unicode/utf8"

	"golang.org/x/text/language"

	"longhaul/internal/charset"
)

// Decode returns the text of a file as UTF-8. The language may be empty; it tells
// encodings apart that look alike.
func Decode(data []byte, lang string) string {
	if order := wideOrder(data); order != nil {
		return decodeWide(data, order)
	}
	data = bytes.TrimPrefix(data, []byte("\xef\xbb\xbf"))
	if utf8.Valid(data) {
		return strings.ReplaceAll(string(data), "\x00", "")
	}
	lines := bytes.Split(data, []byte("\n"))
	decoder := decoderOf(lines, lang)
	var out strings.Builder
	out.Grow(len(data) + len(data)/2)
	for i, line := range lines {
		if i > 0 {
			out.WriteByte('\n')
		}
		out.WriteString(decoder.Decode(line))
	}
	return strings.ReplaceAll(strings.ToValidUTF8(out.String(), "\ufffd"), "\x00", "")
}

// decoderOf chooses an encoding: the language's where the guess doesn't know it,
// else the guess, and the language's again where that is at its wits' end.
func decoderOf(lines [][]byte, lang string) charset.Decoder {
	likely, guessed := encodingOf(lang)
	if likely == "windows-1250" && isLatin2(lines) {
		likely = "iso-8859-2"
	}
	if likely != "" && !guessed {
		return charset.New(likely, lines)
	}
	d := charset.New("", lines)
	if d.Name == "windows-1252" && likely != "" {
		return charset.New(likely, lines)
	}
	return d
}

// isLatin2 reports whether lines are ISO 8859-2 rather than windows-1250, which
// has some of its most common letters where the former has none.
func isLatin2(lines [][]byte) bool {
	letters := 0
	for _, line := range lines {
		for _, c := range line {
			if c >= 0x80 && c < 0xa0 {
				return false
			}
			if c > 0xa0 && c < 0xc0 {
				letters++
			}
		}
	}
	return letters > 0
}

// encodingOf returns the usual encoding of a language's subtitles, and whether
// charset can guess it.
func encodingOf(lang string) (name string, guessed bool) {
	tag, err := language.Parse(lang)
	if lang == "" || err != nil {
		return "", false
	}
	base, _ := tag.Base()
	switch base.String() {
	case "cs", "hr", "hu", "pl", "ro", "sk", "sl", "bs", "sq":
		return "windows-1250", false
	case "ru", "uk", "be", "bg", "mk":
		return "windows-1251", true
	case "el":
		return "windows-1253", false
	case "tr", "az":
		return "windows-1254", false
	case "he", "yi":
		return "windows-1255", false
	case "ar", "fa", "ur":
		return "windows-1256", false
	case "et", "lt", "lv":
		return "windows-1257", false
	case "vi":
		return "windows-1258", false
	case "th":
		return "windows-874", false
	case "ja":
		return "shift_jis", true
	case "ko":
		return "euc-kr", true
	case "zh":
		if script, _ := tag.Script(); script.String() == "Hant" {
			return "big5", true
		}
		return "gb18030", true
	case "sr":
		if script, _ := tag.Script(); script.String() == "Latn" {
			return "windows-1250", false
		}
		return "windows-1251", true
	}
	return "", false
}

// wideOrder returns the byte order of UTF-16, nil for other text. Without a mark
// it is known by the zero halves of its digits and line ends.
func wideOrder(data []byte) binary.ByteOrder {
	switch {
	case bytes.HasPrefix(data, []byte("\xff\xfe")):
		return binary.LittleEndian
	case bytes.HasPrefix(data, []byte("\xfe\xff")):
		return binary.BigEndian
	}
	var zeros [2]int
	head := data[:min(len(data), 1<<10)]
	for i, c := range head {
		if c == 0 {
			zeros[i%2]++
		}
	}
	switch few := len(head) / 8; {
	case zeros[1] > few && zeros[0] == 0:
		return binary.LittleEndian
	case zeros[0] > few && zeros[1] == 0:
		return binary.BigEndian
	}
	return nil
}

func decodeWide(data []byte, order binary.ByteOrder) string {
	units := make([]uint16, 0, len(data)/2)
	for i := 0; i+1 < len(data); i += 2 {
		units = append(units, order.Uint16(data[i:]))
	}
	return strings.ReplaceAll(strings.TrimPrefix(string(utf16.Decode(units)), "\ufeff"), "\x00", "")
}
