// Package presence makes an agent known to the control plane and keeps it so:
// it enrols once, keeps the identity in the data directory, boots and sends
// heartbeats. It does not touch transfers.
package presence

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"sync/atomic"
	"time"

	"longhaul/agent/agentapi"
	"longhaul/internal/wait"
	"longhaul/models"
)

// Pulse boots the agent with the control plane and keeps telling that it is
// alive.
type Pulse struct {
	Control *agentapi.ControlClient
	Hello   agentapi.Hello
	Every   time.Duration              // between heartbeats
	Load    func() agentapi.Heartbeat  // how the agent does now; the epoch and the capacity are filled in
	Pace    func(bytesPerSecond int64) // gets the speed limit with each answer; 0 is none
	Learn   func(secret string)        // gets the control plane's secret at each boot
	Log     *slog.Logger

	epoch atomic.Int64
}

// BootEpoch returns the number of this boot, 0 before the control plane has
// answered it.
func (p *Pulse) BootEpoch() int64 { return p.epoch.Load() }

// Run ends only with ctx, or when the control plane refuses this process: a
// newer one has the identity, or the identity is not known any more. A control
// plane that is away is waited for; transfers continue meanwhile.
func (p *Pulse) Run(ctx context.Context) error {
	booted, err := untilAnswered(ctx, p.Log, "boot", func() (agentapi.Booted, error) {
		return p.Control.Boot(ctx, p.Hello)
	})
	if err != nil {
		return refused(ctx, "boot", err)
	}
	if booted.Secret != "" {
		p.Learn(booted.Secret)
	}
	p.epoch.Store(booted.BootEpoch)
	p.Log.InfoContext(ctx, "agent registered with the control plane", "boot_epoch", booted.BootEpoch)
	state := string(models.AgentActive)
	for {
		reply, err := untilAnswered(ctx, p.Log, "heartbeat", func() (agentapi.HeartbeatReply, error) {
			return p.Control.Heartbeat(ctx, p.beat())
		})
		if err != nil {
			return refused(ctx, "heartbeat", err)
		}
		if p.Pace != nil {
			p.Pace(reply.RateLimit)
		}
		if reply.State != state {
			state = reply.State
			p.Log.InfoContext(ctx, "an admin changed the agent's state", "state", state)
		}
		if err := wait.For(ctx, p.Every); err != nil {
			return nil
		}
	}
}

func (p *Pulse) beat() agentapi.Heartbeat {
	hb := p.Load()
	hb.BootEpoch, hb.Capacity = p.BootEpoch(), p.Hello.Capacity
	return hb
}

func refused(ctx context.Context, what string, err error) error {
	switch {
	case ctx.Err() != nil:
		return nil
	case agentapi.IsProblem(err, string(models.ProblemSuperseded)):
		return errors.New("a newer process runs with this agent's identity; this one stops and leaves the transfers to it")
	default:
		return fmt.Errorf("the control plane refused the agent's %s: %w", what, err)
	}
}
