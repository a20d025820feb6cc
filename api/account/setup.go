package account

import (
	"context"
	"net/http"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/google/uuid"

	"longhaul/api/kit"
	"longhaul/internal/token"
	"longhaul/models"
)

// setupHandlers create the first account.
type setupHandlers struct {
	store     users
	passwords Passwords
	limits    kit.Limiter
	open      *opener
	now       func() time.Time
	newID     func() uuid.UUID
}

func (h *setupHandlers) routes(r *kit.Router) {
	kit.Handle(r, huma.Operation{
		OperationID: "setup", Method: http.MethodPost, Path: "/api/v1/auth/setup", Tags: []string{tagAuth},
		Summary:       "Create the first administrator",
		Description:   "Requires the one-time token in the link that the server prints when it starts without accounts.",
		DefaultStatus: http.StatusCreated,
	}, h.setup)
}

type setupInput struct {
	Body struct {
		Token    string `json:"token" minLength:"1" maxLength:"256" doc:"The setup link's token"`
		Email    string `json:"email" minLength:"3" maxLength:"254"`
		Password string `json:"password" minLength:"1" maxLength:"1024" doc:"At least 15 characters"`
	} `nameHint:"Setup"`
}

func (h *setupHandlers) setup(ctx context.Context, in *setupInput) (*signedInOutput, error) {
	if err := h.limits.Allow(ctx, kit.LimitLoginIP, kit.InfoOf(ctx).IP); err != nil {
		return nil, err
	}
	email, err := kit.NormalEmail(in.Body.Email)
	if err != nil {
		return nil, err
	}
	if err := h.passwords.Check(in.Body.Password, email); err != nil {
		return nil, err
	}
	if n, err := h.store.CountUsers(ctx); err != nil {
		return nil, err
	} else if n > 0 {
		return nil, models.Errorf(models.CodeForbidden, "Longhaul is already set up. Please sign in.")
	}
	hash, err := h.passwords.Hash(ctx, in.Body.Password)
	if err != nil {
		return nil, err
	}
	now := h.now()
	user := models.User{
		ID: h.newID(), Email: email, PasswordHash: hash, Role: models.RoleAdmin, VerifiedAt: &now, CreatedAt: now,
	}
	if err := h.store.CreateFirstAdmin(ctx, kit.InfoOf(ctx).IP, token.Hash(in.Body.Token), user); err != nil {
		return nil, err
	}
	return h.open.start(ctx, user)
}
