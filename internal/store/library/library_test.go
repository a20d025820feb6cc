package library_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/uuid"

	"longhaul/internal/store/storetest"
	"longhaul/models"
)

// ready makes a download of the paths that is ready.
func ready(t *testing.T, b *storetest.World, name string, paths ...string) models.Job {
	t.Helper()
	m := models.Manifest{Name: name, Metainfo: []byte("d4:infod4:name1:xee")}
	for i, p := range paths {
		m.Files = append(m.Files, models.ManifestFile{Index: i, Path: p, Size: int64(10 * (i + 1))})
		m.Size += int64(10 * (i + 1))
	}
	src := storetest.Magnet()
	src.Name = name
	job, _, err := b.Jobs.SubmitJob(t.Context(), models.NewJob{UserID: b.User.ID, Source: src, Manifest: &m})
	storetest.OK(t, err)
	b.Finish(t, job.ID)
	return b.Job(t, job.ID)
}

// tree returns the library as lines "folder/folder/name", folders that are empty
// with a slash at their end.
func tree(t *testing.T, b *storetest.World, at uuid.UUID, prefix string) []string {
	t.Helper()
	var out []string
	f := models.LibraryFilter{Folder: at, Sort: models.LibraryByName, Limit: 100}
	for {
		p := storetest.Must[models.LibraryPage](t)(b.Library.List(t.Context(), b.User.ID, f))
		for _, d := range p.Folders {
			below := tree(t, b, d.ID, prefix+d.Name+"/")
			if len(below) == 0 {
				below = []string{prefix + d.Name + "/"}
			}
			out = append(out, below...)
		}
		for _, f := range p.Files {
			out = append(out, prefix+f.Title())
		}
		if f.Cursor = p.NextCursor; f.Cursor == "" {
			return out
		}
	}
}

func wantTree(t *testing.T, b *storetest.World, want ...string) {
	t.Helper()
	if got := tree(t, b, b.User.ID, ""); !slices.Equal(got, want) {
		t.Errorf("the library has\n  %s\nwant\n  %s", strings.Join(got, "\n  "), strings.Join(want, "\n  "))
	}
}

// find returns the folder or the file of the path.
func find(t *testing.T, b *storetest.World, path string) (folder models.Folder, file models.LibraryFile) {
	t.Helper()
	at := b.User.ID
	for name := range strings.SplitSeq(path, "/") {
		p := storetest.Must[models.LibraryPage](t)(b.Library.List(t.Context(), b.User.ID, models.LibraryFilter{Folder: at, Limit: 100}))
		found := false
		for _, d := range p.Folders {
			if d.Name == name {
				folder, at, found = d.Folder, d.ID, true
			}
		}
		for _, f := range p.Files {
			if f.Title() == name {
				file, found = f, true
			}
		}
		if !found {
			t.Fatalf("no %s on the way to %s", name, path)
		}
	}
	return folder, file
}

func TestADownloadIsPlacedWhenItEnds(t *testing.T) {
	t.Parallel()
	b := storetest.NewWorld(t)
	ready(t, b, "film.mkv", "film.mkv")
	job := ready(t, b, "Show", "Show/Season 1/E10.mkv", "Show/Season 1/E2.mkv", "Show/readme.nfo")
	ready(t, b, "Show", "a.txt", "sub/b.txt")
	ready(t, b, "film.mkv", "other/film.mkv")
	wantTree(t, b,
		"Show/Season 1/E2.mkv", "Show/Season 1/E10.mkv", "Show/readme.nfo",
		"Show (2)/sub/b.txt", "Show (2)/a.txt",
		"film (2).mkv", "film.mkv")
	files := storetest.Must[[]models.File](t)(b.Files.Files(t.Context(), b.User.ID, job.ID))
	if files[0].Path != "Show/Season 1/E10.mkv" || files[0].FolderID == nil {
		t.Errorf("the source's path changed, or the file has no folder: %+v", files[0])
	}
	_, err := b.Library.List(t.Context(), b.Evil.ID, models.LibraryFilter{Folder: *files[0].FolderID, Limit: 10})
	if !models.IsNotFound(err) {
		t.Errorf("someone else's folder: %v", err)
	}
}

// Older programs finish jobs without placing their files, and remove files without
// their folders. The sweep makes up for both.
func TestWhatAnOlderProgramLeavesIsPlaced(t *testing.T) {
	t.Parallel()
	b, ctx := storetest.NewWorld(t), t.Context()
	job := ready(t, b, "Show", "Show/Season 1/E1.mkv", "Show/E2.mkv")
	run := func(sql string, args ...any) {
		t.Helper()
		storetest.Must[int64](t)(b.DB.Exec(ctx, "as an older program", sql, args...))
	}
	run(`update files set folder_id = null, name = '', words = null where job_id = ?`, job.ID)
	run(`delete from folders where user_id = ? and parent_id is not null and job_id is null`, b.User.ID)
	left := storetest.Must[[]uuid.UUID](t)(b.W.Library.JobsToPlace(ctx, uuid.Nil, 10))
	if !slices.Equal(left, []uuid.UUID{job.ID}) {
		t.Fatalf("jobs to place: %v", left)
	}
	for want := 2; want >= 0; want -= 2 {
		if n := storetest.Must[int](t)(b.W.Jobs.PlaceFiles(ctx, job.ID)); n != want {
			t.Errorf("placed %d files, want %d", n, want)
		}
	}
	wantTree(t, b, "Show/Season 1/E1.mkv", "Show/E2.mkv")
	run(`delete from jobs where id = ?`, job.ID)
	removed := int64(0)
	for range 3 { // a level each time
		removed += storetest.Must[int64](t)(b.W.Library.PruneFolders(ctx, 10))
	}
	if n := storetest.Must[int64](t)(b.W.Library.PruneFolders(ctx, 10)); n != 0 || removed != 1 {
		t.Errorf("removed %d folders, and %d more", removed, n)
	}
	wantTree(t, b)
}

func TestEmptyFoldersGoWithTheirLastFile(t *testing.T) {
	t.Parallel()
	b, ctx := storetest.NewWorld(t), t.Context()
	job := ready(t, b, "Show", "Show/Season 1/E1.mkv", "Show/E2.mkv")
	own := storetest.Must[models.Folder](t)(b.Library.MakeFolder(ctx, b.User.ID, b.User.ID, "mine"))
	top, _ := find(t, b, "Show")
	season, _ := find(t, b, "Show/Season 1")
	storetest.Must[models.Folder](t)(b.Library.RenameFolder(ctx, b.User.ID, season.ID, "kept"))
	storetest.OK(t, b.Library.Move(ctx, b.User.ID, models.Picked{Folders: []uuid.UUID{top.ID}}, own.ID))
	wantTree(t, b, "mine/Show/kept/E1.mkv", "mine/Show/E2.mkv")
	storetest.OK(t, b.Jobs.RequestDelete(ctx, b.User.ID, job.ID))
	wantTree(t, b, "mine/Show/kept/")
	storetest.OK(t, b.W.Jobs.DeleteJobRows(ctx, job.ID))
	wantTree(t, b, "mine/Show/kept/")
	storetest.OK(t, b.Library.RemoveFolder(ctx, b.User.ID, season.ID))
	if n := storetest.Must[int64](t)(b.W.Library.PruneFolders(ctx, 10)); n != 1 {
		t.Errorf("%d folders were removed, want the one that was left", n)
	}
	wantTree(t, b, "mine/")
}

func TestFoldersOfAMovedFileGo(t *testing.T) {
	t.Parallel()
	b, ctx := storetest.NewWorld(t), t.Context()
	ready(t, b, "Show", "Show/a/b/c/E1.mkv", "Show/E2.mkv")
	_, file := find(t, b, "Show/a/b/c/E1.mkv")
	storetest.OK(t, b.Library.Move(ctx, b.User.ID, models.Picked{Files: []uuid.UUID{file.ID}}, b.User.ID))
	wantTree(t, b, "Show/E2.mkv", "E1.mkv")
}

func TestNamesInAFolderAreDistinct(t *testing.T) {
	t.Parallel()
	b, ctx := storetest.NewWorld(t), t.Context()
	ready(t, b, "a.txt", "a.txt")
	ready(t, b, "b.txt", "b.txt")
	own := storetest.Must[models.Folder](t)(b.Library.MakeFolder(ctx, b.User.ID, b.User.ID, "own"))
	inner := storetest.Must[models.Folder](t)(b.Library.MakeFolder(ctx, b.User.ID, own.ID, "a.txt"))
	_, file := find(t, b, "a.txt")
	_, other := find(t, b, "b.txt")
	for what, err := range map[string]error{
		"a folder as a file":   second(b.Library.MakeFolder(ctx, b.User.ID, b.User.ID, "a.txt")),
		"a folder as a folder": second(b.Library.MakeFolder(ctx, b.User.ID, b.User.ID, "own")),
		"rename to a folder":   b.Library.RenameFile(ctx, b.User.ID, file.ID, "own"),
		"rename to a file":     b.Library.RenameFile(ctx, b.User.ID, file.ID, "b.txt"),
		"a folder to a file":   second(b.Library.RenameFolder(ctx, b.User.ID, own.ID, "b.txt")),
		"move onto a folder":   b.Library.Move(ctx, b.User.ID, models.Picked{Files: []uuid.UUID{other.ID, file.ID}}, own.ID),
		"two of a name":        b.Library.Move(ctx, b.User.ID, models.Picked{Files: []uuid.UUID{file.ID}, Folders: []uuid.UUID{inner.ID}}, own.ID),
		"into itself":          b.Library.Move(ctx, b.User.ID, models.Picked{Folders: []uuid.UUID{own.ID}}, inner.ID),
	} {
		if models.CodeOf(err) != models.CodeConflict {
			t.Errorf("%s: %v, want a conflict", what, err)
		}
	}
	storetest.OK(t, b.Library.RenameFile(ctx, b.User.ID, file.ID, "a.txt"))
	storetest.OK(t, b.Library.RenameFile(ctx, b.User.ID, file.ID, "ü (2).txt"))
	storetest.OK(t, b.Library.Move(ctx, b.User.ID, models.Picked{Files: []uuid.UUID{file.ID, other.ID}}, own.ID))
	wantTree(t, b, "own/a.txt/", "own/b.txt", "own/ü (2).txt")
}

func second[T any](_ T, err error) error { return err }

func TestOtherLibrariesAreOutOfReach(t *testing.T) {
	t.Parallel()
	b, ctx := storetest.NewWorld(t), t.Context()
	ready(t, b, "Show", "Show/x.txt", "Show/y.txt")
	folder, file := find(t, b, "Show/x.txt")
	evil := b.Evil.ID
	theirs := storetest.Must[models.Folder](t)(b.Library.MakeFolder(ctx, evil, evil, "evil"))
	for what, err := range map[string]error{
		"make":             second(b.Library.MakeFolder(ctx, evil, folder.ID, "x")),
		"make in the root": second(b.Library.MakeFolder(ctx, evil, b.User.ID, "x")),
		"rename folder":    second(b.Library.RenameFolder(ctx, evil, folder.ID, "x")),
		"remove folder":    b.Library.RemoveFolder(ctx, evil, folder.ID),
		"rename file":      b.Library.RenameFile(ctx, evil, file.ID, "x"),
		"take file":        b.Library.Move(ctx, evil, models.Picked{Files: []uuid.UUID{file.ID}}, theirs.ID),
		"take folder":      b.Library.Move(ctx, evil, models.Picked{Folders: []uuid.UUID{folder.ID}}, theirs.ID),
		"give folder":      b.Library.Move(ctx, evil, models.Picked{Folders: []uuid.UUID{theirs.ID}}, folder.ID),
		"give to the root": b.Library.Move(ctx, evil, models.Picked{Folders: []uuid.UUID{theirs.ID}}, b.User.ID),
	} {
		if !models.IsNotFound(err) {
			t.Errorf("%s: %v, want not_found", what, err)
		}
	}
	p := storetest.Must[models.LibraryPage](t)(b.Library.List(ctx, evil, models.LibraryFilter{Search: "show", Limit: 10}))
	if len(p.Files)+len(p.Folders) > 0 || p.Totals.Files > 0 {
		t.Errorf("someone else finds %+v", p)
	}
	wantTree(t, b, "Show/x.txt", "Show/y.txt")
}

func TestSearchByWords(t *testing.T) {
	t.Parallel()
	b, ctx := storetest.NewWorld(t), t.Context()
	ready(t, b, "Course", "Course/Lecture.2005.mkv", "Course/Lecture-2006_final.MKV")
	ready(t, b, "Café Ünïcode", "Café/S01E02.srt", "Café/東京物語.txt")
	for search, want := range map[string][]string{
		"lecture 2005":     {"Lecture.2005.mkv"},
		"2005 LECT":        {"Lecture.2005.mkv"},
		"lecture":          {"Lecture-2006_final.MKV", "Lecture.2005.mkv"},
		"course final":     {"Lecture-2006_final.MKV"},
		"cafe unicode e02": {"S01E02.srt"},
		"s01e02":           {"S01E02.srt"},
		"京物":               {"東京物語.txt"},
		"ecture":           nil,
		"' & | ! :* %_\\":  nil,
		"lecture' | '2005": {"Lecture.2005.mkv"},
	} {
		p := storetest.Must[models.LibraryPage](t)(b.Library.List(ctx, b.User.ID, models.LibraryFilter{Search: search, Limit: 10}))
		var got []string
		for _, f := range p.Files {
			got = append(got, f.Title())
		}
		if !slices.Equal(got, want) || p.Totals == nil || p.Totals.Files != int64(len(want)) {
			t.Errorf("%q finds %q, want %q; totals %+v", search, got, want, p.Totals)
		}
	}
	_, file := find(t, b, "Course/Lecture.2005.mkv")
	storetest.OK(t, b.Library.RenameFile(ctx, b.User.ID, file.ID, "Opening.mkv"))
	for _, search := range []string{"opening", "lecture 2005"} {
		p := storetest.Must[models.LibraryPage](t)(b.Library.List(ctx, b.User.ID, models.LibraryFilter{Search: search, Limit: 10}))
		if len(p.Files) != 1 || p.Files[0].Name != "Opening.mkv" || p.Files[0].JobName != "Course" || p.Files[0].FolderName != "Course" {
			t.Errorf("%s finds %+v", search, p.Files)
		}
	}
	p := storetest.Must[models.LibraryPage](t)(b.Library.List(ctx, b.User.ID, models.LibraryFilter{Search: "cour", Limit: 10}))
	if len(p.Folders) != 1 || p.Folders[0].Name != "Course" || p.Folders[0].Files != 2 || p.Folders[0].Size != 30 {
		t.Errorf("folders found: %+v", p.Folders)
	}
}

func TestPagesInEveryOrder(t *testing.T) {
	t.Parallel()
	b, ctx := storetest.NewWorld(t), t.Context()
	var paths []string
	for i := range 25 {
		paths = append(paths, fmt.Sprintf("Many/File %d.%s", i, []string{"mkv", "txt", "zip", "bin", "png"}[i%5]))
	}
	ready(t, b, "Many", paths...)
	folder, _ := find(t, b, "Many")
	for _, name := range []string{"Part 10", "Part 9", "part 1"} {
		storetest.Must[models.Folder](t)(b.Library.MakeFolder(ctx, b.User.ID, folder.ID, name))
	}
	for _, sort := range []models.LibrarySort{models.LibraryByName, models.LibraryBySize, models.LibraryByDate, models.LibraryByKind} {
		for _, desc := range []bool{false, true} {
			for _, limit := range []int{1, 3, 4, 7, 28, 100} {
				seen, folders := map[uuid.UUID]bool{}, 0
				var names []string
				f := models.LibraryFilter{Folder: folder.ID, Sort: sort, Desc: desc, Limit: limit}
				for {
					p := storetest.Must[models.LibraryPage](t)(b.Library.List(ctx, b.User.ID, f))
					if (p.Totals != nil) != (f.Cursor == "") || p.Totals != nil && *p.Totals != (models.Amounts{Files: 25, Size: 3250}) {
						t.Fatalf("totals %+v at %q", p.Totals, f.Cursor)
					}
					if len(p.Path) != 1 || p.Path[0].ID != folder.ID {
						t.Fatalf("path %+v", p.Path)
					}
					for range p.Folders {
						folders++
					}
					for _, x := range p.Files {
						if seen[x.ID] {
							t.Fatalf("%s twice", x.Title())
						}
						seen[x.ID] = true
						names = append(names, x.Title())
					}
					if f.Cursor = p.NextCursor; f.Cursor == "" {
						break
					}
				}
				if folders != 3 || len(names) != 25 {
					t.Errorf("%s %v by %d: %d folders, %d files", sort, desc, limit, folders, len(names))
				}
				want := map[models.LibrarySort][2]string{
					models.LibraryByName: {"File 0.mkv", "File 24.png"}, models.LibraryBySize: {"File 0.mkv", "File 24.png"},
					models.LibraryByKind: {"File 2.zip", "File 20.mkv"},
				}[sort]
				if desc {
					want[0], want[1] = want[1], want[0]
				}
				if want[0] != "" && (names[0] != want[0] || names[24] != want[1]) {
					t.Errorf("%s %v: from %s to %s", sort, desc, names[0], names[24])
				}
			}
		}
	}
	for kind, want := range map[models.FileKind]int{models.KindVideo: 5, models.KindImage: 5, models.KindFolder: 0, "": 25} {
		p := storetest.Must[models.LibraryPage](t)(b.Library.List(ctx, b.User.ID, models.LibraryFilter{Flat: true, Kind: kind, Limit: 100}))
		if len(p.Files) != want || p.Totals.Files != int64(want) {
			t.Errorf("%s: %d files, totals %+v", kind, len(p.Files), p.Totals)
		}
	}
	if _, err := b.Library.List(ctx, b.User.ID, models.LibraryFilter{Folder: b.User.ID, Cursor: "nonsense", Limit: 10}); models.CodeOf(err) != models.CodeInvalid {
		t.Errorf("a cursor of another list: %v", err)
	}
}

func TestDeepFoldersAreFolded(t *testing.T) {
	t.Parallel()
	b, ctx := storetest.NewWorld(t), t.Context()
	deep := strings.Repeat("d/", 3*models.MaxFolderDepth)
	ready(t, b, "Deep", "Deep/"+deep+"x.txt", "Deep/"+deep+"e/x.txt", "Deep/y.txt")
	p := storetest.Must[models.LibraryPage](t)(b.Library.List(ctx, b.User.ID, models.LibraryFilter{Search: "x", Limit: 10}))
	if len(p.Files) != 2 || p.Files[0].Title() != "x (2).txt" || *p.Files[0].FolderID != *p.Files[1].FolderID {
		t.Fatalf("got %+v", p.Files)
	}
	path := storetest.Must[models.LibraryPage](t)(b.Library.List(ctx, b.User.ID, models.LibraryFilter{Folder: *p.Files[0].FolderID, Limit: 10})).Path
	if len(path) != models.MaxFolderDepth {
		t.Errorf("%d levels", len(path))
	}
	if _, err := b.Library.MakeFolder(ctx, b.User.ID, *p.Files[0].FolderID, "deeper"); models.CodeOf(err) != models.CodeConflict {
		t.Errorf("a folder below the deepest: %v", err)
	}
}
