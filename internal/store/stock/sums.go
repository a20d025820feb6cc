package stock

import (
	"context"
	"time"

	"longhaul/models"
)

// chartDays is how far back the growth of storage is shown, and keepDays how long
// a day is kept.
const (
	chartDays = 90
	keepDays  = 5 * 366
)

// SumUp sums up what is stored: in total for the day, by type and age, and by
// owner with what expires soon. It reads all rows of stored files once, which is
// why pages read what it wrote. It may run at any time, and repeatedly.
func (w *Worker) SumUp(ctx context.Context) (models.Amount, error) {
	now := w.st.db.Now()
	var total models.Amount
	err := w.st.db.Row(ctx, &total, "sum up what is stored", `
		with stored as materialized (
			select user_id, count(*) as files, sum(size)::bigint as bytes,
				case when content_type like 'video/%' then 'video' when content_type like 'audio/%' then 'audio'
					when content_type like 'image/%' then 'image' when content_type like 'text/%' or content_type = 'application/pdf' then 'text'
					when content_type ~ '(zip|rar|7z|gzip|tar|iso9660)' then 'archive' else 'other' end as type,
				case when stored_at > cast(@now as timestamptz) - interval '1 day' then 'day'
					when stored_at > cast(@now as timestamptz) - interval '7 days' then 'week'
					when stored_at > cast(@now as timestamptz) - interval '30 days' then 'month'
					when stored_at > cast(@now as timestamptz) - interval '90 days' then 'quarter'
					when stored_at > cast(@now as timestamptz) - interval '365 days' then 'year' else 'older' end as age
			from files where state in ('stored', 'trashed') group by user_id, type, age),
		total as (select coalesce(sum(files), 0)::bigint as count, coalesce(sum(bytes), 0)::bigint as bytes from stored),
		due as (
			select user_id, count(*) filter (where deadline <= @week) as week_jobs,
				coalesce(sum(quota_used) filter (where deadline <= @week), 0)::bigint as week_bytes,
				count(*) as month_jobs, sum(quota_used)::bigint as month_bytes
			from jobs where state = 'ready' and delete_at is null and deadline <= @month group by user_id),
		shares as (
			select 'type' as kind, type as name, sum(files) as files, sum(bytes) as bytes from stored group by type
			union all select 'age', age, sum(files), sum(bytes) from stored group by age),
		emptied as (delete from storage_shares where (kind, name) not in (select kind, name from shares)),
		shared as (
			insert into storage_shares (kind, name, files, bytes) select kind, name, files, bytes from shares
			on conflict (kind, name) do update set files = excluded.files, bytes = excluded.bytes),
		gone as (delete from storage_users where user_id not in (select user_id from stored)),
		owners as (
			insert into storage_users (user_id, files, bytes, week_jobs, week_bytes, month_jobs, month_bytes, taken_at)
			select s.user_id, s.files, s.bytes, coalesce(d.week_jobs, 0), coalesce(d.week_bytes, 0), coalesce(d.month_jobs, 0),
				coalesce(d.month_bytes, 0), @now
			from (select user_id, sum(files) as files, sum(bytes) as bytes from stored group by user_id) s left join due d on d.user_id = s.user_id
			on conflict (user_id) do update set files = excluded.files, bytes = excluded.bytes, week_jobs = excluded.week_jobs,
				week_bytes = excluded.week_bytes, month_jobs = excluded.month_jobs, month_bytes = excluded.month_bytes, taken_at = excluded.taken_at),
		aged as (delete from storage_days where day < cast(@old as date)),
		today as (
			insert into storage_days (day, files, bytes, bucket_objects, bucket_bytes)
			select cast(@day as date), total.count, total.bytes, s.bucket_objects, s.bucket_bytes from storage_state s, total
			on conflict (day) do update set files = excluded.files, bytes = excluded.bytes,
				bucket_objects = excluded.bucket_objects, bucket_bytes = excluded.bucket_bytes),
		noted as (update storage_state set summed_at = @now)
		select count, bytes from total`,
		map[string]any{
			"now": now, "day": now.UTC().Format(time.DateOnly), "old": now.AddDate(0, 0, -keepDays).UTC().Format(time.DateOnly),
			"week": now.AddDate(0, 0, 7), "month": now.AddDate(0, 0, 30),
		})
	return total, err
}

// StorageSums returns what is stored, as it was last summed up, with its growth.
func (st *Stock) StorageSums(ctx context.Context) (models.StorageSums, error) {
	var out models.StorageSums
	s, err := st.state(ctx)
	if err != nil {
		return out, err
	}
	out.TakenAt, out.BucketObjects, out.BucketBytes = s.SummedAt, s.BucketObjects, s.BucketBytes
	var shares []models.StorageShare
	if err := st.db.Rows(ctx, &shares, "list shares of storage", `select * from storage_shares order by bytes desc, name`); err != nil {
		return out, err
	}
	for _, share := range shares {
		if share.Kind == "type" {
			out.Types = append(out.Types, share)
			out.Files, out.Bytes = out.Files+share.Files, out.Bytes+share.Bytes
		} else {
			out.Ages = append(out.Ages, share)
		}
	}
	from := st.db.Now().AddDate(0, 0, -chartDays).UTC().Format(time.DateOnly)
	err = st.db.Rows(ctx, &out.Days, "list days of storage", `select * from storage_days where day > cast(? as date) order by day`, from)
	return out, err
}
