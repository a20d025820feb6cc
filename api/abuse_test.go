package api_test

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"

	"longhaul/api/apitest"
	"longhaul/models"
)

// snapshot is the state that a request from another site must not change. That
// something was read is audited, whoever made the browser ask for it.
func snapshot(h *apitest.Harness) string {
	return apitest.Value[string](h, `
		select concat_ws(' ', (select md5(string_agg(u::text, '' order by id)) from users u),
			(select count(*) from sessions), (select count(*) from api_tokens), (select count(*) from one_time_tokens),
			(select count(*) from jobs), (select count(*) from mails), (select count(*) from outbox), (select count(*) from agents),
			(select count(*) from enrolment_tokens), (select count(*) from account_requests), (select count(*) from audit_log where action not in ('job.list', 'job.export', 'job.read', 'user.read', 'user.export', 'notice.read', 'notice.export', 'strike.read')), (select count(*) from account_settings))`)
}

// Another site's pages can send requests with a visitor's cookie: forms,
// images, fetches and navigations. None of them may change anything.
func TestOtherSitesChangeNothing(t *testing.T) {
	t.Parallel()
	h := apitest.New(t, apitest.Generous)
	admin := h.Account(models.RoleAdmin)
	job, _ := apitest.ReadyJob(t, h, admin.User, map[string][]byte{"a.txt": []byte("x")})
	before, tried := snapshot(h), 0
	for _, route := range h.Server.Routes() {
		if route.Operation == "" || route.Access == "agent" {
			continue
		}
		path := strings.ReplaceAll(route.Path, "{id}", job.ID.String())
		for name, header := range map[string]map[string]string{
			"form":        {"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "navigate", "Content-Type": "application/x-www-form-urlencoded", "Origin": "https://evil.example"},
			"fetch":       {"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "no-cors", "Content-Type": "text/plain", "Origin": "https://evil.example"},
			"sibling":     {"Sec-Fetch-Site": "same-site", "Content-Type": "application/json", "Origin": "https://evil.localhost"},
			"old browser": {"Content-Type": "application/json", "Origin": "https://evil.example"},
			"sandbox":     {"Sec-Fetch-Site": "cross-site", "Content-Type": "application/json", "Origin": "null"},
		} {
			for _, method := range []string{route.Method, http.MethodPost} {
				if method == http.MethodGet && (name != "form" || path == "/api/v1/events" || strings.HasSuffix(path, "archive.zip")) {
					continue // an image or a link: a stream has no end, and a GET changes nothing
				}
				req, err := http.NewRequestWithContext(t.Context(), method, h.AppURL+path, strings.NewReader(matrixBodies()[route.Operation]))
				if err != nil {
					t.Fatal(err)
				}
				for k, v := range header {
					req.Header.Set(k, v)
				}
				resp := h.Do(admin, req)
				resp.Body.Close()
				tried++
				if method != http.MethodGet && resp.StatusCode != http.StatusForbidden {
					t.Errorf("%s %s by a %s: status %d", method, path, name, resp.StatusCode)
				}
				if got := resp.Header.Get("Access-Control-Allow-Origin"); got != "" {
					t.Errorf("%s %s allows %s", method, path, got)
				}
			}
		}
	}
	h.Settle()
	if after := snapshot(h); after != before {
		t.Errorf("%d requests of another site changed something:\n%s\n%s", tried, before, after)
	}
	t.Logf("%d requests of another site changed nothing", tried)
}

// No body can set columns directly: every column name of the database is
// refused in every body, in both spellings.
func TestColumnsCannotBeSetFromOutside(t *testing.T) {
	t.Parallel()
	h := apitest.New(t, apitest.Generous)
	user := h.Account(models.RoleUser)
	var doc struct {
		Paths map[string]map[string]struct{ OperationID string }
	}
	apitest.Decode(t, h.Run(t, apitest.Scenario{Path: "/openapi.json", Status: 200}), &doc)
	columns := strings.Fields(apitest.Value[string](h, `
		select string_agg(distinct column_name, ' ') from information_schema.columns where table_schema = 'public'`))
	tried := 0
	for _, route := range h.Server.Routes() {
		body := matrixBodies()[route.Operation]
		if !strings.HasPrefix(body, "{") || route.Access == "agent" {
			continue
		}
		before := snapshot(h)
		for _, column := range columns {
			for _, name := range []string{column, camel(column)} {
				if strings.Contains(body, `"`+name+`"`) || ownMember(route.Operation, name) {
					continue
				}
				sent := strings.TrimSuffix(body, "}") + fmt.Sprintf(`,%q:"admin"}`, name)
				req, _ := http.NewRequestWithContext(t.Context(), route.Method, h.AppURL+strings.ReplaceAll(route.Path, "{id}", apitest.NewID().String()), strings.NewReader(sent))
				req.Header.Set("Content-Type", "application/json")
				resp := h.Do(user, req)
				resp.Body.Close()
				tried++
				if resp.StatusCode < http.StatusBadRequest {
					t.Errorf("%s takes %s: status %d", route.Operation, name, resp.StatusCode)
				}
			}
		}
		h.Settle()
		if after := snapshot(h); after != before {
			t.Errorf("%s changed something", route.Operation)
		}
	}
	t.Logf("%d columns, %d requests", len(columns), tried)
}

// ownMember reports whether a column has the name of a member that the
// operation has.
func ownMember(operation, name string) bool {
	return slices.Contains(map[string][]string{
		"make-token": {"name", "scopes"}, "invite": {"email", "role"}, "reauthenticate": {"password", "code"},
		"enrol-agent": {"name"}, "set-user-role": {"role"}, "submit-job": {"provider", "source", "selection"},
		"submit-jobs": {"provider", "failover"}, "add-label": {"name"}, "change-label": {"name"},
	}[operation], name)
}

func camel(column string) string {
	parts := strings.Split(column, "_")
	for i := 1; i < len(parts); i++ {
		if parts[i] != "" {
			parts[i] = strings.ToUpper(parts[i][:1]) + parts[i][1:]
		}
	}
	return strings.Join(parts, "")
}
