package jobs

import (
	"context"
	"slices"

	"github.com/google/uuid"
	"gorm.io/gorm"

	"longhaul/internal/store/page"
	"longhaul/internal/store/postgres"
	"longhaul/models"
)

// find returns a page of all jobs that match. Counting stops at the bound, and
// what it found decides how the page is read: few jobs are looked up by the
// filter and then sorted; of many, some turn up soon in the order of the list.
func (ad *Admin) find(ctx context.Context, f models.AllJobsFilter) (models.AllJobsPage, error) {
	if f.Sort == models.JobSortState { // which the other filters have no order for
		return models.AllJobsPage{}, unsorted()
	}
	o, after, err := readOrder(f.Sort, f.Desc, f.Cursor)
	if err != nil {
		return models.AllJobsPage{}, err
	}
	if f.JobMatch, err = f.Checked(); err != nil {
		return models.AllJobsPage{}, err
	}
	var out models.AllJobsPage
	err = ad.js.db.Tx(ctx, func(ctx context.Context) error {
		if err := ad.planForValues(ctx); err != nil {
			return err
		}
		counted, err := ad.count(ctx, f.JobMatch, after)
		if err != nil {
			return err
		}
		q := ad.walk(ctx, f.JobMatch, o, after, f.Limit)
		if counted <= models.MaxJobTotal { // "offset 0" keeps the filter apart from the order
			q = o.page(ad.js.db.Conn(ctx).Table("(? offset 0) as jobs", ad.matching(ctx, f.JobMatch)), after, f.Limit)
		}
		var rows []models.Job
		if err := q.Find(&rows).Error; err != nil {
			return postgres.Translate(err, "list all jobs")
		}
		out.Total, out.More = min(counted, models.MaxJobTotal), counted > models.MaxJobTotal
		rows, out.NextCursor = o.cut(rows, f.Limit, counted)
		out.Jobs, err = ad.owned(ctx, rows)
		return err
	})
	return out, err
}

// walk returns the query of a page that is read in the order of an index. By
// creation, each of several states has its own stretch of an index, and the page
// is made of the beginnings of all of them; so it is with reasons and problems.
func (ad *Admin) walk(ctx context.Context, m models.JobMatch, o order, after *page.Cursor, limit int) *gorm.DB {
	var each string
	var values []string
	switch {
	case o.by != models.JobSortCreated:
	case len(m.States) > 1:
		each, values, m.States = "state = one.value", distinct(m.States), nil
	case len(m.Reasons) > 1:
		each, values, m.Reasons = "reason_code = one.value", distinct(m.Reasons), nil
	case len(m.Problems) > 1:
		each, values, m.Problems = "problem <> '' and problem = one.value", distinct(m.Problems), nil
	}
	q := ad.matching(ctx, m)
	if each == "" {
		return o.page(q, after, limit)
	}
	beginnings := o.page(q.Where(each), after, limit)
	all := ad.js.db.Conn(ctx).Table("unnest(?::text[]) as one(value) cross join lateral (?) as jobs", postgres.Array[string](values), beginnings)
	return o.page(all.Select("jobs.*"), nil, limit)
}

// distinct returns each value once, as text.
func distinct[T ~string](values []T) []string {
	var out []string
	for _, v := range values {
		if !slices.Contains(out, string(v)) {
			out = append(out, string(v))
		}
	}
	return out
}

// planForValues has the transaction's queries planned for the values they look
// for and for a disk without seek times, and not compiled: left alone, Postgres
// would rather read most of the table than jump about in it.
func (ad *Admin) planForValues(ctx context.Context) error {
	_, err := ad.js.db.Exec(ctx, "set up planning", `
		select set_config('plan_cache_mode', 'force_custom_plan', true), set_config('jit', 'off', true), set_config('enable_seqscan', 'off', true),
			set_config('random_page_cost', '1.1', true)`)
	return err
}

// count returns how many jobs match: up to one more than the bound, or what the
// first page counted.
func (ad *Admin) count(ctx context.Context, m models.JobMatch, after *page.Cursor) (int64, error) {
	if after != nil {
		return after.Total, nil
	}
	var n int64
	some := ad.matching(ctx, m).Select("1").Limit(models.MaxJobTotal + 1)
	err := ad.js.db.Conn(ctx).Table("(?) as found", some).Count(&n).Error
	return n, postgres.Translate(err, "count all jobs")
}

// matching returns the query of the jobs that match.
func (ad *Admin) matching(ctx context.Context, m models.JobMatch) *gorm.DB {
	q := ad.js.db.Conn(ctx).Model(&models.Job{}).Where("delete_at is null")
	if len(m.States) > 0 {
		q = q.Where("state in ?", m.States)
	}
	if len(m.Reasons) > 0 {
		q = q.Where("reason_code in ?", m.Reasons)
	}
	if len(m.Problems) > 0 {
		q = q.Where("problem <> '' and problem in ?", m.Problems) // as in the index
	}
	if m.Provider != "" {
		q = q.Where("provider = ?", m.Provider)
	}
	if m.User != uuid.Nil {
		q = q.Where("user_id = ?", m.User)
	}
	if m.Agent != uuid.Nil {
		q = q.Where("agent_id = ?", m.Agent)
	}
	if !m.CreatedFrom.IsZero() {
		q = q.Where("created_at >= ?", m.CreatedFrom)
	}
	if !m.CreatedTo.IsZero() {
		q = q.Where("created_at < ?", m.CreatedTo)
	}
	return matchingContent(q, m)
}

// matchingContent adds what is asked of the jobs' content.
func matchingContent(q *gorm.DB, m models.JobMatch) *gorm.DB {
	if m.SizeMin > 0 {
		q = q.Where("coalesce(size, -1) >= ?", m.SizeMin)
	}
	if m.SizeMax > 0 {
		q = q.Where("coalesce(size, -1) between 0 and ?", m.SizeMax)
	}
	if m.Hash != "" {
		end := m.Hash + "g" // no digit of a hash sorts behind it
		q = q.Where("(info_hash_v1 >= ? and info_hash_v1 < ? or info_hash_v2 >= ? and info_hash_v2 < ?)", m.Hash, end, m.Hash, end)
	}
	if m.Name != "" {
		q = q.Where("lower(name) like lower(?)", anywhere(m.Name))
	}
	return q
}

// owned returns the jobs with their owners and agents.
func (ad *Admin) owned(ctx context.Context, rows []models.Job) ([]models.OwnedJob, error) {
	ids := make([]uuid.UUID, 0, len(rows))
	for _, j := range rows {
		ids = append(ids, j.ID)
	}
	var facts []struct {
		ID         uuid.UUID
		OwnerEmail string
		AgentName  string
	}
	err := ad.js.db.Rows(ctx, &facts, "look up owners and agents", `
		select j.id, u.email as owner_email, coalesce(g.name, '') as agent_name
		from jobs j join users u on u.id = j.user_id
		left join agents g on g.id = j.agent_id
		where j.id = any(?)`, postgres.Array[uuid.UUID](ids))
	at := make(map[uuid.UUID]int, len(facts))
	for i, f := range facts {
		at[f.ID] = i
	}
	out := make([]models.OwnedJob, 0, len(rows))
	for _, j := range rows {
		o := models.OwnedJob{Job: j}
		if i, ok := at[j.ID]; ok {
			o.OwnerEmail, o.AgentName = facts[i].OwnerEmail, facts[i].AgentName
		}
		out = append(out, o)
	}
	return out, err
}
