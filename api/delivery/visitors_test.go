package delivery_test

import (
	"encoding/json"
	"net/http"
	"strconv"
	"strings"
	"testing"

	"longhaul/api/apitest"
	"longhaul/internal/store/storetest"
	"longhaul/models"
)

// visited is a share of a film, opened by a visitor.
type visited struct {
	h      *apitest.Harness
	secret string
	share  string
	visit  string
}

const sharePassword = "correct horse battery"

// visiting shares a film with a password and opens the share.
func visiting(t *testing.T, h *apitest.Harness, owner apitest.Caller, f models.File, settings map[string]any) visited {
	t.Helper()
	body := map[string]any{"name": "Films", "password": sharePassword, "items": []any{map[string]any{"jobId": f.JobID}}}
	for k, v := range settings {
		body[k] = v
	}
	var share struct{ ID, URL string }
	apitest.Post(t, h, owner, "/api/v1/shares", body, http.StatusCreated, &share)
	v := visited{h: h, secret: share.URL[strings.LastIndex(share.URL, "/")+1:], share: share.ID}
	v.visit = v.open(t)
	return v
}

// open opens the share and returns the visit.
func (v visited) open(t *testing.T) string {
	t.Helper()
	var o struct{ Visit string }
	apitest.Decode(t, v.ask(t, "open", map[string]any{"token": v.secret, "password": sharePassword}, 200), &o)
	return o.Visit
}

// ask calls an operation of visitors.
func (v visited) ask(t *testing.T, what string, in map[string]any, status int, want ...string) []byte {
	t.Helper()
	b, err := json.Marshal(in)
	storetest.OK(t, err)
	return v.h.Run(t, apitest.Scenario{Method: "POST", Path: "/api/v1/shared/" + what, Body: string(b), Status: status, Want: want})
}

func (v visited) film(visit string) map[string]any { return map[string]any{"visit": visit, "index": 0} }

// stream returns what the addresses of the film's stream begin with.
func (v visited) stream(t *testing.T, visit string) string {
	t.Helper()
	var l struct{ URL string }
	apitest.Decode(t, v.ask(t, "stream", v.film(visit), 200), &l)
	base, ok := strings.CutSuffix(l.URL, "index.m3u8")
	if !ok || !strings.HasPrefix(l.URL, v.h.FilesURL+"/hs/") {
		t.Fatalf("the link is %q", l.URL)
	}
	return base
}

// status asks for parts of a stream, which all have the status.
func (v visited) status(t *testing.T, what, base string, want int, without ...string) {
	t.Helper()
	for _, part := range []string{"index.m3u8", "video.m3u8", "video/0.m4s"} {
		resp, body := apitest.Fetch(t, v.h, "GET", base+part, map[string]string{"Origin": v.h.AppURL})
		if resp.StatusCode != want || resp.Header.Get("Access-Control-Allow-Origin") != v.h.AppURL {
			t.Errorf("%s: %s is %d, want %d, with %v", what, part, resp.StatusCode, want, resp.Header)
		}
		for _, word := range without {
			if strings.Contains(string(body), word) {
				t.Errorf("%s: %s tells %q: %s", what, part, word, body)
			}
		}
	}
}

// A visitor learns what is in a film and streams it. What is sent is the owner's
// bandwidth, and the visit counts as one download however many parts it takes.
func TestVisitorsStream(t *testing.T) {
	t.Parallel()
	h, owner, f := streaming(t)
	v := visiting(t, h, owner, f, map[string]any{"viewOnly": true})
	known := v.ask(t, "media", v.film(v.visit), 200, `"state":"read"`, `"codec":"ac3"`, `"possible":true`)
	for _, word := range []string{f.ID.String(), f.JobID.String(), owner.User.Email, owner.User.ID.String()} {
		if strings.Contains(string(known), word) {
			t.Errorf("a visitor is told %q: %s", word, known)
		}
	}
	v.ask(t, "media", map[string]any{"visit": v.visit, "index": 7}, http.StatusNotFound)
	v.ask(t, "media", map[string]any{"visit": "made-up", "index": 0}, http.StatusConflict)
	base := v.stream(t, v.visit)
	want := int64(0)
	for _, part := range []string{"index.m3u8", "video.m3u8", "audio-1.m3u8", "video/init.mp4", "video/1.m4s", "audio-1/init.mp4", "audio-1/2.m4s"} {
		resp, body := apitest.Fetch(t, h, "GET", base+part, nil)
		if resp.StatusCode != 200 || len(body) == 0 {
			t.Fatalf("%s: %d", part, resp.StatusCode)
		}
		want += int64(len(body))
	}
	used(t, h, owner, "streamed "+strconv.FormatInt(want, 10), func(got int64) bool { return got == want })
	downloads := func() int { return storetest.Count(t, `select downloads from shares where id = $1`, v.share) }
	if n := downloads(); n != 1 {
		t.Errorf("one visit counts as %d downloads", n)
	}
	h.Exec(`update shares set max_downloads = 1`)
	v.status(t, "started before the limit", base, 200)
	v.status(t, "a visit beyond the limit", v.stream(t, v.open(t)), http.StatusForbidden, "account")
	token := strings.Split(base, "/")[4]
	for _, path := range []string{"/s/" + token + "/film.mkv", "/h/" + token + "/index.m3u8", "/f/" + token + "/film.mkv"} {
		if resp, _ := apitest.Fetch(t, h, "GET", h.FilesURL+path, nil); resp.StatusCode != http.StatusNotFound {
			t.Errorf("the stream's token opens %s: %d", path[:3], resp.StatusCode)
		}
	}
	if strings.Contains(h.Log.String(), token) {
		t.Error("the log has a token")
	}
	apitest.GivePlan(t, h, owner, models.Plan{BandwidthBytes: new(int64(1))})
	v.status(t, "the owner's bandwidth is used up", base, http.StatusServiceUnavailable, "bandwidth", "month")
	v.ask(t, "stream", v.film(v.visit), http.StatusServiceUnavailable, "This share is busy")
}

// A visitor's stream ends with the next part, for whatever reason the share or the
// film isn't delivered any more, also where its parts are made already.
func TestVisitorsStreamsEnd(t *testing.T) {
	t.Parallel()
	h, owner, f := streaming(t)
	v := visiting(t, h, owner, f, nil)
	base := v.stream(t, v.visit)
	v.status(t, "at first", base, 200)
	for _, end := range []struct{ what, change, back string }{
		{"expired", `update shares set expires_at = now() - interval '1 hour'`, `update shares set expires_at = null`},
		{"another password", `update shares set epoch = epoch + 1`, `update shares set epoch = epoch - 1`},
		{"a disabled owner", `update users set disabled_at = now()`, `update users set disabled_at = null`},
		{"a blocked film", `update files set blocked = true`, `update files set blocked = false`},
		{"a blocked job", `update jobs set blocked = true`, `update jobs set blocked = false`},
		{"a job in the trash", `update jobs set delete_at = now() + interval '1 day'`, `update jobs set delete_at = null`},
		{"a lost film", `update files set state = 'lost'`, `update files set state = 'stored'`},
	} {
		h.Exec(end.change)
		v.status(t, end.what, base, http.StatusNotFound, owner.User.Email, "disabled", "blocked", "trash")
		h.Exec(end.back)
		v.status(t, "after "+end.what, base, 200)
	}
	other := visiting(t, h, owner, f, nil)
	for _, on := range []bool{false, true} {
		storetest.OK(t, h.Store.Flags.SetFlag(t.Context(), models.Actor{Kind: models.ActorConsole}, models.FlagChange{Flag: models.FlagShares, Enabled: &on}))
		v.status(t, "shares switched on: "+strconv.FormatBool(on), base, map[bool]int{false: http.StatusNotFound, true: 200}[on])
	}
	h.Run(t, apitest.Scenario{As: owner, Method: "DELETE", Path: "/api/v1/shares/" + v.share, Status: 204})
	v.status(t, "revoked", base, http.StatusNotFound)
	v.ask(t, "stream", v.film(v.visit), http.StatusConflict)
	other.status(t, "another share of the film", other.stream(t, other.visit), 200)
}

// Subtitles beside a film are those of the share, by the names that it shows. Whoever
// reads them looks at the film.
func TestVisitorsReadSubtitles(t *testing.T) {
	t.Parallel()
	h := apitest.New(t, apitest.Generous)
	owner := h.Account(models.RoleUser)
	const text = "1\n00:00:01,000 --> 00:00:02,000\nHello\n"
	_, files := apitest.ReadyJob(t, h, owner.User, map[string][]byte{
		"a/Film.mkv": apitest.Pattern(1000), "a/Film.en.srt": []byte(text), "b/Secret.de.srt": []byte(text), "a/notes.txt": []byte("x"),
	})
	v := visiting(t, h, owner, files[0], map[string]any{"items": []any{map[string]any{"jobId": files[0].JobID, "folders": []string{"a"}}}})
	index := map[string]int64{}
	for _, f := range files {
		index[f.Path] = int64(f.Index)
	}
	film := map[string]any{"visit": v.visit, "index": index["a/Film.mkv"]}
	en := strconv.FormatInt(index["a/Film.en.srt"], 10)
	list := v.ask(t, "subtitles", film, 200, `"id":"`+en+`"`, `"name":"Film.en.srt"`, `"language":"en"`)
	if strings.Contains(string(list), "Secret") || strings.Count(string(list), `"id"`) != 1 {
		t.Errorf("listed: %s", list)
	}
	read := func(id string, status int, want ...string) {
		t.Helper()
		film["subtitle"] = id
		v.ask(t, "subtitle", film, status, want...)
	}
	for _, odd := range []string{"x", "-1", strconv.FormatInt(index["b/Secret.de.srt"], 10), strconv.FormatInt(index["a/notes.txt"], 10)} {
		read(odd, http.StatusNotFound)
	}
	downloads := func() int { return storetest.Count(t, `select downloads from shares`) }
	if n := downloads(); n != 0 {
		t.Errorf("%d downloads before anything is read", n)
	}
	read(en, 200, "WEBVTT", "Hello")
	read(en, 200, "Hello")
	if n := downloads(); n != 1 {
		t.Errorf("%d downloads", n)
	}
	h.Exec(`update shares set max_downloads = 1`)
	film["visit"] = v.open(t)
	read(en, http.StatusForbidden)
	h.Run(t, apitest.Scenario{As: owner, Method: "DELETE", Path: "/api/v1/shares/" + v.share, Status: 204})
	read(en, http.StatusConflict)
}
