package token

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/rand"
	"encoding/base64"
	"errors"
	"fmt"

	"github.com/google/uuid"
)

// PurposeTOTP seals the secrets of second factors.
const PurposeTOTP Purpose = "totp-secret"

// Seal encrypts a secret for the database, with AES-256-GCM under the purpose's
// key, and returns it as text. It opens only for the same owner, so copying the
// row to another account is useless.
func (k *Keys) Seal(p Purpose, owner uuid.UUID, secret []byte) (string, error) {
	aead, err := k.aead(p)
	if err != nil {
		return "", err
	}
	nonce := make([]byte, aead.NonceSize())
	if _, err := rand.Read(nonce); err != nil {
		return "", fmt.Errorf("read random bytes: %w", err)
	}
	return base64.RawURLEncoding.EncodeToString(aead.Seal(nonce, nonce, secret, owner[:])), nil
}

// Open returns what Seal encrypted. It fails with ErrInvalid when the text was
// changed, is another owner's, or was sealed under a secret key that is not
// accepted.
func (k *Keys) Open(p Purpose, owner uuid.UUID, sealed string) ([]byte, error) {
	out, err := k.open(p, owner, sealed)
	if errors.Is(err, ErrInvalid) && k.accepted != nil {
		return k.accepted.Open(p, owner, sealed)
	}
	return out, err
}

// Reseal returns the text sealed under the newest secret key, as it is if it was
// already.
func (k *Keys) Reseal(p Purpose, owner uuid.UUID, sealed string) (string, error) {
	if _, err := k.open(p, owner, sealed); err == nil {
		return sealed, nil
	}
	secret, err := k.Open(p, owner, sealed)
	if err != nil {
		return "", err
	}
	return k.Seal(p, owner, secret)
}

func (k *Keys) open(p Purpose, owner uuid.UUID, sealed string) ([]byte, error) {
	aead, err := k.aead(p)
	if err != nil {
		return nil, err
	}
	b, err := base64.RawURLEncoding.Strict().DecodeString(sealed)
	if err != nil || len(b) < aead.NonceSize() {
		return nil, ErrInvalid
	}
	out, err := aead.Open(nil, b[:aead.NonceSize()], b[aead.NonceSize():], owner[:])
	if err != nil {
		return nil, ErrInvalid
	}
	return out, nil
}

func (k *Keys) aead(p Purpose) (cipher.AEAD, error) {
	block, err := aes.NewCipher(k.key(p))
	if err != nil {
		return nil, fmt.Errorf("make cipher: %w", err)
	}
	aead, err := cipher.NewGCM(block)
	if err != nil {
		return nil, fmt.Errorf("make cipher: %w", err)
	}
	return aead, nil
}
