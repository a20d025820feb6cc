package kit

import (
	"slices"

	"github.com/danielgtaylor/huma/v2"

	"longhaul/models"
	"longhaul/models/wording"
)

// Reason is why something is as it is: a code with its parameters for
// programs, and the same in English.
type Reason struct {
	Code   ReasonCode   `json:"code"`
	Params ReasonParams `json:"params" nullable:"false" doc:"The details of this case: whole numbers (bytes, counts, seconds), names, and instants as RFC 3339 text"`
	Text   string       `json:"text" doc:"One plain sentence in English"`
}

// ReasonCode is the code of a reason.
type ReasonCode models.ReasonCode

// Schema returns the schema of reason codes.
func (ReasonCode) Schema(r huma.Registry) *huma.Schema {
	return Enum(r, "ReasonCode", "Why a job is in its state, or what it waits for; every ProblemCode is one too", models.ReasonCodes()...)
}

// ProblemCode is a problem, or empty.
type ProblemCode models.Problem

// Schema returns the schema of a problem or none.
func (ProblemCode) Schema(r huma.Registry) *huma.Schema {
	problems := models.Problems()
	slices.Sort(problems)
	return &huma.Schema{AnyOf: []*huma.Schema{
		Enum(r, "ProblemCode", "A documented fault", problems...), {Type: huma.TypeString, Enum: []any{""}},
	}}
}

// ReasonParams are the details of a reason by name.
type ReasonParams map[string]any

// Schema returns the schema of parameters.
func (ReasonParams) Schema(huma.Registry) *huma.Schema {
	return &huma.Schema{Type: huma.TypeObject, AdditionalProperties: &huma.Schema{OneOf: []*huma.Schema{
		{Type: huma.TypeString}, {Type: huma.TypeInteger, Format: "int64"}, {Type: huma.TypeBoolean},
	}}}
}

// ReasonOf returns a reason with its text.
func ReasonOf(r models.Reason) Reason {
	out := Reason{Code: ReasonCode(r.Code), Params: ReasonParams(r.Params), Text: wording.API().Why(r)}
	if out.Params == nil {
		out.Params = ReasonParams{}
	}
	return out
}

// ReasonOrNil is ReasonOf where there may be no reason.
func ReasonOrNil(r models.Reason) *Reason {
	if r.None() {
		return nil
	}
	out := ReasonOf(r)
	return &out
}

// Nullable lets references to schemas in the properties be null.
func Nullable(s *huma.Schema, properties ...string) *huma.Schema {
	for _, name := range properties {
		if p := s.Properties[name]; p != nil && p.Ref != "" {
			s.Properties[name] = OrNull(p)
		}
	}
	return s
}
