package library_test

import (
	"fmt"
	"os"
	"strconv"
	"testing"

	"github.com/google/uuid"

	"longhaul/internal/store/storetest"
	"longhaul/models"
)

// BenchmarkLibrary measures what a user of 50 000 files waits for, beside others
// who have a million: set LIBRARY_FILES for another number.
func BenchmarkLibrary(b *testing.B) {
	w, ctx := storetest.NewWorld(b), b.Context()
	run := func(sql string, args ...any) {
		b.Helper()
		if _, err := w.DB.Exec(ctx, "fill", sql, args...); err != nil {
			b.Fatal(err)
		}
	}
	others, err := strconv.Atoi(os.Getenv("LIBRARY_FILES"))
	if err != nil {
		others = 1_000_000
	}
	seed := storetest.Submit(b, w.Store, w.User.ID, nil)
	one := func(user uuid.UUID, files int) {
		run(`insert into folders (id, user_id, name, sort_key, words, made, created_at) values (?, ?, '', '', '', true, now()) on conflict do nothing`, user, user)
		run(`insert into jobs select (j).* from (select jsonb_populate_record(j, jsonb_build_object('id', gen_random_uuid(), 'user_id', ?::uuid, 'info_hash_v1', null, 'state', 'ready', 'finished_at', now(), 'name', 'Course')) as j
			from jobs j where id = ?) x`, user, seed.ID)
		run(`insert into folders (id, user_id, parent_id, name, sort_key, words, made, created_at)
			select gen_random_uuid(), ?, ?, 'Folder ' || n, 'folder ' || 10000 + n, '', false, now() from generate_series(1, ?::int / 50 + 1) n`, user, user, files)
		run(`insert into files (id, job_id, user_id, idx, path, size, part_size, state, created_at, stored_at, folder_id, name, sort_key, kind, words)
			select gen_random_uuid(), j.id, j.user_id, n, 'Course/' || n || '.mkv', n, 5242880, 'stored', now(), now() - make_interval(secs => n), d.id,
				'Lecture ' || n || '.mkv', 'lecture ' || 1000000 + n || '.mkv', case when n % 3 = 0 then 'video' else 'document' end,
				array_to_tsvector(array[k || 'lecture', k || n, k || 'mkv', k || 'course', k || 'word' || n % 977])
			from generate_series(1, ?::int) n
			join (select id, user_id, substr(replace(user_id::text, '-', ''), 25) as k from jobs where user_id = ? and name = 'Course' limit 1) j on true
			join (select id, row_number() over (order by id) as r from folders where user_id = ? and parent_id is not null) d on d.r = case when n % 2 = 0 then 1 else n / 50 % (?::int / 50 + 1) + 1 end`,
			files, user, user, files)
	}
	one(w.User.ID, 50_000)
	for at := 0; at < others; at += 1000 {
		one(storetest.User(b, w.Store).ID, 1000)
	}
	run(`analyze files`)
	run(`analyze folders`)
	run(`analyze jobs`)
	root := w.User.ID
	top := storetest.Must[models.LibraryPage](b)(w.Library.List(ctx, root, models.LibraryFilter{Folder: root, Limit: 100}))
	big := top.Folders[0].ID
	for _, f := range top.Folders {
		if f.Files > 10_000 {
			big = f.ID
		}
	}
	for name, f := range map[string]models.LibraryFilter{
		"the top":             {Folder: root},
		"a folder of 25000":   {Folder: big},
		"by size":             {Folder: big, Sort: models.LibraryBySize, Desc: true},
		"all of a type":       {Flat: true, Kind: models.KindVideo},
		"search two words":    {Search: "lecture 2005"},
		"search one in all":   {Search: "lecture"},
		"search a letter":     {Search: "l"},
		"search a rare word":  {Search: "word7"},
		"search and by date":  {Search: "course", Sort: models.LibraryByDate, Desc: true},
		"search for anything": {Search: "nothing"},
	} {
		f.Limit = 100
		b.Run(name, func(b *testing.B) {
			for b.Loop() {
				if _, err := w.Library.List(ctx, root, f); err != nil {
					b.Fatal(fmt.Errorf("%s: %w", name, err))
				}
			}
		})
	}
}
