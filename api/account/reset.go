package account

import (
	"context"
	"net/http"

	"longhaul/api/kit"
	"longhaul/models"
)

// resetHandlers set a new password with a reset link.
type resetHandlers struct {
	store registrations
	links *links
}

func (h *resetHandlers) routes(r *kit.Router) {
	kit.Handle(r, public("confirm-reset", "reset/confirm", "Set a new password with a reset link",
		"Ends all sessions and API tokens of the account. Does not sign in.", http.StatusNoContent), h.confirm)
}

func (h *resetHandlers) confirm(ctx context.Context, in *newPasswordInput) (*kit.Empty, error) {
	link, hash, err := h.links.password(ctx, models.OneTimeReset, in)
	if err != nil {
		return nil, err
	}
	return &kit.Empty{}, h.links.refused(ctx, h.store.ResetPassword(ctx, link, hash, kit.InfoOf(ctx).Client))
}
