package seedr

import (
	"context"
	"encoding/json"
	"net/http"
	"strings"
)

// Account is what an account may hold and holds. It has no e-mail address.
type Account struct {
	ID        int64
	Plan      string // as Seedr names it, such as "MASTER"
	Premium   bool
	Slots     int   // transfers at once, by the plan's published number; 0 when the plan is unknown
	SpaceMax  int64 // bytes; 0 when unknown
	SpaceUsed int64 // bytes
}

// slots are the published numbers of transfers at once. Seedr's API does not
// tell them. A name is searched for from the top.
var slots = []struct {
	plan string
	n    int
}{
	{"NON-PREMIUM", 1},
	{"FREE", 1},
	{"BASIC", 2},
	{"PRO", 8},
	{"MASTER", 25},
	{"GOLD4", 100},
	{"GOLD3", 70},
	{"GOLD2", 50},
	{"GOLD", 35},
}

func slotsOf(plan string) int {
	name := strings.NewReplacer(" ", "", "_", "").Replace(strings.ToUpper(plan))
	for _, s := range slots {
		if strings.HasPrefix(name, s.plan) {
			return s.n
		}
	}
	return 0
}

type wireUser struct {
	wireAccount              // some answers are flat
	Account     *wireAccount `json:"account"`
}

type wireAccount struct {
	ID        number `json:"user_id"`
	Premium   flag   `json:"premium"`
	IsPremium flag   `json:"is_premium"`
	Plan      text   `json:"package_name"`
	SpaceMax  number `json:"space_max"`
	SpaceUsed number `json:"space_used"`

	Wishlist json.RawMessage `json:"wishlist"` // read by Wishlist alone
}

// Account returns the account's plan, slots and space. Root reports the space
// more reliably.
func (c *Client) Account(ctx context.Context) (Account, error) { return c.account(ctx, false) }

func (c *Client) account(ctx context.Context, forced bool) (Account, error) {
	var u wireUser
	k := call{name: "account", method: http.MethodGet, path: "user", forced: forced}
	if err := c.do(ctx, k, &u); err != nil {
		return Account{}, err
	}
	w := u.wireAccount
	if u.Account != nil {
		w = *u.Account
	}
	return Account{
		ID: int64(w.ID), Plan: string(w.Plan), Premium: bool(w.Premium || w.IsPremium), Slots: slotsOf(string(w.Plan)),
		SpaceMax: int64(w.SpaceMax), SpaceUsed: int64(w.SpaceUsed),
	}, nil
}

// Verify checks that the credentials and the plan are good, with two calls that
// it makes even while the breaker is open. It returns the account with the
// space from the root folder, and the root folder.
func (c *Client) Verify(ctx context.Context) (Account, Folder, error) {
	a, err := c.account(ctx, true)
	if err != nil {
		return Account{}, Folder{}, err
	}
	root, err := c.folder(ctx, "folder", true)
	if err != nil {
		return Account{}, Folder{}, err
	}
	if root.SpaceMax > 0 {
		a.SpaceMax, a.SpaceUsed = root.SpaceMax, root.SpaceUsed
	}
	return a, root, nil
}
