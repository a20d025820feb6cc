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

// planStore is the part of the store that plans and overrides use.
type planStore interface {
	Plans(ctx context.Context, public bool) ([]models.Plan, error)
	PlanUsers(ctx context.Context) (map[string]int64, error)
	PlanEffect(ctx context.Context, planID string, limits models.Plan) (models.PlanEffect, error)
	CreatePlan(ctx context.Context, by models.Actor, p models.Plan) (models.Plan, error)
	UpdatePlan(ctx context.Context, by models.Actor, id string, version int64, change func(*models.Plan) error) (models.Plan, error)
	AssignPlan(ctx context.Context, by models.Actor, userID uuid.UUID, planID string) error
	PlanHistory(ctx context.Context, userID uuid.UUID) ([]models.PlanAssignment, error)
	SetOverride(ctx context.Context, by models.Actor, o models.Override) error
	RemoveOverride(ctx context.Context, by models.Actor, userID uuid.UUID) error
}

// overrideHandlers give accounts limits of their own.
type overrideHandlers struct{ store planStore }

func (h *overrideHandlers) routes(r *kit.Router) {
	const path = "/api/v1/admin/users/{id}/override"
	kit.Handle(r, huma.Operation{
		OperationID: "set-override", Method: http.MethodPut, Path: path, Tags: []string{tagAdmin},
		Summary: "Give an account other limits than its plan's", DefaultStatus: http.StatusNoContent,
		Description: "They replace those that it was given before, and count at once. When the time is over, the plan's limits count again. Nothing stored is removed because of " +
			"a lower limit, except by retention, of which the owner has a week's notice.",
	}, h.set)
	kit.Handle(r, huma.Operation{
		OperationID: "remove-override", Method: http.MethodDelete, Path: path, Tags: []string{tagAdmin},
		Summary: "Put an account under its plan's limits again", DefaultStatus: http.StatusNoContent,
	}, h.remove)
}

type overrideInput struct {
	ID   uuid.UUID `path:"id" format:"uuid"`
	Body struct {
		Limits []kit.LimitOverride `json:"limits" minItems:"1" maxItems:"20" nullable:"false" doc:"Limits left out are the plan's"`
		Until  *time.Time          `json:"until,omitempty" nullable:"true" doc:"When the plan's limits count again; without it, never"`
		Reason string              `json:"reason" minLength:"1" maxLength:"500" doc:"For administrators"`
	} `nameHint:"SetOverride"`
}

func (h *overrideHandlers) set(ctx context.Context, in *overrideInput) (*kit.Empty, error) {
	o := models.Override{UserID: in.ID, Limits: map[models.PlanLimit]*int64{}, Reason: in.Body.Reason, ExpiresAt: in.Body.Until}
	for _, l := range in.Body.Limits {
		if _, twice := o.Limits[models.PlanLimit(l.Limit)]; twice {
			return nil, models.Errorf(models.CodeInvalid, "The limit %s is there twice.", l.Limit).In("limits")
		}
		o.Limits[models.PlanLimit(l.Limit)] = l.Value
	}
	return &kit.Empty{}, h.store.SetOverride(ctx, kit.ActorOf(ctx), o)
}

func (h *overrideHandlers) remove(ctx context.Context, in *userInput) (*kit.Empty, error) {
	return &kit.Empty{}, h.store.RemoveOverride(ctx, kit.ActorOf(ctx), in.ID)
}
