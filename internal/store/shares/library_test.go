package shares_test

import (
	"testing"

	"github.com/google/uuid"

	"longhaul/internal/store/storetest"
	"longhaul/internal/token"
	"longhaul/models"
)

// shareFolder shares what is picked of the library of the world's user.
func shareFolder(t *testing.T, b *storetest.World, p models.Picked) (models.Share, error) {
	t.Helper()
	s := models.Share{ID: b.DB.NewID(), UserID: b.User.ID, Name: "Holiday"}
	s.TokenHash = token.Hash(s.ID.String())
	return s, b.Shares.ShareLibrary(t.Context(), s, p)
}

// placed returns the folder that the files of a new job lie in.
func placed(t *testing.T, b *storetest.World, name string, paths ...string) (models.Job, uuid.UUID) {
	t.Helper()
	job := stored(t, b, name, paths...)
	storetest.Must[int](t)(b.Library.Place(t.Context(), job))
	page := storetest.Must[models.LibraryPage](t)(b.Library.List(t.Context(), b.User.ID, models.LibraryFilter{Folder: b.User.ID, Sort: models.LibraryByName, Limit: 100}))
	for _, f := range page.Folders {
		if f.Name == name {
			return job, f.ID
		}
	}
	t.Fatalf("no folder %s in %+v", name, page.Folders)
	return job, uuid.Nil
}

// A share of a folder shows what lay in it when it was made, under the names of
// the library, whatever moves later; what is deleted is no longer in it.
func TestAShareOfALibraryFolder(t *testing.T) {
	t.Parallel()
	b, ctx := storetest.NewWorld(t), t.Context()
	_, course := placed(t, b, "Course", "Week 1/a.mkv", "notes.md")
	other, more := placed(t, b, "More", "b.mkv", "c.mkv")
	storetest.OK(t, b.Library.Move(ctx, b.User.ID, models.Picked{Folders: []uuid.UUID{more}}, course))
	s, err := shareFolder(t, b, models.Picked{Folders: []uuid.UUID{course}})
	storetest.OK(t, err)
	const all = "More/b.mkv More/c.mkv Week 1/a.mkv notes.md"
	if got := shown(t, b, s.ID); got != all {
		t.Errorf("it shows %s", got)
	}
	_, out := placed(t, b, "Late", "late.txt", "later.txt")
	storetest.OK(t, b.Library.Move(ctx, b.User.ID, models.Picked{Folders: []uuid.UUID{out}}, course))
	storetest.OK(t, b.Library.Move(ctx, b.User.ID, models.Picked{Folders: []uuid.UUID{more}}, b.User.ID))
	if got := shown(t, b, s.ID); got != all {
		t.Errorf("after files moved in and out it shows %s", got)
	}
	storetest.Exec(t, `update files set state = 'trashed', trashed_at = now(), trash_until = now() where job_id = $1 and idx = 0`, other.ID)
	if got := shown(t, b, s.ID); got != "More/c.mkv Week 1/a.mkv notes.md" {
		t.Errorf("without a deleted file it shows %s", got)
	}
}

// Files of one name from different folders are told apart; nothing of anyone else
// can be shared, nor an empty folder, nor more files than a share may have.
func TestWhatOfTheLibraryCanBeShared(t *testing.T) {
	t.Parallel()
	b, ctx := storetest.NewWorld(t), t.Context()
	one, folder := placed(t, b, "One", "a.mkv", "b.mkv")
	two, _ := placed(t, b, "Two", "a.mkv", "c.mkv")
	first := func(job models.Job) uuid.UUID {
		for _, f := range storetest.Must[[]models.File](t)(b.Files.Files(ctx, b.User.ID, job.ID)) {
			if f.Index == 0 {
				return f.ID
			}
		}
		return uuid.Nil
	}
	s, err := shareFolder(t, b, models.Picked{Files: []uuid.UUID{first(one), first(two)}})
	storetest.OK(t, err)
	if got := shown(t, b, s.ID); got != "a.mkv a (2).mkv" {
		t.Errorf("it shows %s", got)
	}
	theirs := models.Share{ID: b.DB.NewID(), UserID: b.Evil.ID, Name: "Theirs", TokenHash: token.Hash("theirs")}
	storetest.WantCode(t, b.Shares.ShareLibrary(ctx, theirs, models.Picked{Folders: []uuid.UUID{folder}}), models.CodeNotFound)
	empty := storetest.Must[models.Folder](t)(b.Library.MakeFolder(ctx, b.User.ID, b.User.ID, "Empty"))
	_, err = shareFolder(t, b, models.Picked{Folders: []uuid.UUID{empty.ID}})
	storetest.WantCode(t, err, models.CodeConflict)
	storetest.Exec(t, `
		insert into files (id, job_id, user_id, idx, path, size, part_size, state, folder_id, name, sort_key, kind, words, etag, stored_at, created_at)
		select gen_random_uuid(), $1, user_id, 100 + n, 'x/' || n, 1, 1, 'stored', folder_id, 'x' || n, 'x' || n, kind, '', 'e', now(), now()
		from files cross join generate_series(1, $2) n where job_id = $1 and idx = 0`, one.ID, models.ShareFilesEach)
	_, err = shareFolder(t, b, models.Picked{Folders: []uuid.UUID{folder}})
	storetest.WantCode(t, err, models.CodeTooLarge)
}
