//go:build e2e

package e2e

import (
	"errors"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/pquerna/otp/totp"

	"longhaul/test/harness"
)

// refused returns the code of the fault that a call has to answer.
func refused(t *testing.T, err error) string {
	t.Helper()
	p, ok := errors.AsType[*harness.Problem](err)
	if !ok {
		t.Fatalf("got %v, want a fault", err)
	}
	return p.Code
}

// TestAccount follows a new user through the running programs, with real mails:
// register, verify, sign in, set up a second factor, sign in with it, reset the
// password, delete the account.
func TestAccount(t *testing.T) {
	ready, err := stack.Ready()
	if err != nil {
		t.Fatal(err)
	}
	ctx, client := t.Context(), harness.NewClient(ready.App)
	const email, password, second = "somebody@longhaul.test", "walnut ladder over the quiet harbour", "eleven herons beside the old canal"
	call := func(path string, in, out any) error { return client.Do(ctx, http.MethodPost, "/api/v1/"+path, in, out) }
	must := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	in := map[string]string{"email": email, "password": password}
	must(call("auth/register", in, nil))
	address, link := harness.LinkIn(t, stack.Mailed(t, email, 1))
	if code := refused(t, call("auth/login", in, nil)); code != "email_not_verified" {
		t.Errorf("before the link is used: %s", code)
	}
	if !strings.HasPrefix(address, ready.App+"/verify?token=") {
		t.Errorf("the link is %s", address)
	}
	must(call("auth/verify", map[string]string{"token": link, "password": password}, nil))
	client.Cookie = ""
	must(call("auth/login", in, nil))

	var offer struct{ Secret string }
	must(call("auth/totp", nil, &offer))
	enabledAt := time.Now()
	code, err := totp.GenerateCode(offer.Secret, enabledAt)
	must(err)
	var enabled struct{ RecoveryCodes []string }
	must(call("auth/totp/enable", map[string]string{"code": code}, &enabled))
	stack.Mailed(t, email, 2)
	var signIn struct{ Challenge string }
	client.Cookie = ""
	must(call("auth/login", in, &signIn))
	if client.Cookie != "" || refused(t, call("auth/login/totp", map[string]string{"challenge": signIn.Challenge, "code": code}, nil)) != "wrong_code" {
		t.Error("the password alone signs in, or a code works twice")
	}
	code, err = totp.GenerateCode(offer.Secret, enabledAt.Add(30*time.Second)) // clocks may be a step off
	must(err)
	must(call("auth/login/totp", map[string]string{"challenge": signIn.Challenge, "code": code}, nil))
	old := client.Cookie

	must(call("auth/reset", map[string]string{"email": email}, nil))
	address, link = harness.LinkIn(t, stack.Mailed(t, email, 3))
	if !strings.HasPrefix(address, ready.App+"/reset/confirm?token=") {
		t.Errorf("the link is %s", address)
	}
	client.Cookie = ""
	must(call("auth/reset/confirm", map[string]string{"token": link, "password": second}, nil))
	stack.Mailed(t, email, 4)
	client.Cookie = old
	if code := refused(t, client.Do(ctx, http.MethodGet, "/api/v1/me", nil, nil)); code != "unauthorized" {
		t.Errorf("an old session after the reset: %s", code)
	}
	client.Cookie = ""
	if code := refused(t, call("auth/login", in, nil)); code != "unauthorized" {
		t.Errorf("the old password: %s", code)
	}
	must(call("auth/login", map[string]string{"email": email, "password": second}, &signIn))
	must(call("auth/login/totp", map[string]string{"challenge": signIn.Challenge, "code": enabled.RecoveryCodes[0]}, nil))
	must(call("me/delete", map[string]string{"email": email}, nil))
	if code := refused(t, client.Do(ctx, http.MethodGet, "/api/v1/me", nil, nil)); code != "unauthorized" {
		t.Errorf("after the deletion: %s", code)
	}
	stack.Mailed(t, email, 5)
}
