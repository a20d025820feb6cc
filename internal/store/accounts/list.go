package accounts

import (
	"context"
	"strconv"
	"strings"
	"time"

	"github.com/google/uuid"

	"longhaul/internal/store/page"
	"longhaul/models"
)

// userOrder is how a list is sorted by a key: the expression over the accounts
// u and their totals q, and the type of a cursor's key.
func userOrder(k models.UserSort) (expression, keyType string, ok bool) {
	switch k {
	case models.UserSortCreated:
		return "u.created_at", "timestamptz", true
	case models.UserSortEmail:
		return "u.email", "text", true
	case models.UserSortSignIn:
		return "coalesce(u.last_sign_in_at, '-infinity')", "timestamptz", true
	case models.UserSortStorage:
		return "coalesce(q.used, 0)", "bigint", true
	default:
		return "", "", false
	}
}

// userColumns selects an account u with its plan p, its totals q and what else a
// list shows.
const userColumns = `
	select u.*, p.id as plan_id, p.name as plan_name, p.storage_bytes as storage_limit, coalesce(q.used, 0) as storage_used,
		(select max(at) from (
			select last_seen_at as at from sessions where user_id = u.id
			union all select last_used_at from api_tokens where user_id = u.id) uses) as last_seen_at,
		(select count(*) from jobs where user_id = u.id and delete_at is null) as jobs,
		(select count(*) from jobs where user_id = u.id and admitted_at is not null) as running_jobs`

// UserRow returns one account as a list shows it. It is for administrators.
func (a *Accounts) UserRow(ctx context.Context, id uuid.UUID) (models.UserRow, error) {
	var out models.UserRow
	err := a.db.Row(ctx, &out, "load user", userColumns+`
		from users u join user_plans p on p.user_id = u.id left join quota_usage q on q.user_id = u.id
		where u.id = ? and u.delete_at is null`, id)
	return out, err
}

// Users returns a page of the accounts. It is for administrators.
func (a *Accounts) Users(ctx context.Context, f models.UserFilter) (models.UserPage, error) {
	f.Limit = page.Size(f.Limit)
	return a.users(ctx, f)
}

func (a *Accounts) users(ctx context.Context, f models.UserFilter) (models.UserPage, error) {
	if f.Sort == "" {
		f.Sort = models.UserSortCreated
	}
	expression, keyType, ok := userOrder(f.Sort)
	if !ok {
		return models.UserPage{}, models.Errorf(models.CodeInvalid, "Accounts can't be sorted by that.").In("sort")
	}
	where, args, err := whereUsers(f)
	if err != nil {
		return models.UserPage{}, err
	}
	var out models.UserPage
	direction, beyond := "asc", ">"
	if f.Desc {
		direction, beyond = "desc", "<"
	}
	if f.Cursor == "" {
		err = a.db.Row(ctx, &out.Total, "count users", `select count(*) from users u where `+where, args...)
	} else {
		var after page.Cursor
		if after, err = readUserCursor(f.Cursor, f.Sort, f.Desc); err == nil {
			out.Total = after.Total
			where += " and (" + expression + ", u.id) " + beyond + " (cast(? as " + keyType + "), ?)"
			args = append(args, after.Key, after.ID)
		}
	}
	if err != nil {
		return models.UserPage{}, err
	}
	order := expression + " " + direction + ", u.id " + direction
	err = a.db.Rows(ctx, &out.Users, "list users", userColumns+`
		from (select u.* from users u left join quota_usage q on q.user_id = u.id
			where `+where+` order by `+order+` limit ?) u
		join user_plans p on p.user_id = u.id left join quota_usage q on q.user_id = u.id
		order by `+order, append(args, f.Limit+1)...)
	if err == nil && len(out.Users) > f.Limit {
		out.Users = out.Users[:f.Limit]
		out.NextCursor = userCursor(f.Sort, f.Desc, out.Users[f.Limit-1], out.Total).String()
	}
	return out, err
}

// whereUsers returns the condition on accounts u that a filter makes.
func whereUsers(f models.UserFilter) (string, []any, error) {
	where, args := "u.delete_at is null", []any{}
	if search := strings.ToLower(strings.TrimSpace(f.Search)); search != "" {
		where, args = where+" and position(? in u.email) > 0", append(args, search)
	}
	if f.Role != "" {
		where, args = where+" and u.role = ?", append(args, f.Role)
	}
	if f.Plan != "" {
		where += " and exists (select from plan_assignments a where a.user_id = u.id and a.ended_at is null and a.plan_id = ?)"
		args = append(args, f.Plan)
	}
	switch f.State {
	case "":
	case models.UserActive:
		where += " and u.disabled_at is null and u.verified_at is not null"
	case models.UserUnverified:
		where += " and u.disabled_at is null and u.verified_at is null"
	case models.UserDisabled:
		where += " and u.disabled_at is not null"
	default:
		return "", nil, models.Errorf(models.CodeInvalid, "No such account state.").In("state")
	}
	return where, args, nil
}

// never is the key of an account that never signed in.
const never = "-infinity"

func userCursor(sort models.UserSort, desc bool, last models.UserRow, total int64) page.Cursor {
	c := page.Cursor{By: string(sort), Desc: desc, ID: last.ID, Total: total}
	switch sort {
	case models.UserSortEmail:
		c.Key = last.Email
	case models.UserSortSignIn:
		c.Key = never
		if at := last.LastSignInAt; at != nil {
			c.Key = at.UTC().Format(time.RFC3339Nano)
		}
	case models.UserSortStorage:
		c.Key = strconv.FormatInt(last.StorageUsed, 10)
	default:
		c.Key = last.CreatedAt.UTC().Format(time.RFC3339Nano)
	}
	return c
}

func readUserCursor(text string, sort models.UserSort, desc bool) (page.Cursor, error) {
	c, err := page.Read(text, string(sort), desc)
	if err != nil {
		return page.Cursor{}, err
	}
	switch {
	case sort == models.UserSortStorage:
		_, err = strconv.ParseInt(c.Key, 10, 64)
	case sort == models.UserSortCreated, sort == models.UserSortSignIn && c.Key != never:
		_, err = time.Parse(time.RFC3339Nano, c.Key)
	}
	if err != nil {
		return page.Cursor{}, page.Refused().Because(err)
	}
	return c, nil
}
