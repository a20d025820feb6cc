package jobs_test

import (
	"testing"

	"longhaul/api/apitest"
	"longhaul/internal/store/storetest"
	"longhaul/models"
)

func TestSubmitIntoAFullPlan(t *testing.T) {
	t.Parallel()
	h := apitest.New(t, apitest.Generous)
	user := h.Account(models.RoleUser)
	apitest.GivePlan(t, h, user, models.Plan{Name: "Small", StorageBytes: new(int64(5000))})
	m := storetest.Manifest(4000)
	storetest.Submit(t, h.Store, user.User.ID, &m)
	waiting := storetest.Submit(t, h.Store, user.User.ID, &m)
	h.Run(t, apitest.Scenario{
		As: user, Path: "/api/v1/jobs/" + waiting.ID.String(), Status: 200,
		Want: []string{`"code":"storage_full"`, `"Not enough storage: it needs 3.9 KiB, 1000 B are free."`, `"state":"queued"`},
	})
	try := func(file []byte, when string, status int, want ...string) {
		t.Helper()
		kind, body := apitest.Form(t, map[string]string{"whenFull": when}, file)
		h.Run(t, apitest.Scenario{
			As: user, Method: "POST", Path: "/api/v1/jobs", Body: body, Header: map[string]string{"Content-Type": kind}, Status: status, Want: want,
		})
	}
	try(apitest.Torrent(t, "big", 6000), "wait", 403, `"code":"quota_exceeded"`, "needs 5.9 KiB", "4.9 KiB of storage")
	fits := apitest.Torrent(t, "fits", 2048)
	try(fits, "perhaps", 422, `"field":"whenFull"`)
	try(fits, "refuse", 403, `"code":"quota_exceeded"`, "needs 2.0 KiB, 1000 B are free")
	try(fits, "wait", 202)
}

func TestInspectionTellsOfThePlan(t *testing.T) {
	t.Parallel()
	h := apitest.New(t, apitest.Generous)
	user := h.Account(models.RoleUser)
	apitest.GivePlan(t, h, user, models.Plan{Name: "Small", StorageBytes: new(int64(5000))})
	m := storetest.Manifest(4000)
	storetest.Submit(t, h.Store, user.User.ID, &m)
	for _, c := range []struct {
		sizes []int64
		want  []string
	}{
		{[]int64{900}, []string{`"allowed":true,"reason":null`}},
		{[]int64{2000}, []string{`"allowed":true`, "It would wait until there is room."}},
		{[]int64{5001}, []string{`"allowed":false`, "the plan Small has 4.9 KiB"}},
		{[]int64{4000, 3000}, []string{`"allowed":true`, "Choose some of the files."}},
	} {
		kind, body := apitest.Form(t, nil, apitest.Torrent(t, "inspected", c.sizes...))
		h.Run(t, apitest.Scenario{
			As: user, Method: "POST", Path: "/api/v1/sources/inspect", Body: body, Header: map[string]string{"Content-Type": kind},
			Status: 200, Want: c.want,
		})
	}
}
