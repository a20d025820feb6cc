package admin_test

import (
	"testing"
	"time"

	"longhaul/api/apitest"
	"longhaul/internal/store/storetest"
	"longhaul/internal/token"
	"longhaul/models"
)

// An agent can be removed once it accepts no jobs, or stopped responding, and
// no job runs on it.
func TestAgentsAreRemoved(t *testing.T) {
	t.Parallel()
	h := apitest.New(t, apitest.Generous)
	admin, agent := h.Account(models.RoleAdmin), h.EnrolledAgent()
	path := "/api/v1/admin/agents/" + agent.Agent.ID.String()
	remove := func(status int, want ...string) {
		t.Helper()
		h.Run(t, apitest.Scenario{As: admin, Method: "DELETE", Path: path, Status: status, Want: want})
	}
	if _, err := h.Store.Agents.BootAgent(t.Context(), agent.Agent.ID, agent.Agent.URL, 8, "test"); err != nil {
		t.Fatal(err)
	}
	remove(409, "agent_in_use", "accepts jobs. Drain it first")
	place(t, h, agent.Agent)
	h.Run(t, apitest.Scenario{As: admin, Method: "POST", Path: path + "/drain", Status: 204})
	remove(409, "agent_in_use", "1 job runs on", "Wait until it ends or moves")
	place(t, h, agent.Agent)
	h.Exec("update agents set state = 'active', last_seen_at = now() - interval '2 minutes'")
	remove(409, "2 jobs run on", "It stopped responding; within a minute")
	h.Exec("update job_attempts set state = 'superseded', ended_at = now()")
	remove(204)
	remove(404)
	h.Run(t, apitest.Scenario{As: admin, Path: "/api/v1/admin/agents", Status: 200, Unwant: []string{agent.Agent.Name}})
	h.Run(t, apitest.Scenario{
		As: agent, Method: "POST", Path: "/agent/v1/boot", Status: 401,
		Body: `{"url":"http://127.0.0.1:7300","capacity":8,"version":"test"}`,
	})
	h.Run(t, apitest.Scenario{
		As: admin, Path: "/api/v1/admin/audit?action=agent.remove", Status: 200, Want: []string{agent.Agent.Name, `"ip":"127.0.0.1"`},
	})
	h.Run(t, apitest.Scenario{As: admin, Method: "POST", Path: "/api/v1/admin/agents/enrol", Body: `{"name":"` + agent.Agent.Name + `"}`, Status: 201}) // its name is free
}

// place opens an attempt of a new job on the agent.
func place(t *testing.T, h *apitest.Harness, agent models.Agent) {
	t.Helper()
	owner := h.Account(models.RoleUser)
	job := storetest.Submit(t, h.Store, owner.User.ID, nil)
	h.Exec(`insert into job_attempts (job_id, epoch, agent_id, provider, kind, task_token, state, wanted_at, started_at, beat_at)
		values ($1, 1, $2, 'agent', 'download', '', 'open', now(), now(), now())`, job.ID, agent.ID)
}

// Creating the first administrator and enrolling an agent are audited with the
// client's address.
func TestBeginningsAreAuditedWithTheirAddress(t *testing.T) {
	t.Parallel()
	h := apitest.New(t, apitest.Generous)
	setup, enrolment := "set-up-token", "enrolment-token"
	if err := h.Store.Accounts.IssueSetupToken(t.Context(), token.Hash(setup), time.Hour); err != nil {
		t.Fatal(err)
	}
	h.Run(t, apitest.Scenario{
		Method: "POST", Path: "/api/v1/auth/setup", Status: 201,
		Body: `{"token":"` + setup + `","email":"first@example.com","password":"` + apitest.Password + `"}`,
	})
	if err := h.Store.Agents.CreateEnrolmentToken(t.Context(), models.Actor{Kind: models.ActorConsole}, token.Hash(enrolment), "attic", time.Hour); err != nil {
		t.Fatal(err)
	}
	h.Run(t, apitest.Scenario{
		Method: "POST", Path: "/agent/v1/register", Status: 201,
		Body: `{"token":"` + enrolment + `","url":"http://127.0.0.1:7300","capacity":1,"version":"1"}`,
	})
	if n := apitest.Value[int](h, `select count(*) from audit_log where action in ('installation.set_up', 'agent.enrol') and ip = '127.0.0.1'`); n != 2 {
		t.Errorf("%d of 2 entries have the address", n)
	}
}
