package store

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"regexp"
	"strconv"
	"strings"
	"time"

	"github.com/google/uuid"
	"gorm.io/gorm"

	"longhaul/models"
)

// SortKey is what a list of jobs is sorted by.
type SortKey string

// The sort keys.
const (
	SortCreated SortKey = "created"
	SortName    SortKey = "name" // without regard to case
	SortSize    SortKey = "size" // unknown sizes count as smallest
	SortState   SortKey = "state"
)

// Valid reports whether k is a known sort key.
func (k SortKey) Valid() bool {
	return k == SortCreated || k == SortName || k == SortSize || k == SortState
}

// JobSort is the order of a list of jobs. The zero value is by creation, oldest
// first. Jobs with equal keys are in the order of their ids.
type JobSort struct {
	By   SortKey
	Desc bool
}

// MaxPage is how many jobs a page has at most; DefaultPage when it is not told.
const (
	DefaultPage = 50
	MaxPage     = 200
)

// JobFilter selects a page of a user's jobs.
type JobFilter struct {
	States []models.State // any of them; empty for all
	Search string         // part of the name without regard to case, or the beginning of an info hash
	Sort   JobSort
	Cursor string // JobPage.NextCursor of the page before; empty for the first
	Limit  int
}

// JobPage is one page of a list of jobs.
type JobPage struct {
	Jobs       []models.Job
	NextCursor string // empty on the last page
	Total      int64  // jobs on all pages, counted with the first one
}

// Jobs returns a page of the user's jobs.
func (s *Store) Jobs(ctx context.Context, userID uuid.UUID, f JobFilter) (JobPage, error) {
	if f.Sort.By == "" {
		f.Sort.By = SortCreated
	}
	if !f.Sort.By.Valid() {
		return JobPage{}, models.Errorf(models.CodeInvalid, "Jobs cannot be sorted by that.").In("sort")
	}
	if f.Limit <= 0 {
		f.Limit = DefaultPage
	}
	f.Limit = min(f.Limit, MaxPage)
	var after *cursor
	if f.Cursor != "" {
		c, err := parseCursor(f.Cursor, f.Sort)
		if err != nil {
			return JobPage{}, err
		}
		after = &c
	}
	return s.page(ctx, userID, f, after)
}

func (s *Store) page(ctx context.Context, userID uuid.UUID, f JobFilter, after *cursor) (JobPage, error) {
	var page JobPage
	base := filterJobs(s.conn(ctx).Model(&models.Job{}), userID, f)
	if after != nil {
		page.Total = after.Total
	} else if err := base.Session(&gorm.Session{}).Count(&page.Total).Error; err != nil {
		return JobPage{}, translate(err, "count jobs")
	}
	q := pageOf(base.Session(&gorm.Session{}), f, after)
	if err := q.Find(&page.Jobs).Error; err != nil {
		return JobPage{}, translate(err, "list jobs")
	}
	if len(page.Jobs) > f.Limit {
		page.Jobs = page.Jobs[:f.Limit]
		page.NextCursor = cursorOf(f.Sort, page.Jobs[f.Limit-1], page.Total)
	}
	return page, nil
}

// hashPrefix is what may be the beginning of an info hash.
var hashPrefix = regexp.MustCompile(`^[0-9a-f]{6,64}$`)

func filterJobs(q *gorm.DB, userID uuid.UUID, f JobFilter) *gorm.DB {
	q = q.Where("user_id = ? and delete_at is null", userID)
	if len(f.States) > 0 {
		q = q.Where("state in ?", f.States)
	}
	search := strings.TrimSpace(f.Search)
	if search == "" {
		return q
	}
	like := strings.NewReplacer(`\`, `\\`, `%`, `\%`, `_`, `\_`).Replace(search)
	if hash := strings.ToLower(search); hashPrefix.MatchString(hash) {
		end := hash + "g" // no digit of a hash sorts behind it
		return q.Where("(lower(name) like lower(?) or (info_hash_v1 >= ? and info_hash_v1 < ?) or (info_hash_v2 >= ? and info_hash_v2 < ?))",
			"%"+like+"%", hash, end, hash, end)
	}
	return q.Where("lower(name) like lower(?)", "%"+like+"%")
}

// sortColumn returns the expression that an index exists on and the type of a
// cursor's key.
func sortColumn(k SortKey) (column, keyType string) {
	switch k {
	case SortName:
		return "lower(name)", "text"
	case SortSize:
		return "coalesce(size, -1)", "bigint"
	case SortState:
		return "state", "text"
	default:
		return "created_at", "timestamptz"
	}
}

// pageOf adds order, limit and the place where the page begins. It asks for
// one row more than the limit, which tells whether another page follows.
func pageOf(q *gorm.DB, f JobFilter, after *cursor) *gorm.DB {
	column, keyType := sortColumn(f.Sort.By)
	direction, beyond := "asc", ">"
	if f.Sort.Desc {
		direction, beyond = "desc", "<"
	}
	if after != nil {
		key := "?::" + keyType
		if f.Sort.By == SortName {
			key = "lower(?)" // by the database's rules, as in the index
		}
		q = q.Where("("+column+", id) "+beyond+" ("+key+", ?)", after.Key, after.ID)
	}
	return q.Order(column + " " + direction + ", id " + direction).Limit(f.Limit + 1)
}

// cursor is the last row of a page. It carries the order that it belongs to,
// and the number of all jobs, which is not counted anew for each page.
type cursor struct {
	By    string    `json:"b"`
	Desc  bool      `json:"d,omitempty"`
	Key   string    `json:"k"`
	ID    uuid.UUID `json:"i"`
	Total int64     `json:"n"`
}

func cursorOf(sort JobSort, last models.Job, total int64) string {
	c := cursor{By: string(sort.By), Desc: sort.Desc, ID: last.ID, Total: total}
	switch sort.By {
	case SortName:
		c.Key = last.Name
	case SortSize:
		size := int64(-1)
		if last.Size != nil {
			size = *last.Size
		}
		c.Key = strconv.FormatInt(size, 10)
	case SortState:
		c.Key = string(last.State)
	default:
		c.Key = last.CreatedAt.Format(time.RFC3339Nano)
	}
	return c.String()
}

// String returns the cursor as callers get it.
func (c cursor) String() string {
	b, err := json.Marshal(c)
	if err != nil {
		return "" // a struct of strings can always be written
	}
	return base64.RawURLEncoding.EncodeToString(b)
}

func errCursor() *models.Error {
	return models.Errorf(models.CodeInvalid, "This cursor does not belong to this list.").In("cursor")
}

// readCursor reads a cursor of a list in the order. Its key is checked by the
// caller.
func readCursor(text, by string, desc bool) (cursor, error) {
	b, err := base64.RawURLEncoding.DecodeString(text)
	if err != nil {
		return cursor{}, errCursor().Because(err)
	}
	var c cursor
	if err := json.Unmarshal(b, &c); err != nil {
		return cursor{}, errCursor().Because(err)
	}
	if c.By != by || c.Desc != desc || strings.ContainsRune(c.Key, 0) {
		return cursor{}, errCursor()
	}
	return c, nil
}

func parseCursor(text string, sort JobSort) (cursor, error) {
	c, err := readCursor(text, string(sort.By), sort.Desc)
	if err != nil {
		return cursor{}, err
	}
	switch sort.By {
	case SortCreated:
		_, err = time.Parse(time.RFC3339Nano, c.Key)
	case SortSize:
		_, err = strconv.ParseInt(c.Key, 10, 64)
	case SortName, SortState:
	}
	if err != nil {
		return cursor{}, errCursor().Because(err)
	}
	return c, nil
}
