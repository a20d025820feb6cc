package placement

import (
	"context"
	"time"

	"github.com/google/uuid"

	"longhaul/agent/agentapi"
	"longhaul/internal/attempt"
	"longhaul/models"
)

const (
	// askLimit bounds how long a transfer is asked for: a request that is lost is
	// made again, and an older one must not come after it.
	askLimit = 20 * time.Second

	// stopLimit bounds the courtesy call to an agent whose transfer was ended in the
	// database already; the tracker repeats it if it gets lost.
	stopLimit = 3 * time.Second
)

// Want records that a workflow wants a transfer. The token is answered when the
// transfer ends.
func (p *Placer) Want(ctx context.Context, want models.TransferWant) error {
	ctx, cancel := context.WithTimeout(ctx, askLimit)
	defer cancel()
	if err := p.Store.WantTransfer(ctx, want); err != nil {
		return attempt.Passing(err)
	}
	return nil
}

// Stop ends what runs for a job and changes its state. The database is what
// counts: from then on the agent's reports and part requests are refused. Stop
// also tells the agent directly, and its tracker repeats that if the call is
// lost.
func (p *Placer) Stop(ctx context.Context, jobID uuid.UUID, change models.JobChange, remove bool) error {
	if _, err := p.Store.Transition(ctx, jobID, change); err != nil {
		return err
	}
	// The last attempt is read after the transition: from then on none is placed.
	attempts, err := p.Store.Attempts(ctx, jobID)
	if err != nil {
		return err
	}
	if len(attempts) == 0 || !attempts[len(attempts)-1].State.Live() {
		return nil
	}
	last := attempts[len(attempts)-1]
	if err := p.Store.EndAttempt(ctx, jobID, last.Epoch, models.AttemptSuperseded, models.Reason{}); err != nil {
		return err
	}
	if last.AgentID == nil {
		return nil // the tracker removes what Seedr has
	}
	agent, err := p.Store.Agent(ctx, *last.AgentID)
	if models.IsNotFound(err) {
		return nil // removed since the attempt ended
	}
	if err != nil {
		return err
	}
	p.tell(ctx, agent, last, remove)
	return nil
}

func (p *Placer) tell(ctx context.Context, agent models.Agent, last models.Attempt, remove bool) {
	ctx, cancel := context.WithTimeout(ctx, stopLimit)
	defer cancel()
	var err error
	if remove {
		err = p.Agents(agent).Delete(ctx, last.JobID.String(), last.Epoch)
	} else {
		err = p.Agents(agent).Stop(ctx, last.JobID.String(), agentapi.Stop{Epoch: last.Epoch})
	}
	if err != nil {
		p.Log.InfoContext(ctx, "could not stop transfer on agent; its tracker will", "job_id", last.JobID, "agent", agent.ID, "error", err)
	}
}
