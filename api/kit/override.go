package kit

import (
	"time"

	"github.com/danielgtaylor/huma/v2"

	"longhaul/models"
)

// PlanLimit is the name of a plan's limit on the wire.
type PlanLimit models.PlanLimit

// Schema returns the schema of names of limits.
func (PlanLimit) Schema(r huma.Registry) *huma.Schema {
	return Enum(r, "PlanLimit", "A limit of a plan", models.PlanLimits()...)
}

// LimitOverride is one limit of an account that differs from its plan's.
type LimitOverride struct {
	Limit PlanLimit `json:"limit"`
	Value *int64    `json:"value" nullable:"true" doc:"Bytes, jobs, files or days; null is no limit"`
}

// OverrideInfo is what an account is allowed instead of some of its plan's limits.
type OverrideInfo struct {
	Limits []LimitOverride `json:"limits" nullable:"false" doc:"In force instead of the plan's"`
	Until  *time.Time      `json:"until" nullable:"true" doc:"When the plan's limits count again; null for no such time"`
}

// OverrideOf returns an override as its account sees it; nil for nil.
func OverrideOf(o *models.Override) *OverrideInfo {
	if o == nil {
		return nil
	}
	out := &OverrideInfo{Limits: []LimitOverride{}, Until: o.ExpiresAt}
	for _, l := range models.PlanLimits() {
		if n, there := o.Limits[l]; there {
			out.Limits = append(out.Limits, LimitOverride{Limit: PlanLimit(l), Value: n})
		}
	}
	return out
}
