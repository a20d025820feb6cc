package api_test

import (
	"net/http"
	"strings"
	"testing"

	"longhaul/api/apitest"
	"longhaul/models"
)

// Every route is tried by everybody. A route that has no access, or is not in
// the document, fails; there is no list of exceptions but the static pages.
func TestEveryRouteByEveryCaller(t *testing.T) {
	t.Parallel()
	h := apitest.New(t, generous)
	victim := h.Account(models.RoleUser)
	job, files := readyJob(t, h, victim.User, map[string][]byte{"a.txt": []byte("secret")})
	other, admin, disabled, agent := h.Account(models.RoleUser), h.Account(models.RoleAdmin), h.Account(models.RoleUser), h.EnrolledAgent()
	h.Disable(disabled.User)
	mixed := apitest.Caller{User: other.User, Bearer: "not a credential"}
	callers := map[string]apitest.Caller{
		"nobody": {}, "other": other, "admin": admin, "disabled": disabled, "agent": agent, "mixed": mixed,
		"stale": {Cookie: strings.Repeat("A", 43)},
	}
	static := map[string]bool{"GET /openapi.json": true, "GET /docs": true, "GET /docs.css": true}
	bodies := map[string]string{
		"select-job": `{"indexes":[0]}`, "link-file": `{"disposition":"inline"}`, "enrol-agent": `{"name":"new agent"}`,
		"submit-job": `{"source":"x"}`, "inspect-source": `{"source":"x"}`,
	}
	for _, route := range h.Server.Routes() {
		name := route.Method + " " + route.Path
		if route.Operation == "" {
			if !static[name] {
				t.Errorf("%s is not an operation of the document", name)
			}
			continue
		}
		id := job.ID.String()
		if strings.HasPrefix(route.Path, "/api/v1/files/") {
			id = files[0].ID.String()
		}
		if strings.Contains(route.Path, "/admin/agents/") {
			id = apitest.NewID().String()
		}
		owned := strings.Contains(route.Path, "{id}")
		for who, caller := range callers {
			req, err := http.NewRequestWithContext(t.Context(), route.Method, h.AppURL+strings.ReplaceAll(route.Path, "{id}", id),
				strings.NewReader(bodies[route.Operation]))
			if err != nil {
				t.Fatal(err)
			}
			req.Header.Set("Content-Type", "application/json")
			if who == "other" || who == "admin" || who == "mixed" {
				caller.Cookie = h.SignIn(caller.User) // some routes end the session
			}
			resp := h.Do(caller, req)
			resp.Body.Close()
			if want := verdict(route.Access, who, owned); !want(resp.StatusCode) {
				t.Errorf("%s (%s) as %s: status %d", name, route.Access, who, resp.StatusCode)
			}
		}
	}
	after, err := h.Store.Job(t.Context(), victim.User.ID, job.ID)
	if err != nil || after.State != models.StateReady || after.UpdatedAt != job.UpdatedAt {
		t.Errorf("the victim's job was changed: %+v, %v", after, err)
	}
}

func verdict(access, who string, owned bool) func(int) bool {
	is := func(want int) func(int) bool { return func(got int) bool { return got == want } }
	allowed := func(got int) bool { return got != http.StatusUnauthorized && got != http.StatusForbidden && got < 500 }
	missing := is(http.StatusNotFound)
	signedIn := who == "other" || who == "admin" || who == "mixed"
	switch access {
	case "public":
		return func(got int) bool { return got != http.StatusUnauthorized && got < 500 }
	case "user":
		if !signedIn {
			return is(http.StatusUnauthorized)
		}
		if owned {
			return missing
		}
		return allowed
	case "admin":
		switch {
		case who == "admin" && owned:
			return missing
		case who == "admin":
			return allowed
		case signedIn:
			return is(http.StatusForbidden)
		default:
			return is(http.StatusUnauthorized)
		}
	case "agent":
		if who == "agent" {
			return allowed
		}
		return is(http.StatusUnauthorized)
	default:
		return func(int) bool { return false }
	}
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
		t.Errorf("the log tells a secret: %s", log)
	}
}
