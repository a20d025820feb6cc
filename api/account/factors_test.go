package account_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"longhaul/api/apitest"
	"longhaul/models"
)

func challenge(t *testing.T, h *apitest.Harness, user apitest.Caller) string {
	t.Helper()
	return challengeFrom(t, h, user, "")
}

// challengeFrom is challenge by way of a proxy that names the client.
func challengeFrom(t *testing.T, h *apitest.Harness, user apitest.Caller, ip string) string {
	t.Helper()
	req, _ := http.NewRequestWithContext(t.Context(), http.MethodPost, h.AppURL+"/api/v1/auth/login",
		strings.NewReader(apitest.Credentials(user.User.Email, apitest.Password)))
	req.Header.Set("Content-Type", "application/json")
	req.Header.Set("X-Forwarded-For", ip)
	resp := h.Do(apitest.Caller{}, req)
	defer resp.Body.Close()
	var out struct {
		Challenge string
		User      any
	}
	if err := json.NewDecoder(resp.Body).Decode(&out); err != nil || out.Challenge == "" || out.User != nil || resp.Header.Get("Set-Cookie") != "" {
		t.Fatalf("status %d, %+v, cookie %q, %v", resp.StatusCode, out, resp.Header.Get("Set-Cookie"), err)
	}
	return out.Challenge
}

func answerTo(challenge, code string) string {
	return fmt.Sprintf(`{"challenge":%q,"code":%q}`, challenge, code)
}

func TestTwoFactorSignIn(t *testing.T) {
	t.Parallel()
	var clock apitest.Clock
	h, nobody := apitest.New(t, apitest.Generous, clock.Option), apitest.Caller{}
	user := h.Account(models.RoleUser)
	secret, recovery := clock.Enrol(t, h, user)
	const login = "auth/login/totp"

	c := challenge(t, h, user)
	h.Run(t, apitest.Scenario{As: apitest.Caller{Cookie: c}, Path: "/api/v1/me", Status: 401}) // a challenge is no session
	apitest.Ask(t, h, nobody, login, answerTo(c, clock.Code(t, secret)), 422, "wrong_code")    // its time step was used to turn it on
	clock.Forward(30 * time.Second)
	code := clock.Code(t, secret)
	apitest.Ask(t, h, nobody, login, answerTo(c, code), 200, user.User.Email)
	apitest.Ask(t, h, nobody, login, answerTo(c, code), 422, "sign_in_expired") // works once
	apitest.Ask(t, h, nobody, login, answerTo(challenge(t, h, user), code), 422, "wrong_code")

	apitest.Ask(t, h, nobody, login, answerTo(challenge(t, h, user), strings.ToUpper(recovery[0])), 200)
	apitest.Ask(t, h, nobody, login, answerTo(challenge(t, h, user), recovery[0]), 422, "wrong_code")
	h.Run(t, apitest.Scenario{As: user, Path: "/api/v1/auth/totp", Status: 200, Want: []string{`"enabled":true`, `"recoveryCodesLeft":9`}})

	c = challenge(t, h, user)
	for range 5 {
		apitest.Ask(t, h, nobody, login, answerTo(c, "000000"), 422)
	}
	clock.Forward(30 * time.Second)
	apitest.Ask(t, h, nobody, login, answerTo(c, clock.Code(t, secret)), 422, "sign_in_expired") // too many tries

	var won atomic.Int32
	var wg sync.WaitGroup
	c = challenge(t, h, user)
	body := answerTo(c, clock.Code(t, secret))
	for range 4 {
		wg.Go(func() {
			req, _ := http.NewRequestWithContext(t.Context(), http.MethodPost, h.AppURL+"/api/v1/"+login, strings.NewReader(body))
			req.Header.Set("Content-Type", "application/json")
			resp := h.Do(nobody, req)
			resp.Body.Close()
			if resp.StatusCode == http.StatusOK {
				won.Add(1)
			}
		})
	}
	wg.Wait()
	if won.Load() != 1 {
		t.Errorf("one challenge and code signed in %d times", won.Load())
	}
	if n := h.Mails(user.User.Email, models.MailTOTPOn); n != 1 {
		t.Errorf("%d mails tell that it is on", n)
	}
	if kept := apitest.Value[string](h, `select totp_secret from users where id = $1`, user.User.ID); strings.Contains(kept, secret) || kept == "" {
		t.Errorf("the database keeps %q", kept)
	}
	if strings.Contains(h.Log.String(), secret) || strings.Contains(h.Log.String(), recovery[0]) {
		t.Error("the log contains a secret")
	}
	h.Run(t, apitest.Scenario{As: user, Method: "DELETE", Path: "/api/v1/auth/totp", Status: 204})
	apitest.Ask(t, h, nobody, "auth/login", apitest.Credentials(user.User.Email, apitest.Password), 200, user.User.Email)
	if n := h.Mails(user.User.Email, models.MailTOTPOff); n != 1 {
		t.Errorf("%d mails tell that it is off", n)
	}
}

// A challenge ends when the password changes, and when it expires.
func TestSignInChallengeEnds(t *testing.T) {
	t.Parallel()
	var clock apitest.Clock
	h := apitest.New(t, apitest.Generous, clock.Option)
	user := h.Account(models.RoleUser)
	_, recovery := clock.Enrol(t, h, user)
	c := challenge(t, h, user)
	h.Exec(`update one_time_tokens set expires_at = now() where kind = 'sign_in'`)
	apitest.Ask(t, h, apitest.Caller{}, "auth/login/totp", answerTo(c, recovery[0]), 422, "sign_in_expired")
	c = challenge(t, h, user)
	h.Exec(`update users set password_hash = 'another' where id = $1`, user.User.ID)
	apitest.Ask(t, h, apitest.Caller{}, "auth/login/totp", answerTo(c, recovery[0]), 422, "sign_in_expired")
	apitest.Ask(t, h, apitest.Caller{}, "auth/login/totp", answerTo("made up", recovery[0]), 422, "sign_in_expired")
}

func TestAPITokens(t *testing.T) {
	t.Parallel()
	h := apitest.New(t, apitest.Generous)
	user, other := h.Account(models.RoleUser), h.Account(models.RoleUser)
	var made struct {
		Token string
		Info  struct{ ID, Hint string }
	}
	apitest.Decode(t, apitest.Ask(t, h, user, "auth/tokens", `{"name":"laptop","scopes":["jobs:read","jobs:read"],"expiresInDays":7}`, 201, `"scopes":["jobs:read"]`), &made)
	if !strings.HasPrefix(made.Token, "lh_") || len(made.Token) != 46 || !strings.HasPrefix(made.Token, made.Info.Hint) || len(made.Info.Hint) > 8 {
		t.Errorf("made %+v", made)
	}
	apitest.Ask(t, h, user, "auth/tokens", `{"name":"x","scopes":["admin"]}`, 403)
	apitest.Ask(t, h, user, "auth/tokens", `{"name":"x","scopes":["everything"]}`, 422)
	apitest.Ask(t, h, user, "auth/tokens", `{"name":"x","scopes":[]}`, 422)
	apitest.Ask(t, h, user, "auth/tokens", `{"name":"x","scopes":["jobs:read"],"expiresInDays":1000}`, 422)
	who := apitest.Caller{Bearer: made.Token}
	h.Run(t, apitest.Scenario{As: who, Path: "/api/v1/jobs", Status: 200})
	h.Run(t, apitest.Scenario{As: who, Path: "/api/v1/me", Status: 200, Want: []string{user.User.Email}})
	apitest.Ask(t, h, who, "jobs", `{"source":"x"}`, 403, "scope_missing")
	h.Run(t, apitest.Scenario{As: who, Path: "/api/v1/auth/tokens", Status: 403, Want: []string{"scope_missing"}})
	h.Run(t, apitest.Scenario{As: apitest.Caller{Bearer: made.Token, Cookie: user.Cookie}, Path: "/api/v1/me", Status: 400, Want: []string{"ambiguous_credentials"}})
	h.Run(t, apitest.Scenario{
		As: user, Path: "/api/v1/auth/tokens", Status: 200,
		Want: []string{`"name":"laptop"`, `"lastUsedIp":"127.0.0.1"`}, Unwant: []string{made.Token, "hash"},
	})
	h.Run(t, apitest.Scenario{As: other, Path: "/api/v1/auth/tokens", Status: 200, Unwant: []string{"laptop"}})
	h.Run(t, apitest.Scenario{As: other, Method: "DELETE", Path: "/api/v1/auth/tokens/" + made.Info.ID, Status: 404})
	h.Exec(`update api_tokens set expires_at = now() where id = $1`, made.Info.ID)
	h.Run(t, apitest.Scenario{As: who, Path: "/api/v1/me", Status: 401, Headers: map[string]string{"WWW-Authenticate": `Bearer realm="longhaul"`}})
	h.Exec(`update api_tokens set expires_at = now() + interval '1 day' where id = $1`, made.Info.ID)
	h.Run(t, apitest.Scenario{As: user, Method: "DELETE", Path: "/api/v1/auth/tokens/" + made.Info.ID, Status: 204})
	h.Run(t, apitest.Scenario{As: who, Path: "/api/v1/me", Status: 401})
	if n := h.Mails(user.User.Email, models.MailTokenMade); n != 1 {
		t.Errorf("%d mails tell of the token", n)
	}
	if strings.Contains(h.Log.String(), made.Token) {
		t.Error("the log contains the token")
	}
}

func TestTokenLogout(t *testing.T) {
	t.Parallel()
	h := apitest.New(t)
	user := h.Account(models.RoleUser)
	tok := h.Token(user.User, models.ScopeJobsRead)
	// no cookie, so another site's page can't have sent it
	h.Run(t, apitest.Scenario{As: tok, Method: "POST", Path: "/api/v1/auth/logout", Status: 204, Header: map[string]string{"Sec-Fetch-Site": "cross-site"}})
	h.Run(t, apitest.Scenario{As: tok, Path: "/api/v1/me", Status: 401})
	h.Run(t, apitest.Scenario{As: user, Path: "/api/v1/me", Status: 200})
}
