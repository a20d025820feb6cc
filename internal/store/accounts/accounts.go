// Package accounts keeps who may use Longhaul, and how they prove it: users,
// sessions, API tokens, one-time links, second factors, passkeys, invitations,
// and what was asked for by an e-mail address.
//
// It depends on quota, which gives a new account its plan, on the records, the
// outbox and the mails. It reads jobs only to count them; what becomes of the jobs of
// a deleted account is for the jobs to say.
package accounts

import (
	"longhaul/internal/store/mails"
	"longhaul/internal/store/outbox"
	"longhaul/internal/store/postgres"
	"longhaul/internal/store/quota"
	"longhaul/internal/store/records"
)

// Accounts keeps accounts and what they sign in with.
type Accounts struct {
	db      *postgres.DB
	outbox  *outbox.Outbox
	records *records.Records
	quota   *quota.Quota
	mails   *mails.Mails
}

// New returns the accounts of the database.
func New(db *postgres.DB, o *outbox.Outbox, r *records.Records, q *quota.Quota, m *mails.Mails) *Accounts {
	return &Accounts{db: db, outbox: o, records: r, quota: q, mails: m}
}

// Worker returns the methods that only the worker may use.
func (a *Accounts) Worker() *Worker { return &Worker{a} }

// Worker does what was asked for, and tidies up.
type Worker struct{ a *Accounts }
