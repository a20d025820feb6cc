package kit

import (
	"github.com/danielgtaylor/huma/v2"

	"longhaul/models"
)

// Access is who may call an operation. A table states it for each; a test
// walks the routes and tries each of them as everyone.
type Access string

// The kinds of access. All but public and agent need an account that may be
// used; those named for a scope take its session or an API token with that
// scope.
const (
	AccessPublic         Access = "public"          // anyone
	AccessAccount        Access = "account"         // an account by its session or any of its API tokens; nothing that an intruder would want
	AccessUser           Access = "user"            // an account by its session alone
	AccessConfirmed      Access = "confirmed"       // the same, when it gave its password or a code within minutes
	AccessEnrol          Access = "enrol"           // as user; also for an administrator who has to set up a second factor first
	AccessEnrolConfirmed Access = "enrol-confirmed" // the same, when it gave its password or a code within minutes
	AccessJobsRead       Access = "jobs:read"       // see models.ScopeJobsRead
	AccessJobsWrite      Access = "jobs:write"      // see models.ScopeJobsWrite
	AccessFilesRead      Access = "files:read"      // see models.ScopeFilesRead
	AccessAdmin          Access = "admin"           // an administrator, by session or an API token with the scope
	AccessAdminSure      Access = "admin-sure"      // an administrator by session alone, who gave a password or a code within minutes
	AccessAgent          Access = "agent"           // a registered compute agent
)

// confirmed reports whether the caller has to have given a password or a code
// within minutes.
func (a Access) confirmed() bool {
	return a == AccessConfirmed || a == AccessEnrolConfirmed || a == AccessAdminSure
}

// enrols reports whether an administrator may call the operation before they
// have the second factor that is required of them.
func (a Access) enrols() bool {
	return a == AccessAccount || a == AccessEnrol || a == AccessEnrolConfirmed
}

// scope returns the scope that an API token needs; ok is false where no token
// will do, and the scope is empty where any will.
func (a Access) scope() (s models.Scope, ok bool) {
	switch a {
	case AccessAccount:
		return "", true
	case AccessJobsRead, AccessJobsWrite, AccessFilesRead, AccessAdmin:
		return models.Scope(a), true
	default:
		return "", false
	}
}

// security returns what the OpenAPI document says of the access.
func (a Access) security() []map[string][]string {
	session := map[string][]string{schemeSession: {}}
	switch a {
	case AccessPublic:
		return nil
	case AccessAgent:
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

// AccessOf returns the access that an operation's metadata states, public if it
// states none.
func AccessOf(metadata map[string]any) Access {
	if who, ok := metadata[metaAccess].(Access); ok {
		return who
	}
	return AccessPublic
}

// Security schemes of the OpenAPI document.
const (
	schemeSession = "session"
	schemeToken   = "token"
	schemeAgent   = "agent"
)

// SecuritySchemes returns what the OpenAPI document says of credentials.
func SecuritySchemes() map[string]*huma.SecurityScheme {
	return map[string]*huma.SecurityScheme{
		schemeSession: {Type: "apiKey", In: "cookie", Name: CookieName, Description: "The session of a signed-in account"},
		schemeToken: {Type: "http", Scheme: "bearer", Description: "An API token of an account, with the scopes that the operation names. " +
			"A request that also has a session cookie is refused."},
		schemeAgent: {Type: "http", Scheme: "bearer", Description: "The credential of a compute agent"},
	}
}
