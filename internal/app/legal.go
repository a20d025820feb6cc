package app

import (
	"context"
	"fmt"
	"log/slog"
	"strings"

	"longhaul/internal/config"
	"longhaul/internal/legal"
)

// legalTexts returns the legal pages, and warns while the operator has not named
// themself.
func legalTexts(ctx context.Context, cfg config.Config, log *slog.Logger) (*legal.Texts, error) {
	l := cfg.Legal
	texts, err := legal.Load(legal.Facts{
		Operator:     legal.Contact{Name: l.OperatorName, Address: l.OperatorAddress, Email: l.OperatorEmail},
		Jurisdiction: l.Jurisdiction,
		Agent:        legal.Contact{Name: l.AgentName, Address: l.AgentAddress, Phone: l.AgentPhone, Email: l.AgentEmail},
		Host:         cfg.Web.BaseURL.Host,
		Mail:         cfg.Mail.On(), Turnstile: cfg.Accounts.Turnstile(),
		CounterDays: l.CounterDays, StrikeMonths: l.StrikeMonths, Suspend: l.StrikesToSuspend, Disable: l.StrikesToDisable,
	}, l.Dir)
	if err != nil {
		return nil, fmt.Errorf("legal pages: %w", err)
	}
	if missing := texts.Missing(); len(missing) > 0 {
		log.WarnContext(ctx, "the legal pages don't say who runs this service", "missing", strings.Join(missing, ", "))
	}
	return texts, nil
}
