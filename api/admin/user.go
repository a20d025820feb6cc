package admin

import (
	"context"
	"encoding/base64"
	"net/http"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/google/uuid"

	"longhaul/api/kit"
	"longhaul/internal/token"
	"longhaul/models"
)

// oneUserStore is the part of the store that what concerns one account uses.
type oneUserStore interface {
	poolStore
	UserRow(ctx context.Context, id uuid.UUID) (models.UserRow, error)
	LookAtUser(ctx context.Context, by models.Actor, id uuid.UUID) (models.UserRow, error)
	Usage(ctx context.Context, userID uuid.UUID) (models.Usage, error)
	Sessions(ctx context.Context, userID uuid.UUID) ([]models.Session, error)
	APITokens(ctx context.Context, userID uuid.UUID) ([]models.APIToken, error)
	Passkeys(ctx context.Context, userID uuid.UUID) ([]models.Passkey, error)
	RecoveryCodesLeft(ctx context.Context, userID uuid.UUID) (int, error)
	MailsOf(ctx context.Context, userID uuid.UUID, before time.Time, limit int) ([]models.Mail, error)

	DisableUser(ctx context.Context, by models.Actor, id uuid.UUID) error
	EnableUser(ctx context.Context, by models.Actor, id uuid.UUID) error
	DeleteUser(ctx context.Context, by models.Actor, id uuid.UUID) error
	SendReset(ctx context.Context, by models.Actor, id uuid.UUID, link models.OneTime) error
	ResetFactors(ctx context.Context, by models.Actor, id uuid.UUID, reason string) error
	EndUserSession(ctx context.Context, by models.Actor, id uuid.UUID, hash []byte) error
	RevokeUserToken(ctx context.Context, by models.Actor, id, tokenID uuid.UUID) error
}

// resetLife is how long the link of a reset works, as that which an owner asks for.
const resetLife = 30 * time.Minute

// userPageHandlers show one account, and act on what it signs in with.
type userPageHandlers struct {
	store  oneUserStore
	limits kit.Limiter
	mail   bool
	keys   *token.Keys
	now    func() time.Time
	newID  func() uuid.UUID
}

func (h *userPageHandlers) routes(r *kit.Router) {
	const path = "/api/v1/admin/users/{id}"
	op := func(id, method, below, summary, description string) huma.Operation {
		o := huma.Operation{OperationID: id, Method: method, Path: path + below, Tags: []string{tagAdmin}, Summary: summary, Description: description}
		if method != http.MethodGet {
			o.DefaultStatus = http.StatusNoContent
		}
		return o
	}
	kit.Handle(r, op("get-user", http.MethodGet, "", "Get an account with its limits, its usage and what it signs in with", "Audited, once an hour."), h.get)
	kit.Handle(r, op("list-user-mails", http.MethodGet, "/mails", "List the mails to an account, newest first", "Without text and links. Kept for 30 days after they were sent or given up."), h.mails)
	kit.Handle(r, op("send-user-reset", http.MethodPost, "/reset", "Mail an account's owner a link that sets a new password",
		"Nothing changes until the owner uses it, within 30 minutes."), h.sendReset)
	kit.Handle(r, op("reset-user-factors", http.MethodPost, "/reset-factors", "Remove an account's second factors",
		"For an owner who has lost them: authenticator app, passkeys and recovery codes go, all sessions and API tokens end, and a mail tells the owner. "+
			"The password alone signs in from then on; where administrators need a second factor, one has to set up another first. Make sure that the owner is who asks."), h.resetFactors)
	kit.Handle(r, op("end-user-session", http.MethodDelete, "/sessions/{session}", "End a session of an account", ""), h.endSession)
	kit.Handle(r, op("revoke-user-token", http.MethodDelete, "/tokens/{token}", "Revoke an API token of an account", ""), h.revokeToken)
	kit.Handle(r, op("delete-user", http.MethodPost, "/delete", "Delete an account with its jobs and files",
		"Its access ends at once, and its address is free. This can't be undone."), h.remove)
}

// UserDetail is an account with all that administrators see of it.
type UserDetail struct {
	UserInfo
	Limits    kit.PlanInfo   `json:"limits" doc:"Its plan, with the limits that count for it"`
	Override  *UserOverride  `json:"override" doc:"What differs from the plan; null if nothing does"`
	AgentPool UserPool       `json:"agentPool" doc:"Which agents serve it"`
	Usage     UserUsage      `json:"usage"`
	Factors   UserFactors    `json:"factors"`
	Sessions  []UserSession  `json:"sessions" nullable:"false" doc:"Newest use first"`
	APITokens []UserAPIToken `json:"apiTokens" nullable:"false" doc:"Newest first"`
}

// TransformSchema lets what has no override say so.
func (UserDetail) TransformSchema(_ huma.Registry, s *huma.Schema) *huma.Schema {
	return kit.Nullable(s, "override")
}

// UserOverride is what an account is allowed instead of its plan's limits, and why.
type UserOverride struct {
	kit.OverrideInfo
	Reason    string    `json:"reason"`
	By        string    `json:"by" doc:"E-mail address of who made it; empty for the console, and if the account was deleted"`
	CreatedAt time.Time `json:"createdAt"`
}

// UserUsage is what an account uses.
type UserUsage struct {
	StorageUsed     int64     `json:"storageUsed" doc:"Bytes of stored files"`
	StorageReserved int64     `json:"storageReserved" doc:"Bytes held for jobs that run or are about to start"`
	Bandwidth       int64     `json:"bandwidth" doc:"Bytes delivered this month"`
	ResetsAt        time.Time `json:"resetsAt" doc:"When the bandwidth counts from zero again"`
	Files           int       `json:"files" doc:"Of jobs that are open or ready"`
	Running         int       `json:"running" doc:"Jobs that hold a slot"`
	RunningLimit    int       `json:"runningLimit" doc:"Jobs that may run at once; 0 is no limit"`
}

// UserFactors is what an account's owner needs besides the password.
type UserFactors struct {
	TOTP          bool          `json:"totp" doc:"An authenticator app"`
	Passkeys      []UserPasskey `json:"passkeys" nullable:"false"`
	RecoveryCodes int           `json:"recoveryCodes" doc:"Unused ones"`
}

// UserPasskey is a passkey of an account.
type UserPasskey struct {
	Name       string     `json:"name"`
	CreatedAt  time.Time  `json:"createdAt"`
	LastUsedAt *time.Time `json:"lastUsedAt"`
}

// UserSession is one sign-in of an account.
type UserSession struct {
	ID         string    `json:"id"`
	IP         string    `json:"ip" doc:"Address of its last use"`
	UserAgent  string    `json:"userAgent"`
	CreatedAt  time.Time `json:"createdAt"`
	LastSeenAt time.Time `json:"lastSeenAt"`
}

// UserAPIToken is an API token of an account, without its secret.
type UserAPIToken struct {
	ID         uuid.UUID  `json:"id" format:"uuid"`
	Name       string     `json:"name"`
	Hint       string     `json:"hint" doc:"Its first characters"`
	Scopes     []string   `json:"scopes" nullable:"false"`
	ExpiresAt  time.Time  `json:"expiresAt"`
	LastUsedAt *time.Time `json:"lastUsedAt"`
}

type userDetailOutput struct{ Body UserDetail }

func (h *userPageHandlers) get(ctx context.Context, in *userInput) (*userDetailOutput, error) {
	row, err := h.store.LookAtUser(ctx, kit.ActorOf(ctx), in.ID)
	if err != nil {
		return nil, err
	}
	out := UserDetail{UserInfo: userInfoOf(row), Sessions: []UserSession{}, APITokens: []UserAPIToken{}}
	if err := h.usage(ctx, in.ID, &out); err != nil {
		return nil, err
	}
	if out.AgentPool, err = poolOfUser(ctx, h.store, in.ID); err != nil {
		return nil, err
	}
	sessions, err := h.store.Sessions(ctx, in.ID)
	if err != nil {
		return nil, err
	}
	for _, s := range sessions {
		out.Sessions = append(out.Sessions, UserSession{
			ID: base64.RawURLEncoding.EncodeToString(s.IDHash), IP: s.IP, UserAgent: s.UserAgent, CreatedAt: s.CreatedAt, LastSeenAt: s.LastSeenAt,
		})
	}
	tokens, err := h.store.APITokens(ctx, in.ID)
	if err != nil {
		return nil, err
	}
	for _, t := range tokens {
		of := UserAPIToken{ID: t.ID, Name: t.Name, Hint: t.Hint, Scopes: []string{}, ExpiresAt: t.ExpiresAt, LastUsedAt: t.LastUsedAt}
		for _, s := range t.Scopes {
			of.Scopes = append(of.Scopes, string(s))
		}
		out.APITokens = append(out.APITokens, of)
	}
	return &userDetailOutput{Body: out}, h.factors(ctx, row.User, &out.Factors)
}

func (h *userPageHandlers) usage(ctx context.Context, id uuid.UUID, out *UserDetail) error {
	u, err := h.store.Usage(ctx, id)
	if err != nil {
		return err
	}
	out.Limits = kit.PlanOf(u.Plan)
	if o := u.Override; o != nil {
		out.Override = &UserOverride{OverrideInfo: *kit.OverrideOf(o), Reason: o.Reason, By: o.Email, CreatedAt: o.CreatedAt}
	}
	out.Usage = UserUsage{
		StorageUsed: u.Room.Used, StorageReserved: u.Room.Reserved, Bandwidth: u.Bandwidth, Files: u.Files, Running: u.Running, RunningLimit: u.Limit,
	}
	_, out.Usage.ResetsAt = models.Period(h.now())
	return nil
}

func (h *userPageHandlers) factors(ctx context.Context, u models.User, out *UserFactors) error {
	out.TOTP, out.Passkeys = u.HasTOTP(), []UserPasskey{}
	passkeys, err := h.store.Passkeys(ctx, u.ID)
	if err != nil {
		return err
	}
	for _, p := range passkeys {
		out.Passkeys = append(out.Passkeys, UserPasskey{Name: p.Name, CreatedAt: p.CreatedAt, LastUsedAt: p.LastUsedAt})
	}
	out.RecoveryCodes, err = h.store.RecoveryCodesLeft(ctx, u.ID)
	return err
}

type userMailsInput struct {
	ID    uuid.UUID `path:"id" format:"uuid"`
	Until time.Time `query:"before" doc:"createdAt of the previous page's last mail"`
	Limit int       `query:"limit" minimum:"1" maximum:"200" default:"50"`
}

func (h *userPageHandlers) mails(ctx context.Context, in *userMailsInput) (*mailsOutput, error) {
	if _, err := h.store.UserRow(ctx, in.ID); err != nil {
		return nil, err
	}
	list, err := h.store.MailsOf(ctx, in.ID, in.Until, in.Limit)
	if err != nil {
		return nil, err
	}
	return mailsOf(list), nil
}

func (h *userPageHandlers) sendReset(ctx context.Context, in *userInput) (*kit.Empty, error) {
	u, err := h.store.UserRow(ctx, in.ID)
	if err != nil {
		return nil, err
	}
	if !h.mail {
		return nil, models.Errorf(models.CodeConflict, "This installation can't send mail.")
	}
	if err := h.limits.Allow(ctx, kit.LimitResetAccount, u.Email); err != nil {
		return nil, err
	}
	id := h.newID()
	link := models.OneTime{ID: id, Hash: token.Hash(h.keys.OneTime(id)), Kind: models.OneTimeReset, ExpiresAt: h.now().Add(resetLife)}
	return &kit.Empty{}, h.store.SendReset(ctx, kit.ActorOf(ctx), in.ID, link)
}

type resetFactorsInput struct {
	ID   uuid.UUID `path:"id" format:"uuid"`
	Body struct {
		Reason string `json:"reason" minLength:"1" maxLength:"500" doc:"How you know that the owner asks; for the audit log"`
	} `nameHint:"ResetFactors"`
}

func (h *userPageHandlers) resetFactors(ctx context.Context, in *resetFactorsInput) (*kit.Empty, error) {
	return &kit.Empty{}, h.store.ResetFactors(ctx, kit.ActorOf(ctx), in.ID, in.Body.Reason)
}

func (h *userPageHandlers) endSession(ctx context.Context, in *struct {
	ID      uuid.UUID `path:"id" format:"uuid"`
	Session string    `path:"session" maxLength:"64"`
},
) (*kit.Empty, error) {
	hash, err := base64.RawURLEncoding.DecodeString(in.Session)
	if err != nil {
		return nil, models.Errorf(models.CodeNotFound, "No such session.")
	}
	return &kit.Empty{}, h.store.EndUserSession(ctx, kit.ActorOf(ctx), in.ID, hash)
}

func (h *userPageHandlers) revokeToken(ctx context.Context, in *struct {
	ID    uuid.UUID `path:"id" format:"uuid"`
	Token uuid.UUID `path:"token" format:"uuid"`
},
) (*kit.Empty, error) {
	return &kit.Empty{}, h.store.RevokeUserToken(ctx, kit.ActorOf(ctx), in.ID, in.Token)
}

type deleteUserInput struct {
	ID   uuid.UUID `path:"id" format:"uuid"`
	Body struct {
		Email string `json:"email" minLength:"1" maxLength:"254" doc:"The account's address, to confirm"`
	} `nameHint:"DeleteUser"`
}

func (h *userPageHandlers) remove(ctx context.Context, in *deleteUserInput) (*kit.Empty, error) {
	u, err := h.store.UserRow(ctx, in.ID)
	if err != nil {
		return nil, err
	}
	if email, err := kit.NormalEmail(in.Body.Email); err != nil || email != u.Email {
		return nil, models.Errorf(models.CodeInvalid, "That isn't the account's address.").In("email")
	}
	return &kit.Empty{}, h.store.DeleteUser(ctx, kit.ActorOf(ctx), in.ID)
}
