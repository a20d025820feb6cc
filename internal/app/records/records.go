// Package records plugs the store into the interfaces that the API declares.
// It only translates types; it decides nothing.
package records

import (
	"context"

	"github.com/google/uuid"

	"longhaul/api"
	"longhaul/internal/store"
	"longhaul/models"
)

// Records is a store as the API wants it. What needs no translation is the
// store's own.
type Records struct{ *store.Store }

var (
	_ api.Accounts         = Records{}
	_ api.Sessions         = Records{}
	_ api.OneTimes         = Records{}
	_ api.Registrations    = Records{}
	_ api.SecondFactors    = Records{}
	_ api.Passkeys         = Records{}
	_ api.Tokens           = Records{}
	_ api.UserAdmin        = Records{}
	_ api.SecurityLog      = Records{}
	_ api.Jobs             = Records{}
	_ api.Files            = Records{}
	_ api.Owners           = Records{}
	_ api.Inspections      = Records{}
	_ api.EventLog         = Records{}
	_ api.AgentFleet       = Records{}
	_ api.AgentCredentials = Records{}
	_ api.AgentReports     = Records{}
	_ api.Parts            = Records{}
	_ api.Trail            = Records{}
	_ api.UsageLog         = Records{}
	_ api.Plans            = Records{}
	_ api.BandwidthLog     = Records{}
	_ api.SecurityLog      = Records{}
)

// SubmitJob accepts a job.
func (r Records) SubmitJob(ctx context.Context, n api.NewJob) (models.Job, bool, error) {
	return r.Store.SubmitJob(ctx, store.NewJob(n))
}

// Jobs returns a page of the user's jobs.
func (r Records) Jobs(ctx context.Context, userID uuid.UUID, q api.JobQuery) (api.JobPage, error) {
	page, err := r.Store.Jobs(ctx, userID, store.JobFilter{
		States: q.States, Search: q.Search, Sort: store.JobSort{By: store.SortKey(q.Sort), Desc: q.Desc},
		Cursor: q.Cursor, Limit: q.Limit,
	})
	return api.JobPage(page), err
}

// Users returns a page of the accounts.
func (r Records) Users(ctx context.Context, q api.UserQuery) (api.UserPage, error) {
	page, err := r.Store.Users(ctx, store.UserFilter{
		Search: q.Search, Role: q.Role, State: q.State, Sort: store.UserSort(q.Sort), Desc: q.Desc, Cursor: q.Cursor, Limit: q.Limit,
	})
	out := api.UserPage{NextCursor: page.NextCursor, Total: page.Total}
	for _, u := range page.Users {
		out.Users = append(out.Users, api.UserRow(u))
	}
	return out, err
}

// QueueNote tells what the user's queued jobs wait for.
func (r Records) QueueNote(ctx context.Context, userID uuid.UUID) (api.QueueNote, error) {
	note, err := r.Store.QueueNote(ctx, userID)
	out := api.QueueNote{
		Running: note.Running, Limit: note.Limit, AgentsAlive: note.AgentsAlive, FreeSlots: note.FreeSlots,
		Room: note.Room, Retention: note.Retention,
	}
	if note.Seedr != nil {
		s := api.SeedrNote(*note.Seedr)
		out.Seedr = &s
	}
	return out, err
}

// SaveParts records parts that are in storage.
func (r Records) SaveParts(ctx context.Context, agentID, jobID uuid.UUID, epoch int64, parts []api.PartReport) error {
	rows := make([]store.PartReport, 0, len(parts))
	for _, p := range parts {
		rows = append(rows, store.PartReport{Index: p.Index, Part: p.Part})
	}
	return r.Store.SaveParts(ctx, agentID, jobID, epoch, rows)
}

// Audit returns a page of the audit log.
func (r Records) Audit(ctx context.Context, q api.RecordQuery) ([]api.AuditRecord, error) {
	list, err := r.Store.Audit(ctx, store.AuditFilter{
		Actor: q.Actor, Action: q.Action, TargetKind: q.TargetKind, Target: q.Target, From: q.From, To: q.To,
		Before: q.Before, Limit: q.Limit,
	})
	out := make([]api.AuditRecord, 0, len(list))
	for _, e := range list {
		out = append(out, api.AuditRecord(e))
	}
	return out, err
}

// SecurityEvents returns a page of the security events.
func (r Records) SecurityEvents(ctx context.Context, q api.RecordQuery) ([]api.SecurityRecord, error) {
	list, err := r.Store.SecurityEvents(ctx, store.SecurityFilter{
		Kind: models.SecurityKind(q.Action), User: q.Actor, IP: q.IP, From: q.From, To: q.To, Before: q.Before, Limit: q.Limit,
	})
	out := make([]api.SecurityRecord, 0, len(list))
	for _, e := range list {
		out = append(out, api.SecurityRecord(e))
	}
	return out, err
}

// Usage returns what the account uses of its plan.
func (r Records) Usage(ctx context.Context, userID uuid.UUID) (api.Usage, error) {
	u, err := r.Store.Usage(ctx, userID)
	return api.Usage(u), err
}

// Ledger returns lines of the account's quota ledger.
func (r Records) Ledger(ctx context.Context, userID uuid.UUID, jobID *uuid.UUID, before int64, limit int) ([]api.LedgerEntry, error) {
	rows, err := r.Store.Ledger(ctx, userID, jobID, before, limit)
	out := make([]api.LedgerEntry, 0, len(rows))
	for _, l := range rows {
		out = append(out, api.LedgerEntry(l))
	}
	return out, err
}
