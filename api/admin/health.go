package admin

import (
	"context"
	"net/http"

	"github.com/danielgtaylor/huma/v2"

	"longhaul/api/kit"
)

// healthHandlers show administrators what the deployment lacks.
type healthHandlers struct {
	version string
	probes  kit.Probes
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
	return out, nil
}
