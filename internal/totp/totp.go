// Package totp makes and checks the codes of authenticator apps (RFC 6238: six
// digits, 30 seconds, SHA-1, which is what all apps know) and recovery codes.
// It keeps nothing: who calls it stores secrets sealed, recovery codes hashed,
// and which time step was used last.
package totp

import (
	"bytes"
	"crypto/rand"
	"crypto/subtle"
	"encoding/base32"
	"fmt"
	"image/png"
	"strings"
	"time"

	"github.com/pquerna/otp"
	"github.com/pquerna/otp/hotp"
	"github.com/pquerna/otp/totp"

	"longhaul/internal/token"
)

const (
	period = 30 // seconds of one code
	skew   = 1  // steps that a clock may be off, either way
	qrSize = 240

	recoveryCodes = 10
	recoverySize  = 10 // bytes: 80 bits, too many to guess, so a fast hash is enough
)

// Enrolment is a new second factor before its first code was checked.
type Enrolment struct {
	Secret string // base32, for typing it into an app
	URL    string // An otpauth URL
	QR     []byte // the address as a PNG
}

// Enrol makes a random secret of 160 bits for the account at the issuer, both
// of which the app shows.
func Enrol(issuer, account string) (Enrolment, error) {
	key, err := totp.Generate(totp.GenerateOpts{Issuer: issuer, AccountName: account, Period: period})
	if err != nil {
		return Enrolment{}, fmt.Errorf("create a second factor: %w", err)
	}
	img, err := key.Image(qrSize, qrSize)
	if err != nil {
		return Enrolment{}, fmt.Errorf("draw a QR code: %w", err)
	}
	var b bytes.Buffer
	if err := png.Encode(&b, img); err != nil {
		return Enrolment{}, fmt.Errorf("write a QR code: %w", err)
	}
	return Enrolment{Secret: key.Secret(), URL: key.URL(), QR: b.Bytes()}, nil
}

// Match returns the time step that the code belongs to, among those around now.
// The caller must refuse a step that was already used.
func Match(secret, code string, now time.Time) (step int64, ok bool) {
	code = strings.ReplaceAll(strings.TrimSpace(code), " ", "")
	middle := now.Unix() / period
	for s := middle - skew; s <= middle+skew; s++ {
		want, err := codeOf(secret, s)
		if err == nil && subtle.ConstantTimeCompare([]byte(want), []byte(code)) == 1 {
			step, ok = s, true
		}
	}
	return step, ok
}

func codeOf(secret string, step int64) (string, error) {
	code, err := hotp.GenerateCodeCustom(secret, uint64(step), hotp.ValidateOpts{Digits: otp.DigitsSix, Algorithm: otp.AlgorithmSHA1})
	if err != nil {
		return "", fmt.Errorf("compute a code: %w", err)
	}
	return code, nil
}

// RecoveryCodes makes codes for the day on which the app is lost, each good
// once, with their hashes.
func RecoveryCodes() (codes []string, hashes [][]byte, err error) {
	for range recoveryCodes {
		b := make([]byte, recoverySize)
		if _, err := rand.Read(b); err != nil {
			return nil, nil, fmt.Errorf("read random bytes: %w", err)
		}
		raw := strings.ToLower(base32.StdEncoding.EncodeToString(b))
		code := strings.Join([]string{raw[:4], raw[4:8], raw[8:12], raw[12:]}, "-")
		codes, hashes = append(codes, code), append(hashes, RecoveryHash(code))
	}
	return codes, hashes, nil
}

// IsRecovery reports whether what was typed has the form of a recovery code.
func IsRecovery(code string) bool { return len(plain(code)) == 16 }

// RecoveryHash returns what is kept of a recovery code, however it is spelled.
func RecoveryHash(code string) []byte { return token.Hash("recovery:" + plain(code)) }

func plain(code string) string {
	return strings.ToLower(strings.NewReplacer("-", "", " ", "").Replace(strings.TrimSpace(code)))
}
