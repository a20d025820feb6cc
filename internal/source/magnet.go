package source

import (
	"cmp"
	"encoding/base32"
	"encoding/hex"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"unicode"

	"longhaul/models"
)

const (
	magnetScheme  = "magnet:"
	maxParameters = 2000
	sha256Prefix  = "1220" // multihash: SHA2-256, 32 bytes
)

// ParseMagnet checks a magnet link (BEP 9, BEP 52, BEP 53) and returns it
// normalised: lower-case hexadecimal info hashes, the name, at most 50
// trackers, 20 web seeds (ws) and 20 peers (x.pe), and the chosen files. Other
// parameters that name servers (xs, as) are left out. Faults are
// malformed_magnet and source_too_large.
func ParseMagnet(s string) (models.Source, error) {
	if len(s) > MaxMagnetBytes {
		return models.Source{}, models.Fault(models.ProblemSourceTooLarge,
			"The magnet link is longer than %d KiB.", MaxMagnetBytes>>10)
	}
	query, ok := magnetQuery(s)
	if !ok {
		return models.Source{}, badMagnet("it must start with “magnet:”")
	}
	src := models.Source{Kind: models.SourceMagnet}
	var trackers, seeds, peers, others []string
	var choice string
	for n := 0; query != ""; n++ {
		if n == maxParameters {
			return models.Source{}, badMagnet("it has too many parameters")
		}
		var pair string
		pair, query, _ = strings.Cut(query, "&")
		key, value, _ := strings.Cut(pair, "=")
		switch parameter(key) {
		case "xt":
			if err := addTopic(&src, unescape(value)); err != nil {
				return models.Source{}, err
			}
		case "dn":
			if src.Name == "" {
				src.Name = sanitizeTitle(unescape(value))
			}
		case "tr":
			if len(trackers) < 10*MaxTrackers {
				trackers = append(trackers, unescape(value))
			}
		case "ws":
			seeds = append(seeds, unescape(value))
		case "x.pe":
			peers = append(peers, unescape(value))
		case "xs", "as":
			others = append(others, parameter(key)+"=")
		case "so":
			choice, _, _ = strings.Cut(unescape(value), "#")
		}
	}
	if src.InfoHash() == "" {
		return models.Source{}, badMagnet("it has no info hash (xt=urn:btih:… or urn:btmh:…)")
	}
	var err error
	if src.Select, err = parseSelection(choice); err != nil {
		return models.Source{}, err
	}
	known, web := readTrackers([][]string{trackers}), readSeeds(seeds)
	for _, key := range others {
		web.unused.add(key)
	}
	src.Notes = slices.Concat(known.note(), web.note())
	src.URI = buildMagnet(src, known.tiers, web.used, keepPeers(peers))
	return src, nil
}

// Trackers returns the trackers of a normalised magnet link as tiers, for
// BuildTorrent.
func Trackers(magnet string) [][]string { return keepTrackers([][]string{values(magnet, "tr")}) }

// parameter returns the name without the number that tells repeated
// parameters apart (xt.1, tr.2).
func parameter(key string) string {
	key = strings.ToLower(key)
	name, number, ok := strings.Cut(key, ".")
	if !ok {
		return key
	}
	if _, err := strconv.Atoi(number); err != nil {
		return key
	}
	return name
}

// unescape undoes percent-encoding; a broken sequence leaves the text as it is.
func unescape(s string) string {
	if u, err := url.QueryUnescape(s); err == nil {
		return u
	}
	return s
}

// addTopic reads one exact topic. Topics of other networks are passed over.
// A fragment is not part of one, and neither are spaces, invisible characters and
// the punctuation of a sentence that the link ends.
func addTopic(src *models.Source, xt string) error {
	lower, _, _ := strings.Cut(strings.ToLower(xt), "#")
	lower = strings.Map(func(r rune) rune {
		if unicode.IsSpace(r) || unicode.Is(unicode.Cf, r) {
			return -1
		}
		return r
	}, lower)
	lower = strings.TrimRight(lower, `/.,;!?`)
	switch {
	case strings.HasPrefix(lower, "urn:btih:"):
		hash, ok := v1Hash(lower[len("urn:btih:"):])
		if !ok {
			return badMagnet("its info hash is not 40 hexadecimal or 32 base32 digits")
		}
		if src.InfoHashV1 != "" && src.InfoHashV1 != hash {
			return badMagnet("it has two different info hashes")
		}
		src.InfoHashV1 = hash
	case strings.HasPrefix(lower, "urn:btmh:"):
		hash, ok := strings.CutPrefix(lower[len("urn:btmh:"):], sha256Prefix)
		if !ok || !isHash(hash, 64) {
			return badMagnet("its v2 info hash is not a SHA-256 multihash")
		}
		if src.InfoHashV2 != "" && src.InfoHashV2 != hash {
			return badMagnet("it has two different info hashes")
		}
		src.InfoHashV2 = hash
	}
	return nil
}

// v1Hash normalises the two spellings of a v1 info hash to hexadecimal.
func v1Hash(s string) (string, bool) {
	if len(s) == 32 {
		b, err := base32.StdEncoding.DecodeString(strings.ToUpper(s))
		if err != nil {
			return "", false
		}
		s = hex.EncodeToString(b)
	}
	s = strings.ToLower(s)
	return s, isHash(s, 40)
}

// isHash reports whether s is so many lower-case hexadecimal digits, not all
// of them zero.
func isHash(s string, n int) bool {
	return len(s) == n && strings.Trim(s, "0123456789abcdef") == "" && strings.Trim(s, "0") != ""
}

// parseSelection reads the file indexes of BEP 53: numbers and ranges joined
// by commas. It returns them ascending, each once; nil is all files. Ranges are
// merged before they are written out, however often they overlap.
func parseSelection(s string) ([]int, error) {
	if s == "" {
		return nil, nil
	}
	type span struct{ from, to int }
	var spans []span
	for item := range strings.SplitSeq(s, ",") {
		low, high, isRange := strings.Cut(strings.TrimSpace(item), "-")
		from, ok := fileIndex(low)
		to := from
		if ok && isRange {
			to, ok = fileIndex(high)
		}
		if !ok || to < from {
			return nil, badMagnet("its file selection (so=) is not a list of numbers and ranges").In("so")
		}
		spans = append(spans, span{from, to})
	}
	slices.SortFunc(spans, func(a, b span) int { return cmp.Compare(a.from, b.from) })
	out, next := []int{}, 0
	for _, r := range spans {
		for next = max(next, r.from); next <= r.to; next++ {
			out = append(out, next)
		}
	}
	return out, nil
}

// fileIndex reads a file's index, which is bounded by the number of files that
// a torrent may have.
func fileIndex(s string) (int, bool) {
	if s == "" || len(s) > 5 || strings.Trim(s, "0123456789") != "" {
		return 0, false
	}
	n, err := strconv.Atoi(s)
	return n, err == nil && n < MaxFiles
}

func buildMagnet(src models.Source, tiers [][]string, seeds, peers []string) string {
	var b strings.Builder
	b.WriteString("magnet:?")
	sep := ""
	add := func(key, value string) {
		b.WriteString(sep + key + "=" + value)
		sep = "&"
	}
	if src.InfoHashV1 != "" {
		add("xt", "urn:btih:"+src.InfoHashV1)
	}
	if src.InfoHashV2 != "" {
		add("xt", "urn:btmh:"+sha256Prefix+src.InfoHashV2)
	}
	if src.Name != "" {
		add("dn", url.QueryEscape(src.Name))
	}
	for _, tier := range tiers {
		for _, t := range tier {
			add("tr", url.QueryEscape(t))
		}
	}
	for _, s := range seeds {
		add("ws", url.QueryEscape(s))
	}
	for _, p := range peers {
		add("x.pe", url.QueryEscape(p))
	}
	if src.Select != nil {
		add("so", formatSelection(src.Select))
	}
	return b.String()
}

// formatSelection writes ascending indexes as numbers and ranges.
func formatSelection(indexes []int) string {
	var parts []string
	for i := 0; i < len(indexes); {
		j := i
		for j+1 < len(indexes) && indexes[j+1] == indexes[j]+1 {
			j++
		}
		part := strconv.Itoa(indexes[i])
		if j > i {
			part += "-" + strconv.Itoa(indexes[j])
		}
		parts = append(parts, part)
		i = j + 1
	}
	return strings.Join(parts, ",")
}

func badMagnet(what string) *models.Error {
	return models.Fault(models.ProblemMalformedMagnet, "This magnet link isn't valid: %s.", what)
}
