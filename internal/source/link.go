package source

import (
	"net/url"
	"strings"
	"unicode"
)

// encodedScheme is magnetScheme in a link that is percent-encoded as a whole.
const encodedScheme = "magnet%3a"

// wrappers are what people and programs put around a link, by the opening one.
var wrappers = map[string]string{
	"<": ">", `"`: `"`, "'": "'", "`": "`", "(": ")", "[": "]", "“": "”", "„": "“", "‘": "’", "«": "»",
}

// magnetQuery finds the parameters of a magnet link in text as it is pasted:
// in brackets or quotes, wrapped over lines, encoded as a whole, with slashes
// after the scheme or as web+magnet. It returns false for other text.
func magnetQuery(text string) (string, bool) {
	link, ok := cutScheme(unwrap(text))
	if !ok {
		return "", false
	}
	link = strings.ReplaceAll(joinLines(link), "&amp;", "&") // copied out of a page's source
	if !strings.Contains(link, "=") || strings.HasPrefix(strings.ToLower(link), "%3f") {
		link = decoded(link)
	}
	return strings.TrimLeft(link, "/?"), true
}

// isMagnet reports whether text is meant as a magnet link.
func isMagnet(text string) bool {
	_, ok := cutScheme(unwrap(text))
	return ok
}

// cutScheme returns what follows the scheme, decoded if that is encoded too.
func cutScheme(text string) (string, bool) {
	const web = "web+"
	if len(text) > len(web) && strings.EqualFold(text[:len(web)], web) {
		text = text[len(web):]
	}
	for range 3 { // encoded once, and by a page that encoded it again
		if len(text) >= len(magnetScheme) && strings.EqualFold(text[:len(magnetScheme)], magnetScheme) {
			return text[len(magnetScheme):], true
		}
		again := strings.ReplaceAll(strings.ToLower(text[:min(len(text), 16)]), "%25", "%")
		if !strings.HasPrefix(again, encodedScheme) {
			return "", false
		}
		text = decoded(text)
	}
	return "", false
}

// unwrap takes away spaces and invisible characters around a text, and what
// encloses it. What follows the closing one is not part of the link.
func unwrap(text string) string {
	blank := func(r rune) bool { return unicode.IsSpace(r) || unicode.Is(unicode.Cf, r) || unicode.Is(unicode.Cc, r) }
	for range 4 {
		text = strings.TrimFunc(text, blank)
		if after, ok := cutFold(text, "url:"); ok { // <URL:…> of RFC 3986
			text = strings.TrimLeftFunc(after, blank)
		}
		opening, closing := "", ""
		for o, c := range wrappers {
			if strings.HasPrefix(text, o) {
				opening, closing = o, c
			}
		}
		if opening == "" {
			return text
		}
		text = text[len(opening):]
		if i := strings.LastIndex(text, closing); i >= 0 {
			text = text[:i]
		}
	}
	return text
}

func cutFold(s, prefix string) (string, bool) {
	if len(s) >= len(prefix) && strings.EqualFold(s[:len(prefix)], prefix) {
		return s[len(prefix):], true
	}
	return s, false
}

// joinLines undoes the wrapping of a link: line breaks go, with the indentation
// and the marks of quoted mail that follow them.
func joinLines(s string) string {
	if !strings.ContainsAny(s, "\r\n") {
		return s
	}
	var b strings.Builder
	for i, line := range strings.FieldsFunc(s, func(r rune) bool { return r == '\r' || r == '\n' }) {
		if i > 0 {
			line = strings.TrimLeft(line, "> \t")
		}
		b.WriteString(strings.TrimRight(line, " \t"))
	}
	return b.String()
}

// decoded undoes percent-encoding where it is valid, and leaves plus signs.
func decoded(s string) string {
	if u, err := url.PathUnescape(s); err == nil {
		return u
	}
	return s
}
