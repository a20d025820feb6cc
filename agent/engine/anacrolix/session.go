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
	"golang.org/x/time/rate"

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
func (e *Engine) open(t *target, upload bool, pace *rate.Limiter) (*session, error) {
	s := &session{cfg: e.cfg, target: t}
	s.cfg.web = newWebSeeds(e.cfg.Network, t.view, pace)
	v1, v2 := t.source.InfoHashV1, t.source.InfoHashV2
	opts := torrent.AddTorrentOpts{DeferStorageOpen: true}
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
	if a := t.view.Alias; a != nil {
		if s.cfg.hashes, err = hashesOf(v1, v2, a); err != nil {
			return nil, err
		}
		opts.InfoBytes, v1, v2 = a.Info, a.InfoHashV1, a.InfoHashV2
	}
	if err := name(&opts, v1, v2); err != nil {
		return nil, err
	}
	if s.client, err = openClient(s.cfg, upload, t.source.Private, pace); err != nil {
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
	if !t.source.Private {
		s.announcer.meet(t.peers)
	}
	return s, nil
}

// name sets the info hashes by which the library knows the torrent.
func name(opts *torrent.AddTorrentOpts, v1, v2 string) error {
	if v1 != "" {
		if _, err := hex.Decode(opts.InfoHash[:], []byte(v1)); err != nil {
			return fmt.Errorf("info hash: %w", err)
		}
	}
	if v2 != "" {
		var hash infohash_v2.T
		if _, err := hex.Decode(hash[:], []byte(v2)); err != nil {
			return fmt.Errorf("v2 info hash: %w", err)
		}
		opts.InfoHashV2.Set(hash)
	}
	return nil
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
	meta := source.BuildWebTorrent(mi.InfoBytes, s.target.trackers, mi.PieceLayers, s.target.seeds)
	if err := s.target.adopt(meta); err != nil {
		return err
	}
	s.announcer.counts.Store(s.target.view.Alias == nil)
	s.announcer.add(m.InfoHashV1) // a hybrid torrent has swarms of both hashes,
	s.announcer.add(m.InfoHashV2) // and its magnet may name only one
	return nil
}

// start opens the storage and asks for nothing yet.
func (s *session) start(ctx context.Context, job engine.Job) (*download, error) {
	l, err := layoutOf(s.tor.Info(), job.Files, s.target.view.Alias)
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
	if s.cfg.web != nil {
		s.cfg.web.join(s.cfg.Log, s.tor, l, s.announcer.run)
	}
	return d, nil
}
