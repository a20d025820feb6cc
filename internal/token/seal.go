package token

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/rand"
	"encoding/base64"
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
// changed, is another owner's, or was sealed under another secret key.
func (k *Keys) Open(p Purpose, owner uuid.UUID, sealed string) ([]byte, error) {
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
