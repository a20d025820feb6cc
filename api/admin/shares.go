package admin

import (
	"context"
	"net/http"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/google/uuid"

	"longhaul/api/kit"
	"longhaul/models"
)

// shareStore is what the operations on users' shares use.
type shareStore interface {
	SharesOf(ctx context.Context, by models.Actor, userID uuid.UUID, cursor string, limit int) ([]models.ListedShare, string, error)
	RevokeAnyShare(ctx context.Context, by models.Actor, id uuid.UUID) error
}

// shareHandlers serve the shares of all users.
type shareHandlers struct {
	store shareStore
	now   func() time.Time
}

func (h *shareHandlers) routes(r *kit.Router) {
	kit.Handle(r, huma.Operation{
		OperationID: "list-user-shares", Method: http.MethodGet, Path: "/api/v1/admin/users/{id}/shares", Tags: []string{tagAdmin},
		Summary: "The shares of an account, newest first", Description: "Without their addresses. Audited, once an hour.",
	}, h.list)
	kit.Handle(r, huma.Operation{
		OperationID: "revoke-user-share", Method: http.MethodDelete, Path: "/api/v1/admin/shares/{id}", Tags: []string{tagAdmin},
		Summary: "Revoke a share of any account", Description: "It ends at once, and so do downloads and videos that use it. Audited.", DefaultStatus: http.StatusNoContent,
	}, h.revoke)
}

// UserShare is a share as administrators see it.
type UserShare struct {
	ID          uuid.UUID  `json:"id" format:"uuid"`
	Name        string     `json:"name"`
	State       string     `json:"state" enum:"active,spent,expired,revoked"`
	Password    bool       `json:"password" doc:"Visitors have to give a password"`
	Blocked     bool       `json:"blocked" doc:"Content of it is blocked, and not in it"`
	Empty       bool       `json:"empty" doc:"None of its files can be seen now"`
	Visits      int64      `json:"visits"`
	Downloads   int64      `json:"downloads"`
	CreatedAt   time.Time  `json:"createdAt"`
	ExpiresAt   *time.Time `json:"expiresAt" nullable:"true" doc:"Null is never"`
	LastVisitAt *time.Time `json:"lastVisitAt" nullable:"true"`
}

type userSharesInput struct {
	ID     uuid.UUID `path:"id" format:"uuid"`
	Cursor string    `query:"cursor" maxLength:"512" doc:"nextCursor of the previous page"`
	Limit  int       `query:"limit" minimum:"1" maximum:"200" default:"50"`
}

type userSharesOutput struct {
	Body struct {
		Shares     []UserShare `json:"shares" nullable:"false"`
		NextCursor string      `json:"nextCursor" doc:"Empty on the last page"`
	} `nameHint:"UserShareList"`
}

func (h *shareHandlers) list(ctx context.Context, in *userSharesInput) (*userSharesOutput, error) {
	found, next, err := h.store.SharesOf(ctx, kit.ActorOf(ctx), in.ID, in.Cursor, in.Limit)
	if err != nil {
		return nil, err
	}
	out := &userSharesOutput{}
	out.Body.Shares, out.Body.NextCursor = make([]UserShare, 0, len(found)), next
	for _, s := range found {
		out.Body.Shares = append(out.Body.Shares, UserShare{
			ID: s.ID, Name: s.Name, State: string(s.State(h.now())), Password: s.PasswordHash != "", Blocked: s.Blocked, Empty: s.Empty, Visits: s.Visits,
			Downloads: s.Downloads, CreatedAt: s.CreatedAt, ExpiresAt: s.ExpiresAt, LastVisitAt: s.LastVisitAt,
		})
	}
	return out, nil
}

type shareIDInput struct {
	ID uuid.UUID `path:"id" format:"uuid"`
}

func (h *shareHandlers) revoke(ctx context.Context, in *shareIDInput) (*kit.Empty, error) {
	return &kit.Empty{}, h.store.RevokeAnyShare(ctx, kit.ActorOf(ctx), in.ID)
}
