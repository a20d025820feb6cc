package jobs_test

import (
	"testing"

	"longhaul/internal/store/storetest"
	"longhaul/models"
)

func TestSearchFindsWordsOfNamesAndFiles(t *testing.T) {
	t.Parallel()
	b, ctx := storetest.NewWorld(t), t.Context()
	m := storetest.Manifest(10, 20)
	m.Name = "Lecture.2005"
	m.Files[0].Path, m.Files[1].Path = "Notes/Maß_und_Zahl.pdf", "O'Brien\\readme (final).txt"
	job := storetest.Submit(t, b.Store, b.User.ID, &m)
	storetest.Submit(t, b.Store, b.Evil.ID, &m)
	later := storetest.Submit(t, b.Store, b.User.ID, nil)
	other := storetest.Manifest(30)
	other.Name, other.Files[0].Path = "Second", "Kapitel.7.mkv"
	storetest.OK(t, b.Worker().Jobs.SaveManifest(ctx, later.ID, other))
	for search, want := range map[string]int64{
		"Lecture 2005": 1, "2005 lecture": 1, "lect 20": 1, "LECTURE": 1, "ecture.2005": 1, "ecture": 1, "2006": 0, "lecture 2006": 0,
		"maß": 1, "zahl notes": 1, "lecture pdf": 1, "brien": 1, "O'Brien": 1, "final": 1, "'": 0, "lecture:*": 1, "a' | 'b": 0, "&|!()<->": 0,
		"kapitel": 1, "second 7": 1, "second lecture": 0, "@" + b.Evil.ID.String(): 0, "%": 0, "_": 0,
	} {
		page := storetest.Must[models.JobPage](t)(b.Jobs.Jobs(ctx, b.User.ID, models.JobFilter{Search: search}))
		counts := storetest.Must[map[models.State]int64](t)(b.Jobs.JobCounts(ctx, b.User.ID, models.JobFilter{Search: search, States: []models.State{models.StateReady}}))
		if page.Total != want || counts[models.StateQueued] != want {
			t.Errorf("%q finds %d and counts %v, want %d", search, page.Total, counts, want)
		}
	}
	storetest.Exec(t, "update jobs set name = 'Renamed.9' where id = '"+job.ID.String()+"'")
	storetest.Exec(t, "update files set path = 'Moved/Away.x' where idx = 0 and job_id = '"+job.ID.String()+"'")
	for _, search := range []string{"renamed 9", "away moved", "renamed brien"} {
		if n := storetest.Must[models.JobPage](t)(b.Jobs.Jobs(ctx, b.User.ID, models.JobFilter{Search: search})).Total; n != 1 {
			t.Errorf("after a rename, %q finds %d", search, n)
		}
	}
	storetest.Exec(t, "delete from jobs where id = '"+job.ID.String()+"'")
	if n := storetest.Count(t, "select count(*) from job_words where job_id not in (select id from jobs)"); n != 0 {
		t.Errorf("%d documents of a job that is gone", n)
	}
}

// A job may have more files than one document takes.
func TestSearchFindsOneFileAmongVeryMany(t *testing.T) {
	t.Parallel()
	b, ctx := storetest.NewWorld(t), t.Context()
	job := storetest.Submit(t, b.Store, b.User.ID, nil)
	storetest.Exec(t, `insert into files (id, job_id, user_id, idx, path, size, part_size, state, created_at)
		select gen_random_uuid(), '`+job.ID.String()+`', '`+b.User.ID.String()+`', i, 'Folder/' || md5(i::text) || ' ' || md5('x' || i) || ' ' || i || '.bin', 1, 1, 'pending', now()
		from generate_series(0, 49999) i`)
	for _, search := range []string{"49999", "folder 12345 bin", "1999"} {
		if n := storetest.Must[models.JobPage](t)(b.Jobs.Jobs(ctx, b.User.ID, models.JobFilter{Search: search})).Total; n != 1 {
			t.Errorf("%q finds %d", search, n)
		}
	}
	if n := storetest.Count(t, "select count(*) from job_words"); n != 25 {
		t.Errorf("%d documents, want 25", n)
	}
}
