package contract

import (
	"encoding/json"
	"fmt"
	"net/http"
	"regexp"
	"slices"
	"strings"
	"time"
)

// normal takes out of answers what differs from run to run: ids, times, tokens
// and ports.
type normal struct {
	names [][2]string // value and what stands for it, in the order of their registration
}

// name has a placeholder stand for a value.
func (n *normal) name(value, placeholder string) {
	if value != "" {
		n.names = append(n.names, [2]string{value, "<" + placeholder + ">"})
	}
}

// pattern is a kind of value that is never the same.
type pattern struct {
	is *regexp.Regexp
	as string
}

var patterns = []pattern{
	{regexp.MustCompile(`/(f|z|s|sz|p)/[^/"?]+/`), "/$1/<token>/"},
	{regexp.MustCompile(`\blh_[A-Za-z0-9_-]{43}`), "<api token>"},
	{regexp.MustCompile(`\b[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}\b`), "<uuid>"},
	{regexp.MustCompile(`\b[0-9a-f]{64}\b`), "<sha256>"},
	{regexp.MustCompile(`\b[0-9a-f]{32}\b`), "<tag>"},
	{regexp.MustCompile(`(^|[^A-Za-z0-9_-])[A-Za-z0-9_-]{43}($|[^A-Za-z0-9_-])`), "$1<token>$2"},
	{regexp.MustCompile(`\b[A-Za-z0-9_-]{60,}`), "<token>"},
	{regexp.MustCompile(`secret=[A-Z2-7]+`), "secret=<secret>"},
	{regexp.MustCompile(`\b\d{4}-\d\d-\d\d\b`), "<day>"},
}

var (
	instant  = regexp.MustCompile(`\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)`)
	httpDate = regexp.MustCompile(`[A-Z][a-z]{2}, \d\d [A-Z][a-z]{2} \d{4} \d\d:\d\d:\d\d GMT`)
)

// text normalises a string of an answer.
func (n *normal) text(s string) string {
	s = instant.ReplaceAllStringFunc(s, func(at string) string { return ago(time.RFC3339, at) })
	s = httpDate.ReplaceAllStringFunc(s, func(at string) string { return ago(http.TimeFormat, at) })
	return n.asked(s)
}

// asked normalises a string of a request, whose times are always the same.
func (n *normal) asked(s string) string {
	for _, v := range n.names {
		s = strings.ReplaceAll(s, v[0], v[1])
	}
	for _, p := range patterns {
		s = p.is.ReplaceAllString(s, p.as)
	}
	return s
}

// ago writes a time as its distance from now, as roughly as a slow machine
// needs.
func ago(layout, s string) string {
	at, err := time.Parse(layout, s)
	if err != nil {
		return "<time>"
	}
	d := time.Until(at).Round(10 * time.Minute)
	if d == 0 {
		return "<now>"
	}
	return fmt.Sprintf("<now%+dm>", int(d.Minutes()))
}

// Members of objects, by how they are normalised.
var (
	// The wording and shape of reasons are not part of the recording.
	leftOut = []string{"reason", "nextAction", "waiting", "attempt", "maxAttempts"}
	// Prose for people: only its presence counts, not what it says. The code
	// next to it is the contract.
	prose = []string{"advice", "what", "detail", "title", "message", "missing", "summary", "credentialsNote", "fault", "unavailable", "passwordRule"}
	// Different in each run.
	opaque = []string{
		"secret", "credential", "qr", "hint", "nextCursor", "since", "resetsAt", "challenge", "recoveryCodes", "days", "hours", "rawId", "user",
		"headId", "brokenId", "entries:number", "id:number",
	}
)

// value normalises a decoded JSON value at a key.
func (n *normal) value(key string, v any) any {
	switch v := v.(type) {
	case map[string]any:
		return n.object(v)
	case []any:
		for i := range v {
			v[i] = n.value("", v[i])
		}
		return v
	case string:
		switch {
		case v == "":
			return v
		case slices.Contains(prose, key):
			return "<text>"
		}
		return n.text(v)
	case json.Number:
		if slices.Contains(opaque, key+":number") {
			return "<number>"
		}
	}
	return v
}

func (n *normal) object(m map[string]any) any {
	if _, event := m["kind"]; event {
		delete(m, "message") // the reason of a job's event
	}
	for k, v := range m {
		if slices.Contains(leftOut, k) {
			delete(m, k)
			continue
		}
		if slices.Contains(opaque, k) {
			m[k] = hidden(k, v, n)
			continue
		}
		m[k] = n.value(k, v)
	}
	return m
}

// hidden shows only that an opaque value is present.
func hidden(key string, v any, n *normal) any {
	switch v := v.(type) {
	case string:
		if v != "" {
			return "<" + key + ">"
		}
	case []any:
		return fmt.Sprintf("<%d %s>", len(v), key)
	case map[string]any:
		if key == "user" && v["email"] != nil { // an account, not a passkey's owner
			return n.object(v)
		}
		if key == "challenge" || key == "user" {
			return "<" + key + ">"
		}
		return n.object(v)
	}
	return v
}
