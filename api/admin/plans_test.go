package admin_test

import (
	"strings"
	"testing"

	"longhaul/api/apitest"
	"longhaul/models"
)

func TestPlans(t *testing.T) {
	t.Parallel()
	h := apitest.New(t, apitest.Generous)
	admin, user := h.Account(models.RoleAdmin), h.Account(models.RoleUser)
	h.Run(t, apitest.Scenario{Path: "/api/v1/plans", Status: 200, Want: []string{`"free"`, `"pro"`}, Unwant: []string{`"unlimited"`}})
	h.Run(t, apitest.Scenario{As: admin, Path: "/api/v1/admin/plans", Status: 200, Want: []string{`"unlimited"`}})
	send := func(method, path, body string, status int, want ...string) {
		t.Helper()
		h.Run(t, apitest.Scenario{As: admin, Method: method, Path: "/api/v1/admin/" + path, Body: body, Status: status, Want: want})
	}
	send("POST", "plans", `{"id":"team","name":"Team","storageBytes":1000,"retentionDays":7,"public":true}`, 201, `"maxJobBytes":null`, `"retentionDays":7`)
	send("POST", "plans", `{"id":"team","name":"Again"}`, 409, `"field":"id"`)
	send("POST", "plans", `{"id":"No good","name":"x"}`, 422)
	send("PATCH", "plans/team", `{"storageBytes":2000,"retentionDays":null}`, 200, `"storageBytes":2000`, `"retentionDays":null`, `"name":"Team"`)
	send("PATCH", "plans/team", `{"storageBytes":-1}`, 422)
	send("PATCH", "plans/team", `{"rateLimit":1048576}`, 200, `"rateLimit":1048576`)
	send("PATCH", "plans/team", `{"rateLimit":65535}`, 422)
	send("PATCH", "plans/team", `{"rateLimit":null}`, 200, `"rateLimit":null`)
	send("POST", "plans", `{"id":"slow","name":"Slow","rateLimit":65536}`, 201, `"rateLimit":65536`)
	send("PATCH", "plans/none", `{"position":1}`, 404)
	send("PATCH", "plans/free", `{"default":false}`, 409, `"field":"default"`)
	send("PATCH", "plans/team", `{"default":true}`, 200)
	id := user.User.ID.String()
	send("PUT", "users/"+id+"/plan", `{"plan":"nothing"}`, 422, `"field":"plan"`)
	send("PUT", "users/"+apitest.NewID().String()+"/plan", `{"plan":"team"}`, 404)
	send("PUT", "users/"+id+"/plan", `{"plan":"team"}`, 204)
	send("GET", "users/"+id+"/plan", "", 200, `{"plan":"team","assignedBy":"`+admin.User.ID.String()+`"`, `"unlimited"`)
	h.Run(t, apitest.Scenario{As: user, Path: "/api/v1/usage", Status: 200, Want: []string{`"id":"team"`, `"limit":2000`}})
	audited := h.Run(t, apitest.Scenario{As: admin, Path: "/api/v1/admin/audit", Status: 200})
	for _, want := range []string{`"plan.create"`, `"plan.change"`, `"user.assign_plan"`, `"storageBytes":2000`} {
		if !strings.Contains(string(audited), want) {
			t.Errorf("the audit log does not tell %s: %s", want, audited)
		}
	}
}
