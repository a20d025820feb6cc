package supervisor

import (
	"cmp"
	"context"
	"errors"
	"os"
	"path/filepath"
	"slices"

	"longhaul/internal/jsonfile"
)

// paceName is the file that keeps the speed limit, so that it holds while the
// control plane is away.
const paceName = "pace.json"

type savedPace struct {
	BytesPerSecond int64 `json:"bytesPerSecond"`
}

// SetPace bounds what all transfers fetch together, in bytes per second; 0 is no
// limit. It takes effect at once and holds after a restart.
func (s *Supervisor) SetPace(ctx context.Context, bytesPerSecond int64) {
	s.mu.Lock()
	same := s.pace == bytesPerSecond
	s.pace = bytesPerSecond
	s.mu.Unlock()
	if same {
		return
	}
	s.log.InfoContext(ctx, "an admin changed the speed limit", "bytes_per_second", bytesPerSecond)
	if err := jsonfile.Write(filepath.Join(s.env.Dir, paceName), savedPace{bytesPerSecond}); err != nil {
		s.log.WarnContext(ctx, "could not save the speed limit", "error", err)
	}
	s.divide()
}

func (s *Supervisor) loadPace(ctx context.Context) {
	var p savedPace
	if err := jsonfile.Read(filepath.Join(s.env.Dir, paceName), &p); err != nil {
		if !errors.Is(err, os.ErrNotExist) {
			s.log.WarnContext(ctx, "could not read the speed limit", "error", err)
		}
		return
	}
	s.mu.Lock()
	s.pace = max(0, p.BytesPerSecond)
	s.mu.Unlock()
}

// dividePace gives each running transfer its part of the agent's speed limit, and
// no more than the transfer's own limit.
func (s *Supervisor) dividePace(running []*transfer) {
	s.mu.Lock()
	all := s.pace
	s.mu.Unlock()
	uses := make([]paceUse, len(running))
	for i, t := range running {
		uses[i].rate = t.Status().DownRate
		t.mu.Lock()
		uses[i].given, uses[i].most = t.pace, t.saved.Start.BytesPerSecond
		t.mu.Unlock()
	}
	parts := divided(all, uses)
	// Those that get less are told first, so that together they never have more.
	order := make([]int, len(running))
	for i := range order {
		order[i] = i
	}
	slices.SortFunc(order, func(a, b int) int { return cmp.Compare(parts[a]-uses[a].given, parts[b]-uses[b].given) })
	for _, i := range order {
		running[i].setPace(parts[i])
	}
}

// paceUse is what a transfer was given of the speed limit, 0 for none yet, what it
// fetches, and the most that it may, 0 for any speed.
type paceUse struct{ given, rate, most int64 }

// divided divides the limit. Each transfer may have an equal part; one that uses
// much less than it was given gets a little more than it uses, and the others share
// what it leaves, and also what one leaves that may have less than its part. The parts
// are no more than the limit together, and all of it while one can use it. Without a
// limit, each transfer has its own.
func divided(all int64, uses []paceUse) []int64 {
	parts := make([]int64, len(uses))
	if all <= 0 || len(uses) == 0 {
		for i, u := range uses {
			parts[i] = u.most
		}
		return parts
	}
	need := make([]int64, len(uses))
	order := make([]int, len(uses))
	least := max(1, all/int64(10*len(uses)))
	for i, u := range uses {
		order[i], need[i] = i, all
		if u.given > 0 && u.rate < u.given/10*8 {
			need[i] = max(least, u.rate/4*5)
		}
		if u.most > 0 {
			need[i] = min(need[i], u.most)
		}
	}
	slices.SortStableFunc(order, func(a, b int) int { return cmp.Compare(need[a], need[b]) })
	left := all
	for k, i := range order {
		parts[i] = max(1, min(need[i], left/int64(len(order)-k)))
		left -= parts[i]
	}
	return parts
}
