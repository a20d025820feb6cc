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

type planHandlers struct{ store Store }

func (h *planHandlers) routes(r *kit.Router) {
	kit.Handle(r, huma.Operation{
		OperationID: "list-all-plans", Method: http.MethodGet, Path: "/api/v1/admin/plans", Tags: []string{tagAdmin},
		Summary: "List all plans, including those not shown to everyone",
	}, h.list)
	kit.Handle(r, huma.Operation{
		OperationID: "create-plan", Method: http.MethodPost, Path: "/api/v1/admin/plans", Tags: []string{tagAdmin},
		Summary: "Add a plan", DefaultStatus: http.StatusCreated,
	}, h.create)
	kit.Handle(r, huma.Operation{
		OperationID: "update-plan", Method: http.MethodPatch, Path: "/api/v1/admin/plans/{plan}", Tags: []string{tagAdmin},
		Summary: "Change a plan", Description: "Members left out stay unchanged; null removes a limit. The new limits apply to the plan's accounts immediately.",
	}, h.update)
	kit.Handle(r, huma.Operation{
		OperationID: "get-user-plan", Method: http.MethodGet, Path: "/api/v1/admin/users/{id}/plan", Tags: []string{tagAdmin},
		Summary: "List an account's current and past plans",
	}, h.history)
	kit.Handle(r, huma.Operation{
		OperationID: "assign-plan", Method: http.MethodPut, Path: "/api/v1/admin/users/{id}/plan", Tags: []string{tagAdmin},
		Summary: "Change an account's plan", DefaultStatus: http.StatusNoContent,
	}, h.assign)
}

func (h *planHandlers) list(ctx context.Context, _ *kit.Empty) (*kit.PlansOutput, error) {
	list, err := h.store.Plans(ctx, false)
	if err != nil {
		return nil, err
	}
	return kit.PlansOf(list), nil
}

type planOutput struct{ Body kit.PlanInfo }

type newPlanInput struct {
	Body struct {
		ID             string `json:"id" pattern:"^[a-z][a-z0-9-]{0,39}$" doc:"A short lower-case word"`
		Name           string `json:"name" minLength:"1" maxLength:"60"`
		MaxRunningJobs *int   `json:"maxRunningJobs,omitempty" minimum:"1" maximum:"10000"`
		StorageBytes   *int64 `json:"storageBytes,omitempty" minimum:"0"`
		BandwidthBytes *int64 `json:"bandwidthBytes,omitempty" minimum:"0"`
		MaxJobBytes    *int64 `json:"maxJobBytes,omitempty" minimum:"1"`
		MaxFiles       *int   `json:"maxFiles,omitempty" minimum:"0"`
		RetentionDays  *int   `json:"retentionDays,omitempty" minimum:"1" maximum:"36500"`
		Default        bool   `json:"default,omitempty" doc:"Make it the plan that new accounts get"`
		Public         bool   `json:"public,omitempty"`
		Position       int    `json:"position,omitempty" minimum:"0" maximum:"1000"`
	} `nameHint:"NewPlan"`
}

func (h *planHandlers) create(ctx context.Context, in *newPlanInput) (*planOutput, error) {
	b := in.Body
	p, err := h.store.CreatePlan(ctx, kit.ActorOf(ctx), models.Plan{
		ID: b.ID, Name: b.Name, MaxRunningJobs: b.MaxRunningJobs, StorageBytes: b.StorageBytes, BandwidthBytes: b.BandwidthBytes,
		MaxJobBytes: b.MaxJobBytes, MaxFiles: b.MaxFiles, RetentionDays: b.RetentionDays, IsDefault: b.Default, Public: b.Public, Position: b.Position,
	})
	if err != nil {
		return nil, err
	}
	return &planOutput{Body: kit.PlanOf(p)}, nil
}

type planPatchInput struct {
	Plan string `path:"plan" maxLength:"40"`
	Body struct {
		Name           *string        `json:"name,omitempty" minLength:"1" maxLength:"60"`
		MaxRunningJobs patched[int]   `json:"maxRunningJobs,omitempty" minimum:"1" maximum:"10000"`
		StorageBytes   patched[int64] `json:"storageBytes,omitempty" minimum:"0"`
		BandwidthBytes patched[int64] `json:"bandwidthBytes,omitempty" minimum:"0"`
		MaxJobBytes    patched[int64] `json:"maxJobBytes,omitempty" minimum:"1"`
		MaxFiles       patched[int]   `json:"maxFiles,omitempty" minimum:"0"`
		RetentionDays  patched[int]   `json:"retentionDays,omitempty" minimum:"1" maximum:"36500"`
		Default        *bool          `json:"default,omitempty" doc:"true makes it the plan that new accounts get"`
		Public         *bool          `json:"public,omitempty"`
		Position       *int           `json:"position,omitempty" minimum:"0" maximum:"1000"`
	} `nameHint:"PlanPatch"`
}

func (h *planHandlers) update(ctx context.Context, in *planPatchInput) (*planOutput, error) {
	b := in.Body
	p, err := h.store.UpdatePlan(ctx, kit.ActorOf(ctx), in.Plan, func(p *models.Plan) error {
		b.MaxRunningJobs.apply(&p.MaxRunningJobs)
		b.StorageBytes.apply(&p.StorageBytes)
		b.BandwidthBytes.apply(&p.BandwidthBytes)
		b.MaxJobBytes.apply(&p.MaxJobBytes)
		b.MaxFiles.apply(&p.MaxFiles)
		b.RetentionDays.apply(&p.RetentionDays)
		set(&p.Name, b.Name)
		set(&p.IsDefault, b.Default)
		set(&p.Public, b.Public)
		set(&p.Position, b.Position)
		return nil
	})
	if err != nil {
		return nil, err
	}
	return &planOutput{Body: kit.PlanOf(p)}, nil
}

// PlanPeriod is the time in which an account had a plan.
type PlanPeriod struct {
	Plan       string     `json:"plan"`
	AssignedBy *uuid.UUID `json:"assignedBy" format:"uuid" doc:"The administrator; null if it was assigned automatically"`
	AssignedAt time.Time  `json:"assignedAt"`
	EndedAt    *time.Time `json:"endedAt" doc:"Null for the current plan"`
}

type planHistoryOutput struct {
	Body struct {
		Plans []PlanPeriod `json:"plans" nullable:"false" doc:"Newest first"`
	} `nameHint:"PlanHistory"`
}

type planUserInput struct {
	ID uuid.UUID `path:"id" format:"uuid"`
}

func (h *planHandlers) history(ctx context.Context, in *planUserInput) (*planHistoryOutput, error) {
	list, err := h.store.PlanHistory(ctx, in.ID)
	if err != nil {
		return nil, err
	}
	out := &planHistoryOutput{}
	out.Body.Plans = make([]PlanPeriod, 0, len(list))
	for _, a := range list {
		out.Body.Plans = append(out.Body.Plans, PlanPeriod{Plan: a.PlanID, AssignedBy: a.AssignedBy, AssignedAt: a.AssignedAt, EndedAt: a.EndedAt})
	}
	return out, nil
}

type assignInput struct {
	ID   uuid.UUID `path:"id" format:"uuid"`
	Body struct {
		Plan string `json:"plan" minLength:"1" maxLength:"40" doc:"The plan's id"`
	} `nameHint:"AssignPlan"`
}

func (h *planHandlers) assign(ctx context.Context, in *assignInput) (*kit.Empty, error) {
	return &kit.Empty{}, h.store.AssignPlan(ctx, kit.ActorOf(ctx), in.ID, in.Body.Plan)
}
