package account

import (
	"context"
	"time"

	"github.com/google/uuid"

	"longhaul/api/kit"
	"longhaul/internal/passkey"
	"longhaul/internal/token"
	"longhaul/models"
)

// Store is what the account's operations ask of the records.
type Store interface {
	Accounts
	OneTimes
	SecurityLog
	Registrations
	SecondFactors
	Passkeys
	Tokens
	UsageLog
	// Plans returns the plans, only those shown to everybody if public is set.
	Plans(ctx context.Context, public bool) ([]models.Plan, error)
}

// Deps are the parts that the account's operations speak to.
type Deps struct {
	Store      Store
	Policy     *Policy
	Party      *passkey.Party // nil where passkeys cannot be
	Passwords  Passwords
	Bots       BotCheck // nil where robots are not checked
	Limiter    kit.Limiter
	Keys       *token.Keys     // makes and reads one-time secrets
	Background *kit.Background // records what happened beside answers
	Issuer     string          // what authenticators show of where a secret belongs
	Now        func() time.Time
	NewID      func() uuid.UUID
}

// Register adds the operations of the account and the ways into it.
func Register(r *kit.Router, d Deps) {
	(&accountHandlers{
		accounts: d.Store, oneTimes: d.Store, registrations: d.Store, factors: d.Store,
		passkeys: d.Store, party: d.Party, tokens: d.Store, security: d.Store, passwords: d.Passwords, bots: d.Bots, policy: d.Policy,
		limits: d.Limiter, auth: r.Auth, keys: d.Keys, background: d.Background, issuer: d.Issuer, now: d.Now, newID: d.NewID,
	}).routes(r)
	(&tokenHandlers{tokens: d.Store, limits: d.Limiter, now: d.Now, newID: d.NewID}).routes(r)
	(&usageHandlers{usage: d.Store, now: d.Now}).routes(r)
	(&planListHandlers{plans: d.Store}).routes(r)
}
