package cli

import (
	"context"
	"errors"
	"fmt"

	"github.com/google/uuid"

	"longhaul/internal/config"
	"longhaul/internal/store"
	"longhaul/internal/token"
	"longhaul/models"
)

// resealBatch is how many accounts are read at once.
const resealBatch = 500

type secretsCmd struct {
	Reseal resealCmd `cmd:"" help:"Seal with SECRET_KEY what is sealed with SECRET_KEY_ACCEPTED, so that the latter can go (in the database)."`
}

type resealCmd struct{}

// Run reseals the second factors of all accounts and the logins of all addresses. It
// may run at any time, and repeatedly.
func (c *resealCmd) Run(ctx context.Context, p *program) error {
	cfg, err := config.Load(config.ProcessWorker)
	if err != nil {
		return fmt.Errorf("configuration (the worker's settings are needed):\n%w", err)
	}
	keys, err := token.NewKeys(cfg.SecretKey, cfg.AcceptedKey)
	if err != nil {
		return err
	}
	return p.withStore(ctx, func(s *store.Store, _ config.Config) error {
		changed, lost, err := reseal(ctx, s, keys)
		if err != nil {
			return err
		}
		fmt.Fprintf(p.Err, "%d second factors were sealed with another key, and are sealed with SECRET_KEY now.\n", changed)
		logins, unread, err := resealLogins(ctx, s, keys)
		if err != nil {
			return err
		}
		fmt.Fprintf(p.Err, "%d logins of addresses were sealed with another key, and are sealed with SECRET_KEY now.\n", logins)
		hooks, unreadHooks, err := resealWebhooks(ctx, s, keys)
		if err != nil {
			return err
		}
		fmt.Fprintf(p.Err, "%d webhooks were sealed with another key, and are sealed with SECRET_KEY now.\n", hooks)
		if lost > 0 {
			return fmt.Errorf("%d second factors open with neither key: keep the one that they were sealed with, or reset them", lost)
		}
		if unread > 0 {
			return fmt.Errorf("%d logins of addresses open with neither key: keep the one that they were sealed with, or delete their jobs", unread)
		}
		if unreadHooks > 0 {
			return fmt.Errorf("%d webhooks open with neither key: keep the one that they were sealed with, or have their owners enter the addresses again", unreadHooks)
		}
		return nil
	})
}

// reseal returns how many second factors it changed, and how many no key opens.
func reseal(ctx context.Context, s *store.Store, keys *token.Keys) (changed, lost int, err error) {
	return resealAll(keys, token.PurposeTOTP, func(after uuid.UUID) ([]models.User, error) {
		return s.Accounts.SealedTOTP(ctx, after, resealBatch)
	}, func(u models.User) sealed {
		return sealed{u.ID, u.ID, u.TOTPSecret, func(now string) error { return s.Accounts.ResealTOTP(ctx, u.ID, u.TOTPSecret, now) }}
	})
}

// resealLogins is reseal for the logins of addresses.
func resealLogins(ctx context.Context, s *store.Store, keys *token.Keys) (changed, lost int, err error) {
	jobs := s.Worker().Jobs
	return resealAll(keys, token.PurposeLogin, func(after uuid.UUID) ([]models.Job, error) {
		return jobs.SealedLogins(ctx, after, resealBatch)
	}, func(j models.Job) sealed {
		return sealed{j.ID, j.UserID, j.SourceLogin, func(now string) error { return jobs.ResealLogin(ctx, j.ID, j.SourceLogin, now) }}
	})
}

// resealWebhooks is reseal for the addresses and secrets of webhooks.
func resealWebhooks(ctx context.Context, s *store.Store, keys *token.Keys) (changed, lost int, err error) {
	hooks := s.Worker().Notifications
	return resealAll(keys, token.PurposeWebhook, func(after uuid.UUID) ([]models.Webhook, error) {
		return hooks.SealedWebhooks(ctx, after, resealBatch)
	}, func(h models.Webhook) sealed {
		return sealed{h.ID, h.UserID, h.Sealed, func(now string) error { return hooks.ResealWebhook(ctx, h.ID, h.Sealed, now) }}
	})
}

// sealed is a secret in the database.
type sealed struct {
	id, owner uuid.UUID
	text      string
	replace   func(now string) error
}

// resealAll reads rows in batches and replaces what is sealed with another key. It
// returns how many it changed, and how many no key opens.
func resealAll[T any](keys *token.Keys, p token.Purpose, read func(after uuid.UUID) ([]T, error), of func(T) sealed) (changed, lost int, err error) {
	for after := uuid.Nil; ; {
		rows, err := read(after)
		if err != nil || len(rows) == 0 {
			return changed, lost, err
		}
		for _, row := range rows {
			s := of(row)
			after = s.id
			now, err := keys.Reseal(p, s.owner, s.text)
			switch {
			case errors.Is(err, token.ErrInvalid):
				lost++
			case err != nil:
				return changed, lost, err
			case now != s.text:
				if err := s.replace(now); err != nil {
					return changed, lost, err
				}
				changed++
			}
		}
	}
}
