package admin_test

import (
	"encoding/json"
	"testing"

	"github.com/google/uuid"

	"longhaul/api/apitest"
	"longhaul/internal/store/storetest"
	"longhaul/models"
)

func TestStorageIsAcceptedByConfirmation(t *testing.T) {
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
	act("accept", `{"confirm":"yes"}`, 422, `"field":"confirm"`)
	act("accept", `{"confirm":"accept"}`, 200, `"started":true`, `"acceptedAt":"`)
	h.Exec(`update storage_state set paused = '', paused_at = null, accepted_at = null`)
	h.Run(t, apitest.Scenario{
		As: admin, Path: "/api/v1/admin/audit?action=storage.accept", Status: 200, Want: []string{`"storage.accept"`, `"ip":"127.0.0.1"`},
	})
}

// What a cleanup found is removed only when an administrator confirms it, and each
// step is in the audit log with before and after.
func TestACleanupIsConfirmed(t *testing.T) {
	t.Parallel()
	h := apitest.New(t, apitest.Generous)
	admin := h.Account(models.RoleAdmin)
	const at = "/api/v1/admin/storage/cleanup"
	post := func(path, body string, status int, want ...string) string {
		t.Helper()
		return string(h.Run(t, apitest.Scenario{As: admin, Method: "POST", Path: at + path, Body: body, Status: status, Want: want}))
	}
	show := func(path string, status int, want ...string) {
		t.Helper()
		h.Run(t, apitest.Scenario{As: admin, Path: at + path, Status: status, Want: want})
	}
	post("", `{"kinds":["file"]}`, 422, `"field":"kinds`)
	post("", `{"graceHours":9000}`, 422, `"field":"graceHours"`)
	var c struct{ ID uuid.UUID }
	storetest.OK(t, json.Unmarshal([]byte(post("", `{"kinds":["object","upload"],"graceHours":2}`, 202, `"state":"looking"`, `"graceHours":2`)), &c))
	id := "/" + c.ID.String()
	post("", `{}`, 409, "Another cleanup is at work")
	post(id+"/confirm", `{"confirm":"remove"}`, 409, "waits for a confirmation")
	work := h.Store.Worker().Stock
	found := []models.CleanupItem{{Kind: models.CleanupObject, Key: "jobs/a/b", Size: 7}, {Kind: models.CleanupUpload, Key: "jobs/a/c", UploadID: "u"}}
	storetest.Must[models.Cleanup](t)(work.CleanupFinds(t.Context(), c.ID, found))
	storetest.Must[models.Cleanup](t)(work.CleanupLooked(t.Context(), c.ID, 12))
	show(id, 200, `"state":"found"`, `"total":2`, `"bytes":7`, `"scanned":12`)
	show(id+"/items?limit=1", 200, `"key":"jobs/a/b"`, `"state":"found"`, `"nextCursor":"e`)
	show(id+"/items?state=removed", 200, `"items":[]`)
	show(id+"/items?state=lost", 422, `"field":"state"`)
	show("/"+uuid.NewString(), 404, "not_found")
	post(id+"/confirm", `{"confirm":"yes"}`, 422, `"field":"confirm"`)
	h.Exec(`update storage_state set paused = 'restored'`)
	post(id+"/confirm", `{"confirm":"remove"}`, 409, "Accept the storage first")
	h.Exec(`update storage_state set paused = ''`)
	post(id+"/confirm", `{"confirm":"remove"}`, 202, `"state":"removing"`)
	post(id+"/stop", "", 200, `"state":"stopped"`)
	post(id+"/stop", "", 200, `"state":"stopped"`)
	show("", 200, c.ID.String())
	h.Run(t, apitest.Scenario{As: admin, Path: "/api/v1/admin/audit?action=storage", Status: 200, Want: []string{
		`"storage.cleanup_start"`, `"storage.cleanup_confirm"`, `"storage.cleanup_stop"`, `"found":2`, `"state":"removing"`,
	}})
}

// The lists show what is there, page by page.
func TestStorageLists(t *testing.T) {
	t.Parallel()
	h := apitest.New(t, apitest.Generous)
	admin, owner := h.Account(models.RoleAdmin), h.Account(models.RoleUser).User
	h.Exec(`insert into jobs (id, user_id, source_kind, state, state_since, reason_code, provider, created_at, updated_at, finished_at, name, quota_used, deadline)
		values (gen_random_uuid(), $1, 'url', 'ready', now(), 'ready', 'agent', now(), now(), now(), 'Large', 500, now() + interval '3 days')`, owner.ID)
	h.Exec(`insert into files (id, job_id, user_id, idx, path, size, part_size, state, created_at, stored_at, content_type)
		select gen_random_uuid(), id, user_id, 0, 'film.mkv', 500, 1, 'stored', now(), now(), 'video/x-matroska' from jobs where name = 'Large'`)
	h.Exec(`insert into files (id, job_id, user_id, idx, path, size, part_size, state, created_at)
		select gen_random_uuid(), id, user_id, 1, 'gone.txt', 20, 1, 'lost', now() from jobs where name = 'Large'`)
	h.Exec(`insert into orphans (key, size, modified_at, first_seen, last_seen, purge_after) values ('jobs/a/b', 7, now(), now(), now(), now() + interval '7 days')`)
	storetest.Must[models.Amount](t)(h.Store.Worker().Stock.SumUp(t.Context()))
	for path, want := range map[string][]string{
		"":          {`"files":1`, `"bytes":500`, `"name":"video"`, `"name":"day"`, `"days":[{`},
		"/users":    {owner.Email, `"bytes":500`, `"nextCursor":""`},
		"/expiries": {owner.Email, `"week":{"count":1,"bytes":500}`},
		"/jobs":     {`"name":"Large"`, owner.Email, `"expiresAt":"`},
		"/orphans":  {`"key":"jobs/a/b"`, `"purgeAfter":"`},
		"/lost":     {`"path":"gone.txt"`, owner.Email},
	} {
		h.Run(t, apitest.Scenario{As: admin, Path: "/api/v1/admin/storage" + path, Status: 200, Want: want})
		if path != "" {
			h.Run(t, apitest.Scenario{As: admin, Path: "/api/v1/admin/storage" + path + "?cursor=x", Status: 422, Want: []string{`"field":"cursor"`}})
		}
	}
}
