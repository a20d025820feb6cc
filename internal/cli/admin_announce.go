package cli

import (
	"context"
	"fmt"
	"time"

	"longhaul/internal/config"
	"longhaul/internal/store"
	"longhaul/models"
)

type adminAnnounceCmd struct {
	Text        string    `arg:"" optional:"" help:"One line of plain text that everyone reads."`
	Level       string    `help:"How urgent it is: info or warning." enum:"info,warning" default:"info"`
	From        time.Time `help:"When it begins to show, such as 2026-11-29T00:00:00Z; without it, now." placeholder:"TIME"`
	Until       time.Time `help:"When it ends; without it, when it is removed." placeholder:"TIME"`
	Dismissible bool      `help:"Readers can hide it, each in their browser."`
	Public      bool      `help:"Show it on the sign-in page, too."`
	Remove      bool      `help:"Remove the announcement instead."`
}

// Run tells everyone something, in place of what was told before, or no longer.
func (c *adminAnnounceCmd) Run(ctx context.Context, p *program) error {
	if (c.Text == "") != c.Remove {
		return usagef("Give a text, or --remove.")
	}
	return p.withStore(ctx, func(s *store.Store, _ config.Config) error {
		by := models.Actor{Kind: models.ActorConsole}
		if c.Remove {
			if err := s.Announce.EndAnnouncement(ctx, by); err != nil {
				return err
			}
			fmt.Fprintln(p.Err, "There is no announcement.")
			return nil
		}
		a := models.Announcement{
			Text: c.Text, Level: models.AnnouncementLevel(c.Level), StartsAt: c.From, Dismissible: c.Dismissible, Public: c.Public,
		}
		if !c.Until.IsZero() {
			a.EndsAt = &c.Until
		}
		if err := s.Announce.Announce(ctx, by, a); err != nil {
			return err
		}
		fmt.Fprintln(p.Err, "Announced.")
		return nil
	})
}
