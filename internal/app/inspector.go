package app

import (
	"context"
	"errors"
	"net/http"
	"slices"
	"time"

	"github.com/google/uuid"

	"longhaul/agent/agentapi"
	"longhaul/internal/fetch"
	"longhaul/internal/source"
	"longhaul/internal/store"
	"longhaul/internal/telemetry"
	"longhaul/internal/token"
	"longhaul/internal/tracing"
	"longhaul/models"
)

// inspectMargin is what an agent leaves of the caller's time for the answer to
// travel.
const inspectMargin = 3 * time.Second

// inspector has agents find out what sources hold.
type inspector struct {
	store *store.Store
	keys  *token.Keys
	http  *http.Client
}

func newInspector(s *store.Store, keys *token.Keys, calls *telemetry.Calls, tracer *tracing.Tracer) *inspector {
	hc := fetch.NewForAgents(fetch.TrustedOptions{HeaderTimeout: 2 * time.Minute})
	return &inspector{store: s, keys: keys, http: tracer.Client(calls.Wrap(hc, telemetry.TargetAgent))}
}

// Inspect implements jobs.Inspector: it asks the least loaded agent that serves
// the user within the deadline of ctx.
func (i *inspector) Inspect(ctx context.Context, userID uuid.UUID, src models.Source) (models.Manifest, error) {
	agent, err := i.store.Agents.PickAgentForInspect(ctx, userID)
	if err != nil {
		return models.Manifest{}, err
	}
	limit := 45 * time.Second
	if deadline, ok := ctx.Deadline(); ok {
		limit = time.Until(deadline)
	}
	c := agentapi.NewClient(agent.URL, i.http, i.keys.AgentSecrets(agent.ID)...)
	got, err := c.Inspect(ctx, agentapi.Inspect{
		Source: wireSource(src), Owner: userID.String(), TimeoutSeconds: max(int64((limit-inspectMargin)/time.Second), 1),
	})
	if err != nil {
		return models.Manifest{}, agentFault(err)
	}
	return source.Reported(src, got)
}

func wireSource(src models.Source) agentapi.Source {
	switch src.Kind {
	case models.SourceURL:
		out := agentapi.Source{URL: src.URI, KeepPage: src.KeepPage}
		if l := src.Login; l != nil {
			out.Login = &agentapi.Login{User: l.User, Password: l.Password}
		}
		return out
	case models.SourceTorrent:
		return agentapi.Source{Metainfo: src.Metainfo}
	default:
		return agentapi.Source{Magnet: src.URI}
	}
}

// agentFault turns an agent's answer into a fault of ours. A problem that is
// not one of ours is not passed on.
func agentFault(err error) error {
	if p, ok := errors.AsType[*agentapi.Problem](err); ok {
		if problem := models.Problem(p.Code); slices.Contains(models.Problems(), problem) && p.Detail != "" {
			return models.Fault(problem, "%s", p.Detail).Because(err)
		}
		return models.Errorf(models.CodeUnavailable, "The compute agent could not inspect this source.").Because(err)
	}
	if errors.Is(err, context.DeadlineExceeded) {
		return err
	}
	return models.Fault(models.ProblemAgentUnreachable, "The compute agent is not responding. Try again shortly.").Because(err)
}
