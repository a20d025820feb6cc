package cli

import (
	"context"
	"errors"
	"fmt"

	"github.com/google/uuid"

	"longhaul/internal/config"
	"longhaul/internal/store"
	"longhaul/internal/token"
)

// resealBatch is how many accounts are read at once.
const resealBatch = 500

type secretsCmd struct {
	Reseal resealCmd `cmd:"" help:"Seal with SECRET_KEY what is sealed with SECRET_KEY_ACCEPTED, so that the latter can go (in the database)."`
}

type resealCmd struct{}

// Run reseals the second factors of all accounts. It may run at any time, and
// repeatedly.
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
		if lost > 0 {
			return fmt.Errorf("%d second factors open with neither key: keep the one that they were sealed with, or reset them", lost)
		}
		return nil
	})
}

// reseal returns how many it changed, and how many no key opens.
func reseal(ctx context.Context, s *store.Store, keys *token.Keys) (changed, lost int, err error) {
	for after := uuid.Nil; ; {
		users, err := s.Accounts.SealedTOTP(ctx, after, resealBatch)
		if err != nil || len(users) == 0 {
			return changed, lost, err
		}
		for _, u := range users {
			sealed, err := keys.Reseal(token.PurposeTOTP, u.ID, u.TOTPSecret)
			switch {
			case errors.Is(err, token.ErrInvalid):
				lost++
			case err != nil:
				return changed, lost, err
			case sealed != u.TOTPSecret:
				if err := s.Accounts.ResealTOTP(ctx, u.ID, u.TOTPSecret, sealed); err != nil {
					return changed, lost, err
				}
				changed++
			}
		}
		after = users[len(users)-1].ID
	}
}
