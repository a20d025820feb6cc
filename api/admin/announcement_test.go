package admin_test

import (
	"testing"

	"longhaul/api/apitest"
	"longhaul/models"
)

// Everyone who is signed in reads the announcement; who is not reads it only if
// it is meant for them. It is audited.
func TestAdminsAnnounce(t *testing.T) {
	t.Parallel()
	h := apitest.New(t, apitest.Generous)
	admin, user := h.Account(models.RoleAdmin), h.Account(models.RoleUser)
	const shown, own = "/api/v1/announcement", "/api/v1/admin/announcement"
	read := func(as apitest.Caller, path string, want ...string) {
		t.Helper()
		h.Run(t, apitest.Scenario{As: as, Path: path, Status: 200, Want: want})
	}
	announce := func(body string, status int, want ...string) {
		t.Helper()
		h.Run(t, apitest.Scenario{As: admin, Method: "PUT", Path: own, Body: body, Status: status, Want: want})
	}
	read(user, shown, `{"announcement":null}`)
	announce(`{"text":"two\nlines","level":"info"}`, 422, `"text"`)
	announce(`{"text":"x","level":"loud"}`, 422)
	announce(`{"text":"x","level":"info","until":"2020-01-01T00:00:00Z"}`, 422, `"until"`)
	announce(`{"text":"Later.","level":"info","from":"2100-01-01T00:00:00Z"}`, 204)
	read(user, shown, `{"announcement":null}`)
	read(admin, own, `"text":"Later."`)
	announce(`{"text":"<b>Maintenance</b> tonight.","level":"warning","dismissible":true}`, 204)
	read(user, shown, `Maintenance`, `"dismissible":true`)
	read(h.Token(user.User, models.ScopeJobsRead), shown, `Maintenance`)
	read(apitest.Caller{}, shown, `{"announcement":null}`)
	announce(`{"text":"Maintenance tonight.","level":"warning","public":true}`, 204)
	read(apitest.Caller{}, shown, `Maintenance`)
	h.Run(t, apitest.Scenario{As: admin, Method: "DELETE", Path: own, Status: 204})
	read(user, shown, `{"announcement":null}`)
	read(admin, "/api/v1/admin/audit?action=announcement", `"announcement.set"`, `"announcement.remove"`, `"text":"Later."`)
}
