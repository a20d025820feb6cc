package jobs

import (
	"context"
	"regexp"
	"strconv"
	"strings"
	"time"

	"github.com/google/uuid"
	"gorm.io/gorm"

	"longhaul/internal/store/page"
	"longhaul/internal/store/postgres"
	"longhaul/models"
)

// Jobs returns a page of the user's jobs.
func (js *Jobs) Jobs(ctx context.Context, userID uuid.UUID, f models.JobFilter) (models.JobPage, error) {
	if f.Sort == "" {
		f.Sort = models.JobSortCreated
	}
	if !f.Sort.Valid() {
		return models.JobPage{}, models.Errorf(models.CodeInvalid, "Jobs cannot be sorted by that.").In("sort")
	}
	f.Limit = page.Size(f.Limit)
	var after *page.Cursor
	if f.Cursor != "" {
		c, err := parseCursor(f.Cursor, f.Sort, f.Desc)
		if err != nil {
			return models.JobPage{}, err
		}
		after = &c
	}
	return js.pageOfJobs(ctx, userID, f, after)
}

func (js *Jobs) pageOfJobs(ctx context.Context, userID uuid.UUID, f models.JobFilter, after *page.Cursor) (models.JobPage, error) {
	var out models.JobPage
	base := filterJobs(js.db.Conn(ctx).Model(&models.Job{}), userID, f)
	if after != nil {
		out.Total = after.Total
	} else if err := base.Session(&gorm.Session{}).Count(&out.Total).Error; err != nil {
		return models.JobPage{}, postgres.Translate(err, "count jobs")
	}
	q := pageOf(base.Session(&gorm.Session{}), f, after)
	if err := q.Find(&out.Jobs).Error; err != nil {
		return models.JobPage{}, postgres.Translate(err, "list jobs")
	}
	if len(out.Jobs) > f.Limit {
		out.Jobs = out.Jobs[:f.Limit]
		out.NextCursor = cursorOf(f.Sort, f.Desc, out.Jobs[f.Limit-1], out.Total)
	}
	return out, nil
}

// hashPrefix is what may be the beginning of an info hash.
var hashPrefix = regexp.MustCompile(`^[0-9a-f]{6,64}$`)

func filterJobs(q *gorm.DB, userID uuid.UUID, f models.JobFilter) *gorm.DB {
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
func sortColumn(k models.JobSort) (column, keyType string) {
	switch k {
	case models.JobSortName:
		return "lower(name)", "text"
	case models.JobSortSize:
		return "coalesce(size, -1)", "bigint"
	case models.JobSortState:
		return "state", "text"
	default:
		return "created_at", "timestamptz"
	}
}

// pageOf adds order, limit and the start of the page. It requests one row more
// than the limit, which shows whether another page follows.
func pageOf(q *gorm.DB, f models.JobFilter, after *page.Cursor) *gorm.DB {
	column, keyType := sortColumn(f.Sort)
	direction, beyond := "asc", ">"
	if f.Desc {
		direction, beyond = "desc", "<"
	}
	if after != nil {
		key := "?::" + keyType
		if f.Sort == models.JobSortName {
			key = "lower(?)" // by the database's rules, as in the index
		}
		q = q.Where("("+column+", id) "+beyond+" ("+key+", ?)", after.Key, after.ID)
	}
	return q.Order(column + " " + direction + ", id " + direction).Limit(f.Limit + 1)
}

func cursorOf(sort models.JobSort, desc bool, last models.Job, total int64) string {
	c := page.Cursor{By: string(sort), Desc: desc, ID: last.ID, Total: total}
	switch sort {
	case models.JobSortName:
		c.Key = last.Name
	case models.JobSortSize:
		size := int64(-1)
		if last.Size != nil {
			size = *last.Size
		}
		c.Key = strconv.FormatInt(size, 10)
	case models.JobSortState:
		c.Key = string(last.State)
	default:
		c.Key = last.CreatedAt.Format(time.RFC3339Nano)
	}
	return c.String()
}

func parseCursor(text string, sort models.JobSort, desc bool) (page.Cursor, error) {
	c, err := page.Read(text, string(sort), desc)
	if err != nil {
		return page.Cursor{}, err
	}
	switch sort {
	case models.JobSortCreated:
		_, err = time.Parse(time.RFC3339Nano, c.Key)
	case models.JobSortSize:
		_, err = strconv.ParseInt(c.Key, 10, 64)
	case models.JobSortName, models.JobSortState:
	}
	if err != nil {
		return page.Cursor{}, page.Refused().Because(err)
	}
	return c, nil
}
