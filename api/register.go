package api

import (
	"context"
	"net/http"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humagin"
	"github.com/gin-gonic/gin"

	"longhaul/models"
)

// access is who may call an operation. Every operation states it; a test
// walks the routes and tries each of them as everybody.
type access string

// The kinds of access. All but public and agent need an account that may be
// used; those named for a scope take its session or an API token with that
// scope.
const (
	accessPublic    access = "public"     // anybody
	accessAccount   access = "account"    // an account by its session or any of its API tokens; nothing that an intruder would want
	accessUser      access = "user"       // an account by its session alone
	accessConfirmed access = "confirmed"  // the same, when it gave its password or a code within minutes
	accessEnrol     access = "enrol"      // as user; also for an administrator who has to set up a second factor first
	accessJobsRead  access = "jobs:read"  // see models.ScopeJobsRead
	accessJobsWrite access = "jobs:write" // see models.ScopeJobsWrite
	accessFilesRead access = "files:read" // see models.ScopeFilesRead
	accessAdmin     access = "admin"      // an administrator, by session or an API token with the scope
	accessAdminSure access = "admin-sure" // an administrator by session alone, who gave a password or a code within minutes
	accessAgent     access = "agent"      // a registered compute agent
)

// scope returns the scope that an API token needs; ok is false where no token
// will do, and the scope is empty where any will.
func (a access) scope() (s models.Scope, ok bool) {
	switch a {
	case accessAccount:
		return "", true
	case accessJobsRead, accessJobsWrite, accessFilesRead, accessAdmin:
		return models.Scope(a), true
	default:
		return "", false
	}
}

// security returns what the OpenAPI document says of the access.
func (a access) security() []map[string][]string {
	session := map[string][]string{schemeSession: {}}
	switch a {
	case accessPublic:
		return nil
	case accessAgent:
		return []map[string][]string{{schemeAgent: {}}}
	default:
		scope, ok := a.scope()
		switch {
		case !ok:
			return []map[string][]string{session}
		case scope == "":
			return []map[string][]string{session, {schemeToken: {}}}
		default:
			return []map[string][]string{session, {schemeToken: {string(scope)}}}
		}
	}
}

// metaAccess is the operation metadata that holds the access.
const metaAccess = "access"

// Security schemes of the OpenAPI document.
const (
	schemeSession = "session"
	schemeToken   = "token"
	schemeAgent   = "agent"
)

// smallBody is how large a JSON request may be unless its operation says else.
const smallBody = 64 << 10

// router registers operations: one place that adds access, documented faults
// and the conversion of errors.
type router struct {
	api  huma.API
	auth *authenticator
}

// handle registers an operation.
func handle[I, O any](r *router, who access, op huma.Operation, h func(context.Context, *I) (*O, error)) {
	if op.MaxBodyBytes == 0 {
		op.MaxBodyBytes = smallBody
	}
	op.BodyReadTimeout = -1 // the deadline of bodies is set by limitBody, which lifts it again
	if op.Metadata == nil {
		op.Metadata = map[string]any{}
	}
	op.Metadata[metaAccess] = who
	op.Security = who.security()
	if op.Responses == nil {
		op.Responses = map[string]*huma.Response{}
	}
	status := op.DefaultStatus
	if status == 0 {
		status = http.StatusOK
		op.DefaultStatus = status
	}
	key := statusKey(status)
	if op.Responses[key] == nil {
		op.Responses[key] = &huma.Response{Description: http.StatusText(status)}
	}
	op.Responses["default"] = &huma.Response{
		Description: "A fault, as a problem document (RFC 9457)",
		Content:     map[string]*huma.MediaType{typeProblem: {Schema: &huma.Schema{Ref: schemaPrefix + "Problem"}}},
	}
	op.Middlewares = append(huma.Middlewares{r.auth.middleware(who)}, op.Middlewares...)
	huma.Register(r.api, op, func(ctx context.Context, in *I) (*O, error) {
		out, err := h(ctx, in)
		if err != nil {
			infoOf(ctx).err = err
			return nil, problemOf(ctx, err)
		}
		return out, nil
	})
}

// ginOf returns the router's context below the framework's.
func ginOf(hc huma.Context) *gin.Context { return humagin.Unwrap(hc) }

// empty is the output of an operation without a body.
type empty struct{}
