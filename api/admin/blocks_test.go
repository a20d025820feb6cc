package admin_test

import (
	"net/http"
	"testing"

	"github.com/google/uuid"

	"longhaul/api/apitest"
	"longhaul/internal/store/storetest"
	"longhaul/models"
)

const adminBlocks = "/api/v1/admin/blocks"

type block struct {
	ID, Kind, Value, Reason, By string
	Jobs                        int
	Enforced                    bool
}

// An administrator blocks several things at once, reads what was refused, finds
// the blocks again and lifts one.
func TestAdminsBlockContent(t *testing.T) {
	t.Parallel()
	h := apitest.New(t)
	admin, owner := h.Account(models.RoleAdmin), h.Account(models.RoleUser)
	job := storetest.Submit(t, h.Store, owner.User.ID, nil)
	var done struct {
		Blocks  []block
		Refused []struct{ Value, Why string }
	}
	apitest.Post(t, h, admin, adminBlocks, map[string]any{
		"values": []string{*job.InfoHashV1, "no host", "Example.com/a/"}, "files": []string{uuid.NewString()}, "reason": "court order 7",
	}, http.StatusOK, &done)
	if len(done.Blocks) != 2 || len(done.Refused) != 2 || done.Refused[0].Value != "no host" || done.Refused[0].Why == "" {
		t.Fatalf("blocked: %+v", done)
	}
	first := done.Blocks[0]
	if first.Kind != "hash" || first.Jobs != 1 || !first.Enforced || first.By != admin.User.Email || done.Blocks[1].Value != "example.com/a" {
		t.Errorf("blocked: %+v", done.Blocks)
	}
	h.Run(t, apitest.Scenario{As: owner, Path: "/api/v1/jobs/" + job.ID.String(), Status: 200, Want: []string{`"blocked":true`}})
	list := func(query string) (out []block) {
		t.Helper()
		var page struct{ Blocks []block }
		apitest.Decode(t, h.Run(t, apitest.Scenario{As: admin, Path: adminBlocks + query, Status: 200}), &page)
		return page.Blocks
	}
	if got := list("?kind=url"); len(got) != 1 || got[0].Value != "example.com/a" {
		t.Errorf("listed by kind: %+v", got)
	}
	if got := list("?q=COURT"); len(got) != 2 {
		t.Errorf("listed by words: %+v", got)
	}
	var page struct {
		Blocks     []block
		NextCursor string
	}
	apitest.Decode(t, h.Run(t, apitest.Scenario{As: admin, Path: adminBlocks + "?limit=1", Status: 200}), &page)
	if got := list("?limit=1&cursor=" + page.NextCursor); len(page.Blocks) != 1 || len(got) != 1 || got[0].ID == page.Blocks[0].ID {
		t.Errorf("pages: %+v, %+v", page, got)
	}
	apitest.Post(t, h, admin, adminBlocks+"/"+first.ID+"/lift", nil, http.StatusOK, &first)
	apitest.Post(t, h, admin, adminBlocks+"/"+first.ID+"/lift", nil, http.StatusConflict, nil)
	h.Run(t, apitest.Scenario{As: owner, Path: "/api/v1/jobs/" + job.ID.String(), Status: 200, Want: []string{`"blocked":false`}})
	if got := list("?lifted=true"); len(got) != 1 || got[0].ID != first.ID || len(list("")) != 1 {
		t.Errorf("lifted: %+v", got)
	}
}
