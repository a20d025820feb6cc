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

type agentHandlers struct {
	store   Store
	baseURL string
	version string
	now     func() time.Time
}

func (h *agentHandlers) routes(r *kit.Router) {
	kit.Handle(r, huma.Operation{
		OperationID: "list-agents", Method: http.MethodGet, Path: "/api/v1/admin/agents", Tags: []string{tagAdmin},
		Summary: "List compute agents",
	}, h.list)
	h.detailRoutes(r)
	h.poolRoutes(r)
	h.enrolRoute(r)
	for _, a := range []struct {
		name, summary string
		state         models.AgentState
	}{
		{"cordon", "Stop giving an agent new jobs", models.AgentCordoned},
		{"uncordon", "Give an agent jobs again", models.AgentActive},
		{"drain", "Move an agent's jobs elsewhere", models.AgentDraining},
	} {
		kit.Handle(r, huma.Operation{
			OperationID: a.name + "-agent", Method: http.MethodPost, Path: "/api/v1/admin/agents/{id}/" + a.name,
			Tags: []string{tagAdmin}, Summary: a.summary, DefaultStatus: http.StatusNoContent,
		}, h.set(a.state))
	}
	kit.Handle(r, huma.Operation{
		OperationID: "remove-agent", Method: http.MethodDelete, Path: "/api/v1/admin/agents/{id}", Tags: []string{tagAdmin},
		Summary:       "Remove a drained or lost agent",
		Description:   "Its credential stops working and its name becomes free. Refused while it accepts jobs or runs any.",
		DefaultStatus: http.StatusNoContent,
	}, h.remove)
}

// AgentInfo is a compute agent as administrators see it.
type AgentInfo struct {
	ID         uuid.UUID  `json:"id" format:"uuid"`
	Name       string     `json:"name"`
	URL        string     `json:"url" doc:"The URL at which the control plane reaches it"`
	State      agentState `json:"state"`
	Alive      bool       `json:"alive" doc:"It sent a heartbeat within the last minute"`
	Capacity   int        `json:"capacity" doc:"Transfers at once"`
	Running    int        `json:"running"`
	DiskFree   int64      `json:"diskFree" doc:"Bytes"`
	DiskTotal  int64      `json:"diskTotal" doc:"Bytes"`
	Version    string     `json:"version"`
	Outdated   bool       `json:"outdated" doc:"Its version is of an earlier release than the server's"`
	RateLimit  int64      `json:"rateLimit" doc:"Bytes per second that its transfers fetch together; 0 is no limit"`
	Pool       string     `json:"pool" doc:"It serves only the accounts whose pool this is; empty for those that have none"`
	Left       AgentLeft  `json:"left" doc:"What is left to do there; a drain waits for it"`
	LastSeenAt *time.Time `json:"lastSeenAt"`
	LostAt     *time.Time `json:"lostAt" doc:"When its jobs were moved because it stopped responding"`
	CreatedAt  time.Time  `json:"createdAt"`
}

// AgentLeft is what runs on an agent.
type AgentLeft struct {
	Jobs  int64 `json:"jobs"`
	Bytes int64 `json:"bytes" doc:"Not in storage yet, of jobs whose size is known"`
}

func (h *agentHandlers) info(a models.Agent, load models.AgentLoad) AgentInfo {
	return AgentInfo{
		ID: a.ID, Name: a.Name, URL: a.URL, State: agentState(a.State), Alive: a.Alive(h.now()), Capacity: a.Capacity,
		Running: a.Running, DiskFree: a.DiskFree, DiskTotal: a.DiskTotal, Version: a.Version,
		Outdated: models.OlderVersion(a.Version, h.version), RateLimit: a.RateLimit, Pool: a.Pool, Left: AgentLeft(load),
		LastSeenAt: a.LastSeenAt, LostAt: a.LostAt, CreatedAt: a.CreatedAt,
	}
}

type agentsOutput struct {
	Body struct {
		Agents []AgentInfo `json:"agents" nullable:"false"`
	} `nameHint:"AgentList"`
}

func (h *agentHandlers) list(ctx context.Context, _ *kit.Empty) (*agentsOutput, error) {
	list, err := h.store.ListAgents(ctx)
	if err != nil {
		return nil, err
	}
	loads, err := h.store.Busy(ctx)
	if err != nil {
		return nil, err
	}
	out := &agentsOutput{}
	out.Body.Agents = make([]AgentInfo, 0, len(list))
	for _, a := range list {
		out.Body.Agents = append(out.Body.Agents, h.info(a, loads[a.ID]))
	}
	return out, nil
}

type agentInput struct {
	ID uuid.UUID `path:"id" format:"uuid"`
}

func (h *agentHandlers) set(state models.AgentState) func(context.Context, *agentInput) (*kit.Empty, error) {
	return func(ctx context.Context, in *agentInput) (*kit.Empty, error) {
		if err := h.store.SetAgentState(ctx, kit.ActorOf(ctx), in.ID, state); err != nil {
			return nil, err
		}
		return &kit.Empty{}, nil
	}
}

func (h *agentHandlers) remove(ctx context.Context, in *agentInput) (*kit.Empty, error) {
	return &kit.Empty{}, h.store.RemoveAgent(ctx, kit.ActorOf(ctx), in.ID)
}

// agentState is the state of an agent on the wire.
type agentState models.AgentState

// Schema returns the schema of agent states.
func (agentState) Schema(r huma.Registry) *huma.Schema {
	return kit.Enum(r, "AgentState", "What administrators want an agent to do",
		models.AgentActive, models.AgentCordoned, models.AgentDraining)
}
