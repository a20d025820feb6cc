package contract

import (
	"crypto/sha256"
	"encoding/base64"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/pquerna/otp/totp"

	"longhaul/api/apitest"
	"longhaul/internal/passkey/passkeytest"
	"longhaul/internal/token"
)

const (
	password = "walnut ladder over the quiet harbour"
	another  = "eleven herons beside the old canal"
	post     = http.MethodPost
	get      = http.MethodGet
	put      = http.MethodPut
	patch    = http.MethodPatch
	remove   = http.MethodDelete
	auth     = "/api/v1/auth/"
)

// cast is who takes part.
type cast struct {
	admin, owner, other, agent *caller
	reader                     *caller // the owner's API token that reads jobs
	ids                        map[string]string
}

// cast makes the accounts and the agent, in the way that people make them.
func (r *recorder) cast() *cast {
	p := &cast{ids: map[string]string{}}
	r.do(system, call{what: "before the set-up", method: get, path: "/api/v1/config"})
	value, hash, err := token.New()
	if err != nil {
		r.t.Fatal(err)
	}
	r.exec(`insert into one_time_tokens (hash, id, kind, created_at, expires_at) values ($1, gen_random_uuid(), 'setup', now(), now() + interval '1 hour')`, hash)
	setUp := func(link, password string) string {
		return fmt.Sprintf(`{"token":%q,"email":"admin@example.com","password":%q}`, link, password)
	}
	r.do(account, call{what: "unknown link", method: post, path: auth + "setup", body: setUp("made up", password)})
	r.do(account, call{what: "weak password", method: post, path: auth + "setup", body: setUp(value, "short")})
	a := r.must(account, call{method: post, path: auth + "setup", body: setUp(value, password)})
	r.do(account, call{what: "again", method: post, path: auth + "setup", body: setUp(value, password)})
	p.admin = &caller{name: "admin", cookie: a.cookie("__Host-sid")}
	r.name(a.get("id")+a.get("user.id"), "admin id")
	p.owner, p.other = r.invited(p, "owner"), r.invited(p, "other")
	return p
}

// invited makes an account by an invitation.
func (r *recorder) invited(p *cast, name string) *caller {
	email := name + "@example.com"
	a := r.must(admin, call{as: p.admin, what: name, method: post, path: "/api/v1/admin/invitations", body: fmt.Sprintf(`{"email":%q}`, email)})
	_, link, _ := strings.Cut(a.get("url"), "invitation=")
	r.do(account, call{what: name, method: post, path: auth + "invitation", body: fmt.Sprintf(`{"token":%q}`, link)})
	r.do(account, call{what: "weak password", method: post, path: auth + "invitation/accept", body: fmt.Sprintf(`{"token":%q,"password":"short"}`, link)})
	a = r.must(account, call{what: name, method: post, path: auth + "invitation/accept", body: fmt.Sprintf(`{"token":%q,"password":%q}`, link, password)})
	r.do(account, call{what: "used", method: post, path: auth + "invitation/accept", body: fmt.Sprintf(`{"token":%q,"password":%q}`, link, password)})
	id := a.get("id") + a.get("user.id")
	p.ids[name] = id
	r.name(id, name+" id")
	return &caller{name: name, cookie: a.cookie("__Host-sid")}
}

// signIn signs an account in.
func (r *recorder) signIn(name, password string) *caller {
	a := r.must(account, call{what: name, method: post, path: auth + "login", body: credentials(name+"@example.com", password)})
	return &caller{name: name, cookie: a.cookie("__Host-sid")}
}

func credentials(email, password string) string {
	return fmt.Sprintf(`{"email":%q,"password":%q}`, email, password)
}

func (r *recorder) accountStory(p *cast) {
	r.signInStory(p)
	r.registerStory()
	r.tokenStory(p)
	r.connectionStory(p)
	r.totpStory()
	r.passkeyStory(p)
	r.profileStory()
}

func (r *recorder) signInStory(p *cast) {
	for _, c := range [][3]string{
		{"wrong password", "owner@example.com", "wrong"}, {"unknown address", "stranger@example.com", password}, {"no password", "owner@example.com", ""},
	} {
		r.do(account, call{what: c[0], method: post, path: auth + "login", body: credentials(c[1], c[2])})
	}
	second := r.signIn("owner", password)
	for _, who := range []*caller{p.owner, p.admin, nil, {name: "stale", cookie: strings.Repeat("A", 43)}} {
		r.do(account, call{as: who, method: get, path: "/api/v1/me"})
	}
	a := r.do(account, call{as: p.owner, method: get, path: auth + "sessions"})
	for i := range 3 {
		if id := a.get(fmt.Sprintf("sessions.%d.id", i)); id != "" && a.get(fmt.Sprintf("sessions.%d.current", i)) == "false" {
			r.name(id, "session id")
			r.do(account, call{as: p.other, what: "another's", method: remove, path: auth + "sessions/" + id})
			r.do(account, call{as: p.owner, method: remove, path: auth + "sessions/" + id})
			r.do(account, call{as: p.owner, what: "again", method: remove, path: auth + "sessions/" + id})
			break
		}
	}
	r.do(account, call{as: second, what: "ended", method: get, path: "/api/v1/me"})
	third := r.signIn("owner", password)
	r.do(account, call{as: third, method: post, path: auth + "logout"})
	r.do(account, call{as: third, what: "signed out", method: post, path: auth + "logout"})
	r.do(account, call{as: p.owner, method: post, path: auth + "reauthenticate", body: `{"password":"` + password + `"}`})
	r.do(account, call{as: p.owner, what: "wrong", method: post, path: auth + "reauthenticate", body: `{"password":"wrong"}`})
	r.do(account, call{as: p.owner, what: "no factor", method: post, path: auth + "reauthenticate", body: `{"code":"123456"}`})
	r.do(account, call{as: p.owner, what: "nothing", method: post, path: auth + "reauthenticate", body: `{}`})
}

func (r *recorder) registerStory() {
	const email = "new@example.com"
	r.do(account, call{method: post, path: auth + "register", body: credentials("New@Example.com", password)})
	r.do(account, call{what: "not an address", method: post, path: auth + "register", body: credentials("a b@example.com", password)})
	r.do(account, call{what: "weak password", method: post, path: auth + "register", body: credentials(email, "short")})
	r.do(account, call{what: "not verified", method: post, path: auth + "login", body: credentials(email, password)})
	r.do(account, call{method: post, path: auth + "verify/resend", body: `{"email":"` + email + `"}`})
	r.do(account, call{what: "unknown", method: post, path: auth + "verify/resend", body: `{"email":"stranger@example.com"}`})
	link := r.mailed(email, "verify_email")
	verify := func(link, password string) string { return fmt.Sprintf(`{"token":%q,"password":%q}`, link, password) }
	r.do(account, call{what: "unknown", method: post, path: auth + "verify", body: verify("made up", password)})
	r.do(account, call{what: "wrong password", method: post, path: auth + "verify", body: verify(link, another)})
	r.name(r.must(account, call{method: post, path: auth + "verify", body: verify(link, password)}).get("id"), "new id")
	r.do(account, call{what: "used", method: post, path: auth + "verify", body: verify(link, password)})

	r.do(account, call{method: post, path: auth + "reset", body: `{"email":"` + email + `"}`})
	r.do(account, call{what: "unknown", method: post, path: auth + "reset", body: `{"email":"stranger@example.com"}`})
	link = r.mailed(email, "reset_password")
	r.do(account, call{what: "unknown", method: post, path: auth + "reset/confirm", body: verify("made up", another)})
	r.do(account, call{what: "weak", method: post, path: auth + "reset/confirm", body: verify(link, "short")})
	r.must(account, call{method: post, path: auth + "reset/confirm", body: verify(link, another)})
	r.do(account, call{what: "used", method: post, path: auth + "reset/confirm", body: verify(link, another)})
}

func (r *recorder) connectionStory(p *cast) {
	const connections = "/api/v1/connections"
	address := "https://" + apitest.Extension + ".chromiumapp.org/"
	secret := strings.Repeat("v", 43)
	sum := sha256.Sum256([]byte(secret))
	ask := func(address, scope string) string {
		return fmt.Sprintf(`{"client":"extension","name":"Chromium on Linux","redirectUri":%q,"state":"0123456789abcdef","codeChallenge":%q,"scopes":[%q]}`,
			address, base64.RawURLEncoding.EncodeToString(sum[:]), scope)
	}
	redeem := func(code string) string {
		return fmt.Sprintf(`{"code":%q,"codeVerifier":%q,"redirectUri":%q}`, code, secret, address)
	}
	for _, path := range []string{connections + "/review", connections} {
		r.do(account, call{as: p.owner, what: "another address", method: post, path: path, body: ask("https://evil.example/", "jobs:read")})
		r.do(account, call{as: p.owner, what: "another scope", method: post, path: path, body: ask(address, "admin")})
		r.do(account, call{as: p.reader, what: "by a token", method: post, path: path, body: ask(address, "jobs:read")})
	}
	r.do(account, call{as: p.owner, method: post, path: connections + "/review", body: ask(address, "jobs:read")})
	a := r.must(account, call{as: p.owner, method: post, path: connections, body: ask(address, "jobs:read")})
	to, err := url.Parse(a.get("redirectUrl"))
	if err != nil {
		r.t.Fatal(err)
	}
	r.do(account, call{what: "unknown", method: post, path: connections + "/token", body: redeem("made up")})
	b := r.must(account, call{method: post, path: connections + "/token", body: redeem(to.Query().Get("code"))})
	r.name(b.get("info.id"), "device id")
	r.do(account, call{what: "used", method: post, path: connections + "/token", body: redeem(to.Query().Get("code"))})
	r.do(account, call{as: &caller{name: "owner's device", bearer: b.get("token")}, method: post, path: auth + "logout"})
}

func (r *recorder) tokenStory(p *cast) {
	const tokens = auth + "tokens"
	a := r.must(account, call{as: p.owner, method: post, path: tokens, body: `{"name":"Script","scopes":["jobs:read"]}`})
	p.reader = &caller{name: "owner's token", bearer: a.get("token")}
	r.name(a.get("info.id"), "token id")
	b := r.must(account, call{as: p.owner, what: "for a week", method: post, path: tokens, body: `{"name":"Other","scopes":["files:read","jobs:write"],"expiresInDays":7}`})
	r.name(b.get("info.id"), "second token id")
	second := &caller{name: "owner's second token", bearer: b.get("token")}
	for _, c := range [][2]string{
		{"unknown scope", `{"name":"x","scopes":["everything"]}`},
		{"no scope", `{"name":"x","scopes":[]}`},
		{"no name", `{"name":"","scopes":["jobs:read"]}`},
		{"too long", `{"name":"x","scopes":["jobs:read"],"expiresInDays":400}`},
		{"not an administrator", `{"name":"x","scopes":["admin"]}`},
	} {
		r.do(account, call{as: p.owner, what: c[0], method: post, path: tokens, body: c[1]})
	}
	r.do(account, call{as: p.owner, method: get, path: tokens})
	r.do(account, call{as: p.reader, what: "by a token", method: get, path: tokens})
	r.do(account, call{as: p.reader, method: get, path: "/api/v1/me"})
	both := &caller{name: "session and token", cookie: p.owner.cookie, bearer: p.reader.bearer}
	r.do(account, call{as: both, method: get, path: "/api/v1/me"})
	r.do(account, call{as: p.other, what: "another's", method: remove, path: tokens + "/" + b.get("info.id")})
	r.do(account, call{as: second, method: post, path: auth + "logout"})
	r.do(account, call{as: p.owner, what: "gone", method: remove, path: tokens + "/" + b.get("info.id")})
	c := r.must(account, call{as: p.owner, what: "third", method: post, path: tokens, body: `{"name":"Third","scopes":["jobs:read"]}`})
	r.name(c.get("info.id"), "third token id")
	r.do(account, call{as: p.owner, method: remove, path: tokens + "/" + c.get("info.id")})
}

func (r *recorder) totpStory() {
	who := r.signIn("other", password)
	who.name = "other with codes"
	ask := func(what, method, path, body string) answer {
		return r.do(account, call{as: who, what: what, method: method, path: auth + path, body: body})
	}
	ask("off", get, "totp", "")
	ask("set-up not started", post, "totp/enable", `{"code":"000000"}`)
	ask("off", post, "totp/recovery-codes", "")
	secret := ask("", post, "totp", "").get("secret")
	ask("wrong code", post, "totp/enable", `{"code":"000000"}`)
	code := func() string {
		r.exec(`update users set totp_step = 0`) // a code works once, and the next is half a minute away
		c, err := totp.GenerateCode(secret, time.Now())
		if err != nil {
			r.t.Fatal(err)
		}
		return c
	}
	ask("", post, "totp/enable", `{"code":"`+code()+`"}`)
	ask("on", post, "totp/enable", `{"code":"`+code()+`"}`)
	ask("on", get, "totp", "")
	recovery := ask("", post, "totp/recovery-codes", "").get("recoveryCodes.0")
	ask("by code", post, "reauthenticate", `{"code":"`+code()+`"}`)
	challenge := func() string {
		return r.must(account, call{what: "two factors", method: post, path: auth + "login", body: credentials("other@example.com", password)}).get("challenge")
	}
	finish := func(what, challenge, code string) {
		r.do(account, call{what: what, method: post, path: auth + "login/totp", body: fmt.Sprintf(`{"challenge":%q,"code":%q}`, challenge, code)})
	}
	signIn := challenge()
	finish("unknown challenge", "made up", "000000")
	finish("wrong code", signIn, "000000")
	finish("code", signIn, code())
	finish("used challenge", signIn, code())
	finish("recovery code", challenge(), recovery)
	finish("used recovery code", challenge(), recovery)
	ask("", remove, "totp", "")
	ask("off again", remove, "totp", "")
}

func (r *recorder) passkeyStory(p *cast) {
	who := r.signIn("owner", password)
	who.name = "owner with a passkey"
	phone := passkeytest.New(r.t, r.app)
	ask := func(what, method, path, body string) answer {
		return r.do(account, call{as: who, what: what, method: method, path: auth + path, body: body})
	}
	ask("none", get, "passkeys", "")
	offer := ask("", post, "passkeys/begin", "")
	made := phone.Create(offer.raw(r.t, "options"))
	ask("no name", post, "passkeys", fmt.Sprintf(`{"name":" ","credential":%s}`, made))
	added := ask("", post, "passkeys", fmt.Sprintf(`{"name":"Phone","credential":%s}`, made))
	ask("again", post, "passkeys", fmt.Sprintf(`{"name":"Phone","credential":%s}`, made))
	id := added.get("passkey.id")
	r.name(id, "passkey id")
	r.name(phone.IDs()[0], "credential id")
	ask("one", get, "passkeys", "")
	ask("", patch, "passkeys/"+id, `{"name":"My phone"}`)
	r.do(account, call{as: p.other, what: "another's", method: patch, path: auth + "passkeys/" + id, body: `{"name":"Mine"}`})
	r.do(account, call{as: p.other, what: "another's", method: remove, path: auth + "passkeys/" + id})
	again := ask("", post, "reauthenticate/passkey/begin", "")
	ask("by passkey", post, "reauthenticate", fmt.Sprintf(`{"passkey":%s}`, phone.Use(again.raw(r.t, "options"))))

	login := func(what, challenge, begin string) {
		c := r.do(account, call{what: what, method: post, path: auth + "login/passkey/begin", body: begin})
		cookie := map[string]string{"Cookie": "__Host-passkey=" + c.cookie("__Host-passkey")}
		body := fmt.Sprintf(`{"challenge":%q,"credential":%s}`, challenge, phone.Use(c.raw(r.t, "options")))
		r.do(account, call{what: what + ", another browser", method: post, path: auth + "login/passkey", body: body, header: map[string]string{"Cookie": "__Host-passkey=another"}})
		r.do(account, call{what: what, method: post, path: auth + "login/passkey", body: body, header: cookie})
		r.do(account, call{what: what + ", used", method: post, path: auth + "login/passkey", body: body, header: cookie})
	}
	login("without a password", "", `{}`)
	two := r.must(account, call{what: "second factor is a passkey", method: post, path: auth + "login", body: credentials("owner@example.com", password)})
	login("after the password", two.get("challenge"), fmt.Sprintf(`{"challenge":%q}`, two.get("challenge")))
	r.do(account, call{what: "unknown challenge", method: post, path: auth + "login/passkey/begin", body: `{"challenge":"made up"}`})
	ask("", remove, "passkeys/"+id, "")
	ask("gone", remove, "passkeys/"+id, "")
}

// profileStory uses an account that nothing else needs.
func (r *recorder) profileStory() {
	who := r.signIn("new", another)
	r.do(account, call{as: who, what: "weak", method: put, path: "/api/v1/me/password", body: `{"password":"short"}`})
	a := r.must(account, call{as: who, method: put, path: "/api/v1/me/password", body: `{"password":"` + password + `"}`})
	if c := a.cookie("__Host-sid"); c != "" {
		who.cookie = c
	}
	for _, c := range [][2]string{{"the same", "new@example.com"}, {"not an address", "a b@example.com"}, {"", "newer@example.com"}} {
		r.do(account, call{as: who, what: c[0], method: put, path: "/api/v1/me/email", body: fmt.Sprintf(`{"email":%q}`, c[1])})
	}
	link := r.mailed("newer@example.com", "confirm_email")
	r.do(account, call{what: "unknown", method: post, path: auth + "email/confirm", body: `{"token":"made up"}`})
	r.do(account, call{method: post, path: auth + "email/confirm", body: fmt.Sprintf(`{"token":%q}`, link)})
	r.do(account, call{what: "used", method: post, path: auth + "email/confirm", body: fmt.Sprintf(`{"token":%q}`, link)})
	who = r.signIn("newer", password)
	r.do(account, call{as: who, what: "old session", method: get, path: "/api/v1/me"})
	r.exec(`update sessions set authenticated_at = now() - interval '11 minutes' where user_id = (select id from users where email = 'newer@example.com')`)
	r.do(account, call{as: who, what: "not confirmed lately", method: post, path: "/api/v1/me/delete", body: `{"email":"newer@example.com"}`})
	who = r.signIn("newer", password)
	r.do(account, call{as: who, what: "wrong address", method: post, path: "/api/v1/me/delete", body: `{"email":"new@example.com"}`})
	r.do(account, call{as: who, method: post, path: "/api/v1/me/delete", body: `{"email":"newer@example.com"}`})
	r.do(account, call{as: who, what: "deleted", method: get, path: "/api/v1/me"})
}
