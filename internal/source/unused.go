package source

import (
	"net/url"
	"slices"
	"strconv"
	"strings"

	"longhaul/internal/fetch"
	"longhaul/internal/weburl"
)

// maxUnused is how many reasons a note names.
const maxUnused = 5

// reasons say why trackers or servers of a source are not used, each once.
type reasons []string

func (r *reasons) add(why string) {
	if len(*r) < maxUnused && !slices.Contains(*r, why) {
		*r = append(*r, why)
	}
}

// String lists the reasons.
func (r reasons) String() string { return strings.Join(r, ", ") }

// addressOf reads the address of a tracker or a web seed, as browsers do if it is
// not written by the rules; nil if it is none.
func addressOf(s string) *url.URL {
	s = strings.TrimSpace(s)
	if s == "" || len(s) > maxTrackerBytes || hasControl(s) {
		return nil
	}
	u, err := url.Parse(s)
	if err != nil {
		u, err = weburl.Parse(s)
	}
	if err != nil || u.Opaque != "" || u.Hostname() == "" {
		return nil
	}
	u.Scheme, u.Host = strings.ToLower(u.Scheme), strings.ToLower(u.Host)
	u.Fragment, u.RawFragment = "", ""
	return u
}

// whyUnused says why the server of an address is not asked, whatever its protocol;
// empty if it is. Where a host leads is checked when it is connected to.
func whyUnused(u *url.URL) string {
	switch {
	case u.User != nil:
		return "an address with a password"
	case fetch.CheckHost(u.Hostname()) != nil, fetch.IsMetadata(u.Hostname()):
		return "an address that isn't on the public internet"
	case u.Port() == "":
		return ""
	}
	n, err := strconv.ParseUint(u.Port(), 10, 16)
	switch {
	case err != nil || n == 0:
		return "a port that doesn't exist"
	case !fetch.DownloadPort(uint16(n)):
		return "port " + strconv.FormatUint(n, 10)
	default:
		return ""
	}
}

func schemeName(scheme string) string {
	if len(scheme) > 16 {
		return "an unknown protocol"
	}
	return scheme + "://"
}
