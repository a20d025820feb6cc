package account_test

import (
	"testing"
	"time"

	"longhaul/api/apitest"
	"longhaul/internal/store/storetest"
	"longhaul/models"
)

func TestUsage(t *testing.T) {
	t.Parallel()
	h := apitest.New(t, apitest.Generous)
	user, other := h.Account(models.RoleUser), h.Account(models.RoleUser)
	plan := apitest.GivePlan(t, h, user, models.Plan{StorageBytes: new(int64(1000)), MaxRunningJobs: new(3)})
	job, files := apitest.ReadyJob(t, h, user.User, map[string][]byte{"a.txt": apitest.Pattern(600)})
	m := storetest.Manifest(300)
	storetest.Submit(t, h.Store, user.User.ID, &m)
	apitest.Fetch(t, h, "GET", apitest.DownloadLink(t, h, user, "/api/v1/files/"+files[0].ID.String()+"/link", ""), nil)
	if _, err := h.Store.Worker().Quota.RollUp(t.Context()); err != nil {
		t.Fatal(err)
	}
	u := apitest.UsageOf(t, h, user)
	today := u.Days[len(u.Days)-1]
	if u.Plan.ID != plan.ID || u.Storage.Used != 600 || u.Storage.Reserved != 300 || *u.Storage.Limit != 1000 ||
		u.Bandwidth.Used != 600 || u.Bandwidth.Limit != nil || u.Jobs.Total != 2 || *u.Jobs.Limit != 3 {
		t.Errorf("usage %+v", u)
	}
	if len(u.Days) != 7 || today.Day != h.Store.DB.Now().Format(time.DateOnly) || today.Bandwidth != 600 || today.Storage != 600 ||
		today.Stored != 600 || today.Jobs != 1 || u.Days[0].Storage != 0 {
		t.Errorf("days %+v", u.Days)
	}
	var page struct {
		Lines []struct {
			Kind, JobName        string
			UsedAfter, UsedDelta int64
		}
		NextCursor string
	}
	path := "/api/v1/usage/ledger?limit=1&job=" + job.ID.String()
	apitest.Decode(t, h.Run(t, apitest.Scenario{As: user, Path: path, Status: 200}), &page)
	if len(page.Lines) != 1 || page.Lines[0].Kind != "settle" || page.Lines[0].UsedAfter != 600 || page.Lines[0].JobName == "" || page.NextCursor == "" {
		t.Errorf("first page %+v", page)
	}
	apitest.Decode(t, h.Run(t, apitest.Scenario{As: user, Path: path + "&cursor=" + page.NextCursor, Status: 200}), &page)
	if len(page.Lines) != 1 || page.Lines[0].Kind != "reserve" || page.NextCursor != "" {
		t.Errorf("last page %+v", page)
	}
	h.Run(t, apitest.Scenario{As: other, Path: path, Status: 200, Want: []string{`"lines":[]`}})
	h.Run(t, apitest.Scenario{As: user, Path: "/api/v1/usage/ledger?cursor=x", Status: 422})
}
