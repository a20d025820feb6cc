package admin_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"

	"longhaul/api/apitest"
	"longhaul/models"
)

type auditPage struct {
	Entries []struct {
		ID                                      int64
		ActorKind, Action, TargetKind, TargetID string
		ActorID                                 *uuid.UUID
		ActorName, TargetName                   string
		IP, Hash                                string
		Before, After                           map[string]any
	}
	NextCursor string
}

func TestAdminActsAreAudited(t *testing.T) {
	t.Parallel()
	h := apitest.New(t)
	admin, agent := h.Account(models.RoleAdmin), h.EnrolledAgent()
	base := "/api/v1/admin/agents/"
	h.Run(t, apitest.Scenario{As: admin, Method: "POST", Path: base + "enrol", Body: `{"name":"attic"}`, Status: 201})
	for _, act := range []string{"cordon", "cordon", "uncordon", "drain"} { // the second cordon changes nothing
		h.Run(t, apitest.Scenario{As: admin, Method: "POST", Path: base + agent.Agent.ID.String() + "/" + act, Status: 204})
	}
	body := h.Run(t, apitest.Scenario{
		As: admin, Path: "/api/v1/admin/audit?limit=4", Status: 200,
		Unwant: []string{agent.Bearer, admin.Cookie, "credentialHash", "passwordHash", "prevHash"},
	})
	var page auditPage
	apitest.Decode(t, body, &page)
	var acts []string
	for _, e := range page.Entries {
		acts = append(acts, e.Action)
		if e.ActorKind != "admin" || e.ActorID == nil || *e.ActorID != admin.User.ID || e.IP != "127.0.0.1" || len(e.Hash) != 64 {
			t.Errorf("who and where: %+v", e)
		}
	}
	if got := strings.Join(acts, " "); got != "agent.drain agent.uncordon agent.cordon agent.make_enrolment_token" {
		t.Errorf("acts: %s", got)
	}
	if e := page.Entries[1]; e.TargetKind != "agent" || e.TargetID != agent.Agent.ID.String() || e.Before["state"] != "cordoned" || e.After["state"] != "active" {
		t.Errorf("what: %+v", e)
	}
	var rest, one auditPage
	apitest.Decode(t, h.Run(t, apitest.Scenario{As: admin, Path: "/api/v1/admin/audit?cursor=" + page.NextCursor, Status: 200}), &rest)
	if len(rest.Entries) != 2 || rest.Entries[0].Action != "agent.enrol" || rest.NextCursor != "" {
		t.Errorf("the second page: %+v", rest)
	}
	apitest.Decode(t, h.Run(t, apitest.Scenario{
		As: admin, Status: 200,
		Path: "/api/v1/admin/audit?action=agent&targetKind=agent&target=attic&actor=" + admin.User.ID.String() + "&from=2020-01-01T00:00:00Z",
	}), &one)
	if len(one.Entries) != 1 || one.Entries[0].After["name"] != "attic" {
		t.Errorf("filtered: %+v", one)
	}
	for query, want := range map[string]int{
		"actor=" + admin.User.Email: 4, "actor=" + agent.Agent.Name: 1, "actor=nobody@example.com": 0,
		"target=" + agent.Agent.Name: 5, "target=attic": 1,
	} {
		var named auditPage
		apitest.Decode(t, h.Run(t, apitest.Scenario{As: admin, Path: "/api/v1/admin/audit?" + query, Status: 200}), &named)
		if len(named.Entries) != want {
			t.Errorf("%s: %d entries, want %d", query, len(named.Entries), want)
		}
		for _, e := range named.Entries {
			if strings.HasPrefix(query, "target="+agent.Agent.Name) && e.TargetName != agent.Agent.Name && e.TargetID != agent.Agent.Name {
				t.Errorf("the target of %+v has no name", e)
			}
			if e.ActorKind == "admin" && e.ActorName != admin.User.Email {
				t.Errorf("the actor of %+v has no name", e)
			}
		}
	}
	h.Run(t, apitest.Scenario{As: admin, Path: "/api/v1/admin/audit/verify", Status: 200, Want: []string{`"intact":true`, `"entries":6`}})
	for _, bad := range []string{"cursor=x", "cursor=-1", "limit=0", "limit=1000", "from=yesterday"} {
		h.Run(t, apitest.Scenario{As: admin, Path: "/api/v1/admin/audit?" + bad, Status: 422})
	}
}

func TestTamperedAuditLogIsReported(t *testing.T) {
	t.Parallel()
	h := apitest.New(t)
	admin := h.Account(models.RoleAdmin)
	h.EnrolledAgent()
	h.Exec("alter table audit_log disable trigger audit_log_append_only")
	h.Exec("update audit_log set actor_kind = 'system' where id = 1")
	h.Run(t, apitest.Scenario{
		As: admin, Path: "/api/v1/admin/audit/verify", Status: 200,
		Want: []string{`"intact":false`, `"brokenId":1`, "changed after it was written"},
	})
}

// Refused requests are recorded whichever handler refuses them, and a flood of
// them is one event a minute.
func TestRefusalsAreSecurityEvents(t *testing.T) {
	t.Parallel()
	h := apitest.New(t)
	admin, user := h.Account(models.RoleAdmin), h.Account(models.RoleUser)
	stale := apitest.Caller{Cookie: strings.Repeat("A", 43)}
	agent := map[string]string{"User-Agent": "curl/8\n"[:6]}
	for range 30 {
		h.Run(t, apitest.Scenario{As: stale, Path: "/api/v1/me", Header: agent, Status: 401})
		h.Run(t, apitest.Scenario{As: user, Path: "/api/v1/admin/audit", Header: agent, Status: 403})
		h.Run(t, apitest.Scenario{
			As: user, Method: "POST", Path: "/api/v1/jobs", Body: `{"source":"x"}`, Status: 403,
			Header: map[string]string{"Origin": "https://evil.example", "Sec-Fetch-Site": "cross-site"},
		})
		h.Run(t, apitest.Scenario{Path: "/api/v1/me", Status: 401}) // no credentials were sent
	}
	limited := 0
	for range 200 {
		req, err := http.NewRequestWithContext(t.Context(), http.MethodPost, h.AppURL+"/agent/v1/register",
			strings.NewReader(`{"token":"x","url":"http://127.0.0.1:7300","capacity":1,"version":"1"}`))
		if err != nil {
			t.Fatal(err)
		}
		req.Header.Set("Content-Type", "application/json")
		resp := h.Do(apitest.Caller{}, req)
		resp.Body.Close()
		if resp.StatusCode == http.StatusTooManyRequests {
			limited++
		}
	}
	if limited == 0 {
		t.Fatal("nothing was limited")
	}
	h.Settle()
	var page struct {
		Events []struct {
			Kind, IP, Detail, UserAgent string
			UserID                      *uuid.UUID
		}
	}
	apitest.Decode(t, h.Run(t, apitest.Scenario{
		As: admin, Path: "/api/v1/admin/security-events", Status: 200, Unwant: []string{stale.Cookie, user.Cookie},
	}), &page)
	seen := map[string]int{}
	for _, e := range page.Events {
		seen[e.Kind+" "+e.Detail]++
		if e.IP != "127.0.0.1" {
			t.Errorf("from %q", e.IP)
		}
		if e.Kind == "access_refused" && (e.UserID == nil || *e.UserID != user.User.ID || e.UserAgent != "curl/8") {
			t.Errorf("by whom: %+v", e)
		}
	}
	want := map[string]int{
		"credential_refused GET /api/v1/me": 1, "access_refused GET /api/v1/admin/audit": 1, "cross_origin POST /api/v1/jobs": 1,
		"token_refused POST /agent/v1/register": 1, "rate_limited POST /agent/v1/register": 1,
	}
	if fmt.Sprint(seen) != fmt.Sprint(want) {
		t.Errorf("recorded %v, want %v", seen, want)
	}
	for query, n := range map[string]int{"kind=cross_origin": 1, "user=" + user.User.ID.String(): 1, "user=" + user.User.Email: 1, "user=nobody": 0, "ip=192.0.2.1": 0, "limit=2": 2} {
		apitest.Decode(t, h.Run(t, apitest.Scenario{As: admin, Path: "/api/v1/admin/security-events?" + query, Status: 200}), &page)
		if len(page.Events) != n {
			t.Errorf("%s: %d events, want %d", query, len(page.Events), n)
		}
	}
}

// Admins see a mail's delivery state, but not its text or link.
func TestAdminsSeeMails(t *testing.T) {
	t.Parallel()
	h := apitest.New(t)
	admin, user := h.Account(models.RoleAdmin), h.Account(models.RoleUser)
	token := uuid.New()
	for range 2 {
		m := models.Mail{ID: h.Store.DB.NewID(), UserID: &user.User.ID, To: user.User.Email, Kind: models.MailReset, TokenID: &token, Params: map[string]string{"ip": "canary"}}
		if err := h.Store.Mails.QueueMail(t.Context(), m); err != nil {
			t.Fatal(err)
		}
		if err := h.Store.Worker().Mails.MailFailed(t.Context(), m.ID, "The mail provider answered 422."); err != nil {
			t.Fatal(err)
		}
	}
	h.Run(t, apitest.Scenario{
		As: admin, Path: "/api/v1/admin/mails?state=failed&limit=1", Status: 200,
		Want:   []string{user.User.Email, `"kind":"reset_password"`, `"state":"failed"`, "answered 422"},
		Unwant: []string{h.Keys.OneTime(token), token.String(), "canary", "token"},
	})
	h.Run(t, apitest.Scenario{As: admin, Path: "/api/v1/admin/mails?state=sent", Status: 200, Unwant: []string{user.User.Email}})
	h.Run(t, apitest.Scenario{As: admin, Path: "/api/v1/admin/mails?before=2020-01-01T00:00:00Z", Status: 200, Unwant: []string{user.User.Email}})
}

// A mail records when its link expires, so that no mail goes out with a dead
// link; the database stores neither link nor token.
func TestResetMailEndsWithItsLink(t *testing.T) {
	t.Parallel()
	h := apitest.New(t)
	user := h.Account(models.RoleUser)
	h.Run(t, apitest.Scenario{Method: "POST", Path: "/api/v1/auth/reset", Body: `{"email":"` + user.User.Email + `"}`, Status: 202})
	h.Settle() // the mail is queued in the background
	mails, err := h.Store.Mails.Mails(t.Context(), models.MailQueued, time.Time{}, 10)
	if err != nil || len(mails) != 1 {
		t.Fatalf("mails %+v, %v", mails, err)
	}
	m := mails[0]
	if m.To != user.User.Email || m.TokenID == nil || m.ExpiresAt == nil || m.ExpiresAt.Sub(m.CreatedAt).Round(time.Minute) != 30*time.Minute {
		t.Errorf("mail %+v", m)
	}
	if text := fmt.Sprintf("%+v", m); strings.Contains(text, h.Keys.OneTime(*m.TokenID)) {
		t.Errorf("the row holds the token: %s", text)
	}
}
