package harness

import (
	"fmt"
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
	out, err := s.LonghaulWith(tb, nil, args...)
	if err != nil {
		tb.Fatal(err)
	}
	return out
}

// LonghaulWith runs a command with the worker's settings, some of them replaced,
// and returns what it prints.
func (s *Stack) LonghaulWith(tb testing.TB, env []string, args ...string) (string, error) {
	tb.Helper()
	return s.run(tb, exec.CommandContext(tb.Context(), filepath.Join(os.Getenv("LONGHAUL_BIN"), "longhaul"), args...), env)
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
	if _, err := s.run(tb, exec.CommandContext(tb.Context(), "psql", args...), nil); err != nil {
		tb.Fatal(err)
	}
}

func (s *Stack) run(tb testing.TB, cmd *exec.Cmd, env []string) (string, error) {
	tb.Helper()
	r, err := s.Ready()
	if err != nil {
		tb.Fatal(err)
	}
	cmd.Env = os.Environ()
	for name, value := range r.Env {
		cmd.Env = append(cmd.Env, name+"="+value)
	}
	cmd.Env = append(cmd.Env, env...)
	var errs strings.Builder
	cmd.Stderr = &errs
	out, err := cmd.Output()
	if err != nil {
		err = fmt.Errorf("%s: %w: %s%s", filepath.Base(cmd.Path), err, out, errs.String())
	}
	return string(out), err
}
