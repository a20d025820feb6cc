package cli_test

import (
	"testing"

	"longhaul/internal/cli"
	"longhaul/models"
)

func TestTheTrashIsListedRestoredAndEmptied(t *testing.T) {
	t.Parallel()
	s := signedIn(t, models.RoleUser)
	one := s.job(t, "One film", map[string][]byte{"one.mkv": []byte("one")}, true)
	two := s.job(t, "Two films", map[string][]byte{"one.mkv": []byte("one"), "two.mkv": []byte("two")}, true)
	s.run(t, "rm", one.ID.String()).want(t, cli.ExitOK, "One film: deleted", "longhaul trash restore")
	s.run(t, "rm", "--final", two.ID.String()).want(t, cli.ExitOK, "Two films: deleted for good")
	s.run(t, "trash").want(t, cli.ExitOK, "download", "3 B", "One film")
	s.run(t, "trash", "restore", two.ID.String()).want(t, cli.ExitNotFound, "longhaul trash")
	s.run(t, "trash", "restore", one.ID.String()[24:]).want(t, cli.ExitOK, "One film: restored")
	s.run(t, "files", one.ID.String()).want(t, cli.ExitOK, "one.mkv")
	s.run(t, "trash", "delete", one.ID.String()).want(t, cli.ExitNotFound, "longhaul trash")
	s.run(t, "rm", one.ID.String()).want(t, cli.ExitOK)
	s.run(t, "trash", "empty").want(t, cli.ExitUsage, "--yes")
	s.run(t, "trash", "empty", "--yes").want(t, cli.ExitOK, "1 deleted for good")
	if r := s.run(t, "--json", "trash"); r.code != cli.ExitOK || r.out != "[]\n" {
		t.Errorf("after emptying: %+v", r)
	}
}
