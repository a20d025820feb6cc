package harness

import (
	"os/exec"
	"path/filepath"
	"testing"
)

// Dump writes the database to a file, as an operator does, and returns its path.
func (s *Stack) Dump(tb testing.TB) string {
	tb.Helper()
	path := filepath.Join(tb.TempDir(), "dump.sql")
	s.postgres(tb, "pg_dump", "--no-owner", "--file="+path)
	return path
}

// Restore stops api and worker, replaces the database with the dump, and starts
// them again. Temporal, storage and agents stay as they are.
func (s *Stack) Restore(tb testing.TB, dump string) {
	tb.Helper()
	for _, part := range []string{"api", "worker"} {
		s.Suspend(tb, part) // killed at once, they would be back before the dump is
	}
	s.postgres(tb, "psql", "--quiet", "--set=ON_ERROR_STOP=1",
		"--command=select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid()")
	s.postgres(tb, "psql", "--quiet", "--set=ON_ERROR_STOP=1", "--single-transaction",
		"--command=drop schema public cascade", "--command=create schema public", "--file="+dump)
	s.DB.Reset()
	s.Kill(tb, "api", "worker")
}

// postgres runs a client program of Postgres on the stack's database.
func (s *Stack) postgres(tb testing.TB, program string, args ...string) {
	tb.Helper()
	r, err := s.Ready()
	if err != nil {
		tb.Fatal(err)
	}
	cmd := exec.CommandContext(tb.Context(), program, append(args, "--dbname="+r.Env["DATABASE_URL"])...)
	if out, err := cmd.CombinedOutput(); err != nil {
		tb.Fatalf("%s: %v: %s", program, err, out)
	}
}
