package source

import "longhaul/models"

// trackerList is the trackers of a source: those that are used, in tiers, and
// why others are not.
type trackerList struct {
	tiers  [][]string
	unused reasons
}

// readTrackers normalises trackers and drops unusable ones, repeated ones and
// those beyond the limit. Tiers stay, empty ones go.
func readTrackers(tiers [][]string) (l trackerList) {
	seen := map[string]bool{}
	for _, tier := range tiers {
		var kept []string
		for _, t := range tier {
			t, why := cleanTracker(t)
			switch {
			case why != "":
				l.unused.add(why)
			case t != "" && !seen[t] && len(seen) < MaxTrackers:
				seen[t] = true
				kept = append(kept, t)
			}
		}
		if len(kept) > 0 {
			l.tiers = append(l.tiers, kept)
		}
	}
	return l
}

// note says which trackers are not used; none if all are.
func (l trackerList) note() []models.Reason {
	if len(l.unused) == 0 {
		return nil
	}
	left := 0
	for _, tier := range l.tiers {
		left += len(tier)
	}
	return []models.Reason{models.Because(models.ReasonTrackersUnused, "what", l.unused.String(), "left", left)}
}

// keepTrackers returns the tiers of the trackers that are used.
func keepTrackers(tiers [][]string) [][]string { return readTrackers(tiers).tiers }

// cleanTracker normalises a tracker. Of one that is not used it says why, or
// nothing if it is no address at all.
func cleanTracker(t string) (clean, unused string) {
	u := addressOf(t)
	if u == nil {
		return "", ""
	}
	switch u.Scheme {
	case "http", "https":
	case "udp":
		if u.Port() == "" {
			return "", "udp without a port"
		}
	default:
		return "", schemeName(u.Scheme)
	}
	if why := whyUnused(u); why != "" {
		return "", why
	}
	return u.String(), ""
}

// announceList reads the tiers of BEP 12. Lists that some programs write flat
// are no tiers; they are returned apart.
func (r *reader) announceList() (tiers [][]string, flat []string, err error) {
	if r.kind() != 'l' {
		return nil, nil, r.skip()
	}
	kept := 0
	keep := func(to *[]string) error {
		s, err := r.optionalString()
		if len(s) > 0 && len(s) <= maxTrackerBytes && kept < 10*MaxTrackers {
			*to = append(*to, string(s))
			kept++
		}
		return err
	}
	err = r.list(func() error {
		if r.kind() != 'l' {
			return keep(&flat)
		}
		var tier []string
		err := r.list(func() error { return keep(&tier) })
		if len(tier) > 0 {
			tiers = append(tiers, tier)
		}
		return err
	})
	return tiers, flat, err
}

// announce reads the single tracker of BEP 3, which some programs write as a
// list.
func (r *reader) announce() (string, error) {
	if r.kind() != 'l' {
		s, err := r.optionalString()
		return string(s), err
	}
	first := ""
	err := r.list(func() error {
		s, err := r.optionalString()
		if first == "" {
			first = string(s)
		}
		return err
	})
	return first, err
}

// chooseTrackers returns the trackers that count: the list's tiers, or the
// single one if none of those can be used, or those of a flat list.
func chooseTrackers(tiers [][]string, announce string, flat []string) trackerList {
	list := readTrackers(tiers)
	for _, other := range [][]string{{announce}, flat} {
		if len(list.tiers) > 0 {
			break
		}
		next := readTrackers([][]string{other})
		for _, why := range list.unused {
			next.unused.add(why)
		}
		list = next
	}
	return list
}
