package anacrolix

import (
	"bytes"
	"context"
	"encoding/hex"
	"fmt"
	"time"

	"github.com/anacrolix/torrent"
	"github.com/anacrolix/torrent/metainfo"
	infohash_v2 "github.com/anacrolix/torrent/types/infohash-v2"

	"longhaul/agent/engine"
	"longhaul/internal/source"
	"longhaul/models"
	"longhaul/models/wording"
)

// reportEvery is how often a report is made.
const reportEvery = 500 * time.Millisecond

// session is one torrent in a client of its own.
type session struct {
	cfg       Config
	target    *target
	client    *client
	tor       *torrent.Torrent
	announcer *announcer
}

// open starts a client with the torrent in it. Nothing is fetched but a
// magnet's metadata.
func (e *Engine) open(t *target, upload bool) (*session, error) {
	s := &session{cfg: e.cfg, target: t}
	opts := torrent.AddTorrentOpts{DeferStorageOpen: true}
	if t.source.InfoHashV1 != "" {
		if _, err := hex.Decode(opts.InfoHash[:], []byte(t.source.InfoHashV1)); err != nil {
			return nil, fmt.Errorf("info hash: %w", err)
		}
	}
	if t.source.InfoHashV2 != "" {
		var v2 infohash_v2.T
		if _, err := hex.Decode(v2[:], []byte(t.source.InfoHashV2)); err != nil {
			return nil, fmt.Errorf("v2 info hash: %w", err)
		}
		opts.InfoHashV2.Set(v2)
	}
	trackers := t.trackers
	if t.manifest != nil {
		mi, err := metainfo.Load(bytes.NewReader(t.manifest.Metainfo))
		if err != nil {
			return nil, fmt.Errorf("load metainfo: %w", err)
		}
		opts.InfoBytes, opts.PieceLayers = mi.InfoBytes, mi.PieceLayers
		trackers = mi.UpvertedAnnounceList()
	}
	var err error
	if s.client, err = openClient(e.cfg, upload, t.source.Private); err != nil {
		return nil, err
	}
	s.tor, _ = s.client.AddTorrentOpt(opts)
	if t.manifest != nil && s.tor.Info() == nil {
		s.close()
		return nil, models.Fault(models.ProblemUnsupported, "The torrent engine can't read this torrent.")
	}
	s.announcer = newAnnouncer(s, trackers)
	s.announcer.add(t.source.InfoHashV1)
	s.announcer.add(t.source.InfoHashV2)
	return s, nil
}

func (s *session) close() {
	if s.announcer != nil {
		s.announcer.close()
	}
	s.client.close()
}

// awaitInfo waits for the metadata and checks it: its hash, and every limit
// that a .torrent file has to keep.
func (s *session) awaitInfo(ctx context.Context, timeout time.Duration, report func(engine.Report)) error {
	if s.target.manifest != nil {
		return nil
	}
	began := s.cfg.Now()
	tick := time.NewTicker(reportEvery)
	defer tick.Stop()
	for s.tor.Info() == nil {
		if report != nil {
			report(s.resolving(began, timeout))
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-s.tor.GotInfo():
		case <-tick.C:
			s.redial(s.tor.Stats().ActivePeers)
			if timeout > 0 && s.cfg.Now().Sub(began) >= timeout {
				return models.Fault(models.ProblemMetadataTimeout,
					"No peer sent the torrent's file list within %s.", wording.Duration(timeout)).
					With("seconds", timeout)
			}
		}
	}
	return s.checkInfo()
}

// redial tries peers again when few are left.
func (s *session) redial(active int) {
	if active >= fewPeers {
		return
	}
	if due := s.client.book.due(); len(due) > 0 {
		s.tor.AddPeers(due)
	}
}

func (s *session) resolving(began time.Time, timeout time.Duration) engine.Report {
	stats := s.tor.Stats()
	r := engine.Report{Phase: models.PhaseResolving, Peers: stats.ActivePeers, Seeders: stats.ConnectedSeeders}
	if waited := s.cfg.Now().Sub(began); waited >= patience {
		r.Waiting = models.Because(models.ReasonWaitsForMetadata, "since", began, "seen", stats.TotalPeers, "peers", r.Peers)
		if timeout > 0 {
			at := began.Add(timeout)
			r.GivesUpAt = &at
		}
	}
	return r
}

func (s *session) checkInfo() error {
	mi := s.tor.Metainfo()
	m, err := source.ParseInfo(mi.InfoBytes)
	if err != nil {
		return err
	}
	want := s.target.source
	if (want.InfoHashV1 != "" && want.InfoHashV1 != m.InfoHashV1) ||
		(want.InfoHashV2 != "" && want.InfoHashV2 != m.InfoHashV2) {
		return models.Fault(models.ProblemMalformedMagnet, "The swarm's metadata doesn't match the magnet link.")
	}
	meta := source.BuildTorrent(mi.InfoBytes, s.target.trackers, mi.PieceLayers)
	src, m, err := source.ParseTorrent(meta)
	if err != nil {
		return err
	}
	m.Metainfo = src.Metainfo
	s.target.manifest = &m
	s.announcer.add(m.InfoHashV1) // a hybrid torrent has swarms of both hashes,
	s.announcer.add(m.InfoHashV2) // and its magnet may name only one
	return nil
}

// start opens the storage and asks for nothing yet.
func (s *session) start(ctx context.Context, job engine.Job) (*download, error) {
	l, err := newLayout(s.tor.Info(), job.Files)
	if err != nil {
		return nil, err
	}
	if limit := job.Options.MaxBytes; limit > 0 && l.selected > limit {
		return nil, models.TooLarge(l.selected, limit)
	}
	d := &download{session: s, layout: l, store: job.Store, broken: make(chan error, 1), flushing: job.Flushing}
	d.storage = newPieceStorage(l, job.Store, s.cfg.MemoryLimit, d.fail)
	s.tor.SetOnWriteChunkError(d.fail)
	if err := s.tor.OpenStorage(ctx, d.storage); err != nil {
		return nil, fmt.Errorf("open torrent storage: %w", err)
	}
	return d, nil
}
