package admin

import (
	"context"
	"net/http"
	"strings"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/google/uuid"

	"longhaul/api/kit"
	"longhaul/models"
)

// tagAdmin groups the operations in the OpenAPI document.
const tagAdmin = "admin"

type userHandlers struct{ store Store }

func (h *userHandlers) routes(r *kit.Router) {
	const path = "/api/v1/admin/users"
	kit.Handle(r, huma.Operation{
		OperationID: "list-users", Method: http.MethodGet, Path: path, Tags: []string{tagAdmin}, Summary: "List accounts",
	}, h.list)
	act := func(name, summary, description string) huma.Operation {
		return huma.Operation{
			OperationID: name + "-user", Method: http.MethodPost, Path: path + "/{id}/" + name, Tags: []string{tagAdmin},
			Summary: summary, Description: description, DefaultStatus: http.StatusNoContent,
		}
	}
	kit.Handle(r, act("disable", "Disable an account", "Its sessions, API tokens, streams and deliveries end immediately. Its open jobs pause."), h.disable)
	kit.Handle(r, act("enable", "Enable an account", "Jobs that paused because it was disabled continue."), h.enable)
	kit.Handle(r, act("logout", "End all sessions and API tokens of an account", ""), h.logout)
	kit.Handle(r, huma.Operation{
		OperationID: "set-user-role", Method: http.MethodPut, Path: path + "/{id}/role", Tags: []string{tagAdmin},
		Summary:       "Grant or remove admin rights",
		Description:   "Ends its sessions and its API tokens for administration. The last administrator can't be demoted.",
		DefaultStatus: http.StatusNoContent,
	}, h.setRole)
}

// UserInfo is an account as administrators see it.
type UserInfo struct {
	ID           uuid.UUID  `json:"id" format:"uuid"`
	Email        string     `json:"email"`
	Role         kit.Role   `json:"role"`
	State        userState  `json:"state"`
	Verified     bool       `json:"verified" doc:"The owner confirmed the address"`
	SecondFactor bool       `json:"secondFactor"`
	DisabledAt   *time.Time `json:"disabledAt"`
	CreatedAt    time.Time  `json:"createdAt"`
	LastSignInAt *time.Time `json:"lastSignInAt" doc:"Null for never"`
	LastSeenAt   *time.Time `json:"lastSeenAt" doc:"Last use of a session or API token; null if there is none"`
	Jobs         int64      `json:"jobs"`
	RunningJobs  int64      `json:"runningJobs" doc:"Jobs that hold a slot"`
	Plan         string     `json:"plan" doc:"The plan's id"`
	PlanName     string     `json:"planName"`
	StorageUsed  int64      `json:"storageUsed" doc:"Bytes of stored files"`
	StorageLimit *int64     `json:"storageLimit" doc:"Bytes; null means no limit"`
}

func userInfoOf(u models.UserRow) UserInfo {
	return UserInfo{
		ID: u.ID, Email: u.Email, Role: kit.Role(u.Role), State: userState(u.State()), Verified: u.VerifiedAt != nil,
		SecondFactor: u.SecondFactor(), DisabledAt: u.DisabledAt, CreatedAt: u.CreatedAt, LastSignInAt: u.LastSignInAt,
		LastSeenAt: u.LastSeenAt, Jobs: u.Jobs, RunningJobs: u.RunningJobs, Plan: u.PlanID, PlanName: u.PlanName,
		StorageUsed: u.StorageUsed, StorageLimit: u.StorageLimit,
	}
}

type usersInput struct {
	UserQuery
	Sort   string `query:"sort" default:"-created" enum:"created,-created,email,-email,signIn,-signIn,storage,-storage" doc:"A leading minus reverses the order"`
	Cursor string `query:"cursor" maxLength:"2048" doc:"nextCursor of the previous page"`
	Limit  int    `query:"limit" minimum:"1" maximum:"100" default:"50"`
}

type usersOutput struct {
	Body struct {
		Users      []UserInfo `json:"users" nullable:"false"`
		NextCursor string     `json:"nextCursor" doc:"Empty on the last page"`
		Total      int64      `json:"total" doc:"Matching accounts on all pages, counted with the first page"`
	} `nameHint:"UserList"`
}

func (h *userHandlers) list(ctx context.Context, in *usersInput) (*usersOutput, error) {
	by, desc := strings.CutPrefix(in.Sort, "-")
	f := in.filter()
	f.Sort, f.Desc, f.Cursor, f.Limit = models.UserSort(by), desc, in.Cursor, in.Limit
	page, err := h.store.Users(ctx, f)
	if err != nil {
		return nil, err
	}
	out := &usersOutput{}
	out.Body.Users, out.Body.NextCursor, out.Body.Total = make([]UserInfo, 0, len(page.Users)), page.NextCursor, page.Total
	for _, u := range page.Users {
		out.Body.Users = append(out.Body.Users, userInfoOf(u))
	}
	return out, nil
}

// accountNamed returns the account whose e-mail address or id the text is.
func accountNamed(ctx context.Context, store Store, text string) (uuid.UUID, error) {
	if id, err := uuid.Parse(text); err == nil {
		return id, nil
	}
	u, err := store.UserByEmail(ctx, strings.ToLower(strings.TrimSpace(text)))
	if models.IsNotFound(err) {
		err = models.Errorf(models.CodeInvalid, "There is no account with this address or id.").In("user")
	}
	return u.ID, err
}

type userInput struct {
	ID uuid.UUID `path:"id" format:"uuid"`
}

func (h *userHandlers) disable(ctx context.Context, in *userInput) (*kit.Empty, error) {
	return &kit.Empty{}, h.store.DisableUser(ctx, kit.ActorOf(ctx), in.ID)
}

func (h *userHandlers) enable(ctx context.Context, in *userInput) (*kit.Empty, error) {
	return &kit.Empty{}, h.store.EnableUser(ctx, kit.ActorOf(ctx), in.ID)
}

func (h *userHandlers) logout(ctx context.Context, in *userInput) (*kit.Empty, error) {
	return &kit.Empty{}, h.store.EndUserAccess(ctx, kit.ActorOf(ctx), in.ID)
}

type roleInput struct {
	ID   uuid.UUID `path:"id" format:"uuid"`
	Body struct {
		Role kit.Role `json:"role"`
	} `nameHint:"SetRole"`
}

func (h *userHandlers) setRole(ctx context.Context, in *roleInput) (*kit.Empty, error) {
	role := models.Role(in.Body.Role)
	if !role.Valid() {
		return nil, models.Errorf(models.CodeInvalid, "No such role.").In("role")
	}
	return &kit.Empty{}, h.store.SetUserRole(ctx, kit.ActorOf(ctx), in.ID, role)
}

// userState is the state of an account on the wire.
type userState models.UserState

// Schema returns the schema of account states.
func (userState) Schema(r huma.Registry) *huma.Schema {
	return kit.Enum(r, "UserState", "State of an account", models.UserActive, models.UserUnverified, models.UserDisabled)
}
