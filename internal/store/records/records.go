// Package records keeps what is looked up later: the audit log and the security
// events, each a chain of hashes. It writes its own tables only, and reads the
// names of accounts and agents for lists. It depends on the allowances, which
// bound what anyone can cause, and on no other aggregate.
package records

import (
	"longhaul/internal/store/limits"
	"longhaul/internal/store/postgres"
)

// Records appends to the audit log and the security events and reads them.
type Records struct {
	db     *postgres.DB
	limits *limits.Limits
}

// New returns the records of the database.
func New(db *postgres.DB, l *limits.Limits) *Records { return &Records{db, l} }

// Worker returns the methods that only the worker may use.
func (r *Records) Worker() *Worker { return &Worker{r} }

// Worker tidies up records.
type Worker struct{ r *Records }
