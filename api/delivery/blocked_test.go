package delivery_test

import (
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"

	"longhaul/api/apitest"
	"longhaul/internal/store/storetest"
	"longhaul/models"
)

// blocking has an administrator block a file.
func blocking(t *testing.T, h *apitest.Harness, fileID uuid.UUID) models.Block {
	t.Helper()
	return storetest.Must[models.Block](t)(h.Store.Jobs.Admin().Block(t.Context(), models.Actor{Kind: models.ActorConsole}, fileID.String(), true, "court order"))
}

// A blocked file is refused at every door; the other files of its job are not,
// and the zip is made of them.
func TestBlockedFilesAreNotDelivered(t *testing.T) {
	t.Parallel()
	h := apitest.New(t)
	user := h.Account(models.RoleUser)
	job, files := apitest.ReadyJob(t, h, user.User, map[string][]byte{"a.bin": apitest.Pattern(1000), "b.bin": apitest.Pattern(1000)})
	path := func(f models.File) string { return "/api/v1/files/" + f.ID.String() + "/link" }
	all := "/api/v1/jobs/" + job.ID.String() + "/archive"
	link, other, archive := apitest.DownloadLink(t, h, user, path(files[0]), ""), apitest.DownloadLink(t, h, user, path(files[1]), ""), apitest.DownloadLink(t, h, user, all, "")
	status := func(what, address string, want int) {
		t.Helper()
		resp, body := apitest.Fetch(t, h, "GET", address, nil)
		if resp.StatusCode != want {
			t.Errorf("%s: status %d, want %d", what, resp.StatusCode, want)
		}
		if want == http.StatusForbidden && !strings.Contains(string(body), "blocked_content") {
			t.Errorf("%s: %s", what, body)
		}
	}
	bl := blocking(t, h, files[0].ID)
	status("the file", link, 403)
	status("the other file", other, 200)
	h.Run(t, apitest.Scenario{As: user, Method: "POST", Path: path(files[0]), Status: 403, Want: []string{"blocked_content"}})
	h.Run(t, apitest.Scenario{As: user, Path: "/api/v1/jobs/" + job.ID.String() + "/files", Status: 200, Want: []string{`"blocked":true`, `"blocked":false`}})
	if _, body := apitest.Fetch(t, h, "GET", archive, nil); strings.Contains(string(body), files[0].Path) || !strings.Contains(string(body), files[1].Path) {
		t.Error("the zip is not of the other file alone")
	}
	storetest.Must[models.Block](t)(h.Store.Jobs.Admin().LiftBlock(t.Context(), models.Actor{Kind: models.ActorConsole}, bl.ID))
	status("the file after the block was lifted", link, 200)

	storetest.Exec(t, `update jobs set blocked = true where id = $1`, job.ID)
	status("a file of a blocked job", link, 403)
	status("the zip of a blocked job", archive, 403)
	h.Run(t, apitest.Scenario{As: user, Method: "POST", Path: all, Status: 403, Want: []string{"blocked_content"}})
	h.Run(t, apitest.Scenario{As: user, Path: "/api/v1/jobs/" + job.ID.String(), Status: 200, Want: []string{`"state":"ready"`, `"blocked":true`, "This content is blocked here"}})
}

// A delivery that runs ends within a second of whatever forbids it.
func TestDeliveriesEndWhenTheyAreForbidden(t *testing.T) {
	t.Parallel()
	for what, forbid := range map[string]func(*testing.T, *apitest.Harness, apitest.Caller, models.File){
		"blocked": func(t *testing.T, h *apitest.Harness, _ apitest.Caller, f models.File) { blocking(t, h, f.ID) },
		"revoked": func(t *testing.T, h *apitest.Harness, user apitest.Caller, _ models.File) {
			storetest.OK(t, h.Store.Files.RevokeLinks(t.Context(), user.User.ID))
		},
		"deleted": func(t *testing.T, h *apitest.Harness, user apitest.Caller, f models.File) {
			storetest.OK(t, h.Store.Jobs.RequestDelete(t.Context(), user.User.ID, f.JobID))
		},
		"disabled": func(t *testing.T, _ *apitest.Harness, user apitest.Caller, _ models.File) {
			storetest.Exec(t, `update users set disabled_at = now() where id = $1`, user.User.ID)
		},
	} {
		t.Run(what, func(t *testing.T) {
			t.Parallel()
			clock := &apitest.Clock{}
			h := apitest.New(t, clock.Option)
			user := h.Account(models.RoleUser)
			const size = 32 << 20 // more than the buffers between both ends
			job, files := apitest.ReadyJob(t, h, user.User, map[string][]byte{"a.bin": apitest.Pattern(size)})
			link := apitest.DownloadLink(t, h, user, "/api/v1/files/"+files[0].ID.String()+"/link", "")
			if what == "blocked" {
				link = apitest.DownloadLink(t, h, user, "/api/v1/jobs/"+job.ID.String()+"/archive", "")
			}
			resp := h.Do(apitest.Caller{}, storetest.Must[*http.Request](t)(http.NewRequestWithContext(t.Context(), http.MethodGet, link, nil)))
			defer resp.Body.Close()
			first := storetest.Must[int64](t)(io.CopyN(io.Discard, resp.Body, 1<<20))
			forbid(t, h, user, files[0])
			clock.Forward(time.Second)
			rest, err := io.Copy(io.Discard, resp.Body)
			if err == nil || first+rest >= size {
				t.Errorf("%d of %d bytes came: %v", first+rest, size, err)
			}
		})
	}
}
