package cli_test

import (
	"encoding/json"
	"net/http"
	"strings"
	"testing"

	"longhaul/api/apitest"
	"longhaul/internal/cli"
	"longhaul/models"
)

func TestLinksAreListedAndRevoked(t *testing.T) {
	t.Parallel()
	s := signedIn(t, models.RoleUser)
	if r := s.run(t, "--json", "links", "list"); r.code != cli.ExitOK || strings.TrimSpace(r.out) != "[]" {
		t.Errorf("without a link: %+v", r)
	}
	j := s.job(t, "Two films", map[string][]byte{"one.mkv": []byte("one"), "two.mkv": []byte("two")}, true)
	files, err := s.Store.Files.Files(t.Context(), s.user.ID, j.ID)
	if err != nil {
		t.Fatal(err)
	}
	me := apitest.Caller{User: s.user, Cookie: s.SignIn(s.user)}
	save := apitest.DownloadLink(t, s.Harness, me, "/api/v1/files/"+files[0].ID.String()+"/link", `{"disposition":"attachment"}`)
	open := apitest.DownloadLink(t, s.Harness, me, "/api/v1/files/"+files[1].ID.String()+"/link", `{"disposition":"inline"}`)
	zip := apitest.DownloadLink(t, s.Harness, me, "/api/v1/jobs/"+j.ID.String()+"/archive", "")
	s.run(t, "links").want(t, cli.ExitOK, "KIND", "save", "one.mkv", "open", "two.mkv", "zip", "Two films")
	var list []struct{ ID, Name string }
	if err := json.Unmarshal([]byte(s.run(t, "--json", "links", "list").out), &list); err != nil || len(list) != 3 || list[2].Name != "one.mkv" {
		t.Fatalf("%+v: %v", list, err)
	}
	answers := func(what, link string, want int) {
		t.Helper()
		if resp, _ := apitest.Fetch(t, s.Harness, http.MethodGet, link, nil); resp.StatusCode != want {
			t.Errorf("%s: status %d, want %d", what, resp.StatusCode, want)
		}
	}
	answers("before", save, http.StatusOK)
	s.run(t, "links", "revoke", list[2].ID[24:]).want(t, cli.ExitOK, "one.mkv: revoked")
	answers("revoked", save, http.StatusNotFound)
	answers("another link", open, http.StatusOK)
	s.run(t, "links", "revoke", list[2].ID).want(t, cli.ExitNotFound, "No entry of “longhaul links”")
	s.run(t, "links", "revoke", "x").want(t, cli.ExitUsage, "longhaul links")
	s.run(t, "links", "revoke").want(t, cli.ExitUsage, "--all")
	s.run(t, "links", "revoke", "--all", list[0].ID).want(t, cli.ExitUsage, "--all")
	s.run(t, "links", "revoke", "--all").want(t, cli.ExitOK, "All links revoked")
	answers("all revoked", open, http.StatusNotFound)
	answers("all revoked, zip", zip, http.StatusNotFound)
	newShell(t, models.RoleUser).run(t, "links").want(t, cli.ExitSignedOut, "longhaul login")
}
