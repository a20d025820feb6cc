package notices_test

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"

	"longhaul/api"
	"longhaul/api/apitest"
	"longhaul/internal/turnstile"
	"longhaul/internal/turnstile/turnstiletest"
	"longhaul/models"
)

// form is a notice with everything that the law asks for; change alters it.
func form(t *testing.T, change func(map[string]any)) string {
	t.Helper()
	f := map[string]any{
		"key": "3f1c", "name": "Ada Holder", "organisation": "Holder Films", "email": "Ada@Holder.example", "address": "1 Main Street", "phone": "+1 555 0100",
		"goodFaith": true, "accuracy": true, "signature": "Ada Holder", "text": "Please act soon.",
		"claims": []map[string]any{{"work": "The film  “One”", "locations": []string{strings.Repeat("a", 40), " " + strings.Repeat("b", 40)}}},
	}
	if change != nil {
		change(f)
	}
	body, err := json.Marshal(f)
	if err != nil {
		t.Fatal(err)
	}
	return string(body)
}

type sent struct{ Reference, Token string }

func send(t *testing.T, h *apitest.Harness, body string) (out sent) {
	t.Helper()
	apitest.Decode(t, apitest.Ask(t, h, apitest.Caller{}, "takedown", body, 201), &out)
	return out
}

// A notice that anyone sends is recorded once, acknowledged once by mail with none
// of the sender's words, and waits for an administrator. Its link says what became
// of it.
func TestANoticeFromTheForm(t *testing.T) {
	t.Parallel()
	h, nobody := apitest.New(t, apitest.Generous), apitest.Caller{}
	claims := []map[string]any{
		{"work": "The film “One”", "locations": []string{strings.Repeat("a", 40), "https://pirate.example/one"}},
		{"work": "The film “Two”", "locations": []string{strings.Repeat("a", 40), "magnet:?xt=urn:btih:" + strings.Repeat("b", 40)}},
	}
	body := form(t, func(f map[string]any) { f["claims"] = claims })
	n := send(t, h, body)
	if again := send(t, h, body); again != n || !strings.HasPrefix(n.Reference, "LH-") {
		t.Errorf("sent %+v, and again %+v", n, again)
	}
	if mails := h.Mails("ada@holder.example", models.MailNoticeReceived); mails != 1 {
		t.Errorf("%d mails acknowledge it", mails)
	}
	admin := h.Account(models.RoleAdmin)
	list := h.Run(t, apitest.Scenario{As: admin, Path: "/api/v1/admin/notices?open=true", Status: 200, Want: []string{n.Reference, `"channel":"form"`, `"state":"received"`, `"missing":[]`, `"items":3`}})
	var found struct{ Notices []struct{ ID uuid.UUID } }
	apitest.Decode(t, list, &found)
	if len(found.Notices) != 1 {
		t.Fatalf("%d notices", len(found.Notices))
	}
	path := fmt.Sprintf("/api/v1/admin/notices/%s", found.Notices[0].ID)
	h.Run(t, apitest.Scenario{As: admin, Path: path, Status: 200, Want: []string{
		"1. The film “One”", "2. The film “Two”", "Work 1: named things 1, 2.", "Work 2: named things 1, 3.", "Please act soon.", "1 Main Street; phone +1 555 0100",
	}})
	link := fmt.Sprintf(`{"token":%q}`, n.Token)
	apitest.Ask(t, h, nobody, "takedown/status", link, 200, n.Reference, `"state":"received"`, `"blocked":0`)
	h.Run(t, apitest.Scenario{As: admin, Method: "POST", Path: path + "/decide", Body: `{"act":"accept"}`, Status: 200})
	got := apitest.Ask(t, h, nobody, "takedown/status", link, 200, `"state":"accepted"`, `"blocked":3`)
	if strings.Contains(string(got), "@") {
		t.Errorf("the status says %s", got)
	}
	for _, token := range []string{"made-up", n.Token[:len(n.Token)-2] + "AA", n.Reference} {
		apitest.Ask(t, h, nobody, "takedown/status", fmt.Sprintf(`{"token":%q}`, token), 404)
	}
	if log := h.Log.String(); strings.Contains(log, n.Token) || strings.Contains(log, "holder.example") {
		t.Errorf("the log tells of the sender: %s", log)
	}
}

// A notice names a stored file by a download link that the complainant has.
func TestANoticeNamesADownloadLink(t *testing.T) {
	t.Parallel()
	h := apitest.New(t, apitest.Generous)
	owner := h.Account(models.RoleUser)
	job, files := apitest.ReadyJob(t, h, owner.User, map[string][]byte{"a.txt": []byte("theirs")})
	link := apitest.DownloadLink(t, h, owner, "/api/v1/files/"+files[0].ID.String()+"/link", `{}`)
	n := send(t, h, form(t, func(f map[string]any) {
		f["claims"] = []map[string]any{{"work": "A text", "locations": []string{link}}}
	}))
	id := apitest.Value[uuid.UUID](h, "select id from notices where reference = $1", n.Reference)
	h.Run(t, apitest.Scenario{
		As: h.Account(models.RoleAdmin), Method: "POST", Path: fmt.Sprintf("/api/v1/admin/notices/%s/decide", id), Body: `{"act":"accept"}`, Status: 200,
	})
	h.Run(t, apitest.Scenario{As: owner, Method: "POST", Path: "/api/v1/files/" + files[0].ID.String() + "/link", Body: `{}`, Status: 403, Want: []string{"blocked_content"}})
	h.Run(t, apitest.Scenario{As: owner, Path: "/api/v1/notices", Status: 200, Want: []string{"Holder Films", job.Name, `"strikes":1`, `"counts":true`}, Unwant: []string{"ada@", "Main Street"}})
}

// A notice names the page of a share; what it shows is blocked, and a link of its
// visitor stops working. An unknown page gets the same answer.
func TestANoticeNamesThePageOfAShare(t *testing.T) {
	t.Parallel()
	h := apitest.New(t, apitest.Generous)
	owner, admin := h.Account(models.RoleUser), h.Account(models.RoleAdmin)
	job, files := apitest.ReadyJob(t, h, owner.User, map[string][]byte{"a.txt": []byte("theirs"), "b.txt": []byte("own")})
	var share struct{ URL, ID string }
	apitest.Post(t, h, owner, "/api/v1/shares", map[string]any{"name": "Texts", "items": []any{map[string]any{"jobId": job.ID, "indexes": []int{files[0].Index}}}}, 201, &share)
	n := send(t, h, form(t, func(f map[string]any) {
		f["claims"] = []map[string]any{{"work": "A text", "locations": []string{share.URL + "?from=mail#top", share.URL + "x"}}}
	}))
	apitest.Ask(t, h, apitest.Caller{}, "takedown/status", fmt.Sprintf(`{"token":%q}`, n.Token), 200, `"items":2`, `"blocked":0`)
	id := apitest.Value[uuid.UUID](h, "select id from notices where reference = $1", n.Reference)
	path := fmt.Sprintf("/api/v1/admin/notices/%s", id)
	h.Run(t, apitest.Scenario{As: admin, Path: path, Status: 200, Want: []string{
		`"kind":"share"`, `"value":"` + share.ID + `"`, `"name":"Texts"`, `"owner":"` + owner.User.Email + `"`, `"partOf":1`, `"name":"` + files[0].Path + `"`, job.ID.String(),
	}, Unwant: []string{share.URL + `"`, files[1].Path}})
	h.Run(t, apitest.Scenario{As: admin, Method: "POST", Path: path + "/decide", Body: `{"act":"accept"}`, Status: 200})
	for i, status := range []int{403, 200} {
		h.Run(t, apitest.Scenario{As: owner, Method: "POST", Path: "/api/v1/files/" + files[i].ID.String() + "/link", Body: `{}`, Status: status})
	}
	apitest.Ask(t, h, apitest.Caller{}, "takedown/status", fmt.Sprintf(`{"token":%q}`, n.Token), 200, `"items":2`, `"blocked":2`) // the other location is an address to fetch from
}

// What lacks one of the elements of the law is refused, and the field named.
func TestAnIncompleteForm(t *testing.T) {
	t.Parallel()
	h, nobody := apitest.New(t, apitest.Generous), apitest.Caller{}
	for field, change := range map[string]func(map[string]any){
		"signature": func(f map[string]any) { f["signature"] = " " },
		"claims":    func(f map[string]any) { f["claims"] = []map[string]any{{"work": "x", "locations": []string{" "}}} },
		"name":      func(f map[string]any) { f["name"] = " " },
		"goodFaith": func(f map[string]any) { f["goodFaith"] = false },
		"accuracy":  func(f map[string]any) { f["accuracy"] = false },
		"email":     func(f map[string]any) { f["email"] = "no address" },
	} {
		apitest.Ask(t, h, nobody, "takedown", form(t, change), 422, fmt.Sprintf(`"field":%q`, field))
	}
	apitest.Ask(t, h, nobody, "takedown", form(t, func(f map[string]any) {
		f["claims"] = []map[string]any{{"work": "x", "locations": []string{strings.Repeat("x", 5000)}}}
	}), 422, `"field":"claims"`)
	if n := apitest.Value[int](h, "select count(*) from notices"); n != 0 {
		t.Errorf("%d were recorded", n)
	}
}

// The form is limited per network and per address, and asks for a person where the
// deployment checks that.
func TestTheFormIsGuarded(t *testing.T) {
	t.Parallel()
	nobody := apitest.Caller{}
	h := apitest.New(t, apitest.Stingy)
	for i := range 10 {
		status := 201
		if i >= 5 {
			status = 429 // the address has had enough mails
		}
		apitest.Ask(t, h, nobody, "takedown", form(t, func(f map[string]any) { f["key"] = fmt.Sprint(i) }), status)
	}
	apitest.Ask(t, h, nobody, "takedown", form(t, func(f map[string]any) { f["email"] = "other@holder.example" }), 429)
	robots := turnstiletest.New(t)
	h = apitest.New(t, apitest.Generous, func(c *api.Config, d *api.Deps) {
		c.TurnstileSiteKey = "key"
		d.Bots = turnstile.New(turnstiletest.Secret, robots.URL, "app.example", time.Now)
	})
	apitest.Ask(t, h, nobody, "takedown", form(t, nil), 403, "bot_check_failed")
	for action, status := range map[string]int{"login": 403, "notice": 201} {
		apitest.Ask(t, h, nobody, "takedown", form(t, func(f map[string]any) { f["turnstile"] = robots.Answer("app.example", action, time.Now()) }), status)
	}
}
