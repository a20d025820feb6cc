package agenttrack

import (
	"context"
	"slices"
	"time"

	"github.com/google/uuid"

	"longhaul/agent/agentapi"
	"longhaul/internal/wait"
	"longhaul/models"
)

// lostDelay is after which the first job of a lost agent moves; each further one
// moves a little later.
const lostDelay = time.Second

// silent reports whether the agent counts as lost. Both directions must have
// failed: its heartbeats stopped for models.AgentLostAfter, and it hasn't
// answered calls for long enough that a restart of the control plane doesn't
// look like the agent's fault. One that sends heartbeats but cannot be called
// still works and stores; it is left alone for much longer.
func (f *follower) silent(now time.Time) bool {
	if !f.failing {
		return false
	}
	quiet := now.Sub(f.contact)
	if f.agent.Alive(now) {
		return quiet >= f.Pace.Unheard
	}
	return quiet >= f.Pace.Silence
}

// lose fails the open attempts of the agent, so that the jobs move. They start one
// after another, not all at once. While they can't move, they wait for it: it has
// what they fetched.
func (f *follower) lose(ctx context.Context) {
	now := f.Now()
	if now.Sub(f.looked) < f.Pace.Flush {
		return
	}
	if !f.lost {
		if _, err := f.Store.MarkAgentLost(ctx, f.id); err != nil {
			f.log.WarnContext(ctx, "could not mark agent lost", "error", err)
			return
		}
		f.lost = true
		f.log.WarnContext(ctx, "agent lost", "transfers", len(f.open))
	}
	alone, err := f.alone(ctx, now)
	if err != nil {
		f.log.WarnContext(ctx, "could not look for other agents", "error", err)
		return
	}
	f.looked = now
	alone = alone && now.Sub(f.contact) < f.Pace.Alone
	n := 0
	for _, o := range f.open {
		if o.settling {
			continue
		}
		if alone && !o.Elsewhere {
			o.waitFor(f.agent)
			continue
		}
		after := min(lostDelay+time.Duration(n)*100*time.Millisecond, 20*time.Second)
		o.end = &ending{delay: wait.Spread(after), fault: models.Fault(models.ProblemAgentLost, "The agent stopped responding; another one takes over from what is stored.")}
		f.settle(ctx, o)
		n++
	}
}

// alone reports whether no other agent is alive that takes work.
func (f *follower) alone(ctx context.Context, now time.Time) (bool, error) {
	agents, err := f.Store.ListAgents(ctx)
	if err != nil {
		return false, err
	}
	return !slices.ContainsFunc(agents, func(a models.Agent) bool { return f.takesOver(a, now) }), nil
}

// takesOver reports whether the agent may get transfers of this one.
func (f *follower) takesOver(a models.Agent, now time.Time) bool {
	return a.ID != f.id && a.State == models.AgentActive && a.LostAt == nil && a.Alive(now)
}

// waitFor shows that the transfer waits for its agent.
func (o *followed) waitFor(a models.Agent) {
	o.status.DownRate, o.status.UpRate, o.status.Peers, o.status.Seeders = 0, 0, 0, 0
	o.status.Waiting = &agentapi.Reason{Code: string(models.ReasonWaitsForAgent), Params: map[string]any{"agent": a.Name}}
	o.changed, o.unwritten = true, true
}

// missing fails the open attempts that a full listing does not show: the agent
// lost them. Of one that placement is still calling for, nothing is known yet.
func (f *follower) missing(ctx context.Context, asked time.Time) {
	for id, o := range f.open {
		st, ok := f.seen[id]
		if o.settling || o.DueAt != nil || (ok && st.Epoch >= o.Epoch) || asked.Sub(o.StartedAt) < f.Pace.Grace {
			continue
		}
		o.end = &ending{fault: models.Fault(models.ProblemAgentLost, "The agent no longer has the transfer; placing it again.")}
		f.settle(ctx, o)
	}
}

// drain hands transfers of a draining agent to others: not what ends soon
// anyway, and no more than the others have room for. Each stores what it has started
// before it leaves.
func (f *follower) drain(ctx context.Context) {
	now := f.Now()
	// What was moved a moment ago is nowhere for a while; it gets the time of
	// two rounds to show up on another agent before more is moved.
	if f.agent.State != models.AgentDraining || len(f.open) == 0 || now.Sub(f.drained) < 2*f.Pace.Flush {
		return
	}
	room, err := f.roomElsewhere(ctx, now)
	if err != nil {
		f.log.WarnContext(ctx, "could not read the free slots of other agents", "error", err)
		return
	}
	for _, o := range f.open {
		if !o.leaves.IsZero() || o.settling && o.end != nil && o.end.stop {
			room-- // on its way
		}
		if !o.leaves.IsZero() && !o.settling && now.Sub(o.leaves) > 2*f.Pace.Soon {
			f.handOver(ctx, o) // it doesn't
		}
	}
	for _, o := range f.open {
		if room <= 0 {
			return
		}
		if o.settling || !o.heard || !o.leaves.IsZero() || f.endsSoon(o, now) {
			continue
		}
		o.leaves, f.drained = now, now
		f.flushOut(ctx, o.OpenAttempt)
		room--
	}
}

// flushOut has the agent store what the transfer has started and stop it; its phase
// tells when that is done. An agent that can't be called is left to handOver.
func (f *follower) flushOut(ctx context.Context, at models.OpenAttempt) {
	f.work.Go(func() {
		err := f.client.Stop(ctx, at.JobID.String(), agentapi.Stop{Epoch: at.Epoch, Flush: true})
		if err != nil && ctx.Err() == nil {
			f.log.InfoContext(ctx, "could not flush transfer on agent", "job_id", at.JobID, "error", err)
		}
	})
}

// handOver stops the transfer wherever it is.
func (f *follower) handOver(ctx context.Context, o *followed) {
	o.end = &ending{stop: true, fault: drained()}
	f.settle(ctx, o)
}

func drained() *models.Error {
	return models.Fault(models.ProblemDrained, "The agent is draining; another one takes over from what is stored.")
}

// roomElsewhere counts the transfers that other agents can take beyond those that
// they have and those that already wait for a place.
func (f *follower) roomElsewhere(ctx context.Context, now time.Time) (int, error) {
	agents, err := f.Store.ListAgents(ctx)
	if err != nil {
		return 0, err
	}
	wanted, err := f.Store.WantedAttempts(ctx, models.ProviderAgent)
	if err != nil {
		return 0, err
	}
	room := -wanted
	for _, a := range agents {
		if !f.takesOver(a, now) {
			continue
		}
		placed, err := f.Store.OpenAttempts(ctx, a.ID)
		if err != nil {
			return 0, err
		}
		room += max(a.Capacity-len(placed), 0)
	}
	return room, nil
}

func (f *follower) endsSoon(o *followed, now time.Time) bool {
	p := o.progress(now)
	return o.status.Phase == agentapi.PhaseUploading || (p.ETASeconds != nil && time.Duration(*p.ETASeconds)*time.Second <= f.Pace.Soon)
}

// tidy clears transfers on the agent that have no open attempt: it stops what a
// job may still need and removes what no job needs.
func (f *follower) tidy(ctx context.Context) {
	if f.failing || f.tidying.Load() {
		return
	}
	now := f.Now()
	var stray []agentapi.Status
	for id, st := range f.seen {
		if _, open := f.open[id]; open || now.Sub(f.tidied[id]) < f.Pace.Tidy {
			continue
		}
		f.tidied[id] = now
		stray = append(stray, st)
	}
	for id := range f.tidied {
		if _, ok := f.seen[id]; !ok {
			delete(f.tidied, id)
		}
	}
	if len(stray) == 0 {
		return
	}
	f.tidying.Store(true)
	f.work.Go(func() {
		defer f.tidying.Store(false)
		for _, st := range stray {
			if err := f.tidyOne(ctx, st); err != nil && ctx.Err() == nil {
				f.log.WarnContext(ctx, "could not tidy up a stray transfer", "error", err)
			}
		}
	})
}

// tidyOne acts on one stray transfer. The epoch in the call protects a newer
// placement that is on its way to the same agent.
func (f *follower) tidyOne(ctx context.Context, st agentapi.Status) error {
	id, err := uuid.Parse(st.JobID)
	if err != nil {
		return err
	}
	job, err := f.Store.Job(ctx, id)
	switch {
	case models.IsNotFound(err):
		return f.client.Delete(ctx, st.JobID, st.Epoch)
	case err != nil:
		return err
	case job.State == models.StateReady && st.Phase == agentapi.PhaseSeeding:
		return nil // it gives back as its policy says
	case job.State.Terminal():
		return f.client.Delete(ctx, st.JobID, st.Epoch)
	case !st.Phase.Ended():
		return f.client.Stop(ctx, st.JobID, agentapi.Stop{Epoch: st.Epoch})
	default:
		return nil
	}
}
