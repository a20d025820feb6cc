package kit

import (
	"strconv"

	"github.com/danielgtaylor/huma/v2"

	"longhaul/models"
)

// SchemaPrefix is where the OpenAPI document keeps its schemas.
const SchemaPrefix = "#/components/schemas/"

// The wire forms of closed sets of models that several audiences show follow.
// Each has a named schema whose values come from models, so that generated
// clients get one type per set.

// JobState is where a job stands.
type JobState models.State

// Role is what an account may do.
type Role models.Role

// Provider is where the bytes are fetched.
type Provider models.Provider

// Feature is what administrators can switch off.
type Feature models.Flag

// BulkState is how far an act on many jobs has come.
type BulkState models.BulkState

// BulkItemState is what became of one of many jobs.
type BulkItemState models.BulkItemState

// Schema returns the schema of the states of acts on many jobs.
func (BulkState) Schema(r huma.Registry) *huma.Schema {
	return Enum(r, "BulkState", "How far an act on many jobs has come", models.BulkFinding, models.BulkActing, models.BulkDone, models.BulkStopped)
}

// Schema returns the schema of what became of one of many jobs.
func (BulkItemState) Schema(r huma.Registry) *huma.Schema {
	return Enum(r, "BulkItemState", "What became of one of many jobs", models.BulkItemPending, models.BulkItemDone, models.BulkItemRefused)
}

// Schema returns the schema of features.
func (Feature) Schema(r huma.Registry) *huma.Schema {
	return Enum(r, "Feature", "A feature that administrators can switch off", models.Flags()...)
}

// Schema returns the schema of job states.
func (JobState) Schema(r huma.Registry) *huma.Schema {
	return Enum(r, "JobState", "State of a job", models.States()...)
}

// Schema returns the schema of roles.
func (Role) Schema(r huma.Registry) *huma.Schema {
	return Enum(r, "Role", "Role of an account", models.RoleUser, models.RoleAdmin)
}

// Schema returns the schema of providers.
func (Provider) Schema(r huma.Registry) *huma.Schema {
	return Enum(r, "Provider", "What fetches the bytes", models.ProviderAgent, models.ProviderSeedr)
}

// Enum returns the schema of a closed set, which the document has once under
// the name.
func Enum[T ~string](r huma.Registry, name, doc string, values ...T) *huma.Schema {
	if _, ok := r.Map()[name]; !ok {
		s := &huma.Schema{Type: huma.TypeString, Description: doc}
		for _, v := range values {
			s.Enum = append(s.Enum, string(v))
		}
		s.PrecomputeMessages()
		r.Map()[name] = s
	}
	return Ref(name)
}

// Ref refers to a schema of the document by its name.
func Ref(name string) *huma.Schema { return &huma.Schema{Ref: SchemaPrefix + name} }

// OrNull turns the reference to a schema into one that allows null.
func OrNull(s *huma.Schema) *huma.Schema {
	return &huma.Schema{Description: s.Description, AnyOf: []*huma.Schema{{Ref: s.Ref}, {Type: "null"}}}
}

func statusKey(status int) string { return strconv.Itoa(status) }

// Registration is a registration mode on the wire.
type Registration models.Registration

// Schema returns the schema of registration modes.
func (Registration) Schema(r huma.Registry) *huma.Schema {
	return Enum(r, "RegistrationMode", "Who can register",
		models.RegistrationOpen, models.RegistrationInvitation, models.RegistrationClosed)
}
