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

// AgentStore tells what goes on on agents.
type AgentStore interface {
	Agent(ctx context.Context, id uuid.UUID) (models.Agent, error)
	Busy(ctx context.Context) (map[uuid.UUID]models.AgentLoad, error)
	AgentTransfers(ctx context.Context, agentID uuid.UUID, cursor string, limit int) ([]models.AgentTransfer, string, error)
	LimitAgent(ctx context.Context, by models.Actor, agentID uuid.UUID, bytesPerSecond int64) (models.Agent, error)
	AgentHours(ctx context.Context, agentID uuid.UUID) ([]models.AgentHour, error)
}

func (h *agentHandlers) detailRoutes(r *kit.Router) {
	op := func(id, path, summary, description string) huma.Operation {
		return huma.Operation{
			OperationID: id, Method: http.MethodGet, Path: "/api/v1/admin/agents/{id}" + path, Tags: []string{tagAdmin}, Summary: summary, Description: description,
		}
	}
	kit.Handle(r, op("get-agent", "", "Show a compute agent", ""), h.get)
	kit.Handle(r, huma.Operation{
		OperationID: "limit-agent", Method: http.MethodPut, Path: "/api/v1/admin/agents/{id}/limit", Tags: []string{tagAdmin},
		Summary:     "Limit how fast an agent fetches",
		Description: "Its transfers share the limit. The agent hears of it with its next heartbeat, within 15 seconds, and keeps it when it restarts.",
	}, h.limit)
	kit.Handle(r, op("list-agent-transfers", "/transfers", "What runs on an agent", "With progress; what it has longest first."), h.transfers)
	kit.Handle(r, op("list-agent-hours", "/hours", "An agent's heartbeats of 7 days", "By hour, oldest first."), h.hours)
}

type agentOutput struct{ Body AgentInfo }

func (h *agentHandlers) get(ctx context.Context, in *agentInput) (*agentOutput, error) {
	a, err := h.store.Agent(ctx, in.ID)
	return h.withLoad(ctx, a, err)
}

// withLoad returns the agent with what runs on it.
func (h *agentHandlers) withLoad(ctx context.Context, a models.Agent, err error) (*agentOutput, error) {
	if err != nil {
		return nil, err
	}
	loads, err := h.store.Busy(ctx)
	return &agentOutput{Body: h.info(a, loads[a.ID])}, err
}

type limitInput struct {
	ID   uuid.UUID `path:"id" format:"uuid"`
	Body struct {
		RateLimit int64 `json:"rateLimit" minimum:"0" maximum:"1099511627776" doc:"Bytes per second of all its transfers together, 65536 at least; 0 is no limit"`
	} `nameHint:"LimitAgent"`
}

func (h *agentHandlers) limit(ctx context.Context, in *limitInput) (*agentOutput, error) {
	if n := in.Body.RateLimit; n > 0 && n < models.LeastRateLimit {
		return nil, models.Errorf(models.CodeInvalid, "A speed limit is at least %s a second; 0 is no limit.", models.BytesInWords(models.LeastRateLimit)).In("rateLimit")
	}
	a, err := h.store.LimitAgent(ctx, kit.ActorOf(ctx), in.ID, in.Body.RateLimit)
	return h.withLoad(ctx, a, err)
}

// AgentTransfer is a transfer that runs on an agent.
type AgentTransfer struct {
	JobID       uuid.UUID    `json:"jobId" format:"uuid"`
	Name        string       `json:"name" doc:"Empty while it is unknown"`
	Owner       string       `json:"owner" doc:"E-mail address"`
	State       kit.JobState `json:"state"`
	Kind        string       `json:"kind" enum:"resolve,download"`
	StartedAt   time.Time    `json:"startedAt"`
	BytesTotal  int64        `json:"bytesTotal" doc:"-1 while unknown"`
	BytesDone   int64        `json:"bytesDone" doc:"Verified, those in storage included"`
	BytesStored int64        `json:"bytesStored"`
	DownRate    int64        `json:"downRate" doc:"Bytes per second"`
}

type agentPageInput struct {
	ID     uuid.UUID `path:"id" format:"uuid"`
	Cursor string    `query:"cursor" maxLength:"512" doc:"nextCursor of the previous page"`
	Limit  int       `query:"limit" minimum:"1" maximum:"200" default:"50"`
}

type agentTransfersOutput struct {
	Body struct {
		Transfers  []AgentTransfer `json:"transfers" nullable:"false"`
		NextCursor string          `json:"nextCursor" doc:"Empty on the last page"`
	} `nameHint:"AgentTransferList"`
}

func (h *agentHandlers) transfers(ctx context.Context, in *agentPageInput) (*agentTransfersOutput, error) {
	if _, err := h.store.Agent(ctx, in.ID); err != nil {
		return nil, err
	}
	list, next, err := h.store.AgentTransfers(ctx, in.ID, in.Cursor, in.Limit)
	if err != nil {
		return nil, err
	}
	out := &agentTransfersOutput{}
	out.Body.NextCursor, out.Body.Transfers = next, make([]AgentTransfer, 0, len(list))
	for _, t := range list {
		out.Body.Transfers = append(out.Body.Transfers, AgentTransfer{
			JobID: t.JobID, Name: t.Name, Owner: t.Owner, State: kit.JobState(t.State), Kind: string(t.Kind), StartedAt: t.StartedAt,
			BytesTotal: t.BytesTotal, BytesDone: t.BytesDone, BytesStored: t.BytesStored, DownRate: t.DownRate,
		})
	}
	return out, nil
}

// AgentHour is what an agent's heartbeats of an hour tell.
type AgentHour struct {
	Hour        time.Time `json:"hour" doc:"When it began"`
	Online      float64   `json:"online" minimum:"0" maximum:"1" doc:"Share of the hour for which heartbeats came; of the part that has passed, and since the agent was added"`
	MostRunning int64     `json:"mostRunning" doc:"Transfers at once at most"`
	Rate        int64     `json:"rate" doc:"Bytes per second, on average"`
}

type agentHoursOutput struct {
	Body struct {
		Hours []AgentHour `json:"hours" nullable:"false" doc:"Of 7 days, oldest first, from when the agent was added"`
	} `nameHint:"AgentHourList"`
}

func (h *agentHandlers) hours(ctx context.Context, in *agentInput) (*agentHoursOutput, error) {
	a, err := h.store.Agent(ctx, in.ID)
	if err != nil {
		return nil, err
	}
	known, err := h.store.AgentHours(ctx, in.ID)
	if err != nil {
		return nil, err
	}
	out := &agentHoursOutput{}
	out.Body.Hours = everyHour(known, a.CreatedAt, h.now())
	return out, nil
}

const weekHours = 7 * 24

// everyHour fills in the hours in which the agent was silent.
func everyHour(known []models.AgentHour, created, now time.Time) []AgentHour {
	byHour := make(map[int64]models.AgentHour, len(known))
	for _, k := range known {
		byHour[k.Hour.Unix()] = k
	}
	out := make([]AgentHour, 0, weekHours)
	first := now.UTC().Truncate(time.Hour).Add(-(weekHours - 1) * time.Hour)
	for hour := first; !hour.After(now); hour = hour.Add(time.Hour) {
		from, to := hour, hour.Add(time.Hour)
		if created.After(from) {
			from = created
		}
		if now.Before(to) {
			to = now
		}
		if !to.After(from) {
			continue
		}
		k := byHour[hour.Unix()]
		// The beat that is due at either end may be in the hour beside it.
		expected := max(1, float64(to.Sub(from)/models.HeartbeatEvery)-1)
		out = append(out, AgentHour{Hour: hour, Online: min(1, float64(k.Beats)/expected), MostRunning: k.MostRunning, Rate: k.Rate})
	}
	return out
}
