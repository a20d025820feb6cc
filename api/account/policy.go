package account

import (
	"context"

	"longhaul/models"
)

// Policy decides who can register.
type Policy struct {
	Store      registrationStore
	Configured models.Registration // unless an administrator changes it
	Mail       bool                // mail can be sent
}

// registrationStore stores the mode that an administrator set, or empty.
type registrationStore interface {
	Registration(ctx context.Context) (models.Registration, error)
}

// Mode returns the mode in force: the one an administrator set, otherwise the
// configured one. Without mail, addresses can't be verified, so open becomes by
// invitation.
func (p *Policy) Mode(ctx context.Context) (models.Registration, error) {
	mode, err := p.Store.Registration(ctx)
	if err != nil {
		return "", err
	}
	if mode == "" {
		mode = p.Configured
	}
	if mode == models.RegistrationOpen && !p.Mail {
		return models.RegistrationInvitation, nil
	}
	return mode, nil
}
