package cli_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"longhaul/internal/cli"
	"longhaul/internal/store/storetest"
	"longhaul/models"
)

// An administrator reads accounts and plans with a token.
func TestAdminReadsAccounts(t *testing.T) {
	t.Parallel()
	s := signedIn(t, models.RoleAdmin)
	user := storetest.User(t, s.Store)
	storetest.OK(t, s.Store.Quota.SetOverride(t.Context(), models.Actor{Kind: models.ActorConsole}, models.Override{
		UserID: user.ID, Limits: map[models.PlanLimit]*int64{models.LimitStorage: new(int64(2048)), models.LimitFiles: nil}, Reason: "moving house",
	}))
	s.run(t, "admin", "users", "--role", "user").want(t, cli.ExitOK, user.Email, "0 B of 2.0 KiB")
	s.run(t, "admin", "users", "list", "--role", "admin", "--csv").want(t, cli.ExitOK, "id,email,role", ",admin,active,")
	s.run(t, "admin", "users", "show", user.Email).want(t, cli.ExitOK, "own limits for good: moving house", "storageBytes: 2048", "maxFiles: no limit")
	s.run(t, "--json", "admin", "users", "show", strings.ToUpper(user.Email)).want(t, cli.ExitOK, `"moving house"`)
	s.run(t, "admin", "users", "show", "stranger@example.com").want(t, cli.ExitNotFound, "no account")
	s.run(t, "admin", "plans").want(t, cli.ExitOK, "unlimited", "no limit", "20.0 GiB")
}

// What an API token can't do to accounts, someone with a shell can.
func TestConsoleChangesAccounts(t *testing.T) {
	s, ctx := storetest.New(t), t.Context()
	secret := filepath.Join(t.TempDir(), "database_url")
	if err := os.WriteFile(secret, []byte(storetest.DSN(t)+"\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	t.Setenv("DATABASE_URL_FILE", secret)
	t.Setenv("BASE_URL", "https://longhaul.example/")
	user := storetest.User(t, s)
	users := func(code int, want string, args ...string) {
		t.Helper()
		alone(t, append([]string{"admin", "users"}, args...)...).want(t, code, want)
	}
	users(cli.ExitOK, "has the plan pro", "set-plan", user.Email, "pro")
	users(cli.ExitNotFound, "no account", "set-plan", "stranger@example.com", "pro")
	users(cli.ExitOK, "own limits", "override", user.Email, "--limit", "storageBytes=5", "--limit", "maxFiles=none", "--for", "720h", "--reason", "moving house")
	users(cli.ExitUsage, "no limit speed", "override", user.Email, "--limit", "speed=5", "--reason", "x")
	if o := storetest.Must[*models.Override](t)(s.Quota.OverrideOf(ctx, user.ID)); o == nil || len(o.Limits) != 2 || o.ExpiresAt == nil {
		t.Errorf("its own limits are %+v", o)
	}
	users(cli.ExitOK, "plan's limits", "remove-override", strings.ToUpper(user.Email))
	job := storetest.Submit(t, s, user.ID, nil)
	alone(t, "admin", "announce").want(t, cli.ExitUsage, "--remove")
	alone(t, "admin", "announce", "Maintenance tonight.", "--level", "warning", "--public").want(t, cli.ExitOK, "Announced")
	if a := storetest.Must[*models.Announcement](t)(s.Announce.ShownAnnouncement(ctx, true)); a == nil || a.Level != models.AnnounceWarning {
		t.Errorf("announced %+v", a)
	}
	alone(t, "admin", "announce", "--remove").want(t, cli.ExitOK, "no announcement")
	users(cli.ExitOK, "disabled", "disable", user.Email)
	if storetest.Count(t, "select count(*) from jobs where id = $1 and halted and asked_act = 'pause'", job.ID) != 1 {
		t.Error("its job was not asked to pause")
	}
	users(cli.ExitOK, "enabled", "enable", user.Email)
	users(cli.ExitFailed, "no second factor", "reset-factors", user.Email, "--reason", "lost")
	users(cli.ExitUsage, "--confirm", "delete", user.Email, "--confirm", "x")
	users(cli.ExitOK, "deleted", "delete", user.Email, "--confirm", user.Email)
	if storetest.Count(t, "select count(*) from audit_log where actor_kind = 'console' and action in ('user.disable', 'user.enable', 'user.delete', 'user.set_override')") != 4 {
		t.Error("the acts were not audited")
	}
}
