package stock

import (
	"context"
	"strconv"

	"github.com/google/uuid"

	"longhaul/internal/store/page"
	"longhaul/models"
)

// The orders of the lists, which their cursors carry.
const (
	byStored  = "stored"
	byExpires = "expires"
	byUsed    = "used"
	byKey     = "key"
	byFile    = "file"
	byDamage  = "damage"
)

// StorageUsers returns who stores most, as it was last summed up. The cursor of
// the next page is empty on the last one.
func (st *Stock) StorageUsers(ctx context.Context, cursor string, limit int) ([]models.StorageUser, string, error) {
	args, err := below(byStored, cursor, limit)
	if err != nil {
		return nil, "", err
	}
	var out []models.StorageUser
	err = st.db.Rows(ctx, &out, "list owners by what they store", `
		select s.*, u.email from storage_users s join users u on u.id = s.user_id
		where (s.bytes, s.user_id) < (@key, @id) order by s.bytes desc, s.user_id desc limit @limit`, args)
	if err != nil {
		return nil, "", err
	}
	out, next := cut(out, limit, func(u models.StorageUser) page.Cursor {
		return page.Cursor{By: byStored, Desc: true, Key: strconv.FormatInt(u.Bytes, 10), ID: u.UserID}
	})
	return out, next, nil
}

// StorageExpiries returns of whom most expires within 30 days, as it was last
// summed up. The cursor of the next page is empty on the last one.
func (st *Stock) StorageExpiries(ctx context.Context, cursor string, limit int) ([]models.StorageUser, string, error) {
	args, err := below(byExpires, cursor, limit)
	if err != nil {
		return nil, "", err
	}
	var out []models.StorageUser
	err = st.db.Rows(ctx, &out, "list owners by what expires", `
		select s.*, u.email from storage_users s join users u on u.id = s.user_id
		where s.month_jobs > 0 and (s.month_bytes, s.user_id) < (@key, @id) order by s.month_bytes desc, s.user_id desc limit @limit`, args)
	if err != nil {
		return nil, "", err
	}
	out, next := cut(out, limit, func(u models.StorageUser) page.Cursor {
		return page.Cursor{By: byExpires, Desc: true, Key: strconv.FormatInt(u.MonthBytes, 10), ID: u.UserID}
	})
	return out, next, nil
}

// LargeJobs returns the jobs that store most, of all users. The cursor of the next
// page is empty on the last one.
func (st *Stock) LargeJobs(ctx context.Context, cursor string, limit int) ([]models.LargeJob, string, error) {
	args, err := below(byUsed, cursor, limit)
	if err != nil {
		return nil, "", err
	}
	var out []models.LargeJob
	err = st.db.Rows(ctx, &out, "list largest jobs", `
		select j.id, j.name, j.state, u.email as owner, j.file_count as files, j.quota_used as bytes, j.created_at,
			case when j.state = 'ready' then j.deadline end as deadline
		from jobs j join users u on u.id = j.user_id
		where j.quota_used > 0 and j.delete_at is null and (j.quota_used, j.id) < (@key, @id)
		order by j.quota_used desc, j.id desc limit @limit`, args)
	if err != nil {
		return nil, "", err
	}
	out, next := cut(out, limit, func(j models.LargeJob) page.Cursor {
		return page.Cursor{By: byUsed, Desc: true, Key: strconv.FormatInt(j.Bytes, 10), ID: j.ID}
	})
	return out, next, nil
}

// LostFiles returns files whose object is gone. The cursor of the next page is
// empty on the last one.
func (st *Stock) LostFiles(ctx context.Context, cursor string, limit int) ([]models.LostFile, string, error) {
	var after uuid.UUID
	if cursor != "" {
		c, err := page.Read(cursor, byFile, false)
		if err != nil {
			return nil, "", err
		}
		after = c.ID
	}
	var out []models.LostFile
	err := st.db.Rows(ctx, &out, "list lost files", `
		select f.id, f.job_id, f.path, f.size, j.name, u.email as owner
		from files f join jobs j on j.id = f.job_id join users u on u.id = f.user_id
		where f.state = 'lost' and j.delete_at is null and f.id > ? order by f.id limit ?`, after, page.Size(limit)+1)
	if err != nil {
		return nil, "", err
	}
	out, next := cut(out, limit, func(f models.LostFile) page.Cursor { return page.Cursor{By: byFile, ID: f.ID} })
	return out, next, nil
}

// Orphans returns what the last sweep found without a row, by key. The cursor of
// the next page is empty on the last one.
func (st *Stock) Orphans(ctx context.Context, cursor string, limit int) ([]models.Orphan, string, error) {
	var after struct{ key, upload string }
	if cursor != "" {
		c, err := page.Read(cursor, byKey, false)
		if err != nil {
			return nil, "", err
		}
		if after.key, after.upload, err = splitKey(c.Key); err != nil {
			return nil, "", err
		}
	}
	var out []models.Orphan
	err := st.db.Rows(ctx, &out, "list orphans", `
		select * from orphans where (key, upload_id) > (?, ?) order by key, upload_id limit ?`, after.key, after.upload, page.Size(limit)+1)
	if err != nil {
		return nil, "", err
	}
	out, next := cut(out, limit, func(o models.Orphan) page.Cursor {
		return page.Cursor{By: byKey, Key: strconv.Itoa(len(o.Key)) + ":" + o.Key + o.UploadID}
	})
	return out, next, nil
}

// splitKey takes the cursor of an orphan apart: the length of its key, a colon,
// the key, and the id of an upload.
func splitKey(text string) (key, upload string, err error) {
	for i := range len(text) {
		if text[i] != ':' {
			continue
		}
		n, err := strconv.Atoi(text[:i])
		if rest := text[i+1:]; err == nil && n >= 0 && n <= len(rest) {
			return rest[:n], rest[n:], nil
		}
		break
	}
	return "", "", page.Refused()
}

// below returns the arguments of a query for what comes after the cursor, largest
// first.
func below(by, cursor string, limit int) (map[string]any, error) {
	args := map[string]any{"key": int64(1<<63 - 1), "id": uuid.Max, "limit": page.Size(limit) + 1}
	if cursor == "" {
		return args, nil
	}
	c, err := page.Read(cursor, by, true)
	if err != nil {
		return nil, err
	}
	key, err := strconv.ParseInt(c.Key, 10, 64)
	if err != nil {
		return nil, page.Refused().Because(err)
	}
	args["key"], args["id"] = key, c.ID
	return args, nil
}

// cut returns the rows of a page, of which one too many was asked for, and the
// cursor of the next.
func cut[T any](rows []T, limit int, last func(T) page.Cursor) ([]T, string) {
	limit = page.Size(limit)
	if len(rows) <= limit {
		return rows, ""
	}
	rows = rows[:limit]
	return rows, last(rows[limit-1]).String()
}
