//go:build e2e

// Package account walks through an account's life in a real browser with the
// bot check on: it needs its own stack, with a Turnstile key.
package account

import (
	"bytes"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"testing"
	"time"

	"longhaul/internal/turnstile/turnstiletest"
	"longhaul/test/harness"
)

// siteKey is the one that Cloudflare gives for tests.
const siteKey = "1x00000000000000000000AA"

// site is a running stack with what its visitors meet.
type site struct {
	stack   *harness.Stack
	ready   harness.Ready
	robots  *turnstiletest.Server
	answers string // where the widget gets its answers
}

func launch(t *testing.T) site {
	t.Helper()
	s := site{robots: turnstiletest.New(t)}
	widget := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		q := r.URL.Query()
		_, _ = io.WriteString(w, s.robots.Answer(q.Get("hostname"), q.Get("action"), time.Now()))
	}))
	t.Cleanup(widget.Close)
	s.answers = widget.URL
	var err error
	s.stack, err = harness.Launch(t.Context(), harness.Options{Env: []string{
		"REGISTRATION=open", "AGENT_ALLOW_CIDRS=127.0.0.0/8", "AGENT_DHT=false",
		"TURNSTILE_SITE_KEY=" + siteKey, "TURNSTILE_SECRET_KEY=" + turnstiletest.Secret, "TURNSTILE_URL=" + s.robots.URL,
	}})
	if err != nil {
		t.Fatalf("start the stack: %v", err)
	}
	t.Cleanup(s.stack.Stop)
	if s.ready, err = s.stack.Ready(); err != nil {
		t.Fatal(err)
	}
	return s
}

// browse runs a script of web/test/browser and decodes what it saw.
func browse(t *testing.T, saw any, script string, args ...string) {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), "node", append([]string{"test/browser/" + script}, args...)...)
	cmd.Dir = "../../../web"
	var stdout, stderr bytes.Buffer
	cmd.Stdout, cmd.Stderr = &stdout, &stderr
	if err := cmd.Run(); err != nil {
		t.Fatalf("the browser: %v\n%s%s", err, &stdout, &stderr)
	}
	if err := json.Unmarshal(stdout.Bytes(), saw); err != nil {
		t.Fatalf("%v: %s", err, &stdout)
	}
}

// TestInBrowser does what needs a browser with one stack for all its parts.
func TestInBrowser(t *testing.T) {
	s := launch(t)
	t.Run("life of an account", s.life)
	t.Run("an administrator's acts", s.administration)
	t.Run("pages of other origins", s.otherOrigins)
	t.Run("passkeys", s.passkeys)
}

// life registers, confirms, signs in, sets two-step sign-in up, resets the
// password, ends a session of another browser and deletes the account.
func (s site) life(t *testing.T) {
	out := t.TempDir()
	if dir := os.Getenv("LONGHAUL_PICTURES"); dir != "" {
		out = dir
	}
	var saw struct {
		AfterReset      int64    `json:"afterReset"`      // milliseconds
		AfterRevocation int64    `json:"afterRevocation"` // milliseconds
		Sessions        int      `json:"sessions"`
		Early           bool     `json:"early"`
		Faults          []string `json:"faults"`
	}
	const email = "in-a-browser@longhaul.test"
	browse(t, &saw, "account.mjs", s.ready.App, s.ready.Mail, s.answers, email, out)
	t.Logf("signed out %d ms after the reset was seen, %d ms after the session was ended", saw.AfterReset, saw.AfterRevocation)
	if saw.Sessions != 2 {
		t.Errorf("%d sessions are listed, want those of the two browsers", saw.Sessions)
	}
	if saw.Early {
		t.Error("the account could be deleted with another address typed")
	}
	if len(saw.Faults) > 0 {
		t.Errorf("the pages logged errors: %q", saw.Faults)
	}
	// Two registrations' steps, five sign-ins and a reset ask; each answer works once.
	if n := s.robots.Calls(); n < 8 {
		t.Errorf("Turnstile was asked %d times", n)
	}
	var left int
	if err := s.stack.DB.QueryRow(t.Context(), `select count(*) from users where email = $1`, email).Scan(&left); err != nil {
		t.Fatal(err)
	}
	if left != 0 {
		t.Error("the account is still there")
	}
	s.stack.Mailed(t, email, 5)
}
