package config

import (
	"encoding/base64"
	"encoding/hex"
	"errors"
	"strings"
)

// minKey is how many bytes a key has at least.
const minKey = 32

// Key is secret bytes. It prints as nothing.
type Key []byte

// UnmarshalText reads hex or base64, standard or URL-safe, padded or not.
func (k *Key) UnmarshalText(text []byte) error {
	s := strings.TrimSpace(string(text))
	if b, err := hex.DecodeString(s); err == nil && len(b) >= minKey {
		*k = b
		return nil
	}
	s = strings.NewReplacer("-", "+", "_", "/").Replace(strings.TrimRight(s, "="))
	b, err := base64.RawStdEncoding.DecodeString(s)
	if err != nil {
		return errors.New("must be hex or base64")
	}
	if len(b) < minKey {
		return errors.New("must have at least 32 bytes")
	}
	*k = b
	return nil
}

// String hides the key.
func (Key) String() string { return hidden }

// GoString hides the key.
func (Key) GoString() string { return hidden }

// Secret is a secret text. It prints as nothing; Reveal returns it.
type Secret string

// Reveal returns the text.
func (s Secret) Reveal() string { return string(s) }

// String hides the text and shows only whether there is one.
func (s Secret) String() string {
	if s == "" {
		return ""
	}
	return hidden
}

// GoString hides the text.
func (s Secret) GoString() string { return s.String() }

// MarshalText hides the text, in JSON too.
func (s Secret) MarshalText() ([]byte, error) { return []byte(s.String()), nil }
