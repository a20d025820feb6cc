package api_test

import (
	"maps"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"longhaul/api"
	"longhaul/api/apitest"
	"longhaul/api/kit"
	"longhaul/models"
)

// matrixBodies are requests that get past validation, by operation, where an
// empty one does not.
func matrixBodies() map[string]string {
	link, counter := `{"token":"x"}`, `{"name":"x","address":"x","phone":"x","mistake":true,"jurisdiction":true,"signature":"x"}`
	ask := `{"client":"extension","name":"x","redirectUri":"https://ghiljdkhfeahfigdcoocoimhcghpoopn.chromiumapp.org/","state":"0123456789abcdef","codeChallenge":"47DEQpj8HBSa-_TImW-5JCeuQeRkm5NMpJWZG3hSuFU","scopes":["jobs:read"]}`
	return map[string]string{
		"review-connection": ask, "approve-connection": ask,
		"delete-many-trashed": `{"ids":["00000000-0000-4000-8000-000000000000"]}`, "delete-files": `{"files":["00000000-0000-4000-8000-000000000000"]}`,
		"restore-trash": `{"ids":["00000000-0000-4000-8000-000000000000"]}`, "select-job": `{"indexes":[0]}`, "link-file": `{"disposition":"inline"}`, "enrol-agent": `{"name":"new agent"}`, "limit-agent": `{"rateLimit":0}`,
		"set-agent-pool": `{"pool":""}`, "set-user-pool": `{"pool":"fast"}`,
		"switch-provider": `{"provider":"seedr","confirm":"seedr"}`, "verify-provider": `{"provider":"seedr"}`,
		"move-job": `{"provider":"seedr"}`, "submit-job": `{"source":"x"}`, "submit-jobs": `{"sources":[{"source":"x"}]}`, "inspect-source": `{"source":"x"}`,
		"add-label": `{"name":"x","colour":"red"}`, "change-label": `{"name":"x","colour":"red"}`, "set-job-labels": `{"labels":[]}`, "set-rules": `{}`,
		"start-job-act":   `{"act":"pause","match":{}}`,
		"label-jobs":      `{"jobs":["00000000-0000-4000-8000-000000000000"],"add":["00000000-0000-4000-8000-000000000000"]}`,
		"change-password": `{"password":"x"}`, "change-email": `{"email":"new@example.com"}`, "delete-account": `{"email":"x"}`,
		"make-token": `{"name":"x","scopes":["jobs:read"]}`, "enable-totp": `{"code":"000000"}`, "reauthenticate": `{"password":"x"}`,
		"invite": `{"email":"invited@example.com"}`, "set-registration": `{"mode":"closed"}`, "set-flag": `{"enabled":true}`,
		"create-plan": `{"id":"tried","name":"Tried"}`, "assign-plan": `{"plan":"free"}`, "set-user-role": `{"role":"admin"}`, "update-plan": `{"position":5}`,
		"set-override": `{"limits":[{"limit":"maxFiles","value":null}],"reason":"x"}`, "assign-plan-to-many": `{"plan":"free","filter":{"q":"no such account"}}`,
		"announce": `{"text":"x","level":"info"}`, "reset-user-factors": `{"reason":"x"}`, "delete-user": `{"email":"x"}`,
		"add-passkey": `{"name":"x","credential":{}}`, "rename-passkey": `{"name":"x"}`, "login-passkey": `{"credential":{}}`,
		"confirm-cleanup": `{"confirm":"remove"}`, "verify": `{"token":"x","password":"x"}`, "confirm-email": link, "get-invitation": link,
		"save-playback": `{"position":1,"duration":9}`, "upload-subtitle": `{}`,
		"make-folder": `{"name":"x"}`, "rename-folder": `{"name":"x"}`, "rename-file": `{"name":"x"}`, "link-selection": `{"files":["00000000-0000-4000-8000-000000000000"]}`, "move-files": `{"files":["00000000-0000-4000-8000-000000000000"]}`,
		"record-notice": `{"channel":"mail"}`, "complete-notice": `{}`, "decide-notice": `{"act":"accept"}`, "extend-counter-notice": `{"days":14}`,
		"create-share": `{"name":"x","items":[{"jobId":"00000000-0000-4000-8000-000000000000"}]}`, "update-share": `{"name":"x"}`,
		"record-counter-notice": counter, "send-counter-notice": counter, "withdraw-strike": `{"reason":"x"}`,
		"change-notification-settings": `{"mail":[]}`, "read-notifications": `{}`, "change-webhook": `{"name":"x"}`,
		"create-webhook": `{"name":"x","url":"https://example.com/hook","events":[]}`,
	}
}

const unknownID = "00000000-0000-4000-8000-000000000000"

// filled is a route's path with what stands for its parameters.
func filled(path, id, file string) string {
	return strings.NewReplacer("{id}", id, "{file}", file, "{plan}", "pro", "{feature}", "archives", "{session}", "AAAA", "{sid}", unknownID,
		"{token}", unknownID, "{delivery}", unknownID).Replace(path)
}

// matrixCaller is someone who tries every route.
type matrixCaller struct {
	apitest.Caller
	name  string
	fresh bool           // gets a new session for each route, as some routes end it
	role  models.Role    // of an account that may be used
	scope []models.Scope // of an API token
}

func matrixCallers(h *apitest.Harness) []matrixCaller {
	other, admin, disabled := h.Account(models.RoleUser), h.Account(models.RoleAdmin), h.Account(models.RoleUser)
	disabledToken := h.Token(disabled.User, models.ScopeJobsRead)
	h.Disable(disabled.User)
	unverified := h.Account(models.RoleUser)
	h.Exec("update users set verified_at = null where id = $1", unverified.User.ID)
	out := []matrixCaller{
		{name: "nobody"},
		{name: "disabled", Caller: disabled},
		{name: "disabled's token", Caller: disabledToken},
		{name: "unverified", Caller: unverified},
		{name: "agent", Caller: h.EnrolledAgent()},
		{name: "stale session", Caller: apitest.Caller{Cookie: strings.Repeat("A", 43)}},
		{name: "stale token", Caller: apitest.Caller{Bearer: "lh_" + strings.Repeat("A", 43)}},
		{name: "other", Caller: other, fresh: true, role: models.RoleUser},
		{name: "admin", Caller: admin, fresh: true, role: models.RoleAdmin},
		{name: "both", Caller: apitest.Caller{User: other.User, Bearer: h.Token(other.User, models.Scopes()...).Bearer}, fresh: true},
	}
	for _, s := range models.Scopes() {
		out = append(out, matrixCaller{name: "token " + string(s), Caller: h.Token(other.User, s), role: models.RoleUser, scope: []models.Scope{s}})
	}
	return append(out, matrixCaller{
		name: "admin's token", Caller: h.Token(admin.User, models.ScopeAdmin), role: models.RoleAdmin, scope: []models.Scope{models.ScopeAdmin},
	})
}

// Every route is tried by everyone. A route that has no access, or is not in
// the document, fails; there is no list of exceptions but the static pages.
func TestEveryRouteByEveryCaller(t *testing.T) {
	t.Parallel()
	h := apitest.New(t, apitest.Generous)
	victim := h.Account(models.RoleUser)
	job, files := apitest.ReadyJob(t, h, victim.User, map[string][]byte{"a.txt": []byte("secret")})
	callers, bodies := matrixCallers(h), matrixBodies()
	static := map[string]bool{"GET /openapi.json": true, "GET /docs": true, "GET /docs.css": true}
	tried := 0
	for _, route := range h.Server.Routes() {
		name := route.Method + " " + route.Path
		if route.Operation == "" {
			if !static[name] {
				t.Errorf("%s is not an operation of the document", name)
			}
			continue
		}
		id := apitest.NewID().String()
		switch {
		case strings.HasPrefix(route.Path, "/api/v1/files/"):
			id = files[0].ID.String()
		case strings.HasPrefix(route.Path, "/api/v1/jobs/"):
			id = job.ID.String()
		}
		for _, who := range callers {
			if who.scope != nil && route.Operation == "logout" {
				continue // revokes the token, as TestTokenLogout shows
			}
			body := bodies[route.Operation]
			if body == "" && route.Method != http.MethodGet && route.Access == "public" {
				body = "{}"
			}
			req, err := http.NewRequestWithContext(t.Context(), route.Method, h.AppURL+filled(route.Path, id, files[0].ID.String()), strings.NewReader(body))
			if err != nil {
				t.Fatal(err)
			}
			req.Header.Set("Content-Type", "application/json")
			caller := who.Caller
			if who.fresh {
				caller.Cookie = h.SignIn(caller.User)
			}
			resp := h.Do(caller, req)
			resp.Body.Close()
			tried++
			if want, fits := verdict(route, who); !fits(resp.StatusCode) {
				t.Errorf("%s (%s) as %s: status %d, want %s", name, route.Access, who.name, resp.StatusCode, want)
			}
		}
	}
	t.Logf("%d routes × %d callers: %d requests", len(h.Server.Routes()), len(callers), tried)
	after, err := h.Store.Jobs.Job(t.Context(), victim.User.ID, job.ID)
	if err != nil || after.State != models.StateReady || after.UpdatedAt != job.UpdatedAt {
		t.Errorf("the victim's job was changed: %+v, %v", after, err)
	}
}

// verdict says what a route has to answer a caller who names ids that are
// nobody's or someone else's.
func verdict(route api.Route, who matrixCaller) (string, func(int) bool) {
	is := func(want int) (string, func(int) bool) {
		return http.StatusText(want), func(got int) bool { return got == want }
	}
	allowed := func() (string, func(int) bool) {
		if strings.Contains(route.Path, "{id}") {
			return is(http.StatusNotFound)
		}
		return "no refusal", func(got int) bool {
			return got != http.StatusUnauthorized && got != http.StatusForbidden && got < http.StatusInternalServerError
		}
	}
	switch route.Access {
	case "public":
		return "no credential asked for", func(got int) bool { return got != http.StatusUnauthorized && got < 500 }
	case "agent":
		if who.name == "agent" {
			return "no refusal", func(got int) bool { return got != http.StatusUnauthorized && got != http.StatusForbidden && got < 500 }
		}
		return is(http.StatusUnauthorized)
	}
	if !slices.Contains([]string{"account", "user", "confirmed", "enrol", "enrol-confirmed", "jobs:read", "jobs:write", "files:read", "admin", "admin-sure"}, route.Access) {
		return "a known access", func(int) bool { return false }
	}
	switch {
	case who.name == "both":
		return is(http.StatusBadRequest)
	case who.role == "":
		return is(http.StatusUnauthorized)
	case strings.HasPrefix(route.Access, "admin") && who.role != models.RoleAdmin:
		return is(http.StatusForbidden)
	case who.scope == nil || route.Access == "account" || slices.Contains(who.scope, models.Scope(route.Access)):
		return allowed()
	default:
		return is(http.StatusForbidden)
	}
}

// tokenActs are what an administrator's token may do besides reading: act on
// jobs, block content, and look through storage without removing anything.
func tokenActs() []string {
	return []string{
		"cancel-any-job", "delete-any-job", "move-job", "pause-any-job", "resume-any-job", "retry-any-job", "start-bulk-act", "stop-bulk-act",
		"add-blocks", "lift-block", "record-notice", "complete-notice", "start-cleanup", "stop-cleanup", "start-content-check", "stop-content-check",
	}
}

// The table of access names the operations that exist, no more and no fewer, and
// what an administrator's token reaches is what the table allows. Everything else could hand the system to whoever has the token.
func TestAdminTokensReadAndActOnJobs(t *testing.T) {
	t.Parallel()
	h := apitest.New(t, apitest.Generous)
	admin := h.Account(models.RoleAdmin)
	token := h.Token(admin.User, models.Scopes()...)
	table := kit.AccessTable()
	refused := 0
	for _, route := range h.Server.Routes() {
		if route.Operation == "" {
			continue
		}
		who, stated := table[route.Operation]
		if delete(table, route.Operation); !stated || string(who) != route.Access {
			t.Errorf("%s is %q, and the table says %q", route.Operation, route.Access, who)
		}
		if !strings.HasPrefix(route.Path, "/api/v1/admin/") || route.Method == http.MethodGet || slices.Contains(tokenActs(), route.Operation) {
			continue
		}
		refused++
		path := filled(route.Path, apitest.NewID().String(), unknownID)
		h.Run(t, apitest.Scenario{
			As: token, Method: route.Method, Path: path, Body: matrixBodies()[route.Operation], Status: 403,
			Want: []string{"scope_missing", "Sign in to the web app"},
		})
	}
	if len(table) > 0 || refused < 17 {
		t.Errorf("%d acts were refused; the table also names %v", refused, slices.Sorted(maps.Keys(table)))
	}
	h.Run(t, apitest.Scenario{As: token, Path: "/api/v1/admin/invitations", Status: 200, Want: []string{`"invitations":[]`}})
}

// The OpenAPI document says what each route asks for.
func TestDocumentNamesCredentials(t *testing.T) {
	t.Parallel()
	h := apitest.New(t)
	var doc struct {
		Paths map[string]map[string]struct {
			OperationID string
			Security    []map[string][]string
		}
	}
	apitest.Decode(t, h.Run(t, apitest.Scenario{Path: "/openapi.json", Status: 200}), &doc)
	security := map[string][]map[string][]string{}
	for _, item := range doc.Paths {
		for _, op := range item {
			security[op.OperationID] = op.Security
		}
	}
	for op, want := range map[string]string{
		"submit-job": "jobs:write", "list-jobs": "jobs:read", "stream-events": "jobs:read", "link-file": "files:read", "list-users": "admin",
	} {
		s := security[op]
		if len(s) != 2 || s[0]["session"] == nil || !slices.Equal(s[1]["token"], []string{want}) {
			t.Errorf("%s: %v, want a session or a token with %s", op, s, want)
		}
	}
	if s := security["change-password"]; len(s) != 1 || s[0]["session"] == nil {
		t.Errorf("change-password: %v, want a session alone", s)
	}
}

// A session that proved itself long ago may read, and has to prove itself
// before it takes the account over.
func TestOldSessionsHaveToConfirm(t *testing.T) {
	t.Parallel()
	h := apitest.New(t, apitest.Generous)
	user, admin := h.Account(models.RoleUser), h.Account(models.RoleAdmin)
	h.Exec("update sessions set authenticated_at = $1", h.Store.DB.Now().Add(-11*time.Minute))
	confirmed := 0
	for _, route := range h.Server.Routes() {
		who := user
		if strings.HasPrefix(route.Access, "admin") {
			who = admin
		}
		if !slices.Contains([]string{"confirmed", "enrol-confirmed", "admin-sure"}, route.Access) {
			continue
		}
		confirmed++
		h.Run(t, apitest.Scenario{
			As: who, Method: route.Method, Path: filled(route.Path, apitest.NewID().String(), unknownID),
			Body: matrixBodies()[route.Operation], Status: 403, Want: []string{"reauthentication_required"},
		})
	}
	if confirmed < 28 {
		t.Errorf("only %d routes ask for a confirmation", confirmed)
	}
	const path = "/api/v1/auth/reauthenticate"
	h.Run(t, apitest.Scenario{As: user, Method: "POST", Path: path, Body: `{"password":"wrong"}`, Status: 422, Want: []string{`"field":"password"`}})
	h.Run(t, apitest.Scenario{As: user, Method: "POST", Path: path, Body: `{"code":"123456"}`, Status: 422, Want: []string{"wrong_code"}})
	h.Run(t, apitest.Scenario{As: user, Method: "POST", Path: path, Body: `{}`, Status: 422})
	h.Run(t, apitest.Scenario{As: user, Method: "POST", Path: "/api/v1/auth/tokens", Body: matrixBodies()["make-token"], Status: 403})
	h.Run(t, apitest.Scenario{As: user, Method: "POST", Path: path, Body: `{"password":"` + apitest.Password + `"}`, Status: 204})
	h.Run(t, apitest.Scenario{As: user, Method: "POST", Path: "/api/v1/auth/tokens", Body: matrixBodies()["make-token"], Status: 201})
}

// What a user's answers may hold is what the response types name: none of the
// columns that are the server's own business.
func TestAnswersHoldNoSecrets(t *testing.T) {
	t.Parallel()
	h := apitest.New(t)
	user := h.Account(models.RoleUser)
	const passkey = "0123456789passkey"
	magnet := "magnet:?xt=urn:btih:c12fe1c06bba254a9dc9f519b335aa7c1367a88a&dn=x&tr=http%3A%2F%2Ftracker.example%2F" + passkey + "%2Fannounce"
	h.Run(t, apitest.Scenario{
		As: user, Method: "POST", Path: "/api/v1/jobs", Body: `{"source":"` + magnet + `"}`, Status: 202,
		Unwant: []string{passkey, "tracker.example", "sourceUri", "userId", "user_id", "taskToken", "epoch"},
	})
	h.Run(t, apitest.Scenario{As: user, Path: "/api/v1/jobs", Status: 200, Unwant: []string{passkey, "userId"}})
	if log := h.Log.String(); strings.Contains(log, passkey) || strings.Contains(log, user.Cookie) {
		t.Errorf("the log contains a secret: %s", log)
	}
}

func TestAdminsMayHaveToEnrol(t *testing.T) {
	t.Parallel()
	var clock apitest.Clock
	h := apitest.New(t, apitest.Generous, clock.Option, func(c *api.Config, _ *api.Deps) { c.RequireAdminTOTP = true })
	admin, user := h.Account(models.RoleAdmin), h.Account(models.RoleUser)
	h.Run(t, apitest.Scenario{As: user, Path: "/api/v1/jobs", Status: 200})
	h.Run(t, apitest.Scenario{As: admin, Path: "/api/v1/me", Status: 200, Want: []string{`"secondFactorRequired":true`}})
	tok := h.Token(admin.User, models.ScopeAdmin)
	for _, route := range h.Server.Routes() {
		if route.Access == "public" || route.Access == "agent" || route.Access == "account" || strings.HasPrefix(route.Access, "enrol") || route.Access == "" {
			continue
		}
		path := strings.ReplaceAll(route.Path, "{id}", apitest.NewID().String())
		h.Run(t, apitest.Scenario{As: admin, Method: route.Method, Path: path, Body: matrixBodies()[route.Operation], Status: 403, Want: []string{"second_factor_required"}})
	}
	h.Run(t, apitest.Scenario{As: tok, Path: "/api/v1/admin/users", Status: 403, Want: []string{"second_factor_required"}})
	clock.Enrol(t, h, admin)
	h.Run(t, apitest.Scenario{As: admin, Path: "/api/v1/admin/users", Status: 200})
	h.Run(t, apitest.Scenario{As: tok, Path: "/api/v1/admin/users", Status: 200})
}
