package source

import "strings"

// InlineType returns the media type under which content may be shown in a
// browser, "" if it may not.
func InlineType(contentType string) string {
	base, _, _ := strings.Cut(contentType, ";")
	base = strings.ToLower(strings.TrimSpace(base))
	switch base {
	case "image/png", "image/jpeg", "image/gif", "image/webp", "image/avif":
		return base
	case "text/plain":
		return "text/plain; charset=utf-8"
	}
	kind, sub, ok := strings.Cut(base, "/")
	if ok && (kind == "video" || kind == "audio") && isToken(sub) {
		return base
	}
	return ""
}

func isToken(s string) bool {
	return s != "" && strings.Trim(s, "abcdefghijklmnopqrstuvwxyz0123456789.+-") == ""
}
