//go:build e2e

package account

import (
	"os"
	"testing"

	"longhaul/test/harness"
)

// passkeys adds a passkey with Chromium's virtual authenticator, signs in with
// it alone and after the password, and removes it.
func (s site) passkeys(t *testing.T) {
	out := t.TempDir()
	if dir := os.Getenv("LONGHAUL_PICTURES"); dir != "" {
		out = dir
	}
	var saw struct {
		Codes    int      `json:"codes"`    // recovery codes that came with the passkey
		Host     string   `json:"host"`     // what the browser made it for
		Resident bool     `json:"resident"` // the authenticator offers it without being asked for it
		Faults   []string `json:"faults"`
	}
	browse(t, &saw, "passkey.mjs", s.ready.App, s.answers, harness.AdminEmail, harness.AdminPassword, out)
	if saw.Codes != 10 || saw.Host != "localhost" || !saw.Resident {
		t.Errorf("saw %+v", saw)
	}
	if len(saw.Faults) > 0 {
		t.Errorf("the pages logged errors: %q", saw.Faults)
	}
	var mails, left int
	err := s.stack.DB.QueryRow(t.Context(), `
		select (select count(*) from mails where kind in ('passkey_added', 'passkey_removed')), (select count(*) from passkeys)`).Scan(&mails, &left)
	if err != nil {
		t.Fatal(err)
	}
	if mails != 2 || left != 0 {
		t.Errorf("%d mails tell of the passkey, %d passkeys are left", mails, left)
	}
}
