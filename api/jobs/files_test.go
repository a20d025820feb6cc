package jobs_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"

	"github.com/google/uuid"

	"longhaul/api/apitest"
	"longhaul/api/jobs"
	"longhaul/api/kit"
	"longhaul/internal/source"
	"longhaul/internal/store/storetest"
	"longhaul/models"
)

// manyFiles is a manifest of a torrent with as many files as one may have.
func manyFiles(n int) models.Manifest {
	m := models.Manifest{Name: "Many", Files: make([]models.ManifestFile, 0, n)}
	for i := range n {
		m.Files = append(m.Files, models.ManifestFile{Index: i, Path: fmt.Sprintf("Many/Part %03d/A file with a name of usual length %05d.mkv", i/250, i), Size: 1000})
		m.Size += 1000
	}
	return m
}

// fetched returns the body of an answer, which may have so many bytes.
func fetched(t *testing.T, h *apitest.Harness, who apitest.Caller, path string, most int, out any) {
	t.Helper()
	body := h.Run(t, apitest.Scenario{As: who, Path: path, Status: http.StatusOK})
	if len(body) > most {
		t.Errorf("%s answers with %d bytes, at most %d are right", path, len(body), most)
	}
	apitest.Decode(t, body, out)
}

// TestFileListsArePaged lists a job of 50 000 files in every way, and measures each
// answer.
func TestFileListsArePaged(t *testing.T) {
	t.Parallel()
	h := apitest.New(t, apitest.Generous)
	user := h.Account(models.RoleUser)
	const n = 50_000
	m := manyFiles(n)
	job := storetest.Submit(t, h.Store, user.User.ID, &m)
	path := "/api/v1/jobs/" + job.ID.String()

	var detail struct{ FileCount int }
	fetched(t, h, user, path, 4<<10, &detail)
	if detail.FileCount != n {
		t.Errorf("the job has %d files", detail.FileCount)
	}

	var page jobs.FileList
	fetched(t, h, user, path+"/files", 50<<10, &page)
	if len(page.Files) != 100 || page.Total != n || page.Size != n*1000 {
		t.Errorf("the first page has %d of %d files, %d bytes", len(page.Files), page.Total, page.Size)
	}
	next := -1
	for cursor, pages := "", 0; ; pages++ {
		page = jobs.FileList{}
		fetched(t, h, user, path+"/files?limit=500&cursor="+cursor, 250<<10, &page)
		for _, f := range page.Files {
			if next++; f.Index != next {
				t.Fatalf("file %d follows %d", f.Index, next-1)
			}
		}
		if cursor = page.NextCursor; cursor == "" {
			break
		}
		if pages > 100 {
			t.Fatal("the list does not end")
		}
	}
	if next != n-1 {
		t.Errorf("%d files were listed", next+1)
	}

	total, bytes := 0, 0
	for cursor := ""; ; {
		var o kit.Outline
		body := h.Run(t, apitest.Scenario{As: user, Path: path + "/outline?cursor=" + cursor, Status: http.StatusOK})
		if len(body) > 512<<10 {
			t.Errorf("a page of the outline has %d bytes", len(body))
		}
		bytes += len(body)
		apitest.Decode(t, body, &o)
		for i, index := range o.Index {
			f := m.Files[total]
			if index != f.Index || o.Folders[o.Folder[i]]+"/"+o.Name[i] != f.Path || o.Size[i] != 1000 || o.State[i] != 'p' || o.Kind[i] != 'v' {
				t.Fatalf("place %d is %+v", total, f)
			}
			total++
		}
		if cursor = o.NextCursor; cursor == "" {
			break
		}
	}
	t.Logf("an outline of %d files has %d bytes", total, bytes)
	if total != n || bytes > 80*n {
		t.Errorf("the outline has %d files in %d bytes", total, bytes)
	}
}

// TestFileListsAreFiltered searches as people do.
func TestFileListsAreFiltered(t *testing.T) {
	t.Parallel()
	h := apitest.New(t, apitest.Generous)
	user := h.Account(models.RoleUser)
	job, _ := apitest.ReadyJob(t, h, user.User, map[string][]byte{
		"Show/Season 1/ep1.mkv": []byte("a"), "Show/Season 1/ep1.srt": []byte("b"), "Show/100%_done.txt": []byte("cc"), "Show/back\\slash": []byte("d"),
		"Show/read me.txt": []byte("e"),
	})
	h.Exec("update files set state = 'skipped', stored_at = null where path like '%read me%'")
	path := "/api/v1/jobs/" + job.ID.String() + "/files?"
	for query, want := range map[string]string{
		"":                       "Show/100%_done.txt|Show/Season 1/ep1.mkv|Show/Season 1/ep1.srt|Show/back\\slash|Show/read me.txt",
		"q=EP1":                  "Show/Season 1/ep1.mkv|Show/Season 1/ep1.srt",
		"q=*.mkv":                "Show/Season 1/ep1.mkv",
		"q=*.mkv, *.txt":         "Show/100%_done.txt|Show/Season 1/ep1.mkv|Show/read me.txt",
		"q=ep?.***rt":            "Show/Season 1/ep1.srt",
		"q=Show/*.txt":           "Show/100%_done.txt|Show/read me.txt",
		"q=100%_":                "Show/100%_done.txt",
		"q=%":                    "Show/100%_done.txt",
		"q=_":                    "Show/100%_done.txt",
		"q=k\\s":                 "Show/back\\slash",
		"q=season 1/":            "Show/Season 1/ep1.mkv|Show/Season 1/ep1.srt",
		"q=nothing":              "",
		"q=,,":                   "Show/100%_done.txt|Show/Season 1/ep1.mkv|Show/Season 1/ep1.srt|Show/back\\slash|Show/read me.txt",
		"state=skipped":          "Show/read me.txt",
		"state=skipped,lost":     "Show/read me.txt",
		"state=stored&q=*.txt":   "Show/100%_done.txt",
		"q=ep1&limit=1":          "Show/Season 1/ep1.mkv|Show/Season 1/ep1.srt",
		"q=*.txt&limit=1&state=": "Show/100%_done.txt|Show/read me.txt",
	} {
		var got []string
		values, err := url.ParseQuery(strings.ReplaceAll(strings.ReplaceAll(query, "%", "%25"), " ", "%20"))
		if err != nil {
			t.Fatal(err)
		}
		for cursor := ""; ; {
			values.Set("cursor", cursor)
			var page jobs.FileList
			fetched(t, h, user, path+values.Encode(), 4<<10, &page)
			for _, f := range page.Files {
				got = append(got, f.Path)
			}
			if cursor = page.NextCursor; cursor == "" {
				if int(page.Total) != len(got) {
					t.Errorf("%s: %d in all, %d listed", query, page.Total, len(got))
				}
				break
			}
		}
		slices.Sort(got)
		if strings.Join(got, "|") != want {
			t.Errorf("%s finds %q, want %q", query, strings.Join(got, "|"), want)
		}
	}
	for query, status := range map[string]int{
		"limit=0": 422, "limit=501": 422, "state=odd": 422, "cursor=nonsense": 422, "index=x": 422, "q=" + strings.Repeat("x", 201): 422,
	} {
		h.Run(t, apitest.Scenario{As: user, Path: path + query, Status: status})
	}
}

// TestFilesAreFoundByIndexAndID asks for single files, also those of others.
func TestFilesAreFoundByIndexAndID(t *testing.T) {
	t.Parallel()
	h := apitest.New(t, apitest.Generous)
	user, other := h.Account(models.RoleUser), h.Account(models.RoleUser)
	job, files := apitest.ReadyJob(t, h, user.User, map[string][]byte{"a": []byte("a"), "b.mp4": []byte("b"), "c": []byte("c")})
	path := "/api/v1/jobs/" + job.ID.String()
	var page jobs.FileList
	fetched(t, h, user, path+"/files?index=0,2,99", 2<<10, &page)
	if len(page.Files) != 2 || page.Files[0].Index != 0 || page.Files[1].Index != 2 {
		t.Errorf("by index: %+v", page)
	}
	var f jobs.File
	fetched(t, h, user, path+"/files/"+files[1].ID.String(), 1<<10, &f)
	if f.ID != files[1].ID || f.Path != files[1].Path || !f.Available {
		t.Errorf("by id: %+v", f)
	}
	second, _ := apitest.ReadyJob(t, h, user.User, map[string][]byte{"d": []byte("d")})
	for who, missing := range map[*apitest.Caller][]string{
		&user:  {path + "/files/" + uuid.NewString(), "/api/v1/jobs/" + second.ID.String() + "/files/" + files[1].ID.String(), "/api/v1/jobs/" + uuid.NewString() + "/outline"},
		&other: {path + "/files", path + "/outline", path + "/files/" + files[1].ID.String()},
	} {
		for _, p := range missing {
			h.Run(t, apitest.Scenario{As: *who, Path: p, Status: http.StatusNotFound})
		}
	}
}

// TestOutlinesSayWhatCanBeOpened has a file in each state.
func TestOutlinesSayWhatCanBeOpened(t *testing.T) {
	t.Parallel()
	h := apitest.New(t, apitest.Generous)
	user := h.Account(models.RoleUser)
	job, files := apitest.ReadyJob(t, h, user.User, map[string][]byte{
		"a.mp4": []byte("a"), "b.bin": []byte("b"), "d/c.bin": []byte("c"), "d/d.bin": []byte("d"), "e.pdf": []byte("e"),
	})
	slices.SortFunc(files, func(a, b models.File) int { return strings.Compare(a.Path, b.Path) })
	set := func(i int, what string) {
		h.Exec("update files set " + what + " where id = '" + files[i].ID.String() + "'")
	}
	set(2, "state = 'lost'")
	set(3, "blocked = true")
	set(1, "state = 'skipped', stored_at = null")
	var o kit.Outline
	fetched(t, h, user, "/api/v1/jobs/"+job.ID.String()+"/outline", 1<<10, &o)
	got := map[string]string{}
	for i, name := range o.Name {
		got[o.Folders[o.Folder[i]]+"/"+name] = o.State[i:i+1] + o.Kind[i:i+1]
	}
	want := map[string]string{"/a.mp4": "ov", "/b.bin": "x-", "d/c.bin": "l-", "d/d.bin": "b-", "/e.pdf": "sd"}
	if a, b := fmt.Sprint(got), fmt.Sprint(want); a != b {
		t.Errorf("got %s, want %s", a, b)
	}
}

// TestLongNamesMakeShortPages has names as long as they can be: pages are bounded
// in bytes, not only in files.
func TestLongNamesMakeShortPages(t *testing.T) {
	t.Parallel()
	h := apitest.New(t, apitest.Generous)
	user := h.Account(models.RoleUser)
	m := models.Manifest{Name: "Long"}
	for i := range 1000 {
		folder := strings.Repeat(fmt.Sprintf("%050d/", i), 60)
		m.Files = append(m.Files, models.ManifestFile{Index: 2 * i, Path: folder + strings.Repeat("n", 200), Size: 1})
		m.Size++
	}
	job := storetest.Submit(t, h.Store, user.User.ID, &m)
	seen := 0
	for cursor := ""; ; {
		var o kit.Outline
		fetched(t, h, user, "/api/v1/jobs/"+job.ID.String()+"/outline?cursor="+cursor, 512<<10, &o)
		seen += len(o.Index)
		if cursor = o.NextCursor; cursor == "" {
			break
		}
	}
	if seen != 1000 {
		t.Errorf("%d files", seen)
	}
	for _, cursor := range []string{"x", "-1", "99999999999", "1.5"} {
		h.Run(t, apitest.Scenario{As: user, Path: "/api/v1/jobs/" + job.ID.String() + "/outline?cursor=" + cursor, Status: http.StatusUnprocessableEntity})
	}
}

// TestInspectionsOfManyFilesAreShort inspects a magnet and a torrent of many files.
func TestInspectionsOfManyFilesAreShort(t *testing.T) {
	t.Parallel()
	h := apitest.New(t, apitest.Generous)
	user, other := h.Account(models.RoleUser), h.Account(models.RoleUser)
	const n = 49_000
	h.Inspector.Manifest = manyFiles(n)
	magnet := "magnet:?xt=urn:btih:" + strings.Repeat("ab", 20)
	body := h.Run(t, apitest.Scenario{As: user, Method: "POST", Path: "/api/v1/sources/inspect", Body: `{"source":"` + magnet + `"}`, Status: 200})
	outlined(t, h, user, other, body, n)

	var info strings.Builder
	info.WriteString("d5:filesl")
	const few = 2000
	for i := range few {
		fmt.Fprintf(&info, "d6:lengthi1000e4:pathl9:file%05dee", i)
	}
	pieces := strings.Repeat("x", 20*((few*1000+1<<20-1)>>20))
	fmt.Fprintf(&info, "e4:name4:Many12:piece lengthi%de6:pieces%d:%se", 1<<20, len(pieces), pieces)
	kind, form := apitest.Form(t, nil, source.BuildTorrent([]byte(info.String()), nil, nil))
	body = h.Run(t, apitest.Scenario{As: user, Method: "POST", Path: "/api/v1/sources/inspect", Header: map[string]string{"Content-Type": kind}, Body: form, Status: 200})
	outlined(t, h, user, other, body, few)
}

// outlined reads an inspection and the outline that it names, which is the user's
// alone.
func outlined(t *testing.T, h *apitest.Harness, user, other apitest.Caller, body []byte, n int) {
	t.Helper()
	var info jobs.SourceInfo
	if err := json.Unmarshal(body, &info); err != nil {
		t.Fatal(err)
	}
	if len(body) > 30<<10 || len(info.Files) != 100 || info.FileCount != n || info.Outline == "" || *info.Size != int64(n)*1000 {
		t.Fatalf("%d bytes, %d of %d files, outline %q", len(body), len(info.Files), info.FileCount, info.Outline)
	}
	seen := 0
	for cursor := ""; ; {
		var o kit.Outline
		fetched(t, h, user, "/api/v1/sources/outlines/"+info.Outline+"?cursor="+cursor, 512<<10, &o)
		if o.Total != n {
			t.Errorf("%d in all", o.Total)
		}
		seen += len(o.Index)
		if cursor = o.NextCursor; cursor == "" {
			break
		}
	}
	if seen != n {
		t.Errorf("%d files are in the outline", seen)
	}
	h.Run(t, apitest.Scenario{As: other, Path: "/api/v1/sources/outlines/" + info.Outline, Status: http.StatusNotFound})
	h.Run(t, apitest.Scenario{As: user, Path: "/api/v1/sources/outlines/" + strings.Repeat("zz", 32), Status: http.StatusNotFound})
}
