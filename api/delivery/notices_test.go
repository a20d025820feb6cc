package delivery_test

import (
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/gin-gonic/gin"
	"github.com/google/uuid"

	"longhaul/api/apitest"
	"longhaul/api/delivery"
	"longhaul/models"
)

// A takedown notice can name every link that leads to content here: each kind of
// link to the files origin, and the page of a share. Accepting it blocks what the
// link delivers and nothing else. A kind that no one thought of here fails.
func TestNoticesReadEveryKindOfLink(t *testing.T) {
	t.Parallel()
	gin.SetMode(gin.TestMode)
	engine := gin.New()
	origin := &url.URL{Scheme: "https", Host: "files.example"}
	delivery.New(delivery.Deps{AppURL: origin, URL: origin}).Serve(engine)
	kinds := map[string]bool{"/s/:token of the app": true}
	for _, r := range engine.Routes() {
		kinds[r.Path] = true
	}
	all, first := []int{0, 1}, []int{0}
	cases := map[string]struct {
		link    func(*linked) string
		blocked []int // files of the job; the last one is in no share and no selection
	}{
		delivery.PathFile: {func(l *linked) string {
			return apitest.DownloadLink(t, l.h, l.owner, "/api/v1/files/"+l.files[0].ID.String()+"/link", `{}`)
		}, first},
		delivery.PathStream: {func(l *linked) string {
			l.h.Exec(`insert into media (file_id, state, info, asked_at) values ($1, 'read', '{"duration": 10, "audio": [{"codec": "opus"}]}', now())`, l.files[0].ID)
			return apitest.DownloadLink(t, l.h, l.owner, "/api/v1/files/"+l.files[0].ID.String()+"/stream", ``)
		}, first},
		delivery.PathArchive: {func(l *linked) string {
			return apitest.DownloadLink(t, l.h, l.owner, "/api/v1/jobs/"+l.job.ID.String()+"/archive", ``)
		}, []int{0, 1, 2}},
		delivery.PathSelection: {func(l *linked) string {
			link := apitest.DownloadLink(t, l.h, l.owner, "/api/v1/library/zip", fmt.Sprintf(`{"files":[%q,%q]}`, l.files[0].ID, l.files[1].ID))
			l.h.Run(t, apitest.Scenario{As: l.owner, Method: http.MethodDelete, Path: "/api/v1/links", Status: 204}) // its owner hides it
			return link
		}, all},
		delivery.PathShared: {func(l *linked) string {
			return l.visited(t, "/api/v1/shared/link", map[string]any{"index": l.refs[l.files[0].Path]})
		}, first},
		delivery.PathSharedStream: {func(l *linked) string {
			l.h.Exec(`insert into media (file_id, state, info, asked_at) values ($1, 'read', '{"duration": 10, "audio": [{"codec": "opus"}]}', now())`, l.files[0].ID)
			return l.visited(t, "/api/v1/shared/stream", map[string]any{"index": l.refs[l.files[0].Path]})
		}, first},
		delivery.PathSharedArchive: {func(l *linked) string { return l.visited(t, "/api/v1/shared/archive", nil) }, all},
		delivery.PathThumbnail:     {func(l *linked) string { return fmt.Sprintf("%s%d", l.thumbnails, l.refs[l.files[0].Path]) }, first},
		"/s/:token of the app":     {func(l *linked) string { return l.page }, all},
	}
	for kind := range kinds {
		c, ok := cases[kind]
		if !ok {
			t.Errorf("a takedown notice can't name links of the kind %s: add it to linkKinds and here", kind)
			continue
		}
		t.Run(strings.ReplaceAll(kind, "/", "_"), func(t *testing.T) {
			t.Parallel()
			l := share(t)
			link := c.link(l)
			var sent struct{ Reference string }
			apitest.Post(t, l.h, apitest.Caller{}, "/api/v1/takedown", map[string]any{
				"key": "k", "name": "Ada Holder", "email": "ada@holder.example", "address": "1 Main Street", "goodFaith": true, "accuracy": true, "signature": "Ada Holder",
				"claims": []map[string]any{{"work": "A photo", "locations": []string{link}}},
			}, 201, &sent)
			id := apitest.Value[uuid.UUID](l.h, "select id from notices where reference = $1", sent.Reference)
			l.h.Run(t, apitest.Scenario{As: l.h.Account(models.RoleAdmin), Method: http.MethodPost, Path: fmt.Sprintf("/api/v1/admin/notices/%s/decide", id), Body: `{"act":"accept"}`, Status: 200})
			var got []int
			for i, f := range l.files {
				if apitest.Value[bool](l.h, "select blocked from files where id = $1", f.ID) {
					got = append(got, i)
				}
			}
			if fmt.Sprint(got) != fmt.Sprint(c.blocked) {
				t.Errorf("the files %v are blocked, not %v", got, c.blocked)
			}
			if resp, _ := apitest.Fetch(t, l.h, http.MethodGet, link, nil); kind != "/s/:token of the app" && resp.StatusCode < 400 {
				t.Errorf("the link still answers %d", resp.StatusCode)
			}
		})
	}
}

// linked is a job of three photos, of which a share shows the first two.
type linked struct {
	h                       *apitest.Harness
	owner                   apitest.Caller
	job                     models.Job
	files                   []models.File
	page, visit, thumbnails string
	refs                    map[string]int64 // the numbers of the shared files, by path
}

func share(t *testing.T) *linked {
	t.Helper()
	l := &linked{h: apitest.New(t, apitest.Generous), refs: map[string]int64{}}
	l.owner = l.h.Account(models.RoleUser)
	l.job, l.files = apitest.ReadyJob(t, l.h, l.owner.User, map[string][]byte{"a.jpg": photo(t, 8, 8), "b.jpg": photo(t, 9, 9), "c.jpg": photo(t, 10, 10)})
	var made struct{ URL string }
	apitest.Post(t, l.h, l.owner, "/api/v1/shares", map[string]any{"name": "Photos", "items": []any{map[string]any{
		"jobId": l.job.ID, "indexes": []int{l.files[0].Index, l.files[1].Index},
	}}}, 201, &made)
	l.page = made.URL
	var opened struct{ Visit, Thumbnails string }
	apitest.Post(t, l.h, apitest.Caller{}, "/api/v1/shared/open", map[string]any{"token": made.URL[strings.LastIndexByte(made.URL, '/')+1:]}, 200, &opened)
	l.visit, l.thumbnails = opened.Visit, opened.Thumbnails
	for _, f := range l.files[:2] {
		at := apitest.Value[int](l.h, "select position from share_items where file_id = $1", f.ID)
		l.refs[f.Path] = models.SharedFile{File: f, Position: at}.Ref()
	}
	return l
}

// visited returns what a visitor is given.
func (l *linked) visited(t *testing.T, path string, in map[string]any) string {
	t.Helper()
	body := map[string]any{"visit": l.visit}
	for name, value := range in {
		body[name] = value
	}
	var link struct{ URL string }
	apitest.Post(t, l.h, apitest.Caller{}, path, body, 200, &link)
	return link.URL
}
