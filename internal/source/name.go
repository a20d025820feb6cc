package source

import (
	"cmp"
	"iter"
	"net/http"
	"net/url"
	"path"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// SanitizePath turns the components of a file's path, as a torrent has them,
// into a display path that is safe in a zip, a header and a terminal. It
// splits components on both slashes, drops empty ones, "." and "..", and
// cleans each by the rules of SanitizeFileName. It returns "" if nothing is
// left; it never begins with a slash.
func SanitizePath[T ~string | ~[]byte](components []T) string {
	var out []string
	for part := range parts(components) {
		if clean := cleanComponent(part); clean != "" {
			out = append(out, clean)
		}
	}
	return strings.Join(out, "/")
}

// parts yields the names of a path, split on both slashes, without empty ones.
func parts[T ~string | ~[]byte](components []T) iter.Seq[string] {
	slash := func(r rune) bool { return r == '/' || r == '\\' }
	return func(yield func(string) bool) {
		for _, c := range components {
			for part := range strings.FieldsFuncSeq(string(c), slash) {
				if !yield(part) {
					return
				}
			}
		}
	}
}

// SanitizeFileName cleans one file name: valid UTF-8 in NFC, no control,
// direction or invisible characters, nothing that Windows refuses, at most 255
// bytes with the extension kept. Folders in it are dropped. It returns "" if
// nothing is left.
func SanitizeFileName(name string) string {
	if i := strings.LastIndexAny(name, `/\`); i >= 0 {
		name = name[i+1:]
	}
	return cleanComponent(name)
}

// sanitizeTitle cleans the name of a whole torrent, where a slash belongs to
// the name (AC/DC) more often than it means a folder.
func sanitizeTitle(name string) string {
	return cleanComponent(strings.ReplaceAll(SanitizePath([]string{clip(name)}), "/", "_"))
}

// clip cuts off what cannot matter and would cost time to clean.
func clip(s string) string {
	if len(s) <= 16*maxNameBytes {
		return s
	}
	ext := extension(s)
	return s[:16*maxNameBytes-len(ext)] + ext
}

func cleanComponent(s string) string {
	// Cleaned first: a character that is dropped may have kept others apart.
	s = norm.NFC.String(strings.Map(cleanRune, strings.ToValidUTF8(clip(s), "\uFFFD")))
	s = trimName(s)
	if s == "" || strings.Trim(s, ".") == "" {
		return ""
	}
	if reserved(s) {
		s = "_" + s
	}
	return trimName(cutName(s, maxNameBytes))
}

// trimName drops what Windows drops silently: dots and spaces at the end, and
// spaces at both ends.
func trimName(s string) string {
	return strings.TrimRight(strings.TrimSpace(s), ". ")
}

// cleanRune maps a character of a name to what is kept of it.
func cleanRune(r rune) rune {
	switch {
	case r == utf8.RuneError:
		return r
	case strings.ContainsRune(`<>:"|?*/\`, r):
		return '_'
	case unicode.Is(unicode.Cc, r), unicode.Is(unicode.Zl, r), unicode.Is(unicode.Zp, r):
		return -1
	case r == 0x200C || r == 0x200D:
		return r // joiners are part of several scripts
	case unicode.Is(unicode.Cf, r): // direction overrides, zero-width marks, tags
		return -1
	case unicode.Is(unicode.Noncharacter_Code_Point, r):
		return utf8.RuneError
	case unicode.Is(unicode.Zs, r):
		return ' '
	default:
		return r
	}
}

// reserved reports whether Windows takes the name for a device, whatever its
// extension.
func reserved(s string) bool {
	base, _, _ := strings.Cut(s, ".")
	base = strings.ToUpper(strings.TrimSpace(base))
	switch base {
	case "CON", "PRN", "AUX", "NUL", "CONIN$", "CONOUT$", "CLOCK$":
		return true
	}
	digit, ok := strings.CutPrefix(base, "COM")
	if !ok {
		digit, ok = strings.CutPrefix(base, "LPT")
	}
	return ok && utf8.RuneCountInString(digit) == 1 && strings.ContainsAny(digit, "0123456789¹²³")
}

// extension returns the last extension with its dot if it is one that is worth
// keeping, at most 16 bytes.
func extension(s string) string {
	ext := path.Ext(s)
	if len(ext) < 2 || len(ext) > 16 || len(ext) == len(s) {
		return ""
	}
	return ext
}

// cutName shortens a name to so many bytes at a character's border and keeps
// its extension.
func cutName(s string, limit int) string {
	if len(s) <= limit {
		return s
	}
	ext := extension(s)
	cut := limit - len(ext)
	for cut > 0 && !utf8.RuneStart(s[cut]) {
		cut--
	}
	return strings.TrimRight(s[:cut], ". ") + ext
}

// FileNameFromURL returns the sanitised last component of a URL's path, or ""
// if there is none.
func FileNameFromURL(u *url.URL) string {
	return SanitizeFileName(guessed(strings.TrimRight(u.Path, "/"))) // Path is decoded, once
}

// FileNameFromResponse returns the sanitised name of a downloaded file: from
// Content-Disposition if the server sends a usable one, otherwise from the first
// URL that has a name, otherwise "download". A name without an extension gets the
// one of the media type, where that has one.
func FileNameFromResponse(header http.Header, urls ...*url.URL) string {
	name := dispositionName(header.Get("Content-Disposition"))
	for _, u := range urls {
		if name == "" && u != nil {
			name = FileNameFromURL(u)
		}
	}
	return withExtension(cmp.Or(name, "download"), header.Get("Content-Type"))
}

// Disposition is how a browser is to treat a file.
type Disposition string

// The dispositions.
const (
	Attachment Disposition = "attachment" // save it
	Inline     Disposition = "inline"     // show it
)

// ContentDisposition writes a Content-Disposition header value (RFC 6266) for
// a file name of any kind: an ASCII fallback and, where that is not the whole
// truth, the exact name in UTF-8. An unknown disposition is an attachment.
func ContentDisposition(d Disposition, name string) string {
	if d != Inline {
		d = Attachment
	}
	if name = SanitizeFileName(name); name == "" {
		name = "download"
	}
	fallback := strings.Map(func(r rune) rune {
		if r < ' ' || r > '~' || r == '"' || r == '\\' || r == '%' {
			return '_'
		}
		return r
	}, name)
	value := string(d) + `; filename="` + fallback + `"`
	if fallback != name {
		value += "; filename*=UTF-8''" + percentEncode(name)
	}
	return value
}

// percentEncode encodes everything but the attr-char of RFC 5987.
func percentEncode(s string) string {
	const hexDigits = "0123456789ABCDEF"
	var b strings.Builder
	for i := range len(s) {
		c := s[i]
		if c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || strings.IndexByte("!#$&+-.^_`|~", c) >= 0 {
			b.WriteByte(c)
		} else {
			b.Write([]byte{'%', hexDigits[c>>4], hexDigits[c&15]})
		}
	}
	return b.String()
}
