package api

import "longhaul/models"

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
