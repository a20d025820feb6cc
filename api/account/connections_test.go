package account_test

import (
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"longhaul/api/apitest"
	"longhaul/models"
)

const (
	ownAddress = "https://" + apitest.Extension + ".chromiumapp.org/"
	appState   = "0123456789abcdef"
)

var verifier = strings.Repeat("v", 43)

// connectRequest is what the extension asks for, with the changes.
func connectRequest(t *testing.T, changes map[string]any) string {
	t.Helper()
	sum := sha256.Sum256([]byte(verifier))
	ask := map[string]any{
		"client": "extension", "name": "Chromium on Linux", "redirectUri": ownAddress, "state": appState,
		"codeChallenge": base64.RawURLEncoding.EncodeToString(sum[:]), "scopes": []string{"jobs:write", "jobs:read", "files:read"},
	}
	for key, value := range changes {
		ask[key] = value
	}
	return asJSON(t, ask)
}

func asJSON(t *testing.T, v any) string {
	t.Helper()
	body, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	return string(body)
}

// approve lets the user connect the extension and returns the code.
func approve(t *testing.T, h *apitest.Harness, user apitest.Caller) string {
	t.Helper()
	var out struct{ RedirectURL string }
	apitest.Decode(t, apitest.Ask(t, h, user, "connections", connectRequest(t, nil), 200), &out)
	to, err := url.Parse(out.RedirectURL)
	if err != nil || !strings.HasPrefix(out.RedirectURL, ownAddress+"?") || to.Query().Get("state") != appState || len(to.Query()) != 2 {
		t.Fatalf("the answer goes to %s, %v", out.RedirectURL, err)
	}
	return to.Query().Get("code")
}

func redemption(t *testing.T, code, secret, redirect string) string {
	t.Helper()
	return asJSON(t, map[string]string{"code": code, "codeVerifier": secret, "redirectUri": redirect})
}

func TestConnectingTheExtension(t *testing.T) {
	t.Parallel()
	h, nobody := apitest.New(t, apitest.Generous), apitest.Caller{}
	user := h.Account(models.RoleUser)
	apitest.Ask(t, h, user, "connections/review", connectRequest(t, nil), 200,
		`"name":"Chromium on Linux"`, `"scopes":["jobs:write","jobs:read","files:read"]`, `"server":"`+h.AppURL+`"`,
		`"recipient":"`+apitest.Extension+`.chromiumapp.org"`, `"refuseUrl":"`+ownAddress+`?error=access_denied&state=`+appState+`"`)
	code := approve(t, h, user)
	if n := apitest.Value[int](h, `select count(*) from connection_codes where encode(hash, 'escape') like '%' || $1 || '%'`, code); n != 0 {
		t.Error("the code is stored in the clear")
	}
	var made struct{ Token string }
	apitest.Decode(t, apitest.Ask(t, h, nobody, "connections/token", redemption(t, code, verifier, ownAddress), 201, `"device":true`, `"name":"Chromium on Linux"`), &made)
	device := apitest.Caller{Bearer: made.Token}
	apitest.Ask(t, h, nobody, "connections/token", redemption(t, code, verifier, ownAddress), 422, "used or took too long") // works once
	h.Run(t, apitest.Scenario{As: device, Path: "/api/v1/jobs", Status: 200})
	h.Run(t, apitest.Scenario{As: user, Path: "/api/v1/auth/tokens", Status: 200, Want: []string{"Chromium on Linux", `"device":true`}})
	if n := h.Mails(user.User.Email, models.MailTokenMade); n != 1 {
		t.Errorf("%d mails tell of the device", n)
	}
	h.Run(t, apitest.Scenario{As: device, Method: http.MethodPost, Path: "/api/v1/auth/logout", Status: 204})
	h.Run(t, apitest.Scenario{As: device, Path: "/api/v1/jobs", Status: 401})
	for _, secret := range []string{code, made.Token, verifier} {
		if strings.Contains(h.Log.String(), secret) {
			t.Error("the log contains a secret")
		}
	}
}

// A code is for one recipient, one secret and two minutes, and for the account
// as it was.
func TestCodesThatDoNotFit(t *testing.T) {
	t.Parallel()
	h, nobody := apitest.New(t, apitest.Generous), apitest.Caller{}
	user := h.Account(models.RoleUser)
	const path = "connections/token"
	code := approve(t, h, user)
	apitest.Ask(t, h, nobody, path, redemption(t, code, strings.Repeat("w", 43), ownAddress), 422, `"field":"code"`)
	apitest.Ask(t, h, nobody, path, redemption(t, code, verifier, "https://"+apitest.FirefoxExtension+".extensions.allizom.org/"), 422)
	apitest.Ask(t, h, nobody, path, redemption(t, "made up", verifier, ownAddress), 422)
	apitest.Ask(t, h, nobody, path, redemption(t, code, verifier, ownAddress), 201)

	old := approve(t, h, user)
	h.Exec(`update connection_codes set created_at = created_at - interval '3 minutes', expires_at = expires_at - interval '2 minutes'`)
	apitest.Ask(t, h, nobody, path, redemption(t, old, verifier, ownAddress), 422)
	if _, err := h.Store.Accounts.Worker().PruneSessions(t.Context(), h.Store.DB.Now()); err != nil {
		t.Fatal(err)
	}
	if n := apitest.Value[int](h, `select count(*) from connection_codes`); n != 0 {
		t.Errorf("%d old codes are kept", n)
	}
	for name, end := range map[string]func(models.User){
		"disabled": h.Disable,
		"signed out everywhere": func(u models.User) {
			if err := h.Store.Accounts.EndUserAccess(t.Context(), models.Actor{Kind: models.ActorConsole}, u.ID); err != nil {
				t.Fatal(err)
			}
		},
	} {
		owner := h.Account(models.RoleUser)
		code := approve(t, h, owner)
		end(owner.User)
		t.Run(name, func(t *testing.T) { apitest.Ask(t, h, nobody, path, redemption(t, code, verifier, ownAddress), 422) })
	}
}

// Of many who use a code at once, one gets a token.
func TestACodeIsUsedOnce(t *testing.T) {
	t.Parallel()
	h := apitest.New(t, apitest.Generous)
	user := h.Account(models.RoleUser)
	body := redemption(t, approve(t, h, user), verifier, ownAddress)
	var wg sync.WaitGroup
	var made atomic.Int32
	for range 10 {
		wg.Go(func() {
			resp, err := http.Post(h.AppURL+"/api/v1/connections/token", "application/json", strings.NewReader(body))
			if err != nil {
				t.Error(err)
				return
			}
			resp.Body.Close()
			if resp.StatusCode == http.StatusCreated {
				made.Add(1)
			}
		})
	}
	wg.Wait()
	if n := apitest.Value[int](h, `select count(*) from api_tokens where user_id = $1`, user.User.ID); made.Load() != 1 || n != 1 {
		t.Errorf("%d tokens were given out, %d exist", made.Load(), n)
	}
}

// The answer leaves for the extensions that we know, and for nowhere else.
func TestConnectionsGoToKnownExtensions(t *testing.T) {
	t.Parallel()
	h := apitest.New(t, apitest.Generous)
	user := h.Account(models.RoleUser)
	apitest.Ask(t, h, user, "connections/review", connectRequest(t, map[string]any{"redirectUri": "https://" + apitest.FirefoxExtension + ".extensions.allizom.org/"}), 200)
	host := apitest.Extension + ".chromiumapp.org"
	for _, address := range []string{
		"http://" + host + "/", "https://" + host, "https://" + host + "/x", "https://" + host + "/?x", "https://" + host + "/#x", "https://" + host + ":443/",
		"https://a@" + host + "/", "https://evil.example/" + host + "/", "https://" + host + ".evil.example/", "https://evil." + host + "/", "https://" + strings.ToUpper(host) + "/",
		"https://" + strings.Repeat("a", 32) + ".chromiumapp.org/", "https://.chromiumapp.org/", "https://" + apitest.FirefoxExtension + ".chromiumapp.org.evil.example/",
		"javascript:alert(1)", "//" + host + "/", h.AppURL + "/", "https://" + host + "/\\", " https://" + host + "/",
	} {
		for _, path := range []string{"connections/review", "connections"} {
			apitest.Ask(t, h, user, path, connectRequest(t, map[string]any{"redirectUri": address}), 422, `"field":"redirectUri"`)
		}
	}
	for field, values := range map[string][]any{
		"scopes": {[]string{"admin"}, []string{"jobs:read", "admin"}, []string{}, []string{"everything"}},
		"client": {"", "cli"}, "state": {"", "short", "0123456789abcde&x=y"}, "codeChallenge": {"", strings.Repeat("=", 43)},
		"name": {"", " ", "line\nbreak", "right-to-left \u202e", strings.Repeat("x", 101)},
	} {
		for _, value := range values {
			apitest.Ask(t, h, user, "connections", connectRequest(t, map[string]any{field: value}), 422, field)
		}
	}
	if n := apitest.Value[int](h, `select count(*) from connection_codes`); n != 0 {
		t.Errorf("%d codes were made", n)
	}
}

// Approving takes the user's own recent sign-in on our own page; fetching takes
// the code alone, wherever the browser says that the extension sits.
func TestWhoMayConnect(t *testing.T) {
	t.Parallel()
	h, nobody := apitest.New(t, apitest.Generous), apitest.Caller{}
	user := h.Account(models.RoleUser)
	for _, path := range []string{"/api/v1/connections", "/api/v1/connections/review"} {
		h.Run(t, apitest.Scenario{As: nobody, Method: http.MethodPost, Path: path, Body: connectRequest(t, nil), Status: 401})
		h.Run(t, apitest.Scenario{As: h.Token(user.User, models.Scopes()...), Method: http.MethodPost, Path: path, Body: connectRequest(t, nil), Status: 403, Want: []string{"scope_missing"}})
		h.Run(t, apitest.Scenario{
			As: user, Method: http.MethodPost, Path: path, Body: connectRequest(t, nil), Status: 403, Want: []string{"cross_origin"},
			Header: map[string]string{"Sec-Fetch-Site": "cross-site", "Origin": "chrome-extension://" + apitest.Extension},
		})
	}
	for _, site := range []string{"none", "cross-site", "same-origin"} {
		h.Run(t, apitest.Scenario{
			Method: http.MethodPost, Path: "/api/v1/connections/token", Body: redemption(t, approve(t, h, user), verifier, ownAddress), Status: 201,
			Header:  map[string]string{"Sec-Fetch-Site": site, "Origin": "moz-extension://4d8e0e9b-5b2e-4f0e-8a43-5a3d2b0f1c7e"},
			Headers: map[string]string{"Access-Control-Allow-Origin": "", "Set-Cookie": ""},
		})
	}
	h.Run(t, apitest.Scenario{
		Method: http.MethodPost, Path: "/api/v1/connections/token", Body: redemption(t, approve(t, h, user), verifier, ownAddress), Status: 403,
		Header: map[string]string{"Sec-Fetch-Site": "cross-site", "Origin": "https://evil.example"}, Want: []string{"cross_origin"},
	})
	h.Exec(`update sessions set authenticated_at = $1`, h.Store.DB.Now().Add(-11*time.Minute))
	apitest.Ask(t, h, user, "connections/review", connectRequest(t, nil), 200)
	apitest.Ask(t, h, user, "connections", connectRequest(t, nil), 403, "reauthentication_required")
	h.Exec(`update sessions set authenticated_at = $1`, h.Store.DB.Now())
	h.Exec(`insert into flag_rules (flag, enabled, changed_at) values ('api_tokens', false, now())`)
	apitest.Ask(t, h, user, "connections", connectRequest(t, nil), 403, "feature_off")
}
