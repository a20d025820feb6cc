package seedrtest

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"time"
)

// Stats is what was counted since the start.
type Stats struct {
	Calls       map[string]int   `json:"calls"` // API calls by route
	Faults      map[Fault]int    `json:"faults"`
	Adds        map[string]int   `json:"adds"`        // transfers started, by info hash
	Served      map[string]int64 `json:"served"`      // bytes of content sent, by file name
	ServedTotal int64            `json:"servedTotal"` // bytes of content sent
	MaxReaders  int              `json:"maxReaders"`  // the most that one link had at once, refused ones included
	Refused     int              `json:"refused"`     // readers over the limit
	Links       int              `json:"links"`       // links handed out
	Violations  []string         `json:"violations"`  // what a correct client never does

	at []time.Time // of each API call
}

func newStats() Stats {
	return Stats{
		Calls: make(map[string]int), Faults: make(map[Fault]int), Adds: make(map[string]int), Served: make(map[string]int64),
	}
}

// Stats returns the counters.
func (s *Sim) Stats() Stats {
	s.mu.Lock()
	defer s.mu.Unlock()
	out := s.stats
	out.Calls, out.Faults = maps.Clone(out.Calls), maps.Clone(out.Faults)
	out.Adds, out.Served = maps.Clone(out.Adds), maps.Clone(out.Served)
	out.Violations, out.at = slices.Clone(out.Violations), slices.Clone(out.at)
	return out
}

// Total is the number of API calls.
func (s Stats) Total() int { return len(s.at) }

// PerMinute returns the most calls in any minute, and how many there were each
// minute on average from the first to the last.
func (s Stats) PerMinute() (most int, mean float64) {
	from := 0
	for i, at := range s.at {
		for at.Sub(s.at[from]) >= time.Minute {
			from++
		}
		most = max(most, i-from+1)
	}
	if len(s.at) > 1 {
		if span := s.at[len(s.at)-1].Sub(s.at[0]); span > 0 {
			mean = float64(len(s.at)-1) / max(span.Minutes(), 1)
		}
	}
	return most, mean
}

// Empty returns an error while the account holds anything.
func (s *Sim) Empty() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	var errs []error
	for _, t := range s.transfers {
		if t.listed {
			errs = append(errs, fmt.Errorf("transfer %q at %.1f %%", t.name, t.progress))
		}
	}
	for _, f := range s.folders {
		errs = append(errs, fmt.Errorf("folder %q", f.name))
	}
	for _, f := range s.files {
		errs = append(errs, fmt.Errorf("file %q", f.name))
	}
	for _, w := range s.wishes {
		errs = append(errs, fmt.Errorf("wishlist entry %q", w.src.Name))
	}
	return errors.Join(errs...)
}

// violate keeps that a client did what a correct one does not.
func (s *Sim) violate(format string, args ...any) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.stats.Violations = append(s.stats.Violations, fmt.Sprintf(format, args...))
}
