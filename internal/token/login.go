package token

import (
	"encoding/json"
	"fmt"

	"github.com/google/uuid"

	"longhaul/models"
)

// PurposeLogin seals the logins of addresses.
const PurposeLogin Purpose = "source-login"

// login is how a login is sealed. models.Login has no JSON, on purpose.
type login struct {
	User     string `json:"u"`
	Password string `json:"p"`
}

// SealLogin encrypts the login of an address for the database; nil is "".
func (k *Keys) SealLogin(owner uuid.UUID, l *models.Login) (string, error) {
	if l == nil {
		return "", nil
	}
	b, err := json.Marshal(login(*l))
	if err != nil {
		return "", fmt.Errorf("encode login: %w", err)
	}
	return k.Seal(PurposeLogin, owner, b)
}

// OpenLogin returns what SealLogin encrypted. It fails as Open does.
func (k *Keys) OpenLogin(owner uuid.UUID, sealed string) (*models.Login, error) {
	if sealed == "" {
		return nil, nil
	}
	b, err := k.Open(PurposeLogin, owner, sealed)
	if err != nil {
		return nil, err
	}
	var l login
	if err := json.Unmarshal(b, &l); err != nil {
		return nil, ErrInvalid
	}
	out := models.Login(l)
	return &out, nil
}
