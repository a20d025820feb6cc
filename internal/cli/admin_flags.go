package cli

import (
	"context"
	"fmt"
	"text/tabwriter"

	"longhaul/internal/config"
	"longhaul/internal/store"
	"longhaul/models"
)

type adminFlagsCmd struct {
	List adminFlagsListCmd `cmd:"" default:"1" help:"List the features that can be switched off, and for whom they are."`
	Set  adminFlagsSetCmd  `cmd:"" help:"Switch a feature on or off, for everyone, for a plan or for an account."`
}

type adminFlagsListCmd struct{}

// Run lists the features with their rules.
func (c *adminFlagsListCmd) Run(ctx context.Context, p *program) error {
	return p.withStore(ctx, func(s *store.Store, _ config.Config) error {
		rules, err := s.Flags.FlagRules(ctx)
		if err != nil {
			return fmt.Errorf("list the features: %w", err)
		}
		w := tabwriter.NewWriter(p.Out, 0, 4, 2, ' ', 0)
		fmt.Fprintln(w, "FEATURE\tFOR\tIS\tSINCE\tREASON")
		for _, flag := range models.Flags() {
			listed := false
			for _, r := range rules {
				if r.Flag == flag {
					listed = listed || r.PlanID == nil && r.UserID == nil
					fmt.Fprintf(w, "%s\t%s\t%s\t%s\t%s\n", flag, flagTarget(r), onOrOff(r.Enabled), r.ChangedAt.UTC().Format("2006-01-02"), printable(r.Reason))
				}
			}
			if !listed {
				fmt.Fprintf(w, "%s\teveryone else\ton\t\t\n", flag)
			}
		}
		if err := w.Flush(); err != nil {
			return fmt.Errorf("print the list: %w", err)
		}
		return nil
	})
}

func flagTarget(r models.FlagEntry) string {
	switch {
	case r.UserID != nil:
		return printable(r.Email)
	case r.PlanID != nil:
		return "plan " + *r.PlanID
	default:
		return "everyone else"
	}
}

func onOrOff(on bool) string {
	if on {
		return "on"
	}
	return "off"
}

type adminFlagsSetCmd struct {
	Feature string `arg:"" help:"The feature, as the list names it."`
	State   string `arg:"" enum:"on,off,default" help:"on, off, or default to remove the rule."`
	Plan    string `help:"Only for the accounts of this plan." placeholder:"ID" xor:"target"`
	User    string `help:"Only for this account." placeholder:"E-MAIL" xor:"target"`
	Reason  string `help:"Why; other administrators read it."`
}

// Run sets or removes a rule.
func (c *adminFlagsSetCmd) Run(ctx context.Context, p *program) error {
	flag := models.Flag(c.Feature)
	if !flag.Valid() {
		return usagef("There is no feature %q. List them with: longhaul admin flags", c.Feature)
	}
	change := models.FlagChange{Flag: flag, Reason: c.Reason}
	if c.State != "default" {
		on := c.State == "on"
		change.Enabled = &on
	}
	return p.withStore(ctx, func(s *store.Store, _ config.Config) error {
		if c.Plan != "" {
			change.PlanID = &c.Plan
		}
		if c.User != "" {
			u, err := userOf(ctx, s, c.User)
			if err != nil {
				return err
			}
			change.UserID = &u.ID
		}
		if err := s.Flags.SetFlag(ctx, models.Actor{Kind: models.ActorConsole}, change); err != nil {
			return fmt.Errorf("set the feature: %w", err)
		}
		fmt.Fprintf(p.Err, "%s: %s\n", flag, c.State)
		return nil
	})
}
