package api_test

import (
	"encoding/base64"
	"fmt"
	"strings"
	"testing"
	"time"

	"golang.org/x/crypto/argon2"

	"longhaul/api/apitest"
	"longhaul/internal/password"
	"longhaul/internal/store/storetest"
	"longhaul/models"
)

// What runs by a credential ends with it, also in another process of the API.
func TestEndedAccessEndsItsStreams(t *testing.T) {
	t.Parallel()
	h := apitest.New(t, generous)
	elsewhere := apitest.New(t, generous) // another process on the same database
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
			as(user, "PUT", "me/password", `{"password":"`+otherPassword+`"}`)(t)
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
			begun := time.Now()
			stream.ended(t)
			t.Logf("the stream ended after %v", time.Since(begun).Round(time.Millisecond))
			h.Run(t, apitest.Scenario{As: live, Path: "/api/v1/me", Status: 401})
			select {
			case _, open := <-calm.messages:
				if !open {
					t.Error("somebody else's stream ended")
				}
			default:
			}
		})
	}
}

func TestChangeOfAddress(t *testing.T) {
	t.Parallel()
	h := apitest.New(t, generous)
	user, other := h.Account(models.RoleUser), h.Account(models.RoleUser)
	change := func(email string, status int) []byte {
		return h.Run(t, apitest.Scenario{As: user, Method: "PUT", Path: "/api/v1/me/email", Body: `{"email":"` + email + `"}`, Status: status})
	}
	taken, free := change(other.User.Email, 202), change("Moved@example.com", 202)
	if string(taken) != string(free) {
		t.Errorf("the answers tell whose addresses there are:\n%s%s", taken, free)
	}
	if n := h.Mails(other.User.Email, models.MailAddressInUse); n != 1 {
		t.Errorf("%d mails to the owner of the taken address", n)
	}
	change(user.User.Email, 422)
	link := h.Link("moved@example.com", models.MailConfirmEmail)
	h.Run(t, apitest.Scenario{As: user, Path: "/api/v1/me", Status: 200, Want: []string{user.User.Email}})
	ask(t, h, apitest.Caller{}, "auth/email/confirm", tokenBody(link), 204)
	ask(t, h, apitest.Caller{}, "auth/email/confirm", tokenBody(link), 422, "link_not_valid")
	h.Run(t, apitest.Scenario{As: user, Path: "/api/v1/me", Status: 200, Want: []string{`"moved@example.com"`}})
	if a, b := h.Mails(user.User.Email, models.MailEmailChanged), h.Mails("moved@example.com", models.MailEmailIsNew); a != 1 || b != 1 {
		t.Errorf("%d mails to the old address, %d to the new one", a, b)
	}
	ask(t, h, apitest.Caller{}, "auth/login", credentials(user.User.Email, apitest.Password), 401)
	ask(t, h, apitest.Caller{}, "auth/login", credentials("moved@example.com", apitest.Password), 200)
}

func TestDeleteAccount(t *testing.T) {
	t.Parallel()
	h := apitest.New(t, generous)
	admin, user, other := h.Account(models.RoleAdmin), h.Account(models.RoleUser), h.Account(models.RoleUser)
	ready, _ := readyJob(t, h, user.User, map[string][]byte{"a.txt": []byte("mine")})
	open := storetest.Submit(t, h.Store, user.User.ID, nil)
	kept, _ := readyJob(t, h, other.User, map[string][]byte{"b.txt": []byte("theirs")})
	h.Token(user.User, models.ScopeJobsRead)
	ask(t, h, user, "me/delete", `{"email":"`+other.User.Email+`"}`, 422, `"field":"email"`)
	ask(t, h, admin, "me/delete", `{"email":"`+admin.User.Email+`"}`, 409, "last_admin")
	ask(t, h, user, "me/delete", `{"email":" `+strings.ToUpper(user.User.Email)+`"}`, 204)

	h.Run(t, apitest.Scenario{As: user, Path: "/api/v1/me", Status: 401})
	ask(t, h, apitest.Caller{}, "auth/login", credentials(user.User.Email, apitest.Password), 401)
	h.Run(t, apitest.Scenario{As: admin, Path: "/api/v1/admin/users", Status: 200, Unwant: []string{user.User.ID.String(), user.User.Email}})
	if n := h.Mails(user.User.Email, models.MailAccountDeleted); n != 1 {
		t.Errorf("%d mails confirm", n)
	}
	if n := apitest.Value[int](h, `select count(*) from outbox where ref = any($1) and kind = 'purge'`, []string{ready.ID.String(), open.ID.String()}); n != 2 {
		t.Errorf("%d of 2 jobs are being purged", n)
	}
	if n := apitest.Value[int](h, `select count(*) from outbox where ref = $1 and kind = 'cancel'`, open.ID); n != 1 {
		t.Error("the running job is not cancelled")
	}
	work, ctx := h.Store.Work(), t.Context()
	if _, err := work.Transition(ctx, open.ID, models.JobChange{To: models.StateCancelled, Reason: "test"}); err != nil {
		t.Fatal(err)
	}
	for i, id := range []models.Job{ready, open} {
		if n := apitest.Value[int](h, `select count(*) from users where id = $1`, user.User.ID); n != 1 {
			t.Errorf("the account went before job %d", i)
		}
		if err := work.DeleteJobRows(ctx, id.ID); err != nil {
			t.Fatal(err)
		}
	}
	if n := apitest.Value[int](h, `select count(*) from users where id = $1`, user.User.ID); n != 0 {
		t.Error("the row of the account is left")
	}
	if job, err := h.Store.Job(ctx, other.User.ID, kept.ID); err != nil || job.UpdatedAt != kept.UpdatedAt {
		t.Errorf("somebody else's job was changed: %v", err)
	}
	ask(t, h, apitest.Caller{}, "auth/register", credentials(user.User.Email, apitest.Password), 202)
	ask(t, h, apitest.Caller{}, "auth/verify", verification(h.Link(user.User.Email, models.MailVerify), apitest.Password), 200) // the address is free
}

func TestAdminsManageUsers(t *testing.T) {
	t.Parallel()
	h := apitest.New(t, generous)
	admin := h.Account(models.RoleAdmin)
	var users []apitest.Caller
	for range 5 {
		users = append(users, h.Account(models.RoleUser))
	}
	var page struct {
		Users      []struct{ ID, Email string }
		NextCursor string
		Total      int
	}
	seen, cursor := map[string]bool{}, ""
	for range 10 {
		page.NextCursor = ""
		decode(t, h.Run(t, apitest.Scenario{As: admin, Path: "/api/v1/admin/users?limit=2&cursor=" + cursor, Status: 200}), &page)
		for _, u := range page.Users {
			if seen[u.ID] {
				t.Errorf("%s is there twice", u.ID)
			}
			seen[u.ID] = true
		}
		if cursor = page.NextCursor; cursor == "" {
			break
		}
	}
	if len(seen) != 6 || page.Total != 6 {
		t.Errorf("%d accounts on all pages, %d told", len(seen), page.Total)
	}
	decode(t, h.Run(t, apitest.Scenario{As: admin, Path: "/api/v1/admin/users?q=" + users[2].User.ID.String()[20:], Status: 200, Unwant: []string{"argon2"}}), &page)
	if len(page.Users) != 1 || page.Users[0].Email != users[2].User.Email {
		t.Errorf("found %+v", page.Users)
	}
	h.Run(t, apitest.Scenario{As: admin, Path: "/api/v1/admin/users?cursor=nonsense", Status: 422})
	of := func(u apitest.Caller, act string) string { return "admin/users/" + u.User.ID.String() + "/" + act }
	ask(t, h, admin, of(admin, "disable"), "", 409, "last_admin")
	ask(t, h, admin, of(users[0], "disable"), "", 204)
	h.Run(t, apitest.Scenario{As: users[0], Path: "/api/v1/me", Status: 401})
	ask(t, h, apitest.Caller{}, "auth/login", credentials(users[0].User.Email, apitest.Password), 401)
	ask(t, h, admin, of(users[0], "enable"), "", 204)
	ask(t, h, apitest.Caller{}, "auth/login", credentials(users[0].User.Email, apitest.Password), 200)
	ask(t, h, admin, of(users[1], "logout"), "", 204)
	h.Run(t, apitest.Scenario{As: users[1], Path: "/api/v1/me", Status: 401})
	second := h.Account(models.RoleAdmin)
	ask(t, h, second, of(admin, "disable"), "", 204)
	ask(t, h, second, of(second, "disable"), "", 409, "last_admin")
	if n := apitest.Value[int](h, `select count(*) from audit_log where target_kind = 'user' and actor_kind = 'admin'`); n != 4 {
		t.Errorf("%d acts are in the audit log, want 4", n)
	}
}

// A hash of weaker parameters is replaced when its owner signs in.
func TestOldHashesAreRenewed(t *testing.T) {
	t.Parallel()
	h := apitest.New(t, generous)
	user := h.Account(models.RoleUser)
	key := argon2.IDKey([]byte(apitest.Password), []byte("sixteen byte salt"), 1, 8<<10, 1, 32)
	weak := fmt.Sprintf("$argon2id$v=19$m=8192,t=1,p=1$%s$%s", rawBase64([]byte("sixteen byte salt")), rawBase64(key))
	h.Exec(`update users set password_hash = $1 where id = $2`, weak, user.User.ID)
	ask(t, h, apitest.Caller{}, "auth/login", credentials(user.User.Email, apitest.Password), 200)
	h.Settle()
	if now := apitest.Value[string](h, `select password_hash from users where id = $1`, user.User.ID); now == weak || password.NeedsRehash(now) {
		t.Errorf("the hash is %s", now)
	}
	ask(t, h, apitest.Caller{}, "auth/login", credentials(user.User.Email, apitest.Password), 200)
}

// The place of the last use is shown, which only configured proxies may name.
func TestSessionsShowTheLastPlace(t *testing.T) {
	t.Parallel()
	h := apitest.New(t)
	user := h.Account(models.RoleUser) // from 192.0.2.1
	h.Run(t, apitest.Scenario{As: user, Path: "/api/v1/auth/sessions", Status: 200, Header: map[string]string{
		"X-Forwarded-For": "203.0.113.9", "X-Real-IP": "203.0.113.9", "Forwarded": "for=203.0.113.9",
	}, Want: []string{`"ip":"127.0.0.1"`}, Unwant: []string{"203.0.113.9"}})
}

func rawBase64(b []byte) string { return base64.RawStdEncoding.EncodeToString(b) }
