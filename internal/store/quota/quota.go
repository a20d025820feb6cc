// Package quota keeps plans and what accounts take up of them: storage that is
// used and held for jobs, bandwidth, and a ledger of every change. A change of
// what a job holds is one statement over the account's totals, the job's own
// figures and the ledger.
//
// It depends on the records. It reads jobs and files, and writes of a job only
// what it holds, takes up and wants. When a job has to hold something is for
// the jobs to say.
package quota

import (
	"longhaul/internal/store/postgres"
	"longhaul/internal/store/records"
)

// Quota keeps plans and what accounts take up of them.
type Quota struct {
	RunningLimit int // how many jobs of one user may run at once, whatever the plan; 0 means no limit

	db      *postgres.DB
	records *records.Records
}

// New returns the quotas of the database.
func New(db *postgres.DB, r *records.Records) *Quota { return &Quota{db: db, records: r} }

// Worker returns the methods that only the worker may use.
func (q *Quota) Worker() *Worker { return &Worker{q} }

// Worker rolls usage up and repairs what went wrong.
type Worker struct{ q *Quota }

// RunningLimitOf returns how many jobs of an account with the plan's limit may
// run at once; 0 means no limit.
func (q *Quota) RunningLimitOf(plan *int) int {
	if plan != nil && (q.RunningLimit == 0 || *plan < q.RunningLimit) {
		return *plan
	}
	return q.RunningLimit
}
