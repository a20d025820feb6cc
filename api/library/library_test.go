package library_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/google/uuid"

	"longhaul/api/apitest"
	"longhaul/api/library"
	"longhaul/models"
)

const root = "/api/v1/library"

func list(t *testing.T, h *apitest.Harness, who apitest.Caller, query string) library.FolderPage {
	t.Helper()
	var out library.FolderPage
	apitest.Decode(t, h.Run(t, apitest.Scenario{As: who, Path: root + query, Status: 200}), &out)
	return out
}

func act(t *testing.T, h *apitest.Harness, who apitest.Caller, method, path, body string, status int, want ...string) []byte {
	t.Helper()
	return h.Run(t, apitest.Scenario{As: who, Method: method, Path: root + path, Body: body, Status: status, Want: want})
}

func TestLibraryOfAnOwner(t *testing.T) {
	t.Parallel()
	h := apitest.New(t, apitest.Generous)
	me, other := h.Account(models.RoleUser), h.Account(models.RoleAdmin)
	job, _ := apitest.ReadyJob(t, h, me.User, map[string][]byte{"Lecture.2005.mkv": []byte("video"), "notes/a.md": []byte("# x")})
	top := list(t, h, me, "")
	if len(top.Folders) != 1 || top.Totals == nil || *top.Totals != (library.Amounts{Files: 2, Size: 8}) || *top.Folders[0].JobID != job.ID {
		t.Fatalf("the top: %+v", top)
	}
	folder := top.Folders[0]
	found := list(t, h, me, "?q=lecture%202005")
	if len(found.Files) != 1 {
		t.Fatalf("found %+v", found)
	}
	file := found.Files[0]
	if file.Name != "Lecture.2005.mkv" || file.Kind != "video" || *file.FolderID != folder.ID || file.JobID != job.ID || !file.Previewable {
		t.Errorf("file %+v", file)
	}
	var made library.FolderName
	apitest.Decode(t, act(t, h, me, http.MethodPost, "/folders", `{"name":" Filme \u202e"}`, 201), &made)
	if made.Name != "Filme" {
		t.Errorf("made %q", made.Name)
	}
	act(t, h, me, http.MethodPost, "/folders", `{"name":"Filme"}`, 409, `"field":"name"`)
	act(t, h, me, http.MethodPatch, "/files/"+file.ID.String(), `{"name":"Opening.mkv"}`, 204)
	act(t, h, me, http.MethodPost, "/move", fmt.Sprintf(`{"files":[%q],"to":%q}`, file.ID, made.ID), 204)
	act(t, h, me, http.MethodDelete, "/folders/"+made.ID.String(), "", 409, "not empty")
	act(t, h, me, http.MethodPost, "/move", fmt.Sprintf(`{"folders":[%q],"to":%q}`, made.ID, made.ID), 409, `"field":"to"`)
	in := list(t, h, me, "?folder="+made.ID.String())
	if len(in.Files) != 1 || in.Files[0].Name != "Opening.mkv" || len(in.Path) != 1 || in.Path[0].Name != "Filme" {
		t.Errorf("in the folder: %+v", in)
	}
	act(t, h, me, http.MethodGet, "/files/"+file.ID.String(), "", 200, `"folderName":"Filme"`, `"name":"Opening.mkv"`)
	act(t, h, me, http.MethodPost, "/move", fmt.Sprintf(`{"files":[%q]}`, file.ID), 204)
	act(t, h, me, http.MethodDelete, "/folders/"+made.ID.String(), "", 204)
	if flat := list(t, h, me, "?flat=true&type=document&sort=size&order=desc"); len(flat.Files) != 1 || flat.Files[0].Name != "a.md" {
		t.Errorf("documents: %+v", flat.Files)
	}
	for _, caller := range []apitest.Caller{other} {
		h.Run(t, apitest.Scenario{As: caller, Path: root + "?folder=" + folder.ID.String(), Status: 404})
		act(t, h, caller, http.MethodPatch, "/folders/"+folder.ID.String(), `{"name":"x"}`, 404)
		act(t, h, caller, http.MethodPatch, "/files/"+file.ID.String(), `{"name":"x"}`, 404)
		act(t, h, caller, http.MethodGet, "/files/"+file.ID.String(), "", 404)
		act(t, h, caller, http.MethodDelete, "/folders/"+folder.ID.String(), "", 404)
		act(t, h, caller, http.MethodPost, "/move", fmt.Sprintf(`{"files":[%q]}`, file.ID), 404)
		if p := list(t, h, caller, "?q=opening"); len(p.Files) > 0 {
			t.Errorf("someone else finds %+v", p.Files)
		}
	}
}

// Files of the library go to the trash, those in folders with them; a download
// without files goes, too, and all of it comes back.
func TestFilesAreDeletedFromTheLibrary(t *testing.T) {
	t.Parallel()
	h := apitest.New(t, apitest.Generous)
	me, other := h.Account(models.RoleUser), h.Account(models.RoleUser)
	course, _ := apitest.ReadyJob(t, h, me.User, map[string][]byte{"Week 1/a.mkv": []byte("video"), "notes.md": []byte("# x")})
	apitest.ReadyJob(t, h, me.User, map[string][]byte{"b.txt": []byte("x"), "c.txt": []byte("y"), "d.txt": []byte("z")})
	top := list(t, h, me, "")
	var mine, rest library.Folder
	for _, f := range top.Folders {
		if *f.JobID == course.ID {
			mine = f
		} else {
			rest = f
		}
	}
	inside := list(t, h, me, "?folder="+rest.ID.String()).Files
	body := fmt.Sprintf(`{"folders":[%q],"files":[%q,%q]}`, mine.ID, inside[0].ID, inside[1].ID)
	act(t, h, other, http.MethodPost, "/delete", body, 404)
	act(t, h, me, http.MethodPost, "/delete", `{}`, 422, "1 to 1000")
	var out struct {
		Files   int
		Trashed []uuid.UUID
		Until   *string
		Refused []any
	}
	apitest.Decode(t, act(t, h, me, http.MethodPost, "/delete", body, 200), &out)
	if out.Files != 4 || len(out.Trashed) != 3 || out.Until == nil || len(out.Refused) > 0 {
		t.Fatalf("deleted %+v", out)
	}
	if left := list(t, h, me, "?flat=true"); len(left.Files) != 1 || left.Files[0].ID != inside[2].ID {
		t.Errorf("left: %+v", left.Files)
	}
	h.Run(t, apitest.Scenario{As: me, Path: "/api/v1/jobs/" + course.ID.String(), Status: 404})
	h.Run(t, apitest.Scenario{
		As: me, Method: "POST", Path: "/api/v1/trash/restore", Body: fmt.Sprintf(`{"ids":[%q,%q,%q]}`, out.Trashed[0], out.Trashed[1], out.Trashed[2]), Status: 200,
		Want: []string{`"refused":[]`},
	})
	if back := list(t, h, me, "?flat=true"); len(back.Files) != 5 {
		t.Errorf("%d files are back", len(back.Files))
	}
}

func TestNamesThatCannotBe(t *testing.T) {
	t.Parallel()
	h := apitest.New(t, apitest.Generous)
	me := h.Account(models.RoleUser)
	for _, name := range []string{"a/b", `a\\b`, "..", ".", " ", `\u0000`, `\u200b`, "a:b", "a*", `\"`, strings.Repeat("ä", 128), `a|b`} {
		act(t, h, me, http.MethodPost, "/folders", `{"name":"`+name+`"}`, 422, `"field":"name"`)
	}
	for _, name := range []string{strings.Repeat("ä", 127), "👩‍👩‍👧 ünï", "<b>"[1:2], "; drop table files; --", "${x}", "%s", "مرحبا"} {
		act(t, h, me, http.MethodPost, "/folders", `{"name":"`+name+`"}`, 201)
	}
	act(t, h, me, http.MethodPost, "/move", `{}`, 422, "1 to 1000")
	act(t, h, me, http.MethodPost, "/move", fmt.Sprintf(`{"files":[%q]}`, uuid.New()), 404)
	h.Run(t, apitest.Scenario{As: me, Path: root + "?cursor=x", Status: 422, Want: []string{`"field":"cursor"`}})
	h.Run(t, apitest.Scenario{As: me, Path: root + "?type=x", Status: 422})
	h.Run(t, apitest.Scenario{As: me, Path: root + "?q=%27%20%7C%20%21%26", Status: 200, Want: []string{`"files":[]`}})
}

// The longest names there may be do not make a page of more than 200 KB.
func TestPagesAreBounded(t *testing.T) {
	t.Parallel()
	h := apitest.New(t, apitest.Generous)
	me := h.Account(models.RoleUser)
	files := map[string][]byte{}
	for i := range 120 {
		files[fmt.Sprintf("%s%04d", strings.Repeat("'\u0301", 83), i)] = []byte("x")
	}
	apitest.ReadyJob(t, h, me.User, files)
	folder := list(t, h, me, "").Folders[0].ID
	body := h.Run(t, apitest.Scenario{As: me, Path: root + "?folder=" + folder.String(), Status: 200})
	if len(body) > 200_000 {
		t.Errorf("a page has %d bytes", len(body))
	}
	t.Logf("a page of 100 files has %d bytes", len(body))
}
