package kit

import "context"

// BotCheck tells people from bots.
type BotCheck interface {
	// Check returns a models.Error unless the widget's answer comes from a
	// person and is for the action.
	Check(ctx context.Context, answer, ip, action string) error
}

// PersonCheck refuses bots if a check is configured.
type PersonCheck struct{ Bots BotCheck }

// Check refuses bots if a check is configured.
func (p PersonCheck) Check(ctx context.Context, answer, action string) error {
	if p.Bots == nil {
		return nil
	}
	return p.Bots.Check(ctx, answer, InfoOf(ctx).IP, action)
}
