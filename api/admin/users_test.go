package admin_test

import (
	"fmt"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"longhaul/api/apitest"
	"longhaul/models"
)

type userRow struct {
	ID, Email, Role, State, Plan, PlanName string
	SecondFactor                           bool
	LastSignInAt                           *time.Time
	RunningJobs, StorageUsed               int64
	StorageLimit                           *int64
}

type userPage struct {
	Users      []userRow
	NextCursor string
	Total      int
}

// allUsers follows the cursors of a list to its end.
func allUsers(t *testing.T, h *apitest.Harness, admin apitest.Caller, query string) (page userPage) {
	t.Helper()
	cursor := ""
	for range 20 {
		var next userPage
		apitest.Decode(t, h.Run(t, apitest.Scenario{As: admin, Path: "/api/v1/admin/users?" + query + "&cursor=" + url.QueryEscape(cursor), Status: 200}), &next)
		page.Users, page.Total = append(page.Users, next.Users...), next.Total
		if cursor = next.NextCursor; cursor == "" {
			return page
		}
	}
	t.Fatalf("%s has no end", query)
	return page
}

// Every order of the list holds every account once, in that order, whatever
// the size of the pages.
func TestAccountsAreSortedAndFiltered(t *testing.T) {
	t.Parallel()
	h := apitest.New(t, apitest.Generous)
	admin := h.Account(models.RoleAdmin)
	const n = 7
	for i := range n {
		u := h.Account(models.RoleUser)
		h.Exec("update users set email = $2 where id = $1", u.User.ID, fmt.Sprintf("%c-user@example.com", 'a'+(i*3)%n))
		h.Exec("update quota_usage set used = $2 where user_id = $1", u.User.ID, 1000*(i%3))
		switch i {
		case 0:
			h.Disable(u.User)
		case 1:
			h.Exec("update users set verified_at = null, last_sign_in_at = null where id = $1", u.User.ID)
		case 2:
			h.Exec("update users set last_sign_in_at = null where id = $1", u.User.ID)
		}
	}
	for _, sort := range []string{"created", "email", "signIn", "storage"} {
		up, down := allUsers(t, h, admin, "limit=2&sort="+sort), allUsers(t, h, admin, "limit=3&sort=-"+sort)
		slices.Reverse(down.Users)
		if len(up.Users) != n+1 || up.Total != n+1 || ids(up.Users) != ids(down.Users) {
			t.Errorf("by %s: up %v\ndown %v", sort, up.Users, down.Users)
		}
		if !slices.IsSortedFunc(up.Users, func(a, b userRow) int {
			switch sort {
			case "email":
				return strings.Compare(a.Email, b.Email)
			case "storage":
				return int(a.StorageUsed - b.StorageUsed)
			case "signIn":
				return int(orZero(a.LastSignInAt).Compare(orZero(b.LastSignInAt)))
			default:
				return 0
			}
		}) {
			t.Errorf("by %s: %v", sort, up.Users)
		}
	}
	for query, want := range map[string]int{
		"state=disabled": 1, "state=unverified": 1, "state=active": n - 1, "role=admin": 1, "role=user": n,
		"q=-user@": n, "q=-USER@&state=active": n - 2, "q=" + url.QueryEscape("%"): 0,
	} {
		if got := allUsers(t, h, admin, "limit=2&"+query); len(got.Users) != want || got.Total != want {
			t.Errorf("%s: %d accounts, %d told, want %d", query, len(got.Users), got.Total, want)
		}
	}
	var first userPage
	apitest.Decode(t, h.Run(t, apitest.Scenario{As: admin, Path: "/api/v1/admin/users?limit=2&sort=email", Status: 200}), &first)
	for _, bad := range []string{"sort=size", "sort=id;drop", "state=gone", "role=root", "limit=101", "sort=-email&cursor=" + first.NextCursor} {
		h.Run(t, apitest.Scenario{As: admin, Path: "/api/v1/admin/users?" + strings.ReplaceAll(bad, ";", "%3B"), Status: 422})
	}
}

func ids(users []userRow) (out string) {
	for _, u := range users {
		out += u.ID + " "
	}
	return out
}

func orZero(t *time.Time) time.Time {
	if t == nil {
		return time.Time{}
	}
	return *t
}

// The list shows what an account has and uses.
func TestAccountsTellWhatTheyUse(t *testing.T) {
	t.Parallel()
	h := apitest.New(t, apitest.Generous)
	admin, user := h.Account(models.RoleAdmin), h.Account(models.RoleUser)
	apitest.ReadyJob(t, h, user.User, map[string][]byte{"a.txt": []byte("12345")})
	h.Run(t, apitest.Scenario{As: admin, Method: "PUT", Path: "/api/v1/admin/users/" + user.User.ID.String() + "/plan", Body: `{"plan":"free"}`, Status: 204})
	h.Exec("update users set totp_secret = 'x', totp_at = now() where id = $1", user.User.ID)
	u := allUsers(t, h, admin, "q="+user.User.Email).Users[0]
	if u.Plan != "free" || u.PlanName != "Free" || u.StorageUsed != 5 || u.StorageLimit == nil || *u.StorageLimit != 20<<30 ||
		!u.SecondFactor || u.State != "active" || u.RunningJobs != 0 || u.LastSignInAt == nil {
		t.Errorf("told of the user: %+v", u)
	}
	if a := allUsers(t, h, admin, "q="+admin.User.Email).Users[0]; a.StorageLimit != nil || a.Plan != "unlimited" {
		t.Errorf("told of the administrator: %+v", a)
	}
}

// An administrator who has just proved who they are can change a role, and no
// session or token opened before gains or keeps rights.
func TestRolesAreChanged(t *testing.T) {
	t.Parallel()
	h := apitest.New(t, apitest.Generous)
	admin, user := h.Account(models.RoleAdmin), h.Account(models.RoleUser)
	reads, administers := h.Token(user.User, models.ScopeJobsRead), h.Token(user.User, models.ScopeJobsRead, models.ScopeAdmin)
	role := func(as, of apitest.Caller, role string, status int, want ...string) {
		t.Helper()
		h.Run(t, apitest.Scenario{As: as, Method: "PUT", Path: "/api/v1/admin/users/" + of.User.ID.String() + "/role", Body: `{"role":"` + role + `"}`, Status: status, Want: want})
	}
	role(admin, admin, "user", 409, "last_admin")
	role(admin, user, "root", 422, `"role"`)
	role(h.Token(admin.User, models.ScopeAdmin), user, "admin", 403, "scope_missing")
	role(user, user, "admin", 403)
	role(admin, user, "admin", 204)
	h.Run(t, apitest.Scenario{As: user, Path: "/api/v1/me", Status: 401})
	h.Run(t, apitest.Scenario{As: administers, Path: "/api/v1/me", Status: 401})
	h.Run(t, apitest.Scenario{As: reads, Path: "/api/v1/me", Status: 200, Want: []string{`"role":"admin"`}})
	again := apitest.Caller{User: user.User, Cookie: h.SignIn(user.User)}
	h.Run(t, apitest.Scenario{As: again, Path: "/api/v1/admin/users", Status: 200})
	role(admin, user, "admin", 204) // changes nothing, and writes nothing
	role(again, admin, "user", 204)
	h.Run(t, apitest.Scenario{As: admin, Path: "/api/v1/me", Status: 401})
	role(again, again, "user", 409, "last_admin")

	disabled, unverified := h.Account(models.RoleUser), h.Account(models.RoleUser)
	h.Disable(disabled.User)
	h.Exec("update users set verified_at = null where id = $1", unverified.User.ID)
	role(again, disabled, "admin", 409, "disabled")
	role(again, unverified, "admin", 409, "not verified")

	var page auditPage
	apitest.Decode(t, h.Run(t, apitest.Scenario{As: again, Path: "/api/v1/admin/audit?action=user.set_role", Status: 200}), &page)
	if len(page.Entries) != 2 {
		t.Fatalf("%d entries, want 2: %+v", len(page.Entries), page.Entries)
	}
	if e := page.Entries[1]; e.ActorName != admin.User.Email || e.TargetName != user.User.Email || e.IP != "127.0.0.1" ||
		e.Before["role"] != "user" || e.After["role"] != "admin" {
		t.Errorf("the promotion is recorded as %+v", e)
	}
}

// Two administrators can't demote each other at the same time.
func TestOneAdministratorStays(t *testing.T) {
	t.Parallel()
	h := apitest.New(t, apitest.Generous)
	a, b := h.Account(models.RoleAdmin), h.Account(models.RoleAdmin)
	done := make(chan struct{})
	for _, pair := range [][2]apitest.Caller{{a, b}, {b, a}} {
		go func() {
			defer func() { done <- struct{}{} }()
			by := models.Actor{Kind: models.ActorAdmin, ID: &pair[0].User.ID}
			_ = h.Store.Accounts.SetUserRole(t.Context(), by, pair[1].User.ID, models.RoleUser)
		}()
	}
	<-done
	<-done
	if n := apitest.Value[int](h, `select count(*) from users where role = 'admin'`); n != 1 {
		t.Errorf("%d administrators are left, want 1", n)
	}
}

func TestAdminsManageUsers(t *testing.T) {
	t.Parallel()
	h := apitest.New(t, apitest.Generous)
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
		apitest.Decode(t, h.Run(t, apitest.Scenario{As: admin, Path: "/api/v1/admin/users?limit=2&cursor=" + cursor, Status: 200}), &page)
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
	apitest.Decode(t, h.Run(t, apitest.Scenario{As: admin, Path: "/api/v1/admin/users?q=" + users[2].User.ID.String()[20:], Status: 200, Unwant: []string{"argon2"}}), &page)
	if len(page.Users) != 1 || page.Users[0].Email != users[2].User.Email {
		t.Errorf("found %+v", page.Users)
	}
	h.Run(t, apitest.Scenario{As: admin, Path: "/api/v1/admin/users?cursor=nonsense", Status: 422})
	of := func(u apitest.Caller, act string) string { return "admin/users/" + u.User.ID.String() + "/" + act }
	apitest.Ask(t, h, admin, of(admin, "disable"), "", 409, "last_admin")
	apitest.Ask(t, h, admin, of(users[0], "disable"), "", 204)
	h.Run(t, apitest.Scenario{As: users[0], Path: "/api/v1/me", Status: 401})
	apitest.Ask(t, h, apitest.Caller{}, "auth/login", apitest.Credentials(users[0].User.Email, apitest.Password), 401)
	apitest.Ask(t, h, admin, of(users[0], "enable"), "", 204)
	apitest.Ask(t, h, apitest.Caller{}, "auth/login", apitest.Credentials(users[0].User.Email, apitest.Password), 200)
	apitest.Ask(t, h, admin, of(users[1], "logout"), "", 204)
	h.Run(t, apitest.Scenario{As: users[1], Path: "/api/v1/me", Status: 401})
	second := h.Account(models.RoleAdmin)
	apitest.Ask(t, h, second, of(admin, "disable"), "", 204)
	apitest.Ask(t, h, second, of(second, "disable"), "", 409, "last_admin")
	if n := apitest.Value[int](h, `select count(*) from audit_log where target_kind = 'user' and actor_kind = 'admin'`); n != 4 {
		t.Errorf("%d acts are in the audit log, want 4", n)
	}
}
