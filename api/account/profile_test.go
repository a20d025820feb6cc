package account_test

import (
	"encoding/base64"
	"fmt"
	"strings"
	"testing"

	"golang.org/x/crypto/argon2"

	"longhaul/api/apitest"
	"longhaul/internal/password"
	"longhaul/internal/store/storetest"
	"longhaul/models"
)

func TestChangeOfAddress(t *testing.T) {
	t.Parallel()
	h := apitest.New(t, apitest.Generous)
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
	apitest.Ask(t, h, apitest.Caller{}, "auth/email/confirm", tokenBody(link), 204)
	apitest.Ask(t, h, apitest.Caller{}, "auth/email/confirm", tokenBody(link), 422, "link_not_valid")
	h.Run(t, apitest.Scenario{As: user, Path: "/api/v1/me", Status: 200, Want: []string{`"moved@example.com"`}})
	if a, b := h.Mails(user.User.Email, models.MailEmailChanged), h.Mails("moved@example.com", models.MailEmailIsNew); a != 1 || b != 1 {
		t.Errorf("%d mails to the old address, %d to the new one", a, b)
	}
	apitest.Ask(t, h, apitest.Caller{}, "auth/login", apitest.Credentials(user.User.Email, apitest.Password), 401)
	apitest.Ask(t, h, apitest.Caller{}, "auth/login", apitest.Credentials("moved@example.com", apitest.Password), 200)
}

func TestDeleteAccount(t *testing.T) {
	t.Parallel()
	h := apitest.New(t, apitest.Generous)
	admin, user, other := h.Account(models.RoleAdmin), h.Account(models.RoleUser), h.Account(models.RoleUser)
	ready, _ := apitest.ReadyJob(t, h, user.User, map[string][]byte{"a.txt": []byte("mine")})
	open := storetest.Submit(t, h.Store, user.User.ID, nil)
	kept, _ := apitest.ReadyJob(t, h, other.User, map[string][]byte{"b.txt": []byte("theirs")})
	h.Token(user.User, models.ScopeJobsRead)
	apitest.Ask(t, h, user, "me/delete", `{"email":"`+other.User.Email+`"}`, 422, `"field":"email"`)
	apitest.Ask(t, h, admin, "me/delete", `{"email":"`+admin.User.Email+`"}`, 409, "last_admin")
	apitest.Ask(t, h, user, "me/delete", `{"email":" `+strings.ToUpper(user.User.Email)+`"}`, 204)

	h.Run(t, apitest.Scenario{As: user, Path: "/api/v1/me", Status: 401})
	apitest.Ask(t, h, apitest.Caller{}, "auth/login", apitest.Credentials(user.User.Email, apitest.Password), 401)
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
	work, ctx := h.Store.Worker(), t.Context()
	if _, err := work.Jobs.Transition(ctx, open.ID, models.JobChange{To: models.StateCancelled, Reason: models.Because(models.ReasonCancelled)}); err != nil {
		t.Fatal(err)
	}
	for i, id := range []models.Job{ready, open} {
		if n := apitest.Value[int](h, `select count(*) from users where id = $1`, user.User.ID); n != 1 {
			t.Errorf("the account went before job %d", i)
		}
		if err := work.Jobs.DeleteJobRows(ctx, id.ID); err != nil {
			t.Fatal(err)
		}
	}
	if n := apitest.Value[int](h, `select count(*) from users where id = $1`, user.User.ID); n != 0 {
		t.Error("the row of the account is left")
	}
	if job, err := h.Store.Jobs.Job(ctx, other.User.ID, kept.ID); err != nil || job.UpdatedAt != kept.UpdatedAt {
		t.Errorf("someone else's job was changed: %v", err)
	}
	apitest.Ask(t, h, apitest.Caller{}, "auth/register", apitest.Credentials(user.User.Email, apitest.Password), 202)
	apitest.Ask(t, h, apitest.Caller{}, "auth/verify", verification(h.Link(user.User.Email, models.MailVerify), apitest.Password), 200) // the address is free
}

// A hash of weaker parameters is replaced when its owner signs in.
func TestOldHashesAreRenewed(t *testing.T) {
	t.Parallel()
	h := apitest.New(t, apitest.Generous)
	user := h.Account(models.RoleUser)
	key := argon2.IDKey([]byte(apitest.Password), []byte("sixteen byte salt"), 1, 8<<10, 1, 32)
	weak := fmt.Sprintf("$argon2id$v=19$m=8192,t=1,p=1$%s$%s", rawBase64([]byte("sixteen byte salt")), rawBase64(key))
	h.Exec(`update users set password_hash = $1 where id = $2`, weak, user.User.ID)
	apitest.Ask(t, h, apitest.Caller{}, "auth/login", apitest.Credentials(user.User.Email, apitest.Password), 200)
	h.Settle()
	if now := apitest.Value[string](h, `select password_hash from users where id = $1`, user.User.ID); now == weak || password.NeedsRehash(now) {
		t.Errorf("the hash is %s", now)
	}
	apitest.Ask(t, h, apitest.Caller{}, "auth/login", apitest.Credentials(user.User.Email, apitest.Password), 200)
}

// The address of the last use is shown, and only configured proxies can set it.
func TestSessionsShowTheLastPlace(t *testing.T) {
	t.Parallel()
	h := apitest.New(t)
	user := h.Account(models.RoleUser) // from 192.0.2.1
	h.Run(t, apitest.Scenario{As: user, Path: "/api/v1/auth/sessions", Status: 200, Header: map[string]string{
		"X-Forwarded-For": "203.0.113.9", "X-Real-IP": "203.0.113.9", "Forwarded": "for=203.0.113.9",
	}, Want: []string{`"ip":"127.0.0.1"`}, Unwant: []string{"203.0.113.9"}})
}

func rawBase64(b []byte) string { return base64.RawStdEncoding.EncodeToString(b) }
