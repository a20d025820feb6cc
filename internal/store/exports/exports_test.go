package exports_test

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"

	"longhaul/internal/store/exports"
	"longhaul/internal/store/storetest"
	"longhaul/models"
)

// An account has one export in the making, sees its own alone.
func TestExportsBelongToTheirAccount(t *testing.T) {
	t.Parallel()
	b, ctx := storetest.NewWorld(t), t.Context()
	by := models.Actor{Kind: models.ActorUser, ID: &b.User.ID}
	e := storetest.Must[models.Export](t)(b.Exports.RequestExport(ctx, by, b.User.ID))
	_, err := b.Exports.RequestExport(ctx, by, b.User.ID)
	storetest.WantCode(t, err, models.CodeConflict)
	storetest.Must[models.Export](t)(b.Exports.RequestExport(ctx, by, b.Evil.ID))
	_, err = b.Exports.Export(ctx, b.User.ID, e.ID) // not ready
	storetest.WantCode(t, err, models.CodeNotFound)
	storetest.OK(t, b.W.Exports.ExportMade(ctx, e.ID, 7, "tag"))
	storetest.OK(t, b.W.Exports.ExportMade(ctx, e.ID, 8, "other"))
	if got := storetest.Must[models.Export](t)(b.Exports.Export(ctx, b.User.ID, e.ID)); got.Size != 7 || got.ETag != "tag" {
		t.Errorf("made twice: %+v", got)
	}
	_, err = b.Exports.Export(ctx, b.Evil.ID, e.ID)
	storetest.WantCode(t, err, models.CodeNotFound)
	if list := storetest.Must[[]models.Export](t)(b.Exports.Exports(ctx, b.User.ID)); len(list) != 1 || list[0].State != models.ExportReady {
		t.Errorf("the owner sees %+v", list)
	}
}

// The parts of an export are read page by page, without a row twice or missing, and
// without anyone else's.
func TestPartsOfAnExport(t *testing.T) {
	t.Parallel()
	b, films := storetest.NewWorld(t), storetest.Manifest(10, 20)
	job, theirs := storetest.Submit(t, b.Store, b.User.ID, &films), storetest.Submit(t, b.Store, b.Evil.ID, &films)
	storetest.Exec(t, `insert into job_events (job_id, user_id, kind, state, problem, reason_code, reason_params, at)
		select e.job_id, e.user_id, e.kind, e.state, e.problem, e.reason_code, e.reason_params, e.at
		from (select * from job_events where job_id = $1 order by id limit 1) e, generate_series(1, 1700)`, job.ID)
	storetest.Exec(t, `insert into playback select id, user_id, 3, 9, true, now() from files`)
	storetest.Exec(t, `insert into subtitles select gen_random_uuid(), f.user_id, f.id, 'film.srt', 'en', 'Hello from ' || f.user_id, 10, now()
		from (select distinct on (user_id) * from files) f, generate_series(1, 9)`)
	rows, name := map[string][]string{}, ""
	err := b.W.Exports.EachExportRow(t.Context(), b.User.ID, func(part string) error {
		name, rows[part] = part, nil
		return nil
	}, func(body string) error {
		if !json.Valid([]byte(body)) || strings.Contains(body, theirs.ID.String()) || strings.Contains(body, b.Evil.Email) {
			t.Errorf("%s has %s", name, body)
		}
		rows[name] = append(rows[name], body)
		return nil
	})
	storetest.OK(t, err)
	if events := storetest.Count(t, "select count(*) from job_events where user_id = $1", b.User.ID); len(rows["timeline"]) != events || events < 1700 {
		t.Errorf("%d of %d events", len(rows["timeline"]), events)
	}
	if played := storetest.Count(t, "select count(*) from playback where user_id = $1", b.User.ID); played == 0 || len(rows["playback"]) != played {
		t.Errorf("%d of %d positions", len(rows["playback"]), played)
	}
	if s := rows["subtitles"]; len(s) != 9 || !strings.Contains(s[8], "Hello from "+b.User.ID.String()) {
		t.Errorf("subtitles are %v", s)
	}
	if files := storetest.Count(t, "select count(*) from files where user_id = $1", b.User.ID); len(rows["files"]) != files || len(rows["downloads"]) != 1 || len(rows["profile"]) != 1 {
		t.Errorf("%d of %d files, %d downloads, %d profiles", len(rows["files"]), files, len(rows["downloads"]), len(rows["profile"]))
	}
}

// Every table that names an account is in the export, or what it holds is: a new
// one has to be added.
func TestAnExportKnowsEveryTableOfAnAccount(t *testing.T) {
	t.Parallel()
	b := storetest.NewWorld(t)
	elsewhere := []string{
		"account_requests", "one_time_tokens", "recovery_codes", "passkey_challenges", "connection_codes", // secrets of minutes, and codes as hashes
		"quota_usage", "idempotency_keys", "submit_batches", "inspections", "slot_yields", // in the profile; answers kept for a day; how slots are shared
		"storage_shares", "storage_users", // sums of the files
		"admission_rounds", "flag_rules", "storage_cleanups", "content_checks", // settings and acts of administrators
	}
	var tables []string
	storetest.OK(t, b.DB.Rows(t.Context(), &tables, "list tables", `
		select distinct table_name from information_schema.columns c join information_schema.tables i using (table_schema, table_name)
		where c.column_name = 'user_id' and c.table_schema = current_schema() and i.table_type = 'BASE TABLE'`))
	for _, table := range tables {
		if !exports.Reads(table) && !slices.Contains(elsewhere, table) {
			t.Errorf("%s names accounts and is in no export: add it to internal/store/exports/parts.go, or say here why not", table)
		}
	}
}
