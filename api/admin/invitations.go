package admin

import (
	"context"
	"net/http"
	"net/url"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/google/uuid"

	"longhaul/api/kit"
	"longhaul/internal/token"
	"longhaul/models"
)

// invitedLife is how long an invitation works.
const invitedLife = 7 * 24 * time.Hour

// invitationHandlers manage who can register.
type invitationHandlers struct {
	store   Store
	mail    bool // mail can be sent
	keys    *token.Keys
	baseURL *url.URL
	now     func() time.Time
	newID   func() uuid.UUID
}

func (h *invitationHandlers) routes(r *kit.Router) {
	const path = "/api/v1/admin/invitations"
	kit.Handle(r, huma.Operation{
		OperationID: "list-invitations", Method: http.MethodGet, Path: path, Tags: []string{tagAdmin},
		Summary: "List unused invitations",
	}, h.invitations)
	kit.Handle(r, huma.Operation{
		OperationID: "invite", Method: http.MethodPost, Path: path, Tags: []string{tagAdmin},
		Summary:       "Invite someone to create an account",
		Description:   "Mails the link if mail is configured; the response shows it only once. It works for seven days and replaces an earlier invitation of the same address.",
		DefaultStatus: http.StatusCreated,
	}, h.invite)
	kit.Handle(r, huma.Operation{
		OperationID: "withdraw-invitation", Method: http.MethodDelete, Path: path + "/{id}", Tags: []string{tagAdmin},
		Summary: "Withdraw an invitation", DefaultStatus: http.StatusNoContent,
	}, h.withdraw)
	kit.Handle(r, huma.Operation{
		OperationID: "set-registration", Method: http.MethodPut, Path: "/api/v1/admin/registration", Tags: []string{tagAdmin},
		Summary: "Set who can register", DefaultStatus: http.StatusNoContent,
	}, h.setRegistration)
}

// Invitation is an unused invitation.
type Invitation struct {
	ID        uuid.UUID `json:"id" format:"uuid"`
	Email     string    `json:"email"`
	Role      kit.Role  `json:"role"`
	CreatedAt time.Time `json:"createdAt"`
	ExpiresAt time.Time `json:"expiresAt"`
}

func invitationOf(t models.OneTime) Invitation {
	return Invitation{ID: t.ID, Email: t.Email, Role: kit.Role(t.Role), CreatedAt: t.CreatedAt, ExpiresAt: t.ExpiresAt}
}

type invitationsOutput struct {
	Body struct {
		Invitations []Invitation `json:"invitations" nullable:"false"`
	} `nameHint:"InvitationList"`
}

func (h *invitationHandlers) invitations(ctx context.Context, _ *kit.Empty) (*invitationsOutput, error) {
	list, err := h.store.Invitations(ctx)
	if err != nil {
		return nil, err
	}
	out := &invitationsOutput{}
	out.Body.Invitations = make([]Invitation, 0, len(list))
	for _, t := range list {
		out.Body.Invitations = append(out.Body.Invitations, invitationOf(t))
	}
	return out, nil
}

type inviteInput struct {
	Body struct {
		Email string   `json:"email" minLength:"3" maxLength:"254"`
		Role  kit.Role `json:"role,omitempty" default:"user"`
	} `nameHint:"Invite"`
}

type inviteOutput struct {
	Body struct {
		Invitation Invitation `json:"invitation"`
		URL        string     `json:"url" doc:"The link, shown only once"`
		Mailed     bool       `json:"mailed" doc:"It was mailed too"`
	} `nameHint:"Invited"`
}

func (h *invitationHandlers) invite(ctx context.Context, in *inviteInput) (*inviteOutput, error) {
	email, err := kit.NormalEmail(in.Body.Email)
	if err != nil {
		return nil, err
	}
	role := models.Role(in.Body.Role)
	if role == "" {
		role = models.RoleUser
	}
	if !role.Valid() {
		return nil, models.Errorf(models.CodeInvalid, "No such role.").In("role")
	}
	id, now := h.newID(), h.now()
	value := h.keys.OneTime(id)
	t := models.OneTime{
		ID: id, Hash: token.Hash(value), Kind: models.OneTimeInvitation, Email: email, Role: role,
		CreatedAt: now, ExpiresAt: now.Add(invitedLife),
	}
	if err := h.store.Invite(ctx, kit.ActorOf(ctx), kit.Caller(ctx).Email, t, h.mail); err != nil {
		return nil, err
	}
	out := &inviteOutput{}
	out.Body.Invitation, out.Body.Mailed = invitationOf(t), h.mail
	out.Body.URL = pageLink(h.baseURL, "register", "invitation", value)
	return out, nil
}

type invitationIDInput struct {
	ID uuid.UUID `path:"id" format:"uuid"`
}

func (h *invitationHandlers) withdraw(ctx context.Context, in *invitationIDInput) (*kit.Empty, error) {
	return &kit.Empty{}, h.store.WithdrawInvitation(ctx, kit.ActorOf(ctx), in.ID)
}

type registrationInput struct {
	Body struct {
		Mode kit.Registration `json:"mode"`
	} `nameHint:"SetRegistration"`
}

func (h *invitationHandlers) setRegistration(ctx context.Context, in *registrationInput) (*kit.Empty, error) {
	mode := models.Registration(in.Body.Mode)
	if !mode.Valid() {
		return nil, models.Errorf(models.CodeInvalid, "No such mode.").In("mode")
	}
	if mode == models.RegistrationOpen && !h.mail {
		return nil, models.Fault(models.ProblemMailOff,
			"Open registration requires mail, because addresses must be verified.").In("mode")
	}
	return &kit.Empty{}, h.store.SetRegistration(ctx, kit.ActorOf(ctx), mode)
}

// pageLink returns the address of a page of the app with a one-time token.
func pageLink(base *url.URL, page, name, value string) string {
	link := base.JoinPath(page)
	link.RawQuery = url.Values{name: {value}}.Encode()
	return link.String()
}
