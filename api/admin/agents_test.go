package admin_test

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"
	"time"

	"go.yaml.in/yaml/v3"

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

// What is shown of an agent is what runs on it: what is left, each transfer with
// its progress page by page, and how much of each hour it was there.
func TestAnAgentIsShown(t *testing.T) {
	t.Parallel()
	h := apitest.New(t, apitest.Generous)
	admin, owner, agent := h.Account(models.RoleAdmin), h.Account(models.RoleUser), h.EnrolledAgent().Agent
	_, err := h.Store.Agents.BootAgent(t.Context(), agent.ID, agent.URL, 8, "0.0.1")
	storetest.OK(t, err)
	storetest.Must[models.AgentState](t)(h.Store.Agents.AgentHeartbeat(t.Context(), agent.ID, 1, models.AgentHeartbeat{Running: 2, DownRate: 77}, 8, 10))
	first := storetest.Placed(t, h.Store, owner.User.ID, models.TransferDownload, 1000, 500)
	second := storetest.Placed(t, h.Store, owner.User.ID, models.TransferDownload, 300)
	h.Exec(`insert into job_progress (job_id, phase, bytes_total, bytes_done, bytes_stored, down_rate, up_rate, peers, seeders, updated_at)
		values ($1, 'downloading', 1500, 700, 600, 42, 0, 1, 1, now())
		on conflict (job_id) do update set bytes_total = 1500, bytes_done = 700, bytes_stored = 600, down_rate = 42`, first.ID)
	path := "/api/v1/admin/agents/" + agent.ID.String()
	h.Run(t, apitest.Scenario{As: admin, Path: path, Status: 200, Want: []string{`"left":{"jobs":2,"bytes":1200}`, `"outdated":false`}})
	var pageOne struct {
		Transfers []struct {
			JobID     string
			BytesDone int64
			DownRate  int64
			Owner     string
		}
		NextCursor string
	}
	storetest.OK(t, json.Unmarshal(h.Run(t, apitest.Scenario{As: admin, Path: path + "/transfers?limit=1", Status: 200}), &pageOne))
	got := pageOne.Transfers
	if len(got) != 1 || got[0].JobID != first.ID.String() || got[0].BytesDone != 700 || got[0].DownRate != 42 || got[0].Owner != owner.User.Email {
		t.Errorf("got %+v", got)
	}
	h.Run(t, apitest.Scenario{
		As: admin, Path: path + "/transfers?limit=1&cursor=" + pageOne.NextCursor, Status: 200,
		Want: []string{second.ID.String(), `"nextCursor":""`}, Unwant: []string{first.ID.String()},
	})
	h.Run(t, apitest.Scenario{As: admin, Path: path + "/hours", Status: 200, Want: []string{`"online":1,"mostRunning":2,"rate":77`}})
	for _, rest := range []string{"", "/transfers", "/hours"} {
		h.Run(t, apitest.Scenario{As: admin, Path: "/api/v1/admin/agents/" + first.ID.String() + rest, Status: 404})
		h.Run(t, apitest.Scenario{As: owner, Path: path + rest, Status: 403})
	}
}

// A speed limit is audited with before and after, and the agent hears of it with its
// next heartbeat.
func TestAnAgentIsLimited(t *testing.T) {
	t.Parallel()
	h := apitest.New(t, apitest.Generous)
	admin, agent := h.Account(models.RoleAdmin), h.EnrolledAgent()
	path := "/api/v1/admin/agents/" + agent.Agent.ID.String() + "/limit"
	storetest.Must[int64](t)(h.Store.Agents.BootAgent(t.Context(), agent.Agent.ID, agent.Agent.URL, 8, "test"))
	put := func(body string, status int, want ...string) {
		t.Helper()
		h.Run(t, apitest.Scenario{As: admin, Method: "PUT", Path: path, Body: body, Status: status, Want: want})
	}
	beat := func(want ...string) {
		t.Helper()
		h.Run(t, apitest.Scenario{As: agent, Method: "POST", Path: "/agent/v1/heartbeat", Body: `{"bootEpoch":1,"running":0,"capacity":8,"diskFree":1,"diskTotal":1,"downRate":0}`, Status: 200, Want: want})
	}
	put(`{"rateLimit":1000}`, 422, `"field":"rateLimit"`, "at least 64.0 KiB a second")
	put(`{"rateLimit":-1}`, 422)
	put(`{"rateLimit":5000000}`, 200, `"rateLimit":5000000`)
	beat(`"rateLimit":5000000`)
	put(`{"rateLimit":0}`, 200, `"rateLimit":0`)
	put(`{"rateLimit":0}`, 200) // changes nothing, so it is not in the log
	h.Run(t, apitest.Scenario{
		As: admin, Path: "/api/v1/admin/audit?action=agent.limit", Status: 200,
		Want: []string{`"rateLimit":5000000},"after"`, `"rateLimit":0}`},
	})
	h.Run(t, apitest.Scenario{As: h.Account(models.RoleUser), Method: "PUT", Path: path, Body: `{"rateLimit":0}`, Status: 403})
}

// The command and the compose file carry the token, which is shown this once, and
// the agent's own address.
func TestEnrolmentIsReadyMade(t *testing.T) {
	t.Parallel()
	h := apitest.New(t, apitest.Generous)
	admin := h.Account(models.RoleAdmin)
	enrol := func(body string) (out struct{ Token, Command, Compose string }) {
		t.Helper()
		storetest.OK(t, json.Unmarshal(h.Run(t, apitest.Scenario{As: admin, Method: "POST", Path: "/api/v1/admin/agents/enrol", Body: body, Status: 201}), &out))
		return out
	}
	here := enrol(`{"name":"here"}`)
	if want := "AGENT_CONTROL_URL=" + h.AppURL + " AGENT_ENROLMENT_TOKEN=" + here.Token + " agent"; here.Command != want {
		t.Errorf("got %q, want %q", here.Command, want)
	}
	away := enrol(`{"name":"away","url":"http://10.0.0.5:7400"}`)
	if want := " AGENT_URL=http://10.0.0.5:7400 AGENT_LISTEN=0.0.0.0:7400 AGENT_ENROLMENT_TOKEN=" + away.Token + " agent"; !strings.HasSuffix(away.Command, want) {
		t.Errorf("got %q", away.Command)
	}
	var file struct {
		Services map[string]struct {
			Environment map[string]string
			Ports       []string
			ReadOnly    bool `yaml:"read_only"`
		}
	}
	storetest.OK(t, yaml.Unmarshal([]byte(away.Compose), &file))
	agent := file.Services["agent"]
	if agent.Environment["AGENT_ENROLMENT_TOKEN"] != away.Token || agent.Environment["AGENT_URL"] != "http://10.0.0.5:7400" || agent.Environment["AGENT_CONTROL_URL"] != h.AppURL ||
		!slices.Equal(agent.Ports, []string{"7400:7400"}) || !agent.ReadOnly {
		t.Errorf("got %+v of\n%s", agent, away.Compose)
	}
	for _, bad := range []string{"ftp://x", "http://x:7300/$(id)", `http://x\" y`, "http://x y", "x"} {
		h.Run(t, apitest.Scenario{As: admin, Method: "POST", Path: "/api/v1/admin/agents/enrol", Body: `{"name":"odd","url":"` + bad + `"}`, Status: 422})
	}
}
