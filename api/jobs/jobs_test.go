package jobs_test

import (
	"bytes"
	"context"
	"errors"
	"net/http"
	"strings"
	"testing"

	"github.com/google/uuid"

	"longhaul/api/apitest"
	"longhaul/api/jobs"
	"longhaul/internal/store/storetest"
	"longhaul/models"
)

const (
	hashA  = "c12fe1c06bba254a9dc9f519b335aa7c1367a88a"
	magnet = "magnet:?xt=urn:btih:" + hashA + "&dn=Sample"
)

type jobBody struct {
	ID         string
	Name       string
	State      string
	Reason     struct{ Code, Text string }
	NextAction string
	InfoHash   string
	Size       *int64
	FileCount  int
	Actions    []string
}

func TestSubmit(t *testing.T) {
	t.Parallel()
	h := apitest.New(t)
	user := h.Account(models.RoleUser)
	const path = "/api/v1/jobs"
	file := apitest.Torrent(t, "Folder", 3<<20, 0, 5)
	goodForm, goodBody := apitest.Form(t, map[string]string{"select": "0,2"}, file)
	chooseForm, chooseBody := apitest.Form(t, map[string]string{"chooseFiles": "true"}, apitest.Torrent(t, "Other", 10))
	badForm, badBody := apitest.Form(t, map[string]string{"select": "7"}, apitest.Torrent(t, "Third", 10))
	oddForm, oddBody := apitest.Form(t, map[string]string{"owner": "me"}, file)
	noFile, noFileBody := apitest.Form(t, nil, nil)
	brokenForm, brokenBody := apitest.Form(t, nil, []byte("d4:infod"))
	bigForm, bigBody := apitest.Form(t, nil, bytes.Repeat([]byte("x"), 10<<20+1))
	for _, s := range []apitest.Scenario{
		{Name: "nobody", Method: "POST", Path: path, Body: `{"source":"` + magnet + `"}`, Status: 401},
		{Name: "magnet", As: user, Method: "POST", Path: path, Body: `{"source":"` + magnet + `"}`, Status: 202, Want: []string{`"state":"queued"`, hashA, `"name":"Sample"`, `"progress":null`, `"deadline":null`}},
		{Name: "twice", As: user, Method: "POST", Path: path, Body: `{"source":"` + magnet + `"}`, Status: 409, Want: []string{"duplicate_job"}},
		{Name: "bare hash", As: user, Method: "POST", Path: path, Body: `{"source":"` + strings.ToUpper(strings.Repeat("ab", 20)) + `"}`, Status: 202},
		{Name: "url", As: user, Method: "POST", Path: path, Body: `{"source":"https://downloads.example/debian.iso"}`, Status: 202, Want: []string{`"sourceKind":"url"`}, Unwant: []string{"downloads.example"}},
		{Name: "empty", As: user, Method: "POST", Path: path, Body: `{"source":"  "}`, Status: 422, Want: []string{`"field":"source"`}},
		{Name: "no body", As: user, Method: "POST", Path: path, Status: 400, Header: map[string]string{"Content-Type": "application/json"}},
		{Name: "nonsense", As: user, Method: "POST", Path: path, Body: `{"source":"hello there"}`, Status: 422, Want: []string{`"field":"source"`}},
		{Name: "file scheme", As: user, Method: "POST", Path: path, Body: `{"source":"file:///etc/passwd"}`, Status: 422},
		{Name: "userinfo", As: user, Method: "POST", Path: path, Body: `{"source":"http://user:pw@example.com/x"}`, Status: 202, Unwant: []string{"pw@"}},
		{Name: "mass assignment", As: user, Method: "POST", Path: path, Body: `{"source":"` + magnet + `","userId":"` + uuid.NewString() + `","state":"ready"}`, Status: 422},
		{Name: "plain text", As: user, Method: "POST", Path: path, Header: map[string]string{"Content-Type": "text/plain"}, Body: `{"source":"` + magnet + `"}`, Status: 415},
		{Name: "too large", As: user, Method: "POST", Path: path, Body: `{"source":"` + strings.Repeat("x", 11<<20) + `"}`, Status: 413},
		{Name: "torrent", As: user, Method: "POST", Path: path, Header: map[string]string{"Content-Type": goodForm}, Body: goodBody, Status: 202, Want: []string{`"fileCount":2`, `"size":3145733`, `"name":"Folder"`}},
		{Name: "choose", As: user, Method: "POST", Path: path, Header: map[string]string{"Content-Type": chooseForm}, Body: chooseBody, Status: 202},
		{Name: "bad selection", As: user, Method: "POST", Path: path, Header: map[string]string{"Content-Type": badForm}, Body: badBody, Status: 422, Want: []string{"bad_selection", `"field":"select"`}},
		{Name: "unknown field", As: user, Method: "POST", Path: path, Header: map[string]string{"Content-Type": oddForm}, Body: oddBody, Status: 422, Want: []string{"owner"}},
		{Name: "no file", As: user, Method: "POST", Path: path, Header: map[string]string{"Content-Type": noFile}, Body: noFileBody, Status: 422},
		{Name: "broken torrent", As: user, Method: "POST", Path: path, Header: map[string]string{"Content-Type": brokenForm}, Body: brokenBody, Status: 422, Want: []string{"malformed_torrent", `"field":"torrent"`}},
		{Name: "large torrent", As: user, Method: "POST", Path: path, Header: map[string]string{"Content-Type": bigForm}, Body: bigBody, Status: 413, Want: []string{"source_too_large"}},
		{Name: "other site", As: user, Method: "POST", Path: path, Header: map[string]string{"Origin": "https://evil.example"}, Body: `{"source":"` + magnet + `"}`, Status: 403, Want: []string{"cross_origin"}},
	} {
		t.Run(s.Name, func(t *testing.T) { h.Run(t, s) })
	}
}

// TestLongLists sends lists as long as bodies may be: what is too long is refused
// before it is worked on, an answer is no longer than its question, and a
// selection of every file of the largest torrent passes.
func TestLongLists(t *testing.T) {
	t.Parallel()
	h := apitest.New(t)
	user := h.Account(models.RoleUser)
	list := func(item string, n int) string {
		return "[" + strings.TrimSuffix(strings.Repeat(item+",", n), ",") + "]"
	}
	choose := "/api/v1/jobs/" + uuid.NewString() + "/select"
	for _, s := range []apitest.Scenario{
		{Name: "select", As: user, Method: "POST", Path: "/api/v1/jobs", Body: `{"source":"` + magnet + `","select":` + list("49999", 400_000) + `}`, Status: 413},
		{Name: "choose all", As: user, Method: "POST", Path: choose, Body: `{"indexes":` + list("49999", 50_000) + `}`, Status: 404},
		{Name: "choose too many", As: user, Method: "POST", Path: choose, Body: `{"indexes":` + list("1", 50_001) + `}`, Status: 422},
	} {
		t.Run(s.Name, func(t *testing.T) { h.Run(t, s) })
	}
	faults := h.Run(t, apitest.Scenario{
		Name: "many faults", As: user, Method: "POST", Path: choose, Body: `{"indexes":` + list(`"x"`, 40_000) + `}`, Status: 422,
	})
	if len(faults) > 10_000 {
		t.Errorf("an answer of %d bytes", len(faults))
	}
}

// TestLargeTorrentsTakeTurns parses a few at a time, and nothing for a client
// that has gone.
func TestLargeTorrentsTakeTurns(t *testing.T) {
	t.Parallel()
	reader := jobs.NewSourceReader()
	torrent := append(apitest.Torrent(t, "x", 1), make([]byte, 1<<20)...)
	gone, cancel := context.WithCancel(t.Context())
	cancel()
	for range 2 { // the second time, too, so that no turn got lost
		if err := reader.Full(func() error { return reader.Parse(gone, torrent) }); !errors.Is(err, context.Canceled) {
			t.Errorf("a client that has gone: %v", err)
		}
	}
	if err := reader.Parse(t.Context(), torrent); err != nil { // what follows its end does not matter
		t.Errorf("got %v", err)
	}
}

func TestSubmitWithKey(t *testing.T) {
	t.Parallel()
	h := apitest.New(t)
	user, other := h.Account(models.RoleUser), h.Account(models.RoleUser)
	key := map[string]string{"Idempotency-Key": "key-1"}
	var first, again, foreign jobBody
	apitest.Decode(t, h.Run(t, apitest.Scenario{As: user, Method: "POST", Path: "/api/v1/jobs", Header: key, Body: `{"source":"` + magnet + `"}`, Status: 202}), &first)
	apitest.Decode(t, h.Run(t, apitest.Scenario{
		As: user, Method: "POST", Path: "/api/v1/jobs", Header: key, Body: `{"source":"` + magnet + `"}`, Status: 202,
		Headers: map[string]string{"Idempotent-Replayed": "true", "Location": "/api/v1/jobs/" + first.ID},
	}), &again)
	apitest.Decode(t, h.Run(t, apitest.Scenario{As: other, Method: "POST", Path: "/api/v1/jobs", Header: key, Body: `{"source":"` + magnet + `"}`, Status: 202}), &foreign)
	if first.ID != again.ID || first.ID == foreign.ID {
		t.Errorf("jobs %s, %s, %s", first.ID, again.ID, foreign.ID)
	}
	h.Run(t, apitest.Scenario{As: user, Method: "POST", Path: "/api/v1/jobs", Header: key, Body: `{"source":"https://a.example/b"}`, Status: 409, Want: []string{"idempotency_key_reused"}})
	h.Run(t, apitest.Scenario{As: user, Method: "POST", Path: "/api/v1/jobs", Header: map[string]string{"Idempotency-Key": strings.Repeat("k", 256)}, Body: `{"source":"https://a.example/c"}`, Status: 422})
	// An answer doesn't wait for its start.
	started := map[string]bool{}
	for range 2 {
		job := <-h.Starter.Started
		started[job.ID.String()] = true
	}
	if !started[first.ID] || !started[foreign.ID] {
		t.Errorf("starts of %v, want one per job", started)
	}
}

// A workflow engine that hangs or fails doesn't delay a submit: the outbox
// starts the workflow.
func TestSubmitWithoutWorkflowEngine(t *testing.T) {
	t.Parallel()
	h := apitest.New(t)
	user := h.Account(models.RoleUser)
	hang := make(chan struct{})
	t.Cleanup(func() { close(hang) })
	h.Starter.Hang = hang // a response that waits for the start never comes
	h.Run(t, apitest.Scenario{As: user, Method: "POST", Path: "/api/v1/jobs", Body: `{"source":"` + magnet + `"}`, Status: 202})
	job := <-h.Starter.Started
	items := 0
	if _, err := h.Store.Worker().Outbox.DueOutbox(t.Context(), 10, func(_ context.Context, item models.OutboxItem) error {
		if item.Kind == models.OutboxStart && item.Ref == job.ID {
			items++
		}
		return nil
	}); err != nil || items != 1 {
		t.Errorf("%d starts in the outbox, %v", items, err)
	}
}

func TestListJobs(t *testing.T) {
	t.Parallel()
	h := apitest.New(t)
	user, other := h.Account(models.RoleUser), h.Account(models.RoleUser)
	for i, name := range []string{"Banana", "apple", "Cherry 100%_x"} {
		m := storetest.Manifest(int64(10 * (3 - i)))
		m.Name = name
		storetest.Submit(t, h.Store, user.User.ID, &m)
	}
	storetest.Submit(t, h.Store, other.User.ID, nil)
	names := func(query string) string {
		var out struct {
			Jobs       []jobBody
			NextCursor string
			Total      int64
			Counts     map[string]int64
		}
		apitest.Decode(t, h.Run(t, apitest.Scenario{As: user, Path: "/api/v1/jobs" + query, Status: 200}), &out)
		var list []string
		for _, j := range out.Jobs {
			list = append(list, j.Name)
		}
		want := int64(3)
		if strings.Contains(query, "q=") {
			want = 1 // the counts follow the search, and no filter by state
		}
		if strings.Contains(query, "cursor=") {
			want = 0 // they come with the first page
		}
		if out.Counts["queued"] != want {
			t.Errorf("%s: counts %v", query, out.Counts)
		}
		if out.NextCursor != "" {
			list = append(list, "+"+out.NextCursor)
		}
		return strings.Join(list, ",")
	}
	for query, want := range map[string]string{
		"":                            "Cherry 100%_x,apple,Banana",
		"?sort=name":                  "apple,Banana,Cherry 100%_x",
		"?sort=-size":                 "Banana,apple,Cherry 100%_x",
		"?q=AN":                       "Banana",
		"?q=%25_":                     "Cherry 100%_x",
		"?state=ready,failed":         "",
		"?state=queued&q=apple":       "apple",
		"?state=ready,queued&q=apple": "apple",
		"?sort=created&limit=50":      "Banana,apple,Cherry 100%_x",
	} {
		if got := names(query); got != want {
			t.Errorf("%q: %s, want %s", query, got, want)
		}
	}
	page := names("?sort=name&limit=2")
	first, cursor, ok := strings.Cut(page, ",+")
	if !ok || first != "apple,Banana" {
		t.Fatalf("first page %s", page)
	}
	if got := names("?sort=name&limit=2&cursor=" + cursor); got != "Cherry 100%_x" {
		t.Errorf("second page %s", got)
	}
	for _, query := range []string{"?limit=0", "?limit=101", "?sort=owner", "?state=sleeping", "?cursor=garbage", "?unknown=1"} {
		h.Run(t, apitest.Scenario{As: user, Path: "/api/v1/jobs" + query, Status: 422})
	}
}

func TestQueuedJobSaysWhatItWaitsFor(t *testing.T) {
	t.Parallel()
	h := apitest.New(t)
	user := h.Account(models.RoleUser)
	job := storetest.Submit(t, h.Store, user.User.ID, nil)
	path := "/api/v1/jobs/" + job.ID.String()
	h.Run(t, apitest.Scenario{As: user, Path: path, Status: 200, Want: []string{"No compute agent is online."}})
	storetest.Agent(t, h.Store, 8)
	h.Run(t, apitest.Scenario{As: user, Path: path, Status: 200, Unwant: []string{"No compute agent"}})
}

func TestJobActions(t *testing.T) {
	t.Parallel()
	h := apitest.New(t)
	user, other, admin := h.Account(models.RoleUser), h.Account(models.RoleUser), h.Account(models.RoleAdmin)
	m := storetest.Manifest(10, 20)
	job := storetest.Submit(t, h.Store, user.User.ID, &m)
	path := "/api/v1/jobs/" + job.ID.String()
	post := func(who apitest.Caller, action, body string, status int, want ...string) {
		t.Helper()
		h.Run(t, apitest.Scenario{As: who, Method: "POST", Path: path + "/" + action, Body: body, Status: status, Want: want})
	}
	// The workflow engine is away throughout: nothing here waits for it.
	h.Controller.Fail = errors.New("connection refused by 10.0.0.7:7233")
	post(user, "resume", "", 409, "wrong_state")
	post(user, "pause", "", 202, `"state":"queued"`, "pause_requested", "It is being paused.", `"resume","cancel"`)
	post(user, "pause", "", 202, "pause_requested")
	post(user, "resume", "", 202, "resume_requested", `"pause","cancel"`)
	post(user, "retry", "", 409, "wrong_state")
	post(user, "select", `{"indexes":[0]}`, 409, "wrong_state")
	post(user, "select", `{"indexes":[]}`, 422)
	post(user, "select", `{"indexes":"all"}`, 422)
	post(other, "pause", "", 404)
	post(admin, "pause", "", 404)
	post(user, "cancel", "", 202, "cancel_requested")
	if got := h.Controller.Calls(); len(got) != 0 {
		t.Errorf("the workflow was waited for: %v", got)
	}
	h.Run(t, apitest.Scenario{As: user, Method: "DELETE", Path: path + "?final=true", Status: 200, Want: []string{`"until":null`, `"whole":true`}})
	h.Run(t, apitest.Scenario{As: user, Path: path, Status: 404})
	h.Run(t, apitest.Scenario{As: user, Method: "DELETE", Path: path, Status: 404})
	h.Run(t, apitest.Scenario{As: user, Path: "/api/v1/jobs/not-an-id", Status: 422})
}

// A refused pause says why, and what happens next.
func TestPauseWhileStoring(t *testing.T) {
	t.Parallel()
	h := apitest.New(t)
	user := h.Account(models.RoleUser)
	m := storetest.Manifest(10)
	job := storetest.Submit(t, h.Store, user.User.ID, &m)
	for _, to := range []models.State{models.StateDownloading, models.StateStoring} {
		if _, err := h.Store.Worker().Jobs.Transition(t.Context(), job.ID, models.JobChange{To: to, Reason: models.Because(models.ReasonCancelled)}); err != nil {
			t.Fatal(err)
		}
	}
	h.Run(t, apitest.Scenario{
		As: user, Method: "POST", Path: "/api/v1/jobs/" + job.ID.String() + "/pause", Status: 409,
		Want: []string{"wrong_state", "Everything is fetched", "become available soon"},
	})
	if got := h.Controller.Calls(); len(got) != 0 {
		t.Errorf("calls %v", got)
	}
}

func TestFilesAndTimeline(t *testing.T) {
	t.Parallel()
	h := apitest.New(t)
	user := h.Account(models.RoleUser)
	job, _ := apitest.ReadyJob(t, h, user.User, map[string][]byte{"a/ü.txt": []byte("x"), "a/b.html": []byte("y")})
	path := "/api/v1/jobs/" + job.ID.String()
	h.Run(t, apitest.Scenario{As: user, Path: path + "/files", Status: 200, Want: []string{"a/ü.txt", `"previewable":true`, `"previewable":false`, `"state":"stored"`}})
	h.Run(t, apitest.Scenario{As: user, Path: path + "/timeline", Status: 200, Want: []string{`"kind":"submitted"`, `"state":"ready"`}})
	h.Run(t, apitest.Scenario{As: user, Path: path + "/timeline?after=999999", Status: 200, Want: []string{`"events":[]`}})
}

func TestWorkflowOfAJob(t *testing.T) {
	t.Parallel()
	h := apitest.New(t)
	admin := h.Account(models.RoleAdmin)
	job := storetest.Submit(t, h.Store, admin.User.ID, nil)
	path := "/api/v1/jobs/" + job.ID.String() + "/workflow"
	h.Run(t, apitest.Scenario{As: admin, Path: path, Status: 200, Want: []string{
		`"workflowId":"job-` + job.ID.String(), `"state":null`, "http://temporal.test/namespaces/longhaul/workflows/job-",
	}})
	h.Controller.Fail = errors.New("away")
	h.Run(t, apitest.Scenario{As: admin, Path: path, Status: 503, Headers: map[string]string{"Retry-After": "5"}})
}

// What is found when a page is kept is not what is found without.
func TestAPageIsKept(t *testing.T) {
	t.Parallel()
	h := apitest.New(t)
	user := h.Account(models.RoleUser)
	const path, page = "/api/v1/sources/inspect", `"url":"https://example.com/get.php"`
	h.Inspector.Manifest = models.Manifest{Name: "get.php", Size: 7, Files: []models.ManifestFile{{Path: "get.php", Size: 7}}}
	for _, keep := range []string{"true", "false", "true"} {
		h.Run(t, apitest.Scenario{As: user, Method: "POST", Path: path, Body: `{` + page + `,"keepPage":` + keep + `}`, Status: 200})
	}
	if a := h.Inspector.Asked; len(a) != 2 || !a[0].KeepPage || a[1].KeepPage {
		t.Errorf("agents were asked for %+v", a)
	}
	h.Run(t, apitest.Scenario{As: user, Method: "POST", Path: path, Body: `{"magnet":"` + magnet + `","keepPage":true}`, Status: 422, Want: []string{"Only a URL"}})

	job, _, err := h.Store.Jobs.SubmitJob(t.Context(), models.NewJob{
		UserID: user.User.ID, Source: models.Source{Kind: models.SourceURL, URI: "https://example.com/get.php", Name: "get.php"},
	})
	storetest.OK(t, err)
	retry := "/api/v1/jobs/" + job.ID.String() + "/retry?keepPage="
	h.Run(t, apitest.Scenario{As: user, Method: "POST", Path: retry + "true", Status: 409})
	h.Run(t, apitest.Scenario{As: user, Method: "POST", Path: retry + "perhaps", Status: 422})
	if src := storetest.Must[models.Source](t)(h.Store.Worker().Jobs.Source(t.Context(), job.ID)); src.KeepPage {
		t.Error("a refused retry changed the job")
	}
}

func TestInspect(t *testing.T) {
	t.Parallel()
	h := apitest.New(t)
	user, other := h.Account(models.RoleUser), h.Account(models.RoleUser)
	const path = "/api/v1/sources/inspect"
	h.Inspector.Manifest = models.Manifest{Name: "Found", Size: 7, InfoHashV1: hashA, Files: []models.ManifestFile{{Path: "Found/a", Size: 7}}}
	body := `{"magnet":"` + magnet + `"}`
	want := []string{`"name":"Found"`, `"size":7`, `"allowed":true`, `"path":"Found/a"`}
	h.Run(t, apitest.Scenario{As: user, Method: "POST", Path: path, Body: body, Status: 200, Want: want})
	h.Run(t, apitest.Scenario{As: user, Method: "POST", Path: path, Body: body, Status: 200, Want: want})
	if n := len(h.Inspector.Asked); n != 1 {
		t.Errorf("agents were asked %d times, want once", n)
	}
	h.Run(t, apitest.Scenario{As: other, Method: "POST", Path: path, Body: body, Status: 200})
	if n := len(h.Inspector.Asked); n != 2 {
		t.Errorf("one user's inspection was used for another")
	}
	// the submit uses what the inspection found
	h.Run(t, apitest.Scenario{As: user, Method: "POST", Path: "/api/v1/jobs", Body: `{"source":"` + magnet + `"}`, Status: 202, Want: []string{`"size":7`, `"fileCount":1`}})
	h.Run(t, apitest.Scenario{As: user, Method: "POST", Path: path, Body: `{"magnet":"` + magnet + `","url":"http://a.example/"}`, Status: 422})
	h.Run(t, apitest.Scenario{As: user, Method: "POST", Path: path, Body: `{}`, Status: 422})

	blocked := strings.Repeat("d", 40)
	storetest.Must[models.Block](t)(h.Store.Jobs.Admin().Block(t.Context(), models.Actor{Kind: models.ActorConsole}, blocked, false, "court order 4711"))
	h.Run(t, apitest.Scenario{As: user, Method: "POST", Path: path, Body: `{"magnet":"magnet:?xt=urn:btih:` + blocked + `"}`, Status: 200, Want: []string{`"allowed":false`}, Unwant: []string{"4711"}})
	h.Run(t, apitest.Scenario{As: user, Method: "POST", Path: "/api/v1/jobs", Body: `{"source":"magnet:?xt=urn:btih:` + blocked + `"}`, Status: 403, Want: []string{"blocked_content"}})

	h.Inspector.Manifest = models.Manifest{Name: "Huge", Size: apitest.MaxJobBytes + 1, Files: []models.ManifestFile{{Path: "Huge", Size: apitest.MaxJobBytes + 1}}}
	huge := `magnet:?xt=urn:btih:` + strings.Repeat("e", 40)
	h.Run(t, apitest.Scenario{As: user, Method: "POST", Path: path, Body: `{"magnet":"` + huge + `"}`, Status: 200, Want: []string{`"allowed":false`, "1.0 TiB"}})
	h.Run(t, apitest.Scenario{As: user, Method: "POST", Path: "/api/v1/jobs", Body: `{"source":"` + huge + `"}`, Status: 413, Want: []string{"content_too_large"}})

	h.Inspector.Fail = models.Fault(models.ProblemBlockedAddress, "This address is not public.")
	h.Run(t, apitest.Scenario{As: user, Method: "POST", Path: path, Body: `{"url":"http://internal.example/"}`, Status: 403, Want: []string{"blocked_address"}})

	file := apitest.Torrent(t, "Folder", 10, 20)
	contentType, formBody := apitest.Form(t, nil, file)
	asked := len(h.Inspector.Asked)
	h.Run(t, apitest.Scenario{As: user, Method: "POST", Path: path, Header: map[string]string{"Content-Type": contentType}, Body: formBody, Status: 200, Want: []string{`"kind":"torrent"`, `"name":"Folder"`, `"size":30`, "file1.bin"}})
	if len(h.Inspector.Asked) != asked {
		t.Error("a .torrent file was sent to an agent")
	}
}

func TestMethodsAndPaths(t *testing.T) {
	t.Parallel()
	h := apitest.New(t)
	for _, s := range []apitest.Scenario{
		{Path: "/api/v1/nothing", Status: 404},
		{Path: "/api/", Status: 404},
		{Path: "/agent/v1/uploads", Status: 405, Headers: map[string]string{"Allow": "POST"}},
		{Method: "TRACE", Path: "/api/v1/me", Status: 405},
		{Method: "PUT", Path: "/api/v1/jobs", Status: 405},
		{Method: http.MethodPost, Path: "/somewhere", Status: 404},
		{Path: "/api/v1/auth/login", Status: 405},
	} {
		h.Run(t, s)
	}
}
