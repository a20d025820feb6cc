package files

import (
	"context"
	"strconv"
	"strings"

	"github.com/google/uuid"

	"longhaul/internal/store/page"
	"longhaul/internal/store/postgres"
	"longhaul/models"
)

// byIndex is the order of a job's files.
const byIndex = "file"

// FilePage returns one page of the files of the user's job, in the order of the
// manifest. Files that were deleted are left out unless the filter names their
// state. If the job is blocked, all of them are.
func (fs *Files) FilePage(ctx context.Context, userID, jobID uuid.UUID, f models.FileFilter) (models.FilePage, error) {
	blocked, err := fs.jobBlocked(ctx, userID, jobID)
	if err != nil {
		return models.FilePage{}, err
	}
	after, err := indexAfter(f.Cursor)
	if err != nil {
		return models.FilePage{}, err
	}
	where, args := matching(f)
	args = append([]any{userID, jobID}, args...)
	var sum struct{ Total, Size int64 }
	err = fs.db.Row(ctx, &sum, "count files of job", `
		select count(*) as total, coalesce(sum(size) filter (where size > 0), 0)::bigint as size
		from files where user_id = ? and job_id = ?`+where, args...)
	if err != nil {
		return models.FilePage{}, err
	}
	out := models.FilePage{Total: sum.Total, Size: sum.Size}
	err = fs.db.Rows(ctx, &out.Files, "list page of files", `
		select * from files where user_id = ? and job_id = ?`+where+` and idx > ? order by idx limit ?`,
		append(args, after, f.Limit+1)...)
	if len(out.Files) > f.Limit {
		out.Files = out.Files[:f.Limit]
		out.NextCursor = cursorAt(out.Files[f.Limit-1].Index)
	}
	for i := range out.Files {
		out.Files[i].Blocked = out.Files[i].Blocked || blocked
	}
	return out, err
}

// FilesAfter returns what a file list shows of the files of the user's job behind
// the index, and how many files the job has in all.
func (fs *Files) FilesAfter(ctx context.Context, userID, jobID uuid.UUID, index, limit int) (out []models.File, total int, err error) {
	blocked, err := fs.jobBlocked(ctx, userID, jobID)
	if err != nil {
		return nil, 0, err
	}
	if err = fs.db.Row(ctx, &total, "count files of job", `select count(*) from files where user_id = ? and job_id = ? and `+shown, userID, jobID); err != nil {
		return nil, 0, err
	}
	err = fs.db.Rows(ctx, &out, "list files after index", `
		select idx, path, size, state, content_type, blocked from files
		where user_id = ? and job_id = ? and idx > ? and `+shown+` order by idx limit ?`, userID, jobID, index, limit)
	for i := range out {
		out[i].Blocked = out[i].Blocked || blocked
	}
	return out, total, err
}

func (fs *Files) jobBlocked(ctx context.Context, userID, jobID uuid.UUID) (blocked bool, err error) {
	err = fs.db.Row(ctx, &blocked, "look for job", `select blocked from jobs where user_id = ? and id = ? and delete_at is null`, userID, jobID)
	return blocked, err
}

func indexAfter(cursor string) (int, error) {
	if cursor == "" {
		return -1, nil
	}
	c, err := page.Read(cursor, byIndex, false)
	if err != nil {
		return 0, err
	}
	n, err := strconv.Atoi(c.Key)
	if err != nil || n < 0 || n > 1<<30 {
		return 0, page.Refused()
	}
	return n, nil
}

func cursorAt(index int) string {
	return page.Cursor{By: byIndex, Key: strconv.Itoa(index)}.String()
}

// matching returns the conditions of a filter.
func matching(f models.FileFilter) (where string, args []any) {
	if len(f.States) > 0 {
		where, args = where+" and state = any(?)", append(args, postgres.Array[models.FileState](f.States))
	} else {
		where += " and " + shown
	}
	if len(f.Indexes) > 0 {
		where, args = where+" and idx = any(?)", append(args, postgres.Array[int](f.Indexes))
	}
	if within, whole := patterns(f.Search); len(within)+len(whole) > 0 {
		where += ` and (path ilike any(?) or path ilike any(?) or regexp_replace(path, '^.*/', '') ilike any(?))`
		args = append(args, postgres.Array[string](within), postgres.Array[string](whole), postgres.Array[string](whole))
	}
	return where, args
}

// maxPatterns is how many patterns of a search count.
const maxPatterns = 20

// patterns translates a search: text matches anywhere in a path, and what has *
// or ? has to be all of a path or of a name.
func patterns(search string) (within, whole []string) {
	for i, part := range strings.Split(search, ",") {
		if part = strings.TrimSpace(part); part == "" || i >= maxPatterns {
			continue
		}
		plain := strings.NewReplacer(`\`, `\\`, `%`, `\%`, `_`, `\_`).Replace(part)
		if !strings.ContainsAny(part, "*?") {
			within = append(within, "%"+plain+"%")
			continue
		}
		plain = strings.NewReplacer("*", "%", "?", "_").Replace(plain)
		for strings.Contains(plain, "%%") && !strings.Contains(plain, `\%%`) {
			plain = strings.ReplaceAll(plain, "%%", "%")
		}
		whole = append(whole, plain)
	}
	return within, whole
}
