package activities

import (
	"context"
	"time"

	"github.com/google/uuid"
	"go.temporal.io/sdk/activity"

	"longhaul/models"
)

// SeedrTrackStore is what following the Seedr account needs of the database.
type SeedrTrackStore interface {
	Job(ctx context.Context, jobID uuid.UUID) (models.Job, error)
	Source(ctx context.Context, jobID uuid.UUID) (models.Source, error)
	FilesToFinalize(ctx context.Context, jobID uuid.UUID) ([]models.FileParts, error)
	SaveManifest(ctx context.Context, jobID uuid.UUID, m models.Manifest) error
	OpenSeedrAttempts(ctx context.Context) ([]models.OpenAttempt, error)
	SetAttemptRef(ctx context.Context, jobID uuid.UUID, epoch int64, ref string) error
	EndAttempt(ctx context.Context, jobID uuid.UUID, epoch int64, s models.AttemptState, p models.Problem, message string) error
	TouchBeat(ctx context.Context, jobID uuid.UUID, epoch int64) error
	FlushProgress(ctx context.Context, ps []models.Progress) error
	SeedrAccount(ctx context.Context) (models.SeedrAccount, error)
	SeedrItems(ctx context.Context) (map[string]models.SeedrItem, error)
	SaveSeedrItem(ctx context.Context, i models.SeedrItem) error
	ClaimSeedrItem(ctx context.Context, i models.SeedrItem) (claimed bool, err error)
	DropSeedrItem(ctx context.Context, infoHash string) error
	NeededOnSeedr(ctx context.Context) (map[string]bool, error)
	SaveSeedrSeen(ctx context.Context, seen models.SeedrSeen) error
	SaveSeedrPlan(ctx context.Context, plan string, slots int) error
	SaveSeedrFailure(ctx context.Context, p models.Problem, message string) error
	SaveSeedrFull(ctx context.Context, pause time.Duration, slots int) error
}

// SeedrPace is how often the Seedr tracker does things. Tests quicken it.
type SeedrPace struct {
	Tick   time.Duration // housekeeping; open attempts are read, progress is published
	Quick  time.Duration // between listings while something is about to change
	Slow   time.Duration // … while transfers run steadily
	Idle   time.Duration // … while nothing is to be followed
	Flush  time.Duration // progress rows
	Beat   time.Duration // activity heartbeat of each open attempt, by token
	Appear time.Duration // what is gone from the list of transfers has to show its files within this time
	Again  time.Duration // an add whose answer was lost is repeated after this, if nothing is to be seen of it
	Full   time.Duration // nothing is added for so long after Seedr had no room
	Outage time.Duration // Seedr gives no good answer for so long: its open attempts end
	Plan   time.Duration // the account's plan is read anew
	Turn   time.Duration // one activity; the workflow continues as new after it
}

// DefaultSeedrPace returns the pace of production. Listings cost at most 30
// calls a minute, however many jobs there are.
func DefaultSeedrPace() SeedrPace {
	return SeedrPace{
		Tick: time.Second, Quick: 2 * time.Second, Slow: 15 * time.Second, Idle: time.Minute, Flush: 5 * time.Second,
		Beat: 5 * time.Minute, Appear: time.Minute, Again: time.Minute, Full: 2 * time.Minute, Outage: 5 * time.Minute,
		Plan: 6 * time.Hour, Turn: 12 * time.Hour,
	}
}

// SeedrTracker follows the Seedr account: it is the only one that adds
// transfers, asks how they go and removes what no job needs. One listing covers
// all jobs. It publishes progress and completes or fails the activities that
// wait for transfers; it decides nothing about a job beyond that.
type SeedrTracker struct {
	Store  SeedrTrackStore
	Seedr  Seedr // nil without an account
	Tokens Tokens
	Events Publisher
	Now    func() time.Time
	Pace   SeedrPace

	MaxJobBytes    int64         // 0 is no limit
	ResolveTimeout time.Duration // no metadata for so long is a fault
	StallTimeout   time.Duration // no progress for so long is a fault
}

// TrackSeedr follows the account until its turn is over or the worker stops.
// Two at once, as after a lost worker, do no harm: what they write is guarded
// by tokens, an add is announced in its item's row before it is made, which only
// one of them can do, and an older listing does not undo a newer one.
func (a *SeedrTracker) TrackSeedr(ctx context.Context) (TrackResult, error) {
	if a.Seedr == nil {
		return TrackResult{Gone: true}, nil
	}
	f := &seedrFollower{
		SeedrTracker: a, log: activity.GetLogger(ctx), open: map[uuid.UUID]*onSeedr{}, refused: map[string]error{}, wishes: map[int64]bool{},
		started: a.Now(), tokens: newTokenRate(),
	}
	stop := beat(ctx)
	defer stop()
	res, err := f.run(ctx, activity.GetWorkerStopChannel(ctx))
	return res, border(ctx, err)
}

// run is the tracker's one loop. Calls to Seedr are made in it one after
// another, each with a timeout of its own: that is what the budget allows
// anyway.
func (f *seedrFollower) run(ctx context.Context, stop <-chan struct{}) (TrackResult, error) {
	tick := time.NewTicker(f.Pace.Tick)
	defer tick.Stop()
	for {
		f.round(ctx)
		select {
		case <-ctx.Done():
			return TrackResult{}, ctx.Err()
		case <-stop:
			last, cancel := context.WithTimeout(context.WithoutCancel(ctx), 2*time.Second)
			defer cancel()
			f.flush(last)
			return TrackResult{}, handover()
		case <-tick.C:
			if f.Now().Sub(f.started) > f.Pace.Turn {
				f.flush(ctx)
				return TrackResult{}, nil
			}
		}
	}
}

// round does what is due. A fault of the database or the bus is logged and met
// again at the next tick: the tracker itself goes on.
func (f *seedrFollower) round(ctx context.Context) {
	f.reload(ctx)
	if !f.Now().Before(f.pollAt) {
		f.poll(ctx)
	}
	f.publish(ctx)
	if f.Now().Sub(f.flushed) >= f.Pace.Flush {
		f.flushed = f.Now()
		f.flush(ctx)
	}
	f.beatAll(ctx)
}

// poll lists the account once and acts upon what it shows.
func (f *seedrFollower) poll(ctx context.Context) {
	f.readPlan(ctx)
	root, err := f.Seedr.Root(ctx)
	if ctx.Err() != nil {
		return
	}
	if err != nil {
		f.fails(ctx, err)
		return
	}
	f.failing, f.failures, f.soon = time.Time{}, 0, false
	if err := f.heard(ctx, root); err != nil && ctx.Err() == nil {
		f.log.Warn("listing of Seedr not dealt with", "cause", err)
		f.soon = true
	}
	f.unwish(ctx)
	f.pollAt = f.Now().Add(f.pause())
}

// heard acts upon a listing.
func (f *seedrFollower) heard(ctx context.Context, root seedrRoot) error {
	var err error
	if f.items, err = f.Store.SeedrItems(ctx); err != nil {
		return err
	}
	needed, err := f.Store.NeededOnSeedr(ctx)
	if err != nil {
		return err
	}
	groups := f.groups()
	others := 0
	for _, t := range root.Transfers {
		if len(groups[t.InfoHash]) == 0 {
			others++
		}
	}
	seen := models.SeedrSeen{SpaceMax: root.SpaceMax, SpaceUsed: root.SpaceUsed, Others: others}
	if err := f.Store.SaveSeedrSeen(ctx, seen); err != nil {
		return err
	}
	if f.account, err = f.Store.SeedrAccount(ctx); err != nil {
		return err
	}
	for _, hash := range f.order(groups) {
		f.advance(ctx, hash, groups[hash], root)
	}
	for hash, item := range f.items {
		if !needed[hash] && len(groups[hash]) == 0 {
			f.release(ctx, item, root)
		}
	}
	return ctx.Err()
}

// pause is how long the next listing can wait.
func (f *seedrFollower) pause() time.Duration {
	if f.soon {
		return f.Pace.Quick
	}
	if len(f.open) > 0 {
		// Steady transfers are looked at less and less often.
		f.steady = min(max(2*f.steady, f.Pace.Quick), f.Pace.Slow)
		return f.steady
	}
	f.steady = 0
	if len(f.items) > 0 {
		return f.Pace.Slow
	}
	return f.Pace.Idle
}

// fails takes in that Seedr gave no good answer.
func (f *seedrFollower) fails(ctx context.Context, err error) {
	now := f.Now()
	if f.failing.IsZero() {
		f.failing = now
		f.log.Warn("Seedr does not answer as it should", "cause", err)
	}
	f.failures++
	e := models.AsError(err)
	if err := f.Store.SaveSeedrFailure(ctx, e.Problem, e.Message); err != nil {
		f.log.Warn("failure of Seedr not noted", "cause", err)
	}
	wait := min(f.Pace.Quick<<min(f.failures, 6), f.Pace.Idle)
	f.pollAt = now.Add(max(spread(wait), retryAfter(err)))
	for _, o := range f.open {
		o.waits(e.Message+" It goes on by itself.", nil)
		if now.Sub(f.failing) >= f.Pace.Outage {
			f.fail(ctx, o, e)
		}
	}
}

// readPlan reads the account's plan now and then; it tells the slots.
func (f *seedrFollower) readPlan(ctx context.Context) {
	now := f.Now()
	if now.Before(f.planAt) {
		return
	}
	f.planAt = now.Add(min(f.Pace.Plan, 10*f.Pace.Idle))
	a, err := f.Seedr.Account(ctx)
	if err != nil {
		return // the listing that follows tells why
	}
	f.planAt = now.Add(f.Pace.Plan)
	if err := f.Store.SaveSeedrPlan(ctx, a.Plan, a.Slots); err != nil {
		f.log.Warn("plan of the Seedr account not noted", "cause", err)
	}
}
