package store

import (
	"context"
	"encoding/base64"
	"strings"
	"time"

	"github.com/google/uuid"

	"longhaul/models"
)

// UserFilter selects a page of the accounts. Zero values select all.
type UserFilter struct {
	Search string // part of the address
	Role   models.Role
	Cursor string // UserPage.NextCursor of the page before; empty for the first
	Limit  int
}

// UserRow is an account with what a list of them shows.
type UserRow struct {
	models.User
	LastSeenAt *time.Time // the newest use of a session or token; nil for none that is still there
	Jobs       int64
}

// UserPage is one page of a list of accounts.
type UserPage struct {
	Users      []UserRow
	NextCursor string // empty on the last page
	Total      int64  // accounts on all pages
}

// Users returns a page of the accounts, newest first. It is for administrators.
func (s *Store) Users(ctx context.Context, f UserFilter) (UserPage, error) {
	limit := f.Limit
	if limit <= 0 {
		limit = DefaultPage
	}
	limit = min(limit, MaxPage)
	where, args := "delete_at is null", []any{}
	if search := strings.ToLower(strings.TrimSpace(f.Search)); search != "" {
		where, args = where+" and position(? in email) > 0", append(args, search)
	}
	if f.Role != "" {
		where, args = where+" and role = ?", append(args, f.Role)
	}
	var page UserPage
	if err := s.row(ctx, &page.Total, "count users", `select count(*) from users where `+where, args...); err != nil {
		return UserPage{}, err
	}
	if f.Cursor != "" {
		at, id, err := parseUserCursor(f.Cursor)
		if err != nil {
			return UserPage{}, err
		}
		where, args = where+" and (created_at, id) < (?::timestamptz, ?::uuid)", append(args, at, id)
	}
	err := s.rows(ctx, &page.Users, "list users", `
		select u.*, (select max(at) from (
				select last_seen_at as at from sessions where user_id = u.id
				union all select last_used_at from api_tokens where user_id = u.id) uses) as last_seen_at,
			(select count(*) from jobs where user_id = u.id and delete_at is null) as jobs
		from (select * from users where `+where+` order by created_at desc, id desc limit ?) u
		order by u.created_at desc, u.id desc`, append(args, limit+1)...)
	if err == nil && len(page.Users) > limit {
		page.Users = page.Users[:limit]
		last := page.Users[limit-1]
		page.NextCursor = base64.RawURLEncoding.EncodeToString(
			[]byte(last.CreatedAt.UTC().Format(time.RFC3339Nano) + " " + last.ID.String()))
	}
	return page, err
}

func parseUserCursor(cursor string) (time.Time, uuid.UUID, error) {
	bad := models.Errorf(models.CodeInvalid, "This is not the cursor of a page.").In("cursor")
	b, err := base64.RawURLEncoding.DecodeString(cursor)
	if err != nil {
		return time.Time{}, uuid.Nil, bad
	}
	first, second, _ := strings.Cut(string(b), " ")
	at, err := time.Parse(time.RFC3339Nano, first)
	if err != nil {
		return time.Time{}, uuid.Nil, bad
	}
	id, err := uuid.Parse(second)
	if err != nil {
		return time.Time{}, uuid.Nil, bad
	}
	return at, id, nil
}

// SetUserDisabled takes an account's access away, at once and everywhere, or
// gives it back. The last administrator who can sign in cannot be disabled.
func (s *Store) SetUserDisabled(ctx context.Context, by models.Actor, id uuid.UUID, disabled bool) error {
	return s.Tx(ctx, func(s *Store) error {
		if err := s.lock(ctx, lockSetup, ""); err != nil {
			return err
		}
		u, err := s.lockUser(ctx, id)
		if err != nil || u.DeleteAt != nil {
			return orNotFound(err, "account")
		}
		if (u.DisabledAt != nil) == disabled {
			return nil
		}
		action, at := models.AuditUserEnabled, (*time.Time)(nil)
		if disabled {
			if err := s.notLastAdmin(ctx, u); err != nil {
				return err
			}
			now := s.Now()
			action, at = models.AuditUserDisabled, &now
		}
		if _, err := s.exec(ctx, "set account's access", `update users set disabled_at = ? where id = ?`, at, id); err != nil {
			return err
		}
		if disabled {
			if err := s.endAccess(ctx, id); err != nil {
				return err
			}
		}
		return s.RecordAudit(ctx, by.Did(action, "user", id.String()))
	})
}

func orNotFound(err error, what string) error {
	if err != nil {
		return err
	}
	return notFound(what)
}

// notLastAdmin refuses what would leave nobody to administer. The lock on
// set-up is held, so that two administrators cannot remove each other at once.
func (s *Store) notLastAdmin(ctx context.Context, u models.User) error {
	if u.Role != models.RoleAdmin || !u.Active() {
		return nil
	}
	var others int
	err := s.row(ctx, &others, "count administrators", `
		select count(*) from users
		where role = ? and id <> ? and disabled_at is null and delete_at is null and verified_at is not null`,
		models.RoleAdmin, u.ID)
	if err == nil && others == 0 {
		return models.Fault(models.ProblemLastAdmin, "This is the last administrator. Please make another one first.")
	}
	return err
}

// EndUserAccess ends all sessions and API tokens of an account.
func (s *Store) EndUserAccess(ctx context.Context, by models.Actor, id uuid.UUID) error {
	return s.Tx(ctx, func(s *Store) error {
		if u, err := s.lockUser(ctx, id); err != nil || u.DeleteAt != nil {
			return orNotFound(err, "account")
		}
		if err := s.endAccess(ctx, id); err != nil {
			return err
		}
		return s.RecordAudit(ctx, by.Did(models.AuditUserLoggedOut, "user", id.String()))
	})
}
