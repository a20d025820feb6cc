package supervisor

import (
	"context"
	"fmt"
	"syscall"
	"time"

	"longhaul/models"
)

// diskBudget decides how many bytes the transfers may have on disk together.
type diskBudget struct {
	dir   string
	limit int64 // bytes; 0 is nine tenths of the free space
}

// space returns the free and the total bytes of the agent's file system.
func (b *diskBudget) space() (free, total int64, err error) {
	var st syscall.Statfs_t
	if err := syscall.Statfs(b.dir, &st); err != nil {
		return 0, 0, fmt.Errorf("check the disk: %w", err)
	}
	size := int64(st.Bsize) // its type differs between systems
	return int64(st.Bavail) * size, int64(st.Blocks) * size, nil
}

// full reports whether there is no room for another transfer: some is kept free,
// whatever the limit says, for journals and the system.
func (b *diskBudget) full() bool {
	free, total, err := b.space()
	return err == nil && free < min(models.LeastDisk, total/20)
}

// share returns how many bytes each of n transfers may have on disk, if the given
// ones are theirs or can be given back. A store raises it to what it cannot work without.
func (b *diskBudget) share(n int, held int64) int64 {
	free, _, err := b.space()
	if err != nil {
		return max(1, b.limit/int64(n))
	}
	all := (free + held) / 10 * 9
	if b.limit > 0 {
		all = min(all, b.limit)
	}
	return max(1, all/int64(n))
}

// divide gives each running transfer its share of the disk and of the speed.
func (s *Supervisor) divide() {
	running := s.running()
	s.dividePace(running)
	if len(running) == 0 {
		return
	}
	var held int64
	for _, t := range running {
		held += t.onDisk()
	}
	share := s.budget.share(len(running), held+s.kept())
	for _, t := range running {
		t.setLimit(share)
	}
}

// WatchDisk sheds what is not needed and divides the disk again at each interval,
// as transfers come, go and fill it, until ctx ends.
func (s *Supervisor) WatchDisk(ctx context.Context, every time.Duration) {
	tick := time.NewTicker(every)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
			s.shed(ctx)
			s.divide()
		}
	}
}
