package cli_test

import (
	"strings"
	"testing"

	"longhaul/internal/cli"
	"longhaul/models"
)

func TestLabelsAreKeptAndGivenToDownloads(t *testing.T) {
	t.Parallel()
	s := signedIn(t, models.RoleUser)
	job := s.job(t, "One film", map[string][]byte{"one.mkv": []byte("one")}, true)
	s.run(t, "labels", "create", "Films", "--colour", "teal").want(t, cli.ExitOK, "Films: added")
	s.run(t, "labels", "create", "films").want(t, cli.ExitFailed, "of this name already")
	s.run(t, "labels", "add", "films", job.ID.String()).want(t, cli.ExitOK, "One film: labelled")
	list := s.run(t, "labels")
	list.want(t, cli.ExitOK, "teal", "Films")
	if !strings.Contains(list.out, "1") {
		t.Errorf("the download is not counted: %s", list.out)
	}
	s.run(t, "labels", "rename", "Films", "Cinema").want(t, cli.ExitOK, "Cinema: saved")
	s.run(t, "--json", "labels").want(t, cli.ExitOK, `"name": "Cinema"`, `"colour": "teal"`, `"jobs": 1`)
	s.run(t, "labels", "remove", "cinema", job.ID.String()).want(t, cli.ExitOK, "One film: label removed")
	s.run(t, "--json", "labels").want(t, cli.ExitOK, `"jobs": 0`)
	s.run(t, "labels", "add", "nothing", job.ID.String()).want(t, cli.ExitNotFound, "longhaul labels")
	s.run(t, "labels", "delete", "Cinema").want(t, cli.ExitOK, "Cinema: deleted")
	s.run(t, "labels", "delete", "Cinema").want(t, cli.ExitNotFound)
}

func TestRulesAreChangedOneByOne(t *testing.T) {
	t.Parallel()
	s := signedIn(t, models.RoleUser)
	s.run(t, "labels", "create", "Films").want(t, cli.ExitOK)
	s.run(t, "rules", "set", "--label", "films", "--skip-ext", "nfo,txt", "--min-size", "1048576").want(t, cli.ExitOK, "Films", "nfo, txt", "1.0 MiB")
	s.run(t, "rules", "set", "--start-paused", "--skip-ext", "").want(t, cli.ExitOK, "Films", "1.0 MiB")
	s.run(t, "--json", "rules").want(t, cli.ExitOK, `"startPaused": true`, `"skipExtensions": []`, `"minSize": 1048576`)
	s.run(t, "rules", "set", "--no-start-paused", "--label", "").want(t, cli.ExitOK)
	s.run(t, "--json", "rules").want(t, cli.ExitOK, `"label": null`, `"minSize": 1048576`)
	s.run(t, "rules", "set", "--min-size=-1").want(t, cli.ExitFailed)
	s.run(t, "rules", "clear").want(t, cli.ExitOK)
	s.run(t, "--json", "rules").want(t, cli.ExitOK, `"skipExtensions": []`)
}
