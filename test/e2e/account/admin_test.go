//go:build e2e

package account

import (
	"net/http"
	"os"
	"strings"
	"testing"

	"longhaul/test/harness"
)

// administration disables an account in a browser: its owner's session ends in
// another one, and the audit log says who did it. Then it gets limits of its own,
// and its owner reads them and an announcement.
func (s site) administration(t *testing.T) {
	out := t.TempDir()
	if dir := os.Getenv("LONGHAUL_PICTURES"); dir != "" {
		out = dir
	}
	const email, password = "harbour@longhaul.test", "walnut ladder over the quiet harbour"
	var made struct{ URL string }
	if err := s.stack.Client.Do(t.Context(), http.MethodPost, "/api/v1/admin/invitations", map[string]string{"email": email}, &made); err != nil {
		t.Fatal(err)
	}
	_, invitation, _ := strings.Cut(made.URL, "invitation=")
	visitor := harness.NewClient(s.ready.App)
	if err := visitor.Do(t.Context(), http.MethodPost, "/api/v1/auth/invitation/accept", map[string]string{
		"token": invitation, "password": password,
	}, nil); err != nil {
		t.Fatal(err)
	}
	var saw struct {
		AfterDisabling  int64    `json:"afterDisabling"`  // milliseconds
		AfterAnnouncing int64    `json:"afterAnnouncing"` // milliseconds
		Early           bool     `json:"early"`
		Entry           string   `json:"entry"`
		Faults          []string `json:"faults"`
	}
	browse(t, &saw, "admin.mjs", s.ready.App, s.answers, harness.AdminEmail, harness.AdminPassword, email, password, out)
	t.Logf("signed out %d ms after the account was disabled, told %d ms after the announcement; the log says %q",
		saw.AfterDisabling, saw.AfterAnnouncing, saw.Entry)
	if saw.Early {
		t.Error("the account could be disabled with another address typed")
	}
	for _, want := range []string{"Disabled an account", email, "by " + harness.AdminEmail, "from 127.0.0.1"} {
		if !strings.Contains(saw.Entry, want) {
			t.Errorf("the entry lacks %q: %q", want, saw.Entry)
		}
	}
	if len(saw.Faults) > 0 {
		t.Errorf("the pages logged errors: %q", saw.Faults)
	}
	var entries int
	if err := s.stack.DB.QueryRow(t.Context(), `
		select count(*) from audit_log l join users u on l.target_id = u.id::text
		where u.email = $1 and l.action in ('user.disable', 'user.enable', 'user.set_override', 'user.send_reset') and l.ip <> ''`, email).Scan(&entries); err != nil {
		t.Fatal(err)
	}
	if entries != 4 {
		t.Errorf("%d entries of the four acts are in the log", entries)
	}
}
