package jobs

import (
	"context"
	"regexp"
	"slices"
	"strings"

	"github.com/google/uuid"
	"gorm.io/gorm"

	"longhaul/internal/store/page"
	"longhaul/internal/store/postgres"
	"longhaul/models"
)

// Jobs returns a page of the user's jobs.
func (js *Jobs) Jobs(ctx context.Context, userID uuid.UUID, f models.JobFilter) (models.JobPage, error) {
	o, after, err := readOrder(f.Sort, f.Desc, f.Cursor)
	if err != nil {
		return models.JobPage{}, err
	}
	limit := page.Size(f.Limit)
	var out models.JobPage
	base := filterJobs(js.db.Conn(ctx).Model(&models.Job{}), userID, f)
	if after != nil {
		out.Total = after.Total
	} else if out.Counts, err = js.JobCounts(ctx, userID, f); err != nil {
		return models.JobPage{}, err
	}
	for state, n := range out.Counts { // one count for the total and the tabs
		if len(f.States) == 0 || slices.Contains(f.States, state) {
			out.Total += n
		}
	}
	if err := o.page(base.Session(&gorm.Session{}), after, limit).Find(&out.Jobs).Error; err != nil {
		return models.JobPage{}, postgres.Translate(err, "list jobs")
	}
	out.Jobs, out.NextCursor = o.cut(out.Jobs, limit, out.Total)
	return out, nil
}

// hashPrefix is what may be the beginning of an info hash.
var hashPrefix = regexp.MustCompile(`^[0-9a-f]{6,64}$`)

func filterJobs(q *gorm.DB, userID uuid.UUID, f models.JobFilter) *gorm.DB {
	q = q.Where("user_id = ? and delete_at is null", userID)
	if len(f.States) > 0 {
		q = q.Where("state in ?", f.States)
	}
	if f.Label != uuid.Nil {
		q = q.Where("exists (select from job_labels jl where jl.job_id = jobs.id and jl.label_id = ?)", f.Label)
	}
	search := strings.TrimSpace(f.Search)
	if search == "" {
		return q
	}
	like := anywhere(search)
	words := "lower(name) like lower(?) or id in (select job_id from job_words where words @@ words_query(?, ?))"
	if hash := strings.ToLower(search); hashPrefix.MatchString(hash) {
		end := hash + "g" // no digit of a hash sorts behind it
		return q.Where("("+words+" or (info_hash_v1 >= ? and info_hash_v1 < ?) or (info_hash_v2 >= ? and info_hash_v2 < ?))",
			like, userID, search, hash, end, hash, end)
	}
	return q.Where("("+words+")", like, userID, search)
}

// anywhere returns the pattern of texts that contain the search.
func anywhere(search string) string {
	return "%" + strings.NewReplacer(`\`, `\\`, `%`, `\%`, `_`, `\_`).Replace(search) + "%"
}
