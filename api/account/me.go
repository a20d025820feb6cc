package account

import (
	"context"
	"time"

	"github.com/google/uuid"

	"longhaul/api/kit"
	"longhaul/models"
)

// Me is the signed-in account.
type Me struct {
	ID                   uuid.UUID     `json:"id" format:"uuid"`
	Email                string        `json:"email"`
	Role                 kit.Role      `json:"role"`
	SecondFactor         bool          `json:"secondFactor" doc:"Signing in takes more than the password"`
	Passkey              bool          `json:"passkey" doc:"The account has a passkey that works on this installation"`
	SecondFactorRequired bool          `json:"secondFactorRequired" doc:"Two-factor sign-in or a passkey must be set up before anything else works"`
	FeaturesOff          []kit.Feature `json:"featuresOff" nullable:"false" doc:"What an administrator switched off for the account"`
	CreatedAt            time.Time     `json:"createdAt"`
}

// meView shows accounts to their owners.
type meView struct {
	auth     *kit.Authenticator
	features features
	passkeys bool // can be used here
}

func (v meView) of(ctx context.Context, u models.User) (Me, error) {
	off, err := v.features.FlagsOff(ctx, u.ID)
	if err != nil {
		return Me{}, err
	}
	me := Me{
		ID: u.ID, Email: u.Email, Role: kit.Role(u.Role), SecondFactor: u.SecondFactor(), Passkey: u.HasPasskey() && v.passkeys,
		SecondFactorRequired: v.auth.MustEnrol(u), FeaturesOff: make([]kit.Feature, 0, len(off)), CreatedAt: u.CreatedAt,
	}
	for _, f := range off {
		me.FeaturesOff = append(me.FeaturesOff, kit.Feature(f))
	}
	return me, nil
}
