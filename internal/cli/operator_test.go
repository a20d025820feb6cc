package cli_test

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5"

	"longhaul/internal/cli"
	"longhaul/internal/store/storetest"
	"longhaul/internal/token"
	"longhaul/models"
)

// alone runs a command without any API.
func alone(t *testing.T, args ...string) result {
	t.Helper()
	var out, errs output
	code := cli.Run(t.Context(), args, cli.Streams{In: strings.NewReader(""), Out: &out, Err: &errs}, cli.Options{ConfigDir: t.TempDir()})
	return result{code: code, out: out.String(), err: errs.String()}
}

func TestOperatorCommands(t *testing.T) {
	s := storetest.New(t)
	secret := filepath.Join(t.TempDir(), "database_url")
	if err := os.WriteFile(secret, []byte(storetest.DSN(t)+"\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	t.Setenv("DATABASE_URL_FILE", secret)
	t.Setenv("BASE_URL", "https://longhaul.example/")

	alone(t, "migrate").want(t, cli.ExitOK, "up to date")

	r := alone(t, "agents", "token", "--name", "attic")
	r.want(t, cli.ExitOK)
	value := strings.TrimSuffix(r.out, "\n")
	if len(value) != 43 || r.err != "" {
		t.Fatalf("out %q, err %q: want the token alone", r.out, r.err)
	}
	a, err := s.Agents.EnrolAgent(t.Context(), "192.0.2.1", token.Hash(value), models.Agent{URL: "http://127.0.0.1:7300", CredentialHash: token.Hash("c"), Capacity: 1})
	if err != nil || a.Name != "attic" {
		t.Errorf("the token enrols %+v, %v", a, err)
	}
	alone(t, "agents", "token", "--name", "attic").want(t, cli.ExitFailed, "already")
	alone(t, "agents", "token", "--name", " ").want(t, cli.ExitUsage)
	alone(t, "agents", "token").want(t, cli.ExitUsage, "--name")

	r = alone(t, "admin", "setup-link")
	r.want(t, cli.ExitOK)
	link, found := strings.CutPrefix(r.out, "https://longhaul.example/setup?token=")
	if !found {
		t.Fatalf("link %q", r.out)
	}
	admin := models.User{ID: s.DB.NewID(), Email: "a@example.com", PasswordHash: "x", Role: models.RoleAdmin, CreatedAt: s.DB.Now()}
	if err := s.Accounts.CreateFirstAdmin(t.Context(), "192.0.2.1", token.Hash(strings.TrimSpace(link)), admin); err != nil {
		t.Errorf("the link's token: %v", err)
	}
	alone(t, "admin", "setup-link").want(t, cli.ExitUsage, "already")

	alone(t, "storage", "status").want(t, cli.ExitOK, "works", "never")
	alone(t, "storage", "accept").want(t, cli.ExitUsage, "--yes")
	alone(t, "storage", "accept", "--yes").want(t, cli.ExitFailed, "nothing to accept")

	r = alone(t, "audit", "verify") // the token, the agent and the set-up are in it
	r.want(t, cli.ExitOK)
	head := strings.TrimSuffix(r.out, "\n")
	if !strings.HasPrefix(head, "3:") || !strings.Contains(r.err, "3 entries") {
		t.Errorf("out %q, err %q", r.out, r.err)
	}
	alone(t, "agents", "token", "--name", "cellar").want(t, cli.ExitOK)
	alone(t, "audit", "verify", "--head", head).want(t, cli.ExitOK)
	alone(t, "audit", "verify", "--head", "3:"+strings.Repeat("0", 64)).want(t, cli.ExitFailed, "rewritten")
	alone(t, "audit", "verify", "--head", "9:"+head[2:]).want(t, cli.ExitFailed, "entry 9 is missing")
	alone(t, "audit", "verify", "--head", "x").want(t, cli.ExitUsage)
	execute(t, "alter table audit_log disable trigger all", "update audit_log set action = 'agent.drain' where id = 2")
	alone(t, "audit", "verify").want(t, cli.ExitFailed, "at entry 2")
}

// execute runs statements on the test's database.
func execute(t *testing.T, statements ...string) {
	t.Helper()
	conn, err := pgx.Connect(t.Context(), storetest.DSN(t))
	if err != nil {
		t.Fatal(err)
	}
	for _, q := range statements {
		if _, err := conn.Exec(t.Context(), q); err != nil {
			t.Fatal(err)
		}
	}
	if err := conn.Close(t.Context()); err != nil {
		t.Fatal(err)
	}
}

func TestOperatorFaults(t *testing.T) {
	t.Setenv("DATABASE_URL", "")
	t.Setenv("DATABASE_URL_FILE", "")
	alone(t, "migrate").want(t, cli.ExitFailed, "DATABASE_URL")
	t.Setenv("DATABASE_URL", "postgres://u:hunter2@127.0.0.1:1/none?connect_timeout=1")
	r := alone(t, "migrate")
	r.want(t, cli.ExitFailed, "migrate the database")
	if strings.Contains(r.err, "hunter2") {
		t.Errorf("the password is shown: %s", r.err)
	}
}

func TestConfigPrintHidesSecrets(t *testing.T) {
	t.Setenv("DATABASE_URL", "postgres://longhaul:hunter2@db:5432/longhaul")
	t.Setenv("SECRET_KEY", strings.Repeat("ab", 32))
	t.Setenv("S3_SECRET_ACCESS_KEY", "s3cret")
	t.Setenv("AGENT_ENROLMENT_TOKEN", "s3cret")
	t.Setenv("MAX_RUNNING_JOBS", "0")
	r := alone(t, "config", "print")
	r.want(t, cli.ExitFailed, "TEMPORAL_NAMESPACE=longhaul", "MAX_RUNNING_JOBS", "S3_ENDPOINT")
	agent := alone(t, "config", "print", "--process", "agent")
	agent.want(t, cli.ExitOK, "AGENT_CAPACITY=8")
	for _, secret := range []string{"hunter2", "abab", "s3cret"} {
		if strings.Contains(r.out+r.err+agent.out+agent.err, secret) {
			t.Errorf("%s is shown", secret)
		}
	}
	alone(t, "config", "print", "--process", "postgres").want(t, cli.ExitUsage)
}

// A feature is switched on the server, for everyone or an exception, and listed.
func TestFeaturesAreSwitchedOnTheServer(t *testing.T) {
	s := storetest.New(t)
	user := storetest.User(t, s)
	t.Setenv("DATABASE_URL", storetest.DSN(t))
	t.Setenv("BASE_URL", "https://longhaul.example/")
	alone(t, "admin", "flags", "set", "url_jobs", "off", "--reason", "abuse").want(t, cli.ExitOK)
	alone(t, "admin", "flags", "set", "url_jobs", "on", "--user", strings.ToUpper(user.Email)).want(t, cli.ExitOK)
	r := alone(t, "admin", "flags")
	r.want(t, cli.ExitOK)
	for _, line := range []string{`url_jobs +everyone else +off +\S+ +abuse`, `url_jobs +` + user.Email + ` +on`, `archives +everyone else +on`} {
		if !regexp.MustCompile(line).MatchString(r.out) {
			t.Errorf("no %q in\n%s", line, r.out)
		}
	}
	alone(t, "admin", "flags", "set", "url_jobs", "default").want(t, cli.ExitOK)
	if on, err := s.Flags.FlagOn(t.Context(), models.FlagURLJobs, s.DB.NewID()); err != nil || !on {
		t.Errorf("on %v, %v", on, err)
	}
	alone(t, "admin", "flags", "set", "time_travel", "off").want(t, cli.ExitUsage, "no feature")
	alone(t, "admin", "flags", "set", "url_jobs", "off", "--user", "x@example.com").want(t, cli.ExitNotFound, "no account")
	alone(t, "admin", "flags", "set", "url_jobs", "off", "--user", "x@example.com", "--plan", "pro").want(t, cli.ExitUsage)
}
