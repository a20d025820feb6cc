package httpengine

import (
	"bufio"
	"bytes"
	"io"
	"mime"
	"net/http"
	"net/url"
	"path"
	"slices"
	"strings"

	"longhaul/models"
)

// How much of a body is looked at, to tell a page and to tell a coding.
const (
	sniffed = 512
	tasted  = 4 << 10
)

// peeked is a body of which the beginning can be looked at.
type peeked struct {
	*bufio.Reader
	io.Closer
}

// peek returns the beginning of the body without taking it, n bytes if there are so
// many.
func (a *answer) peek(n int) []byte {
	p, ok := a.body.(peeked)
	if !ok {
		p = peeked{bufio.NewReaderSize(a.body, peekBuffer), a.body}
		a.body = p
	}
	b, err := p.Peek(n)
	if err == nil {
		b, _ = p.Peek(p.Buffered())
	}
	return b
}

// judge finds out what the body is encoded in, and refuses a web page that nobody
// asked for.
func (r *requester) judge(a *answer) error {
	var start []byte
	if len(a.codings) > 0 {
		start = a.judgeCodings(r.first)
	}
	says := saysPage(a.header)
	if r.keepPage || attached(a.header) || namesPage(r.first) || !says && !holdsBytes(r.first) {
		return nil
	}
	if start == nil {
		start = a.peek(sniffed)
	}
	if says && isPage(start, r.first) || !says && isMarked(start) {
		return models.Fault(models.ProblemNotAFile, "The address is a web page, not a file.")
	}
	return nil
}

func attached(h http.Header) bool {
	kind, _, _ := strings.Cut(h.Get("Content-Disposition"), ";")
	return strings.EqualFold(strings.TrimSpace(kind), "attachment")
}

// saysPage reports whether the response calls itself a web page, or nothing at all.
func saysPage(h http.Header) bool {
	kind, _, _ := mime.ParseMediaType(h.Get("Content-Type"))
	return kind == "" || kind == "text/html" || kind == "application/xhtml+xml"
}

// namesPage reports whether an address asks for a web page by its extension.
func namesPage(u *url.URL) bool {
	switch extensionOf(u) {
	case "html", "htm", "xhtml", "xht", "shtml", "mhtml":
		return true
	default:
		return false
	}
}

func extensionOf(u *url.URL) string {
	return strings.ToLower(strings.TrimPrefix(path.Ext(u.Path), "."))
}

// isPage reports whether the bytes, which their server calls a web page or
// nothing, are one: whatever begins like a page, and a message in plain words in
// place of a film.
func isPage(start []byte, asked *url.URL) bool {
	start = bytes.TrimSpace(bytes.TrimPrefix(start, []byte("\xef\xbb\xbf")))
	if len(start) == 0 {
		return false
	}
	kind, _, _ := strings.Cut(http.DetectContentType(start), ";")
	switch kind {
	case "text/html":
		return !holdsText(asked) || hasMarkup(start) // a comment or a tag begins other files, too
	case "text/xml":
		return bytes.Contains(bytes.ToLower(start), []byte("<html"))
	case "text/plain":
		return hasMarkup(start) && !holdsText(asked) || holdsBytes(asked) && !beginsTorrent(start)
	default:
		return false
	}
}

// isMarked reports whether the bytes are a page beyond doubt, whatever their server
// calls them.
func isMarked(start []byte) bool {
	kind, _, _ := strings.Cut(http.DetectContentType(bytes.TrimSpace(start)), ";")
	return kind == "text/html" && hasMarkup(start)
}

// hasMarkup finds the tags of a page that does not begin with one.
func hasMarkup(start []byte) bool {
	low := bytes.ToLower(start)
	return slices.ContainsFunc([]string{"<!doctype html", "<html", "<head>", "<head ", "<title>", "<body", "<meta ", "<script"},
		func(tag string) bool { return bytes.Contains(low, []byte(tag)) })
}

// holdsText reports whether the address names a file of text.
func holdsText(u *url.URL) bool {
	switch extensionOf(u) {
	case "txt", "csv", "tsv", "json", "jsonl", "ndjson", "xml", "md", "log", "srt", "vtt", "ass", "ssa", "sub", "nfo", "cue", "m3u",
		"m3u8", "mpd", "yaml", "yml", "toml", "ini", "conf", "sql", "js", "css", "svg", "asc", "sig", "pem", "ics", "vcf", "rss", "atom",
		"opml", "tex", "rtf", "sh", "py", "go", "c", "h", "md5", "sha1", "sha256", "sha512", "sfv", "diff", "patch", "eml", "mbox":
		return true
	default:
		return false
	}
}

// holdsBytes reports whether the address names a file that text cannot be.
func holdsBytes(u *url.URL) bool {
	switch extensionOf(u) {
	case "mkv", "mp4", "m4v", "webm", "avi", "mov", "wmv", "mpg", "mpeg", "flv", "mp3", "m4a", "m4b", "flac", "ogg", "opus", "wav",
		"zip", "7z", "rar", "gz", "tgz", "xz", "bz2", "zst", "br", "tar", "iso", "img", "dmg", "exe", "msi", "deb", "rpm", "apk", "jar",
		"pdf", "epub", "mobi", "azw3", "djvu", "docx", "xlsx", "pptx", "odt", "jpg", "jpeg", "png", "gif", "webp", "avif", "heic", "bmp",
		"tif", "tiff", "psd", "ttf", "otf", "woff", "woff2", "wasm", "parquet", "sqlite", "torrent":
		return true
	default:
		return false
	}
}
