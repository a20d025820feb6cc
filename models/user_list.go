package models

import "time"

// UserSort is what a list of accounts is sorted by.
type UserSort string

// The sort keys of accounts. Accounts with equal keys are in the order of
// their ids.
const (
	UserSortCreated UserSort = "created"
	UserSortEmail   UserSort = "email"
	UserSortSignIn  UserSort = "signIn"  // the last sign-in; accounts that never signed in come first
	UserSortStorage UserSort = "storage" // what stored files take up
)

// UserFilter selects a page of the accounts. Zero values select all.
type UserFilter struct {
	Search string // part of the address
	Role   Role
	State  UserState
	Plan   string   // id of the plan that they have now
	Sort   UserSort // empty is by creation
	Desc   bool
	Cursor string // UserPage.NextCursor of the previous page; empty for the first
	Limit  int
}

// UserRow is an account with what a list of them shows.
type UserRow struct {
	User
	LastSeenAt   *time.Time // last use of a session or token; nil if there is none
	Jobs         int64
	RunningJobs  int64 // jobs that hold a slot
	PlanID       string
	PlanName     string
	StorageUsed  int64  // bytes of stored files
	StorageLimit *int64 // bytes; nil for no limit
}

// UserPage is one page of a list of accounts.
type UserPage struct {
	Users      []UserRow
	NextCursor string // empty on the last page
	Total      int64  // accounts on all pages, counted with the first one
}

// Facts returns what the filter looks for, for the audit log.
func (f UserFilter) Facts() map[string]any {
	out := map[string]any{}
	for name, value := range map[string]string{"q": f.Search, "role": string(f.Role), "state": string(f.State), "plan": f.Plan} {
		if value != "" {
			out[name] = value
		}
	}
	return out
}
