package account_test

import (
	"encoding/base64"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"longhaul/api"
	"longhaul/api/apitest"
	"longhaul/internal/passkey/passkeytest"
	"longhaul/models"
)

// keyring is an API that supports passkeys, with an authenticator.
type keyring struct {
	*apitest.Harness
	clock  apitest.Clock
	origin string
}

func newKeyring(t *testing.T, opts ...apitest.Option) *keyring {
	t.Helper()
	k := &keyring{}
	local := func(c *api.Config, _ *api.Deps) {
		c.BaseURL = &url.URL{Scheme: "http", Host: "localhost:" + c.BaseURL.Port()}
		k.origin = c.BaseURL.String()
	}
	k.Harness = apitest.New(t, append([]apitest.Option{apitest.Generous, k.clock.Option, local}, opts...)...)
	return k
}

type ceremony struct {
	Options   json.RawMessage
	ExpiresAt time.Time
	cookie    string
}

// begin starts a ceremony without a session.
func (k *keyring) begin(t *testing.T, body string) ceremony {
	t.Helper()
	req, _ := http.NewRequestWithContext(t.Context(), http.MethodPost, k.AppURL+"/api/v1/auth/login/passkey/begin", strings.NewReader(body))
	req.Header.Set("Content-Type", "application/json")
	resp := k.Do(apitest.Caller{}, req)
	defer resp.Body.Close()
	var out ceremony
	if err := json.NewDecoder(resp.Body).Decode(&out); err != nil || resp.StatusCode != http.StatusOK {
		t.Fatalf("status %d, %v", resp.StatusCode, err)
	}
	for _, c := range resp.Cookies() {
		if !c.HttpOnly || !c.Secure || c.SameSite != http.SameSiteStrictMode || c.Path != "/" || c.MaxAge != 300 {
			t.Errorf("cookie %+v", c)
		}
		out.cookie = c.Name + "=" + c.Value
	}
	return out
}

// add adds a passkey to the account and returns its id and recovery codes.
func (k *keyring) add(t *testing.T, user apitest.Caller, a *passkeytest.Authenticator, name string) (id string, recovery []string) {
	t.Helper()
	var offer ceremony
	apitest.Decode(t, apitest.Ask(t, k.Harness, user, "auth/passkeys/begin", "", 200), &offer)
	var added struct {
		Passkey       struct{ ID string }
		RecoveryCodes []string
	}
	apitest.Decode(t, apitest.Ask(t, k.Harness, user, "auth/passkeys", addition(name, a.Create(offer.Options)), 201), &added)
	return added.Passkey.ID, added.RecoveryCodes
}

func addition(name string, credential json.RawMessage) string {
	return fmt.Sprintf(`{"name":%q,"credential":%s}`, name, credential)
}

// try answers a passkey sign-in.
func (k *keyring) try(t *testing.T, c ceremony, challenge string, credential json.RawMessage, status int, want ...string) {
	t.Helper()
	body := fmt.Sprintf(`{"challenge":%q,"credential":%s}`, challenge, credential)
	k.Run(t, apitest.Scenario{
		Method: "POST", Path: "/api/v1/auth/login/passkey", Body: body, Header: map[string]string{"Cookie": c.cookie}, Status: status, Want: want,
	})
}

func (k *keyring) events(kind models.SecurityKind, user models.User) int {
	k.Server.Wait()
	return apitest.Value[int](k.Harness, `select count(*) from security_events where kind = $1 and user_id = $2`, string(kind), user.ID)
}

func TestPasswordlessSignIn(t *testing.T) {
	t.Parallel()
	k := newKeyring(t)
	user := k.Account(models.RoleUser)
	phone := passkeytest.New(t, k.origin)
	id, recovery := k.add(t, user, phone, "Phone")
	if len(recovery) != 10 {
		t.Errorf("%d recovery codes come with the first passkey", len(recovery))
	}
	first := k.begin(t, `{}`)
	if strings.Contains(string(first.Options), "allowCredentials") || !strings.Contains(string(first.Options), `"userVerification":"required"`) ||
		!strings.Contains(string(first.Options), `"rpId":"localhost"`) {
		t.Errorf("options %s", first.Options)
	}
	if left := first.ExpiresAt.Sub(k.clock.Now()); left <= 4*time.Minute || left > 5*time.Minute {
		t.Errorf("the ceremony may take %v", left)
	}
	answer := phone.Use(first.Options)
	k.try(t, ceremony{cookie: "__Host-passkey=another"}, "", answer, 422, "passkey_expired") // another browser's
	k.try(t, ceremony{}, "", answer, 422, "passkey_expired")
	k.try(t, first, "", answer, 200, user.User.Email, `"passkey":true`)
	k.try(t, first, "", answer, 422, "passkey_expired") // works once

	late := k.begin(t, `{}`)
	k.Exec(`update passkey_challenges set created_at = now() - interval '6 minutes', expires_at = now() - interval '1 second'`)
	k.try(t, late, "", phone.Use(late.Options), 422, "passkey_expired")

	k.Run(t, apitest.Scenario{
		As: apitest.Caller{Cookie: k.SignIn(user.User)}, Path: "/api/v1/auth/passkeys", Status: 200,
		Want: []string{id, `"name":"Phone"`, `"available":true`, `"usable":true`, `"lastUsedAt":"2`},
	})
	c := k.begin(t, `{}`)
	answer = phone.Use(c.Options)
	k.Disable(user.User)
	k.try(t, c, "", answer, 422, "passkey_refused")
}

// An invalid answer is refused without saying why.
func TestPasskeysThatDoNotFit(t *testing.T) {
	t.Parallel()
	k := newKeyring(t)
	user, other := k.Account(models.RoleUser), k.Account(models.RoleUser)
	phone := passkeytest.New(t, k.origin)
	id, _ := k.add(t, user, phone, "Phone")
	theirs := passkeytest.New(t, k.origin)
	k.add(t, other, theirs, "Theirs")
	for name, answer := range map[string]func(ceremony) json.RawMessage{
		"another origin": func(c ceremony) json.RawMessage {
			elsewhere := phone.Copy()
			elsewhere.Origin = "https://localhost.example"
			return elsewhere.Use(c.Options)
		},
		"user not verified": func(c ceremony) json.RawMessage {
			unverified := phone.Copy()
			unverified.Unverified = true
			return unverified.Use(c.Options)
		},
		"another key's signature": func(c ceremony) json.RawMessage {
			return swap(t, phone.Use(c.Options), theirs.Use(c.Options), "signature")
		},
		"another's handle": func(c ceremony) json.RawMessage {
			return swap(t, phone.Use(c.Options), theirs.Use(c.Options), "userHandle")
		},
		"no passkey": func(ceremony) json.RawMessage { return json.RawMessage(`{"id":"x"}`) },
	} {
		c := k.begin(t, `{}`)
		k.try(t, c, "", answer(c), 422, "passkey_refused")
		t.Logf("%s is refused", name)
	}
	if n := k.events(models.SecurityLoginFailed, user.User); n < 3 {
		t.Errorf("%d security events of passkeys that do not fit", n)
	}
	// A removed passkey is as unknown as one that never existed.
	k.Run(t, apitest.Scenario{As: other, Method: "DELETE", Path: "/api/v1/auth/passkeys/" + id, Status: 404})
	k.Run(t, apitest.Scenario{As: user, Method: "DELETE", Path: "/api/v1/auth/passkeys/" + id, Status: 204})
	c := k.begin(t, `{}`)
	k.try(t, c, "", phone.Use(c.Options), 422, "passkey_refused")
	apitest.Ask(t, k.Harness, apitest.Caller{}, "auth/login", apitest.Credentials(user.User.Email, apitest.Password), 200, user.User.Email)
	if a, b := k.Mails(user.User.Email, models.MailPasskeyAdded), k.Mails(user.User.Email, models.MailPasskeyRemoved); a != 1 || b != 1 {
		t.Errorf("%d mails tell of the new passkey, %d of the removal", a, b)
	}
	if n := apitest.Value[int](k.Harness, `select count(*) from audit_log where action like 'passkey.%' and target_id = $1`, id); n != 2 {
		t.Errorf("%d entries of the audit log, want adding and removing", n)
	}
	if n := apitest.Value[int](k.Harness, `select count(*) from recovery_codes where user_id = $1`, user.User.ID); n != 0 {
		t.Errorf("%d recovery codes outlive the last second factor", n)
	}
}

// swap returns the answer with a part of another one.
func swap(t *testing.T, answer, from json.RawMessage, part string) json.RawMessage {
	t.Helper()
	var a, b map[string]any
	apitest.Decode(t, answer, &a)
	apitest.Decode(t, from, &b)
	a["response"].(map[string]any)[part] = b["response"].(map[string]any)[part]
	out, err := json.Marshal(a)
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// A counter that went back shows that a key was copied.
func TestCopiedPasskey(t *testing.T) {
	t.Parallel()
	k := newKeyring(t)
	user := k.Account(models.RoleUser)
	key := passkeytest.New(t, k.origin)
	k.add(t, user, key, "Security key")
	stolen := key.Copy()
	use := func(a *passkeytest.Authenticator, status int, want string) {
		t.Helper()
		c := k.begin(t, `{}`)
		k.try(t, c, "", a.Use(c.Options), status, want)
	}
	use(key, 200, user.User.Email)
	use(key, 200, user.User.Email)
	use(stolen, 422, "passkey_copied")
	if n := k.events(models.SecurityPasskeyCopied, user.User); n != 1 {
		t.Errorf("%d security events", n)
	}
	use(key, 200, user.User.Email)
	key.Counts = false // a key that counts keeps counting
	use(key, 422, "passkey_copied")

	synced := passkeytest.New(t, k.origin)
	synced.Counts, synced.Synced = false, true
	k.add(t, user, synced, "Password manager")
	use(synced, 200, user.User.Email)
	use(synced.Copy(), 200, user.User.Email)
	k.Run(t, apitest.Scenario{As: user, Path: "/api/v1/auth/passkeys", Status: 200, Want: []string{`"synced":true`, `"synced":false`}})
}

func TestPasskeyAsSecondFactor(t *testing.T) {
	t.Parallel()
	k := newKeyring(t)
	user, other := k.Account(models.RoleUser), k.Account(models.RoleUser)
	phone, theirs := passkeytest.New(t, k.origin), passkeytest.New(t, k.origin)
	_, recovery := k.add(t, user, phone, "Phone")
	k.add(t, other, theirs, "Theirs")
	h, nobody := k.Harness, apitest.Caller{}
	apitest.Ask(t, h, nobody, "auth/login", apitest.Credentials(user.User.Email, apitest.Password), 200, `"factors":["passkey","recovery_code"]`)

	c := challenge(t, h, user)
	offer := k.begin(t, `{"challenge":"`+c+`"}`)
	if !strings.Contains(string(offer.Options), phone.IDs()[0]) || offer.cookie != "" {
		t.Errorf("options %s, cookie %q", offer.Options, offer.cookie)
	}
	answer := phone.Use(offer.Options)
	k.try(t, offer, challenge(t, h, user), answer, 422, "passkey_expired") // another sign-in's
	k.try(t, offer, "", answer, 422, "passkey_expired")
	k.try(t, offer, c, answer, 200, user.User.Email)
	k.try(t, offer, c, answer, 422, "sign_in_expired")

	c = challenge(t, h, user)
	passwordless := k.begin(t, `{}`)
	k.try(t, passwordless, c, theirs.Use(passwordless.Options), 422, "passkey_expired") // a challenge made for something else
	apitest.Ask(t, h, nobody, "auth/login/passkey/begin", `{"challenge":"made up"}`, 422, "sign_in_expired")
	apitest.Ask(t, h, nobody, "auth/login/totp", answerTo(c, "000000"), 422, "wrong_code")
	apitest.Ask(t, h, nobody, "auth/login/totp", answerTo(c, recovery[0]), 200, user.User.Email)
	apitest.Ask(t, h, nobody, "auth/login/totp", answerTo(challenge(t, h, user), recovery[0]), 422, "wrong_code")

	var won atomic.Int32
	var wg sync.WaitGroup
	c = challenge(t, h, user)
	offer = k.begin(t, `{"challenge":"`+c+`"}`)
	body := fmt.Sprintf(`{"challenge":%q,"credential":%s}`, c, phone.Use(offer.Options))
	for range 4 {
		wg.Go(func() {
			req, _ := http.NewRequestWithContext(t.Context(), http.MethodPost, h.AppURL+"/api/v1/auth/login/passkey", strings.NewReader(body))
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
		t.Errorf("one answer signed in %d times", won.Load())
	}
}

// Codes and passkeys are independent: recovery codes last as long as either
// remains.
func TestPasskeyBesideCodes(t *testing.T) {
	t.Parallel()
	k := newKeyring(t)
	h, user := k.Harness, k.Account(models.RoleUser)
	_, recovery := k.clock.Enrol(t, h, user)
	phone := passkeytest.New(t, k.origin)
	id, none := k.add(t, user, phone, "Phone")
	if len(none) != 0 {
		t.Error("the recovery codes that were kept are replaced")
	}
	apitest.Ask(t, h, apitest.Caller{}, "auth/login", apitest.Credentials(user.User.Email, apitest.Password), 200, `"factors":["passkey","totp","recovery_code"]`)
	h.Run(t, apitest.Scenario{As: user, Method: "DELETE", Path: "/api/v1/auth/totp", Status: 204})
	h.Run(t, apitest.Scenario{As: user, Path: "/api/v1/auth/totp", Status: 200, Want: []string{`"enabled":false`, `"recoveryCodesLeft":10`}})
	apitest.Ask(t, h, apitest.Caller{}, "auth/login/totp", answerTo(challenge(t, h, user), recovery[0]), 200)
	var offer ceremony
	apitest.Decode(t, apitest.Ask(t, h, user, "auth/passkeys/begin", "", 200), &offer)
	if phone.Create(offer.Options) != nil {
		t.Error("one authenticator may hold two passkeys of one account")
	}
	h.Run(t, apitest.Scenario{As: user, Method: "PATCH", Path: "/api/v1/auth/passkeys/" + id, Body: `{"name":" Old phone "}`, Status: 204})
	h.Run(t, apitest.Scenario{As: user, Method: "PATCH", Path: "/api/v1/auth/passkeys/" + id, Body: `{"name":" "}`, Status: 422, Want: []string{`"field":"name"`}})
	h.Run(t, apitest.Scenario{As: user, Path: "/api/v1/auth/passkeys", Status: 200, Want: []string{`"name":"Old phone"`}})
	apitest.Ask(t, h, user, "auth/totp/recovery-codes", "", 200, "recoveryCodes")
}

// Adding a passkey is bound to the session that started it, and to its
// password.
func TestAddingPasskeys(t *testing.T) {
	t.Parallel()
	k := newKeyring(t)
	h, user := k.Harness, k.Account(models.RoleUser)
	phone := passkeytest.New(t, k.origin)
	var offer ceremony
	apitest.Decode(t, apitest.Ask(t, h, user, "auth/passkeys/begin", "", 200), &offer)
	made := addition("Phone", phone.Create(offer.Options))
	elsewhere := apitest.Caller{User: user.User, Cookie: h.SignIn(user.User)}
	apitest.Ask(t, h, elsewhere, "auth/passkeys", made, 422, "passkey_expired")
	apitest.Ask(t, h, user, "auth/passkeys", made, 201)
	apitest.Ask(t, h, user, "auth/passkeys", made, 422, "passkey_expired")
	unverified := passkeytest.New(t, k.origin)
	unverified.Unverified = true
	apitest.Decode(t, apitest.Ask(t, h, user, "auth/passkeys/begin", "", 200), &offer)
	apitest.Ask(t, h, user, "auth/passkeys", addition("Key", unverified.Create(offer.Options)), 422, "passkey_refused")
	foreign := passkeytest.New(t, "https://evil.example")
	apitest.Decode(t, apitest.Ask(t, h, user, "auth/passkeys/begin", "", 200), &offer)
	apitest.Ask(t, h, user, "auth/passkeys", addition("Key", foreign.Create(offer.Options)), 422, "passkey_refused")

	// A request's host doesn't change what the browser is asked, and the
	// account's handle is random.
	req, _ := http.NewRequestWithContext(t.Context(), http.MethodPost, h.AppURL+"/api/v1/auth/passkeys/begin", http.NoBody)
	req.Host = "evil.example"
	req.Header.Set("X-Forwarded-Host", "evil.example")
	resp := h.Do(user, req)
	defer resp.Body.Close()
	var asked struct {
		Options struct {
			RP   struct{ ID string }
			User struct{ ID, Name string }
		}
	}
	if err := json.NewDecoder(resp.Body).Decode(&asked); err != nil || asked.Options.RP.ID != "localhost" {
		t.Errorf("asked %+v, %v", asked, err)
	}
	handle := base64.RawURLEncoding.EncodeToString(apitest.Value[[]byte](h, `select passkey_handle from users where id = $1`, user.User.ID))
	if len(handle) != 43 || asked.Options.User.ID != handle || asked.Options.User.Name != user.User.Email {
		t.Errorf("asked %+v, handle %s", asked, handle)
	}

	const reauth = "auth/reauthenticate"
	h.Exec("update sessions set authenticated_at = $1", h.Store.DB.Now().Add(-11*time.Minute))
	apitest.Ask(t, h, user, "auth/passkeys/begin", "", 403, "reauthentication_required")
	apitest.Ask(t, h, user, "auth/passkeys", made, 403, "reauthentication_required")
	apitest.Decode(t, apitest.Ask(t, h, user, reauth+"/passkey/begin", "", 200), &offer)
	answer := phone.Use(offer.Options)
	apitest.Ask(t, h, elsewhere, reauth, fmt.Sprintf(`{"passkey":%s}`, answer), 422, "passkey_expired")
	apitest.Ask(t, h, user, reauth, fmt.Sprintf(`{"passkey":%s}`, answer), 204)
	apitest.Ask(t, h, user, reauth, fmt.Sprintf(`{"passkey":%s}`, answer), 422, "passkey_expired")
	apitest.Ask(t, h, user, reauth, fmt.Sprintf(`{"passkey":%s,"code":"000000"}`, answer), 422)
	apitest.Ask(t, h, user, "auth/passkeys/begin", "", 200)
}

func TestPasskeySatisfiesAdminRule(t *testing.T) {
	t.Parallel()
	k := newKeyring(t, func(c *api.Config, _ *api.Deps) { c.RequireAdminTOTP = true })
	admin := k.Account(models.RoleAdmin)
	k.Run(t, apitest.Scenario{As: admin, Path: "/api/v1/admin/users", Status: 403, Want: []string{"second_factor_required"}})
	id, recovery := k.add(t, admin, passkeytest.New(t, k.origin), "Phone")
	if len(recovery) != 10 {
		t.Errorf("%d recovery codes", len(recovery))
	}
	k.Run(t, apitest.Scenario{As: admin, Path: "/api/v1/admin/users", Status: 200})
	k.Run(t, apitest.Scenario{As: admin, Method: "DELETE", Path: "/api/v1/auth/passkeys/" + id, Status: 204})
	k.Run(t, apitest.Scenario{As: admin, Path: "/api/v1/admin/users", Status: 403, Want: []string{"second_factor_required"}})
}

// At an address where browsers don't support passkeys, every operation says so.
func TestPasskeysNeedAHostName(t *testing.T) {
	t.Parallel()
	h := apitest.New(t, apitest.Generous) // http://127.0.0.1
	user := h.Account(models.RoleUser)
	h.Run(t, apitest.Scenario{Path: "/api/v1/config", Status: 200, Want: []string{`"passkeys":false`}})
	h.Run(t, apitest.Scenario{As: user, Path: "/api/v1/auth/passkeys", Status: 200, Want: []string{`"available":false`, "BASE_URL"}})
	apitest.Ask(t, h, user, "auth/passkeys/begin", "", 409, "passkeys_off")
	apitest.Ask(t, h, apitest.Caller{}, "auth/login/passkey/begin", "{}", 409, "passkeys_off")
}

func TestPasskeySignInIsLimited(t *testing.T) {
	t.Parallel()
	h := apitest.New(t, func(c *api.Config, _ *api.Deps) {
		c.BaseURL = &url.URL{Scheme: "http", Host: "localhost:" + c.BaseURL.Port()}
	})
	var last int
	for n := 0; n < 300 && last != http.StatusTooManyRequests; n++ {
		req, _ := http.NewRequestWithContext(t.Context(), http.MethodPost, h.AppURL+"/api/v1/auth/login/passkey/begin", strings.NewReader("{}"))
		req.Header.Set("Content-Type", "application/json")
		resp := h.Do(apitest.Caller{}, req)
		resp.Body.Close()
		last = resp.StatusCode
	}
	if last != http.StatusTooManyRequests {
		t.Errorf("the 300th ceremony that one address begins at once is answered with %d", last)
	}
}
