package account_test

import (
	"fmt"
	"io"
	"net/http"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"longhaul/api"
	"longhaul/api/apitest"
	"longhaul/internal/turnstile"
	"longhaul/internal/turnstile/turnstiletest"
	"longhaul/models"
)

func tokenBody(value string) string { return fmt.Sprintf(`{"token":%q}`, value) }

// verification is the body that verifies an address.
func verification(link, password string) string {
	return fmt.Sprintf(`{"token":%q,"password":%q}`, link, password)
}

func TestRegistration(t *testing.T) {
	t.Parallel()
	h, nobody := apitest.New(t, apitest.Generous), apitest.Caller{}
	const email = "new@example.com"
	first := apitest.Ask(t, h, nobody, "auth/register", apitest.Credentials("New@Example.com", apitest.Password), 202)
	old := h.Link(email, models.MailVerify)
	apitest.Ask(t, h, nobody, "auth/login", apitest.Credentials(email, "wrong"), 401)
	apitest.Ask(t, h, nobody, "auth/login", apitest.Credentials(email, apitest.Password), 403, "email_not_verified")
	apitest.Ask(t, h, nobody, "auth/verify/resend", `{"email":"`+email+`"}`, 202)
	link := h.Link(email, models.MailVerify)
	apitest.Ask(t, h, nobody, "auth/verify", verification(old, apitest.Password), 422, "link_not_valid") // replaced
	apitest.Ask(t, h, nobody, "auth/verify", tokenBody(link), 422, "password")
	apitest.Ask(t, h, nobody, "auth/verify", verification(link, apitest.Password), 200, `"role":"user"`)
	apitest.Ask(t, h, nobody, "auth/verify", verification(link, apitest.Password), 422, "link_not_valid") // used
	apitest.Ask(t, h, nobody, "auth/login", apitest.Credentials(email, apitest.Password), 200, `"role":"user"`)
	// a second registration changes nothing and says the same
	again := apitest.Ask(t, h, nobody, "auth/register", apitest.Credentials(email, apitest.OtherPassword), 202)
	if string(first) != string(again) {
		t.Errorf("the answers differ:\n%s%s", first, again)
	}
	if n := h.Mails(email, models.MailAddressInUse); n != 1 {
		t.Errorf("%d mails tell the owner, want 1", n)
	}
	apitest.Ask(t, h, nobody, "auth/login", apitest.Credentials(email, apitest.OtherPassword), 401)
	apitest.Ask(t, h, nobody, "auth/verify/resend", `{"email":"`+email+`"}`, 202)
	if n := h.Mails(email, models.MailVerify); n != 2 {
		t.Errorf("%d verification mails, want 2: none once verified", n)
	}
}

// Registering someone else's address gains nothing, whether first or last: the
// newest registration's password counts, an earlier registration's link is
// dead, and the owner's click never confirms a password that the owner doesn't
// know.
func TestRegistrationOfAnUnverifiedAddress(t *testing.T) {
	t.Parallel()
	h, nobody := apitest.New(t, apitest.Generous), apitest.Caller{}
	const email = "victim@example.com"
	apitest.Ask(t, h, nobody, "auth/register", apitest.Credentials(email, apitest.OtherPassword), 202)
	early := h.Link(email, models.MailVerify)
	apitest.Ask(t, h, nobody, "auth/register", apitest.Credentials(email, apitest.Password), 202)
	late := h.Link(email, models.MailVerify)
	apitest.Ask(t, h, nobody, "auth/verify", verification(early, apitest.OtherPassword), 422, "link_not_valid")
	apitest.Ask(t, h, nobody, "auth/verify", verification(late, apitest.OtherPassword), 422, `"field":"password"`)
	apitest.Ask(t, h, nobody, "auth/login", apitest.Credentials(email, apitest.OtherPassword), 401)
	apitest.Ask(t, h, nobody, "auth/login", apitest.Credentials(email, apitest.Password), 403, "email_not_verified")
	// the owner of the address has never known either password
	const own = "thirteen lanterns along the frozen quay"
	apitest.Ask(t, h, nobody, "auth/reset", `{"email":"`+email+`"}`, 202)
	apitest.Ask(t, h, nobody, "auth/reset/confirm", fmt.Sprintf(`{"token":%q,"password":%q}`, h.Link(email, models.MailReset), own), 204)
	apitest.Ask(t, h, nobody, "auth/verify", verification(late, apitest.Password), 422, "link_not_valid")
	apitest.Ask(t, h, nobody, "auth/login", apitest.Credentials(email, apitest.Password), 401)
	apitest.Ask(t, h, nobody, "auth/login", apitest.Credentials(email, own), 200)
}

func TestLinksExpire(t *testing.T) {
	t.Parallel()
	h, nobody := apitest.New(t, apitest.Generous), apitest.Caller{}
	apitest.Ask(t, h, nobody, "auth/register", apitest.Credentials("late@example.com", apitest.Password), 202)
	link := h.Link("late@example.com", models.MailVerify)
	left := apitest.Value[float64](h, `select extract(epoch from expires_at - created_at)::float8 from one_time_tokens where kind = 'verify'`)
	if left < 1795 || left > 1805 {
		t.Errorf("the link works for %v s, want 30 minutes", left)
	}
	h.Exec(`update one_time_tokens set expires_at = now()`)
	apitest.Ask(t, h, nobody, "auth/verify", verification(link, apitest.Password), 422, "link_not_valid")
	if n := apitest.Value[int](h, `select count(*) from one_time_tokens where hash = $1`, []byte(link)); n != 0 {
		t.Error("the token itself is in the database")
	}
}

func TestOneAddressIsOneAccount(t *testing.T) {
	t.Parallel()
	h := apitest.New(t, apitest.Generous)
	for _, spelling := range []string{"a@example.com", "A@example.com", "ａ@example.com", "a@EXAMPLE.com.", " a@example.com"} {
		apitest.Ask(t, h, apitest.Caller{}, "auth/register", apitest.Credentials(spelling, apitest.Password), 202)
	}
	h.Settle()
	if n := apitest.Value[int](h, `select count(*) from users`); n != 1 {
		t.Errorf("%d accounts, want one", n)
	}
	for _, bad := range []string{"a@b@example.com", "a\u202e@example.com", "a b@example.com", "@example.com", "a@"} {
		apitest.Ask(t, h, apitest.Caller{}, "auth/register", apitest.Credentials(bad, apitest.Password), 422, `"field":"email"`)
	}
}

func TestReset(t *testing.T) {
	t.Parallel()
	h, nobody := apitest.New(t, apitest.Generous), apitest.Caller{}
	user := h.Account(models.RoleUser)
	second, tok := apitest.Caller{Cookie: h.SignIn(user.User)}, h.Token(user.User, models.ScopeJobsRead)
	body := `{"email":"` + user.User.Email + `"}`
	known := apitest.Ask(t, h, nobody, "auth/reset", body, 202)
	unknown := apitest.Ask(t, h, nobody, "auth/reset", `{"email":"nobody@example.com"}`, 202)
	if string(known) != string(unknown) {
		t.Errorf("the answers tell whether there is an account:\n%s%s", known, unknown)
	}
	link := h.Link(user.User.Email, models.MailReset)
	apitest.Ask(t, h, nobody, "auth/reset/confirm", fmt.Sprintf(`{"token":%q,"password":"short"}`, link), 422, `"field":"password"`)
	apitest.Ask(t, h, nobody, "auth/reset/confirm", fmt.Sprintf(`{"token":"made up","password":%q}`, apitest.OtherPassword), 422, "link_not_valid")

	confirm := fmt.Sprintf(`{"token":%q,"password":%q}`, link, apitest.OtherPassword)
	var won atomic.Int32
	var wg sync.WaitGroup
	for range 8 { // parallel use of one link
		wg.Go(func() {
			req, _ := http.NewRequestWithContext(t.Context(), http.MethodPost, h.AppURL+"/api/v1/auth/reset/confirm", strings.NewReader(confirm))
			req.Header.Set("Content-Type", "application/json")
			resp := h.Do(nobody, req)
			defer resp.Body.Close()
			switch {
			case resp.StatusCode == http.StatusNoContent && resp.Header.Get("Set-Cookie") == "":
				won.Add(1)
			case resp.StatusCode != http.StatusUnprocessableEntity:
				t.Errorf("status %d, cookie %q", resp.StatusCode, resp.Header.Get("Set-Cookie"))
			}
		})
	}
	wg.Wait()
	if won.Load() != 1 {
		t.Errorf("the link worked %d times", won.Load())
	}
	for _, who := range []apitest.Caller{user, second, tok} {
		h.Run(t, apitest.Scenario{As: who, Path: "/api/v1/me", Status: 401})
	}
	apitest.Ask(t, h, nobody, "auth/login", apitest.Credentials(user.User.Email, apitest.Password), 401)
	apitest.Ask(t, h, nobody, "auth/login", apitest.Credentials(user.User.Email, apitest.OtherPassword), 200)
	if n := h.Mails(user.User.Email, models.MailPasswordChanged); n != 1 {
		t.Errorf("%d mails tell of the change", n)
	}
}

// A reset link stops working when the password changes, and a newer link
// replaces it.
func TestResetLinkIsBoundToThePassword(t *testing.T) {
	t.Parallel()
	h, nobody := apitest.New(t, apitest.Generous), apitest.Caller{}
	user := h.Account(models.RoleUser)
	apitest.Ask(t, h, nobody, "auth/reset", `{"email":"`+user.User.Email+`"}`, 202)
	link := h.Link(user.User.Email, models.MailReset)
	h.Run(t, apitest.Scenario{As: user, Method: "PUT", Path: "/api/v1/me/password", Body: `{"password":"` + apitest.OtherPassword + `"}`, Status: 204})
	apitest.Ask(t, h, nobody, "auth/reset/confirm", fmt.Sprintf(`{"token":%q,"password":%q}`, link, apitest.Password), 422, "link_not_valid")
	apitest.Ask(t, h, nobody, "auth/login", apitest.Credentials(user.User.Email, apitest.OtherPassword), 200)
}

// Links use the configured address, whatever host a request names.
func TestHostHeadersChangeNoLink(t *testing.T) {
	t.Parallel()
	h := apitest.New(t, apitest.Generous)
	admin := h.Account(models.RoleAdmin)
	req, _ := http.NewRequestWithContext(t.Context(), http.MethodPost, h.AppURL+"/api/v1/admin/invitations", strings.NewReader(`{"email":"friend@example.com"}`))
	req.Host = "evil.example"
	for _, name := range []string{"X-Forwarded-Host", "X-Host", "Forwarded", "X-Original-Host"} {
		req.Header.Set(name, "evil.example")
	}
	req.Header.Set("X-Forwarded-Proto", "gopher")
	req.Header.Set("Content-Type", "application/json")
	resp := h.Do(admin, req)
	defer resp.Body.Close()
	var out struct{ URL string }
	b, err := io.ReadAll(resp.Body)
	if err != nil || resp.StatusCode != http.StatusCreated {
		t.Fatalf("status %d, %v: %s", resp.StatusCode, err, b)
	}
	apitest.Decode(t, b, &out)
	if !strings.HasPrefix(out.URL, h.AppURL+"/register?invitation=") || strings.Contains(string(b), "evil") {
		t.Errorf("the link is %s", out.URL)
	}
	if strings.Contains(apitest.Value[string](h, `select coalesce(string_agg(params::text, ' '), '') || ' ' || string_agg(recipient, ' ') from mails`), "evil") {
		t.Error("a mail names the host of the request")
	}
}

func TestInvitations(t *testing.T) {
	t.Parallel()
	h, nobody := apitest.New(t, apitest.Generous), apitest.Caller{}
	admin := h.Account(models.RoleAdmin)
	invite := func(body string, status int) string {
		var out struct{ URL string }
		apitest.Decode(t, apitest.Ask(t, h, admin, "admin/invitations", body, status), &out)
		_, value, _ := strings.Cut(out.URL, "invitation=")
		return value
	}
	h.Run(t, apitest.Scenario{As: admin, Method: "PUT", Path: "/api/v1/admin/registration", Body: `{"mode":"invitation"}`, Status: 204})
	h.Run(t, apitest.Scenario{Path: "/api/v1/config", Status: 200, Want: []string{`"registration":"invitation"`}})
	apitest.Ask(t, h, nobody, "auth/register", apitest.Credentials("x@example.com", apitest.Password), 403, "registration_closed")
	old := invite(`{"email":"Friend@example.com"}`, 201)
	value := invite(`{"email":"friend@example.com","role":"admin"}`, 201)
	if h.Link("friend@example.com", models.MailInvitation) != value {
		t.Error("the mail has another link than the answer")
	}
	apitest.Ask(t, h, nobody, "auth/invitation", tokenBody(old), 422, "link_not_valid")
	apitest.Ask(t, h, nobody, "auth/invitation", tokenBody(value), 200, `"email":"friend@example.com"`, `"role":"admin"`)
	accept := fmt.Sprintf(`{"token":%q,"password":%q}`, value, apitest.Password)
	apitest.Ask(t, h, nobody, "auth/invitation/accept", accept, 201, `"role":"admin"`)
	apitest.Ask(t, h, nobody, "auth/invitation/accept", accept, 422, "link_not_valid")
	apitest.Ask(t, h, nobody, "auth/login", apitest.Credentials("friend@example.com", apitest.Password), 200)
	apitest.Ask(t, h, admin, "admin/invitations", `{"email":"friend@example.com"}`, 409)

	gone := invite(`{"email":"second@example.com"}`, 201)
	var list struct{ Invitations []struct{ ID, Email string } }
	apitest.Decode(t, h.Run(t, apitest.Scenario{As: admin, Path: "/api/v1/admin/invitations", Status: 200, Unwant: []string{gone}}), &list)
	if len(list.Invitations) != 1 {
		t.Fatalf("%+v", list)
	}
	h.Run(t, apitest.Scenario{As: admin, Method: "DELETE", Path: "/api/v1/admin/invitations/" + list.Invitations[0].ID, Status: 204})
	apitest.Ask(t, h, nobody, "auth/invitation", tokenBody(gone), 422)
	h.Run(t, apitest.Scenario{As: admin, Method: "PUT", Path: "/api/v1/admin/registration", Body: `{"mode":"closed"}`, Status: 204})
	third := invite(`{"email":"third@example.com"}`, 201)
	apitest.Ask(t, h, nobody, "auth/invitation/accept", fmt.Sprintf(`{"token":%q,"password":%q}`, third, apitest.Password), 403, "registration_closed")
	if n := apitest.Value[int](h, `select count(*) from audit_log where actor_id = $1`, admin.User.ID); n != 7 {
		t.Errorf("%d acts of the administrator are in the audit log, want 7", n)
	}
}

// Without mail, addresses can't be verified, so registration is never open.
func TestNoMailNoOpenRegistration(t *testing.T) {
	t.Parallel()
	h := apitest.New(t, apitest.Generous, func(c *api.Config, _ *api.Deps) { c.Mail = false })
	admin := h.Account(models.RoleAdmin)
	h.Run(t, apitest.Scenario{Path: "/api/v1/config", Status: 200, Want: []string{`"registration":"invitation"`, `"mail":false`}})
	apitest.Ask(t, h, apitest.Caller{}, "auth/register", apitest.Credentials("x@example.com", apitest.Password), 403, "registration_closed")
	apitest.Ask(t, h, apitest.Caller{}, "auth/reset", `{"email":"x@example.com"}`, 409, "mail_off")
	h.Run(t, apitest.Scenario{As: admin, Method: "PUT", Path: "/api/v1/admin/registration", Body: `{"mode":"open"}`, Status: 409, Want: []string{"mail_off"}})
	apitest.Ask(t, h, admin, "admin/invitations", `{"email":"friend@example.com"}`, 201, `"mailed":false`)
}

func TestTurnstile(t *testing.T) {
	t.Parallel()
	robots := turnstiletest.New(t)
	h := apitest.New(t, apitest.Generous, func(c *api.Config, d *api.Deps) {
		c.TurnstileSiteKey = "site-key"
		d.Bots = turnstile.New(turnstiletest.Secret, robots.URL, "app.example", time.Now)
	})
	user := h.Account(models.RoleUser)
	h.Run(t, apitest.Scenario{Path: "/api/v1/config", Status: 200, Want: []string{`"turnstileSiteKey":"site-key"`}})
	for path, body := range map[string]string{
		"login":    `{"email":"` + user.User.Email + `","password":"` + apitest.Password + `"%s}`,
		"register": `{"email":"robot@example.com","password":"` + apitest.Password + `"%s}`,
		"reset":    `{"email":"` + user.User.Email + `"%s}`,
	} {
		with := func(answer string) string { return fmt.Sprintf(body, `,"turnstile":"`+answer+`"`) }
		apitest.Ask(t, h, apitest.Caller{}, "auth/"+path, fmt.Sprintf(body, ""), 403, "bot_check_failed")
		apitest.Ask(t, h, apitest.Caller{}, "auth/"+path, with("bypass"), 403, "bot_check_failed")
		apitest.Ask(t, h, apitest.Caller{}, "auth/"+path, with(robots.Answer("app.example", "other", time.Now())), 403, "bot_check_failed")
		good := robots.Answer("app.example", path, time.Now())
		robots.Break(http.StatusBadGateway)
		apitest.Ask(t, h, apitest.Caller{}, "auth/"+path, with(good), 503, "bot_check_unavailable")
		robots.Break(0)
		status := 202
		if path == "login" {
			status = 200
		}
		apitest.Ask(t, h, apitest.Caller{}, "auth/"+path, with(good), status)
		apitest.Ask(t, h, apitest.Caller{}, "auth/"+path, with(good), 403, "bot_check_failed") // works once
	}
}
