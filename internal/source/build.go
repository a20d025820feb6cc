package source

import (
	"maps"
	"slices"
	"strconv"
	"strings"
)

// BuildTorrent writes a .torrent file from an info dictionary, tiers of
// trackers and the piece layers of a v2 torrent; the last two may be nil.
// Trackers that are not http, https or udp are left out, as is everything
// after the fiftieth.
func BuildTorrent(info []byte, tiers [][]string, layers map[string]string) []byte {
	return metafile{info: info, trackers: readTrackers(tiers), layers: layers}.build()
}

// BuildWebTorrent is BuildTorrent for a torrent with web seeds. Those that are
// not http or https are left out.
func BuildWebTorrent(info []byte, tiers [][]string, layers map[string]string, seeds []string) []byte {
	return metafile{info: info, trackers: readTrackers(tiers), layers: layers, seeds: readSeeds(seeds)}.build()
}

// build writes the .torrent file.
func (m metafile) build() []byte {
	w := writer{'d'}
	if tiers := m.trackers.tiers; len(tiers) > 0 {
		w.str("announce")
		w.str(tiers[0][0])
		w.str("announce-list")
		w = append(w, 'l')
		for _, tier := range tiers {
			w.list(tier)
		}
		w = append(w, 'e')
	}
	if m.encoding != "" {
		w.str("encoding")
		w.str(m.encoding)
	}
	w.str("info")
	w = append(w, m.info...)
	if len(m.layers) > 0 {
		w.str("piece layers")
		w = append(w, 'd')
		for _, root := range slices.Sorted(maps.Keys(m.layers)) {
			w.str(root)
			w.str(m.layers[root])
		}
		w = append(w, 'e')
	}
	if len(m.seeds.used) > 0 {
		w.str("url-list")
		w.list(m.seeds.used)
	}
	return append(w, 'e')
}

// writer is bencoded bytes that are being written.
type writer []byte

func (w *writer) str(s string) {
	*w = strconv.AppendInt(*w, int64(len(s)), 10)
	*w = append(append(*w, ':'), s...)
}

func (w *writer) integer(n int64) {
	*w = append(strconv.AppendInt(append(*w, 'i'), n, 10), 'e')
}

func (w *writer) list(items []string) {
	*w = append(*w, 'l')
	for _, item := range items {
		w.str(item)
	}
	*w = append(*w, 'e')
}

func hasControl(s string) bool {
	return strings.ContainsFunc(s, func(r rune) bool { return r < ' ' || r == 0x7f })
}
