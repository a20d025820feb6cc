package jobs

import (
	"slices"

	"github.com/danielgtaylor/huma/v2"

	"longhaul/api/kit"
	"longhaul/models"
	"longhaul/models/wording"
)

// Reason is why something is as it is: a code with its parameters for
// programs, and the same in English.
type Reason struct {
	Code   reasonCode   `json:"code"`
	Params reasonParams `json:"params" nullable:"false" doc:"The details of this case: whole numbers (bytes, counts, seconds), names, and instants as RFC 3339 text"`
	Text   string       `json:"text" doc:"One plain sentence in English"`
}

type reasonCode models.ReasonCode

// Schema returns the schema of reason codes.
func (reasonCode) Schema(r huma.Registry) *huma.Schema {
	return kit.Enum(r, "ReasonCode", "Why a job is in its state, or what it waits for; every ProblemCode is one too", models.ReasonCodes()...)
}

// problemCode is a problem, or empty.
type problemCode models.Problem

// Schema returns the schema of a problem or none.
func (problemCode) Schema(r huma.Registry) *huma.Schema {
	problems := models.Problems()
	slices.Sort(problems)
	return &huma.Schema{AnyOf: []*huma.Schema{
		kit.Enum(r, "ProblemCode", "A documented fault", problems...), {Type: huma.TypeString, Enum: []any{""}},
	}}
}

type reasonParams map[string]any

// Schema returns the schema of parameters.
func (reasonParams) Schema(huma.Registry) *huma.Schema {
	return &huma.Schema{Type: huma.TypeObject, AdditionalProperties: &huma.Schema{OneOf: []*huma.Schema{
		{Type: huma.TypeString}, {Type: huma.TypeInteger, Format: "int64"}, {Type: huma.TypeBoolean},
	}}}
}

func reasonOf(r models.Reason) Reason {
	out := Reason{Code: reasonCode(r.Code), Params: reasonParams(r.Params), Text: wording.API().Why(r)}
	if out.Params == nil {
		out.Params = reasonParams{}
	}
	return out
}

// reasonOrNil is reasonOf where there may be no reason.
func reasonOrNil(r models.Reason) *Reason {
	if r.None() {
		return nil
	}
	out := reasonOf(r)
	return &out
}

// nullable lets references to schemas in the properties be null.
func nullable(s *huma.Schema, properties ...string) *huma.Schema {
	for _, name := range properties {
		if p := s.Properties[name]; p != nil && p.Ref != "" {
			s.Properties[name] = kit.OrNull(p)
		}
	}
	return s
}
