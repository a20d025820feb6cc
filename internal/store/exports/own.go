package exports

// ownSQL reads what the account arranged, shared and wanted to be told.
func ownSQL(name string) (string, bool) {
	switch name {
	case "labels":
		return `
			select id::text as after, json_build_object('name', name, 'colour', colour, 'createdAt', created_at,
				'downloads', (select coalesce(json_agg(j.job_id), '[]') from job_labels j where j.label_id = labels.id))::text as body
			from labels where user_id = @user and id > cast(@after as uuid) order by id limit @limit`, true
	case "acts-on-many":
		return `
			select id::text as after, json_build_object('act', action, 'state', state, 'total', total, 'done', done, 'refused', refused,
				'createdAt', created_at, 'endedAt', ended_at)::text as body
			from bulk_acts where user_id = @user and id > cast(@after as uuid) order by id limit @limit`, true
	case "rules":
		return `
			select user_id::text as after, json_build_object('label', label_id, 'files', file_filter, 'startPaused', start_paused, 'provider', provider,
				'updatedAt', updated_at)::text as body
			from download_rules where user_id = @user and user_id > cast(@after as uuid)`, true
	case "folders":
		return `
			select id::text as after, json_build_object('id', id, 'in', parent_id, 'download', job_id, 'name', name, 'createdAt', created_at)::text as body
			from folders where user_id = @user and id > cast(@after as uuid) order by id limit @limit`, true
	case "zips":
		return `
			select id::text as after, json_build_object('name', name, 'files', files, 'names', names, 'createdAt', created_at, 'expiresAt', expires_at,
				'revokedAt', revoked_at)::text as body
			from selections where user_id = @user and id > cast(@after as uuid) order by id limit @limit`, true
	case "shares":
		return `
			select s.id::text as after, json_build_object('id', s.id, 'name', s.name, 'viewOnly', s.view_only, 'hasPassword', s.password_hash <> '',
				'maxDownloads', s.max_downloads, 'visits', s.visits, 'downloads', s.downloads, 'createdAt', s.created_at, 'expiresAt', s.expires_at,
				'revokedAt', s.revoked_at, 'lastVisitAt', s.last_visit_at,
				'items', (select coalesce(json_agg(json_build_object('download', i.job_id, 'file', i.file_id, 'folder', i.folder) order by i.position), '[]')
					from share_items i where i.share_id = s.id))::text as body
			from shares s where s.user_id = @user and s.id > cast(@after as uuid) order by s.id limit @limit`, true
	case "notification-settings":
		return `
			select user_id::text as after, json_build_object('mail', mail)::text as body
			from notification_settings where user_id = @user and user_id > cast(@after as uuid)`, true
	case "notification-labels":
		return `
			select label_id::text as after, json_build_object('label', label_id, 'channels', json_agg(channel order by channel))::text as body
			from notification_labels where user_id = @user and label_id > cast(@after as uuid) group by label_id order by label_id limit @limit`, true
	case "notifications":
		return `
			select id::text as after, json_build_object('event', event, 'download', job_id, 'webhook', webhook_id, 'name', name, 'reason', reason_code,
				'createdAt', created_at, 'readAt', read_at)::text as body
			from notifications where user_id = @user and id > cast(@after as uuid) order by id limit @limit`, true
	case "webhooks":
		return `
			select id::text as after, json_build_object('id', id, 'name', name, 'host', host, 'events', events, 'enabled', enabled, 'offReason', off_reason,
				'labels', (select coalesce(json_agg(l.label_id), '[]') from webhook_labels l where l.webhook_id = webhooks.id), 'createdAt', created_at, 'updatedAt', updated_at)::text as body
			from webhooks where user_id = @user and id > cast(@after as uuid) order by id limit @limit`, true
	}
	return "", false
}

// playedSQL reads what the account played.
func playedSQL(name string) (string, bool) {
	switch name {
	case "playback":
		return `
			select file_id::text as after, json_build_object('file', file_id, 'position', position, 'duration', duration, 'watched', watched, 'updatedAt', updated_at)::text as body
			from playback where user_id = @user and file_id > cast(@after as uuid) order by file_id limit @limit`, true
	case "subtitles":
		return `
			select id::text as after, json_build_object('id', id, 'file', file_id, 'name', name, 'language', language, 'text', text, 'createdAt', created_at)::text as body
			from subtitles where user_id = @user and id > cast(@after as uuid) order by id limit @limit`, true
	}
	return "", false
}
