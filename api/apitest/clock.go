package apitest

import (
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/pquerna/otp/totp"

	"longhaul/api"
)

// Clock moves the API's clock, so that tests don't wait for the next code.
type Clock struct{ by atomic.Int64 }

// Now returns the moved time.
func (c *Clock) Now() time.Time { return time.Now().UTC().Add(time.Duration(c.by.Load())) }

// Forward moves the clock.
func (c *Clock) Forward(by time.Duration) { c.by.Add(int64(by)) }

// Option makes the API use the clock.
func (c *Clock) Option(_ *api.Config, d *api.Deps) { d.Now = c.Now }

// Code returns a secret's current two-factor code.
func (c *Clock) Code(t *testing.T, secret string) string {
	t.Helper()
	code, err := totp.GenerateCode(secret, c.Now())
	if err != nil {
		t.Fatal(err)
	}
	return code
}

// Enrol turns two-factor sign-in on and returns its secret and recovery codes.
func (c *Clock) Enrol(t *testing.T, h *Harness, user Caller) (secret string, recovery []string) {
	t.Helper()
	var offer struct{ Secret, URL, QR string }
	Decode(t, Ask(t, h, user, "auth/totp", "", 201), &offer)
	if !strings.HasPrefix(offer.QR, "data:image/png;base64,") || !strings.HasPrefix(offer.URL, "otpauth://totp/Longhaul:") {
		t.Errorf("offered %.80s, %.30s", offer.URL, offer.QR)
	}
	Ask(t, h, user, "auth/totp/enable", `{"code":"000000"}`, 422, "wrong_code")
	var enabled struct{ RecoveryCodes []string }
	Decode(t, Ask(t, h, user, "auth/totp/enable", `{"code":"`+c.Code(t, offer.Secret)+`"}`, 200), &enabled)
	return offer.Secret, enabled.RecoveryCodes
}
