package admin_test

import (
	"testing"

	"longhaul/api/apitest"
	"longhaul/models"
)

func TestStorageIsAcceptedAndCleanedByConfirmation(t *testing.T) {
	t.Parallel()
	h := apitest.New(t, apitest.Generous)
	admin := h.Account(models.RoleAdmin)
	act := func(path, body string, status int, want ...string) {
		t.Helper()
		h.Run(t, apitest.Scenario{As: admin, Method: "POST", Path: "/api/v1/admin/storage/" + path, Body: body, Status: status, Want: want})
	}
	show := func(want ...string) {
		t.Helper()
		h.Run(t, apitest.Scenario{As: admin, Path: "/api/v1/admin/storage", Status: 200, Want: want})
	}
	show(`"paused":""`, `"orphans":{"count":0,"bytes":0}`, `"sweptAt":null`)
	act("accept", `{"confirm":"accept"}`, 409, "nothing to accept")
	h.Exec(`insert into orphans (key, size, modified_at, first_seen, last_seen, purge_after) values ('jobs/a/b', 7, now(), now(), now(), now() + interval '7 days')`)
	h.Exec(`update storage_state set paused = 'restored', paused_at = now()`)
	show(`"paused":"restored"`, `"orphans":{"count":1,"bytes":7}`)
	act("orphans/remove", `{"confirm":"remove"}`, 409, "Accept the storage first")
	act("accept", `{"confirm":"yes"}`, 422, `"field":"confirm"`)
	act("accept", `{"confirm":"accept"}`, 200, `"started":true`, `"acceptedAt":"`)
	h.Exec(`update storage_state set paused = '', paused_at = null, accepted_at = null`)
	act("orphans/remove", `{"confirm":"accept"}`, 422, `"field":"confirm"`)
	act("orphans/remove", `{"confirm":"remove"}`, 200, `"started":true`)
	for _, action := range []string{"storage.accept", "storage.clean_up"} {
		h.Run(t, apitest.Scenario{As: admin, Path: "/api/v1/admin/audit?action=" + action, Status: 200, Want: []string{`"` + action + `"`, `"ip":"127.0.0.1"`}})
	}
}
