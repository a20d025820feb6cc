package account

import (
	"context"

	"longhaul/models"
)

// Policy decides who can register.
type Policy struct {
	Store      registrationStore
	Configured models.Registration // unless an administrator says else
	Mail       bool                // mail can be sent
}

// registrationStore keeps what an administrator set, empty for nothing.
type registrationStore interface {
	Registration(ctx context.Context) (models.Registration, error)
}

// Mode returns what is in force: what an administrator set, else what is
// configured. Without mail nobody can show that an address is theirs, so that
// open is by invitation.
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
