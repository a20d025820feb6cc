package httpengine

import (
	"context"
	"sync"
	"time"

	"longhaul/agent/engine"
	"longhaul/models"
)

// meaningful is how many verified bytes count as progress; a server that
// sends a byte a second makes none.
const meaningful = 64 << 10

// meter counts received bytes, reports them and ends a stalled download.
type meter struct {
	now   func() time.Time
	stall time.Duration // 0 is never

	mu       sync.Mutex
	got      int64 // bytes received
	sure     int64 // bytes verified
	marked   int64 // sure at the last progress
	since    time.Time
	conns    int
	held     int // connections that wait for disk space
	trouble  *models.Error
	rate     float64
	rateGot  int64
	rateTime time.Time
}

func newMeter(now func() time.Time, stall time.Duration) *meter {
	t := now()
	return &meter{now: now, stall: stall, since: t, rateTime: t}
}

// start reports twice a second until the returned function is called, and
// cancels the download if it stalls for too long.
func (m *meter) start(ctx context.Context, cancel context.CancelCauseFunc, report func(engine.Report)) func() {
	stop, done := make(chan struct{}), make(chan struct{})
	report(m.report())
	go func() {
		defer close(done)
		t := time.NewTicker(reportEvery)
		defer t.Stop()
		for {
			select {
			case <-stop:
				return
			case <-ctx.Done():
				return
			case <-t.C:
			}
			if f := m.standsStill(); f != nil {
				cancel(f)
				return
			}
			report(m.report())
		}
	}()
	return func() { close(stop); <-done }
}

func (m *meter) add(n int64) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.got += n
	m.trouble = nil
}

func (m *meter) verified(n int64) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.sure += n
	if m.sure-m.marked >= meaningful {
		m.marked, m.since = m.sure, m.now()
	}
}

func (m *meter) total() int64 {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.sure
}

// connect counts a connection until the returned function is called.
func (m *meter) connect() func() { return m.count(&m.conns) }

// hold counts a connection that waits for disk space until the returned
// function is called; that time is not the server's.
func (m *meter) hold() func() {
	start := m.now()
	end := m.count(&m.held)
	return func() {
		end()
		m.mu.Lock()
		defer m.mu.Unlock()
		now := m.now()
		if m.since = m.since.Add(now.Sub(start)); m.since.After(now) {
			m.since = now
		}
	}
}

func (m *meter) count(n *int) func() {
	m.mu.Lock()
	defer m.mu.Unlock()
	*n++
	return func() {
		m.mu.Lock()
		defer m.mu.Unlock()
		*n--
	}
}

// waitsFor says why nothing arrives.
func (m *meter) waitsFor(f *models.Error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.trouble = f
}

// standsStill returns the fault of a download without progress for too long.
func (m *meter) standsStill() *models.Error {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.stall <= 0 || m.held > 0 || m.now().Sub(m.since) < m.stall {
		return nil
	}
	if m.trouble != nil {
		return m.trouble
	}
	return models.Fault(models.ProblemStalled, "The server sent nothing, or far too little, for %s.", m.stall).With("seconds", m.stall)
}

func (m *meter) report() engine.Report {
	m.mu.Lock()
	defer m.mu.Unlock()
	now := m.now()
	if d := now.Sub(m.rateTime).Seconds(); d > 0 {
		// Half a second weighs a fifth: steady to look at, quick to follow.
		m.rate += (float64(m.got-m.rateGot)/d - m.rate) * min(1, d/2.5)
		m.rateGot, m.rateTime = m.got, now
	}
	r := engine.Report{Phase: models.PhaseDownloading, DownRate: int64(m.rate), Peers: m.conns, Seeders: m.conns}
	if m.trouble != nil {
		r.Waiting = m.trouble.Reason()
		if m.stall > 0 {
			at := m.since.Add(m.stall)
			r.GivesUpAt = &at
		}
	}
	return r
}
