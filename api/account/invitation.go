package account

import (
	"context"
	"net/http"
	"time"

	"github.com/google/uuid"

	"longhaul/api/kit"
	"longhaul/models"
)

// invitationHandlers create an account from an invitation.
type invitationHandlers struct {
	store  registrations
	policy *Policy
	links  *links
	open   *opener
	now    func() time.Time
	newID  func() uuid.UUID
}

func (h *invitationHandlers) routes(r *kit.Router) {
	kit.Handle(r, public("get-invitation", "invitation", "Get an invitation", "", http.StatusOK), h.get)
	kit.Handle(r, public("accept-invitation", "invitation/accept", "Create an account from an invitation",
		"The account is active and signed in right away.", http.StatusCreated), h.accept)
}

type invitationOutput struct {
	Body struct {
		Email string   `json:"email" doc:"The account's address"`
		Role  kit.Role `json:"role"`
	} `nameHint:"InvitationView"`
}

func (h *invitationHandlers) get(ctx context.Context, in *oneTimeInput) (*invitationOutput, error) {
	_, t, _, err := h.links.open(ctx, models.OneTimeInvitation, in.Body.Token)
	if err != nil {
		return nil, err
	}
	out := &invitationOutput{}
	out.Body.Email, out.Body.Role = t.Email, kit.Role(t.Role)
	return out, nil
}

func (h *invitationHandlers) accept(ctx context.Context, in *newPasswordInput) (*signedInOutput, error) {
	mode, err := h.policy.Mode(ctx)
	if err != nil {
		return nil, err
	}
	if mode == models.RegistrationClosed {
		return nil, models.Fault(models.ProblemRegistrationClosed, "Registration is closed.")
	}
	link, hash, err := h.links.password(ctx, models.OneTimeInvitation, in)
	if err != nil {
		return nil, err
	}
	user, err := h.store.Accept(ctx, link, models.User{ID: h.newID(), PasswordHash: hash, CreatedAt: h.now()})
	if err != nil {
		return nil, h.links.refused(ctx, err)
	}
	return h.open.start(ctx, user)
}
