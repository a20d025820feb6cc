package api

import (
	"context"

	"longhaul/models"
)

// registrationPolicy is who may make an account.
type registrationPolicy struct {
	configured models.Registration
	mail       bool // mail can be sent
	store      Registrations
}

// mode returns what is in force: what an administrator set, else what is
// configured. Without mail nobody can show that an address is theirs, so that
// open is by invitation.
func (p *registrationPolicy) mode(ctx context.Context) (models.Registration, error) {
	mode, err := p.store.Registration(ctx)
	if err != nil {
		return "", err
	}
	if mode == "" {
		mode = p.configured
	}
	if mode == models.RegistrationOpen && !p.mail {
		return models.RegistrationInvitation, nil
	}
	return mode, nil
}
