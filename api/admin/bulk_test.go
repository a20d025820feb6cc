package admin_test

import (
	"net/http"
	"testing"

	"github.com/google/uuid"

	"longhaul/api/apitest"
	"longhaul/internal/store/storetest"
	"longhaul/models"
)

const bulkActs = "/api/v1/admin/bulk-acts"

type bulkAct struct {
	ID, Act, State, By   string
	Filter               *struct{ State []string }
	Total, Done, Refused int
}

// An administrator starts an act on all that a filter finds, follows it, reads
// what became of each job and stops it.
func TestAdminsActOnManyJobs(t *testing.T) {
	t.Parallel()
	h := apitest.New(t)
	admin, owner := h.Account(models.RoleAdmin), h.Account(models.RoleUser)
	job := storetest.Submit(t, h.Store, owner.User.ID, nil)
	storetest.Submit(t, h.Store, admin.User.ID, nil)
	storetest.Drain(t, h.Store)
	var act bulkAct
	apitest.Post(t, h, admin, bulkActs, map[string]any{
		"act": "pause", "note": "The line is\nrepaired.", "filter": map[string]any{"state": []string{"queued"}, "user": owner.User.Email},
	}, http.StatusAccepted, &act)
	if act.State != "finding" || act.By != admin.User.Email || act.Filter == nil || act.Filter.State[0] != "queued" {
		t.Errorf("started as %+v", act)
	}
	w := h.Store.Worker().Bulk
	id := uuid.MustParse(act.ID)
	storetest.Must[models.BulkAct](t)(w.FindBulk(t.Context(), id))
	storetest.Must[models.BulkAct](t)(w.ActOnNext(t.Context(), id))
	apitest.Decode(t, h.Run(t, apitest.Scenario{As: admin, Path: bulkActs + "/" + act.ID, Status: 200}), &act)
	if act.Total != 1 || act.Done != 1 || act.By != admin.User.Email {
		t.Errorf("in the middle it is %+v", act)
	}
	var page struct {
		Jobs []struct{ JobID, Name, Owner, State string }
	}
	apitest.Decode(t, h.Run(t, apitest.Scenario{As: admin, Path: bulkActs + "/" + act.ID + "/jobs?state=done", Status: 200}), &page)
	if len(page.Jobs) != 1 || page.Jobs[0].JobID != job.ID.String() || page.Jobs[0].Owner != owner.User.Email || page.Jobs[0].Name != job.Name {
		t.Errorf("results: %+v", page)
	}
	apitest.Post(t, h, admin, bulkActs+"/"+act.ID+"/stop", nil, http.StatusOK, &act)
	if act.State != "stopped" {
		t.Errorf("stopped as %+v", act)
	}
	var list struct{ Acts []bulkAct }
	apitest.Decode(t, h.Run(t, apitest.Scenario{As: admin, Path: bulkActs, Status: 200}), &list)
	if len(list.Acts) != 1 || list.Acts[0].ID != act.ID {
		t.Errorf("listed: %+v", list)
	}
	events := storetest.Must[[]models.Event](t)(h.Store.Timeline.JobEvents(t.Context(), owner.User.ID, job.ID, 0, 100))
	if note := events[len(events)-1].Reason.Params["note"]; note != "The line is repaired." {
		t.Errorf("the owner reads %q", note)
	}
}
