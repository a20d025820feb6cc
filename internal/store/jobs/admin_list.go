package jobs

import (
	"context"

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
		q := ad.matching(ctx, f.JobMatch)
		if counted <= models.MaxJobTotal {
			q = ad.js.db.Conn(ctx).Table("(? offset 0) as jobs", q) // which keeps the filter apart from the order
		}
		var rows []models.Job
		if err := o.page(q, after, f.Limit).Find(&rows).Error; err != nil {
			return postgres.Translate(err, "list all jobs")
		}
		out.Total, out.More = min(counted, models.MaxJobTotal), counted > models.MaxJobTotal
		rows, out.NextCursor = o.cut(rows, f.Limit, counted)
		out.Jobs, err = ad.owned(ctx, rows)
		return err
	})
	return out, err
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
