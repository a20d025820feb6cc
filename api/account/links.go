package account

import (
	"context"
	"time"

	"github.com/google/uuid"

	"longhaul/api/kit"
	"longhaul/internal/token"
	"longhaul/models"
)

// linkLife is how long mailed links work.
const linkLife = 30 * time.Minute

// links makes the one-time links that mails carry, and reads them.
type links struct {
	oneTimes  oneTimes
	requests  registrations
	passwords Passwords
	limits    kit.Limiter
	record    *recorder
	keys      *token.Keys
	now       func() time.Time
	newID     func() uuid.UUID
}

type oneTimeInput struct {
	Body struct {
		Token string `json:"token" minLength:"1" maxLength:"256" doc:"The link's token"`
	} `nameHint:"OneTimeLink"`
}

// of creates a one-time secret of the kind, for a mail to carry.
func (l *links) of(kind models.OneTimeKind) models.OneTime {
	id := l.newID()
	return models.OneTime{ID: id, Hash: token.Hash(l.keys.OneTime(id)), Kind: kind, ExpiresAt: l.now().Add(linkLife)}
}

// promise queues an account request with its own link.
func (l *links) promise(ctx context.Context, r models.AccountRequest) error {
	r.Link = l.of(r.Kind.LinkKind())
	return l.requests.SaveAccountRequest(ctx, r)
}

// hash limits how many links a client can try, and returns the stored hash of
// one.
func (l *links) hash(ctx context.Context, value string) ([]byte, error) {
	return token.Hash(value), l.limits.Allow(ctx, kit.LimitVerify, kit.InfoOf(ctx).IP)
}

// open reads a link of the kind without consuming it.
func (l *links) open(ctx context.Context, kind models.OneTimeKind, value string) (hash []byte, t models.OneTime, user models.User, err error) {
	if hash, err = l.hash(ctx, value); err != nil {
		return nil, t, user, err
	}
	t, user, err = l.oneTimes.OneTime(ctx, kind, hash)
	return hash, t, user, l.refused(ctx, err)
}

// refused records an invalid link and returns the fault.
func (l *links) refused(ctx context.Context, err error) error {
	if err != nil && models.AsError(err).Problem == models.ProblemLinkNotValid {
		l.record.note(ctx, models.SecurityTokenRefused, nil, "")
	}
	return err
}

type newPasswordInput struct {
	Body struct {
		Token    string `json:"token" minLength:"1" maxLength:"256" doc:"The link's token"`
		Password string `json:"password" minLength:"1" maxLength:"1024" doc:"At least 15 characters"`
	} `nameHint:"NewPassword"`
}

// password checks a new password that came with a link, and hashes it only if
// the link is valid, because hashing is expensive.
func (l *links) password(ctx context.Context, kind models.OneTimeKind, in *newPasswordInput) (link []byte, hash string, err error) {
	link, t, user, err := l.open(ctx, kind, in.Body.Token)
	if err != nil {
		return nil, "", err
	}
	email := t.Email
	if email == "" {
		email = user.Email
	}
	if err := l.passwords.Check(in.Body.Password, email); err != nil {
		return nil, "", err
	}
	hash, err = l.passwords.Hash(ctx, in.Body.Password)
	return link, hash, err
}
