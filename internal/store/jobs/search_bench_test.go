package jobs_test

import (
	"testing"

	"github.com/google/uuid"

	"longhaul/internal/store/storetest"
	"longhaul/models"
)

// BenchmarkSearch measures what a user of 50 000 jobs with a million files waits
// for: pages of the list, searches, counts of tabs, the library, and the start of
// an act on all of them.
func BenchmarkSearch(b *testing.B) {
	w := storetest.NewWorld(b)
	fillSearched(b, w)
	user, ctx := w.User.ID, b.Context()
	for name, f := range map[string]models.JobFilter{
		"first page":             {Desc: true},
		"first page, by name":    {Sort: models.JobSortName},
		"one state":              {States: []models.State{models.StateFailed}, Desc: true},
		"two words of names":     {Search: "lecture 2005", Desc: true},
		"a word of all names":    {Search: "lecture", Desc: true},
		"a word of some files":   {Search: "chapter1999", Desc: true},
		"a word of all files":    {Search: "mkv", Desc: true},
		"a letter":               {Search: "l", Desc: true},
		"a word that is nowhere": {Search: "nothing", Desc: true},
	} {
		f.Limit = 100
		b.Run(name, func(b *testing.B) {
			for b.Loop() {
				storetest.Must[models.JobPage](b)(w.Jobs.Jobs(ctx, user, f))
			}
		})
	}
	for name, f := range map[string]models.LibraryFilter{
		"library, two words":   {Search: "chapter1999 of", Limit: 100},
		"library, a word":      {Search: "chapter1999", Limit: 100},
		"library, all of them": {Search: "lecture", Limit: 100},
	} {
		b.Run(name, func(b *testing.B) {
			for b.Loop() {
				storetest.Must[models.LibraryPage](b)(w.Library.List(ctx, user, f))
			}
		})
	}
	by := models.Actor{Kind: models.ActorUser, ID: &user}
	b.Run("start of an act on all", func(b *testing.B) {
		for b.Loop() {
			act := storetest.Must[models.BulkAct](b)(w.Bulk.Own().StartOwnBulk(ctx, by, user, models.OwnBulkRequest{Action: models.ActionDelete}))
			storetest.Must[models.BulkAct](b)(w.Bulk.Own().StopOwnBulk(ctx, by, user, act.ID))
		}
	})
}

// fillSearched gives the user the jobs and files, and another user as many jobs.
func fillSearched(b *testing.B, w *storetest.World) {
	b.Helper()
	run := func(sql string, args ...any) {
		b.Helper()
		if _, err := w.DB.Exec(b.Context(), "fill", sql, args...); err != nil {
			b.Fatal(err)
		}
	}
	seed := storetest.Submit(b, w.Store, w.User.ID, nil)
	for _, user := range []uuid.UUID{w.User.ID, w.Evil.ID} {
		run(`insert into jobs select (x.j).* from (select jsonb_populate_record(j, jsonb_build_object('id', gen_random_uuid(), 'user_id', cast(? as uuid),
				'info_hash_v1', null, 'state', case when n % 50 = 0 then 'failed' else 'ready' end, 'finished_at', now(), 'size', n,
				'created_at', now() - make_interval(secs => n), 'name', 'Lecture ' || n || ' of a course')) as j
			from jobs j cross join generate_series(1, 50000) n where j.id = ?) x`, user, seed.ID)
	}
	run(`insert into folders (id, user_id, name, sort_key, words, made, created_at) values (?, ?, '', '', '', true, now()) on conflict do nothing`,
		w.User.ID, w.User.ID)
	run(`insert into files (id, job_id, user_id, idx, path, size, part_size, state, created_at, stored_at, folder_id, name, sort_key, kind, words)
		select gen_random_uuid(), j.id, j.user_id, n, 'Chapter' || n * 100 + r % 100 || ' of ' || r || '.mkv', n, 5242880, 'stored', now(), now(), j.user_id,
			'Chapter' || n * 100 + r % 100 || ' of ' || r || '.mkv', 'chapter' || 1000000 + n * 100 + r % 100 || ' of ' || r, 'video',
			array_to_tsvector(array[k || 'chapter' || n * 100 + r % 100, k || 'of', k || r, k || 'mkv', k || 'lecture'])
		from (select id, user_id, row_number() over (order by id) as r, substr(replace(user_id::text, '-', ''), 25) as k from jobs
			where user_id = ? and state <> 'queued') j cross join generate_series(1, 20) n`, w.User.ID)
	for _, table := range []string{"jobs", "files", "job_words", "folders"} {
		run("analyze " + table)
	}
}
