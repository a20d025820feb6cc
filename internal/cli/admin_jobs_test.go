package cli_test

import (
	"encoding/json"
	"strings"
	"testing"

	"longhaul/internal/cli"
	"longhaul/internal/store/storetest"
	"longhaul/models"
)

// An administrator lists everybody's jobs, looks at one and acts on it, by its
// id.
func TestAdminJobs(t *testing.T) {
	t.Parallel()
	s := signedIn(t, models.RoleAdmin)
	owner := s.Account(models.RoleUser).User
	m := storetest.Manifest(10)
	m.Name = "Somebody's film\x1b[31m"
	job := storetest.Submit(t, s.Store, owner.ID, &m)
	id := job.ID.String()
	storetest.Submit(t, s.Store, s.user.ID, nil)
	s.run(t, "admin", "jobs").want(t, cli.ExitOK, "OWNER", id, owner.Email, s.user.Email)
	s.run(t, "admin", "jobs", "list", "--limit", "1").want(t, cli.ExitOK, "1 of 2 jobs")
	var list []struct{ ID string }
	r := s.run(t, "--json", "admin", "jobs", "list", "--limit", "0", "--user", owner.Email, "--state", "queued,ready", "--max-size", "10",
		"--from", "2020-01-01T00:00:00Z", "--provider", "agent", "--reason", "accepted")
	if err := json.Unmarshal([]byte(r.out), &list); err != nil || len(list) != 1 || list[0].ID != id {
		t.Errorf("%+v: %v, %s", list, err, r.err)
	}
	s.run(t, "admin", "jobs", "list", "-q", "ab").want(t, cli.ExitFailed, "at least 3 characters")
	r = s.run(t, "admin", "jobs", "show", id)
	r.want(t, cli.ExitOK, owner.Email, "job-"+id, "Accepted; waiting for a free slot.")
	if strings.Contains(r.out, "\x1b") {
		t.Errorf("a name steers the terminal: %q", r.out)
	}
	s.run(t, "admin", "jobs", "pause", id).want(t, cli.ExitOK, id+": paused")
	s.run(t, "admin", "jobs", "resume", id).want(t, cli.ExitOK, id+": resumed")
	s.run(t, "admin", "jobs", "move", "--to", "seedr", id).want(t, cli.ExitOK, id+": moving to seedr")
	s.run(t, "admin", "jobs", "retry", id).want(t, cli.ExitFailed, "wrong_state")
	s.run(t, "admin", "jobs", "cancel", "--note", "It held up others.", id).want(t, cli.ExitOK, id+": cancelled")
	s.run(t, "admin", "jobs", "show", id).want(t, cli.ExitOK, "It was paused by an administrator.", "It was cancelled by an administrator: “It held up others.”")
	s.run(t, "admin", "jobs", "cancel", "1234").want(t, cli.ExitUsage, "not a job id")
	s.run(t, "admin", "jobs", "delete", id).want(t, cli.ExitOK, id+": deleted")
	s.run(t, "admin", "jobs", "show", id).want(t, cli.ExitNotFound)
	signedIn(t, models.RoleUser).run(t, "admin", "jobs").want(t, cli.ExitFailed)
}
