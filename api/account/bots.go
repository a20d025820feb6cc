package account

import (
	"context"

	"longhaul/api/kit"
)

// The actions that a bot check protects, as the widget names them.
const (
	botLogin    = "login"
	botRegister = "register"
	botReset    = "reset"
)

// BotCheck tells people from bots.
type BotCheck interface {
	// Check returns a models.Error unless the widget's answer comes from a
	// person and is for the action.
	Check(ctx context.Context, answer, ip, action string) error
}

// personCheck refuses bots if a check is configured.
type personCheck struct{ bots BotCheck }

// check refuses bots if a check is configured.
func (p personCheck) check(ctx context.Context, answer, action string) error {
	if p.bots == nil {
		return nil
	}
	return p.bots.Check(ctx, answer, kit.InfoOf(ctx).IP, action)
}
