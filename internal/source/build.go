package source

import (
	"maps"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"longhaul/internal/fetch"
)

// BuildTorrent writes a .torrent file from an info dictionary, tiers of
// trackers and the piece layers of a v2 torrent; the last two may be nil.
// Trackers that are not http, https or udp are left out, as is everything
// after the fiftieth.
func BuildTorrent(info []byte, tiers [][]string, layers map[string]string) []byte {
	var b []byte
	str := func(s string) {
		b = strconv.AppendInt(b, int64(len(s)), 10)
		b = append(append(b, ':'), s...)
	}
	b = append(b, 'd')
	if tiers = keepTrackers(tiers); len(tiers) > 0 {
		str("announce")
		str(tiers[0][0])
		str("announce-list")
		b = append(b, 'l')
		for _, tier := range tiers {
			b = append(b, 'l')
			for _, t := range tier {
				str(t)
			}
			b = append(b, 'e')
		}
		b = append(b, 'e')
	}
	str("info")
	b = append(b, info...)
	if len(layers) > 0 {
		str("piece layers")
		b = append(b, 'd')
		for _, root := range slices.Sorted(maps.Keys(layers)) {
			str(root)
			str(layers[root])
		}
		b = append(b, 'e')
	}
	return append(b, 'e')
}

// keepTrackers normalises trackers and drops unusable ones, repeated ones and
// those beyond the limit. Tiers stay, empty ones go.
func keepTrackers(tiers [][]string) [][]string {
	seen := map[string]bool{}
	var out [][]string
	for _, tier := range tiers {
		var kept []string
		for _, t := range tier {
			t, ok := cleanTracker(t)
			if !ok || seen[t] || len(seen) == MaxTrackers {
				continue
			}
			seen[t] = true
			kept = append(kept, t)
		}
		if len(kept) > 0 {
			out = append(out, kept)
		}
	}
	return out
}

func cleanTracker(t string) (string, bool) {
	t = strings.TrimSpace(t)
	if t == "" || len(t) > maxTrackerBytes || hasControl(t) {
		return "", false
	}
	u, err := url.Parse(t)
	if err != nil || u.User != nil || u.Opaque != "" {
		return "", false
	}
	u.Scheme, u.Host, u.Fragment = strings.ToLower(u.Scheme), strings.ToLower(u.Host), ""
	switch u.Scheme {
	case "http", "https":
	case "udp":
		if u.Port() == "" {
			return "", false
		}
	default:
		return "", false
	}
	if fetch.CheckHost(u.Hostname()) != nil {
		return "", false
	}
	return u.String(), true
}

func hasControl(s string) bool {
	return strings.ContainsFunc(s, func(r rune) bool { return r < ' ' || r == 0x7f })
}
