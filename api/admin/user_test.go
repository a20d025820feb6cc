package admin_test

import (
	"encoding/csv"
	"fmt"
	"strings"
	"testing"
	"time"

	"longhaul/api"
	"longhaul/api/apitest"
	"longhaul/internal/store/storetest"
	"longhaul/models"
)

type override struct {
	Limits []struct {
		Limit string
		Value *int64
	}
	Until      *time.Time
	Reason, By string
	CreatedAt  time.Time
}

type userDetail struct {
	userRow
	Limits   struct{ StorageBytes *int64 }
	Override *override
	Usage    struct {
		StorageUsed, StorageReserved, Bandwidth int64
		Files, RunningLimit                     int
	}
	Factors struct {
		TOTP          bool
		Passkeys      []struct{ Name string }
		RecoveryCodes int
	}
	Sessions  []struct{ ID, IP string }
	APITokens []struct {
		ID, Name string
		Scopes   []string
	}
}

func withMail(c *api.Config, _ *api.Deps) { c.Mail = true }

// An administrator gives an account limits of its own; its owner sees that and
// until when.
func TestOverridesAreSetAndSeen(t *testing.T) {
	t.Parallel()
	h := apitest.New(t, apitest.Generous)
	admin, user := h.Account(models.RoleAdmin), h.Account(models.RoleUser)
	path := "/api/v1/admin/users/" + user.User.ID.String()
	send := func(method, body string, status int, want ...string) {
		t.Helper()
		h.Run(t, apitest.Scenario{As: admin, Method: method, Path: path + "/override", Body: body, Status: status, Want: want})
	}
	send("PUT", `{"limits":[],"reason":"x"}`, 422)
	send("PUT", `{"limits":[{"limit":"speed","value":1}],"reason":"x"}`, 422)
	send("PUT", `{"limits":[{"limit":"maxFiles","value":1},{"limit":"maxFiles","value":2}],"reason":"x"}`, 422, "twice")
	send("PUT", `{"limits":[{"limit":"storageBytes","value":5}],"until":"2020-01-01T00:00:00Z","reason":"x"}`, 422, `"until"`)
	send("PUT", `{"limits":[{"limit":"rateLimit","value":65535}],"reason":"x"}`, 422, `"limits"`)
	send("PUT", `{"limits":[{"limit":"rateLimit","value":65536}],"reason":"x"}`, 204)
	h.Run(t, apitest.Scenario{As: user, Path: "/api/v1/usage", Status: 200, Want: []string{`"rateLimit":65536`, `{"limit":"rateLimit","value":65536}`}})
	until := time.Now().Add(time.Hour).UTC().Truncate(time.Second)
	send("PUT", `{"limits":[{"limit":"storageBytes","value":5},{"limit":"maxFiles","value":null}],"until":"`+until.Format(time.RFC3339)+`","reason":"moving house"}`, 204)
	var seen userDetail
	apitest.Decode(t, h.Run(t, apitest.Scenario{As: admin, Path: path, Status: 200}), &seen)
	if o := seen.Override; o == nil || len(o.Limits) != 2 || *o.Limits[0].Value != 5 || o.Limits[1].Value != nil || !o.Until.Equal(until) ||
		o.Reason != "moving house" || o.By != admin.User.Email || *seen.Limits.StorageBytes != 5 || *seen.StorageLimit != 5 {
		t.Errorf("the administrator sees %+v, %+v", seen.Override, seen.Limits)
	}
	h.Run(t, apitest.Scenario{
		As: user, Path: "/api/v1/usage", Status: 200, Want: []string{`"limit":5`, `"override":{"limits":[{"limit":"storageBytes","value":5}`, until.Format(time.RFC3339)},
		Unwant: []string{"moving house", admin.User.Email},
	})
	send("DELETE", "", 204)
	h.Run(t, apitest.Scenario{As: user, Path: "/api/v1/usage", Status: 200, Want: []string{`"override":null`}})
}

func TestAnAccountIsShownWhole(t *testing.T) {
	t.Parallel()
	h := apitest.New(t, apitest.Generous, withMail)
	admin, user := h.Account(models.RoleAdmin), h.Account(models.RoleUser)
	apitest.ReadyJob(t, h, user.User, map[string][]byte{"a.txt": []byte("12345")})
	h.Token(user.User, models.ScopeJobsRead)
	h.Exec("update users set totp_secret = 'x', totp_at = now() where id = $1", user.User.ID)
	path := "/api/v1/admin/users/" + user.User.ID.String()
	var u userDetail
	apitest.Decode(t, h.Run(t, apitest.Scenario{As: admin, Path: path, Status: 200, Unwant: []string{"argon2", "totp_secret"}}), &u)
	if u.Email != user.User.Email || u.Usage.StorageUsed != 5 || u.Usage.Files != 1 || !u.Factors.TOTP || len(u.Sessions) != 1 || len(u.APITokens) != 1 || u.Override != nil {
		t.Fatalf("shown %+v", u)
	}
	act := func(method, below, body string, status int, want ...string) {
		t.Helper()
		h.Run(t, apitest.Scenario{As: admin, Method: method, Path: path + below, Body: body, Status: status, Want: want})
	}
	act("GET", "/mails", "", 200, `"api_token_made"`)
	act("DELETE", "/tokens/"+u.APITokens[0].ID, "", 204)
	act("DELETE", "/tokens/"+u.APITokens[0].ID, "", 404)
	act("DELETE", "/sessions/"+u.Sessions[0].ID, "", 204)
	act("DELETE", "/sessions/"+u.Sessions[0].ID, "", 404)
	h.Run(t, apitest.Scenario{As: user, Path: "/api/v1/me", Status: 401})
	audited := string(h.Run(t, apitest.Scenario{As: admin, Path: "/api/v1/admin/audit?target=" + user.User.ID.String(), Status: 200}))
	for _, want := range []string{`"user.read"`, `"user.end_session"`, `"user.revoke_token"`, `"name":"test"`} {
		if !strings.Contains(audited, want) {
			t.Errorf("the audit log does not tell %s: %s", want, audited)
		}
	}
}

// A lost second factor is reset by another administrator, with a reason, and the
// owner is told.
func TestAdminsResetFactorsAndPasswords(t *testing.T) {
	t.Parallel()
	h := apitest.New(t, apitest.Generous, withMail)
	admin, user := h.Account(models.RoleAdmin), h.Account(models.RoleUser)
	token := h.Token(user.User, models.ScopeJobsRead)
	path := "admin/users/" + user.User.ID.String()
	apitest.Ask(t, h, admin, path+"/reset-factors", `{"reason":"x"}`, 409, "no second factor")
	h.Exec("update users set totp_secret = 'x', totp_at = now() where id = $1", user.User.ID)
	h.Exec("insert into recovery_codes (user_id, hash) values ($1, decode(repeat('ab', 32), 'hex'))", user.User.ID)
	apitest.Ask(t, h, admin, path+"/reset-factors", `{"reason":""}`, 422)
	apitest.Ask(t, h, admin, "admin/users/"+admin.User.ID.String()+"/reset-factors", `{"reason":"x"}`, 409, "your own")
	apitest.Ask(t, h, admin, path+"/reset-factors", `{"reason":"showed a passport"}`, 204)
	for _, c := range []apitest.Caller{user, token} {
		h.Run(t, apitest.Scenario{As: c, Path: "/api/v1/me", Status: 401})
	}
	if n := apitest.Value[int](h, "select count(*) from recovery_codes where user_id = $1", user.User.ID); n != 0 || h.Mails(user.User.Email, models.MailFactorsReset) != 1 {
		t.Errorf("%d recovery codes left, %d mails", n, h.Mails(user.User.Email, models.MailFactorsReset))
	}
	apitest.Ask(t, h, apitest.Caller{}, "auth/login", apitest.Credentials(user.User.Email, apitest.Password), 200, user.User.Email)

	apitest.Ask(t, h, admin, path+"/reset", "", 204)
	h.Settle()
	h.DoAccountRequests(t.Context())
	if h.Mails(user.User.Email, models.MailReset) != 1 {
		t.Error("no link was mailed")
	}
	apitest.Ask(t, h, admin, path+"/disable", "", 204)
	apitest.Ask(t, h, admin, path+"/reset", "", 409, "disabled")
	audited := string(h.Run(t, apitest.Scenario{As: admin, Path: "/api/v1/admin/audit?target=" + user.User.ID.String(), Status: 200}))
	for _, want := range []string{`"user.reset_factors"`, `"totp":true`, "showed a passport", `"user.send_reset"`} {
		if !strings.Contains(audited, want) {
			t.Errorf("the audit log does not tell %s: %s", want, audited)
		}
	}
}

func TestResetsAreLimitedAndNeedMail(t *testing.T) {
	t.Parallel()
	h := apitest.New(t, withMail)
	admin, user := h.Account(models.RoleAdmin), h.Account(models.RoleUser)
	path := "admin/users/" + user.User.ID.String() + "/reset"
	for range 3 {
		apitest.Ask(t, h, admin, path, "", 204)
	}
	apitest.Ask(t, h, admin, path, "", 429)
	without := apitest.New(t, apitest.Generous, func(c *api.Config, _ *api.Deps) { c.Mail = false })
	admin, user = without.Account(models.RoleAdmin), without.Account(models.RoleUser)
	apitest.Ask(t, without, admin, "admin/users/"+user.User.ID.String()+"/reset", "", 409, "can't send mail")
}

func TestAdminsDeleteAccounts(t *testing.T) {
	t.Parallel()
	h := apitest.New(t, apitest.Generous)
	admin, user := h.Account(models.RoleAdmin), h.Account(models.RoleUser)
	job, _ := apitest.ReadyJob(t, h, user.User, map[string][]byte{"a.txt": []byte("12345")})
	path := "admin/users/" + user.User.ID.String() + "/delete"
	apitest.Ask(t, h, admin, path, `{"email":"`+admin.User.Email+`"}`, 422, `"email"`)
	apitest.Ask(t, h, admin, "admin/users/"+admin.User.ID.String()+"/delete", `{"email":"`+admin.User.Email+`"}`, 409)
	apitest.Ask(t, h, admin, path, `{"email":"`+strings.ToUpper(user.User.Email)+`"}`, 204)
	apitest.Ask(t, h, admin, path, `{"email":"`+user.User.Email+`"}`, 404)
	h.Run(t, apitest.Scenario{As: user, Path: "/api/v1/me", Status: 401})
	if apitest.Value[int](h, "select count(*) from jobs where id = $1 and delete_at is null", job.ID) != 0 {
		t.Error("its job is still there")
	}
	h.Run(t, apitest.Scenario{As: admin, Path: "/api/v1/admin/audit?action=user.delete", Status: 200, Want: []string{user.User.ID.String()}, Unwant: []string{user.User.Email}})
}

// Many accounts change plans at once, by name or by a filter, and again without
// an effect. Others stay as they are.
func TestManyAccountsChangePlans(t *testing.T) {
	t.Parallel()
	h := apitest.New(t, apitest.Generous)
	admin := h.Account(models.RoleAdmin)
	const many = 1201
	h.Exec(`insert into users (id, email, password_hash, role, verified_at, created_at)
		select gen_random_uuid(), 'many-' || n || '@example.com', 'x', 'user', now(), now() from generate_series(1, $1) n`, many)
	h.Exec(`insert into plan_assignments (user_id, plan_id, assigned_at) select id, 'free', now() from users where email like 'many-%'`)
	other := h.Account(models.RoleUser)
	type changed struct{ Changed int }
	move := func(body string, status int) (out changed) {
		t.Helper()
		b := apitest.Ask(t, h, admin, "admin/users/plan", body, status)
		if status == 200 {
			apitest.Decode(t, b, &out)
		}
		return out
	}
	move(`{"plan":"pro"}`, 422)
	move(`{"plan":"none","filter":{"q":"many-"}}`, 422)
	if got := move(`{"plan":"pro","filter":{"q":"many-","plan":"free"}}`, 200); got.Changed != many {
		t.Errorf("changed %d", got.Changed)
	}
	if got := move(`{"plan":"pro","filter":{"q":"many-"}}`, 200); got.Changed != 0 {
		t.Errorf("changed %d again", got.Changed)
	}
	if got := move(`{"plan":"free","users":["`+other.User.ID.String()+`","`+apitest.NewID().String()+`"]}`, 200); got.Changed != 1 {
		t.Errorf("changed %d of those named", got.Changed)
	}
	if n := apitest.Value[int](h, `select count(*) from plan_assignments where ended_at is null and plan_id = 'pro' and assigned_by = $1`, admin.User.ID); n != many {
		t.Errorf("%d accounts have the plan", n)
	}
	if n := apitest.Value[int](h, `select sum((after->>'pro')::int) from audit_log where action = 'user.assign_plans' and target_id = 'pro' and (before->>'free') = (after->>'pro')`); n != many {
		t.Errorf("the audit log tells of %d accounts", n)
	}
	if got := allUsers(t, h, admin, "limit=100&plan=free"); got.Total != 1 || len(got.Users) != 1 {
		t.Errorf("%d accounts have the free plan", got.Total)
	}
}

func TestAccountsAreExported(t *testing.T) {
	t.Parallel()
	h := apitest.New(t, apitest.Generous)
	admin := h.Account(models.RoleAdmin)
	for i := range 3 {
		u := h.Account(models.RoleUser)
		h.Exec("update users set email = $2 where id = $1", u.User.ID, fmt.Sprintf("=cmd%d@example.com", i))
	}
	body := h.Run(t, apitest.Scenario{As: admin, Path: "/api/v1/admin/users.csv?q=cmd", Status: 200, Unwant: []string{"argon2"}})
	lines := storetest.Must[[][]string](t)(csv.NewReader(strings.NewReader(string(body))).ReadAll())
	if len(lines) != 4 || lines[0][1] != "email" || lines[1][1] != "'=cmd0@example.com" || lines[3][5] != "unlimited" {
		t.Errorf("exported %q", lines)
	}
	h.Run(t, apitest.Scenario{As: admin, Path: "/api/v1/admin/audit?action=user.export", Status: 200, Want: []string{`"q":"cmd"`}})
	h.Run(t, apitest.Scenario{As: admin, Path: "/api/v1/admin/users.csv?state=gone", Status: 422})
}

// A plan is changed by who has read its version, and shows who has it.
func TestPlansAreRetired(t *testing.T) {
	t.Parallel()
	h := apitest.New(t, apitest.Generous)
	admin, user := h.Account(models.RoleAdmin), h.Account(models.RoleUser)
	apitest.GivePlan(t, h, user, models.Plan{ID: "team", Name: "Team", Public: true})
	send := func(method, path, body string, status int, want ...string) {
		t.Helper()
		h.Run(t, apitest.Scenario{As: admin, Method: method, Path: "/api/v1/admin/plans" + path, Body: body, Status: status, Want: want})
	}
	send("GET", "", "", 200, `"version":1,"retired":false,"users":1`)
	send("GET", "/team/effect?storageBytes=0", "", 200, `"users":1`, `"overStorage":0`)
	send("PATCH", "/team", `{"name":"Teams","version":1}`, 200, `"version":2`)
	send("PATCH", "/team", `{"name":"Old","version":1}`, 409, `"version"`)
	send("PATCH", "/team", `{"retired":true}`, 409, `"retired"`, "plan: 1.")
	apitest.GivePlan(t, h, user, models.Plan{ID: "next", Name: "Next"})
	send("PATCH", "/team", `{"retired":true}`, 200, `"retired":true`)
	h.Run(t, apitest.Scenario{Path: "/api/v1/plans", Status: 200, Unwant: []string{`"team"`}})
	send("PATCH", "/team", `{"retired":false}`, 200, `"retired":false`)
}
