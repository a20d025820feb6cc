package records

import (
	"context"
	"encoding/json"

	"github.com/google/uuid"

	"longhaul/api"
	"longhaul/internal/seedr"
	"longhaul/internal/store"
	"longhaul/models"
)

var _ api.ProviderRecords = Records{}

// ProviderOverview returns what is known of all providers.
func (r Records) ProviderOverview(ctx context.Context) (api.ProviderOverview, error) {
	cfg, err := r.ProviderConfig(ctx)
	if err != nil {
		return api.ProviderOverview{}, err
	}
	fleet, err := r.AgentSlots(ctx)
	if err != nil {
		return api.ProviderOverview{}, err
	}
	room, err := r.SeedrRoom(ctx)
	if err != nil {
		return api.ProviderOverview{}, err
	}
	loads, err := r.ProviderLoads(ctx)
	if err != nil {
		return api.ProviderOverview{}, err
	}
	o := api.ProviderOverview{
		Config: cfg, Agents: fleet.Agents, Free: fleet.Free, Slots: fleet.Slots, Seedr: room.SeedrAccount, Taken: room.Taken,
		Space: room.Free(), Running: map[models.Provider]int{}, Waiting: map[models.Provider]int{},
	}
	for p, l := range loads {
		o.Running[p], o.Waiting[p] = l.Running, l.Waiting
	}
	o.Rest, err = r.seedrRest(ctx)
	return o, err
}

// seedrRest tells whether the workers' shared state of the account admits calls.
func (r Records) seedrRest(ctx context.Context) (*api.SeedrRest, error) {
	kept, err := r.SeedrShared(ctx)
	if err != nil || len(kept) == 0 {
		return nil, err
	}
	var state seedr.State
	if err := json.Unmarshal(kept, &state); err != nil {
		return nil, models.Errorf(models.CodeInternal, "The state of the Seedr account cannot be read.").Because(err)
	}
	until, why, open := state.Open(r.Now())
	if !open {
		return nil, nil
	}
	return &api.SeedrRest{Until: until, Reason: string(why)}, nil
}

// SwitchProvider sends new jobs to another provider or changes the options,
// and audits it in the same transaction.
func (r Records) SwitchProvider(ctx context.Context, actor models.Actor, c api.ProviderChange) (models.ProviderConfig, error) {
	change := store.ProviderChange{To: c.To, Options: c.Options, By: *actor.ID, Verified: c.Verified}
	return r.Store.SwitchProvider(ctx, change, func(s *store.Store, before, now models.ProviderConfig) error {
		e := actor.Did(models.AuditProviderSwitched, "provider", string(now.Provider))
		e.Before, e.After = settings(before), settings(now)
		return s.RecordAudit(ctx, e)
	})
}

func settings(c models.ProviderConfig) map[string]any {
	return map[string]any{
		"provider": string(c.Provider), "failover": string(c.Options.Failover), "userChoice": c.Options.UserChoice,
	}
}

// ProviderHistory returns the history of provider settings.
func (r Records) ProviderHistory(ctx context.Context, before int64, limit int) ([]api.ProviderEntry, error) {
	list, err := r.Store.ProviderHistory(ctx, before, limit)
	out := make([]api.ProviderEntry, 0, len(list))
	for _, e := range list {
		out = append(out, api.ProviderEntry(e))
	}
	return out, err
}

// AnyJob returns a job of any user, for administrators. One that its user
// deleted is not_found.
func (r Records) AnyJob(ctx context.Context, jobID uuid.UUID) (models.Job, error) {
	job, err := r.Work().Job(ctx, jobID)
	if err == nil && job.DeleteAt != nil {
		return models.Job{}, models.Errorf(models.CodeNotFound, "There is no such job.")
	}
	return job, err
}
