package placement

import (
	"context"
	"slices"
	"time"

	"longhaul/agent/agentapi"
	"longhaul/internal/agentfault"
	"longhaul/internal/tracing"
	"longhaul/internal/wait"
	"longhaul/models"
)

const (
	// patience is how long a job that holds a slot waits for a place before a
	// person is asked.
	patience = 24 * time.Hour

	// mostTries is how many faults of the infrastructure one wanted transfer survives
	// before the job needs attention.
	mostTries = 3000
)

// place brings an attempt one step further: to a provider, back to waiting, or to
// its end. Whatever does not work out leaves the attempt due, so that it is taken
// up again.
func (p *Placer) place(ctx context.Context, at models.Attempt) {
	ctx = tracing.Resume(ctx, at.Trace)
	err := p.placeOne(ctx, at)
	if err != nil && ctx.Err() == nil {
		p.Log.WarnContext(ctx, "could not place transfer; will retry", "job_id", at.JobID, "epoch", at.Epoch, "error", err)
	}
}

func (p *Placer) placeOne(ctx context.Context, at models.Attempt) error {
	placed, err := p.Store.Place(ctx, at.JobID, at.Epoch, p.Pace.Leave)
	problem := models.ProblemOf(err)
	switch {
	case err == nil:
	case problem == models.ProblemSuperseded, models.IsNotFound(err):
		return nil
	case problem.Machinery():
		return p.wait(ctx, at, models.AsError(err))
	case problem != "":
		return p.Desk.Fail(ctx, at, models.AsError(err), details(at), 0)
	default:
		return err
	}
	if placed.AgentID == nil { // Seedr's tracker adds it
		p.count(OutcomePlaced)
		return nil
	}
	return p.call(ctx, placed)
}

// call has the agent run the transfer. The call is the same however often it is
// made, because the agent knows job and epoch.
func (p *Placer) call(ctx context.Context, to models.Placement) error {
	src, err := p.Store.Source(ctx, to.JobID)
	if err != nil {
		return err
	}
	if src.Sealed != "" {
		if src.Login, err = p.OpenLogin(src.Owner, src.Sealed); err != nil {
			lost := models.Errorf(models.CodeInternal, "The login of this address can't be read any more. Submit the address again.")
			return p.Desk.Fail(ctx, to.Attempt, lost.Because(err), details(to.Attempt), 0)
		}
	}
	wrong, err := p.wrongHere(ctx, to)
	if err != nil {
		return err
	}
	agent, id := p.Agents(to.Agent), to.JobID.String()
	if wrong > 0 {
		err = agent.Delete(ctx, id, wrong)
	}
	if err == nil || agentapi.IsProblem(err, string(models.ProblemSuperseded)) { // it has a newer attempt
		_, err = agent.Start(ctx, id, p.request(src, to))
	}
	switch {
	case err == nil:
		p.count(OutcomePlaced)
		return p.Store.Taken(ctx, to.JobID, to.Epoch)
	case ctx.Err() != nil: // the worker stops; another one makes the call again
		return err
	}
	held, lost := p.Store.Held(ctx, to.JobID, to.Epoch, *to.DueAt)
	if lost != nil || !held {
		return lost // another call was answered, or is on its way
	}
	fault := agentfault.Refused(err)
	p.count(OutcomeRefused)
	p.Log.WarnContext(ctx, "agent did not accept transfer", "job_id", to.JobID, "agent", to.Agent.ID, "problem", fault.Problem, "error", err)
	return p.Desk.Fail(ctx, to.Attempt, fault, details(to.Attempt), 0)
}

// wrongHere returns the last attempt with which the agent stored wrong content of the
// job, 0 for none. What it still has of that is removed: it would be stored again.
func (p *Placer) wrongHere(ctx context.Context, to models.Placement) (epoch int64, err error) {
	attempts, err := p.Store.Attempts(ctx, to.JobID)
	for _, at := range attempts {
		if at.Problem == models.ProblemWrongContent && at.AgentID != nil && *at.AgentID == to.Agent.ID {
			epoch = max(epoch, at.Epoch)
		}
	}
	return epoch, err
}

// wait says on the job why it waits although it holds a slot, and has the attempt
// look for a place again, less often as time goes by. One that may go elsewhere
// does so after a while; for any other the job needs attention in the end.
func (p *Placer) wait(ctx context.Context, at models.Attempt, cause *models.Error) error {
	pause := wait.Spread(min(p.Pace.Retry*time.Duration(1+at.Tries/5), p.Pace.RetryAt))
	why, until := cause.Reason(), at.WantedAt.Add(patience)
	if to, ok := models.FailoverBoth.Next(at.Provider); ok && at.Elsewhere && p.FailoverAfter < patience {
		why, until = why.With("moves_to", to), at.WantedAt.Add(p.FailoverAfter)
	}
	err := p.Store.Wait(ctx, at.JobID, at.Epoch, pause, models.JobChange{
		To: models.StateQueued, Problem: cause.Problem, Reason: why, Deadline: &until,
	})
	if err != nil {
		return err
	}
	if !p.Now().Before(until) || at.Tries >= mostTries {
		p.count(OutcomeGaveUp)
		return p.Desk.GiveUp(ctx, at, cause, details(at))
	}
	p.count(OutcomeWaits)
	return nil
}

func details(at models.Attempt) models.FaultDetails {
	d := models.FaultDetails{Provider: at.Provider, Epoch: at.Epoch}
	if at.AgentID != nil {
		d.AgentID = at.AgentID.String()
	}
	return d
}

// request is what the agent is to do; parts that are stored already are not
// fetched again.
func (p *Placer) request(src models.Source, to models.Placement) agentapi.StartTransfer {
	s := agentapi.StartTransfer{
		Epoch: to.Epoch, Kind: agentapi.Kind(to.Kind), MaxBytes: p.MaxJobBytes, BytesPerSecond: to.BytesPerSecond,
		ResolveTimeoutSeconds: int64(p.ResolveTimeout.Seconds()), StallTimeoutSeconds: int64(p.StallTimeout.Seconds()),
	}
	switch {
	case len(src.Metainfo) > 0:
		s.Source.Metainfo = src.Metainfo
	case src.Kind == models.SourceURL:
		s.Source.URL, s.Source.KeepPage = src.URI, src.KeepPage
		if l := src.Login; l != nil {
			s.Source.Login = &agentapi.Login{User: l.User, Password: l.Password}
		}
	default:
		s.Source.Magnet = src.URI
	}
	if to.Kind == models.TransferResolve {
		return s
	}
	for _, f := range to.Files {
		if f.State == models.FileSkipped {
			continue
		}
		job := agentapi.FileJob{Index: f.Index, Size: f.Size, PartSize: f.PartSize, Validator: f.Validator}
		if f.State == models.FileStored { // its object is complete, and its parts have no rows any more
			for n := int64(1); (n-1)*f.PartSize < f.Size; n++ {
				job.Stored = append(job.Stored, n)
			}
		}
		for _, part := range to.Parts[f.ID] {
			job.Stored = append(job.Stored, int64(part.Number))
		}
		slices.Sort(job.Stored)
		s.Files = append(s.Files, job)
	}
	return s
}
