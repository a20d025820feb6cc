// Package telemetry makes loggers that keep secrets out of the log, and serves
// metrics. It decides neither what is logged nor what is counted.
package telemetry

import (
	"fmt"
	"io"
	"log/slog"
	"regexp"
	"strings"
)

// hidden replaces what must not be logged.
const hidden = "[hidden]"

// NewLogger returns a logger of the level that writes JSON, or text for people,
// with secrets removed from messages and values: magnet links, passkeys,
// signatures of addresses, tokens and passwords.
func NewLogger(w io.Writer, level slog.Leveler, text bool) *slog.Logger {
	o := &slog.HandlerOptions{Level: level, ReplaceAttr: replace}
	if text {
		return slog.New(slog.NewTextHandler(w, o))
	}
	return slog.New(slog.NewJSONHandler(w, o))
}

// secretKeys are attribute keys whose values are never logged.
var secretKeys = regexp.MustCompile(`(?i)(^|_)(password|secret|token|credential|cookie|authorization|magnet|presigned_url)$`)

func replace(_ []string, a slog.Attr) slog.Attr {
	if secretKeys.MatchString(a.Key) {
		return slog.String(a.Key, hidden)
	}
	switch a.Value.Kind() {
	case slog.KindString:
		a.Value = slog.StringValue(Redact(a.Value.String()))
	case slog.KindAny:
		if a.Value.Any() == nil {
			return a
		}
		// What a value prints as is what a reader would see. Values without a
		// secret keep their own form.
		printed := fmt.Sprint(a.Value.Any())
		if clean := Redact(printed); clean != printed {
			a.Value = slog.StringValue(clean)
		}
	default:
	}
	return a
}

// pattern is a form of a secret and what is left of it.
type pattern struct {
	find *regexp.Regexp
	keep string
}

// patterns are the forms in which secrets come in texts of others, such as the
// errors of an HTTP client.
var patterns = []pattern{
	{regexp.MustCompile(`(?i)magnet:\?[^\s"']+`), "magnet:" + hidden},
	{regexp.MustCompile(`(?i)\b(passkey|authkey|auth|torrent_pass|token|secret|key|sig|signature|password|pid|uid|x-amz-[a-z-]+)=[^&\s"']+`), "$1=" + hidden},
	{regexp.MustCompile(`(?i)/[0-9a-z_-]{16,}/(announce|scrape)`), "/" + hidden + "/$1"},
	{regexp.MustCompile(`(?i)/(announce|scrape)/[0-9a-z_-]{16,}`), "/$1/" + hidden},
	{regexp.MustCompile(`(?i)\b(bearer|basic)\s+[a-z0-9+/=._~-]{8,}`), "$1 " + hidden},
	{regexp.MustCompile(`(?i)([a-z][a-z0-9+.-]*://)[^/\s@"']+@`), "$1" + hidden + "@"},
	{regexp.MustCompile(`/(f|z)/[A-Za-z0-9_.-]{24,}`), "/$1/" + hidden},
}

// Redact returns the text without the secrets that have one of the known
// forms.
func Redact(s string) string {
	if !strings.ContainsAny(s, ":=/ ") {
		return s // none of the forms does without
	}
	for _, p := range patterns {
		s = p.find.ReplaceAllString(s, p.keep)
	}
	return s
}
