package anacrolix

import (
	"math"
	"time"

	"longhaul/agent/engine"
	"longhaul/models"
	"longhaul/models/wording"
)

// rateWindow is the time over which rates are averaged.
const rateWindow = 4 * time.Second

// monitor watches how a download comes on.
type monitor struct {
	d     *download
	stall time.Duration

	at       time.Time
	verified int64 // bytes verified by this run
	received int64 // useful bytes received
	uploaded int64
	down, up float64 // bytes per second

	since    time.Time // the last progress
	unproved int64     // bytes received since a byte was verified
	waiting  bool      // for room on the disk
	idle     bool      // peers are there, but nothing came since the last sample
	peers    int
	seeders  int
}

func newMonitor(d *download, stall time.Duration) *monitor {
	now := d.cfg.Now()
	return &monitor{d: d, stall: stall, at: now, since: now}
}

// sample takes new figures.
func (m *monitor) sample(w *window) {
	now := m.d.cfg.Now()
	stats := m.d.tor.Stats()
	received, uploaded := stats.BytesReadUsefulData.Int64(), stats.BytesWrittenData.Int64()
	if dt := now.Sub(m.at).Seconds(); dt > 0 {
		weight := 1 - math.Exp(-dt/rateWindow.Seconds())
		m.down += weight * (float64(received-m.received)/dt - m.down)
		m.up += weight * (float64(uploaded-m.uploaded)/dt - m.up)
	}
	m.peers, m.seeders = stats.ActivePeers, stats.ConnectedSeeders
	m.waiting = w != nil && w.full()
	verified := m.d.storage.verified.Load()
	switch {
	case verified > m.verified || m.waiting:
		m.since, m.unproved = now, 0
	case received > m.received:
		// A slow peer may need long for a large piece. Data that never makes a
		// whole piece does not count forever.
		m.unproved += received - m.received
		if m.unproved <= 8*m.d.layout.pieceLength {
			m.since = now
		}
	}
	m.idle = received == m.received && m.peers > 0 && !m.waiting
	m.at, m.verified, m.received, m.uploaded = now, verified, received, uploaded
}

func (m *monitor) report() engine.Report {
	r := engine.Report{
		Phase: models.PhaseDownloading, DownRate: int64(m.down), UpRate: int64(m.up),
		Peers: m.peers, Seeders: m.seeders,
	}
	if m.waiting {
		r.Waiting = models.Because(models.ReasonWaitsForDisk)
		return r
	}
	if m.d.cfg.Now().Sub(m.since) < patience {
		return r
	}
	r.Waiting = models.Because(models.ReasonWaitsForPeers, "since", m.since, "peers", m.peers, "seeders", m.seeders)
	if m.stall > 0 {
		at := m.since.Add(m.stall)
		r.GivesUpAt = &at
	}
	return r
}

// stalled returns the fault of a download without progress for too long.
func (m *monitor) stalled() error {
	if m.stall <= 0 || m.d.cfg.Now().Sub(m.since) < m.stall {
		return nil
	}
	if m.peers == 0 {
		return models.Fault(models.ProblemNoPeers, "No peer could be reached for %s.", wording.Duration(m.stall)).With("seconds", m.stall)
	}
	return models.Fault(models.ProblemStalled, "The connected peers sent nothing useful for %s.", wording.Duration(m.stall)).With("seconds", m.stall)
}
