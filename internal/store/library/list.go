package library

import (
	"context"
	"strconv"
	"strings"
	"time"

	"github.com/google/uuid"

	"longhaul/internal/store/page"
	"longhaul/internal/store/postgres"
	"longhaul/models"
)

// visible is the condition of what a library shows, for a file f of a job j.
const visible = `f.folder_id is not null and f.state in ('stored', 'lost') and j.delete_at is null`

// List returns one page of the user's library.
func (l *Library) List(ctx context.Context, userID uuid.UUID, f models.LibraryFilter) (models.LibraryPage, error) {
	var out models.LibraryPage
	q := listing{l: l, user: userID, LibraryFilter: f}
	if q.Search != "" {
		q.Flat = true
		if q.words = query(userID, q.Search); q.words == "" {
			out.Totals = &models.Amounts{}
			return out, nil
		}
	}
	at, err := q.position()
	if err != nil {
		return out, err
	}
	if !q.Flat {
		if out.Path, err = l.path(ctx, userID, q.Folder); err != nil {
			return out, err
		}
	}
	if f.Cursor == "" {
		if out.Totals, err = q.totals(ctx); err != nil {
			return out, err
		}
	}
	if at.phase == phaseFolders && q.hasFolders() {
		full, err := q.folderPage(ctx, at, &out)
		if err != nil || full {
			return out, err
		}
		at = position{phase: phaseFiles}
	}
	if f.Kind != models.KindFolder {
		err = q.filePage(ctx, at, f.Limit-len(out.Folders), &out)
	}
	return out, err
}

// LibraryFile returns a file of the user's library.
func (l *Library) LibraryFile(ctx context.Context, userID, id uuid.UUID) (models.LibraryFile, error) {
	var row struct {
		models.LibraryFile
		JobBlocked bool
	}
	err := l.db.Row(ctx, &row, "load file of library", `
		select f.*, j.name as job_name, j.blocked as job_blocked, d.name as folder_name
		from files f join jobs j on j.id = f.job_id join folders d on d.id = f.folder_id
		where f.user_id = ? and f.id = ? and `+visible, userID, id)
	if models.IsNotFound(err) {
		return row.LibraryFile, postgres.NotFound("file")
	}
	row.Blocked = row.Blocked || row.JobBlocked
	return row.LibraryFile, err
}

// listing is one request for a page.
type listing struct {
	models.LibraryFilter
	l     *Library
	user  uuid.UUID
	words string // of the search, as a tsquery
}

// The phases of a list.
const (
	phaseFolders = "d"
	phaseFiles   = "f"
)

// position is where a page begins: behind the row.
type position struct {
	phase string
	key   string
	id    uuid.UUID
}

// position reads the cursor.
func (q *listing) position() (position, error) {
	if q.Cursor == "" {
		return position{phase: phaseFolders}, nil
	}
	c, err := page.Read(q.Cursor, "library "+string(q.Sort), q.Desc)
	if err != nil {
		return position{}, err
	}
	phase, key, ok := strings.Cut(c.Key, "/")
	if !ok || phase != phaseFolders && phase != phaseFiles {
		return position{}, page.Refused()
	}
	return position{phase: phase, key: key, id: c.ID}, nil
}

func (q *listing) cursor(phase, key string, id uuid.UUID) string {
	return page.Cursor{By: "library " + string(q.Sort), Desc: q.Desc, Key: phase + "/" + key, ID: id}.String()
}

// hasFolders reports whether the list has folders: one of all files of a kind,
// or of all files, has none.
func (q *listing) hasFolders() bool {
	if q.Kind != "" {
		return q.Kind == models.KindFolder
	}
	return !q.Flat || q.words != ""
}

// within returns the conditions of the files that the list has.
func within(q *listing) (where string, args []any) {
	where, args = `f.user_id = ? and `+visible, []any{q.user}
	if !q.Flat {
		where, args = where+` and f.folder_id = ?`, append(args, q.Folder)
	}
	if q.words != "" {
		where, args = where+` and f.words @@ ?::tsquery`, append(args, q.words)
	}
	if q.Kind != "" {
		where, args = where+` and f.kind = ?`, append(args, q.Kind)
	}
	return where, args
}

// totals sums up what the list has: of a folder, also what lies deeper.
func (q *listing) totals(ctx context.Context) (*models.Amounts, error) {
	if !q.Flat && q.Kind == "" && q.Folder != q.user {
		sums, err := q.l.below(ctx, q.user, []uuid.UUID{q.Folder})
		s := sums[q.Folder]
		return &s.Amounts, err
	}
	all := *q
	if q.Folder == q.user && !q.Flat && q.Kind == "" {
		all.Flat = true // the root has everything below it
	}
	if q.Kind == models.KindFolder {
		return &models.Amounts{}, nil
	}
	var out models.Amounts
	where, args := within(&all)
	err := q.l.db.Row(ctx, &out, "sum up library", `
		select count(*) as files, coalesce(sum(f.size), 0)::bigint as size from files f join jobs j on j.id = f.job_id where `+where, args...)
	return &out, err
}

// below is what lies anywhere below a folder.
type below struct {
	models.Amounts
	Kept bool // it, or a folder below it, was made by the user
}

// below sums up what lies anywhere below each of the folders.
func (l *Library) below(ctx context.Context, userID uuid.UUID, ids []uuid.UUID) (map[uuid.UUID]below, error) {
	var rows []struct {
		ID   uuid.UUID
		Kept bool
		models.Amounts
	}
	err := l.db.Rows(ctx, &rows, "sum up folders", `
		with recursive down as (
			select id as top, id, made from folders where user_id = ? and id = any(?)
			union all select down.top, f.id, f.made from folders f join down on f.parent_id = down.id)
		select d.top as id, bool_or(d.made) as kept, coalesce(sum(s.files), 0)::bigint as files, coalesce(sum(s.size), 0)::bigint as size
		from down d left join lateral (
			select count(*) as files, sum(f.size) as size from files f join jobs j on j.id = f.job_id where f.folder_id = d.id and `+visible+`) s on true
		group by d.top`, userID, postgres.Array[uuid.UUID](ids))
	out := make(map[uuid.UUID]below, len(rows))
	for _, r := range rows {
		out[r.ID] = below{r.Amounts, r.Kept}
	}
	return out, err
}

// folderPage fills the page with folders, and reports whether it is full. A folder
// of which everything is hidden is left out, unless the user made it.
func (q *listing) folderPage(ctx context.Context, at position, out *models.LibraryPage) (full bool, err error) {
	where, args := `user_id = ? and parent_id = ?`, []any{q.user, q.Folder}
	if q.Flat {
		where, args = `user_id = ? and parent_id is not null and words @@ ?::tsquery`, []any{q.user, q.words}
	}
	order, later := folderOrder(q.Desc && q.Sort == models.LibraryByName)
	if at.id != uuid.Nil {
		where, args = where+later, append(args, at.key, at.id)
	}
	var rows []struct {
		models.Folder
		SortKey string
	}
	err = q.l.db.Rows(ctx, &rows, "list folders", `select * from folders where `+where+` order by `+order+` limit ?`,
		append(args, q.Limit+1)...)
	if err != nil || len(rows) == 0 {
		return false, err
	}
	if full = len(rows) > q.Limit; full {
		rows = rows[:q.Limit]
		last := rows[q.Limit-1]
		out.NextCursor = q.cursor(phaseFolders, last.SortKey, last.ID)
	}
	ids := make([]uuid.UUID, 0, len(rows))
	for _, r := range rows {
		ids = append(ids, r.ID)
	}
	sums, err := q.l.below(ctx, q.user, ids)
	for _, r := range rows {
		if s := sums[r.ID]; s.Kept || s.Files > 0 {
			out.Folders = append(out.Folders, models.LibraryFolder{Folder: r.Folder, Amounts: s.Amounts})
		}
	}
	return full, err
}

// filePage fills the rest of the page with files.
func (q *listing) filePage(ctx context.Context, at position, limit int, out *models.LibraryPage) error {
	where, args := within(q)
	order, later := fileOrder(q.Sort, q.Desc)
	if at.id != uuid.Nil {
		key, err := q.keyAt(at)
		if err != nil {
			return err
		}
		where, args = where+later, append(append(args, key...), at.id)
	}
	var rows []struct {
		models.LibraryFile
		SortKey    string
		JobBlocked bool
	}
	err := q.l.db.Rows(ctx, &rows, "list files of library", `
		select f.*, j.name as job_name, j.blocked as job_blocked, d.name as folder_name
		from files f join jobs j on j.id = f.job_id join folders d on d.id = f.folder_id
		where `+where+` order by `+order+` limit ?`, append(args, limit+1)...)
	if err != nil {
		return err
	}
	if len(rows) > limit {
		rows = rows[:limit]
		if limit == 0 { // the folders filled the page
			out.NextCursor = q.cursor(phaseFiles, "", uuid.Nil)
			return nil
		}
		last := rows[limit-1]
		out.NextCursor = q.cursor(phaseFiles, q.keyOf(last.LibraryFile, last.SortKey), last.ID)
	}
	for _, r := range rows {
		r.Blocked = r.Blocked || r.JobBlocked
		out.Files = append(out.Files, r.LibraryFile)
	}
	return nil
}

// folderOrder returns the order of folders, and the condition of what comes later
// than a row.
func folderOrder(desc bool) (order, later string) {
	if desc {
		return `sort_key desc, id desc`, ` and (sort_key, id) < (?, ?)`
	}
	return `sort_key, id`, ` and (sort_key, id) > (?, ?)`
}

// fileOrder is folderOrder for files.
func fileOrder(by models.LibrarySort, desc bool) (order, later string) {
	switch {
	case by == models.LibraryBySize && desc:
		return `f.size desc, f.id desc`, ` and (f.size, f.id) < (?::bigint, ?)`
	case by == models.LibraryBySize:
		return `f.size, f.id`, ` and (f.size, f.id) > (?::bigint, ?)`
	case by == models.LibraryByDate && desc:
		return `f.stored_at desc, f.id desc`, ` and (f.stored_at, f.id) < (?::timestamptz, ?)`
	case by == models.LibraryByDate:
		return `f.stored_at, f.id`, ` and (f.stored_at, f.id) > (?::timestamptz, ?)`
	case by == models.LibraryByKind && desc:
		return `f.kind desc, f.sort_key desc, f.id desc`, ` and (f.kind, f.sort_key, f.id) < (?, ?, ?)`
	case by == models.LibraryByKind:
		return `f.kind, f.sort_key, f.id`, ` and (f.kind, f.sort_key, f.id) > (?, ?, ?)`
	case desc:
		return `f.sort_key desc, f.id desc`, ` and (f.sort_key, f.id) < (?, ?)`
	default:
		return `f.sort_key, f.id`, ` and (f.sort_key, f.id) > (?, ?)`
	}
}

func (q *listing) keyOf(f models.LibraryFile, sortKey string) string {
	switch q.Sort {
	case models.LibraryBySize:
		return strconv.FormatInt(f.Size, 10)
	case models.LibraryByDate:
		if f.StoredAt == nil {
			return ""
		}
		return f.StoredAt.Format(time.RFC3339Nano)
	case models.LibraryByKind:
		return string(f.Kind) + "/" + sortKey
	case models.LibraryByName:
	}
	return sortKey
}

// keyAt returns the values of the columns at the position.
func (q *listing) keyAt(at position) ([]any, error) {
	switch q.Sort {
	case models.LibraryBySize:
		n, err := strconv.ParseInt(at.key, 10, 64)
		if err != nil {
			return nil, page.Refused().Because(err)
		}
		return []any{n}, nil
	case models.LibraryByDate:
		t, err := time.Parse(time.RFC3339Nano, at.key)
		if err != nil {
			return nil, page.Refused().Because(err)
		}
		return []any{t}, nil
	case models.LibraryByKind:
		kind, key, _ := strings.Cut(at.key, "/")
		return []any{kind, key}, nil
	case models.LibraryByName:
	}
	return []any{at.key}, nil
}
