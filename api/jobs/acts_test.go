package jobs_test

import (
	"net/http"
	"testing"

	"github.com/google/uuid"

	"longhaul/api/apitest"
	"longhaul/internal/store/storetest"
	"longhaul/models"
)

const jobActs = "/api/v1/job-acts"

type jobAct struct {
	ID, Act, State       string
	Total, Done, Refused int
}

// An owner acts on all that a filter finds, follows it, reads what became of each
// job and stops it. To anyone else, administrators too, the act does not exist,
// and their jobs are out of its reach.
func TestOwnersActOnAllThatMatch(t *testing.T) {
	t.Parallel()
	h := apitest.New(t)
	owner, other, admin := h.Account(models.RoleUser), h.Account(models.RoleUser), h.Account(models.RoleAdmin)
	job := storetest.Submit(t, h.Store, owner.User.ID, nil)
	storetest.Submit(t, h.Store, owner.User.ID, nil)
	theirs := storetest.Submit(t, h.Store, other.User.ID, nil)
	var act jobAct
	apitest.Post(t, h, owner, jobActs, map[string]any{"act": "pause", "match": map[string]any{"states": []string{"queued"}}}, http.StatusAccepted, &act)
	if act.State != "acting" || act.Total != 2 || act.Act != "pause" {
		t.Errorf("started as %+v", act)
	}
	h.Run(t, apitest.Scenario{As: owner, Method: "POST", Path: jobActs, Body: `{"act":"cancel","match":{}}`, Status: 409, Want: []string{"under way"}})
	one := jobActs + "/" + act.ID
	for _, who := range []apitest.Caller{other, admin} {
		h.Run(t, apitest.Scenario{As: who, Path: one, Status: 404})
		h.Run(t, apitest.Scenario{As: who, Path: one + "/jobs", Status: 404})
		h.Run(t, apitest.Scenario{As: who, Method: "POST", Path: one + "/stop", Status: 404})
		h.Run(t, apitest.Scenario{As: who, Path: jobActs, Status: 200, Want: []string{`"acts":[]`}})
	}
	h.Run(t, apitest.Scenario{As: admin, Path: "/api/v1/admin/bulk-acts/" + act.ID, Status: 404})
	storetest.Must[models.BulkAct](t)(h.Store.Worker().Bulk.ActOnNext(t.Context(), uuid.MustParse(act.ID)))
	h.Run(t, apitest.Scenario{As: owner, Path: one + "/jobs?state=done", Status: 200, Want: []string{job.ID.String()}, Unwant: []string{theirs.ID.String(), owner.User.Email}})
	apitest.Post(t, h, owner, one+"/stop", nil, http.StatusOK, &act)
	if act.State != "stopped" || act.Done != 1 {
		t.Errorf("stopped as %+v", act)
	}
	h.Run(t, apitest.Scenario{As: owner, Method: "POST", Path: jobActs, Body: `{"act":"retry","match":{}}`, Status: 409, Want: []string{"None of these jobs can be retried."}})
	h.Run(t, apitest.Scenario{As: owner, Method: "POST", Path: jobActs, Body: `{"act":"move","match":{}}`, Status: 422})
	h.Run(t, apitest.Scenario{As: owner, Path: jobActs, Status: 200, Want: []string{act.ID}})
	if asked := storetest.Must[models.Job](t)(h.Store.Jobs.Job(t.Context(), other.User.ID, theirs.ID)).Asked.Act; asked != "" {
		t.Errorf("the act reached another user's job: %s", asked)
	}
}
