package source

import (
	"net"
	"net/netip"
	"slices"
	"strconv"
	"strings"

	"longhaul/internal/fetch"
	"longhaul/models"
)

// urlList reads web seeds (BEP 19): a list, or a single one that some programs
// write without.
func (r *reader) urlList() (seeds []string, err error) {
	keep := func() error {
		s, err := r.optionalString()
		if len(s) > 0 && len(s) <= maxTrackerBytes && len(seeds) < 10*MaxSeeds {
			seeds = append(seeds, string(s))
		}
		return err
	}
	if r.kind() != 'l' {
		err = keep()
		return seeds, err
	}
	err = r.list(keep)
	return seeds, err
}

// seedList is the web seeds of a source: those that are used, and why others
// are not.
type seedList struct {
	used   []string
	unused reasons
}

// readSeeds normalises web seeds and drops those that can't be fetched from,
// repeated ones and those beyond the limit. Where a host leads is checked when
// it is connected to.
func readSeeds(seeds []string) (l seedList) {
	for _, s := range seeds {
		clean, why := cleanSeed(s)
		if why != "" {
			l.unused.add(why)
		} else if clean != "" && len(l.used) < MaxSeeds && !slices.Contains(l.used, clean) {
			l.used = append(l.used, clean)
		}
	}
	return l
}

// note says which servers are not used; none if all are.
func (l seedList) note() []models.Reason {
	if len(l.unused) == 0 {
		return nil
	}
	return []models.Reason{models.Because(models.ReasonServersUnused, "what", l.unused.String())}
}

func keepSeeds(seeds []string) []string { return readSeeds(seeds).used }

// cleanSeed normalises a web seed. Of one that is not used it says why, or
// nothing if it is no address at all.
func cleanSeed(s string) (clean, unused string) {
	u := addressOf(s)
	if u == nil {
		return "", ""
	}
	if u.Scheme != "http" && u.Scheme != "https" {
		return "", schemeName(u.Scheme)
	}
	if why := whyUnused(u); why != "" {
		return "", why
	}
	if u.Path == "" {
		u.Path = "/"
	}
	return u.String(), ""
}

// keepPeers returns the peers of a magnet link (x.pe) that may be asked: a host
// or an address with a port on which downloads live.
func keepPeers(peers []string) (kept []string) {
	for _, p := range peers {
		host, port, err := net.SplitHostPort(strings.TrimSpace(p))
		if err != nil || len(host) > maxNameBytes || hasControl(host) || fetch.CheckHost(host) != nil || fetch.IsMetadata(host) {
			continue
		}
		n, err := strconv.ParseUint(port, 10, 16)
		if err != nil || !fetch.DownloadPort(uint16(n)) {
			continue
		}
		clean := net.JoinHostPort(strings.ToLower(host), strconv.FormatUint(n, 10))
		if addr, err := netip.ParseAddr(host); err == nil {
			clean = netip.AddrPortFrom(addr.Unmap(), uint16(n)).String()
		}
		if len(kept) < MaxSeeds && !slices.Contains(kept, clean) {
			kept = append(kept, clean)
		}
	}
	return kept
}

// Seeds returns the web seeds of a normalised magnet link.
func Seeds(magnet string) []string { return keepSeeds(values(magnet, "ws")) }

// Peers returns the peers that a normalised magnet link names.
func Peers(magnet string) []string { return keepPeers(values(magnet, "x.pe")) }

// values returns what a normalised magnet link has under a key.
func values(magnet, key string) (out []string) {
	_, query, _ := strings.Cut(magnet, "?")
	for pair := range strings.SplitSeq(query, "&") {
		if k, value, _ := strings.Cut(pair, "="); k == key {
			out = append(out, unescape(value))
		}
	}
	return out
}
