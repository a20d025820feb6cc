package api_test

import (
	"archive/zip"
	"bytes"
	"context"
	"errors"
	"log/slog"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"

	"longhaul/api"
	"longhaul/api/apitest"
	"longhaul/internal/store/storetest"
	"longhaul/models"
)

type usageBody struct {
	Plan    struct{ ID string }
	Storage struct {
		Used, Reserved int64
		Limit          *int64
	}
	Bandwidth struct {
		Used     int64
		Limit    *int64
		ResetsAt time.Time
	}
	Jobs struct {
		Running, Total int
		Limit          *int
	}
	Days []struct {
		Day                              string
		Bandwidth, Storage, Stored, Jobs int64
	}
}

func usageOf(t *testing.T, h *apitest.Harness, who apitest.Caller) usageBody {
	t.Helper()
	if err := h.Meter.Flush(t.Context()); err != nil {
		t.Fatal(err)
	}
	var u usageBody
	decode(t, h.Run(t, apitest.Scenario{As: who, Path: "/api/v1/usage?days=7", Status: 200}), &u)
	return u
}

func limited(t *testing.T, h *apitest.Harness, who apitest.Caller, p models.Plan) models.Plan {
	t.Helper()
	return storetest.Plan(t, h.Store, who.User.ID, p)
}

func TestUsage(t *testing.T) {
	t.Parallel()
	h := apitest.New(t, generous)
	user, other := h.Account(models.RoleUser), h.Account(models.RoleUser)
	plan := limited(t, h, user, models.Plan{StorageBytes: new(int64(1000)), MaxRunningJobs: new(3)})
	job, files := readyJob(t, h, user.User, map[string][]byte{"a.txt": pattern(600)})
	m := storetest.Manifest(300)
	storetest.Submit(t, h.Store, user.User.ID, &m)
	fetch(t, h, "GET", linkOf(t, h, user, "/api/v1/files/"+files[0].ID.String()+"/link", ""), nil)
	if _, err := h.Store.Work().RollUp(t.Context()); err != nil {
		t.Fatal(err)
	}
	u := usageOf(t, h, user)
	today := u.Days[len(u.Days)-1]
	if u.Plan.ID != plan.ID || u.Storage.Used != 600 || u.Storage.Reserved != 300 || *u.Storage.Limit != 1000 ||
		u.Bandwidth.Used != 600 || u.Bandwidth.Limit != nil || u.Jobs.Total != 2 || *u.Jobs.Limit != 3 {
		t.Errorf("usage %+v", u)
	}
	if len(u.Days) != 7 || today.Day != h.Store.Now().Format(time.DateOnly) || today.Bandwidth != 600 || today.Storage != 600 ||
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
	decode(t, h.Run(t, apitest.Scenario{As: user, Path: path, Status: 200}), &page)
	if len(page.Lines) != 1 || page.Lines[0].Kind != "settle" || page.Lines[0].UsedAfter != 600 || page.Lines[0].JobName == "" || page.NextCursor == "" {
		t.Errorf("first page %+v", page)
	}
	decode(t, h.Run(t, apitest.Scenario{As: user, Path: path + "&cursor=" + page.NextCursor, Status: 200}), &page)
	if len(page.Lines) != 1 || page.Lines[0].Kind != "reserve" || page.NextCursor != "" {
		t.Errorf("last page %+v", page)
	}
	h.Run(t, apitest.Scenario{As: other, Path: path, Status: 200, Want: []string{`"lines":[]`}})
	h.Run(t, apitest.Scenario{As: user, Path: "/api/v1/usage/ledger?cursor=x", Status: 422})
}

// Every byte that leaves counts once, and no other.
func TestBandwidthIsExact(t *testing.T) {
	t.Parallel()
	h := apitest.New(t, generous)
	user := h.Account(models.RoleUser)
	job, files := readyJob(t, h, user.User, map[string][]byte{"film.mp4": pattern(300_000)})
	link := linkOf(t, h, user, "/api/v1/files/"+files[0].ID.String()+"/link", "")
	want := int64(0)
	count := func(what string, n int) {
		t.Helper()
		want += int64(n)
		if got := usageOf(t, h, user).Bandwidth.Used; got != want {
			t.Errorf("%s: %d bytes in all, want %d", what, got, want)
		}
	}
	whole, body := fetch(t, h, "GET", link, nil)
	count("whole file", len(body))
	_, body = fetch(t, h, "GET", link, map[string]string{"Range": "bytes=1000-200999"})
	if len(body) != 200_000 {
		t.Fatalf("range of %d bytes", len(body))
	}
	count("range", 200_000)
	fetch(t, h, "HEAD", link, nil)
	count("head", 0)
	fetch(t, h, "GET", link, map[string]string{"If-None-Match": whole.Header.Get("ETag")})
	count("not modified", 0)
	fetch(t, h, "GET", link, map[string]string{"Range": "bytes=300000-"})
	count("range outside", 0)
	_, packed := fetch(t, h, "GET", linkOf(t, h, user, "/api/v1/jobs/"+job.ID.String()+"/archive", ""), nil)
	if _, err := zip.NewReader(bytes.NewReader(packed), int64(len(packed))); err != nil {
		t.Fatal(err)
	}
	count("zip", len(packed))
	h.Storage.BreakAfter, h.Storage.Breaks = 20_000, -1
	_, body = fetch(t, h, "GET", link, nil)
	got := usageOf(t, h, user).Bandwidth.Used - want
	if len(body) == 0 || got < int64(len(body)) || got > int64(len(body))+8<<10 || got >= 300_000 {
		t.Errorf("a transfer that broke off after %d bytes counts %d", len(body), got)
	}
}

func TestOverTheBandwidthLimit(t *testing.T) {
	t.Parallel()
	h := apitest.New(t, generous)
	user := h.Account(models.RoleUser)
	job, files := readyJob(t, h, user.User, map[string][]byte{"film.mp4": pattern(300_000)})
	limited(t, h, user, models.Plan{BandwidthBytes: new(int64(100_000))})
	link := linkOf(t, h, user, "/api/v1/files/"+files[0].ID.String()+"/link", "")
	archive := linkOf(t, h, user, "/api/v1/jobs/"+job.ID.String()+"/archive", "")
	if resp, body := fetch(t, h, "GET", link, nil); resp.StatusCode != 200 || len(body) != 300_000 {
		t.Errorf("what began within the limit ends: %d, %d bytes", resp.StatusCode, len(body))
	}
	_, reset := models.Period(h.Store.Now())
	day := reset.Format("2 January 2006")
	for _, address := range []string{link, archive} { // counted, whether or not it is written down yet
		resp, body := fetch(t, h, "GET", address, map[string]string{"Range": "bytes=0-1"})
		apitest.CheckProblem(t, resp, body)
		if resp.StatusCode != http.StatusForbidden || !strings.Contains(string(body), `"bandwidth_exceeded"`) ||
			!strings.Contains(string(body), day) || resp.Header.Get("Retry-After") == "" {
			t.Errorf("%d %s", resp.StatusCode, body)
		}
	}
	resp, page := fetch(t, h, "GET", link, map[string]string{"Accept": "text/html,application/xhtml+xml,*/*;q=0.8"})
	if resp.StatusCode != http.StatusForbidden || !strings.HasPrefix(resp.Header.Get("Content-Type"), "text/html") ||
		!strings.Contains(string(page), day) || strings.Contains(string(page), "<script") {
		t.Errorf("%d %s", resp.StatusCode, page)
	}
	limited(t, h, user, models.Plan{BandwidthBytes: new(int64(1_000_000))})
	if resp, _ := fetch(t, h, "GET", link, nil); resp.StatusCode != 200 {
		t.Errorf("with a larger plan: %d", resp.StatusCode)
	}
}

// Several processes count side by side, and what one could not write down it
// keeps.
func TestMetersAddUp(t *testing.T) {
	t.Parallel()
	h := apitest.New(t, generous)
	user := h.Account(models.RoleUser)
	_, files := readyJob(t, h, user.User, map[string][]byte{"a.bin": pattern(10_000)})
	link := linkOf(t, h, user, "/api/v1/files/"+files[0].ID.String()+"/link", "")
	flaky := &flakyLog{BandwidthLog: h.Store, down: true}
	meter := api.NewMeter(flaky, slog.New(slog.DiscardHandler), h.Store.Now)
	var wg sync.WaitGroup
	for range 20 {
		wg.Go(func() { fetch(t, h, "GET", link, nil) })
		wg.Go(func() { api.Delivered(meter, user.User.ID, 1_000) })
	}
	wg.Wait()
	if err := meter.Flush(t.Context()); err == nil {
		t.Error("the database is away and nobody says so")
	}
	api.Delivered(meter, user.User.ID, 5)
	flaky.down = false
	for range 2 {
		if err := meter.Flush(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	if got := usageOf(t, h, user).Bandwidth.Used; got != 220_005 {
		t.Errorf("two processes delivered 220005 bytes, %d are counted", got)
	}
}

type flakyLog struct {
	api.BandwidthLog
	down bool
}

func (f *flakyLog) AddBandwidth(ctx context.Context, day time.Time, d map[uuid.UUID]int64) error {
	if f.down {
		return errors.New("database is away")
	}
	return f.BandwidthLog.AddBandwidth(ctx, day, d)
}

func TestPlans(t *testing.T) {
	t.Parallel()
	h := apitest.New(t, generous)
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

func TestSubmitIntoAFullPlan(t *testing.T) {
	t.Parallel()
	h := apitest.New(t, generous)
	user := h.Account(models.RoleUser)
	limited(t, h, user, models.Plan{Name: "Small", StorageBytes: new(int64(5000))})
	m := storetest.Manifest(4000)
	storetest.Submit(t, h.Store, user.User.ID, &m)
	waiting := storetest.Submit(t, h.Store, user.User.ID, &m)
	h.Run(t, apitest.Scenario{
		As: user, Path: "/api/v1/jobs/" + waiting.ID.String(), Status: 200,
		Want: []string{`"Waiting for storage: needs 3.9 KiB, 1000 B free."`, `"state":"queued"`},
	})
	try := func(file []byte, when string, status int, want ...string) {
		t.Helper()
		kind, body := form(t, map[string]string{"whenFull": when}, file)
		h.Run(t, apitest.Scenario{
			As: user, Method: "POST", Path: "/api/v1/jobs", Body: body, Header: map[string]string{"Content-Type": kind}, Status: status, Want: want,
		})
	}
	try(torrent(t, "big", 6000), "wait", 403, `"code":"quota_exceeded"`, "needs 5.9 KiB", "4.9 KiB of storage")
	fits := torrent(t, "fits", 2048)
	try(fits, "perhaps", 422, `"field":"whenFull"`)
	try(fits, "refuse", 403, `"code":"quota_exceeded"`, "needs 2.0 KiB, 1000 B free")
	try(fits, "wait", 202)
}

func TestInspectionTellsOfThePlan(t *testing.T) {
	t.Parallel()
	h := apitest.New(t, generous)
	user := h.Account(models.RoleUser)
	limited(t, h, user, models.Plan{Name: "Small", StorageBytes: new(int64(5000))})
	m := storetest.Manifest(4000)
	storetest.Submit(t, h.Store, user.User.ID, &m)
	for _, c := range []struct {
		sizes []int64
		want  []string
	}{
		{[]int64{900}, []string{`"allowed":true,"reason":""`}},
		{[]int64{2000}, []string{`"allowed":true`, "It would wait until there is room."}},
		{[]int64{5001}, []string{`"allowed":false`, "the plan Small has 4.9 KiB"}},
		{[]int64{4000, 3000}, []string{`"allowed":true`, "Choose some of the files."}},
	} {
		kind, body := form(t, nil, torrent(t, "inspected", c.sizes...))
		h.Run(t, apitest.Scenario{
			As: user, Method: "POST", Path: "/api/v1/sources/inspect", Body: body, Header: map[string]string{"Content-Type": kind},
			Status: 200, Want: c.want,
		})
	}
}
