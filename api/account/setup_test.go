package account_test

import (
	"io"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"longhaul/api/apitest"
	"longhaul/internal/token"
	"longhaul/models"
)

func setupToken(t *testing.T, h *apitest.Harness) string {
	t.Helper()
	value, hash, err := token.New()
	if err != nil {
		t.Fatal(err)
	}
	if err := h.Store.Accounts.IssueSetupToken(t.Context(), hash, time.Hour); err != nil {
		t.Fatal(err)
	}
	return value
}

func TestSetup(t *testing.T) {
	t.Parallel()
	h := apitest.New(t)
	tok := setupToken(t, h)
	const path = "/api/v1/auth/setup"
	body := func(tok, email, password string) string {
		return `{"token":"` + tok + `","email":"` + email + `","password":"` + password + `"}`
	}
	for _, s := range []apitest.Scenario{
		{Name: "config says so", Path: "/api/v1/config", Status: 200, Want: []string{`"setupNeeded":true`}},
		{Name: "weak password", Method: "POST", Path: path, Body: body(tok, "a@example.com", "short"), Status: 422, Want: []string{`"field":"password"`}, Unwant: []string{"short\""}},
		{Name: "no address", Method: "POST", Path: path, Body: body(tok, "example.com", apitest.Password), Status: 422, Want: []string{`"field":"email"`}},
		{Name: "wrong token", Method: "POST", Path: path, Body: body("wrong", "a@example.com", apitest.Password), Status: 403, Unwant: []string{"wrong"}},
		{Name: "unknown member", Method: "POST", Path: path, Body: `{"token":"x","email":"a@example.com","password":"x","role":"admin"}`, Status: 422, Want: []string{"role"}},
		{Name: "no JSON", Method: "POST", Path: path, Body: `{"token":`, Status: 400, Want: []string{"malformed_request"}},
		{Name: "form", Method: "POST", Path: path, Header: map[string]string{"Content-Type": "text/plain"}, Body: body(tok, "a@example.com", apitest.Password), Status: 415},
		{Name: "good", Method: "POST", Path: path, Body: body(tok, "A@Example.COM", apitest.Password), Status: 201, Want: []string{`"role":"admin"`, `"email":"a@example.com"`}, Unwant: []string{"argon2", "password"}},
		{Name: "closed", Method: "POST", Path: path, Body: body(tok, "b@example.com", apitest.Password), Status: 403},
		{Name: "config says done", Path: "/api/v1/config", Status: 200, Want: []string{`"setupNeeded":false`}},
	} {
		t.Run(s.Name, func(t *testing.T) { h.Run(t, s) })
	}
}

func TestManySetupsMakeOneAdmin(t *testing.T) {
	t.Parallel()
	h := apitest.New(t, apitest.Generous)
	tok := setupToken(t, h)
	var wg sync.WaitGroup
	statuses := make([]int, 50)
	for i := range statuses {
		wg.Go(func() {
			body := `{"token":"` + tok + `","email":"admin` + string(rune('a'+i%26)) + `@example.com","password":"` + apitest.Password + `"}`
			req, err := http.NewRequestWithContext(t.Context(), http.MethodPost, h.AppURL+"/api/v1/auth/setup", strings.NewReader(body))
			if err != nil {
				t.Error(err)
				return
			}
			req.Header.Set("Content-Type", "application/json")
			resp := h.Do(apitest.Caller{}, req)
			defer resp.Body.Close()
			_, _ = io.Copy(io.Discard, resp.Body)
			statuses[i] = resp.StatusCode
		})
	}
	wg.Wait()
	made := 0
	for _, s := range statuses {
		if s == http.StatusCreated {
			made++
		} else if s != http.StatusForbidden && s != http.StatusTooManyRequests {
			t.Errorf("status %d", s)
		}
	}
	n, err := h.Store.Accounts.CountUsers(t.Context())
	if err != nil || made != 1 || n != 1 {
		t.Fatalf("%d calls made an administrator, %d accounts, %v; want one", made, n, err)
	}
}

func TestLogin(t *testing.T) {
	t.Parallel()
	h := apitest.New(t)
	user := h.Account(models.RoleUser)
	const path = "/api/v1/auth/login"
	wrong := h.Run(t, apitest.Scenario{Method: "POST", Path: path, Status: 401, Body: `{"email":"` + user.User.Email + `","password":"wrong"}`})
	unknown := h.Run(t, apitest.Scenario{Method: "POST", Path: path, Status: 401, Body: `{"email":"nobody@example.com","password":"wrong"}`})
	odd := h.Run(t, apitest.Scenario{Method: "POST", Path: path, Status: 401, Body: `{"email":"no address","password":"wrong"}`})
	if a, b, c := apitest.WithoutID(wrong), apitest.WithoutID(unknown), apitest.WithoutID(odd); a != b || b != c {
		t.Errorf("the answers tell whether an account exists:\n%s\n%s\n%s", a, b, c)
	}
	req, _ := http.NewRequestWithContext(t.Context(), http.MethodPost, h.AppURL+path,
		strings.NewReader(`{"email":" `+strings.ToUpper(user.User.Email)+`","password":"`+apitest.Password+`"}`))
	req.Header.Set("Content-Type", "application/json")
	planted := strings.Repeat("A", 43)
	resp := h.Do(apitest.Caller{Cookie: planted}, req)
	defer resp.Body.Close()
	if resp.StatusCode != http.StatusOK {
		t.Fatalf("status %d", resp.StatusCode)
	}
	cookies := resp.Cookies()
	if len(cookies) != 1 {
		t.Fatalf("cookies %v", cookies)
	}
	c := cookies[0]
	if c.Name != "__Host-sid" || !c.Secure || !c.HttpOnly || c.SameSite != http.SameSiteLaxMode || c.Path != "/" || c.Domain != "" {
		t.Errorf("cookie %+v", c)
	}
	if c.Value == planted || len(c.Value) < 40 {
		t.Errorf("session id %q", c.Value)
	}
	h.Run(t, apitest.Scenario{As: apitest.Caller{Cookie: c.Value}, Path: "/api/v1/me", Status: 200, Want: []string{user.User.Email}})
	h.Run(t, apitest.Scenario{As: apitest.Caller{Cookie: planted}, Path: "/api/v1/me", Status: 401})
}

func TestLoginIsLimited(t *testing.T) {
	t.Parallel()
	h := apitest.New(t)
	user := h.Account(models.RoleUser)
	limited := false
	for range 30 {
		req, _ := http.NewRequestWithContext(t.Context(), http.MethodPost, h.AppURL+"/api/v1/auth/login",
			strings.NewReader(`{"email":"`+user.User.Email+`","password":"wrong"}`))
		req.Header.Set("Content-Type", "application/json")
		req.Header.Set("X-Forwarded-For", token24(t)) // clients can't choose their own address
		resp := h.Do(apitest.Caller{}, req)
		resp.Body.Close()
		if resp.StatusCode == http.StatusTooManyRequests {
			limited = true
			if resp.Header.Get("Retry-After") == "" {
				t.Error("no Retry-After")
			}
		}
	}
	if !limited {
		t.Error("thirty wrong passwords in a row were not limited")
	}
}

func token24(t *testing.T) string {
	v, _, err := token.New()
	if err != nil {
		t.Fatal(err)
	}
	return "198.51.100." + string(rune('1'+v[0]%9))
}

func TestSessions(t *testing.T) {
	t.Parallel()
	h := apitest.New(t)
	user, other := h.Account(models.RoleUser), h.Account(models.RoleUser)
	second := apitest.Caller{User: user.User, Cookie: h.SignIn(user.User)}
	var ids []string
	list := func(who apitest.Caller) []string {
		var out struct {
			Sessions []struct {
				ID      string
				Current bool
			}
		}
		apitest.Decode(t, h.Run(t, apitest.Scenario{As: who, Path: "/api/v1/auth/sessions", Status: 200}), &out)
		ids = nil
		for _, s := range out.Sessions {
			ids = append(ids, s.ID)
		}
		return ids
	}
	if n := len(list(user)); n != 2 {
		t.Fatalf("%d sessions, want 2", n)
	}
	foreign := list(other)[0]
	h.Run(t, apitest.Scenario{As: user, Method: "DELETE", Path: "/api/v1/auth/sessions/" + foreign, Status: 404})
	h.Run(t, apitest.Scenario{As: other, Path: "/api/v1/me", Status: 200})
	h.Run(t, apitest.Scenario{As: user, Method: "DELETE", Path: "/api/v1/auth/sessions/others", Status: 204})
	h.Run(t, apitest.Scenario{As: second, Path: "/api/v1/me", Status: 401})
	h.Run(t, apitest.Scenario{As: user, Path: "/api/v1/me", Status: 200})
	h.Run(t, apitest.Scenario{As: user, Method: "POST", Path: "/api/v1/auth/logout", Status: 204, Headers: map[string]string{
		"Clear-Site-Data": `"cache", "cookies", "storage"`,
	}})
	h.Run(t, apitest.Scenario{As: user, Path: "/api/v1/me", Status: 401, Headers: map[string]string{"WWW-Authenticate": `Session realm="longhaul"`}})
}
