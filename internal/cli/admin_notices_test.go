package cli_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"longhaul/internal/cli"
	"longhaul/models"
)

// An administrator imports notices from a file, twice, and each is recorded once.
func TestAdminImportsNotices(t *testing.T) {
	t.Parallel()
	s := signedIn(t, models.RoleAdmin)
	list := filepath.Join(t.TempDir(), "notices.jsonl")
	text := strings.Join([]string{
		`{"reference":"HF-1","channel":"mail","name":"Ada Holder","email":"ada@holder.example","works":"The film","goodFaith":true,"accuracy":true,"signature":"Ada","values":["example.com"]}`,
		``,
		`{"reference":"HF-2","channel":"mail","organisation":"Holder Films","values":["example.org"]}`,
		`{"channel":"mail"}`,
		`no JSON`,
		`{"reference":"HF-3","channel":"pigeon"}`,
	}, "\n")
	if err := os.WriteFile(list, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	s.run(t, "admin", "notices", "import", "--from", list).want(t, cli.ExitFailed, "line 1: HF-1: recorded", "line 3: HF-2: recorded as incomplete", "signature",
		"line 4: Give it a reference", "line 5: this is no JSON", "line 6: HF-3", "3 of 5 were refused")
	s.run(t, "admin", "notices", "import", "--from", list).want(t, cli.ExitFailed, "line 1: HF-1: recorded before", "line 3: HF-2: recorded before")
	s.run(t, "admin", "notices").want(t, cli.ExitOK, "Ada Holder", "HF-1", "Holder Films", "incomplete")
	s.run(t, "--json", "admin", "notices", "list", "--state", "accepted").want(t, cli.ExitOK, "[]")
}
