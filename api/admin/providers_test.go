package admin_test

import (
	"strings"
	"testing"

	"longhaul/api/apitest"
	"longhaul/internal/store/storetest"
	"longhaul/models"
)

func TestProviders(t *testing.T) {
	t.Parallel()
	h := apitest.New(t)
	admin := h.Account(models.RoleAdmin)
	list := "/api/v1/admin/providers"
	h.Run(t, apitest.Scenario{
		Name: "nothing is set up", As: admin, Path: list, Status: 200,
		Want: []string{`"active":"agent"`, `"failover":"none"`, "No online agent", "No worker has Seedr credentials", "SEEDR_PASSWORD_FILE"},
	})
	if err := h.Store.Worker().Providers.SaveSeedrSetup(t.Context(), true, "file", 8); err != nil {
		t.Fatal(err)
	}
	h.Run(t, apitest.Scenario{
		As: admin, Path: list, Status: 200, Want: []string{`"configured":true`, `"credentialsFrom":"file"`, `"slots":8`, `"slotsFrom":"configuration"`},
	})
	h.Run(t, apitest.Scenario{
		Name: "verify calls Seedr", As: admin, Method: "POST", Path: list + "/verify", Body: `{"provider":"seedr"}`, Status: 200,
		Want: []string{`"ok":true`, `"plan":"MASTER"`, `"slots":25`, `"spaceMax":1099511627776`},
	})
	for _, s := range []apitest.Scenario{
		{Name: "not confirmed", Body: `{"provider":"seedr","confirm":"yes"}`, Want: []string{"Type seedr to confirm.", `"confirm"`}},
		{Name: "a secret", Body: `{"provider":"seedr","confirm":"seedr","options":{"seedrPassword":"canary-77"}}`, Want: []string{"seedrPassword", "looks like a credential", "SEEDR_PASSWORD"}},
		{Name: "an e-mail address", Body: `{"provider":"seedr","confirm":"seedr","options":{"email":"canary-77"}}`, Want: []string{"email", "looks like a credential"}},
		{Name: "unknown", Body: `{"provider":"seedr","confirm":"seedr","options":{"speed":"canary-77"}}`, Want: []string{"No such option: “speed”."}},
		{Name: "no such policy", Body: `{"provider":"seedr","confirm":"seedr","options":{"failover":"canary-77"}}`, Want: []string{"options.failover"}},
		{Name: "no such provider", Body: `{"provider":"canary-77","confirm":"canary-77"}`},
	} {
		s.As, s.Method, s.Path, s.Status, s.Unwant = admin, "POST", list+"/switch", 422, []string{"canary-77"}
		h.Run(t, s)
	}
	h.Run(t, apitest.Scenario{
		Name: "switched", As: admin, Method: "POST", Path: list + "/switch", Status: 200,
		Body: `{"provider":"seedr","confirm":"seedr","options":{"failover":"seedr_to_agent"}}`,
		Want: []string{`"from":"agent"`, `"to":"seedr"`, `"failover":"seedr_to_agent"`, admin.User.Email},
	})
	h.Run(t, apitest.Scenario{As: admin, Path: list, Status: 200, Want: []string{`"active":"seedr"`}})
	h.Run(t, apitest.Scenario{
		Name: "history", As: admin, Path: list + "/history", Status: 200, Want: []string{`"to":"seedr"`, `"verified":{`, `"plan":"MASTER"`},
	})
	user := h.Account(models.RoleUser)
	h.Run(t, apitest.Scenario{
		Name: "users may not choose", As: user, Method: "POST", Path: "/api/v1/jobs", Status: 403,
		Body: `{"source":"magnet:?xt=urn:btih:c12fe1c06bba254a9dc9f519b335aa7c1367a88a","provider":"agent"}`,
	})
	h.Run(t, apitest.Scenario{
		Name: "new jobs go there", As: user, Method: "POST", Path: "/api/v1/jobs", Status: 202,
		Body: `{"source":"magnet:?xt=urn:btih:c12fe1c06bba254a9dc9f519b335aa7c1367a88a"}`, Want: []string{`"provider":"seedr"`},
	})
	h.Run(t, apitest.Scenario{
		Name: "audited", As: admin, Path: "/api/v1/admin/audit", Status: 200, Want: []string{"provider.switch", "provider.verify"},
	})
}

func TestSwitchToAProviderThatFails(t *testing.T) {
	t.Parallel()
	h := apitest.New(t)
	admin := h.Account(models.RoleAdmin)
	h.Controller.Check = models.ProviderCheck{
		Provider: models.ProviderSeedr, Problem: models.ProblemSeedrAuth, Message: "Seedr refuses the e-mail address or the password.",
	}
	body := `{"provider":"seedr","confirm":"seedr"}`
	h.Run(t, apitest.Scenario{
		As: admin, Method: "POST", Path: "/api/v1/admin/providers/switch", Body: body, Status: 503,
		Want: []string{"seedr_auth", "The active provider did not change."},
	})
	h.Run(t, apitest.Scenario{As: admin, Path: "/api/v1/admin/providers", Status: 200, Want: []string{`"active":"agent"`}})
	h.Run(t, apitest.Scenario{
		As: admin, Method: "POST", Path: "/api/v1/admin/providers/switch", Status: 200,
		Body: strings.TrimSuffix(body, "}") + `,"force":true}`, Want: []string{`"ok":false`, `"to":"seedr"`},
	})
}

func TestAdministratorMovesAJob(t *testing.T) {
	t.Parallel()
	h := apitest.New(t)
	admin, user := h.Account(models.RoleAdmin), h.Account(models.RoleUser)
	job := storetest.Submit(t, h.Store, user.User.ID, nil)
	path := "/api/v1/admin/jobs/" + job.ID.String() + "/provider"
	h.Run(t, apitest.Scenario{As: user, Method: "POST", Path: path, Body: `{"provider":"seedr"}`, Status: 403})
	h.Run(t, apitest.Scenario{As: admin, Method: "POST", Path: path, Body: `{"provider":"agent"}`, Status: 409, Want: []string{"wrong_state", `"field":"provider"`}})
	h.Run(t, apitest.Scenario{As: admin, Method: "POST", Path: path, Body: `{"provider":"seedr"}`, Status: 202, Want: []string{job.ID.String()}})
	h.Run(t, apitest.Scenario{As: user, Path: "/api/v1/jobs/" + job.ID.String(), Status: 200, Want: []string{"move_requested", "is moving it to Seedr"}})
	if calls := h.Controller.Calls(); len(calls) != 0 {
		t.Errorf("the workflow was waited for: %v", calls)
	}
	h.Run(t, apitest.Scenario{As: admin, Path: "/api/v1/admin/audit", Status: 200, Want: []string{"job.change_provider", job.ID.String()}})
}
