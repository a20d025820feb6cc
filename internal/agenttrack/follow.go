package agenttrack

import (
	"context"
	"log/slog"
	"sync"
	"sync/atomic"
	"time"

	"github.com/google/uuid"

	"longhaul/agent/agentapi"
	"longhaul/internal/agentfault"
	"longhaul/internal/event"
	"longhaul/internal/wait"
	"longhaul/models"
)

const (
	settleWidth = 8 // transfers of one agent that are settled at once
	retryPoll   = 250 * time.Millisecond
	retryMax    = 3 * time.Second
)

// follower is the state of one tracker. Only its run loop touches it; poll and
// the settling goroutines talk to the loop through channels.
type follower struct {
	*Tracker
	id     uuid.UUID    // of the agent
	agent  models.Agent // its row; the loop's, which reads it again
	client Agent
	log    *slog.Logger

	open    map[uuid.UUID]*followed       // open attempts on this agent, by job
	seen    map[uuid.UUID]agentapi.Status // what the agent has, by job
	tidied  map[uuid.UUID]time.Time       // when a transfer without an attempt was last tidied up
	polls   chan polled                   // answers of the agent
	settled chan settlement               // ends of settling goroutines
	width   chan struct{}                 // bounds them
	work    sync.WaitGroup                // poll and settling goroutines
	tidying atomic.Bool                   // a goroutine is tidying up stray transfers
	started time.Time
	contact time.Time // last answer of the agent
	flushed time.Time
	drained time.Time // when transfers were last moved to other agents
	looked  time.Time // when another agent was last looked for, since this one is lost
	failing bool      // the last poll got no answer
	lost    bool      // the agent was declared lost in this silence
	gone    bool      // the agent is no longer registered
	moved   bool      // the agent has another address now
}

// followed is one open attempt and what is known of it.
type followed struct {
	models.OpenAttempt
	status    agentapi.Status
	heard     bool      // status is set
	changed   bool      // not published yet
	unwritten bool      // not flushed yet
	settling  bool      // a goroutine is at it, or it is settled
	retry     bool      // settling did not work out; again at the next tick
	end       *ending   // overrules the status; nil while the agent decides
	leaves    time.Time // when it was to flush and stop; zero if it may stay
	shown     time.Time // last published
	beatAt    time.Time // next heartbeat by token
}

type polled struct {
	agentapi.Changes
	full  bool      // a listing of everything
	asked time.Time // when the request left
	err   error
}

func newFollower(t *Tracker, agent models.Agent) *follower {
	now := t.Now()
	return &follower{
		Tracker: t, id: agent.ID, agent: agent, client: t.Agents(agent), log: t.Log.With("agent", agent.ID),
		open: map[uuid.UUID]*followed{}, seen: map[uuid.UUID]agentapi.Status{}, tidied: map[uuid.UUID]time.Time{},
		polls: make(chan polled), settled: make(chan settlement, settleWidth), width: make(chan struct{}, settleWidth),
		started: now, contact: now, flushed: now,
	}
}

// poll asks the agent for changes, all the time, and for everything now and
// then and whenever the agent was restarted.
func (f *follower) poll(ctx context.Context) {
	var since, boot int64
	var listed time.Time
	pause := retryPoll
	for ctx.Err() == nil {
		p := polled{asked: f.Now(), full: since == 0 || f.Now().Sub(listed) >= f.Pace.Resync}
		if p.full {
			p.Changes, p.err = f.client.Changes(ctx, 0, 0)
		} else {
			p.Changes, p.err = f.client.Changes(ctx, since, f.Pace.Wait)
		}
		switch {
		case p.err != nil:
			since = 0
		case !p.full && p.BootEpoch != boot:
			since = 0 // its revisions restarted
			continue
		default:
			since, boot = p.Revision, p.BootEpoch
			if p.full {
				listed = p.asked
			}
		}
		select {
		case f.polls <- p:
		case <-ctx.Done():
			return
		}
		if p.err == nil {
			pause = retryPoll
			continue
		}
		_ = wait.For(ctx, wait.Spread(pause)) // the loop looks at ctx
		pause = min(2*pause, retryMax)
	}
}

// hear takes in an answer of the agent, or that there was none.
func (f *follower) hear(ctx context.Context, p polled) {
	if p.err != nil {
		if !f.failing && ctx.Err() == nil {
			f.log.WarnContext(ctx, "agent stopped responding", "error", p.err)
		}
		f.failing = true
		return
	}
	if f.lost {
		f.log.InfoContext(ctx, "agent responds again")
	}
	f.contact, f.failing, f.lost, f.looked = f.Now(), false, false, time.Time{}
	if p.full {
		f.seen = make(map[uuid.UUID]agentapi.Status, len(p.Transfers))
	}
	unknown := false
	for _, st := range p.Transfers {
		id, err := uuid.Parse(st.JobID)
		if err != nil {
			continue // not one of ours; the agent alone knows what it is
		}
		f.seen[id] = st
		o, ok := f.open[id]
		unknown = unknown || !ok || o.Epoch < st.Epoch
	}
	if unknown {
		f.reload(ctx)
	}
	for _, st := range p.Transfers {
		f.apply(ctx, st)
	}
	f.publish(ctx)
	if p.full {
		f.missing(ctx, p.asked)
	}
}

// apply takes in the state of one transfer.
func (f *follower) apply(ctx context.Context, st agentapi.Status) {
	id, err := uuid.Parse(st.JobID)
	if err != nil {
		return
	}
	o, ok := f.open[id]
	if !ok || o.Epoch != st.Epoch || o.settling {
		return
	}
	if !o.heard || o.status.Phase != st.Phase {
		o.shown = time.Time{} // a new phase is shown at once
	}
	o.status, o.heard, o.changed, o.unwritten = st, true, true, true
	if st.Phase.Ended() {
		f.settle(ctx, o)
	}
}

// publish sends out what changed, at most once per tick and job.
func (f *follower) publish(ctx context.Context) {
	now := f.Now()
	var msgs []event.Message
	for _, o := range f.open {
		if o.changed && now.Sub(o.shown) >= f.Pace.Tick {
			o.changed, o.shown = false, now
			msgs = append(msgs, event.Progressed(o.progress(now)))
		}
	}
	if len(msgs) == 0 {
		return
	}
	if err := f.Events.Publish(ctx, msgs...); err != nil {
		f.log.WarnContext(ctx, "could not publish progress", "error", err)
	}
}

// flush writes the newest figures in one statement.
func (f *follower) flush(ctx context.Context) {
	now := f.Now()
	var rows []models.Progress
	for _, o := range f.open {
		if o.unwritten {
			o.unwritten = false
			rows = append(rows, o.progress(now))
		}
	}
	if len(rows) == 0 {
		return
	}
	if err := f.Store.FlushProgress(ctx, rows); err != nil {
		f.log.WarnContext(ctx, "could not write progress", "error", err)
	}
}

// flushLast writes the last figures when the worker stops, which may have ended
// ctx. They justify one statement, not a wait for the database.
func (f *follower) flushLast(ctx context.Context) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), 2*time.Second)
	defer cancel()
	f.flush(ctx)
}

// reload reads the agent's row and its open attempts. What is known of an
// attempt stays as long as its epoch does.
func (f *follower) reload(ctx context.Context) {
	agent, err := f.Store.Agent(ctx, f.id)
	if err == nil {
		f.moved = agent.URL != f.agent.URL
		f.agent = agent
	}
	f.gone = models.IsNotFound(err)
	attempts, err := f.Store.OpenAttempts(ctx, f.id)
	if err != nil {
		f.log.WarnContext(ctx, "could not read open attempts", "error", err)
		return
	}
	open := make(map[uuid.UUID]*followed, len(attempts))
	for _, at := range attempts {
		o, ok := f.open[at.JobID]
		if !ok || o.Epoch != at.Epoch {
			o = &followed{beatAt: at.BeatAt.Add(wait.Spread(f.Pace.Beat))}
		}
		o.OpenAttempt = at
		open[at.JobID] = o
	}
	f.open = open
	for id, o := range f.open {
		if st, ok := f.seen[id]; ok && !o.heard {
			f.apply(ctx, st)
		}
	}
}

// progress is the newest that is known of an attempt, for people.
func (o *followed) progress(now time.Time) models.Progress {
	st := o.status
	p := models.Progress{
		JobID: o.JobID, UserID: o.UserID, Phase: models.Phase(st.Phase),
		BytesTotal: st.BytesTotal, BytesDone: max(st.BytesDone, 0), BytesStored: max(st.BytesStored, 0),
		DownRate: max(st.DownRate, 0), UpRate: max(st.UpRate, 0), Peers: max(st.Peers, 0), Seeders: max(st.Seeders, 0),
		Waiting: agentfault.Waiting(st.Waiting), GivesUpAt: st.GivesUpAt, UpdatedAt: now,
	}
	if st.DownRate > 0 && st.BytesTotal > st.BytesDone {
		eta := (st.BytesTotal - st.BytesDone) / st.DownRate
		p.ETASeconds = &eta
	}
	return p
}
