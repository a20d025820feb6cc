package cli_test

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"longhaul/api/apitest"
	"longhaul/internal/cli"
	"longhaul/internal/token"
	"longhaul/internal/totp"
	"longhaul/internal/version"
	"longhaul/models"
)

func TestLoginKeepsTheSessionPrivately(t *testing.T) {
	t.Parallel()
	s := newShell(t, models.RoleUser)
	s.run(t, "list").want(t, cli.ExitSignedOut, "longhaul login")
	s.runWith(t.Context(), "wrong wrong wrong wrong\n", "login", "-e", s.user.Email).want(t, cli.ExitSignedOut, "Wrong")

	r := s.runWith(t.Context(), s.user.Email+"\n"+apitest.Password+"\n", "login")
	r.want(t, cli.ExitOK, "Signed in as "+s.user.Email)
	if r.out != "" || strings.Contains(r.err, apitest.Password) {
		t.Errorf("out %q, err %q", r.out, r.err)
	}
	files, err := filepath.Glob(filepath.Join(s.dir, "*"))
	if err != nil || len(files) != 2 { // the sessions, and the last server
		t.Fatalf("files %v, %v", files, err)
	}
	for _, f := range files {
		info, err := os.Stat(f)
		if err != nil || info.Mode().Perm() != 0o600 {
			t.Errorf("mode %v, %v", info.Mode(), err)
		}
		if kept, _ := os.ReadFile(f); strings.Contains(string(kept), apitest.Password) {
			t.Error("the password is kept")
		}
	}
	sessions := filepath.Join(s.dir, "sessions.json")
	kept, err := os.ReadFile(sessions)
	if err != nil {
		t.Fatal(err)
	}
	s.run(t, "list").want(t, cli.ExitOK, "ID")
	list, err := s.Store.Accounts.APITokens(t.Context(), s.user.ID)
	if err != nil || len(list) != 1 || !strings.Contains(list[0].Name, "command line") || len(list[0].Scopes) != 3 {
		t.Errorf("the account's tokens: %+v, %v", list, err)
	}
	if open, err := s.Store.Accounts.Sessions(t.Context(), s.user.ID); err != nil || len(open) != 1 { // the harness's own
		t.Errorf("the sign-in left %d sessions, %v", len(open), err)
	}

	// The session of one server never goes to another.
	other := newShell(t, models.RoleUser)
	other.dir = s.dir
	other.run(t, "list").want(t, cli.ExitSignedOut)

	s.run(t, "logout").want(t, cli.ExitOK, "Signed out")
	kept2, _ := os.ReadFile(sessions)
	if strings.Contains(string(kept2), "value") {
		t.Errorf("after logout there is still %s", kept2)
	}
	if err := os.WriteFile(sessions, kept, 0o600); err != nil {
		t.Fatal(err)
	}
	s.run(t, "list").want(t, cli.ExitSignedOut) // the server has ended it too
	s.run(t, "logout").want(t, cli.ExitOK)
	s.run(t, "logout").want(t, cli.ExitOK, "Not signed in")
}

func TestLoginWithAToken(t *testing.T) {
	t.Parallel()
	s := newShell(t, models.RoleUser)
	tok := s.Token(s.user, models.ScopeJobsRead).Bearer
	s.runWith(t.Context(), "nonsense\n", "login", "--token").want(t, cli.ExitUsage, "lh_")
	s.runWith(t.Context(), "lh_"+strings.Repeat("A", 43)+"\n", "login", "--token").want(t, cli.ExitSignedOut)
	s.runWith(t.Context(), tok+"\n", "login", "--token").want(t, cli.ExitOK, "Signed in as "+s.user.Email)
	s.run(t, "list").want(t, cli.ExitOK, "ID")
	s.run(t, "submit", hash).want(t, cli.ExitFailed, "jobs:write")
}

func TestLoginWithASecondFactor(t *testing.T) {
	t.Parallel()
	s := newShell(t, models.RoleUser)
	offer, err := totp.Enrol("Longhaul", s.user.Email)
	if err != nil {
		t.Fatal(err)
	}
	sealed, err := s.Keys.Seal(token.PurposeTOTP, s.user.ID, []byte(offer.Secret))
	if err != nil {
		t.Fatal(err)
	}
	codes, hashes, err := totp.RecoveryCodes()
	if err != nil {
		t.Fatal(err)
	}
	if err := s.Store.Accounts.OfferTOTP(t.Context(), s.user.ID, sealed); err != nil {
		t.Fatal(err)
	}
	if err := s.Store.Accounts.EnableTOTP(t.Context(), s.user.ID, 1, hashes, models.Client{}); err != nil {
		t.Fatal(err)
	}
	in := s.user.Email + "\n" + apitest.Password + "\n"
	s.runWith(t.Context(), in+"000000\n", "login").want(t, cli.ExitFailed, "code")
	s.runWith(t.Context(), in+codes[3]+"\n", "login").want(t, cli.ExitOK, "Signed in as "+s.user.Email)
	s.run(t, "list").want(t, cli.ExitOK, "ID")
}

// A server that was named at the login is the one of the calls that follow, until
// another one is.
func TestTheServerOfTheLoginIsKept(t *testing.T) {
	t.Parallel()
	s := newShell(t, models.RoleUser)
	plain := func(args ...string) result {
		var out, errs output
		code := cli.Run(t.Context(), args, cli.Streams{In: strings.NewReader(""), Out: &out, Err: &errs},
			cli.Options{Build: version.Build{Version: "test"}, ConfigDir: s.dir, Retry: time.Millisecond})
		return result{code: code, out: out.String(), err: errs.String()}
	}
	s.runWith(t.Context(), s.user.Email+"\n"+apitest.Password+"\n", "login").want(t, cli.ExitOK, "Signed in as "+s.user.Email)
	plain("list").want(t, cli.ExitOK, "ID")
	plain("--server", "http://127.0.0.1:1", "list").want(t, cli.ExitFailed, "could not reach the server")
	plain("logout").want(t, cli.ExitOK, "Signed out.")
	plain("list").want(t, cli.ExitSignedOut, "Sign in")
}

func TestUsage(t *testing.T) {
	t.Parallel()
	s := newShell(t, models.RoleUser)
	s.run(t, "--help").want(t, cli.ExitOK, "submit and forget", "migrate")
	s.run(t, "--version").want(t, cli.ExitOK, "longhaul test (commit abc)")
	s.run(t, "version").want(t, cli.ExitOK, "longhaul test (commit abc)")
	s.run(t, "version", "--json").want(t, cli.ExitOK, `"version": "test"`, `"commit": "abc"`)
	s.run(t).want(t, cli.ExitUsage)
	s.run(t, "frobnicate").want(t, cli.ExitUsage, "--help")
	s.run(t, "list", "--state", "sleeping").want(t, cli.ExitUsage, "awaiting_selection")
	s.run(t, "watch", "x").want(t, cli.ExitUsage, "not a download id")
	s.run(t, "--server", "ftp://h.test", "list").want(t, cli.ExitUsage, "http")
	s.run(t, "--server", "http://127.0.0.1:1", "list").want(t, cli.ExitFailed, "could not reach the server")
	s.run(t, "submit", "nonsense").want(t, cli.ExitUsage, "magnet link")
	s.run(t, "submit", "missing.torrent").want(t, cli.ExitUsage, "No such file")
	s.run(t, "submit", "magnet:?dn=x").want(t, cli.ExitUsage, "info hash")
	s.run(t, "submit", hash, "--select", "5-2").want(t, cli.ExitUsage, "5-2")
	s.run(t, "submit", hash, "--select", "1", "--choose").want(t, cli.ExitUsage)
}

func TestAgentsList(t *testing.T) {
	t.Parallel()
	s := signedIn(t, models.RoleAdmin)
	a := s.EnrolledAgent().Agent
	s.run(t, "agents", "list").want(t, cli.ExitOK, a.Name, "active", "0 of 8", "never")
	r := s.run(t, "--json", "agents", "list")
	var list []struct{ Name string }
	if err := json.Unmarshal([]byte(r.out), &list); err != nil || len(list) != 1 || list[0].Name != a.Name {
		t.Errorf("%s: %v", r.out, err)
	}
	signedIn(t, models.RoleUser).run(t, "agents", "list").want(t, cli.ExitFailed, "administrators")
}
