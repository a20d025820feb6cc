package agent

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"sync/atomic"
	"time"

	"longhaul/agent/agentapi"
	"longhaul/models"
)

// pulse boots the agent with the control plane and keeps telling that it is
// alive.
type pulse struct {
	env      *environment
	sup      *supervisor
	hello    agentapi.Hello
	capacity int
	epoch    atomic.Int64
	log      *slog.Logger
}

// run ends only with ctx, or when the control plane refuses this process: a
// newer one has the identity, or the identity is not known any more. A control
// plane that is away is waited for; transfers go on meanwhile.
func (p *pulse) run(ctx context.Context) error {
	booted, err := untilAnswered(ctx, p.log, "boot", func() (agentapi.Booted, error) {
		return p.env.control().Boot(ctx, p.hello)
	})
	if err != nil {
		return refused(ctx, "boot", err)
	}
	p.epoch.Store(booted.BootEpoch)
	p.log.InfoContext(ctx, "agent is known to the control plane", "boot_epoch", booted.BootEpoch)
	state := string(models.AgentActive)
	for {
		reply, err := untilAnswered(ctx, p.log, "heartbeat", func() (agentapi.HeartbeatReply, error) {
			return p.env.control().Heartbeat(ctx, p.beat())
		})
		if err != nil {
			return refused(ctx, "heartbeat", err)
		}
		if reply.State != state {
			state = reply.State
			p.log.InfoContext(ctx, "an admin changed the agent's state", "state", state)
		}
		if err := sleep(ctx, p.env.timing.heartbeat); err != nil {
			return nil
		}
	}
}

func refused(ctx context.Context, what string, err error) error {
	switch {
	case ctx.Err() != nil:
		return nil
	case agentapi.IsProblem(err, string(models.ProblemSuperseded)):
		return errors.New("a newer process runs with this agent's identity; this one ends and leaves everything to it")
	default:
		return fmt.Errorf("the control plane refuses the agent's %s: %w", what, err)
	}
}

// beat tells how the agent does now.
func (p *pulse) beat() agentapi.Heartbeat {
	hb := agentapi.Heartbeat{BootEpoch: p.epoch.Load(), Capacity: p.capacity}
	for _, t := range p.sup.all() {
		if t.running() {
			hb.Running++
			hb.DownRate += t.Status().DownRate
		}
	}
	var err error
	if hb.DiskFree, hb.DiskTotal, err = p.sup.budget.space(); err != nil {
		p.log.Warn("look at the disk", "err", err)
	}
	return hb
}

// watchDisk divides the disk anew as transfers come, go and fill it.
func (p *pulse) watchDisk(ctx context.Context) {
	tick := time.NewTicker(p.env.timing.diskCheck)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
			p.sup.divide()
		}
	}
}
