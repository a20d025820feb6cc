package harness

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// Backup makes a backup, as an operator does, and returns its folder.
func (s *Stack) Backup(tb testing.TB) string {
	tb.Helper()
	return strings.TrimSpace(s.longhaul(tb, "backup", filepath.Join(tb.TempDir(), "backups")))
}

// Restore stops api and worker, empties the database, restores the backup with
// the flags, and starts them again. Temporal, storage and agents stay as they
// are. It returns what a dry run and the restore printed.
func (s *Stack) Restore(tb testing.TB, backup string) (dry, done string) {
	tb.Helper()
	for _, part := range []string{"api", "worker"} {
		s.Suspend(tb, part) // killed at once, they would be back before the dump is
	}
	s.psql(tb, "select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid()")
	s.psql(tb, "drop schema public cascade", "create schema public")
	dry = s.longhaul(tb, "restore", backup, "--dry-run")
	done = s.longhaul(tb, "restore", backup)
	s.DB.Reset()
	s.Kill(tb, "api", "worker")
	return dry, done
}

// longhaul runs a command with the worker's settings and returns what it prints.
func (s *Stack) longhaul(tb testing.TB, args ...string) string {
	tb.Helper()
	return s.runs(tb, exec.CommandContext(tb.Context(), filepath.Join(os.Getenv("LONGHAUL_BIN"), "longhaul"), args...))
}

// psql runs statements on the stack's database.
func (s *Stack) psql(tb testing.TB, statements ...string) {
	tb.Helper()
	r, err := s.Ready()
	if err != nil {
		tb.Fatal(err)
	}
	args := []string{"--quiet", "--set=ON_ERROR_STOP=1", "--dbname=" + r.Env["DATABASE_URL"]}
	for _, q := range statements {
		args = append(args, "--command="+q)
	}
	s.runs(tb, exec.CommandContext(tb.Context(), "psql", args...))
}

func (s *Stack) runs(tb testing.TB, cmd *exec.Cmd) string {
	tb.Helper()
	r, err := s.Ready()
	if err != nil {
		tb.Fatal(err)
	}
	cmd.Env = os.Environ()
	for name, value := range r.Env {
		cmd.Env = append(cmd.Env, name+"="+value)
	}
	var errs strings.Builder
	cmd.Stderr = &errs
	out, err := cmd.Output()
	if err != nil {
		tb.Fatalf("%s: %v: %s%s", filepath.Base(cmd.Path), err, out, errs.String())
	}
	return string(out)
}
