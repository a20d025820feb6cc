package accounts

import (
	"context"

	"github.com/google/uuid"

	"longhaul/models"
)

// eachPage is how many accounts are read at once where all of them are wanted.
const eachPage = 500

// EachUser gives do all accounts that match, in portions and oldest first, with an
// entry in the audit log.
func (a *Accounts) EachUser(ctx context.Context, by models.Actor, f models.UserFilter, do func([]models.UserRow) error) error {
	e := by.Did(models.AuditUsersExported, "user", "")
	e.After = f.Facts()
	if err := a.records.RecordAudit(ctx, e); err != nil {
		return err
	}
	f.Sort, f.Desc, f.Cursor, f.Limit = models.UserSortCreated, false, "", eachPage
	for {
		found, err := a.users(ctx, f)
		if err != nil {
			return err
		}
		if err := do(found.Users); err != nil {
			return err
		}
		if f.Cursor = found.NextCursor; f.Cursor == "" {
			return nil
		}
	}
}

// UserIDs returns up to limit of the accounts that match, by id after the given
// one.
func (a *Accounts) UserIDs(ctx context.Context, f models.UserFilter, after uuid.UUID, limit int) ([]uuid.UUID, error) {
	where, args, err := whereUsers(f)
	if err != nil {
		return nil, err
	}
	var rows []struct{ ID uuid.UUID }
	err = a.db.Rows(ctx, &rows, "find users", `select u.id from users u where `+where+` and u.id > ? order by u.id limit ?`,
		append(args, after, limit)...)
	out := make([]uuid.UUID, 0, len(rows))
	for _, r := range rows {
		out = append(out, r.ID)
	}
	return out, err
}

// LookAtUser returns one account as a list shows it. That an administrator looked
// is audited, once an hour.
func (a *Accounts) LookAtUser(ctx context.Context, by models.Actor, id uuid.UUID) (models.UserRow, error) {
	u, err := a.UserRow(ctx, id)
	if err != nil {
		return u, err
	}
	return u, a.records.RecordLook(ctx, by.Did(models.AuditUserRead, "user", id.String()))
}
