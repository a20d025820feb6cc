// Package providers keeps which provider new jobs go to, and what is known of
// the Seedr account: its space, slots and items, and the budget of calls that
// all workers share.
//
// It depends on the agents, whose slots it counts, on the flags and on the
// records. It
// reads jobs and attempts to count what they need; which job gets a slot or
// moves is for the jobs to say.
package providers

import (
	"cmp"
	"context"

	"github.com/google/uuid"

	"longhaul/internal/store/agents"
	"longhaul/internal/store/flags"
	"longhaul/internal/store/postgres"
	"longhaul/internal/store/records"
	"longhaul/models"
)

// Providers keeps the settings of providers and the Seedr account.
type Providers struct {
	db      *postgres.DB
	records *records.Records
	agents  *agents.Agents
	flags   *flags.Flags
}

// New returns the providers of the database.
func New(db *postgres.DB, r *records.Records, a *agents.Agents, f *flags.Flags) *Providers {
	return &Providers{db: db, records: r, agents: a, flags: f}
}

// Worker returns the methods that only the worker may use.
func (pr *Providers) Worker() *Worker { return &Worker{pr} }

// Worker writes what Seedr told.
type Worker struct{ pr *Providers }

// ProviderConfig returns the provider settings that hold: the newest entry of
// their history, or the agents without failover if there is none.
func (pr *Providers) ProviderConfig(ctx context.Context) (models.ProviderConfig, error) {
	var c models.ProviderConfig
	err := postgres.Translate(pr.db.Conn(ctx).Order("id desc").Take(&c).Error, "load provider settings")
	if models.IsNotFound(err) {
		return models.ProviderConfig{
			FromProvider: models.ProviderAgent, Provider: models.ProviderAgent,
			Options: models.ProviderOptions{Failover: models.FailoverNone},
		}, nil
	}
	return c, err
}

// ProviderConfig returns the provider settings that hold.
func (w *Worker) ProviderConfig(ctx context.Context) (models.ProviderConfig, error) {
	return w.pr.ProviderConfig(ctx)
}

// ChooseProvider returns where a new job goes: to the provider that the user
// names, if the options allow that, else to the active one. What Seedr cannot
// fetch goes to the agents.
func (pr *Providers) ChooseProvider(ctx context.Context, n models.NewJob) (models.Provider, error) {
	cfg, err := pr.ProviderConfig(ctx)
	if err != nil {
		return "", err
	}
	if n.Provider != "" || n.Failover != "" {
		if err := pr.mayChoose(ctx, n.UserID, cfg); err != nil {
			return "", err
		}
	}
	hash := cmp.Or(n.Source.InfoHashV1, manifestHash(n.Manifest))
	if n.Provider != "" && !n.Provider.Fits(n.Source.Kind, hash) {
		return "", models.Errorf(models.CodeInvalid, "Seedr accepts only torrents with a v1 info hash.").In("provider")
	}
	want := cmp.Or(n.Provider, cfg.Provider)
	if want.Fits(n.Source.Kind, hash) {
		return want, nil
	}
	var there bool
	if err := pr.db.Row(ctx, &there, "look for agents", `select exists (select from agents)`); err != nil {
		return "", err
	}
	if !there {
		return "", models.Fault(models.ProblemNoAgent, "Seedr can't fetch this kind of source, and there is no agent that can.").In("source")
	}
	return models.ProviderAgent, nil
}

// MayChooseProvider reports whether the user may name a provider.
func (pr *Providers) MayChooseProvider(ctx context.Context, userID uuid.UUID) (bool, error) {
	cfg, err := pr.ProviderConfig(ctx)
	if err != nil || !cfg.Options.UserChoice {
		return false, err
	}
	return pr.flags.FlagOn(ctx, models.FlagProviderChoice, userID)
}

// mayChoose refuses a choice of provider that the options or the flag of the
// account don't allow.
func (pr *Providers) mayChoose(ctx context.Context, userID uuid.UUID, cfg models.ProviderConfig) error {
	on := cfg.Options.UserChoice
	if on {
		var err error
		if on, err = pr.flags.FlagOn(ctx, models.FlagProviderChoice, userID); err != nil {
			return err
		}
	}
	if !on {
		return models.FlagProviderChoice.Off().In("provider")
	}
	return nil
}

func manifestHash(m *models.Manifest) string {
	if m == nil {
		return ""
	}
	return m.InfoHashV1
}

// SwitchProvider adds an entry to the history of provider settings and returns
// it: from then on new jobs go to the provider. Jobs that are there stay where
// they are. Switches follow one another.
func (pr *Providers) SwitchProvider(ctx context.Context, by models.Actor, c models.ProviderChange) (models.ProviderConfig, error) {
	var out models.ProviderConfig
	err := pr.db.Tx(ctx, func(ctx context.Context) error {
		if err := pr.db.Lock(ctx, postgres.LockProviders, ""); err != nil {
			return err
		}
		before, err := pr.ProviderConfig(ctx)
		if err != nil {
			return err
		}
		out = models.ProviderConfig{
			FromProvider: before.Provider, Provider: c.To, Options: c.Options, ChangedBy: by.ID,
			Verified: c.Verified, CreatedAt: pr.db.Now(),
		}
		if err := pr.db.Conn(ctx).Create(&out).Error; err != nil {
			return postgres.Translate(err, "save provider settings")
		}
		e := by.Did(models.AuditProviderSwitched, "provider", string(out.Provider))
		e.Before, e.After = settings(before), settings(out)
		return pr.records.RecordAudit(ctx, e)
	})
	return out, err
}

func settings(c models.ProviderConfig) map[string]any {
	return map[string]any{
		"provider": string(c.Provider), "failover": string(c.Options.Failover), "userChoice": c.Options.UserChoice,
	}
}

// ProviderHistory returns up to limit entries of the history from before the
// id on, the newest first; 0 begins with the newest.
func (pr *Providers) ProviderHistory(ctx context.Context, before int64, limit int) ([]models.ProviderEntry, error) {
	var out []models.ProviderEntry
	err := pr.db.Conn(ctx).Table("provider_configs c").Select("c.*, coalesce(u.email, '') as email").
		Joins("left join users u on u.id = c.changed_by").
		Where("? = 0 or c.id < ?", before, before).Order("c.id desc").Limit(limit).Find(&out).Error
	return out, postgres.Translate(err, "list provider history")
}

// ProviderOverview returns what is known of all providers.
func (pr *Providers) ProviderOverview(ctx context.Context) (models.ProviderOverview, error) {
	o := models.ProviderOverview{Running: map[models.Provider]int{}, Waiting: map[models.Provider]int{}}
	var err error
	if o.Config, err = pr.ProviderConfig(ctx); err != nil {
		return o, err
	}
	if o.Agents, o.Free, err = pr.agents.FreeSlots(ctx); err != nil {
		return o, err
	}
	if o.Slots, err = pr.agents.AgentSlots(ctx); err != nil {
		return o, err
	}
	room, err := pr.SeedrRoom(ctx)
	if err != nil {
		return o, err
	}
	o.Seedr, o.Taken, o.Space = room.SeedrAccount, room.Taken, room.Free()
	if err := pr.countLoads(ctx, &o); err != nil {
		return o, err
	}
	o.Rest, err = pr.seedrRest(ctx)
	return o, err
}

// countLoads counts the jobs that each provider has.
func (pr *Providers) countLoads(ctx context.Context, o *models.ProviderOverview) error {
	var rows []struct {
		Provider models.Provider
		Running  int
		Waiting  int
	}
	err := pr.db.Rows(ctx, &rows, "count jobs of providers", `
		select provider, count(*) filter (where admitted_at is not null) as running,
			count(*) filter (where admitted_at is null and state = 'queued') as waiting
		from jobs where delete_at is null and state in ('queued', 'resolving', 'downloading', 'storing') group by provider`)
	for _, r := range rows {
		o.Running[r.Provider], o.Waiting[r.Provider] = r.Running, r.Waiting
	}
	return err
}
