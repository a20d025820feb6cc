package cli

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"net/http"
	"os"
	"slices"
	"strings"
	"time"
)

// tokenPrefix starts every API token.
const tokenPrefix = "lh_"

// tokenDays is how long the token of a sign-in works.
const tokenDays = 90

type loginCmd struct {
	Email string `help:"E-mail address; prompts if left out." short:"e"`
	Token bool   `help:"Store an API token created in the web app instead of signing in with the password; prompts for it."`
}

// me is the account that a token belongs to.
type me struct {
	Email string `json:"email"`
	Role  string `json:"role"`
}

// Run creates an API token with the password, and a two-factor code if the
// account has one, and stores it. It reads answers from the terminal, or from
// standard input if that is not a terminal.
func (c *loginCmd) Run(ctx context.Context, p *program) error {
	api, err := p.newClient()
	if err != nil {
		return err
	}
	in := bufio.NewReader(p.In)
	if c.Token {
		return c.keep(ctx, p, api, in)
	}
	email := c.Email
	if email == "" {
		if email, err = p.ask(in, "E-mail: "); err != nil {
			return err
		}
	}
	password, err := p.askSecret(in, "Password: ")
	if err != nil {
		return err
	}
	api.session = ""
	cookie, who, err := signIn(ctx, p, api, in, email, password)
	if err != nil {
		return err
	}
	// the session is needed for the token alone
	api.session = cookie
	made, err := makeToken(ctx, api, who)
	_, endErr := api.do(ctx, http.MethodPost, "/auth/logout", nil, nil)
	if err := errors.Join(err, endErr); err != nil {
		return err
	}
	if err := p.saveSession(api.base, session{Email: who.Email, Value: made.Token, Expires: made.Info.ExpiresAt}); err != nil {
		return err
	}
	fmt.Fprintf(p.Err, "Signed in as %s until %s.\n", who.Email, made.Info.ExpiresAt.Local().Format(time.DateOnly))
	return nil
}

// keep stores a token that the server knows.
func (c *loginCmd) keep(ctx context.Context, p *program, api *client, in *bufio.Reader) error {
	value, err := p.askSecret(in, "API token: ")
	if err != nil {
		return err
	}
	if value = strings.TrimSpace(value); !strings.HasPrefix(value, tokenPrefix) {
		return usagef("That isn't an API token; they begin with %s.", tokenPrefix)
	}
	api.session = value
	var who me
	if _, err := api.do(ctx, http.MethodGet, "/me", nil, &who); err != nil {
		return err
	}
	if err := p.saveSession(api.base, session{Email: who.Email, Value: value}); err != nil {
		return err
	}
	fmt.Fprintf(p.Err, "Signed in as %s.\n", who.Email)
	return nil
}

// signIn opens a session and returns its cookie's value.
func signIn(ctx context.Context, p *program, api *client, in *bufio.Reader, email, password string) (string, me, error) {
	req, err := jsonBody(map[string]string{"email": email, "password": password})
	if err != nil {
		return "", me{}, err
	}
	var result struct {
		User      *me      `json:"user"`
		Challenge string   `json:"challenge"`
		Factors   []string `json:"factors"`
	}
	cookies, err := api.do(ctx, http.MethodPost, "/auth/login", req, &result)
	if err != nil {
		return "", me{}, err
	}
	if result.Challenge != "" {
		code, err := p.ask(in, codePrompt(result.Factors))
		if err != nil {
			return "", me{}, err
		}
		if req, err = jsonBody(map[string]string{"challenge": result.Challenge, "code": code}); err != nil {
			return "", me{}, err
		}
		result.User = &me{}
		if cookies, err = api.do(ctx, http.MethodPost, "/auth/login/totp", req, result.User); err != nil {
			return "", me{}, err
		}
	}
	for _, cookie := range cookies {
		if cookie.Name == sessionCookie && cookie.Value != "" && result.User != nil {
			return cookie.Value, *result.User, nil
		}
	}
	return "", me{}, errors.New("the server sent no session; is the address right?")
}

// codePrompt asks for a code of the kinds that the account has. Passkeys need a
// browser.
func codePrompt(factors []string) string {
	if slices.Contains(factors, "passkey") && !slices.Contains(factors, "totp") {
		return "Recovery code (to sign in with a passkey, create an API token in the web app and use --token): "
	}
	return "Two-factor or recovery code: "
}

// madeToken is a new API token.
type madeToken struct {
	Token string `json:"token"`
	Info  struct {
		ExpiresAt time.Time `json:"expiresAt"`
	} `json:"info"`
}

// makeToken makes a token for this program on this machine.
func makeToken(ctx context.Context, api *client, who me) (madeToken, error) {
	scopes := []string{"jobs:read", "jobs:write", "files:read"}
	if who.Role == "admin" {
		scopes = append(scopes, "admin")
	}
	name := "longhaul command line"
	if host, err := os.Hostname(); err == nil && host != "" {
		name += " on " + host
	}
	req, err := jsonBody(map[string]any{"name": name[:min(len(name), 100)], "scopes": scopes, "expiresInDays": tokenDays})
	if err != nil {
		return madeToken{}, err
	}
	var made madeToken
	_, err = api.do(ctx, http.MethodPost, "/auth/tokens", req, &made)
	return made, err
}
