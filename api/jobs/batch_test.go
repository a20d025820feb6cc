package jobs_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"mime/multipart"
	"net"
	"net/http"
	"strings"
	"testing"
	"time"

	"longhaul/api/apitest"
	"longhaul/internal/store/storetest"
	"longhaul/models"
)

const batchPath = "/api/v1/jobs/batch"

type verdictBody struct {
	Verdict, Name, Code, Detail, Field string
	JobID                              *string
	Finished                           bool
}

// verdictsOf sends a batch and returns what it says of each source.
func verdictsOf(t *testing.T, h *apitest.Harness, s apitest.Scenario) []verdictBody {
	t.Helper()
	s.Method, s.Path, s.Status = http.MethodPost, batchPath, http.StatusAccepted
	var out struct{ Verdicts []verdictBody }
	storetest.OK(t, json.Unmarshal(h.Run(t, s), &out))
	return out.Verdicts
}

func names(list []verdictBody) string {
	var out []string
	for _, v := range list {
		out = append(out, v.Verdict)
	}
	return strings.Join(out, " ")
}

// magnets returns a batch of so many sources that nothing else has.
func magnets(n int) string {
	var list []string
	for i := range n {
		list = append(list, fmt.Sprintf(`{"source":"magnet:?xt=urn:btih:%040x&dn=Name%%20%d"}`, i+1, i))
	}
	return `{"sources":[` + strings.Join(list, ",") + `]}`
}

func TestBatchJudgesEachSource(t *testing.T) {
	t.Parallel()
	h := apitest.New(t, apitest.Generous)
	user, other := h.Account(models.RoleUser), h.Account(models.RoleUser)
	h.Exec(`insert into jobs (id, user_id, source_kind, source_uri, name, info_hash_v1, state, state_since, reason_code, provider, created_at, updated_at, finished_at)
		values (gen_random_uuid(), $1, 'magnet', '', 'Mine', $2, 'ready', now(), 'stored', 'agent', now(), now(), now())`, user.User.ID, strings.Repeat("cd", 20))
	blocked := strings.Repeat("ef", 20)
	h.Exec(`insert into blocks (id, kind, value, reason, actor_kind, created_at) values (gen_random_uuid(), 'hash', $1, 'test', 'console', now())`, blocked)
	body := `{"sources":[
		{"source":"` + magnet + `"},
		{"source":"` + magnet + `&dn=Again"},
		{"source":"hello there"},
		{"source":"magnet:?xt=urn:btih:` + blocked + `"},
		{"source":"magnet:?xt=urn:btih:` + strings.Repeat("cd", 20) + `"},
		{"source":"magnet:?xt=urn:btih:` + strings.Repeat("cd", 20) + `","again":true},
		{"source":"https://downloads.example/a.iso"},
		{"source":"https://downloads.example/a.iso"},
		{"source":"https://downloads.example/b.iso","select":[-1]},
		{"torrent":0},
		{"source":"magnet:?xt=urn:btih:` + strings.Repeat("12", 20) + `","keepPage":true}
	]}`
	got := verdictsOf(t, h, apitest.Scenario{As: user, Body: body})
	const want = "created duplicate invalid blocked duplicate created created duplicate invalid invalid invalid"
	if names(got) != want {
		t.Fatalf("verdicts\n%s\nwant\n%s\n%+v", names(got), want, got)
	}
	if got[1].JobID == nil || *got[1].JobID != *got[0].JobID || got[1].Finished || got[1].Code != "duplicate_job" {
		t.Errorf("the second of a kind is %+v, not a duplicate of %s", got[1], *got[0].JobID)
	}
	if !got[4].Finished || got[4].Name != "Mine" || got[2].Field != "source" || got[8].Field != "select" || got[10].Field != "keepPage" {
		t.Errorf("verdicts %+v", got)
	}
	if v := verdictsOf(t, h, apitest.Scenario{As: other, Body: `{"sources":[{"source":"` + magnet + `"}]}`}); v[0].Verdict != "created" {
		t.Errorf("another user's job is in the way: %+v", v)
	}
	if n := storetest.Count(t, `select count(*) from jobs where user_id = '`+user.User.ID.String()+`'`); n != 4 {
		t.Errorf("%d jobs, want what was there and three", n)
	}
}

func TestBatchTakesTorrentFiles(t *testing.T) {
	t.Parallel()
	h := apitest.New(t, apitest.Generous)
	user := h.Account(models.RoleUser)
	form := func(list string, files ...[]byte) apitest.Scenario {
		var b bytes.Buffer
		w := multipart.NewWriter(&b)
		if list != "" {
			storetest.OK(t, w.WriteField("batch", list))
		}
		for _, file := range files {
			part, err := w.CreateFormFile("torrent", "x.torrent")
			storetest.OK(t, err)
			_, _ = part.Write(file)
		}
		storetest.OK(t, w.Close())
		return apitest.Scenario{As: user, Header: map[string]string{"Content-Type": w.FormDataContentType()}, Body: b.String()}
	}
	one, two, three := apitest.Torrent(t, "One", 10, 20), apitest.Torrent(t, "Two", 10), apitest.Torrent(t, "Three", 10)
	got := verdictsOf(t, h, form(`{"sources":[{"torrent":1},{"torrent":0,"select":[1]},{"source":"`+magnet+`"},{"torrent":2},{"torrent":0,"source":"x"}]}`, one, two))
	if names(got) != "created created created invalid invalid" || got[0].Name != "Two" || got[1].Name != "One" {
		t.Fatalf("verdicts %+v", got)
	}
	if n := storetest.Count(t, `select file_count from jobs where id = '`+*got[1].JobID+`'`); n != 1 {
		t.Errorf("%d files chosen, want 1", n)
	}
	if got := verdictsOf(t, h, form("", three, []byte("d4:infod"), three)); names(got) != "created invalid duplicate" || got[1].Field != "torrent" {
		t.Errorf("without a list: %+v", got)
	}
	many := form("", make([][]byte, 101)...)
	many.Method, many.Path, many.Status = "POST", batchPath, 422
	h.Run(t, many)
	twice := form(`{"sources":[{"torrent":0}]}`, bytes.Repeat([]byte("x"), 25<<20))
	twice.Method, twice.Path, twice.Status = "POST", batchPath, 413
	h.Run(t, twice)
}

func TestBatchIsBounded(t *testing.T) {
	t.Parallel()
	h := apitest.New(t, apitest.Generous)
	user := h.Account(models.RoleUser)
	for _, s := range []apitest.Scenario{
		{Name: "nobody", Body: magnets(1), Status: 401},
		{Name: "none", As: user, Body: `{"sources":[]}`, Status: 422, Want: []string{`"field":"sources"`}},
		{Name: "too many", As: user, Body: magnets(101), Status: 422, Want: []string{`"field":"sources"`}},
		{Name: "unknown field", As: user, Body: `{"sources":[{"source":"x"}],"owner":"me"}`, Status: 422},
		{Name: "not JSON", As: user, Body: `{"sources":`, Status: 422},
		{Name: "too large", As: user, Body: `{"sources":[{"source":"` + strings.Repeat("x", 5<<20) + `"}]}`, Status: 413},
		{Name: "plain text", As: user, Header: map[string]string{"Content-Type": "text/plain"}, Body: "x", Status: 415},
		{Name: "bad key", As: user, Header: map[string]string{"Idempotency-Key": strings.Repeat("k", 256)}, Body: magnets(1), Status: 422},
	} {
		s.Method, s.Path = http.MethodPost, batchPath
		t.Run(s.Name, func(t *testing.T) { h.Run(t, s) })
	}
	if got := verdictsOf(t, h, apitest.Scenario{As: user, Body: magnets(100)}); strings.Count(names(got), "created") != 100 {
		t.Errorf("verdicts %s", names(got))
	}
}

// The same key gets the same verdicts, also after the jobs have gone on.
func TestBatchIsRepeatable(t *testing.T) {
	t.Parallel()
	h := apitest.New(t, apitest.Generous)
	user := h.Account(models.RoleUser)
	body := `{"sources":[{"source":"` + magnet + `"},{"source":"` + magnet + `"},{"source":"hello there"}]}`
	send := apitest.Scenario{As: user, Header: map[string]string{"Idempotency-Key": "one"}, Body: body}
	first := verdictsOf(t, h, send)
	h.Exec("update jobs set state = 'ready', finished_at = now(), admitted_at = null")
	again := verdictsOf(t, h, send)
	if names(again) != "created duplicate invalid" || *again[0].JobID != *first[0].JobID || again[1].Finished {
		t.Errorf("first %+v, then %+v", first, again)
	}
	if n := storetest.Count(t, "select count(*) from jobs"); n != 1 {
		t.Errorf("%d jobs, want 1", n)
	}
	send.Body, send.Method, send.Path, send.Status, send.Want = magnets(1), "POST", batchPath, 409, []string{"idempotency_key_reused"}
	h.Run(t, send)
}

// A batch whose answer was lost before all was done is finished by the next try,
// and no source of it becomes two jobs.
func TestBatchThatWasCutOffIsFinished(t *testing.T) {
	t.Parallel()
	h := apitest.New(t, apitest.Generous)
	user := h.Account(models.RoleUser)
	send := apitest.Scenario{As: user, Header: map[string]string{"Idempotency-Key": "one"}, Body: magnets(5)}
	before := verdictsOf(t, h, send)
	h.Exec("update submit_batches set verdicts = null") // as if the process had been killed before the last statement
	h.Exec("delete from jobs where name in ('Name 3', 'Name 4')")
	h.Exec("delete from idempotency_keys where job_id not in (select id from jobs)")
	after := verdictsOf(t, h, send)
	if names(after) != "created created created created created" || *after[0].JobID != *before[0].JobID {
		t.Fatalf("verdicts %+v", after)
	}
	if n := storetest.Count(t, "select count(*) from jobs"); n != 5 {
		t.Errorf("%d jobs, want 5", n)
	}
}

// A sender that hangs up once its request is there changes nothing.
func TestBatchOutlivesItsConnection(t *testing.T) {
	t.Parallel()
	h := apitest.New(t, apitest.Generous)
	user := h.Account(models.RoleUser)
	body := magnets(60)
	req, err := http.NewRequestWithContext(t.Context(), http.MethodPost, h.AppURL+batchPath, strings.NewReader(body))
	storetest.OK(t, err)
	req.Header.Set("Content-Type", "application/json")
	req.Header.Set("Cookie", "__Host-sid="+user.Cookie)
	conn, err := (&net.Dialer{}).DialContext(t.Context(), "tcp", req.URL.Host)
	storetest.OK(t, err)
	storetest.OK(t, req.Write(conn))
	storetest.OK(t, conn.Close())
	storetest.Eventually(t, time.Minute, func() string {
		if n := storetest.Count(t, "select count(*) from jobs"); n != 60 {
			return fmt.Sprintf("%d jobs", n)
		}
		return ""
	})
}
