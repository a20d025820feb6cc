package admin

import (
	"context"
	"fmt"
	"net/http"
	"strings"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"longhaul/api/kit"
	"longhaul/models"
)

// healthHandlers show administrators what the deployment lacks.
type healthHandlers struct {
	version string
	probes  kit.Probes
	store   Store
	now     func() time.Time
}

func (h *healthHandlers) routes(r *kit.Router) {
	kit.Handle(r, huma.Operation{
		OperationID: "get-deployment-health", Method: http.MethodGet, Path: "/api/v1/admin/health", Tags: []string{tagAdmin},
		Summary:     "Check the deployment's dependencies",
		Description: "Like /readyz, plus what doesn't work while something is unavailable or off. Always answers 200.",
	}, h.get)
}

// DeploymentHealth is the deployment's health, for administrators.
type DeploymentHealth struct {
	Status  string            `json:"status" enum:"ready,degraded,unavailable"`
	Version string            `json:"version"`
	Checks  []DeploymentCheck `json:"checks" nullable:"false"`
}

// DeploymentCheck is one thing that the deployment needs.
type DeploymentCheck struct {
	kit.ReadinessCheck
	Missing string `json:"missing" doc:"What doesn't work right now, in one sentence; empty when all is well"`
}

type deploymentHealthOutput struct{ Body DeploymentHealth }

func (h *healthHandlers) get(ctx context.Context, _ *kit.Empty) (*deploymentHealthOutput, error) {
	ready := h.probes.Ask(ctx)
	out := &deploymentHealthOutput{Body: DeploymentHealth{Status: ready.Status, Version: h.version}}
	for i, c := range ready.Checks {
		check := DeploymentCheck{ReadinessCheck: c}
		if c.Status != kit.CheckOK {
			check.Missing = h.probes[i].Missing
		}
		out.Body.Checks = append(out.Body.Checks, check)
	}
	disks := h.agentDisks(ctx)
	out.Body.Checks = append(out.Body.Checks, disks)
	if disks.Status != kit.CheckOK && out.Body.Status == kit.ReadyFull {
		out.Body.Status = kit.ReadyPartly
	}
	return out, nil
}

// agentDisks tells of the agents that would get transfers if their disks were not
// full.
func (h *healthHandlers) agentDisks(ctx context.Context) DeploymentCheck {
	check := DeploymentCheck{ReadinessCheck: kit.ReadinessCheck{Name: "agent-disks", Status: kit.CheckOK}}
	agents, err := h.store.ListAgents(ctx)
	if err != nil {
		kit.InfoOf(ctx).Err = err
		check.Status, check.Missing = kit.CheckAway, "The agents' disks are unknown, because the list of agents can't be read."
		return check
	}
	var full []string
	for _, a := range agents {
		if a.State == models.AgentActive && a.Alive(h.now()) && a.DiskFree < a.LeastFree() {
			full = append(full, fmt.Sprintf("Agent %s has %s free; it gets no transfers until %s are free.",
				a.Name, models.BytesInWords(a.DiskFree), models.BytesInWords(a.LeastFree())))
		}
	}
	if len(full) > 0 {
		check.Status = kit.CheckAway
		check.Missing = strings.Join(append(full, "Free space on the disk, or give the agent a larger one."), " ")
	}
	return check
}
