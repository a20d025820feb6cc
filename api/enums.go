package api

import (
	"strconv"

	"github.com/danielgtaylor/huma/v2"

	"longhaul/models"
)

// schemaPrefix is where the OpenAPI document keeps its schemas.
const schemaPrefix = "#/components/schemas/"

// The wire forms of closed sets of models that several audiences show. Each
// has a named schema whose values come from models, so that generated clients
// get one type per set.
type (
	jobState models.State
	userRole models.Role
	provider models.Provider
)

// Schema returns the schema of job states.
func (jobState) Schema(r huma.Registry) *huma.Schema {
	return enum(r, "JobState", "Where a job stands", models.States()...)
}

// Schema returns the schema of roles.
func (userRole) Schema(r huma.Registry) *huma.Schema {
	return enum(r, "Role", "What an account may do", models.RoleUser, models.RoleAdmin)
}

// Schema returns the schema of providers.
func (provider) Schema(r huma.Registry) *huma.Schema {
	return enum(r, "Provider", "Where the bytes are fetched", models.ProviderAgent, models.ProviderSeedr)
}

// enum returns the schema of a closed set, which the document has once under
// the name.
func enum[T ~string](r huma.Registry, name, doc string, values ...T) *huma.Schema {
	if _, ok := r.Map()[name]; !ok {
		s := &huma.Schema{Type: huma.TypeString, Description: doc}
		for _, v := range values {
			s.Enum = append(s.Enum, string(v))
		}
		s.PrecomputeMessages()
		r.Map()[name] = s
	}
	return refTo(name)
}

// refTo refers to a schema of the document by its name.
func refTo(name string) *huma.Schema { return &huma.Schema{Ref: schemaPrefix + name} }

// orNull turns the reference to a schema into one that allows null.
func orNull(s *huma.Schema) *huma.Schema {
	return &huma.Schema{Description: s.Description, AnyOf: []*huma.Schema{{Ref: s.Ref}, {Type: "null"}}}
}

func statusKey(status int) string { return strconv.Itoa(status) }

// registration is a registration mode on the wire.
type registration models.Registration

// Schema returns the schema of registration modes.
func (registration) Schema(r huma.Registry) *huma.Schema {
	return enum(r, "RegistrationMode", "Who may make an account",
		models.RegistrationOpen, models.RegistrationInvitation, models.RegistrationClosed)
}
