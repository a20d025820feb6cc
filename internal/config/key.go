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
