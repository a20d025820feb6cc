package admin

import (
	"context"
	"net/http"

	"github.com/danielgtaylor/huma/v2"
	"github.com/google/uuid"

	"longhaul/api/kit"
	"longhaul/models"
)

// poolStore is the part of the store that says which agents serve whom.
type poolStore interface {
	SetAgentPool(ctx context.Context, by models.Actor, agentID uuid.UUID, pool string) (models.Agent, error)
	PoolOf(ctx context.Context, userID uuid.UUID) (string, error)
	OwnPool(ctx context.Context, userID uuid.UUID) (string, error)
	BindAccount(ctx context.Context, by models.Actor, userID uuid.UUID, pool string) error
}

// poolRoutes adds the operation that puts an agent into a pool.
func (h *agentHandlers) poolRoutes(r *kit.Router) {
	kit.Handle(r, huma.Operation{
		OperationID: "set-agent-pool", Method: http.MethodPut, Path: "/api/v1/admin/agents/{id}/pool", Tags: []string{tagAdmin},
		Summary: "Put an agent into a pool",
		Description: "An agent with a pool serves only the accounts whose pool it is, and one without only those that have none. " +
			"What runs on it stays until it ends or moves.",
	}, h.setPool)
}

type agentPoolInput struct {
	ID   uuid.UUID `path:"id" format:"uuid"`
	Body struct {
		Pool string `json:"pool" pattern:"^([a-z][a-z0-9-]{0,39})?$" doc:"A short lower-case word; empty for none"`
	} `nameHint:"SetAgentPool"`
}

func (h *agentHandlers) setPool(ctx context.Context, in *agentPoolInput) (*agentOutput, error) {
	a, err := h.store.SetAgentPool(ctx, kit.ActorOf(ctx), in.ID, in.Body.Pool)
	return h.withLoad(ctx, a, err)
}

// accountPoolHandlers bind accounts to pools.
type accountPoolHandlers struct{ store poolStore }

func (h *accountPoolHandlers) routes(r *kit.Router) {
	const path = "/api/v1/admin/users/{id}/pool"
	kit.Handle(r, huma.Operation{
		OperationID: "set-user-pool", Method: http.MethodPut, Path: path, Tags: []string{tagAdmin},
		Summary: "Have the agents of a pool serve an account, whatever its plan says", DefaultStatus: http.StatusNoContent,
		Description: "Jobs that wait go by it at once. Those that run stay where they are.",
	}, h.set)
	kit.Handle(r, huma.Operation{
		OperationID: "remove-user-pool", Method: http.MethodDelete, Path: path, Tags: []string{tagAdmin},
		Summary: "Have the agents of its plan's pool serve an account again", DefaultStatus: http.StatusNoContent,
	}, h.remove)
}

type userPoolInput struct {
	ID   uuid.UUID `path:"id" format:"uuid"`
	Body struct {
		Pool string `json:"pool" pattern:"^[a-z][a-z0-9-]{0,39}$" doc:"A short lower-case word"`
	} `nameHint:"SetUserPool"`
}

func (h *accountPoolHandlers) set(ctx context.Context, in *userPoolInput) (*kit.Empty, error) {
	return &kit.Empty{}, h.store.BindAccount(ctx, kit.ActorOf(ctx), in.ID, in.Body.Pool)
}

func (h *accountPoolHandlers) remove(ctx context.Context, in *userInput) (*kit.Empty, error) {
	return &kit.Empty{}, h.store.BindAccount(ctx, kit.ActorOf(ctx), in.ID, "")
}

// UserPool is which agents serve an account.
type UserPool struct {
	Own     string `json:"own" doc:"The pool that it is bound to itself; empty if its plan decides"`
	Current string `json:"current" doc:"The pool that counts; empty for agents without one"`
}

func poolOfUser(ctx context.Context, store poolStore, id uuid.UUID) (out UserPool, err error) {
	if out.Own, err = store.OwnPool(ctx, id); err != nil {
		return out, err
	}
	out.Current, err = store.PoolOf(ctx, id)
	return out, err
}
