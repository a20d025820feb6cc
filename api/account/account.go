// Package account serves an account's owner: the ways in (sign-up, sign-in,
// reset, invitation), and what the owner sees and changes (profile, sessions,
// second factors, passkeys, API tokens and usage).
//
// It touches no other account: what administrators do to accounts is in admin.
package account

import (
	"context"
	"net/url"
	"time"

	"github.com/google/uuid"

	"longhaul/api/kit"
	"longhaul/internal/passkey"
	"longhaul/internal/token"
)

// tagAuth groups the operations in the OpenAPI document.
const tagAuth = "auth"

// Passwords checks and hashes passwords, a bounded number at a time.
type Passwords interface {
	// Check reports whether a new password may be used, as a models.Error.
	Check(password, email string) error
	// Hash returns the PHC string of a password.
	Hash(ctx context.Context, password string) (string, error)
	// Verify reports whether the password matches the hash. An empty hash takes
	// as long as a real one and never matches.
	Verify(ctx context.Context, hash, password string) (bool, error)
	// NeedsRehash reports whether the hash uses outdated parameters.
	NeedsRehash(hash string) bool
}

// Deps are the dependencies of the account's operations.
type Deps struct {
	Store      Store
	Policy     *Policy
	Party      *passkey.Party // nil if passkeys don't work here
	Passwords  Passwords
	Exports    ExportStore
	Objects    Objects      // reads exports
	Bots       kit.BotCheck // nil if bots are not checked
	Limiter    kit.Limiter
	Keys       *token.Keys     // makes and reads one-time secrets
	Background *kit.Background // records events in the background
	Server     *url.URL        // address of the app
	Extensions []string        // ids of the builds of the browser extension that may connect
	Issuer     string          // the issuer that authenticators show
	Now        func() time.Time
	NewID      func() uuid.UUID
}

// Register adds the operations of the account and the ways into it.
func Register(r *kit.Router, d Deps) {
	record := &recorder{store: d.Store, background: d.Background}
	me := meView{auth: r.Auth, features: d.Store, passkeys: d.Party != nil}
	open := &opener{store: d.Store, me: me, record: record, now: d.Now}
	persons := kit.PersonCheck{Bots: d.Bots}
	links := &links{
		oneTimes: d.Store, requests: d.Store, passwords: d.Passwords, limits: d.Limiter, record: record, keys: d.Keys, now: d.Now, newID: d.NewID,
	}
	codes := &codes{store: d.Store, limits: d.Limiter, record: record, keys: d.Keys, now: d.Now}
	ceremonies := &ceremonies{store: d.Store, party: d.Party, limits: d.Limiter, record: record, now: d.Now}

	(&setupHandlers{store: d.Store, passwords: d.Passwords, limits: d.Limiter, open: open, now: d.Now, newID: d.NewID}).routes(r)
	(&signInHandlers{
		store: d.Store, oneTimes: d.Store, passwords: d.Passwords, persons: persons, limits: d.Limiter, codes: codes, open: open,
		record: record, background: d.Background, now: d.Now, newID: d.NewID,
	}).routes(r)
	(&passkeySignInHandlers{
		store: d.Store, features: d.Store, oneTimes: d.Store, ceremonies: ceremonies, limits: d.Limiter, open: open, record: record,
	}).routes(r)
	(&reauthHandlers{
		store: d.Store, passwords: d.Passwords, codes: codes, ceremonies: ceremonies, limits: d.Limiter, record: record,
	}).routes(r)
	(&registrationHandlers{
		store: d.Store, policy: d.Policy, passwords: d.Passwords, persons: persons, links: links, limits: d.Limiter, open: open, record: record,
	}).routes(r)
	(&addressHandlers{mail: d.Policy.Mail, persons: persons, links: links, limits: d.Limiter}).routes(r)
	(&resetHandlers{store: d.Store, links: links}).routes(r)
	(&invitationHandlers{store: d.Store, policy: d.Policy, links: links, open: open, now: d.Now, newID: d.NewID}).routes(r)
	(&profileHandlers{
		store: d.Store, mail: d.Policy.Mail, me: me, passwords: d.Passwords, links: links, limits: d.Limiter, open: open,
	}).routes(r)
	(&sessionHandlers{store: d.Store, tokens: d.Store}).routes(r)
	(&factorHandlers{store: d.Store, auth: r.Auth, limits: d.Limiter, keys: d.Keys, issuer: d.Issuer, now: d.Now}).routes(r)
	(&passkeyHandlers{store: d.Store, features: d.Store, ceremonies: ceremonies, auth: r.Auth, limits: d.Limiter, now: d.Now, newID: d.NewID}).routes(r)
	(&tokenHandlers{store: d.Store, features: d.Store, limits: d.Limiter, now: d.Now, newID: d.NewID}).routes(r)
	(&connectionHandlers{
		store: d.Store, features: d.Store, limits: d.Limiter, extensions: d.Extensions, server: d.Server, now: d.Now, newID: d.NewID,
	}).routes(r)
	(&usageHandlers{store: d.Store, now: d.Now}).routes(r)
	(&exportHandlers{store: d.Exports, objects: d.Objects, limits: d.Limiter}).routes(r)
	(&planHandlers{store: d.Store}).routes(r)
}
