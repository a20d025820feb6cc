package seedr

import (
	"context"
	"encoding/json"
	"net/http"
	"net/url"
	"strconv"
	"strings"
)

// The REST API has no call for the wishlist, but leaves entries there when an
// account is full. Seedr's older OAuth API, which its browser extension uses,
// has: a token for the password, then calls of one address.
const (
	tokenPath    = "oauth_test/token.php"
	resourcePath = "oauth_test/resource.php"
	oauthClient  = "seedr_chrome" // the only one that takes a password
)

// Wishlist returns the entries of the account's wishlist.
func (c *Client) Wishlist(ctx context.Context) ([]Wish, error) {
	token, err := c.token(ctx)
	if err != nil {
		return nil, err
	}
	var u wireUser
	k := call{
		name: "list wishlist", method: http.MethodPost, path: resourcePath, oauth: true,
		form: url.Values{"access_token": {token}, "func": {"get_settings"}},
	}
	if err := c.do(ctx, k, &u); err != nil {
		return nil, err
	}
	if u.Account == nil || len(u.Account.Wishlist) == 0 {
		return nil, nil
	}
	var list []wish
	if err := json.Unmarshal(u.Account.Wishlist, &list); err != nil {
		return nil, &Error{Kind: KindMalformed, Call: k.name, Cause: err}
	}
	out := make([]Wish, 0, len(list))
	for _, w := range list {
		out = append(out, *w.public())
	}
	return out, nil
}

// RemoveWish removes an entry of the wishlist. KindGone says that there is none
// (any more).
func (c *Client) RemoveWish(ctx context.Context, id int64) error {
	token, err := c.token(ctx)
	if err != nil {
		return err
	}
	return c.do(ctx, call{
		name: "remove wish", method: http.MethodPost, path: resourcePath, oauth: true,
		form: url.Values{"access_token": {token}, "func": {"remove_wishlist"}, "id": {strconv.FormatInt(id, 10)}},
	}, nil)
}

// token returns an access token. It is not kept: the wishlist is needed rarely,
// and a token that is nowhere cannot leak.
func (c *Client) token(ctx context.Context) (string, error) {
	var t struct {
		Token text `json:"access_token"`
	}
	k := call{
		name: "get token", method: http.MethodPost, path: tokenPath, oauth: true,
		form: url.Values{
			"grant_type": {"password"}, "client_id": {oauthClient}, "type": {"login"},
			"username": {c.email}, "password": {c.password},
		},
	}
	if err := c.do(ctx, k, &t); err != nil {
		return "", err
	}
	if t.Token == "" {
		return "", &Error{Kind: KindMalformed, Call: k.name}
	}
	return string(t.Token), nil
}

// target returns the address of a call.
func (c *Client) target(k call) string {
	if !k.oauth {
		return c.base.JoinPath(k.path).String()
	}
	origin := *c.base
	origin.Path = strings.TrimSuffix(strings.TrimSuffix(origin.Path, "/"), "/rest")
	return origin.JoinPath(k.path).String()
}
