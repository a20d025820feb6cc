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

type planHandlers struct {
	store planStore
	now   func() time.Time
}

func (h *planHandlers) routes(r *kit.Router) {
	kit.Handle(r, huma.Operation{
		OperationID: "list-all-plans", Method: http.MethodGet, Path: "/api/v1/admin/plans", Tags: []string{tagAdmin},
		Summary: "List all plans, including those not shown to everyone and retired ones",
	}, h.list)
	kit.Handle(r, huma.Operation{
		OperationID: "create-plan", Method: http.MethodPost, Path: "/api/v1/admin/plans", Tags: []string{tagAdmin},
		Summary: "Add a plan", DefaultStatus: http.StatusCreated,
	}, h.create)
	kit.Handle(r, huma.Operation{
		OperationID: "update-plan", Method: http.MethodPatch, Path: "/api/v1/admin/plans/{plan}", Tags: []string{tagAdmin},
		Summary: "Change a plan",
		Description: "Members left out stay unchanged; null removes a limit. The new limits apply to the plan's accounts immediately, and nothing stored is removed because of them, " +
			"except by retention, with a week's notice. A retired plan can't be assigned; one that accounts have can't be retired.",
	}, h.update)
	kit.Handle(r, huma.Operation{
		OperationID: "get-plan-effect", Method: http.MethodGet, Path: "/api/v1/admin/plans/{plan}/effect", Tags: []string{tagAdmin},
		Summary: "Count the accounts of a plan that limits would affect", Description: "Accounts with limits of their own are left out of what those decide.",
	}, h.effect)
	kit.Handle(r, huma.Operation{
		OperationID: "get-user-plan", Method: http.MethodGet, Path: "/api/v1/admin/users/{id}/plan", Tags: []string{tagAdmin},
		Summary: "List an account's current and past plans",
	}, h.history)
	kit.Handle(r, huma.Operation{
		OperationID: "assign-plan", Method: http.MethodPut, Path: "/api/v1/admin/users/{id}/plan", Tags: []string{tagAdmin},
		Summary: "Change an account's plan", DefaultStatus: http.StatusNoContent,
	}, h.assign)
}

// ManagedPlan is a plan as administrators see it.
type ManagedPlan struct {
	kit.PlanInfo
	Version int64 `json:"version" doc:"Counts its changes"`
	Retired bool  `json:"retired" doc:"It can't be assigned any more"`
	Users   int64 `json:"users" doc:"Accounts that have it now"`

	AgentPool string `json:"agentPool" doc:"Pool of the agents that serve its accounts; empty for agents without one"`
}

func adminPlanOf(p models.Plan, users int64) ManagedPlan {
	return ManagedPlan{PlanInfo: kit.PlanOf(p), Version: p.Version, Retired: p.RetiredAt != nil, Users: users, AgentPool: p.AgentPool}
}

type adminPlansOutput struct {
	Body struct {
		Plans []ManagedPlan `json:"plans" nullable:"false"`
	} `nameHint:"AdminPlanList"`
}

func (h *planHandlers) list(ctx context.Context, _ *kit.Empty) (*adminPlansOutput, error) {
	list, err := h.store.Plans(ctx, false)
	if err != nil {
		return nil, err
	}
	users, err := h.store.PlanUsers(ctx)
	if err != nil {
		return nil, err
	}
	out := &adminPlansOutput{}
	out.Body.Plans = make([]ManagedPlan, 0, len(list))
	for _, p := range list {
		out.Body.Plans = append(out.Body.Plans, adminPlanOf(p, users[p.ID]))
	}
	return out, nil
}

type planOutput struct{ Body ManagedPlan }

// withUsers returns the plan with the count of its accounts.
func (h *planHandlers) withUsers(ctx context.Context, p models.Plan, err error) (*planOutput, error) {
	if err != nil {
		return nil, err
	}
	users, err := h.store.PlanUsers(ctx)
	return &planOutput{Body: adminPlanOf(p, users[p.ID])}, err
}

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
		RateLimit      *int64 `json:"rateLimit,omitempty" minimum:"65536" maximum:"1099511627776"`
		Default        bool   `json:"default,omitempty" doc:"Make it the plan that new accounts get"`
		Public         bool   `json:"public,omitempty"`
		Position       int    `json:"position,omitempty" minimum:"0" maximum:"1000"`
		AgentPool      string `json:"agentPool,omitempty" pattern:"^([a-z][a-z0-9-]{0,39})?$" doc:"Pool of the agents that serve its accounts; empty for agents without one"`
	} `nameHint:"NewPlan"`
}

func (h *planHandlers) create(ctx context.Context, in *newPlanInput) (*planOutput, error) {
	b := in.Body
	p, err := h.store.CreatePlan(ctx, kit.ActorOf(ctx), models.Plan{
		ID: b.ID, Name: b.Name, MaxRunningJobs: b.MaxRunningJobs, StorageBytes: b.StorageBytes, BandwidthBytes: b.BandwidthBytes,
		MaxJobBytes: b.MaxJobBytes, MaxFiles: b.MaxFiles, RetentionDays: b.RetentionDays, RateLimit: b.RateLimit,
		IsDefault: b.Default, Public: b.Public, Position: b.Position, AgentPool: b.AgentPool,
	})
	return h.withUsers(ctx, p, err)
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
		RateLimit      patched[int64] `json:"rateLimit,omitempty" minimum:"65536" maximum:"1099511627776"`
		Default        *bool          `json:"default,omitempty" doc:"true makes it the plan that new accounts get"`
		Public         *bool          `json:"public,omitempty"`
		Position       *int           `json:"position,omitempty" minimum:"0" maximum:"1000"`
		AgentPool      *string        `json:"agentPool,omitempty" pattern:"^([a-z][a-z0-9-]{0,39})?$" doc:"Pool of the agents that serve its accounts; empty for agents without one"`
		Retired        *bool          `json:"retired,omitempty" doc:"true takes it from those that accounts can get"`
		Version        int64          `json:"version,omitempty" minimum:"1" doc:"The plan's version as you read it: the change is refused if it has changed since"`
	} `nameHint:"PlanPatch"`
}

func (h *planHandlers) update(ctx context.Context, in *planPatchInput) (*planOutput, error) {
	b := in.Body
	p, err := h.store.UpdatePlan(ctx, kit.ActorOf(ctx), in.Plan, b.Version, func(p *models.Plan) error {
		b.MaxRunningJobs.apply(&p.MaxRunningJobs)
		b.StorageBytes.apply(&p.StorageBytes)
		b.BandwidthBytes.apply(&p.BandwidthBytes)
		b.MaxJobBytes.apply(&p.MaxJobBytes)
		b.MaxFiles.apply(&p.MaxFiles)
		b.RetentionDays.apply(&p.RetentionDays)
		b.RateLimit.apply(&p.RateLimit)
		set(&p.Name, b.Name)
		set(&p.IsDefault, b.Default)
		set(&p.Public, b.Public)
		set(&p.Position, b.Position)
		set(&p.AgentPool, b.AgentPool)
		switch now := h.now(); {
		case b.Retired == nil:
		case !*b.Retired:
			p.RetiredAt = nil
		case p.RetiredAt == nil:
			p.RetiredAt = &now
		}
		return nil
	})
	return h.withUsers(ctx, p, err)
}

type planEffectInput struct {
	Plan           string `path:"plan" maxLength:"40"`
	StorageBytes   int64  `query:"storageBytes" minimum:"-1" default:"-1" doc:"-1 is no limit"`
	BandwidthBytes int64  `query:"bandwidthBytes" minimum:"-1" default:"-1" doc:"-1 is no limit"`
	MaxFiles       int64  `query:"maxFiles" minimum:"-1" maximum:"2147483647" default:"-1" doc:"-1 is no limit"`
	RetentionDays  int64  `query:"retentionDays" minimum:"-1" maximum:"36500" default:"-1" doc:"-1 is no limit"`
}

type planEffectOutput struct {
	Body struct {
		Users         int64 `json:"users" doc:"Accounts that have the plan"`
		OverStorage   int64 `json:"overStorage" doc:"Accounts that store more already: what they add waits for room"`
		OverBandwidth int64 `json:"overBandwidth" doc:"Accounts that used more this month already: nothing is delivered to them until the next"`
		OverFiles     int64 `json:"overFiles" doc:"Accounts that have more files already: they can't add any"`
		ExpireSooner  int64 `json:"expireSooner" doc:"Ready jobs whose files would be removed earlier than now, a week from now at the soonest"`
	} `nameHint:"PlanEffect"`
}

func (h *planHandlers) effect(ctx context.Context, in *planEffectInput) (*planEffectOutput, error) {
	var p models.Plan
	if in.StorageBytes >= 0 {
		p.StorageBytes = &in.StorageBytes
	}
	if in.BandwidthBytes >= 0 {
		p.BandwidthBytes = &in.BandwidthBytes
	}
	if in.MaxFiles >= 0 {
		p.MaxFiles = new(int(in.MaxFiles))
	}
	if in.RetentionDays >= 0 {
		p.RetentionDays = new(int(in.RetentionDays))
	}
	e, err := h.store.PlanEffect(ctx, in.Plan, p)
	if err != nil {
		return nil, err
	}
	out := &planEffectOutput{}
	out.Body.Users, out.Body.OverStorage, out.Body.OverBandwidth = e.Users, e.OverStorage, e.OverBandwidth
	out.Body.OverFiles, out.Body.ExpireSooner = e.OverFiles, e.ExpireSooner
	return out, nil
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

func (h *planHandlers) history(ctx context.Context, in *userInput) (*planHistoryOutput, error) {
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
