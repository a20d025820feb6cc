package live_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/google/uuid"

	"longhaul/api/apitest"
	"longhaul/models"
)

// What runs by a credential ends with it, also in another process of the API.
func TestEndedAccessEndsItsStreams(t *testing.T) {
	t.Parallel()
	h := apitest.New(t, apitest.Generous)
	elsewhere := apitest.New(t, apitest.Generous) // another process on the same database
	admin := h.Account(models.RoleAdmin)
	type act func(t *testing.T, user, live apitest.Caller)
	session := func(u models.User) apitest.Caller { return apitest.Caller{User: u, Cookie: h.SignIn(u)} }
	token := func(u models.User) apitest.Caller { return h.Token(u, models.ScopeJobsRead) }
	as := func(who apitest.Caller, method, path, body string) func(t *testing.T) {
		return func(t *testing.T) {
			elsewhere.Run(t, apitest.Scenario{As: who, Method: method, Path: "/api/v1/" + path, Body: body, Status: 204})
		}
	}
	for name, c := range map[string]struct {
		live func(models.User) apitest.Caller
		end  act
	}{
		"signed out": {session, func(t *testing.T, _, live apitest.Caller) { as(live, "POST", "auth/logout", "")(t) }},
		"others":     {session, func(t *testing.T, user, _ apitest.Caller) { as(user, "DELETE", "auth/sessions/others", "")(t) }},
		"password": {session, func(t *testing.T, user, _ apitest.Caller) {
			as(user, "PUT", "me/password", `{"password":"`+apitest.OtherPassword+`"}`)(t)
		}},
		"token signs out": {token, func(t *testing.T, _, live apitest.Caller) { as(live, "POST", "auth/logout", "")(t) }},
		"token revoked": {token, func(t *testing.T, user, _ apitest.Caller) {
			id := apitest.Value[string](h, `select id::text from api_tokens where user_id = $1`, user.User.ID)
			as(user, "DELETE", "auth/tokens/"+id, "")(t)
		}},
		"disabled": {token, func(t *testing.T, user, _ apitest.Caller) {
			as(admin, "POST", "admin/users/"+user.User.ID.String()+"/disable", "")(t)
		}},
		"logged out by an administrator": {session, func(t *testing.T, user, _ apitest.Caller) {
			as(admin, "POST", "admin/users/"+user.User.ID.String()+"/logout", "")(t)
		}},
		"account deleted": {session, func(t *testing.T, user, _ apitest.Caller) {
			as(user, "POST", "me/delete", `{"email":"`+user.User.Email+`"}`)(t)
		}},
	} {
		t.Run(name, func(t *testing.T) {
			user := h.Account(models.RoleUser)
			live, bystander := c.live(user.User), h.Account(models.RoleUser)
			stream, calm := listen(t, h, live, ""), listen(t, h, bystander, "")
			stream.next(t, "")
			calm.next(t, "")
			c.end(t, user, live)
			started := time.Now()
			stream.ended(t)
			t.Logf("the stream ended after %v", time.Since(started).Round(time.Millisecond))
			h.Run(t, apitest.Scenario{As: live, Path: "/api/v1/me", Status: 401})
			select {
			case _, open := <-calm.messages:
				if !open {
					t.Error("someone else's stream ended")
				}
			default:
			}
		})
	}
}

// What changes of an account beside its jobs is told to all streams of the account,
// and to no other.
func TestChangesReachTheOtherTabs(t *testing.T) {
	t.Parallel()
	h := apitest.New(t, apitest.Generous)
	user, other := h.Account(models.RoleUser), h.Account(models.RoleUser)
	job, _ := apitest.ReadyJob(t, h, user.User, map[string][]byte{"a.txt": []byte("x")})
	mine, theirs := listen(t, h, user, ""), listen(t, h, other, "")
	mine.next(t, "")
	theirs.next(t, "")
	share := fmt.Sprintf(`{"name":"Texts","items":[{"jobId":%q}]}`, job.ID)
	for _, act := range []struct{ method, path, body, part string }{
		{"POST", "/api/v1/library/folders", `{"name":"Films"}`, "library"},
		{"POST", "/api/v1/labels", `{"name":"Work","colour":"blue"}`, "labels"},
		{"POST", "/api/v1/shares", share, "shares"},
	} {
		h.Run(t, apitest.Scenario{As: user, Method: act.method, Path: act.path, Body: act.body, Status: 201})
		if m := mine.next(t, "changed"); m.data != fmt.Sprintf(`{"part":%q}`, act.part) {
			t.Errorf("after %s told %+v", act.path, m)
		}
	}
	id := apitest.Value[uuid.UUID](h, "select id from shares where user_id = $1", user.User.ID)
	h.Run(t, apitest.Scenario{As: user, Method: "DELETE", Path: "/api/v1/shares/" + id.String(), Status: 204})
	if m := mine.next(t, "changed"); m.data != `{"part":"shares"}` {
		t.Errorf("after the share was revoked told %+v", m)
	}
	h.Run(t, apitest.Scenario{As: other, Method: "POST", Path: "/api/v1/labels", Body: `{"name":"Own","colour":"red"}`, Status: 201})
	if m := theirs.next(t, "changed"); m.data != `{"part":"labels"}` {
		t.Errorf("the other account was told %+v", m)
	}
}

// An announcement reaches everyone who listens, in every process, and says only
// that there is something to read.
func TestAnnouncementsReachEveryStream(t *testing.T) {
	t.Parallel()
	h := apitest.New(t, apitest.Generous)
	admin, user := h.Account(models.RoleAdmin), h.Account(models.RoleUser)
	first, second := listen(t, h, user, ""), listen(t, h, admin, "")
	first.next(t, "")
	second.next(t, "")
	h.Run(t, apitest.Scenario{As: admin, Method: "PUT", Path: "/api/v1/admin/announcement", Body: `{"text":"Maintenance tonight.","level":"warning"}`, Status: 204})
	for _, l := range []*listener{first, second} {
		if m := l.next(t, "announcement"); m.data != "{}" || m.id != "" {
			t.Errorf("told %+v", m)
		}
	}
}
