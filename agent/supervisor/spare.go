package supervisor

import (
	"cmp"
	"context"
	"maps"
	"slices"
	"time"

	"longhaul/agent/agentapi"
	"longhaul/models"
)

// shedAfter is how long a transfer that still has its job stays after its end,
// whatever the disk looks like: the control plane has to read how it ended.
const shedAfter = time.Minute

// How many bytes of the disk, or a fifth of it, are kept free of what may be needed
// again. Bytes of stored parts leave more: running transfers count on their space
// and may fill gigabytes of it before the next look.
const (
	freeOfSpare = 4 * models.LeastDisk
	freeOfKept  = 16 * models.LeastDisk
)

// shed removes bytes that may not be needed. While space is short, those of parts
// that are in storage go first. Then those of transfers that do not run: the ones
// that are kept in case their job comes back, when their time is over, and while
// space is still short all that has ended, the oldest of the kept ones first.
func (s *Supervisor) shed(ctx context.Context) {
	s.expireKept(ctx)
	now := s.env.Now()
	short, idle := s.shortage()
	short = min(short-s.giveBack(ctx, max(short, s.budget.missing(freeOfKept))), idle)
	for _, t := range s.sheddable(now) {
		over := t.spare() && now.Sub(t.endedAt()) >= s.env.KeepFor
		if !over && short <= 0 {
			continue
		}
		short -= t.onDisk()
		s.log.InfoContext(ctx, "removing the bytes of a transfer that does not run", "job_id", t.id, "bytes", t.onDisk(), "for_space", !over)
		s.purgeIdle(ctx, t)
	}
}

// shortage returns how many bytes have to go for the running transfers to have
// the disk to themselves, and how many lie there of transfers that do not run,
// besides parts that are in storage.
func (s *Supervisor) shortage() (short, idle int64) {
	var held int64
	for _, t := range s.all() {
		if t.running() {
			held += t.onDisk()
		} else {
			idle += t.onDisk()
		}
	}
	short = s.budget.missing(freeOfSpare)
	if s.budget.limit > 0 {
		short = max(short, held+idle+s.kept()-s.budget.limit)
	}
	return short, idle
}

// sheddable returns the transfers whose bytes may go, in the order in which they
// go.
func (s *Supervisor) sheddable(now time.Time) []*transfer {
	idle := slices.DeleteFunc(s.all(), func(t *transfer) bool {
		return !t.idle() || !t.spare() && (t.onDisk() == 0 || now.Sub(t.endedAt()) < shedAfter)
	})
	slices.SortFunc(idle, func(a, b *transfer) int {
		if a.spare() != b.spare() {
			if a.spare() {
				return -1
			}
			return 1
		}
		return cmp.Or(a.endedAt().Compare(b.endedAt()), cmp.Compare(a.id, b.id))
	})
	return idle
}

// purgeIdle removes the transfer unless a newer attempt took its place.
func (s *Supervisor) purgeIdle(ctx context.Context, t *transfer) {
	defer s.claim(t.id)()
	if s.get(t.id) == t {
		s.purge(ctx, t)
	}
}

// all returns the transfers that the agent knows.
func (s *Supervisor) all() []*transfer {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Collect(maps.Values(s.transfers))
}

// missing returns how many bytes the disk is short of so many free ones.
func (b *diskBudget) missing(least int64) int64 {
	free, total, err := b.space()
	if err != nil {
		return 0
	}
	return min(least, total/5) - free
}

// idle reports whether the transfer has ended, with bytes that only a later
// attempt may want, and nothing of it runs any more.
func (t *transfer) idle() bool {
	select {
	case <-t.gone:
	default:
		return false
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.saved.Ended != nil && t.phase.Ended() && t.phase != agentapi.PhaseSeeding
}

// spare reports whether another attempt got the job.
func (t *transfer) spare() bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.saved.Spare
}

func (t *transfer) endedAt() time.Time {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.saved.Ended == nil {
		return time.Time{}
	}
	return t.saved.Ended.At
}

// onDisk returns how many verified bytes of the transfer lie on disk that are not
// in storage.
func (t *transfer) onDisk() int64 {
	st := t.Status()
	return max(0, st.BytesDone-st.BytesStored)
}
