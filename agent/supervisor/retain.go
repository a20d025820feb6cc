package supervisor

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"math"
	"slices"

	"longhaul/agent/engine/disk"
)

// Bytes of parts that are in storage stay on the agent's disk while it has room,
// so that a part that storage turns out not to have is uploaded again and not
// fetched again. Nothing counts on them: they are the first to go.

// keeps reports whether there is room for so many more bytes of stored parts.
func (t *transfer) keeps(n int64) bool {
	if t.seeds() {
		return true // peers are to get it
	}
	return t.excess()+n <= 0
}

// excess returns by how many bytes the transfer's share of the disk is exceeded,
// with what is kept of stored parts; less than 0 is room.
func (t *transfer) excess() int64 {
	held, kept := t.onDisk(), t.kept()
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.limit == 0 {
		return math.MinInt64 / 2 // the disk is not divided yet
	}
	return held + kept - t.limit
}

// trim gives bytes of stored parts back that what is being fetched has no room
// beside.
func (t *transfer) trim() {
	n := t.excess()
	if n <= 0 || t.kept() == 0 {
		return
	}
	if err := t.giveBack(n); err != nil {
		t.log.Error("could not free the bytes of stored parts", "error", err)
	}
}

// kept returns how many bytes of stored parts can be given back.
func (t *transfer) kept() int64 {
	seeds := t.seeds()
	t.mu.Lock()
	defer t.mu.Unlock()
	if seeds && t.saved.Ended == nil {
		return 0
	}
	return t.saved.Kept
}

func (t *transfer) countKept(r *disk.Reader) {
	n := r.Kept()
	t.mu.Lock()
	t.saved.Kept = n
	t.mu.Unlock()
}

// giveBack gives so many bytes of stored parts back, or all there are.
func (t *transfer) giveBack(n int64) error {
	t.giving.Lock()
	defer t.giving.Unlock()
	t.mu.Lock()
	r := t.reader
	t.mu.Unlock()
	if r != nil {
		defer t.countKept(r)
		return r.GiveBack(n)
	}
	if !t.idle() {
		return nil // it starts or ends; there is a next time
	}
	r, err := disk.OpenReader(t.dir, t.diskSpecs())
	if err != nil {
		return fmt.Errorf("open the transfer's directory: %w", err)
	}
	err = r.GiveBack(n)
	t.countKept(r)
	return errors.Join(err, r.Close(), t.save())
}

// closeReader closes the directory, once nothing is being given back.
func (t *transfer) closeReader(r *disk.Reader) {
	t.giving.Lock()
	defer t.giving.Unlock()
	t.mu.Lock()
	t.reader = nil
	t.mu.Unlock()
	_ = r.Close()
}

// kept returns how many bytes of stored parts all transfers can give back.
func (s *Supervisor) kept() (n int64) {
	for _, t := range s.all() {
		n += t.kept()
	}
	return n
}

// giveBack frees so many bytes of stored parts, if there are that many, and
// returns how many it freed. Those of transfers that run go first: their objects
// are completed, and looked at, later than those of the ones that have ended.
func (s *Supervisor) giveBack(ctx context.Context, n int64) (freed int64) {
	givers := slices.DeleteFunc(s.all(), func(t *transfer) bool { return t.kept() == 0 })
	slices.SortFunc(givers, func(a, b *transfer) int {
		if ra, rb := a.running(), b.running(); ra != rb {
			if ra {
				return -1
			}
			return 1
		}
		return cmp.Or(a.endedAt().Compare(b.endedAt()), cmp.Compare(a.id, b.id))
	})
	for _, t := range givers {
		if freed >= n {
			break
		}
		freed += s.giveBackOf(ctx, t, n-freed)
	}
	return freed
}

// giveBackOf frees bytes of one transfer, unless a newer attempt took its place.
func (s *Supervisor) giveBackOf(ctx context.Context, t *transfer, n int64) int64 {
	defer s.claim(t.id)()
	if s.get(t.id) != t {
		return 0
	}
	before := t.kept()
	if err := t.giveBack(n); err != nil {
		s.log.ErrorContext(ctx, "could not free the bytes of stored parts", "job_id", t.id, "error", err)
	}
	return before - t.kept()
}

// expireKept frees what transfers keep whose end is long ago.
func (s *Supervisor) expireKept(ctx context.Context) {
	now := s.env.Now()
	for _, t := range s.all() {
		if t.idle() && t.kept() > 0 && now.Sub(t.endedAt()) >= s.env.KeepFor {
			s.giveBackOf(ctx, t, math.MaxInt64)
		}
	}
}
