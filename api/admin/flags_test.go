package admin_test

import (
	"fmt"
	"net/http"
	"testing"

	"longhaul/api/apitest"
	"longhaul/models"
)

const adminFlags = "/api/v1/admin/flags"

func setFlag(t *testing.T, h *apitest.Harness, admin apitest.Caller, flag models.Flag, body string, status int, want ...string) {
	t.Helper()
	h.Run(t, apitest.Scenario{As: admin, Method: http.MethodPut, Path: adminFlags + "/" + string(flag), Body: body, Status: status, Want: want})
}

// What an administrator switches off for an account is refused to it at once, and
// its owner's app is told; others keep it.
func TestFeaturesAreSwitchedOff(t *testing.T) {
	t.Parallel()
	h := apitest.New(t)
	admin, user, other := h.Account(models.RoleAdmin), h.Account(models.RoleUser), h.Account(models.RoleUser)
	token, othersToken := h.Token(user.User, models.ScopeJobsRead), h.Token(other.User, models.ScopeJobsRead)
	job, _ := apitest.ReadyJob(t, h, user.User, map[string][]byte{"a.bin": []byte("a")})
	zip := apitest.DownloadLink(t, h, user, "/api/v1/jobs/"+job.ID.String()+"/archive", "")
	const magnet = "magnet:?xt=urn:btih:0123456789012345678901234567890123456789"
	submit, inspect := fmt.Sprintf(`{"source":%q}`, magnet), fmt.Sprintf(`{"magnet":%q}`, magnet)
	for _, flag := range models.Flags() {
		setFlag(t, h, admin, flag, fmt.Sprintf(`{"enabled":false,"user":%q,"reason":"abuse"}`, user.User.Email), 200, `"enabled":true`, user.User.Email)
	}
	off := []string{"feature_off"}
	h.Run(t, apitest.Scenario{As: user, Method: "POST", Path: "/api/v1/jobs", Body: submit, Status: 403, Want: off})
	h.Run(t, apitest.Scenario{As: user, Method: "POST", Path: "/api/v1/sources/inspect", Body: inspect, Status: 403, Want: off})
	h.Run(t, apitest.Scenario{As: user, Method: "POST", Path: "/api/v1/jobs/" + job.ID.String() + "/archive", Status: 403, Want: off})
	if resp, body := apitest.Fetch(t, h, http.MethodGet, zip, nil); resp.StatusCode != http.StatusForbidden {
		t.Errorf("the zip: %d %s", resp.StatusCode, body)
	}
	h.Run(t, apitest.Scenario{As: token, Path: "/api/v1/jobs", Status: 403, Want: off})
	apitest.Ask(t, h, user, "auth/tokens", `{"name":"x","scopes":["jobs:read"]}`, 403, off...)
	apitest.Ask(t, h, user, "auth/passkeys/begin", "", 403, off...)
	h.Run(t, apitest.Scenario{As: user, Path: "/api/v1/me", Status: 200, Want: []string{`"url_jobs"`, `"api_tokens"`}})

	h.Run(t, apitest.Scenario{As: other, Method: "POST", Path: "/api/v1/jobs", Body: submit, Status: 202})
	h.Run(t, apitest.Scenario{As: othersToken, Path: "/api/v1/jobs", Status: 200})
	h.Run(t, apitest.Scenario{As: other, Path: "/api/v1/me", Status: 200, Want: []string{`"featuresOff":[]`}})

	for _, flag := range models.Flags() {
		setFlag(t, h, admin, flag, fmt.Sprintf(`{"enabled":null,"user":%q}`, user.User.ID), 200, `"rules":[]`)
	}
	h.Run(t, apitest.Scenario{As: user, Method: "POST", Path: "/api/v1/jobs", Body: submit, Status: 202})
	h.Run(t, apitest.Scenario{As: token, Path: "/api/v1/jobs", Status: 200})
	h.Run(t, apitest.Scenario{As: admin, Path: "/api/v1/admin/audit?action=flag&target=url_jobs", Status: 200, Want: []string{
		"flag.set", `"reason":"abuse"`, "account " + user.User.ID.String(),
	}})
}

// Rules that make no sense are refused, each with its field.
func TestFlagRulesAreChecked(t *testing.T) {
	t.Parallel()
	h := apitest.New(t)
	admin := h.Account(models.RoleAdmin)
	setFlag(t, h, admin, models.FlagArchives, `{"enabled":false,"user":"nobody@example.com"}`, 422, "user", "no account")
	setFlag(t, h, admin, models.FlagArchives, `{"enabled":false,"user":"a@example.com","plan":"pro"}`, 422, "user")
	setFlag(t, h, admin, models.FlagArchives, `{"enabled":false,"plan":"none"}`, 404)
	setFlag(t, h, admin, "time_travel", `{"enabled":false}`, 422, "feature")
	setFlag(t, h, admin, models.FlagArchives, `{"enabled":false,"plan":"pro"}`, 200, `"plan":"pro"`, `"enabled":true`)
	setFlag(t, h, admin, models.FlagArchives, `{"enabled":false}`, 200, `"rules":[{"plan":""`)
	h.Run(t, apitest.Scenario{As: admin, Path: adminFlags, Status: 200, Want: []string{`"feature":"archives","enabled":false`, admin.User.Email}})
}
