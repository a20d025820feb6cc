package quota

import (
	"context"

	"longhaul/models"
)

// usersOf returns how many accounts have the plan now.
func (q *Quota) usersOf(ctx context.Context, planID string) (int64, error) {
	var n int64
	err := q.db.Row(ctx, &n, "count accounts of plan", `
		select count(*) from plan_assignments a join users u on u.id = a.user_id
		where a.plan_id = ? and a.ended_at is null and u.delete_at is null`, planID)
	return n, err
}

// PlanUsers returns how many accounts have each plan now. Plans that no account
// has are left out.
func (q *Quota) PlanUsers(ctx context.Context) (map[string]int64, error) {
	var rows []struct {
		PlanID string
		Users  int64
	}
	err := q.db.Rows(ctx, &rows, "count accounts of plans", `
		select a.plan_id, count(*) as users from plan_assignments a join users u on u.id = a.user_id
		where a.ended_at is null and u.delete_at is null group by a.plan_id`)
	out := make(map[string]int64, len(rows))
	for _, r := range rows {
		out[r.PlanID] = r.Users
	}
	return out, err
}

// PlanEffect returns what the limits would mean for the accounts that have the
// plan now. An account with a limit of its own is left out of what that limit
// decides.
func (q *Quota) PlanEffect(ctx context.Context, planID string, limits models.Plan) (models.PlanEffect, error) {
	var out models.PlanEffect
	start, reset := models.Period(q.db.Now())
	err := q.db.Row(ctx, &out, "look ahead at plan", `
		with of as (
			select u.id, o.storage_bytes as own_storage, o.bandwidth_bytes as own_bandwidth, o.max_files as own_files, o.retention_days as own_days
			from plan_assignments a join users u on u.id = a.user_id
			left join plan_overrides o on o.user_id = u.id and (o.expires_at is null or o.expires_at > now())
			where a.plan_id = @plan and a.ended_at is null and u.delete_at is null)
		select (select count(*) from of) as users,
			(select count(*) from of join quota_usage q on q.user_id = of.id
				where of.own_storage is null and q.used > cast(@storage as bigint)) as over_storage,
			(select count(*) from (select d.user_id from usage_daily d join of on of.id = d.user_id and of.own_bandwidth is null
				where d.day >= cast(@start as date) and d.day < cast(@reset as date)
				group by d.user_id having sum(d.bandwidth_bytes) > cast(@bandwidth as bigint)) b) as over_bandwidth,
			(select count(*) from (select j.user_id from jobs j join of on of.id = j.user_id and of.own_files is null
				where cast(@files as bigint) is not null and (j.delete_at is null or j.trash_until is not null) and j.state not in ('failed', 'cancelled', 'expired')
				group by j.user_id having sum(j.file_count) > cast(@files as bigint)) f) as over_files,
			(select count(*) from jobs j join of on of.id = j.user_id and of.own_days is null
				where cast(@days as int) is not null and j.state = 'ready' and j.delete_at is null
				and j.finished_at + make_interval(days => cast(@days as int)) < coalesce(j.deadline, 'infinity')) as expire_sooner`,
		map[string]any{
			"plan": planID, "storage": limits.StorageBytes, "bandwidth": limits.BandwidthBytes, "files": limits.MaxFiles,
			"days": limits.RetentionDays, "start": start, "reset": reset,
		})
	return out, err
}
