package admin_test

import (
	"testing"

	"longhaul/api/apitest"
	"longhaul/internal/store/storetest"
	"longhaul/models"
)

// Administrators put agents into pools and bind plans and accounts to them. Only
// they read what the pools are called.
func TestPools(t *testing.T) {
	t.Parallel()
	h := apitest.New(t, apitest.Generous)
	admin, owner, agent := h.Account(models.RoleAdmin), h.Account(models.RoleUser), h.EnrolledAgent()
	run := func(method, path, body string, status int, want ...string) {
		t.Helper()
		h.Run(t, apitest.Scenario{As: admin, Method: method, Path: "/api/v1/admin" + path, Body: body, Status: status, Want: want})
	}
	at, user := "/agents/"+agent.Agent.ID.String(), "/users/"+owner.User.ID.String()
	run("PUT", at+"/pool", `{"pool":"Fast"}`, 422, "pool")
	run("PUT", at+"/pool", `{"pool":"fast-line"}`, 200, `"pool":"fast-line"`)
	run("GET", at, "", 200, `"pool":"fast-line"`)
	run("GET", "/agents", "", 200, `"pool":"fast-line"`)
	run("PUT", "/agents/"+owner.User.ID.String()+"/pool", `{"pool":"x"}`, 404)

	run("POST", "/plans", `{"id":"big","name":"Big","agentPool":"large"}`, 201, `"agentPool":"large"`)
	run("PATCH", "/plans/big", `{"agentPool":"x y"}`, 422, "agentPool")
	run("PUT", user+"/plan", `{"plan":"big"}`, 204)
	run("GET", user, "", 200, `"agentPool":{"own":"","current":"large"}`)
	run("PATCH", "/plans/big", `{"position":3}`, 200, `"agentPool":"large"`)

	run("PUT", user+"/pool", `{"pool":""}`, 422, "pool")
	run("PUT", user+"/pool", `{"pool":"solo-line"}`, 204)
	run("GET", user, "", 200, `"agentPool":{"own":"solo-line","current":"solo-line"}`)
	run("PUT", "/users/"+agent.Agent.ID.String()+"/pool", `{"pool":"x"}`, 404)

	job := storetest.Submit(t, h.Store, owner.User.ID, nil)
	h.Run(t, apitest.Scenario{
		As: owner, Path: "/api/v1/jobs/" + job.ID.String(), Status: 200,
		Want: []string{"waits_for_pool", "No agent is free for your plan."}, Unwant: []string{"solo-line"},
	})
	run("GET", "/jobs/"+job.ID.String(), "", 200, "waits_for_pool", `"pool":"solo-line"`, "No agent of the pool solo-line has a free slot.")
	for _, path := range []string{"/api/v1/usage", "/api/v1/plans", "/api/v1/me", "/api/v1/jobs"} {
		h.Run(t, apitest.Scenario{As: owner, Path: path, Status: 200, Unwant: []string{"solo-line", "agentPool"}})
	}

	run("DELETE", user+"/pool", "", 204)
	run("PATCH", "/plans/big", `{"agentPool":""}`, 200, `"agentPool":""`)
	run("GET", user, "", 200, `"agentPool":{"own":"","current":""}`)
	run("GET", "/audit?action=agent.pool", "", 200, `"pool":""`, `"pool":"fast-line"`)
	run("GET", "/audit?action=user.pool", "", 200, `"before":{"pool":"solo-line"}`, `"after":{"pool":"solo-line"}`)
	run("GET", "/audit?action=plan.change", "", 200, `"agentPool":"large"`)
}
