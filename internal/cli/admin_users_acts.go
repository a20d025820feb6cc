package cli

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"longhaul/internal/config"
	"longhaul/internal/store"
	"longhaul/models"
)

// onUser finds the account of the address in the database and acts on it as the
// console. An API token can't do what these commands do: it would hand the
// installation to whoever has it.
func (p *program) onUser(ctx context.Context, email, done string, act func(context.Context, *store.Store, models.Actor, models.User) error) error {
	return p.withStore(ctx, func(s *store.Store, _ config.Config) error {
		u, err := userOf(ctx, s, email)
		if err != nil {
			return err
		}
		if err := act(ctx, s, models.Actor{Kind: models.ActorConsole}, u); err != nil {
			return err
		}
		fmt.Fprintf(p.Err, "%s: %s\n", printable(u.Email), done)
		return nil
	})
}

// userOf finds the account of the address in the database.
func userOf(ctx context.Context, s *store.Store, email string) (models.User, error) {
	u, err := s.Accounts.UserByEmail(ctx, strings.ToLower(strings.TrimSpace(email)))
	if models.IsNotFound(err) {
		err = models.Errorf(models.CodeNotFound, "There is no account %s.", email)
	}
	return u, err
}

type adminUsersSetPlanCmd struct {
	Email string `arg:"" help:"The account's address."`
	Plan  string `arg:"" help:"The plan's id."`
}

// Run gives the account the plan.
func (c *adminUsersSetPlanCmd) Run(ctx context.Context, p *program) error {
	return p.onUser(ctx, c.Email, "has the plan "+c.Plan, func(ctx context.Context, s *store.Store, by models.Actor, u models.User) error {
		return s.Quota.AssignPlan(ctx, by, u.ID, c.Plan)
	})
}

type adminUsersOverrideCmd struct {
	Email  string            `arg:"" help:"The account's address."`
	Limit  map[string]string `help:"A limit and its value, such as storageBytes=1000000 or maxFiles=none; may be repeated." required:"" placeholder:"LIMIT=VALUE"`
	For    time.Duration     `help:"How long they count, such as 720h; without it, for good." placeholder:"DURATION"`
	Reason string            `help:"Why; other administrators read it." required:""`
}

// limits reads the limits that are asked for.
func (c *adminUsersOverrideCmd) limits() (map[models.PlanLimit]*int64, error) {
	out := map[models.PlanLimit]*int64{}
	for name, value := range c.Limit {
		l := models.PlanLimit(name)
		if !slices.Contains(models.PlanLimits(), l) {
			return nil, usagef("There is no limit %s; there are %v.", name, models.PlanLimits())
		}
		if value == "none" {
			out[l] = nil
			continue
		}
		n, err := strconv.ParseInt(value, 10, 64)
		if err != nil {
			return nil, usagef("%s: use a whole number, or none for no limit.", name)
		}
		out[l] = &n
	}
	return out, nil
}

// Run gives the account limits of its own.
func (c *adminUsersOverrideCmd) Run(ctx context.Context, p *program) error {
	limits, err := c.limits()
	if err != nil {
		return err
	}
	return p.onUser(ctx, c.Email, "has its own limits", func(ctx context.Context, s *store.Store, by models.Actor, u models.User) error {
		o := models.Override{UserID: u.ID, Limits: limits, Reason: c.Reason}
		if c.For > 0 {
			until := s.DB.Now().Add(c.For)
			o.ExpiresAt = &until
		}
		return s.Quota.SetOverride(ctx, by, o)
	})
}

type adminUsersRemoveOverrideCmd struct {
	Email string `arg:"" help:"The account's address."`
}

// Run puts the account under its plan's limits.
func (c *adminUsersRemoveOverrideCmd) Run(ctx context.Context, p *program) error {
	return p.onUser(ctx, c.Email, "has its plan's limits", func(ctx context.Context, s *store.Store, by models.Actor, u models.User) error {
		return s.Quota.RemoveOverride(ctx, by, u.ID)
	})
}

type adminUsersDisableCmd struct {
	Email string `arg:"" help:"The account's address."`
}

// Run disables the account.
func (c *adminUsersDisableCmd) Run(ctx context.Context, p *program) error {
	return p.onUser(ctx, c.Email, "disabled", func(ctx context.Context, s *store.Store, by models.Actor, u models.User) error {
		return s.Jobs.Admin().DisableUser(ctx, by, u.ID)
	})
}

type adminUsersEnableCmd struct {
	Email string `arg:"" help:"The account's address."`
}

// Run enables the account.
func (c *adminUsersEnableCmd) Run(ctx context.Context, p *program) error {
	return p.onUser(ctx, c.Email, "enabled", func(ctx context.Context, s *store.Store, by models.Actor, u models.User) error {
		return s.Jobs.Admin().EnableUser(ctx, by, u.ID)
	})
}

type adminUsersResetFactorsCmd struct {
	Email  string `arg:"" help:"The account's address."`
	Reason string `help:"How you know that the owner asks, for the audit log." required:""`
}

// Run removes the account's second factors. It also helps the last administrator.
func (c *adminUsersResetFactorsCmd) Run(ctx context.Context, p *program) error {
	return p.onUser(ctx, c.Email, "has no second factor", func(ctx context.Context, s *store.Store, by models.Actor, u models.User) error {
		return s.Accounts.ResetFactors(ctx, by, u.ID, c.Reason)
	})
}

type adminUsersDeleteCmd struct {
	Email   string `arg:"" help:"The account's address."`
	Confirm string `help:"The address again: this can't be undone." required:"" placeholder:"EMAIL"`
}

// Run deletes the account.
func (c *adminUsersDeleteCmd) Run(ctx context.Context, p *program) error {
	if c.Confirm != c.Email {
		return usagef("--confirm must repeat the address.")
	}
	return p.onUser(ctx, c.Email, "deleted", func(ctx context.Context, s *store.Store, by models.Actor, u models.User) error {
		return s.Jobs.Admin().DeleteUser(ctx, by, u.ID)
	})
}
