// Package seedrtrack manages the Seedr account: it adds transfers, follows
// them, ends their attempts and removes what no job needs. It copies no bytes
// and decides nothing about a job beyond the end of one attempt.
package seedrtrack

import (
	"context"
	"errors"
	"log/slog"
	"time"

	"github.com/google/uuid"

	"longhaul/internal/attempt"
	"longhaul/internal/event"
	"longhaul/internal/seedr"
	"longhaul/internal/wait"
	"longhaul/models"
)

// ErrHandOver says that another worker takes over the account.
var ErrHandOver = errors.New("another worker takes over the account")

// Store is what following the account needs of the database.
type Store interface {
	Job(ctx context.Context, jobID uuid.UUID) (models.Job, error)
	Source(ctx context.Context, jobID uuid.UUID) (models.Source, error)
	FilesToFinalize(ctx context.Context, jobID uuid.UUID) ([]models.FileParts, error)
	SaveManifest(ctx context.Context, jobID uuid.UUID, m models.Manifest) error
	OpenSeedrAttempts(ctx context.Context) ([]models.OpenAttempt, error)
	SetAttemptRef(ctx context.Context, jobID uuid.UUID, epoch int64, ref string) error
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

// Account is the deployment's Seedr account; seedr.Client is one.
type Account interface {
	Account(ctx context.Context) (seedr.Account, error)
	Verify(ctx context.Context) (seedr.Account, seedr.Folder, error)
	Root(ctx context.Context) (seedr.Folder, error)
	Tree(ctx context.Context, folderID int64) ([]seedr.File, error)
	AddMagnet(ctx context.Context, uri string) (seedr.Added, error)
	AddTorrentFile(ctx context.Context, metainfo []byte) (seedr.Added, error)
	Transfer(ctx context.Context, id int64) (seedr.Transfer, error)
	DeleteTransfer(ctx context.Context, id int64) error
	DeleteFolder(ctx context.Context, id int64) error
	DeleteFile(ctx context.Context, id int64) error
	RemoveWish(ctx context.Context, id int64) error
}

// Publisher carries progress to watchers.
type Publisher interface {
	Publish(ctx context.Context, msgs ...event.Message) error
}

// Pace is how often the tracker does things. Tests quicken it.
type Pace struct {
	Tick   time.Duration // housekeeping; open attempts are read, progress is published
	Quick  time.Duration // between listings while something is about to change
	Slow   time.Duration // … while transfers run steadily
	Idle   time.Duration // … while there is nothing to follow
	Flush  time.Duration // progress rows
	Beat   time.Duration // activity heartbeat of each open attempt, by token
	Appear time.Duration // what is gone from the list of transfers has to show its files within this time
	Again  time.Duration // an add whose answer was lost is repeated after this, unless it shows up
	Full   time.Duration // nothing is added for this long after Seedr had no room
	Outage time.Duration // Seedr gives no good answer for so long: its open attempts end
	Plan   time.Duration // reload the account's plan
	Turn   time.Duration // one activity; the workflow continues as new after it
}

// DefaultPace returns the pace of production. Listings cost at most 30
// calls a minute, however many jobs there are.
func DefaultPace() Pace {
	return Pace{
		Tick: time.Second, Quick: 2 * time.Second, Slow: 15 * time.Second, Idle: time.Minute, Flush: 5 * time.Second,
		Beat: 5 * time.Minute, Appear: time.Minute, Again: time.Minute, Full: 2 * time.Minute, Outage: 5 * time.Minute,
		Plan: 6 * time.Hour, Turn: 12 * time.Hour,
	}
}

// Tracker follows the account. It is the only one that adds transfers, asks how
// they go and removes what no job needs. One listing covers all jobs.
type Tracker struct {
	Store   Store
	Account Account // nil without one
	Desk    *attempt.Desk
	Events  Publisher
	Now     func() time.Time
	Log     *slog.Logger
	Pace    Pace

	MaxJobBytes    int64         // 0 means no limit
	ResolveTimeout time.Duration // no metadata for so long is a fault
	StallTimeout   time.Duration // no progress for so long is a fault
}

// Follow follows the account until its turn is over or stop is closed. Two at
// once, as after a lost worker, do no harm: what they write is guarded by tokens,
// an add is announced in its item's row before it is made, which only one of them
// can do, and an older listing does not undo a newer one.
func (t *Tracker) Follow(ctx context.Context, stop <-chan struct{}) error {
	f := &follower{
		Tracker: t, log: t.Log, open: map[uuid.UUID]*followed{}, refused: map[string]error{}, wishes: map[int64]bool{}, started: t.Now(),
	}
	return f.run(ctx, stop)
}

// run is the tracker's one loop. Calls to Seedr are made in it one after
// another, each with a timeout of its own: that is what the budget allows
// anyway.
func (f *follower) run(ctx context.Context, stop <-chan struct{}) error {
	tick := time.NewTicker(f.Pace.Tick)
	defer tick.Stop()
	for {
		f.round(ctx)
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-stop:
			last, cancel := context.WithTimeout(context.WithoutCancel(ctx), 2*time.Second)
			defer cancel()
			f.flush(last)
			return ErrHandOver
		case <-tick.C:
			if f.Now().Sub(f.started) > f.Pace.Turn {
				f.flush(ctx)
				return nil
			}
		}
	}
}

// round does what is due. A fault of the database or the bus is logged and met
// again at the next tick: the tracker itself continues.
func (f *follower) round(ctx context.Context) {
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
func (f *follower) poll(ctx context.Context) {
	f.readPlan(ctx)
	root, err := f.Account.Root(ctx)
	if ctx.Err() != nil {
		return
	}
	if err != nil {
		f.fails(ctx, err)
		return
	}
	f.failing, f.failures, f.soon = time.Time{}, 0, false
	if err := f.heard(ctx, root); err != nil && ctx.Err() == nil {
		f.log.WarnContext(ctx, "could not process Seedr's listing", "error", err)
		f.soon = true
	}
	f.unwish(ctx)
	f.pollAt = f.Now().Add(f.pause())
}

// heard acts upon a listing.
func (f *follower) heard(ctx context.Context, root seedr.Folder) error {
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
func (f *follower) pause() time.Duration {
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
func (f *follower) fails(ctx context.Context, err error) {
	now := f.Now()
	if f.failing.IsZero() {
		f.failing = now
		f.log.WarnContext(ctx, "Seedr is not responding correctly", "error", err)
	}
	f.failures++
	e := models.AsError(err)
	if err := f.Store.SaveSeedrFailure(ctx, e.Problem, e.Message); err != nil {
		f.log.WarnContext(ctx, "could not save Seedr's failure", "error", err)
	}
	pause := min(f.Pace.Quick<<min(f.failures, 6), f.Pace.Idle)
	f.pollAt = now.Add(max(wait.Spread(pause), seedr.RetryAfter(err)))
	for _, o := range f.open {
		o.waits(e.Reason(), nil)
		if now.Sub(f.failing) >= f.Pace.Outage {
			f.fail(ctx, o, e)
		}
	}
}

// readPlan reads the account's plan now and then, which gives the slots.
func (f *follower) readPlan(ctx context.Context) {
	now := f.Now()
	if now.Before(f.planAt) {
		return
	}
	f.planAt = now.Add(min(f.Pace.Plan, 10*f.Pace.Idle))
	a, err := f.Account.Account(ctx)
	if err != nil {
		return // the listing that follows shows why
	}
	f.planAt = now.Add(f.Pace.Plan)
	if err := f.Store.SaveSeedrPlan(ctx, a.Plan, a.Slots); err != nil {
		f.log.WarnContext(ctx, "could not save the Seedr account's plan", "error", err)
	}
}
