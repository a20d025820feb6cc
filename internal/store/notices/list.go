package notices

import (
	"context"
	"strings"
	"time"

	"github.com/google/uuid"

	"longhaul/internal/store/page"
	"longhaul/models"
)

// The orders of the list: what waits, by when it should be acted on; and
// everything, newest first.
const (
	byUrgency  = "urgency"
	byReceived = "received"
)

// Notices returns a page of the notices that match, and the cursor of the next
// one, empty on the last. The look is in the audit log, once an hour.
func (ad *Admin) Notices(ctx context.Context, by models.Actor, f models.NoticeFilter) (out []models.Notice, next string, err error) {
	if f.State != "" && !f.State.Valid() {
		return nil, "", models.Errorf(models.CodeInvalid, "This is no state of a notice.").In("state")
	}
	nt := ad.nt
	order := byReceived
	if f.Open {
		order = byUrgency
	}
	var at *time.Time
	var atID uuid.UUID
	if f.Cursor != "" {
		c, err := page.Read(f.Cursor, order, !f.Open)
		if err != nil {
			return nil, "", err
		}
		t, err := time.Parse(time.RFC3339Nano, c.Key)
		if err != nil {
			return nil, "", page.Refused().Because(err)
		}
		at, atID = &t, c.ID
	}
	if err := nt.records.RecordLook(ctx, by.Did(models.AuditNoticeRead, auditTarget, "")); err != nil {
		return nil, "", err
	}
	limit := page.Size(f.Limit)
	query := loaded + `where (@state = '' or n.state = @state)
		and (@search = '' or position(@search in lower(n.name || ' ' || n.organisation || ' ' || n.email || ' ' || n.works || ' ' || coalesce(n.reference, ''))) > 0) `
	if f.Open {
		query += `and n.act_at is not null and (cast(@at as timestamptz) is null or (n.act_at, n.id) > (@at, @atID)) order by n.act_at, n.id limit @limit`
	} else {
		query += `and (cast(@at as timestamptz) is null or (n.received_at, n.id) < (@at, @atID)) order by n.received_at desc, n.id desc limit @limit`
	}
	err = nt.db.Rows(ctx, &out, "list notices by "+order, query, map[string]any{
		"state": string(f.State), "search": strings.ToLower(strings.TrimSpace(f.Search)), "at": at, "atID": atID, "limit": limit + 1,
	})
	if err != nil || len(out) <= limit {
		return out, "", err
	}
	out = out[:limit]
	last := out[limit-1]
	when := last.ReceivedAt
	if f.Open {
		when = *last.ActAt
	}
	return out, page.Cursor{By: order, Desc: !f.Open, Key: when.UTC().Format(time.RFC3339Nano), ID: last.ID}.String(), nil
}

// NoticeDetail returns a notice with what belongs to it. The look is in the audit
// log, once an hour.
func (ad *Admin) NoticeDetail(ctx context.Context, by models.Actor, id uuid.UUID) (models.NoticeDetail, error) {
	nt := ad.nt
	var d models.NoticeDetail
	var err error
	if d.Notice, err = nt.load(ctx, id); err != nil {
		return d, err
	}
	if err := nt.records.RecordLook(ctx, by.Did(models.AuditNoticeRead, auditTarget, id.String())); err != nil {
		return d, err
	}
	err = nt.db.Rows(ctx, &d.Things, "list what the notice names", `
		select i.*, b.lifted_at is not null as lifted, (select count(*) from block_marks m where m.block_id = i.block_id) as jobs,
			coalesce(s.name, z.name, f.path, j.name, '') as name, j.id as job_id, coalesce(s.user_id, z.user_id, j.user_id) as owner_id, coalesce(u.email, '') as email
		from notice_items i left join blocks b on b.id = i.block_id
			left join shares s on s.id = case when i.kind = 'share' then cast(i.value as uuid) end
			left join selections z on z.id = case when i.kind = 'zip' then cast(i.value as uuid) end
			left join files f on f.id = case when i.kind = 'file' then cast(i.value as uuid) end
			left join jobs j on j.id = case when i.kind = 'job' then cast(i.value as uuid) else f.job_id end
			left join users u on u.id = coalesce(s.user_id, z.user_id, j.user_id)
		where i.notice_id = ? order by coalesce(i.part_of, i.n), i.n`, id)
	if err != nil {
		return d, err
	}
	if d.Strikes, err = nt.strikes.OfNotice(ctx, id); err != nil {
		return d, err
	}
	c, err := nt.counterOf(ctx, id)
	switch {
	case err == nil:
		d.Counter = &c
	case models.IsNotFound(err):
		err = nil
	}
	return d, err
}

// exportBatch is how many notices an export reads at once.
const exportBatch = 500

// EachNotice calls fn with the notices that were received in the period, in
// portions and without anything private, the oldest first. The export is in the
// audit log.
func (ad *Admin) EachNotice(ctx context.Context, by models.Actor, from, to time.Time, fn func([]models.NoticeLine) error) error {
	nt := ad.nt
	e := by.Did(models.AuditNoticesExported, auditTarget, "")
	e.After = map[string]any{"from": from.UTC().Format(time.RFC3339), "to": to.UTC().Format(time.RFC3339)}
	if err := nt.records.RecordAudit(ctx, e); err != nil {
		return err
	}
	after := models.NoticeLine{ReceivedAt: from.Add(-time.Microsecond), ID: uuid.Max}
	for first := true; ; first = false {
		var portion []models.NoticeLine
		err := nt.db.Rows(ctx, &portion, "export notices", `
			select n.id, n.channel, n.state, n.received_at, n.decided_at, n.ended_at,
				count(i.n) filter (where i.part_of is null) as items, count(i.n) filter (where b.kind = 'hash') as hashes, count(i.n) filter (where b.kind = 'url') as addresses,
				count(i.n) filter (where b.kind = 'file') as files,
				(select count(distinct m.job_id) from notice_items x join block_marks m on m.block_id = x.block_id where x.notice_id = n.id) as jobs,
				(select count(*) from strikes s where s.notice_id = n.id) as strikes,
				exists (select from counter_notices c where c.notice_id = n.id) as countered
			from notices n left join notice_items i on i.notice_id = n.id left join blocks b on b.id = i.block_id
			where (n.received_at, n.id) > (?, ?) and n.received_at < ?
			group by n.id order by n.received_at, n.id limit ?`, after.ReceivedAt, after.ID, to, exportBatch)
		if err != nil {
			return err
		}
		if len(portion) > 0 || first {
			if err := fn(portion); err != nil {
				return err
			}
		}
		if len(portion) < exportBatch {
			return nil
		}
		after = portion[len(portion)-1]
	}
}

// OwnNotices returns the newest notices that block downloads of the account, or
// did: what they say and what the owner can do, without who sent them.
func (nt *Notices) OwnNotices(ctx context.Context, userID uuid.UUID, limit int) ([]models.OwnedNotice, error) {
	var out []models.OwnedNotice
	err := nt.db.Rows(ctx, &out, "list notices of account", `
		with mine as (
			select i.notice_id, j.id, j.name from notice_items i join block_marks m on m.block_id = i.block_id join jobs j on j.id = m.job_id
			where j.user_id = @user and j.delete_at is null
			union select notice_id, null, '' from strikes where user_id = @user)
		select n.id, n.state, coalesce(nullif(n.organisation, ''), n.name) as "for", n.works, n.note, n.decided_at, c.due_at, count(distinct mine.id) as jobs,
			coalesce(string_agg(distinct nullif(mine.name, ''), chr(10)), '') as names
		from mine join notices n on n.id = mine.notice_id left join counter_notices c on c.notice_id = n.id and c.ended_at is null
		group by n.id, c.due_at order by n.decided_at desc nulls last, n.id desc limit @limit`,
		map[string]any{"user": userID, "limit": page.Size(limit)})
	return out, err
}

// OwnStrikes returns the account's strikes, with what the policy makes of them.
func (nt *Notices) OwnStrikes(ctx context.Context, userID uuid.UUID) (models.StrikeRecord, error) {
	return nt.strikes.OwnStrikes(ctx, userID)
}
