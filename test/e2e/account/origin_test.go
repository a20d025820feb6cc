//go:build e2e

package account

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"time"

	"longhaul/test/harness"
)

// try is a request that a page of another origin makes.
type try struct {
	Method string         `json:"method"`
	Path   string         `json:"path"`
	Body   map[string]any `json:"body,omitempty"`
}

// otherOrigins lets pages of another site, and of another origin of the same
// site, use every state-changing route with an administrator's cookie.
func (s site) otherOrigins(t *testing.T) {
	elsewhere := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/html")
		_, _ = io.WriteString(w, "<!doctype html><link rel=icon href=data:,><body>Win a prize</body>")
	}))
	t.Cleanup(elsewhere.Close)
	tries := s.tries(t)
	list, err := json.Marshal(tries)
	if err != nil {
		t.Fatal(err)
	}
	before := s.state(t)
	var saw struct {
		Statuses map[string]int `json:"statuses"` // answers to what changes state
		Cookies  int            `json:"cookies"`  // how many of these requests had the session
		Own      int            `json:"own"`      // the first try from the app's own page
		Faults   []string       `json:"faults"`
	}
	browse(t, &saw, "other-origin.mjs", s.ready.App, s.answers, harness.AdminEmail, harness.AdminPassword, elsewhere.URL, string(list))
	t.Logf("%d routes; answers by status %v, %d with the session's cookie", len(tries), saw.Statuses, saw.Cookies)
	if len(saw.Statuses) != 1 || saw.Statuses["403"] < 2*len(tries) {
		t.Errorf("other origins' requests were answered %v, want 403 alone", saw.Statuses)
	}
	if saw.Cookies == 0 {
		t.Error("no request had the session: nothing was shown")
	}
	if len(saw.Faults) > 0 {
		t.Errorf("the pages logged errors: %q", saw.Faults)
	}
	after := s.state(t)
	if saw.Own != http.StatusCreated {
		t.Errorf("the same request of the app's own page is answered with %d: the tries prove nothing", saw.Own)
	}
	for _, table := range unchanged {
		was, is := before[table], after[table]
		switch table {
		case "api_tokens", "mails": // the own page's token, and the mail about it
			if n := strings.Count(is, "\n") - strings.Count(was, "\n"); n != 1 {
				t.Errorf("table %s has %d new rows, want the own page's", table, n)
			}
		default:
			if is != was {
				t.Errorf("table %s is changed:\n%s\nbefore:\n%s", table, is, was)
			}
		}
	}
}

// unchanged are the tables that the state-changing routes write to.
var unchanged = []string{
	"users", "account_requests", "one_time_tokens", "api_tokens", "passkeys", "passkey_challenges", "connection_codes", "recovery_codes", "account_settings", "plans", "plan_assignments", "provider_configs",
	"flag_rules", "plan_overrides", "announcement", "notices", "strikes", "blocks", "mails", "enrolment_tokens", "inspections", "audit_log", "quota_ledger", "idempotency_keys", "jobs", "job_events", "files",
}

// state returns the rows of each table that must not change.
func (s site) state(t *testing.T) map[string]string {
	t.Helper()
	out := map[string]string{}
	for _, table := range unchanged {
		// The administrator's own sign-in is noted, and mailed as one from a new device.
		from := `select (to_jsonb(t) - 'last_sign_in_at')::text as row from ` + table + " t"
		switch table {
		case "mails":
			from += " where kind <> 'new_device'"
		case "audit_log": // a page may send the browser to a list, as a link does, and that someone looked is noted
			from += " where action <> 'notice.read'"
		}
		var rows string
		err := s.stack.DB.QueryRow(t.Context(), `select coalesce(string_agg(row, e'\n' order by row) || e'\n', '') from (`+from+`) r`).Scan(&rows)
		if err != nil {
			t.Fatalf("%s: %v", table, err)
		}
		out[table] = rows
	}
	return out
}

// tries returns a request that would work for each state-changing route that
// browsers use; the first makes an API token.
func (s site) tries(t *testing.T) []try {
	t.Helper()
	var doc struct {
		Paths map[string]map[string]json.RawMessage `json:"paths"`
	}
	if err := s.stack.Client.Do(t.Context(), http.MethodGet, "/openapi.json", nil, &doc); err != nil {
		t.Fatal(err)
	}
	job, file, user := s.victims(t)
	bodies := map[string]map[string]any{
		"/admin/agents/enrol": {"name": "theirs"}, "/admin/invitations": {"email": "theirs@longhaul.test", "role": "admin"},
		"/admin/plans": {"id": "theirs", "name": "Theirs"}, "/admin/registration": {"mode": "closed"},
		"/admin/providers/switch": {"provider": "agent", "confirm": "agent"}, "/auth/tokens": {"name": "theirs", "scopes": []string{"jobs:read"}},
		"/auth/login":    {"email": harness.AdminEmail, "password": harness.AdminPassword},
		"/auth/register": {"email": "theirs@longhaul.test", "password": "walnut ladder over the quiet harbour"},
		"/auth/reset":    {"email": harness.AdminEmail}, "/jobs": {"source": "http://127.0.0.1:9/theirs.bin"},
		"/me/delete": {"email": harness.AdminEmail}, "/me/email": {"email": "theirs@longhaul.test"},
		"/me/password": {"password": "walnut ladder over the quiet harbour"}, "/admin/users/{id}/plan": {"plan": "pro"}, "/admin/users/{id}/role": {"role": "admin"},
		"/admin/flags/{feature}": {"enabled": false}, "/admin/announcement": {"text": "Theirs", "level": "info"}, "/admin/notices": {"channel": "mail"},
		"/admin/users/{id}/override": {"limits": []map[string]any{{"limit": "maxFiles", "value": nil}}, "reason": "theirs"},
		"/admin/users/{id}/pool":     {"pool": "theirs"}, "/admin/users/{id}/reset-factors": {"reason": "theirs"}, "/admin/blocks": {"values": []string{"theirs.example"}, "reason": "theirs"},
		"/admin/plans/{plan}": {"name": "Theirs"}, "/files/{id}/link": {}, "/sources/inspect": {"source": "http://127.0.0.1:9/theirs.bin"},
	}
	ask := map[string]any{
		"client": "extension", "name": "theirs", "redirectUri": "https://ghiljdkhfeahfigdcoocoimhcghpoopn.chromiumapp.org/", "state": "0123456789abcdef",
		"codeChallenge": strings.Repeat("A", 43), "scopes": []string{"jobs:read"},
	}
	bodies["/connections"], bodies["/connections/review"] = ask, ask
	out := []try{{http.MethodPost, "/api/v1/auth/tokens", bodies["/auth/tokens"]}}
	for path, methods := range doc.Paths {
		route, ours := strings.CutPrefix(path, "/api/v1")
		for method := range methods {
			if !ours || method == "get" || method == "head" || route == "/auth/tokens" {
				continue
			}
			id := job
			switch {
			case strings.HasPrefix(route, "/admin/users/"):
				id = user
			case strings.HasPrefix(route, "/files/"):
				id = file
			}
			filled := strings.NewReplacer("{id}", id, "{plan}", "free", "{feature}", "archives", "{file}", id, "{delivery}", id, "{sid}", id).Replace(path)
			out = append(out, try{strings.ToUpper(method), filled, bodies[route]})
		}
	}
	slices.SortFunc(out[1:], func(a, b try) int { return strings.Compare(a.Path+a.Method, b.Path+b.Method) })
	return out
}

// victims returns the ids of a ready job, its file and a second user.
func (s site) victims(t *testing.T) (job, file, user string) {
	t.Helper()
	source := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		http.ServeContent(w, r, "mine.bin", time.Time{}, strings.NewReader("kept"))
	}))
	t.Cleanup(source.Close)
	made, err := s.stack.Client.SubmitURI(t.Context(), source.URL+"/mine.bin", nil)
	if err != nil {
		t.Fatal(err)
	}
	harness.Eventually(t, time.Minute, "the job is ready", func() error {
		var now harness.Job
		err := s.stack.Client.Do(t.Context(), http.MethodGet, "/api/v1/jobs/"+made.ID, nil, &now)
		if err == nil && now.State != "ready" {
			err = fmt.Errorf("it is %s: %s", now.State, now.Reason.Text)
		}
		return err
	})
	const email = "second@longhaul.test"
	err = s.stack.Client.Do(t.Context(), http.MethodPost, "/api/v1/auth/register", map[string]string{
		"email": email, "password": "walnut ladder over the quiet harbour", "turnstile": s.robots.Answer("localhost", "register", time.Now()),
	}, nil)
	if err != nil {
		t.Fatal(err)
	}
	s.stack.Mailed(t, email, 1)
	if err := s.stack.DB.QueryRow(t.Context(), `select id::text from users where email = $1`, email).Scan(&user); err != nil {
		t.Fatal(err)
	}
	return made.ID, s.stack.Client.Files(t, made.ID)[0].ID, user
}
