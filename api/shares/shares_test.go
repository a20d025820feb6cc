package shares_test

import (
	"archive/zip"
	"bytes"
	"encoding/json"
	"io"
	"net/http"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"longhaul/api"
	"longhaul/api/apitest"
	"longhaul/api/kit"
	"longhaul/api/shares"
	"longhaul/internal/store/storetest"
	"longhaul/models"
)

const password = "correct horse battery"

// makeShare shares all of a job with the settings.
func makeShare(t *testing.T, h *apitest.Harness, owner apitest.Caller, job models.Job, settings map[string]any) shares.Share {
	t.Helper()
	body := map[string]any{"name": "Holiday <b>2026</b>", "items": []any{map[string]any{"jobId": job.ID}}}
	for k, v := range settings {
		body[k] = v
	}
	var s shares.Share
	apitest.Post(t, h, owner, "/api/v1/shares", body, http.StatusCreated, &s)
	return s
}

// secret is the last part of a share's address.
func secret(s shares.Share) string { return s.URL[strings.LastIndex(s.URL, "/")+1:] }

// call asks an operation for visitors.
func call(t *testing.T, h *apitest.Harness, what string, in map[string]any, status int, out any) []byte {
	t.Helper()
	b, err := json.Marshal(in)
	storetest.OK(t, err)
	body := h.Run(t, apitest.Scenario{Method: "POST", Path: "/api/v1/shared/" + what, Body: string(b), Status: status})
	if out != nil {
		apitest.Decode(t, body, out)
	}
	return body
}

func open(t *testing.T, h *apitest.Harness, s shares.Share) shares.OpenedShare {
	t.Helper()
	var o shares.OpenedShare
	call(t, h, "open", map[string]any{"token": secret(s), "password": password}, 200, &o)
	return o
}

// linkTo returns a visitor's link to the first file of the share.
func linkTo(t *testing.T, h *apitest.Harness, visit, disposition string) string {
	t.Helper()
	var l shares.SharedLink
	call(t, h, "link", map[string]any{"visit": visit, "index": 0, "disposition": disposition}, 200, &l)
	if !strings.HasPrefix(l.URL, h.FilesURL+"/s/") {
		t.Fatalf("link %s is not on the files origin", l.URL)
	}
	return l.URL
}

// Before the password nothing is told, and the same is told of every share that
// doesn't work.
func TestALockedShareTellsNothing(t *testing.T) {
	t.Parallel()
	h := apitest.New(t)
	owner := h.Account(models.RoleUser)
	job, _ := apitest.ReadyJob(t, h, owner.User, map[string][]byte{"hidden-name.mp4": apitest.Pattern(1000)})
	s := makeShare(t, h, owner, job, map[string]any{"password": password})
	if !strings.HasPrefix(s.URL, h.AppURL+"/s/") || len(secret(s)) < 43 || !s.Password {
		t.Fatalf("made %+v", s)
	}
	locked := call(t, h, "open", map[string]any{"token": secret(s)}, 200, nil)
	for _, word := range []string{"Holiday", "hidden", "1000", owner.User.Email, s.ID.String()} {
		if bytes.Contains(locked, []byte(word)) {
			t.Errorf("%q is told before the password: %s", word, locked)
		}
	}
	h.Run(t, apitest.Scenario{Method: "POST", Path: "/api/v1/shared/open", Body: `{"token":"` + secret(s) + `","password":"wrong"}`, Status: 422, Want: []string{`"field":"password"`}, Unwant: []string{"Holiday"}})
	if o := open(t, h, s); o.Locked || o.Name != "Holiday <b>2026</b>" || o.Files != 1 || o.Size != 1000 || o.Visit == "" {
		t.Errorf("opened: %+v", o)
	}
	storetest.Eventually(t, time.Minute, func() string {
		if storetest.Count(t, `select count(*) from security_events where kind = 'share_password' and user_id = $1`, owner.User.ID) != 1 {
			return "the wrong password is no security event"
		}
		return ""
	})
	gone := func() string {
		b := call(t, h, "open", map[string]any{"token": secret(s), "password": password}, 404, nil)
		var p struct{ Title, Detail, Code string }
		apitest.Decode(t, b, &p)
		return p.Title + p.Detail + p.Code
	}
	h.Exec(`update shares set expires_at = now() - interval '1 hour'`)
	expired := gone()
	h.Exec(`update shares set expires_at = null, revoked_at = now()`)
	revoked := gone()
	h.Exec(`update shares set revoked_at = null`)
	h.Disable(owner.User)
	disabled := gone()
	h.Exec(`delete from shares`)
	if unknown := gone(); expired != unknown || revoked != unknown || disabled != unknown {
		t.Errorf("expired %q, revoked %q, disabled %q, unknown %q", expired, revoked, disabled, unknown)
	}
	if log := h.Log.String(); strings.Contains(log, secret(s)) || strings.Contains(log, password) {
		t.Error("the log has a secret of the share")
	}
}

// Passwords are tried a few times for each address, and the right one is then
// refused as well.
func TestPasswordsAreLimited(t *testing.T) {
	t.Parallel()
	h := apitest.New(t, apitest.Stingy)
	owner := h.Account(models.RoleUser)
	job, _ := apitest.ReadyJob(t, h, owner.User, map[string][]byte{"a": apitest.Pattern(10)})
	s, other := makeShare(t, h, owner, job, map[string]any{"password": password}), makeShare(t, h, owner, job, map[string]any{"password": password})
	for range 10 {
		call(t, h, "open", map[string]any{"token": secret(s), "password": "wrong"}, 422, nil)
	}
	call(t, h, "open", map[string]any{"token": secret(s), "password": password}, 429, nil)
	call(t, h, "open", map[string]any{"token": secret(s)}, 200, nil)
	if o := open(t, h, other); o.Locked {
		t.Error("another share is limited as well")
	}
}

// A change of the password ends what was opened with the one before, deliveries
// included, and another name doesn't.
func TestAPasswordsChangeEndsVisits(t *testing.T) {
	t.Parallel()
	h := apitest.New(t)
	owner := h.Account(models.RoleUser)
	job, _ := apitest.ReadyJob(t, h, owner.User, map[string][]byte{"a.mp4": apitest.Pattern(1000)})
	s := makeShare(t, h, owner, job, map[string]any{"password": password})
	visit := open(t, h, s).Visit
	link := linkTo(t, h, visit, "inline")
	change := func(body string) {
		h.Run(t, apitest.Scenario{As: owner, Method: "PUT", Path: "/api/v1/shares/" + s.ID.String(), Body: body, Status: 200})
	}
	change(`{"name":"Another name"}`)
	if resp, _ := apitest.Fetch(t, h, "GET", link, nil); resp.StatusCode != 200 {
		t.Errorf("after another name: %d", resp.StatusCode)
	}
	change(`{"name":"x","password":"another password"}`)
	if resp, _ := apitest.Fetch(t, h, "GET", link, nil); resp.StatusCode != 404 {
		t.Errorf("after another password: %d", resp.StatusCode)
	}
	call(t, h, "files", map[string]any{"visit": visit}, 409, nil)
	call(t, h, "open", map[string]any{"token": secret(s), "password": password}, 422, nil)
	change(`{"name":"x","password":""}`)
	if o := open(t, h, s); o.Locked || o.Name != "x" {
		t.Errorf("without a password: %+v", o)
	}
}

// Visitors get files from the files origin alone; each counts once for each visit,
// the owner's bandwidth pays, and a share for viewing is not saved from.
func TestVisitorsDownloads(t *testing.T) {
	t.Parallel()
	h := apitest.New(t, apitest.Generous)
	owner := h.Account(models.RoleUser)
	hostile := "..\u202egpj.<script>alert(1)</script>.mp4"
	job, _ := apitest.ReadyJob(t, h, owner.User, map[string][]byte{"dir/" + hostile: apitest.Pattern(5000)})
	s := makeShare(t, h, owner, job, nil)
	o := open(t, h, s)
	var list kit.Outline
	call(t, h, "files", map[string]any{"visit": o.Visit}, 200, &list)
	if list.Total != 1 || len(list.Name) != 1 || list.State != "o" || list.Kind != "v" || list.NextCursor != "" {
		t.Errorf("files: %+v", list)
	}
	saves := linkTo(t, h, o.Visit, "attachment")
	head, _ := apitest.Fetch(t, h, "HEAD", saves, nil)
	if head.StatusCode != 200 || counted(t, s) != 0 {
		t.Errorf("head: status %d, %d downloads", head.StatusCode, counted(t, s))
	}
	whole, body := apitest.Fetch(t, h, "GET", saves, nil)
	if whole.StatusCode != 200 || !bytes.Equal(body, apitest.Pattern(5000)) || !strings.HasPrefix(whole.Header.Get("Content-Disposition"), "attachment") {
		t.Errorf("status %d, %d bytes, %v", whole.StatusCode, len(body), whole.Header)
	}
	for _, header := range []string{"Content-Security-Policy", "X-Content-Type-Options", "X-Robots-Tag"} {
		if whole.Header.Get(header) == "" {
			t.Errorf("no %s", header)
		}
	}
	if whole.Header.Get("Set-Cookie") != "" {
		t.Error("the files origin sets a cookie")
	}
	apitest.Fetch(t, h, "GET", saves, map[string]string{"Range": "bytes=10-19"})
	apitest.Fetch(t, h, "GET", linkTo(t, h, o.Visit, "inline"), nil)
	if n := counted(t, s); n != 1 {
		t.Errorf("one visitor's downloads of one file count %d times", n)
	}
	apitest.Fetch(t, h, "GET", linkTo(t, h, open(t, h, s).Visit, "attachment"), nil)
	if n := counted(t, s); n != 2 {
		t.Errorf("two visitors' downloads count %d times", n)
	}
	storetest.Eventually(t, time.Minute, func() string {
		if got := apitest.UsageOf(t, h, owner).Bandwidth.Used; got != 3*5000+10 {
			return "the owner's bandwidth is wrong"
		}
		return ""
	})
	if resp, _ := apitest.Fetch(t, h, "GET", strings.Replace(saves, h.FilesURL+"/s/", h.FilesURL+"/f/", 1), nil); resp.StatusCode != 404 {
		t.Errorf("a visitor's link as an owner's: %d", resp.StatusCode)
	}
	if resp, _ := apitest.Fetch(t, h, "GET", strings.Replace(saves, h.FilesURL, h.AppURL, 1), nil); resp.StatusCode == 200 && resp.Header.Get("Content-Length") == "5000" {
		t.Error("the app's origin delivers a file")
	}
	h.Run(t, apitest.Scenario{As: owner, Method: "PUT", Path: "/api/v1/shares/" + s.ID.String(), Body: `{"name":"x","viewOnly":true}`, Status: 200})
	if resp, _ := apitest.Fetch(t, h, "GET", saves, nil); resp.StatusCode != 404 {
		t.Errorf("a link that saves, of a share for viewing: %d", resp.StatusCode)
	}
	call(t, h, "link", map[string]any{"visit": o.Visit, "index": 0, "disposition": "attachment"}, 403, nil)
	call(t, h, "archive", map[string]any{"visit": o.Visit}, 403, nil)
	if resp, _ := apitest.Fetch(t, h, "GET", linkTo(t, h, o.Visit, "inline"), nil); resp.StatusCode != 200 || !strings.HasPrefix(resp.Header.Get("Content-Disposition"), "inline") {
		t.Errorf("viewing: %d", resp.StatusCode)
	}
}

func counted(t *testing.T, s shares.Share) int {
	t.Helper()
	return storetest.Count(t, `select downloads from shares where id = $1`, s.ID)
}

// The limit of downloads holds for visitors who come at once.
func TestTheLimitHoldsAtOnce(t *testing.T) {
	t.Parallel()
	h := apitest.New(t, apitest.Generous)
	owner := h.Account(models.RoleUser)
	job, _ := apitest.ReadyJob(t, h, owner.User, map[string][]byte{"a.bin": apitest.Pattern(100)})
	s := makeShare(t, h, owner, job, map[string]any{"maxDownloads": 7})
	links := make([]string, 50)
	for i := range links {
		links[i] = linkTo(t, h, open(t, h, s).Visit, "attachment")
	}
	var got, refused atomic.Int64
	var all sync.WaitGroup
	for _, l := range links {
		all.Go(func() {
			switch resp, _ := apitest.Fetch(t, h, "GET", l, nil); resp.StatusCode {
			case 200:
				got.Add(1)
			case 403:
				refused.Add(1)
			}
		})
	}
	all.Wait()
	if got.Load() != 7 || refused.Load() != 43 || counted(t, s) != 7 {
		t.Errorf("%d of 50 visitors got the file, %d were refused, %d are counted", got.Load(), refused.Load(), counted(t, s))
	}
	h.Run(t, apitest.Scenario{As: owner, Path: "/api/v1/shares", Status: 200, Want: []string{`"state":"spent"`}})
	if o := open(t, h, s); !o.Spent {
		t.Errorf("a visitor is not told that the limit is reached: %+v", o)
	}
	resp, page := apitest.Fetch(t, h, "GET", linkTo(t, h, open(t, h, s).Visit, "attachment"), map[string]string{"Accept": "text/html"})
	if resp.StatusCode != 403 || !bytes.Contains(page, []byte("download limit is reached")) {
		t.Errorf("status %d: %s", resp.StatusCode, page)
	}
}

// A process that dies after it counted a download, and before it sent it, costs
// the visitor nothing: the next request is free, though the limit is reached.
func TestACountedDownloadThatWasNotSentIsFree(t *testing.T) {
	t.Parallel()
	const size = 1 << 20
	h := apitest.New(t, apitest.Generous)
	owner := h.Account(models.RoleUser)
	job, _ := apitest.ReadyJob(t, h, owner.User, map[string][]byte{"a.bin": apitest.Pattern(size)})
	s := makeShare(t, h, owner, job, map[string]any{"maxDownloads": 1})
	link := linkTo(t, h, open(t, h, s).Visit, "attachment")
	h.Storage.BreakAfter, h.Storage.Breaks = 100_000, -1
	if _, body := apitest.Fetch(t, h, "GET", link, nil); len(body) == 0 || len(body) >= size || counted(t, s) != 1 {
		t.Fatalf("%d bytes came, %d downloads are counted", len(body), counted(t, s))
	}
	h.Storage.Breaks = 0
	if resp, body := apitest.Fetch(t, h, "GET", link, nil); resp.StatusCode != 200 || len(body) != size || counted(t, s) != 1 {
		t.Errorf("asked again: status %d, %d bytes, %d downloads", resp.StatusCode, len(body), counted(t, s))
	}
}

// A takedown notice may name the link that a visitor of a share got.
func TestNoticesNameVisitorsLinks(t *testing.T) {
	t.Parallel()
	h := apitest.New(t, apitest.Generous)
	owner, admin := h.Account(models.RoleUser), h.Account(models.RoleAdmin)
	job, files := apitest.ReadyJob(t, h, owner.User, map[string][]byte{"a.mp4": apitest.Pattern(10)})
	link := linkTo(t, h, open(t, h, makeShare(t, h, owner, job, nil)).Visit, "inline")
	h.Run(t, apitest.Scenario{
		As: admin, Method: "POST", Path: "/api/v1/admin/notices", Body: `{"channel":"mail","values":["` + link + `"]}`, Status: 200, Want: []string{files[0].ID.String()},
	})
}

// The zip has all that the share shows, and is gone when the share is.
func TestSharesAsZip(t *testing.T) {
	t.Parallel()
	h := apitest.New(t, apitest.Generous)
	owner := h.Account(models.RoleUser)
	job, _ := apitest.ReadyJob(t, h, owner.User, map[string][]byte{"a/1.txt": []byte("one"), "a/2.txt": []byte("two"), "b/3.txt": []byte("three")})
	s := makeShare(t, h, owner, job, map[string]any{"items": []any{map[string]any{"jobId": job.ID, "folders": []string{"a"}}}})
	o := open(t, h, s)
	if !o.Zip || o.Files != 2 {
		t.Fatalf("opened: %+v", o)
	}
	var l shares.SharedLink
	call(t, h, "archive", map[string]any{"visit": o.Visit}, 200, &l)
	_, packed := apitest.Fetch(t, h, "GET", l.URL, nil)
	z, err := zip.NewReader(bytes.NewReader(packed), int64(len(packed)))
	storetest.OK(t, err)
	names := []string{}
	for _, f := range z.File {
		names = append(names, f.Name)
	}
	slices.Sort(names)
	if !slices.Equal(names, []string{"1.txt", "2.txt"}) || counted(t, s) != 1 {
		t.Errorf("%v in the zip, %d downloads", names, counted(t, s))
	}
	h.Exec(`update files set blocked = true where path = 'a/1.txt'`)
	if _, packed := apitest.Fetch(t, h, "GET", l.URL, nil); bytes.Contains(packed, []byte("1.txt")) {
		t.Error("a blocked file is in the zip")
	}
	h.Run(t, apitest.Scenario{As: owner, Method: "DELETE", Path: "/api/v1/shares/" + s.ID.String(), Status: 204})
	if resp, _ := apitest.Fetch(t, h, "GET", l.URL, nil); resp.StatusCode != 404 {
		t.Errorf("the zip of a revoked share: %d", resp.StatusCode)
	}
}

// What ends a share ends its deliveries within a second.
func TestDeliveriesEndWithTheirShare(t *testing.T) {
	t.Parallel()
	for what, forbid := range map[string]func(*testing.T, *apitest.Harness, apitest.Caller, shares.Share, models.File){
		"revoked": func(t *testing.T, h *apitest.Harness, owner apitest.Caller, s shares.Share, _ models.File) {
			storetest.OK(t, h.Store.Shares.RevokeShare(t.Context(), owner.User.ID, s.ID))
		},
		"expired": func(t *testing.T, _ *apitest.Harness, _ apitest.Caller, _ shares.Share, _ models.File) {
			storetest.Exec(t, `update shares set expires_at = now()`)
		},
		"another password": func(t *testing.T, h *apitest.Harness, owner apitest.Caller, s shares.Share, _ models.File) {
			hash := ""
			storetest.OK(t, h.Store.Shares.ChangeShare(t.Context(), owner.User.ID, s.ID, models.ShareSettings{Name: "x", PasswordHash: &hash}))
		},
		"disabled": func(t *testing.T, h *apitest.Harness, owner apitest.Caller, _ shares.Share, _ models.File) {
			h.Disable(owner.User)
		},
		"blocked": func(t *testing.T, _ *apitest.Harness, _ apitest.Caller, _ shares.Share, f models.File) {
			storetest.Exec(t, `update files set blocked = true where id = $1`, f.ID)
		},
		"switched off": func(t *testing.T, h *apitest.Harness, _ apitest.Caller, _ shares.Share, _ models.File) {
			off := false
			storetest.OK(t, h.Store.Flags.SetFlag(t.Context(), models.Actor{Kind: models.ActorConsole}, models.FlagChange{Flag: models.FlagShares, Enabled: &off}))
		},
	} {
		t.Run(what, func(t *testing.T) {
			t.Parallel()
			clock := &apitest.Clock{}
			h := apitest.New(t, clock.Option)
			owner := h.Account(models.RoleUser)
			const size = 32 << 20 // more than the buffers between both ends
			job, files := apitest.ReadyJob(t, h, owner.User, map[string][]byte{"a.mp4": apitest.Pattern(size)})
			s := makeShare(t, h, owner, job, nil)
			link := linkTo(t, h, open(t, h, s).Visit, "inline")
			resp := h.Do(apitest.Caller{}, storetest.Must[*http.Request](t)(http.NewRequestWithContext(t.Context(), http.MethodGet, link, nil)))
			defer resp.Body.Close()
			first := storetest.Must[int64](t)(io.CopyN(io.Discard, resp.Body, 1<<20))
			forbid(t, h, owner, s, files[0])
			clock.Forward(time.Second)
			rest, err := io.Copy(io.Discard, resp.Body)
			if err == nil || first+rest >= size {
				t.Errorf("%d of %d bytes came: %v", first+rest, size, err)
			}
			if again, _ := apitest.Fetch(t, h, "GET", link, nil); again.StatusCode != 404 {
				t.Errorf("asked again: %d", again.StatusCode)
			}
		})
	}
}

// While the owner's bandwidth is used up, visitors are told that the share is
// busy, and nothing of the account.
func TestBusyShares(t *testing.T) {
	t.Parallel()
	h := apitest.New(t, apitest.Generous)
	owner := h.Account(models.RoleUser)
	job, _ := apitest.ReadyJob(t, h, owner.User, map[string][]byte{"a.mp4": apitest.Pattern(1000)})
	s := makeShare(t, h, owner, job, nil)
	visit := open(t, h, s).Visit
	link := linkTo(t, h, visit, "attachment")
	storetest.Plan(t, h.Store, owner.User.ID, models.Plan{BandwidthBytes: new(int64)})
	resp, page := apitest.Fetch(t, h, "GET", link, map[string]string{"Accept": "text/html"})
	if resp.StatusCode != 503 || !bytes.Contains(page, []byte("This share is busy")) || bytes.Contains(page, []byte("andwidth")) {
		t.Errorf("status %d: %s", resp.StatusCode, page)
	}
	resp, body := apitest.Fetch(t, h, "GET", link, nil)
	if resp.StatusCode != 503 || bytes.Contains(body, []byte("andwidth")) || counted(t, s) != 0 {
		t.Errorf("status %d, %d downloads: %s", resp.StatusCode, counted(t, s), body)
	}
	h.Run(t, apitest.Scenario{Method: "POST", Path: "/api/v1/shared/link", Body: `{"visit":"` + visit + `","index":0}`, Status: 503, Unwant: []string{"andwidth"}})
}

// Owners share what is theirs, within the bounds of the deployment.
func TestSharesAreBounded(t *testing.T) {
	t.Parallel()
	h := apitest.New(t, apitest.Generous, func(c *api.Config, _ *api.Deps) { c.MaxShareDays = 7 })
	owner, other := h.Account(models.RoleUser), h.Account(models.RoleUser)
	job, _ := apitest.ReadyJob(t, h, owner.User, map[string][]byte{"a/b.txt": []byte("x")})
	in := func(d time.Duration) string { return time.Now().Add(d).UTC().Format(time.RFC3339) }
	item := `"items":[{"jobId":"` + job.ID.String() + `"}]`
	for _, c := range []struct {
		as   apitest.Caller
		body string
		want int
	}{
		{owner, `{"name":"x","expiresAt":"` + in(7*24*time.Hour) + `",` + item + `}`, 201},
		{owner, `{"name":"x","expiresAt":"` + in(8*24*time.Hour) + `",` + item + `}`, 422},
		{owner, `{"name":"x",` + item + `}`, 422},
		{owner, `{"name":"x","expiresAt":"` + in(-time.Hour) + `",` + item + `}`, 422},
		{owner, `{"name":" \u202e\n ","expiresAt":"` + in(time.Hour) + `",` + item + `}`, 422},
		{owner, `{"name":"x","password":"short","expiresAt":"` + in(time.Hour) + `",` + item + `}`, 422},
		{owner, `{"name":"x","maxDownloads":0,"expiresAt":"` + in(time.Hour) + `",` + item + `}`, 422},
		{owner, `{"name":"x","expiresAt":"` + in(time.Hour) + `","items":[{"jobId":"` + job.ID.String() + `","folders":["b"]}]}`, 404},
		{owner, `{"name":"x","expiresAt":"` + in(time.Hour) + `","items":[{"jobId":"` + job.ID.String() + `"},{"jobId":"` + job.ID.String() + `"}]}`, 422},
		{other, `{"name":"x","expiresAt":"` + in(time.Hour) + `",` + item + `}`, 404},
	} {
		h.Run(t, apitest.Scenario{As: c.as, Method: "POST", Path: "/api/v1/shares", Body: c.body, Status: c.want})
	}
	h.Run(t, apitest.Scenario{As: other, Path: "/api/v1/shares", Status: 200, Want: []string{`"shares":[]`}})
}
