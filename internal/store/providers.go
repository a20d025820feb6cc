package store

import (
	"cmp"
	"context"

	"github.com/google/uuid"

	"longhaul/models"
)

// ProviderConfig returns the provider settings that hold: the newest entry of
// their history, or the agents without fail-over if there is none.
func (s *Store) ProviderConfig(ctx context.Context) (models.ProviderConfig, error) {
	var c models.ProviderConfig
	err := translate(s.conn(ctx).Order("id desc").Take(&c).Error, "load provider settings")
	if isNotFound(err) {
		return models.ProviderConfig{
			FromProvider: models.ProviderAgent, Provider: models.ProviderAgent,
			Options: models.ProviderOptions{Failover: models.FailoverNone},
		}, nil
	}
	return c, err
}

// ProviderConfig returns the provider settings that hold.
func (w *Work) ProviderConfig(ctx context.Context) (models.ProviderConfig, error) {
	return w.s.ProviderConfig(ctx)
}

// chooseProvider returns where a new job goes: to the provider that the user
// names, if the options allow that, else to the active one. What Seedr cannot
// fetch goes to the agents.
func (s *Store) chooseProvider(ctx context.Context, n NewJob) (models.Provider, error) {
	cfg, err := s.ProviderConfig(ctx)
	if err != nil {
		return "", err
	}
	if (n.Provider != "" || n.Failover != "") && !cfg.Options.UserChoice {
		return "", models.Errorf(models.CodeForbidden, "The provider is chosen by the administrators here.").In("provider")
	}
	hash := cmp.Or(n.Source.InfoHashV1, manifestHash(n.Manifest))
	if n.Provider != "" && !n.Provider.Fits(n.Source.Kind, hash) {
		return "", models.Errorf(models.CodeInvalid, "Seedr takes torrents with a v1 info hash only.").In("provider")
	}
	want := cmp.Or(n.Provider, cfg.Provider)
	if want.Fits(n.Source.Kind, hash) {
		return want, nil
	}
	var there bool
	if err := s.row(ctx, &there, "look for agents", `select exists (select from agents)`); err != nil {
		return "", err
	}
	if !there {
		return "", models.Fault(models.ProblemNoAgent, "Seedr cannot fetch this kind of source, and there is no agent that could.").In("source")
	}
	return models.ProviderAgent, nil
}

func manifestHash(m *models.Manifest) string {
	if m == nil {
		return ""
	}
	return m.InfoHashV1
}

// ProviderChange is a switch of the active provider or of its options.
type ProviderChange struct {
	To       models.Provider
	Options  models.ProviderOptions
	By       uuid.UUID
	Verified *models.ProviderCheck // what a verification right before found; nil if none was made
}

// SwitchProvider adds an entry to the history of provider settings and returns
// it: from then on new jobs go to the provider. Jobs that are there stay where
// they are. Switches follow one another. after runs in the same transaction,
// with the settings before and after; it may be nil.
func (s *Store) SwitchProvider(
	ctx context.Context, c ProviderChange, after func(s *Store, before, now models.ProviderConfig) error,
) (models.ProviderConfig, error) {
	var out models.ProviderConfig
	err := s.Tx(ctx, func(s *Store) error {
		if err := s.lock(ctx, lockProviders, ""); err != nil {
			return err
		}
		before, err := s.ProviderConfig(ctx)
		if err != nil {
			return err
		}
		out = models.ProviderConfig{
			FromProvider: before.Provider, Provider: c.To, Options: c.Options, ChangedBy: &c.By,
			Verified: c.Verified, CreatedAt: s.Now(),
		}
		if err := s.conn(ctx).Create(&out).Error; err != nil {
			return translate(err, "save provider settings")
		}
		if after == nil {
			return nil
		}
		return after(s, before, out)
	})
	return out, err
}

// ProviderEntry is an entry of the history with the name of who made it.
type ProviderEntry struct {
	models.ProviderConfig
	Email string // empty when that account is gone
}

// ProviderHistory returns up to limit entries of the history from before the
// id on, the newest first; 0 begins with the newest.
func (s *Store) ProviderHistory(ctx context.Context, before int64, limit int) ([]ProviderEntry, error) {
	var out []ProviderEntry
	err := s.conn(ctx).Table("provider_configs c").Select("c.*, coalesce(u.email, '') as email").
		Joins("left join users u on u.id = c.changed_by").
		Where("? = 0 or c.id < ?", before, before).Order("c.id desc").Limit(limit).Find(&out).Error
	return out, translate(err, "list provider history")
}

// ProviderLoad is how many jobs a provider has.
type ProviderLoad struct {
	Running int // hold a slot
	Waiting int // in the queue for one
}

// ProviderLoads returns how many jobs each provider has.
func (s *Store) ProviderLoads(ctx context.Context) (map[models.Provider]ProviderLoad, error) {
	var rows []struct {
		Provider models.Provider
		Running  int
		Waiting  int
	}
	err := s.rows(ctx, &rows, "count jobs of providers", `
		select provider, count(*) filter (where admitted_at is not null) as running,
			count(*) filter (where admitted_at is null and state = 'queued') as waiting
		from jobs where delete_at is null and state in ('queued', 'resolving', 'downloading', 'storing') group by provider`)
	out := make(map[models.Provider]ProviderLoad, len(rows))
	for _, r := range rows {
		out[r.Provider] = ProviderLoad{Running: r.Running, Waiting: r.Waiting}
	}
	return out, err
}

// AgentSlots is what the agents that take work can take.
type AgentSlots struct {
	Agents int
	Slots  int // transfers at once, on all of them
	Free   int
}

// AgentSlots returns what the agents that take work can take.
func (s *Store) AgentSlots(ctx context.Context) (AgentSlots, error) {
	var out AgentSlots
	var err error
	if out.Agents, out.Free, err = s.freeSlots(ctx); err != nil {
		return AgentSlots{}, err
	}
	err = s.row(ctx, &out.Slots, "count slots of agents", `
		select coalesce(sum(capacity), 0)::int from agents where state = ? and lost_at is null and last_seen_at > ?`,
		models.AgentActive, s.aliveSince())
	return out, err
}
