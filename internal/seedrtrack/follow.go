package seedrtrack

import (
	"context"
	"log/slog"
	"slices"
	"strconv"
	"time"

	"github.com/google/uuid"

	"longhaul/internal/event"
	"longhaul/internal/seedr"
	"longhaul/internal/wait"
	"longhaul/models"
)

// movement is how many percent a transfer has to gain to count as alive.
const movement = 0.05

// follower is the state of one tracker; only its loop touches it.
type follower struct {
	*Tracker
	log     *slog.Logger
	open    map[uuid.UUID]*followed     // open attempts, by job
	items   map[string]models.SeedrItem // what the account has for jobs, by info hash
	account models.SeedrAccount
	wishes  map[int64]bool   // wishlist entries that refused adds left behind
	refused map[string]error // adds that Seedr calls duplicates, by info hash

	started  time.Time
	pollAt   time.Time     // next listing
	planAt   time.Time     // next look at the plan
	flushed  time.Time     // progress rows
	failing  time.Time     // no good answer since; zero while Seedr answers
	failures int           // in a row
	soon     bool          // something is about to change: look again quickly
	steady   time.Duration // last pause between listings of steady transfers
}

// followed is one open attempt and what is known of it.
type followed struct {
	models.OpenAttempt
	job       models.Job
	progress  models.Progress
	since     time.Time // waiting for room on the account; zero when it is not
	changed   bool      // not published yet
	unwritten bool      // not flushed yet
	settled   bool      // its token is answered
	beatAt    time.Time // next heartbeat by token
}

// reload reads the open attempts. It handles a new one immediately, as far as
// the pace allows.
func (f *follower) reload(ctx context.Context) {
	attempts, err := f.Store.OpenSeedrAttempts(ctx)
	if err != nil {
		if ctx.Err() == nil {
			f.log.WarnContext(ctx, "could not read open attempts on Seedr", "error", err)
		}
		return
	}
	open := make(map[uuid.UUID]*followed, len(attempts))
	for _, at := range attempts {
		o, known := f.open[at.JobID]
		if !known || o.Epoch != at.Epoch {
			job, err := f.Store.Job(ctx, at.JobID)
			if err != nil {
				f.log.WarnContext(ctx, "could not read job on Seedr", "job_id", at.JobID, "error", err)
				continue
			}
			o = &followed{job: job, beatAt: at.BeatAt.Add(wait.Spread(f.Pace.Beat)), progress: models.Progress{
				JobID: at.JobID, UserID: at.UserID, Phase: models.PhaseStarting, BytesTotal: job.Bytes(), UpdatedAt: f.Now(),
			}}
			if f.failing.IsZero() {
				f.pollAt, f.steady = earlier(f.pollAt, f.Now().Add(f.Pace.Tick/2)), 0
			}
		}
		o.OpenAttempt = at
		open[at.JobID] = o
	}
	f.open = open
}

func earlier(a, b time.Time) time.Time {
	if a.Before(b) {
		return a
	}
	return b
}

// groups returns the open attempts by info hash: jobs for the same content
// share what the account has.
func (f *follower) groups() map[string][]*followed {
	out := map[string][]*followed{}
	for _, o := range f.open {
		if o.settled || o.job.InfoHashV1 == nil {
			continue
		}
		out[*o.job.InfoHashV1] = append(out[*o.job.InfoHashV1], o)
	}
	return out
}

// order returns the info hashes of the groups, the oldest attempt first.
func (f *follower) order(groups map[string][]*followed) []string {
	oldest := make(map[string]time.Time, len(groups))
	out := make([]string, 0, len(groups))
	for hash, g := range groups {
		out = append(out, hash)
		for _, o := range g {
			if t, ok := oldest[hash]; !ok || o.StartedAt.Before(t) {
				oldest[hash] = o.StartedAt
			}
		}
	}
	slices.SortFunc(out, func(a, b string) int { return oldest[a].Compare(oldest[b]) })
	return out
}

// advance brings one content further: it is added, followed, or taken in.
func (f *follower) advance(ctx context.Context, hash string, group []*followed, root seedr.Folder) {
	item, known := f.items[hash]
	t, running := root.FindTransfer(hash)
	switch {
	case known && item.Released:
		f.soon = true
		told(group, models.Because(models.ReasonSeedrRemovesEarlier))
		f.release(ctx, item, root)
	case running:
		f.follow(ctx, hash, group, t, root)
	case !known:
		f.add(ctx, hash, group, root)
	case item.DoneAt != nil:
		if !holds(root, item) { // someone removed it there
			f.forget(ctx, item)
			f.soon = true
			return
		}
		for _, o := range group {
			f.finish(ctx, o, item)
		}
	default:
		f.soon = true
		f.arrive(ctx, item, group, root)
	}
}

// follow takes in the state of a running transfer.
func (f *follower) follow(ctx context.Context, hash string, group []*followed, t seedr.Transfer, root seedr.Folder) {
	now := f.Now()
	item, known := f.items[hash]
	if !known {
		item = models.SeedrItem{InfoHash: hash, Title: group[0].job.Name, Size: -1, AddedAt: now, ProgressedAt: now, Before: idsOf(root)}
	}
	moved := t.Progress >= item.Progress+movement || t.Size > 0 && item.Size <= 0 || t.ID != item.TransferID
	if moved {
		item.ProgressedAt = now
	}
	item.TransferID, item.SeenAt = t.ID, now
	if moved {
		item.Progress = t.Progress
	}
	if t.Size > 0 {
		item.Size = t.Size
	}
	if t.Name != "" && t.Name != hash {
		item.Title = t.Name
	}
	f.keep(ctx, item)
	if t.Progress >= 95 || t.Size == 0 {
		f.soon = true
	}
	for _, o := range group {
		f.refer(ctx, o, t.ID)
		f.show(o, item, t)
	}
	if fault := f.judge(item, t, group[0].job); fault != nil {
		for _, o := range group {
			f.fail(ctx, o, fault)
		}
	}
}

// judge finds what is wrong with a running transfer, nil if nothing is.
func (f *follower) judge(item models.SeedrItem, t seedr.Transfer, job models.Job) *models.Error {
	quiet := f.Now().Sub(item.ProgressedAt)
	switch {
	case f.account.SpaceMax > 0 && t.Size > f.account.SpaceMax:
		return models.SeedrTooSmall(t.Size, f.account.SpaceMax)
	case f.MaxJobBytes > 0 && t.Size > f.MaxJobBytes && job.FileCount == 0 && !job.ChooseFiles && job.Selection == nil:
		return models.TooLarge(t.Size, f.MaxJobBytes)
	case t.Size == 0 && quiet >= f.ResolveTimeout:
		return models.Fault(models.ProblemMetadataTimeout, "Seedr found no peer with the file list.").With("seconds", f.ResolveTimeout)
	case quiet < f.StallTimeout || t.Progress >= seedr.ProgressFetched:
		return nil
	case t.Seeders == 0 && t.Peers == 0:
		return models.Fault(models.ProblemNoPeers, "Seedr found no peer that has it.").With("seconds", f.StallTimeout)
	default:
		return models.Fault(models.ProblemStalled, "Seedr received nothing for too long.").With("seconds", f.StallTimeout)
	}
}

// show turns what Seedr says of a transfer into progress for people.
func (f *follower) show(o *followed, item models.SeedrItem, t seedr.Transfer) {
	p := models.Progress{
		JobID: o.JobID, UserID: o.UserID, Phase: models.PhaseDownloading, BytesTotal: max(item.Size, -1),
		DownRate: max(t.Rate, 0), Peers: max(t.Peers, 0), Seeders: max(t.Seeders, 0), UpdatedAt: f.Now(),
	}
	o.since = time.Time{}
	limit := f.StallTimeout
	switch {
	case t.Size == 0:
		p.Phase, p.BytesTotal, limit = models.PhaseResolving, o.job.Bytes(), f.ResolveTimeout
		p.Waiting = models.Because(models.ReasonSeedrLooksForPeers)
	case t.Progress >= seedr.ProgressFetched:
		p.BytesDone, p.Waiting = item.Size, models.Because(models.ReasonSeedrPlacesFiles)
	default:
		p.BytesDone = int64(float64(item.Size) * min(max(t.Progress, 0), 100) / 100)
		if t.Paused {
			p.Waiting = models.Because(models.ReasonSeedrPaused)
		} else if t.Rate == 0 && f.Now().Sub(item.ProgressedAt) > f.Pace.Slow {
			p.Waiting = models.Because(models.ReasonSeedrIdle, "since", item.ProgressedAt)
		}
	}
	if !p.Waiting.None() && t.Progress < seedr.ProgressFetched {
		by := item.ProgressedAt.Add(limit)
		p.GivesUpAt = &by
	}
	if p.DownRate > 0 && p.BytesTotal > p.BytesDone {
		eta := (p.BytesTotal - p.BytesDone) / p.DownRate
		p.ETASeconds = &eta
	}
	o.tell(p)
}

// tell notes progress that is to be published if it is news.
func (o *followed) tell(p models.Progress) {
	last := o.progress
	last.UpdatedAt = p.UpdatedAt
	same := last.Phase == p.Phase && last.BytesDone == p.BytesDone && last.BytesTotal == p.BytesTotal && last.DownRate == p.DownRate &&
		last.Waiting.Equal(p.Waiting) && last.Peers == p.Peers && last.Seeders == p.Seeders
	o.progress = p
	if !same {
		o.changed, o.unwritten = true, true
	}
}

// waits says why nothing arrives.
func (o *followed) waits(why models.Reason, until *time.Time) {
	p := o.progress
	p.Waiting, p.GivesUpAt, p.DownRate, p.ETASeconds = why, until, 0, nil
	o.tell(p)
}

func told(group []*followed, why models.Reason) {
	for _, o := range group {
		o.waits(why, nil)
	}
}

// refer notes the transfer's id with the attempt.
func (f *follower) refer(ctx context.Context, o *followed, id int64) {
	ref := strconv.FormatInt(id, 10)
	if o.Ref == ref || id == 0 {
		return
	}
	if err := f.Store.SetAttemptRef(ctx, o.JobID, o.Epoch, ref); err != nil {
		f.log.WarnContext(ctx, "could not save transfer id", "job_id", o.JobID, "error", err)
		return
	}
	o.Ref = ref
}

// keep writes an item and reports whether that worked out.
func (f *follower) keep(ctx context.Context, item models.SeedrItem) bool {
	if err := f.Store.SaveSeedrItem(ctx, item); err != nil {
		f.log.WarnContext(ctx, "could not save item on Seedr", "error", err)
		return false
	}
	f.items[item.InfoHash] = item
	return true
}

func (f *follower) forget(ctx context.Context, item models.SeedrItem) {
	if err := f.Store.DropSeedrItem(ctx, item.InfoHash); err != nil {
		f.log.WarnContext(ctx, "could not delete the record of an item on Seedr", "error", err)
		return
	}
	delete(f.items, item.InfoHash)
	delete(f.refused, item.InfoHash)
}

// publish sends out what changed.
func (f *follower) publish(ctx context.Context) {
	var msgs []event.Message
	for _, o := range f.open {
		if o.changed {
			o.changed = false
			msgs = append(msgs, event.Progressed(o.progress))
		}
	}
	if len(msgs) == 0 {
		return
	}
	if err := f.Events.Publish(ctx, msgs...); err != nil && ctx.Err() == nil {
		f.log.WarnContext(ctx, "could not publish progress", "error", err)
	}
}

// flush writes the newest figures in one statement.
func (f *follower) flush(ctx context.Context) {
	var rows []models.Progress
	for _, o := range f.open {
		if o.unwritten {
			o.unwritten = false
			rows = append(rows, o.progress)
		}
	}
	if len(rows) == 0 {
		return
	}
	if err := f.Store.FlushProgress(ctx, rows); err != nil && ctx.Err() == nil {
		f.log.WarnContext(ctx, "could not write progress", "error", err)
	}
}

// seedrFull returns the fault of an account without room.
func seedrFull(need, free int64) *models.Error {
	f := models.Fault(models.ProblemSeedrFull, "The Seedr account is full.").With("free", max(free, 0))
	if need > 0 {
		f = f.With("need", need)
	}
	return f
}
