package cli_test

import (
	"encoding/json"
	"os"
	"path/filepath"
	"testing"

	"longhaul/internal/cli"
	"longhaul/models"
)

// An administrator blocks what a file lists, sees what was refused, and lifts it.
func TestAdminBlocksContent(t *testing.T) {
	t.Parallel()
	s := signedIn(t, models.RoleAdmin)
	list := filepath.Join(t.TempDir(), "list")
	if err := os.WriteFile(list, []byte("# from the rights holder\nexample.com\n\nnot a host\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	s.run(t, "admin", "blocks", "add", "--reason", "x").want(t, cli.ExitUsage, "Name what to block")
	s.run(t, "admin", "blocks", "add", "--from", list, "--reason", "notice 7").want(t, cli.ExitFailed, "example.com: blocked", "not a host: Use an info hash", "1 of 2")
	s.run(t, "admin", "blocks").want(t, cli.ExitOK, "example.com", "notice 7")
	var found []struct{ ID string }
	r := s.run(t, "--json", "admin", "blocks", "list", "--kind", "url")
	if err := json.Unmarshal([]byte(r.out), &found); err != nil || len(found) != 1 {
		t.Fatalf("%v: %s%s", err, r.out, r.err)
	}
	s.run(t, "admin", "blocks", "lift", found[0].ID).want(t, cli.ExitOK, "example.com: lifted")
	s.run(t, "--json", "admin", "blocks").want(t, cli.ExitOK, "[]")
}
