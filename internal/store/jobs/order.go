package jobs

import (
	"strconv"
	"strings"
	"time"

	"gorm.io/gorm"

	"longhaul/internal/store/page"
	"longhaul/models"
)

// order is how a list of jobs is sorted. Each has an index among one user's jobs,
// and all but the state have one among everybody's.
type order struct {
	by   models.JobSort
	desc bool
}

// readOrder returns the order that is asked for, and the last row of the page
// before, nil for the first page.
func readOrder(by models.JobSort, desc bool, cursor string) (order, *page.Cursor, error) {
	if by == "" {
		by = models.JobSortCreated
	}
	o := order{by: by, desc: desc}
	if !by.Valid() {
		return o, nil, unsorted()
	}
	if cursor == "" {
		return o, nil, nil
	}
	after, err := o.read(cursor)
	return o, &after, err
}

func unsorted() error {
	return models.Errorf(models.CodeInvalid, "Jobs cannot be sorted by that.").In("sort")
}

// columnsOf returns the expressions that an order goes by before the id, and the
// order in both directions.
func columnsOf(by models.JobSort) (list, ascending, descending string) {
	switch by {
	case models.JobSortName:
		return "lower(name)", "lower(name), id", "lower(name) desc, id desc"
	case models.JobSortSize:
		return "coalesce(size, -1)", "coalesce(size, -1), id", "coalesce(size, -1) desc, id desc"
	case models.JobSortState:
		return "state, created_at", "state, created_at, id", "state desc, created_at desc, id desc"
	default:
		return "created_at", "created_at, id", "created_at desc, id desc"
	}
}

// keyOf returns the place of a cursor's key in a query, by the database's
// rules, and its values.
func keyOf(by models.JobSort, c page.Cursor) (place string, values []any) {
	switch by {
	case models.JobSortName:
		return "lower(?)", []any{c.Key}
	case models.JobSortSize:
		return "?::bigint", []any{c.Key}
	case models.JobSortState:
		state, created, _ := strings.Cut(c.Key, " ")
		return "?, ?::timestamptz", []any{state, created}
	default:
		return "?::timestamptz", []any{c.Key}
	}
}

// page adds order, limit and the start of the page. It requests one row more
// than the limit, which shows whether another page follows.
func (o order) page(q *gorm.DB, after *page.Cursor, limit int) *gorm.DB {
	columns, ascending, descending := columnsOf(o.by)
	sorted, beyond := ascending, ">"
	if o.desc {
		sorted, beyond = descending, "<"
	}
	if after != nil {
		place, values := keyOf(o.by, *after)
		q = q.Where("("+columns+", id) "+beyond+" ("+place+", ?)", append(values, after.ID)...)
	}
	return q.Order(sorted).Limit(limit + 1)
}

// cut returns the rows that belong on the page, and the cursor of the next one
// if there is more.
func (o order) cut(rows []models.Job, limit int, total int64) ([]models.Job, string) {
	if len(rows) <= limit {
		return rows, ""
	}
	rows = rows[:limit]
	last := rows[limit-1]
	return rows, page.Cursor{By: string(o.by), Desc: o.desc, Key: o.key(last), ID: last.ID, Total: total}.String()
}

func (o order) key(j models.Job) string {
	created := j.CreatedAt.Format(time.RFC3339Nano)
	switch o.by {
	case models.JobSortName:
		return j.Name
	case models.JobSortSize:
		return strconv.FormatInt(j.Bytes(), 10)
	case models.JobSortState:
		return string(j.State) + " " + created
	default:
		return created
	}
}

// read reads a cursor of the order and checks its key.
func (o order) read(text string) (page.Cursor, error) {
	c, err := page.Read(text, string(o.by), o.desc)
	if err != nil {
		return page.Cursor{}, err
	}
	created := c.Key
	switch o.by {
	case models.JobSortName:
		return c, nil
	case models.JobSortSize:
		_, err = strconv.ParseInt(c.Key, 10, 64)
	case models.JobSortState:
		_, created, _ = strings.Cut(c.Key, " ")
		fallthrough
	default:
		_, err = time.Parse(time.RFC3339Nano, created)
	}
	if err != nil {
		return page.Cursor{}, page.Refused().Because(err)
	}
	return c, nil
}
