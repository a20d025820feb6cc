package exports

import (
	"context"
	"slices"
	"strings"

	"github.com/google/uuid"

	"longhaul/models"
)

// part is a file of an export, and the key that its rows begin after.
type part struct{ name, first string }

const (
	noID = "00000000-0000-0000-0000-000000000000"
	none = "0"
)

// parts returns the files of an export, in their order.
func parts() []part {
	return []part{
		{"profile", noID},
		{"plans", none},
		{"own-limits", noID},
		{"sessions", ""},
		{"api-tokens", noID},
		{"passkeys", noID},
		{"downloads", noID},
		{"timeline", none},
		{"files", noID + ":0"},
		{"links", noID},
		{"zips", noID},
		{"labels", noID},
		{"acts-on-many", noID},
		{"rules", noID},
		{"folders", noID},
		{"playback", noID},
		{"subtitles", noID},
		{"shares", noID},
		{"notification-settings", noID},
		{"notification-labels", noID},
		{"notifications", noID},
		{"webhooks", noID},
		{"storage-ledger", none},
		{"usage-by-day", "1970-01-01"},
		{"mails", noID},
		{"acts", none},
		{"security-events", none},
		{"strikes", noID},
		{"counter-notices", noID},
		{"exports", noID},
	}
}

// statement returns the query of a part's rows in the order of their keys. Each
// names the account, and the columns one by one, so that no secret and nothing of
// anyone else gets in with a new column.
func statement(name string) (query string, ok bool) {
	query, ok = accountSQL(name)
	if !ok {
		query, ok = downloadSQL(name)
	}
	if !ok {
		query, ok = ownSQL(name)
	}
	if !ok {
		query, ok = playedSQL(name)
	}
	if !ok {
		query, ok = recordSQL(name)
	}
	return query, ok
}

// accountSQL reads the account, and what it signs in with.
func accountSQL(name string) (string, bool) {
	switch name {
	case "profile":
		return `
			select u.id::text as after, json_build_object('id', u.id, 'email', u.email, 'role', u.role, 'createdAt', u.created_at, 'verifiedAt', u.verified_at,
				'disabledAt', u.disabled_at, 'lastSignInAt', u.last_sign_in_at, 'authenticatorSince', u.totp_at, 'passkeys', u.passkeys,
				'plan', (select a.plan_id from plan_assignments a where a.user_id = u.id and a.ended_at is null limit 1),
				'storedBytes', q.used, 'reservedBytes', q.reserved)::text as body
			from users u left join quota_usage q on q.user_id = u.id where u.id = @user and u.id > cast(@after as uuid)`, true
	case "plans":
		return `
			select id::text as after, json_build_object('plan', plan_id, 'since', assigned_at, 'until', ended_at)::text as body
			from plan_assignments where user_id = @user and id > cast(@after as bigint) order by id limit @limit`, true
	case "own-limits":
		return `
			select user_id::text as after, json_build_object('maxRunningJobs', max_running_jobs, 'storageBytes', storage_bytes, 'bandwidthBytes', bandwidth_bytes,
				'maxJobBytes', max_job_bytes, 'maxFiles', max_files, 'retentionDays', retention_days, 'rateLimit', rate_limit, 'reason', reason, 'since', created_at,
				'until', expires_at)::text as body
			from plan_overrides where user_id = @user and user_id > cast(@after as uuid)`, true
	case "sessions":
		return `
			select encode(id_hash, 'hex') as after, json_build_object('createdAt', created_at, 'lastSeenAt', last_seen_at, 'expiresAt', expires_at, 'ip', ip,
				'browser', user_agent)::text as body
			from sessions where user_id = @user and id_hash > decode(@after, 'hex') order by id_hash limit @limit`, true
	case "api-tokens":
		return `
			select id::text as after, json_build_object('id', id, 'name', name, 'app', client, 'scopes', scopes, 'createdAt', created_at, 'expiresAt', expires_at,
				'lastUsedAt', last_used_at, 'lastUsedIp', last_used_ip)::text as body
			from api_tokens where user_id = @user and id > cast(@after as uuid) order by id limit @limit`, true
	case "passkeys":
		return `
			select id::text as after, json_build_object('id', id, 'name', name, 'createdAt', created_at, 'lastUsedAt', last_used_at, 'backedUp', backed_up)::text as body
			from passkeys where user_id = @user and id > cast(@after as uuid) order by id limit @limit`, true
	}
	return "", false
}

// downloadSQL reads what the account downloaded, and what that took up.
func downloadSQL(name string) (string, bool) {
	switch name {
	case "downloads":
		return `
			select id::text as after, json_build_object('id', id, 'name', name, 'kind', source_kind, 'source', source_uri, 'origin', origin_uri,
				'infoHashV1', info_hash_v1, 'infoHashV2', info_hash_v2, 'size', size, 'files', file_count, 'selection', selection, 'private', private, 'state', state,
				'stateSince', state_since, 'problem', problem, 'provider', provider, 'blocked', blocked, 'createdAt', created_at, 'finishedAt', finished_at,
				'deletedAt', delete_at)::text as body
			from jobs where user_id = @user and id > cast(@after as uuid) order by id limit @limit`, true
	case "timeline":
		return `
			select id::text as after, json_build_object('download', job_id, 'at', at, 'kind', kind, 'state', state, 'problem', problem, 'reason', reason_code)::text as body
			from job_events where user_id = @user and id > cast(@after as bigint) order by id limit @limit`, true
	case "files":
		return `
			select job_id::text || ':' || idx::text as after, json_build_object('id', id, 'download', job_id, 'path', path, 'size', size, 'type', content_type, 'state', state,
				'storedAt', stored_at, 'blocked', blocked)::text as body
			from files where job_id in (select id from jobs where user_id = @user)
				and (job_id, idx) > (cast(split_part(@after, ':', 1) as uuid), cast(split_part(@after, ':', 2) as int)) order by job_id, idx limit @limit`, true
	case "links":
		return `
			select id::text as after, json_build_object('id', id, 'download', job_id, 'file', file_id, 'createdAt', created_at, 'expiresAt', expires_at)::text as body
			from links where user_id = @user and id > cast(@after as uuid) order by id limit @limit`, true
	case "storage-ledger":
		return `
			select id::text as after, json_build_object('download', job_id, 'kind', kind, 'usedDelta', used_delta, 'reservedDelta', reserved_delta,
				'usedAfter', used_after, 'reservedAfter', reserved_after, 'at', at)::text as body
			from quota_ledger where user_id = @user and id > cast(@after as bigint) order by id limit @limit`, true
	case "usage-by-day":
		return `
			select day::text as after, json_build_object('day', day, 'receivedBytes', bandwidth_bytes, 'storedBytes', storage_bytes, 'newBytes', stored_bytes,
				'downloadsFinished', jobs_finished)::text as body
			from usage_daily where user_id = @user and day > cast(@after as date) order by day limit @limit`, true
	}
	return "", false
}

// recordSQL reads what was written down about the account.
func recordSQL(name string) (string, bool) {
	switch name {
	case "mails":
		return `
			select id::text as after, json_build_object('to', recipient, 'kind', kind, 'state', state, 'createdAt', created_at, 'endedAt', ended_at)::text as body
			from mails where user_id = @user and id > cast(@after as uuid) order by id limit @limit`, true
	case "acts":
		return `
			select id::text as after, json_build_object('at', at, 'by', case when actor_id = @user then 'you' else actor_kind end, 'act', action,
				'targetKind', target_kind, 'ip', case when actor_id = @user then ip end)::text as body
			from audit_log where (actor_id = @user or target_kind = 'user' and target_id = cast(@user as text)) and id > cast(@after as bigint)
			order by id limit @limit`, true
	case "security-events":
		return `
			select id::text as after, json_build_object('at', at, 'kind', kind, 'ip', ip, 'browser', user_agent)::text as body
			from security_events where user_id = @user and id > cast(@after as bigint) order by id limit @limit`, true
	case "strikes":
		return `
			select s.id::text as after, json_build_object('notice', s.notice_id, 'for', coalesce(nullif(n.organisation, ''), n.name), 'works', n.works, 'note', n.note,
				'state', n.state, 'since', s.created_at, 'expiresAt', s.expires_at, 'withdrawnAt', s.withdrawn_at, 'withdrawnWhy', s.withdrawn_why)::text as body
			from strikes s join notices n on n.id = s.notice_id where s.user_id = @user and s.id > cast(@after as uuid) order by s.id limit @limit`, true
	case "counter-notices":
		return `
			select id::text as after, json_build_object('notice', notice_id, 'name', name, 'address', address, 'phone', phone, 'text', text, 'signature', signature,
				'receivedAt', received_at, 'dueAt', due_at, 'endedAt', ended_at)::text as body
			from counter_notices where user_id = @user and id > cast(@after as uuid) order by id limit @limit`, true
	case "exports":
		return `
			select id::text as after, json_build_object('createdAt', created_at, 'readyAt', ready_at, 'expiresAt', expires_at)::text as body
			from account_exports where user_id = @user and id > cast(@after as uuid) order by id limit @limit`, true
	}
	return "", false
}

const (
	rowsAtOnce  = 500 // in memory at a time
	textsAtOnce = 4   // likewise, of rows that may have megabytes
)

// EachExportRow calls begin for each file of the account's export, and then row for
// each of its rows.
func (w *Worker) EachExportRow(ctx context.Context, userID uuid.UUID, begin func(name string) error, row func(body string) error) error {
	for _, p := range parts() {
		if err := begin(p.name); err != nil {
			return err
		}
		query, ok := statement(p.name)
		if !ok {
			return models.Errorf(models.CodeInternal, "There is no such part of an export.")
		}
		limit := rowsAtOnce
		if p.name == "subtitles" {
			limit = textsAtOnce
		}
		for after := p.first; ; {
			var rows []models.ExportRow
			err := w.ex.db.Rows(ctx, &rows, "read part of account", query, map[string]any{"user": userID, "after": after, "limit": limit})
			if err != nil {
				return err
			}
			for _, r := range rows {
				if err := row(r.Body); err != nil {
					return err
				}
				after = r.After
			}
			if len(rows) < limit {
				break
			}
		}
	}
	return nil
}

// Reads reports whether a part of an export reads the table.
func Reads(table string) bool {
	return slices.ContainsFunc(parts(), func(p part) bool {
		query, _ := statement(p.name)
		words := strings.Fields(query)
		at := slices.Index(words, table)
		return at > 0 && (words[at-1] == "from" || words[at-1] == "join")
	})
}
