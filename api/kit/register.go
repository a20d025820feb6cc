package kit

import (
	"context"
	"net/http"
	"strings"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humagin"
	"github.com/gin-gonic/gin"
)

// smallBody is how large a JSON request may be unless its operation says else.
const smallBody = 64 << 10

// Router registers operations: one place that adds access, documented faults
// and the conversion of errors.
type Router struct {
	API  huma.API
	Auth *Authenticator
}

// Handle registers an operation, with the access that the table gives it.
func Handle[I, O any](r *Router, op huma.Operation, h func(context.Context, *I) (*O, error)) {
	who, ok := accessTable[op.OperationID]
	if !ok {
		panic("no access is stated for " + op.OperationID)
	}
	if op.MaxBodyBytes == 0 {
		op.MaxBodyBytes = smallBody
	}
	op.BodyReadTimeout = -1 // the front door sets the deadlines of bodies
	if op.Metadata == nil {
		op.Metadata = map[string]any{}
	}
	op.Metadata[metaAccess] = who
	op.Security = who.security()
	if who.confirmed() {
		op.Description = strings.TrimSpace(op.Description + " Requires a session and reauthenticate within the last ten minutes.")
	}
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
		Content:     map[string]*huma.MediaType{typeProblem: {Schema: Ref("Problem")}},
	}
	op.Middlewares = append(huma.Middlewares{r.Auth.middleware(who)}, op.Middlewares...)
	huma.Register(r.API, op, func(ctx context.Context, in *I) (*O, error) {
		out, err := h(ctx, in)
		if err != nil {
			InfoOf(ctx).Err = err
			return nil, problemOf(ctx, err)
		}
		return out, nil
	})
}

// GinOf returns the router's context below the framework's.
func GinOf(hc huma.Context) *gin.Context { return humagin.Unwrap(hc) }

// Empty is the output of an operation without a body.
type Empty struct{}
