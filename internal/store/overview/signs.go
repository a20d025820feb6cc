package overview

import (
	"context"
	"time"

	"longhaul/models"
)

// From when on something that waits needs a person.
const (
	outboxLate = 2 * time.Minute
	mailLate   = 10 * time.Minute
	mailFailed = time.Hour
)

// Signs returns what the database says of how the deployment does. The version
// is that of the server, for agents that are behind.
func (o *Overview) Signs(ctx context.Context, version string) ([]models.Finding, error) {
	var out []models.Finding
	for _, look := range []func(context.Context) ([]models.Finding, error){
		func(ctx context.Context) ([]models.Finding, error) { return o.agentSigns(ctx, version) },
		o.seedrSigns, o.queueSigns, o.storageSigns,
	} {
		found, err := look(ctx)
		if err != nil {
			return nil, err
		}
		out = append(out, found...)
	}
	return out, nil
}

// agentSigns tells of agents that do less than they could.
func (o *Overview) agentSigns(ctx context.Context, version string) ([]models.Finding, error) {
	list, err := o.deps.Agents.ListAgents(ctx)
	if err != nil {
		return nil, err
	}
	config, err := o.deps.Providers.ProviderConfig(ctx)
	if err != nil {
		return nil, err
	}
	if len(list) == 0 && config.Provider == models.ProviderSeedr {
		return []models.Finding{{Cause: models.CauseAgentsOff}}, nil
	}
	left, err := o.deps.Agents.Busy(ctx)
	if err != nil {
		return nil, err
	}
	var out []models.Finding
	working, now := 0, o.db.Now()
	for _, a := range list {
		alive := a.Alive(now)
		if alive && a.State == models.AgentActive {
			working++
		}
		switch {
		case !alive && a.LastSeenAt != nil:
			out = append(out, models.Finding{Cause: models.CauseAgentLost, Target: a.Name})
		case a.State == models.AgentDraining && left[a.ID].Jobs == 0:
			out = append(out, models.Finding{Cause: models.CauseAgentDrained, Target: a.Name})
		case a.State == models.AgentActive && alive && a.DiskFree < a.LeastFree():
			out = append(out, models.Finding{Cause: models.CauseAgentDiskLow, Target: a.Name, Count: a.DiskFree})
		}
		if alive && models.OlderVersion(a.Version, version) {
			out = append(out, models.Finding{Cause: models.CauseAgentOutdated, Target: a.Name})
		}
	}
	if working == 0 {
		return append(out, models.Finding{Cause: models.CauseNoAgents}), nil
	}
	empty, err := o.deps.Agents.EmptyPools(ctx)
	for _, p := range empty {
		cause := models.CausePoolEmpty
		if p.Pool == "" {
			cause = models.CausePoolsOnly
		}
		out = append(out, models.Finding{Cause: cause, Target: p.Pool, Count: p.Jobs})
	}
	return out, err
}

func (o *Overview) seedrSigns(ctx context.Context) ([]models.Finding, error) {
	account, err := o.deps.Providers.SeedrAccount(ctx)
	if err != nil {
		return nil, err
	}
	config, err := o.deps.Providers.ProviderConfig(ctx)
	switch {
	case err != nil:
		return nil, err
	case !account.Configured && config.Provider == models.ProviderSeedr:
		return []models.Finding{{Cause: models.CauseSeedrMissing}}, nil
	case !account.Configured:
		return []models.Finding{{Cause: models.CauseSeedrOff}}, nil
	case account.FailedSince != nil:
		return []models.Finding{{Cause: models.CauseSeedrFailing}}, nil
	default:
		return nil, nil
	}
}

// queueSigns tells of jobs that get no slot, of an outbox and of mails that no one
// takes, and of mails that failed.
func (o *Overview) queueSigns(ctx context.Context) ([]models.Finding, error) {
	var out []models.Finding
	pulse, err := o.deps.Admission.Pulse(ctx)
	if err != nil {
		return nil, err
	}
	if pulse.Stands() {
		out = append(out, models.Finding{Cause: models.CauseAdmissionStands})
	}
	var b models.Overview
	if err := o.backlogs(ctx, &b, mailFailed); err != nil {
		return nil, err
	}
	now := o.db.Now()
	if late(b.Outbox, now, outboxLate) {
		out = append(out, models.Finding{Cause: models.CauseOutboxBacklog, Count: b.Outbox.Count})
	}
	if late(b.Mail, now, mailLate) {
		out = append(out, models.Finding{Cause: models.CauseMailBacklog, Count: b.Mail.Count})
	}
	if b.MailFailed > 0 {
		out = append(out, models.Finding{Cause: models.CauseMailFailing, Count: b.MailFailed})
	}
	return out, nil
}

func (o *Overview) storageSigns(ctx context.Context) ([]models.Finding, error) {
	s, err := o.deps.Stock.StorageReport(ctx)
	if err != nil {
		return nil, err
	}
	var out []models.Finding
	if s.Paused != "" {
		out = append(out, models.Finding{Cause: models.CauseDeletionPaused})
	}
	if s.RefusedOrphans > 0 {
		out = append(out, models.Finding{Cause: models.CauseOrphansRefused, Count: s.RefusedOrphans})
	}
	if s.RefusedLost > 0 {
		out = append(out, models.Finding{Cause: models.CauseLostRefused, Count: s.RefusedLost})
	}
	return out, nil
}

func late(b models.Backlog, now time.Time, after time.Duration) bool {
	return b.OldestAt != nil && now.Sub(*b.OldestAt) > after
}
