package account

import (
	"context"

	"longhaul/api/kit"
)

// The actions that a robot check is made for, as the widget names them.
const (
	botLogin    = "login"
	botRegister = "register"
	botReset    = "reset"
)

// BotCheck tells persons from robots.
type BotCheck interface {
	// Check reports as a models.Error when the widget's answer is not that of
	// a person who meant the action.
	Check(ctx context.Context, answer, ip, action string) error
}

// personCheck refuses robots, where a check is configured.
type personCheck struct{ bots BotCheck }

// check refuses robots, where a check is configured.
func (p personCheck) check(ctx context.Context, answer, action string) error {
	if p.bots == nil {
		return nil
	}
	return p.bots.Check(ctx, answer, kit.InfoOf(ctx).IP, action)
}
