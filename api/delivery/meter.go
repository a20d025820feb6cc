package delivery

import (
	"context"
	"log/slog"
	"maps"
	"sync"
	"time"

	"github.com/google/uuid"
)

// meterEvery is how often delivered bytes are saved, and so the most that a
// killed process loses.
const meterEvery = 2 * time.Second

// Bandwidth stores what was delivered.
type Bandwidth interface {
	// AddBandwidth adds delivered bytes to the owners' day, UTC.
	AddBandwidth(ctx context.Context, day time.Time, delivered map[uuid.UUID]int64) error
	// BandwidthLeft returns what may still be delivered this month; false means
	// no limit.
	BandwidthLeft(ctx context.Context, userID uuid.UUID) (left int64, limited bool, err error)
}

// Meter counts delivered bytes and saves them in batches: one statement for all
// streams of the process. Several processes may count side by side.
type Meter struct {
	store Bandwidth
	log   *slog.Logger
	now   func() time.Time

	mu      sync.Mutex
	pending map[meterKey]int64
}

// meterKey is whose bytes, and on which day they were sent.
type meterKey struct {
	user uuid.UUID
	day  time.Time
}

// NewMeter returns a meter that writes to the store once Run runs.
func NewMeter(store Bandwidth, log *slog.Logger, now func() time.Time) *Meter {
	return &Meter{store: store, log: log, now: now, pending: map[meterKey]int64{}}
}

// add counts bytes that were sent.
func (m *Meter) add(user uuid.UUID, n int) {
	if n <= 0 {
		return
	}
	key := meterKey{user, m.now().UTC().Truncate(24 * time.Hour)}
	m.mu.Lock()
	defer m.mu.Unlock()
	m.pending[key] += int64(n)
}

// left returns how much the user can still receive, including what this process
// has not saved yet.
func (m *Meter) left(ctx context.Context, user uuid.UUID) (left int64, limited bool, err error) {
	left, limited, err = m.store.BandwidthLeft(ctx, user)
	if err != nil || !limited {
		return 0, false, err
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	for key, n := range m.pending {
		if key.user == user {
			left -= n
		}
	}
	return left, true, nil
}

// Run saves what was counted until ctx ends. Call Flush after the last delivery
// has ended.
func (m *Meter) Run(ctx context.Context) {
	t := time.NewTicker(meterEvery)
	defer t.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-t.C:
		}
		if err := m.Flush(ctx); err != nil && ctx.Err() == nil {
			m.log.WarnContext(ctx, "could not record delivered bytes; will retry", "error", err)
		}
	}
}

// Flush saves what was counted. What it can't save stays counted.
func (m *Meter) Flush(ctx context.Context) error {
	m.mu.Lock()
	taken := m.pending
	m.pending = make(map[meterKey]int64, len(taken))
	m.mu.Unlock()
	days := map[time.Time]map[uuid.UUID]int64{}
	for key, n := range taken {
		if days[key.day] == nil {
			days[key.day] = map[uuid.UUID]int64{}
		}
		days[key.day][key.user] = n
	}
	for day, delivered := range days {
		if err := m.store.AddBandwidth(ctx, day, delivered); err != nil {
			m.giveBack(taken)
			return err
		}
		maps.DeleteFunc(taken, func(k meterKey, _ int64) bool { return k.day.Equal(day) })
	}
	return nil
}

func (m *Meter) giveBack(taken map[meterKey]int64) {
	m.mu.Lock()
	defer m.mu.Unlock()
	for key, n := range taken {
		m.pending[key] += n
	}
}
