// Package token makes Longhaul's random secrets, derives keys from the
// deployment's secret key and signs short claims that come back from outside,
// such as download links. It stores nothing and knows no users.
package token

import (
	"crypto/hkdf"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/google/uuid"
)

// size is the length in bytes of random secrets and keys: 256 bits.
const size = 32

// New returns a random 256-bit secret in URL-safe base64 without padding, and
// its hash, which is what a database keeps.
func New() (value string, hash []byte, err error) {
	b := make([]byte, size)
	if _, err := rand.Read(b); err != nil {
		return "", nil, fmt.Errorf("read random bytes: %w", err)
	}
	value = base64.RawURLEncoding.EncodeToString(b)
	return value, Hash(value), nil
}

// Hash returns the SHA-256 of a secret. The secrets are random, so a slow hash
// would add nothing.
func Hash(value string) []byte {
	sum := sha256.Sum256([]byte(value))
	return sum[:]
}

// Purpose separates the keys that are derived from one secret: what was signed
// for one purpose never passes for another.
type Purpose string

// The purposes.
const (
	PurposeFile    Purpose = "delivery-file"    // a link to one file
	PurposeArchive Purpose = "delivery-archive" // a link to a job's files as a zip
	PurposeCursor  Purpose = "cursor"           // a page cursor that clients hand back

	PurposeVisit         Purpose = "share-visit"   // a visitor's stay at a share
	PurposeThumbnails    Purpose = "share-thumbs"  // a visitor's thumbnails of a share
	PurposeShared        Purpose = "share-file"    // a visitor's link to one file of a share
	PurposeSharedStream  Purpose = "share-stream"  // a visitor's link that streams one file of a share
	PurposeSharedArchive Purpose = "share-archive" // a visitor's link to a share's files as a zip

	PurposeBackup    Purpose = "backup"             // fingerprints of secrets in a backup, and its seal
	PurposeNotice    Purpose = "notice"             // a link to what became of a takedown notice
	PurposeStream    Purpose = "delivery-stream"    // a link that streams one file
	PurposeSelection Purpose = "delivery-selection" // a link to chosen files as a zip

	purposeAgents  Purpose = "agent-secret"
	purposeOneTime Purpose = "one-time"
	purposeShare   Purpose = "share"
)

// Keys derives keys from the deployment's secret. It is immutable and safe for
// concurrent use.
type Keys struct {
	prk      []byte
	accepted *Keys // the keys of another secret, for what is read; nil if there is none
}

// NewKeys returns the keys of a secret of at least 32 bytes. What was made with
// the accepted secret, which may be empty, is read as well, but nothing is made
// with it: it is the secret before, while it is rotated.
func NewKeys(secret, accepted []byte) (*Keys, error) {
	k, err := keysOf(secret)
	if err != nil || len(accepted) == 0 {
		return k, err
	}
	k.accepted, err = keysOf(accepted)
	return k, err
}

func keysOf(secret []byte) (*Keys, error) {
	if len(secret) < size {
		return nil, fmt.Errorf("the secret key has %d bytes, at least %d are needed", len(secret), size)
	}
	prk, err := hkdf.Extract(sha256.New, secret, []byte("longhaul"))
	if err != nil {
		return nil, fmt.Errorf("derive keys: %w", err)
	}
	return &Keys{prk: prk}, nil
}

// AgentSecret returns the bearer secret with which the control plane calls an
// agent. It is derived, so the database never holds it.
func (k *Keys) AgentSecret(agentID uuid.UUID) string {
	m := hmac.New(sha256.New, k.key(purposeAgents))
	m.Write([]byte("agent-secret:" + agentID.String()))
	return hex.EncodeToString(m.Sum(nil))
}

// AgentSecrets returns the bearer secrets that the agent may know, the newest
// first.
func (k *Keys) AgentSecrets(agentID uuid.UUID) []string {
	out := []string{k.AgentSecret(agentID)}
	if k.accepted != nil {
		out = append(out, k.accepted.AgentSecret(agentID))
	}
	return out
}

// OneTime returns the secret of the one-time link whose row has the id, 256
// bits in URL-safe base64. It is derived, so that the database, which keeps
// its Hash alone, can queue a mail with the link without knowing the link.
// The id has to be random or new: the same one gives the same secret.
func (k *Keys) OneTime(id uuid.UUID) string {
	m := hmac.New(sha256.New, k.key(purposeOneTime))
	m.Write(id[:])
	return base64.RawURLEncoding.EncodeToString(m.Sum(nil))
}

// Shares returns the secrets that the address of the share with the id may have,
// the newest first: 256 bits each in URL-safe base64. They are derived, so that a
// database, which keeps the Hash of one, can't give addresses away, and owners
// can be shown theirs again.
func (k *Keys) Shares(id uuid.UUID) []string {
	m := hmac.New(sha256.New, k.key(purposeShare))
	m.Write(id[:])
	out := []string{base64.RawURLEncoding.EncodeToString(m.Sum(nil))}
	if k.accepted != nil {
		out = append(out, k.accepted.Shares(id)...)
	}
	return out
}

// Faults of Verify.
var (
	ErrInvalid = errors.New("the token is not valid")
	ErrExpired = errors.New("the token has expired")
)

const (
	macSize    = 16 // bytes of the truncated HMAC; forging one takes 2^128 tries
	timeSize   = 5  // bytes of the expiry in seconds, good until the year 36812
	maxEncoded = 2048
)

// Mark returns a short code of the body that only the holder of the secret can
// make or check, in hex. It tells nothing of the body, however easy that is to
// guess.
func (k *Keys) Mark(p Purpose, body []byte) string { return hex.EncodeToString(k.mac(p, body)) }

// Marked reports whether Mark made the code of the body.
func (k *Keys) Marked(p Purpose, body []byte, mark string) bool {
	want, err := hex.DecodeString(mark)
	return err == nil && k.made(p, body, want)
}

// made reports whether the code is one of the body under any of the secrets.
func (k *Keys) made(p Purpose, body, mac []byte) bool {
	return hmac.Equal(mac, k.mac(p, body)) || k.accepted != nil && k.accepted.made(p, body, mac)
}

// Sign returns a compact URL-safe token that carries the payload, readable by
// all, until the expiry.
func (k *Keys) Sign(p Purpose, payload []byte, expires time.Time) string {
	var at [8]byte
	binary.BigEndian.PutUint64(at[:], uint64(max(expires.Unix(), 0)))
	body := append(at[8-timeSize:], payload...)
	return base64.RawURLEncoding.EncodeToString(append(body, k.mac(p, body)...))
}

// Verify returns the payload and expiry of a token that Sign made for the same
// purpose. It fails with ErrInvalid, or with ErrExpired when now is past it.
func (k *Keys) Verify(p Purpose, token string, now time.Time) (payload []byte, expires time.Time, err error) {
	// Another spelling of the same bytes is not a valid token: decoding is
	// strict, but would skip line breaks.
	if len(token) > maxEncoded || strings.ContainsAny(token, "\r\n") {
		return nil, time.Time{}, ErrInvalid
	}
	b, err := base64.RawURLEncoding.Strict().DecodeString(token)
	if err != nil || len(b) < timeSize+macSize {
		return nil, time.Time{}, ErrInvalid
	}
	body, mac := b[:len(b)-macSize], b[len(b)-macSize:]
	if !k.made(p, body, mac) {
		return nil, time.Time{}, ErrInvalid
	}
	var at [8]byte
	copy(at[8-timeSize:], body)
	expires = time.Unix(int64(binary.BigEndian.Uint64(at[:])), 0).UTC()
	if !now.Before(expires) {
		return nil, expires, ErrExpired
	}
	return body[timeSize:], expires, nil
}

func (k *Keys) mac(p Purpose, body []byte) []byte {
	m := hmac.New(sha256.New, k.key(p))
	m.Write(body)
	return m.Sum(nil)[:macSize]
}

// key returns the key of a purpose. Expanding a pseudorandom key of full length
// to 32 bytes cannot fail.
func (k *Keys) key(p Purpose) []byte {
	key, err := hkdf.Expand(sha256.New, k.prk, string(p), size)
	if err != nil {
		panic(err)
	}
	return key
}
