package models_test

import (
	"testing"
	"time"

	"longhaul/models"
)

func TestOnlyVerifiedAccountsThatNobodyEndedAreActive(t *testing.T) {
	t.Parallel()
	now := time.Now()
	for name, c := range map[string]struct {
		user   models.User
		active bool
		state  models.UserState
	}{
		"verified":                {models.User{VerifiedAt: &now}, true, models.UserActive},
		"not verified":            {models.User{}, false, models.UserUnverified},
		"disabled":                {models.User{VerifiedAt: &now, DisabledAt: &now}, false, models.UserDisabled},
		"disabled, not verified":  {models.User{DisabledAt: &now}, false, models.UserDisabled},
		"deleted by its owner":    {models.User{VerifiedAt: &now, DeleteAt: &now}, false, models.UserActive},
		"deleted and not visible": {models.User{DeleteAt: &now}, false, models.UserUnverified},
	} {
		if got := c.user.Active(); got != c.active {
			t.Errorf("%s: active is %v", name, got)
		}
		if got := c.user.State(); got != c.state {
			t.Errorf("%s: state is %s", name, got)
		}
	}
}

func TestSecondFactor(t *testing.T) {
	t.Parallel()
	now := time.Now()
	for name, c := range map[string]struct {
		user models.User
		want bool
	}{
		"none":                   {models.User{}, false},
		"codes offered, not on":  {models.User{TOTPSecret: "sealed"}, false},
		"codes":                  {models.User{TOTPSecret: "sealed", TOTPAt: &now}, true},
		"one passkey":            {models.User{Passkeys: 1}, true},
		"a passkey not finished": {models.User{PasskeyHandle: []byte{1}}, false},
		"both kinds of a factor": {models.User{TOTPAt: &now, Passkeys: 2}, true},
	} {
		if got := c.user.SecondFactor(); got != c.want {
			t.Errorf("%s: second factor is %v", name, got)
		}
	}
}
