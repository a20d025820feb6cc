package admin_test

import (
	"encoding/csv"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"longhaul/api"
	"longhaul/api/apitest"
	"longhaul/internal/store/storetest"
	"longhaul/models"
)

const allJobs = "/api/v1/admin/jobs"

type ownedJob struct {
	ID, Name, State string
	Owner           struct{ ID, Email string }
	Agent           *struct{ ID, Name string }
}

// An administrator finds a job among those of all users, and a filter that makes
// no sense names the field. Each list is one entry in the audit log.
func TestAdminsFindAnyJob(t *testing.T) {
	t.Parallel()
	h := apitest.New(t)
	admin, owner, other := h.Account(models.RoleAdmin), h.Account(models.RoleUser), h.Account(models.RoleUser)
	storetest.Agent(t, h.Store, 8)
	job := storetest.Placed(t, h.Store, owner.User.ID, models.TransferDownload, 10)
	storetest.Submit(t, h.Store, other.User.ID, nil)
	attempt := storetest.LastAttempt(t, h.Store, job.ID)
	var page struct {
		Jobs       []ownedJob
		NextCursor string
		Total      int
		More       bool
	}
	read := func(query string) {
		page.NextCursor, page.Jobs = "", nil
		apitest.Decode(t, h.Run(t, apitest.Scenario{As: admin, Path: allJobs + query, Status: 200}), &page)
	}
	read("?sort=created&limit=1")
	if len(page.Jobs) != 1 || page.Total != 2 || page.More || page.Jobs[0].Owner.Email != owner.User.Email || page.Jobs[0].Agent == nil || page.Jobs[0].Agent.ID != attempt.AgentID.String() {
		t.Errorf("the first page: %+v", page)
	}
	read("?sort=created&limit=1&cursor=" + page.NextCursor)
	if len(page.Jobs) != 1 || page.NextCursor != "" || page.Jobs[0].Owner.ID != other.User.ID.String() || page.Jobs[0].Agent != nil {
		t.Errorf("the second page: %+v", page)
	}
	read("?state=downloading,queued&reason=accepted,downloading&provider=agent&sizeMax=10&agent=" + attempt.AgentID.String() + "&user=" + owner.User.ID.String() +
		"&infoHash=" + (*job.InfoHashV1)[:8] + "&q=" + job.Name[:3] + "&createdFrom=2020-01-01T00:00:00Z&createdTo=2100-01-01T00:00:00Z")
	if len(page.Jobs) != 1 || page.Jobs[0].ID != job.ID.String() {
		t.Errorf("with every filter: %+v", page)
	}
	read("?user=" + url.QueryEscape(strings.ToUpper(other.User.Email)))
	if len(page.Jobs) != 1 || page.Jobs[0].Owner.Email != other.User.Email {
		t.Errorf("by the owner's address: %+v", page)
	}
	for query, field := range map[string]string{
		"state=lost": "state", "reason=mood": "reason", "problem=mood": "problem", "problem=accepted": "problem", "provider=cloud": "provider", "agent=x": "agent", "user=x": "user",
		"sizeMin=-1": "sizeMin", "sizeMin=9&sizeMax=3": "sizeMax", "createdFrom=today": "createdFrom", "q=ab": "q", "infoHash=abc": "infoHash",
		"createdFrom=2026-01-02T00:00:00Z&createdTo=2026-01-01T00:00:00Z": "createdTo", "sort=colour": "sort", "cursor=x": "cursor",
	} {
		h.Run(t, apitest.Scenario{Name: query, As: admin, Path: allJobs + "?" + query, Status: 422, Want: []string{`"field":"` + field}})
		if field != "sort" && field != "cursor" {
			h.Run(t, apitest.Scenario{Name: query, As: admin, Path: allJobs + ".csv?" + query, Status: 422, Want: []string{`"field":"` + field}})
		}
	}
	var log auditPage
	apitest.Decode(t, h.Run(t, apitest.Scenario{As: admin, Path: "/api/v1/admin/audit?action=job.list", Status: 200}), &log)
	if len(log.Entries) != 3 || log.Entries[1].After["torrent"] != (*job.InfoHashV1)[:8] || log.Entries[1].After["user"] != owner.User.ID.String() {
		t.Errorf("the audit log: %+v", log.Entries)
	}
}

// The export has every job that the filter finds, and no cell that a spreadsheet
// runs.
func TestJobsAreExported(t *testing.T) {
	t.Parallel()
	h := apitest.New(t)
	admin, owner := h.Account(models.RoleAdmin), h.Account(models.RoleUser)
	for _, name := range []string{`=HYPERLINK("http://evil.example")`, "+1", "-1", "@sum", "\tx", "plain, with \"quotes\"\nand lines"} {
		m := storetest.Manifest(10)
		m.Name = name
		job := storetest.Submit(t, h.Store, owner.User.ID, &m)
		h.Exec("update jobs set name = $1 where id = $2", name, job.ID)
	}
	storetest.Submit(t, h.Store, admin.User.ID, nil)
	body := h.Run(t, apitest.Scenario{
		As: admin, Path: allJobs + ".csv?user=" + owner.User.ID.String(), Status: 200,
		Headers: map[string]string{"Content-Type": "text/csv; charset=utf-8", "Content-Disposition": `attachment; filename="jobs.csv"`},
	})
	lines, err := csv.NewReader(strings.NewReader(string(body))).ReadAll()
	if err != nil || len(lines) != 7 || lines[0][1] != "name" || lines[6][1] != "plain, with \"quotes\"\nand lines" {
		t.Fatalf("%v: %q", err, lines)
	}
	for _, line := range lines[1:6] {
		if !strings.HasPrefix(line[1], "'") || line[2] != owner.User.Email || line[9] != "10" {
			t.Errorf("line %q", line)
		}
	}
	var log auditPage
	apitest.Decode(t, h.Run(t, apitest.Scenario{As: admin, Path: "/api/v1/admin/audit?action=job.export", Status: 200}), &log)
	if len(log.Entries) != 1 || log.Entries[0].After["user"] != owner.User.ID.String() {
		t.Errorf("the audit log: %+v", log.Entries)
	}
}

// What an administrator does to a job happens, is audited, and is told to its
// owner.
func TestAdminsActOnAnyJob(t *testing.T) {
	t.Parallel()
	h := apitest.New(t, func(c *api.Config, _ *api.Deps) { c.WorkflowUIURL = "https://temporal.example/namespaces/default" })
	admin, owner := h.Account(models.RoleAdmin), h.Account(models.RoleUser)
	token := h.Token(admin.User, models.ScopeAdmin)
	storetest.Agent(t, h.Store, 8)
	job := storetest.Placed(t, h.Store, owner.User.ID, models.TransferDownload, 10, 20)
	path := allJobs + "/" + job.ID.String()
	post := func(as apitest.Caller, act string, status int, want ...string) {
		t.Helper()
		h.Run(t, apitest.Scenario{Name: act, As: as, Method: http.MethodPost, Path: path + "/" + act, Status: status, Want: want})
	}
	post(admin, "pause", 202, `"pause_requested"`)
	post(token, "resume", 202, `"resume_requested"`)
	post(admin, "retry", 409, "wrong_state")
	h.Run(t, apitest.Scenario{
		As: token, Method: http.MethodPost, Path: path + "/cancel", Body: `{"note":" It held\nup others. "}`, Status: 202, Want: []string{`"cancel_requested"`},
	})
	h.Run(t, apitest.Scenario{
		As: admin, Method: http.MethodPost, Path: path + "/cancel", Body: `{"note":"` + strings.Repeat("ö", models.MaxActNote+1) + `"}`, Status: 422, Want: []string{`"field":"note"`},
	})
	h.Run(t, apitest.Scenario{
		As: owner, Path: "/api/v1/jobs/" + job.ID.String() + "/timeline", Status: 200,
		Want: []string{"It was paused by an administrator.", "It was resumed by an administrator.", "It was cancelled by an administrator: “It held up others.”"},
	})
	var d struct {
		Job      ownedJob
		Files    map[string]int
		Events   []struct{ Kind string }
		Attempts []struct {
			Number int
			State  string
			Agent  *struct{ ID, Name string }
		}
		Workflow struct{ ID, UIURL string }
	}
	h.Run(t, apitest.Scenario{As: admin, Path: path, Status: 200})
	apitest.Decode(t, h.Run(t, apitest.Scenario{As: admin, Path: path, Status: 200, Unwant: []string{"taskToken", "sourceUri"}}), &d)
	if d.Job.Owner.Email != owner.User.Email || d.Files["pending"] != 2 || len(d.Events) < 7 || d.Workflow.ID != "job-"+job.ID.String() ||
		d.Workflow.UIURL != "https://temporal.example/namespaces/default/workflows/job-"+job.ID.String() {
		t.Errorf("the detail: %+v", d)
	}
	if len(d.Attempts) != 1 || d.Attempts[0].Number != 1 || d.Attempts[0].State != "open" || d.Attempts[0].Agent.Name != d.Job.Agent.Name {
		t.Errorf("the attempts: %+v", d.Attempts)
	}
	h.Run(t, apitest.Scenario{As: admin, Method: http.MethodPost, Path: path + "/delete", Status: 204})
	h.Run(t, apitest.Scenario{As: admin, Method: http.MethodPost, Path: path + "/delete", Status: 404})
	h.Run(t, apitest.Scenario{As: owner, Path: "/api/v1/jobs/" + job.ID.String(), Status: 404})
	h.Run(t, apitest.Scenario{As: admin, Path: allJobs, Status: 200, Want: []string{`"total":0`}})
	var log auditPage
	apitest.Decode(t, h.Run(t, apitest.Scenario{As: admin, Path: "/api/v1/admin/audit?target=" + job.ID.String(), Status: 200}), &log)
	var acts []string
	for _, e := range log.Entries {
		acts = append(acts, e.Action)
	}
	if got := strings.Join(acts, " "); got != "job.delete job.read job.cancel job.resume job.pause" || log.Entries[0].Before["deleted"] != false || log.Entries[0].After["deleted"] != true {
		t.Errorf("audited: %s, %+v", got, log.Entries)
	}
}
