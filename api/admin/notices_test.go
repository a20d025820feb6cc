package admin_test

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"longhaul/api/apitest"
	"longhaul/internal/store/storetest"
	"longhaul/internal/token"
	"longhaul/models"
)

const adminNotices = "/api/v1/admin/notices"

type notice struct {
	ID, State, Email, Reference, FirstItem string
	Missing, Acts                          []string
	Overdue, Carried                       bool
	Items                                  int
	Things                                 []struct {
		Value, Refusal, BlockID string
		Jobs                    int
	}
	Counter *struct {
		Account, Name string
		Days          int
		DueAt         time.Time
	}
	Strikes []struct {
		ID, UserID, Email string
		Counts            bool
	}
}

func claim(values ...string) map[string]any {
	return map[string]any{
		"channel": "mail", "name": "Ada Holder", "email": "ada@holder.example", "works": "The film “One”", "goodFaith": true, "accuracy": true,
		"signature": "Ada Holder", "values": values,
	}
}

func statement() map[string]any {
	return map[string]any{
		"name": "Eve Owner", "address": "1 Main Street", "phone": "+1 555 0100", "text": "My own film.", "mistake": true, "jurisdiction": true, "signature": "Eve",
	}
}

// An administrator records a notice, completes it, accepts it and records a
// counter-notice; the owner reads why and objects; the audit log has all of it.
func TestAdminsDecideOnNotices(t *testing.T) {
	t.Parallel()
	h := apitest.New(t)
	admin, owner := h.Account(models.RoleAdmin), h.Account(models.RoleUser)
	job := storetest.Submit(t, h.Store, owner.User.ID, nil)
	in := claim(*job.InfoHashV1, "no host")
	in["signature"], in["reference"] = "", "HF-7"
	var recorded struct {
		Notice notice
		Known  bool
	}
	apitest.Post(t, h, admin, adminNotices, in, http.StatusOK, &recorded)
	n := recorded.Notice
	if n.State != "incomplete" || recorded.Known || strings.Join(n.Missing, " ") != "signature" || n.Items != 2 {
		t.Fatalf("recorded %+v", recorded)
	}
	apitest.Post(t, h, admin, adminNotices, in, http.StatusOK, &recorded)
	if !recorded.Known || recorded.Notice.ID != n.ID {
		t.Errorf("the same reference: %+v", recorded)
	}
	at := adminNotices + "/" + n.ID
	apitest.Post(t, h, admin, at+"/decide", map[string]any{"act": "accept"}, http.StatusConflict, nil)
	apitest.Decode(t, h.Run(t, apitest.Scenario{As: admin, Method: http.MethodPatch, Path: at, Body: `{"signature":"Ada Holder"}`, Status: 200}), &n)
	if n.State != "received" || n.Email != "ada@holder.example" {
		t.Errorf("completed %+v", n)
	}
	apitest.Post(t, h, admin, at+"/decide", map[string]any{"act": "accept"}, http.StatusOK, &n)
	if n.State != "accepted" || !n.Carried || strings.Join(n.Acts, " ") != "counter restore withdraw" {
		t.Errorf("accepted %+v", n)
	}
	get := func() (out notice) {
		t.Helper()
		apitest.Decode(t, h.Run(t, apitest.Scenario{As: admin, Path: at, Status: 200}), &out)
		return out
	}
	if d := get(); len(d.Things) != 2 || d.Things[0].Jobs != 1 || d.Things[1].Refusal == "" || len(d.Strikes) != 1 || d.Strikes[0].Email != owner.User.Email {
		t.Errorf("the notice: %+v", d)
	}
	h.Run(t, apitest.Scenario{As: owner, Path: "/api/v1/notices", Status: 200, Want: []string{job.Name, `"canCounter":true`}})
	other := h.Account(models.RoleUser)
	apitest.Post(t, h, other, "/api/v1/notices/"+n.ID+"/counter", statement(), http.StatusNotFound, nil)
	apitest.Post(t, h, owner, "/api/v1/notices/"+n.ID+"/counter", statement(), http.StatusOK, nil)
	before := get().Counter
	if before == nil || before.Account != owner.User.Email || before.Days != 10 {
		t.Fatalf("the counter-notice: %+v", before)
	}
	apitest.Post(t, h, admin, at+"/counter/extend", map[string]any{"days": 14}, http.StatusOK, nil)
	if after := get().Counter; !after.DueAt.After(before.DueAt) {
		t.Errorf("extended to %+v", after)
	}
	apitest.Post(t, h, admin, at+"/counter", statement(), http.StatusConflict, nil)
	apitest.Post(t, h, admin, at+"/decide", map[string]any{"act": "uphold"}, http.StatusUnprocessableEntity, nil)
	apitest.Post(t, h, admin, at+"/decide", map[string]any{"act": "uphold", "note": "Case 1:26-cv-7"}, http.StatusOK, &n)
	for _, action := range []string{"notice.record", "notice.complete", "notice.decide", "notice.counter", "notice.extend", "notice.read"} {
		h.Run(t, apitest.Scenario{As: admin, Path: "/api/v1/admin/audit?target=" + n.ID + "&action=" + action, Status: 200, Want: []string{n.ID}})
	}
}

// The queue, the export and strikes.
func TestAdminsReadNotices(t *testing.T) {
	t.Parallel()
	h := apitest.New(t)
	admin, owner := h.Account(models.RoleAdmin), h.Account(models.RoleUser)
	job := storetest.Submit(t, h.Store, owner.User.ID, nil)
	var recorded struct{ Notice notice }
	old := claim(*job.InfoHashV1)
	old["receivedAt"] = time.Now().Add(-72 * time.Hour)
	apitest.Post(t, h, admin, adminNotices, old, http.StatusOK, &recorded)
	late := recorded.Notice
	apitest.Post(t, h, admin, adminNotices, claim("example.com"), http.StatusOK, &recorded)
	if !late.Overdue || recorded.Notice.Overdue {
		t.Errorf("overdue: %+v, %+v", late, recorded.Notice)
	}
	var page struct {
		Notices    []notice
		NextCursor string
	}
	apitest.Decode(t, h.Run(t, apitest.Scenario{As: admin, Path: adminNotices + "?open=true&limit=1", Status: 200}), &page)
	if len(page.Notices) != 1 || page.Notices[0].ID != late.ID || page.NextCursor == "" {
		t.Errorf("the queue: %+v", page)
	}
	apitest.Post(t, h, admin, adminNotices+"/"+late.ID+"/decide", map[string]any{"act": "accept"}, http.StatusOK, nil)
	for format, want := range map[string][]string{
		"csv": {"id,channel,state", late.ID + ",mail,accepted", ",1,1,0,0,1,1,false"}, "jsonl": {`"state":"received"`, `"strikes":1`},
	} {
		body := h.Run(t, apitest.Scenario{As: admin, Path: adminNotices + ".csv?format=" + format, Status: 200, Want: want})
		if strings.Contains(string(body), "holder") {
			t.Errorf("the export names the complainant: %s", body)
		}
	}
	var record struct {
		Strikes []struct {
			ID     string
			Counts bool
		}
		Count int
	}
	path := "/api/v1/admin/users/" + owner.User.ID.String() + "/strikes"
	apitest.Decode(t, h.Run(t, apitest.Scenario{As: admin, Path: path, Status: 200}), &record)
	if record.Count != 1 || len(record.Strikes) != 1 || !record.Strikes[0].Counts {
		t.Fatalf("strikes: %+v", record)
	}
	withdraw := "/api/v1/admin/strikes/" + record.Strikes[0].ID + "/withdraw"
	apitest.Post(t, h, admin, withdraw, map[string]any{"reason": "a mistake"}, http.StatusOK, nil)
	apitest.Post(t, h, admin, withdraw, map[string]any{"reason": "a mistake"}, http.StatusConflict, nil)
}

// A download link in a notice stands for its file, also once it expired, and not
// for an address to fetch from.
func TestANoticeNamesADownloadLink(t *testing.T) {
	t.Parallel()
	h := apitest.New(t)
	admin, owner := h.Account(models.RoleAdmin), h.Account(models.RoleUser)
	_, files := apitest.ReadyJob(t, h, owner.User, map[string][]byte{"a.txt": []byte("x"), "b.txt": []byte("y")})
	var link struct{ URL string }
	apitest.Post(t, h, owner, "/api/v1/files/"+files[0].ID.String()+"/link", map[string]any{"disposition": "attachment"}, http.StatusOK, &link)
	payload := make([]byte, 49)
	copy(payload[17:], files[1].ID[:])
	before, _, _ := strings.Cut(link.URL, "/f/")
	expired := before + "/f/" + h.Keys.Sign(token.PurposeFile, payload, time.Now().Add(-time.Hour)) + "/b.txt"
	var recorded struct{ Notice notice }
	apitest.Post(t, h, admin, adminNotices, claim(link.URL, expired, strings.Replace(link.URL, "/f/", "/f/A", 1)), http.StatusOK, &recorded)
	at := adminNotices + "/" + recorded.Notice.ID
	apitest.Post(t, h, admin, at+"/decide", map[string]any{"act": "accept"}, http.StatusOK, nil)
	var d notice
	apitest.Decode(t, h.Run(t, apitest.Scenario{As: admin, Path: at, Status: 200}), &d)
	if len(d.Things) != 3 || d.Things[0].Value != files[0].ID.String() || d.Things[1].Value != files[1].ID.String() || d.Things[0].Jobs*d.Things[1].Jobs != 1 || d.Things[2].Jobs != 0 {
		t.Errorf("it names %+v", d.Things)
	}
}
