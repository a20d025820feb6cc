package admin

import (
	"context"
	"net/http"
	"strconv"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/google/uuid"

	"longhaul/api/kit"
	"longhaul/models"
)

// manyUsersStore is the part of the store that what concerns many accounts uses.
type manyUsersStore interface {
	UserIDs(ctx context.Context, f models.UserFilter, after uuid.UUID, limit int) ([]uuid.UUID, error)
	AssignPlanTo(ctx context.Context, by models.Actor, planID string, ids []uuid.UUID) (int64, error)
	EachUser(ctx context.Context, by models.Actor, f models.UserFilter, do func([]models.UserRow) error) error
}

// assignPage is how many accounts change plans in one transaction.
const assignPage = 500

// manyUserHandlers act on accounts by a filter.
type manyUserHandlers struct{ store manyUsersStore }

func (h *manyUserHandlers) routes(r *kit.Router) {
	kit.Handle(r, huma.Operation{
		OperationID: "export-users", Method: http.MethodGet, Path: "/api/v1/admin/users.csv", Tags: []string{tagAdmin},
		Summary: "Export the accounts as CSV", Description: "Everything that the filter finds, oldest first. Audited with the filter.", Responses: csvResponse("account"),
	}, h.export)
	kit.Handle(r, huma.Operation{
		OperationID: "assign-plan-to-many", Method: http.MethodPost, Path: "/api/v1/admin/users/plan", Tags: []string{tagAdmin},
		Summary: "Change the plan of many accounts",
		Description: "Of those named, or of all that the filter finds, without a filter of all. In portions of 500, each of which happens whole or not at all, with an entry in the audit log. " +
			"A request that broke off may be repeated: accounts that have the plan stay as they are.",
	}, h.assign)
}

// UserQuery says which accounts are meant.
type UserQuery struct {
	Q     string    `query:"q" json:"q,omitempty" maxLength:"200" doc:"Only accounts whose address contains this"`
	Role  kit.Role  `query:"role" json:"role,omitempty" doc:"Only accounts with this role"`
	State userState `query:"state" json:"state,omitempty" doc:"Only accounts in this state"`
	Plan  string    `query:"plan" json:"plan,omitempty" maxLength:"40" doc:"Only accounts that have this plan"`
}

func (q UserQuery) filter() models.UserFilter {
	return models.UserFilter{Search: q.Q, Role: models.Role(q.Role), State: models.UserState(q.State), Plan: q.Plan}
}

type assignManyInput struct {
	Body struct {
		Plan   string      `json:"plan" minLength:"1" maxLength:"40" doc:"The plan's id"`
		Users  []uuid.UUID `json:"users,omitempty" maxItems:"500" doc:"These accounts"`
		Filter *UserQuery  `json:"filter,omitempty" doc:"Or those that it finds"`
	} `nameHint:"AssignPlanToMany"`
}

type assignManyOutput struct {
	Body struct {
		Changed int64 `json:"changed" doc:"Accounts that did not have the plan"`
	} `nameHint:"PlanAssigned"`
}

func (h *manyUserHandlers) assign(ctx context.Context, in *assignManyInput) (*assignManyOutput, error) {
	b, out, by := in.Body, &assignManyOutput{}, kit.ActorOf(ctx)
	if (len(b.Users) > 0) == (b.Filter != nil) {
		return nil, models.Errorf(models.CodeInvalid, "Name accounts or give a filter, one of the two.").In("users")
	}
	if b.Filter == nil {
		n, err := h.store.AssignPlanTo(ctx, by, b.Plan, b.Users)
		out.Body.Changed = n
		return out, err
	}
	after := uuid.Nil
	for {
		ids, err := h.store.UserIDs(ctx, b.Filter.filter(), after, assignPage)
		if err != nil || len(ids) == 0 {
			return out, err
		}
		n, err := h.store.AssignPlanTo(ctx, by, b.Plan, ids)
		if err != nil {
			return nil, err
		}
		out.Body.Changed += n
		after = ids[len(ids)-1]
	}
}

func (h *manyUserHandlers) export(ctx context.Context, in *UserQuery) (*huma.StreamResponse, error) {
	by := kit.ActorOf(ctx)
	return &huma.StreamResponse{Body: func(hc huma.Context) { //nolint:contextcheck // gin carries the same one
		c := kit.GinOf(hc)
		streamCSV(c, "users.csv", userColumns(), func(write func([][]string) error) error {
			return h.store.EachUser(c.Request.Context(), by, in.filter(), linesOf(userLine, write))
		})
	}}, nil
}

func userColumns() []string {
	return []string{
		"id", "email", "role", "state", "second_factor", "plan", "storage_used", "storage_limit", "jobs", "running_jobs",
		"created_at", "last_sign_in_at", "last_seen_at", "disabled_at",
	}
}

func userLine(u models.UserRow) []string {
	at := func(t *time.Time) string {
		if t == nil {
			return ""
		}
		return t.Format(time.RFC3339)
	}
	limit := ""
	if u.StorageLimit != nil {
		limit = strconv.FormatInt(*u.StorageLimit, 10)
	}
	return []string{
		u.ID.String(), cell(u.Email), string(u.Role), string(u.State()), strconv.FormatBool(u.SecondFactor()), u.PlanID,
		strconv.FormatInt(u.StorageUsed, 10), limit, strconv.FormatInt(u.Jobs, 10), strconv.FormatInt(u.RunningJobs, 10),
		u.CreatedAt.Format(time.RFC3339), at(u.LastSignInAt), at(u.LastSeenAt), at(u.DisabledAt),
	}
}
