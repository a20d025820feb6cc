package trash_test

import (
	"fmt"
	"testing"

	"longhaul/api/apitest"
	"longhaul/internal/store/storetest"
	"longhaul/models"
)

const trash = "/api/v1/trash"

// What is deleted is in the trash, answers nowhere else, and comes back; what is
// deleted there, or with final, does not.
func TestTheTrashOfAUser(t *testing.T) {
	t.Parallel()
	h := apitest.New(t, apitest.Generous)
	user, other := h.Account(models.RoleUser), h.Account(models.RoleUser)
	job, files := apitest.ReadyJob(t, h, user.User, map[string][]byte{"a/one.bin": apitest.Pattern(10), "two.bin": apitest.Pattern(10)})
	path := "/api/v1/jobs/" + job.ID.String()
	run := func(as apitest.Caller, method, path, body string, status int, want ...string) {
		t.Helper()
		h.Run(t, apitest.Scenario{As: as, Method: method, Path: path, Body: body, Status: status, Want: want})
	}
	restore := func(as apitest.Caller, id fmt.Stringer, want ...string) {
		t.Helper()
		run(as, "POST", trash+"/restore", `{"ids":["`+id.String()+`"]}`, 200, want...)
	}
	file := path + "/files/" + files[0].ID.String()
	run(other, "DELETE", file, "", 404)
	run(user, "DELETE", file, "", 200, `"until":"`, `"whole":false`)
	run(user, "GET", file, "", 404)
	run(user, "GET", path+"/files", "", 200, `"total":1`)
	run(user, "GET", path+"/files?state=trashed", "", 200, `"total":1`, `"state":"trashed"`)
	run(user, "GET", path+"/outline", "", 200, `"total":1`)
	run(user, "GET", trash, "", 200, `"kind":"file"`, `"total":1`, `"bytes":10`, `"jobId":"`+job.ID.String())
	run(other, "GET", trash, "", 200, `"entries":[]`, `"total":0`)
	restore(other, files[0].ID, `"restored":[]`, `"code":"not_found"`)
	restore(user, files[0].ID, `"refused":[]`)
	run(user, "GET", file, "", 200)

	run(user, "DELETE", path, "", 200, `"until":"`, `"whole":true`)
	run(user, "GET", path, "", 404)
	run(user, "POST", path+"/retry", "", 409, "in the trash")
	run(user, "GET", trash, "", 200, `"kind":"job"`, `"files":2`, `"bytes":20`)
	restore(user, job.ID, `"refused":[]`)
	restore(user, job.ID, `"detail":"It is no longer in the trash."`)
	run(user, "GET", path, "", 200)

	run(user, "DELETE", path, "", 200)
	run(other, "DELETE", trash+"/"+job.ID.String(), "", 404)
	run(user, "DELETE", trash+"/"+job.ID.String(), "", 204)
	run(user, "DELETE", trash+"/"+job.ID.String(), "", 404)
	restore(user, job.ID, `"restored":[]`)

	for range 2 {
		one, _ := apitest.ReadyJob(t, h, user.User, map[string][]byte{"one.bin": apitest.Pattern(10)})
		run(user, "DELETE", "/api/v1/jobs/"+one.ID.String(), "", 200)
	}
	last, _ := apitest.ReadyJob(t, h, user.User, map[string][]byte{"one.bin": apitest.Pattern(10)})
	run(user, "DELETE", "/api/v1/jobs/"+last.ID.String(), "", 200)
	run(user, "DELETE", "/api/v1/jobs/"+last.ID.String()+"?final=true", "", 200, `"until":null`)
	run(user, "GET", trash, "", 200, `"total":2`)
	run(other, "DELETE", trash, "", 200, `"deleted":0`)
	run(user, "DELETE", trash, "", 200, `"deleted":2`)
	run(user, "GET", trash, "", 200, `"total":0`)
	run(user, "GET", "/api/v1/config", "", 200, `"trashSeconds":604800`)
}

// Many entries are deleted for good in one request; what isn't there is refused
// for itself, and nothing of anyone else is touched.
func TestManyAreDeletedForGood(t *testing.T) {
	t.Parallel()
	h := apitest.New(t, apitest.Generous)
	user, other := h.Account(models.RoleUser), h.Account(models.RoleUser)
	whole, _ := apitest.ReadyJob(t, h, user.User, map[string][]byte{"one.bin": apitest.Pattern(10)})
	part, files := apitest.ReadyJob(t, h, user.User, map[string][]byte{"a.bin": apitest.Pattern(10), "b.bin": apitest.Pattern(10)})
	for _, path := range []string{whole.ID.String(), part.ID.String() + "/files/" + files[0].ID.String()} {
		h.Run(t, apitest.Scenario{As: user, Method: "DELETE", Path: "/api/v1/jobs/" + path, Status: 200})
	}
	body := fmt.Sprintf(`{"ids":[%q,%q,%q]}`, whole.ID, files[0].ID, part.ID)
	h.Run(t, apitest.Scenario{As: other, Method: "POST", Path: trash + "/delete", Body: body, Status: 200, Want: []string{`"deleted":[]`}})
	h.Run(t, apitest.Scenario{As: user, Path: trash, Status: 200, Want: []string{`"total":2`}})
	h.Run(t, apitest.Scenario{As: user, Method: "POST", Path: trash + "/delete", Body: body, Status: 200, Want: []string{
		fmt.Sprintf(`"deleted":[%q,%q]`, whole.ID, files[0].ID), fmt.Sprintf(`"id":%q,"code":"not_found"`, part.ID),
	}})
	h.Run(t, apitest.Scenario{As: user, Path: trash, Status: 200, Want: []string{`"total":0`}})
}

// An entry that something is in the way of is refused alone, and says what.
func TestSomeAreRestored(t *testing.T) {
	t.Parallel()
	h := apitest.New(t, apitest.Generous)
	user := h.Account(models.RoleUser)
	job, _ := apitest.ReadyJob(t, h, user.User, map[string][]byte{"one.bin": apitest.Pattern(10)})
	blocked, _ := apitest.ReadyJob(t, h, user.User, map[string][]byte{"one.bin": apitest.Pattern(10)})
	for _, j := range []models.Job{job, blocked} {
		h.Run(t, apitest.Scenario{As: user, Method: "DELETE", Path: "/api/v1/jobs/" + j.ID.String(), Status: 200})
	}
	storetest.Exec(t, "update jobs set blocked = true where id = $1", blocked.ID)
	h.Run(t, apitest.Scenario{
		As: user, Method: "POST", Path: trash + "/restore", Body: `{"ids":["` + blocked.ID.String() + `","` + job.ID.String() + `"]}`, Status: 200,
		Want: []string{`"restored":["` + job.ID.String() + `"]`, `"problem":"blocked_content"`},
	})
	h.Run(t, apitest.Scenario{As: user, Method: "POST", Path: trash + "/restore", Body: `{"ids":[]}`, Status: 422})
}
