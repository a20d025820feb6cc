package media_test

import (
	"bytes"
	"fmt"
	"mime/multipart"
	"net/http"
	"strings"
	"testing"

	"longhaul/api/apitest"
	"longhaul/internal/store/storetest"
	"longhaul/models"
)

const cueText = "1\n00:00:01,000 --> 00:00:02,000\nHello\n"

func filePath(f models.File, rest string) string { return "/api/v1/files/" + f.ID.String() + rest }

// byPath returns the file of a job with the path.
func byPath(t testing.TB, files []models.File, path string) models.File {
	t.Helper()
	for _, f := range files {
		if f.Path == path {
			return f
		}
	}
	t.Fatalf("no file %s", path)
	return models.File{}
}

// films returns a season of two with subtitles beside it.
func films(t testing.TB, h *apitest.Harness, owner models.User) []models.File {
	t.Helper()
	_, files := apitest.ReadyJob(t, h, owner, map[string][]byte{
		"Show.S01E01.mkv": apitest.Pattern(1000), "Show.S01E02.mkv": apitest.Pattern(1000),
		"Show.S01E01.en.srt": []byte(cueText), "Show.S01E01.ru.forced.srt": []byte("1\n00:00:01,000 --> 00:00:02,000\n\xcf\xf0\xe8\xe2\xe5\xf2, \xea\xe0\xea \xe4\xe5\xeb\xe0\n"),
		"Subs/Show.S01E02/2_German.srt": []byte(cueText), "Show.S01E02.hu.srt": []byte("no subtitles"), "notes.txt": []byte("x"),
	})
	return files
}

func get(t *testing.T, h *apitest.Harness, who apitest.Caller, path string) (*http.Response, string) {
	t.Helper()
	req := storetest.Must[*http.Request](t)(http.NewRequestWithContext(t.Context(), http.MethodGet, h.AppURL+path, http.NoBody))
	resp := h.Do(who, req)
	defer func() { _ = resp.Body.Close() }()
	var b bytes.Buffer
	storetest.Must[int64](t)(b.ReadFrom(resp.Body))
	return resp, b.String()
}

// form is a form with subtitles.
func form(t testing.TB, name string, data []byte, language string) (contentType, body string) {
	t.Helper()
	var b bytes.Buffer
	w := multipart.NewWriter(&b)
	if name != "" {
		part, err := w.CreateFormFile("file", name)
		storetest.OK(t, err)
		_, err = part.Write(data)
		storetest.OK(t, err)
	}
	if language != "" {
		storetest.OK(t, w.WriteField("language", language))
	}
	storetest.OK(t, w.Close())
	return w.FormDataContentType(), b.String()
}

func upload(t *testing.T, h *apitest.Harness, who apitest.Caller, f models.File, name string, data []byte, language string, status int, want ...string) []byte {
	t.Helper()
	contentType, body := form(t, name, data, language)
	return h.Run(t, apitest.Scenario{
		As: who, Method: http.MethodPost, Path: filePath(f, "/subtitles"), Body: body, Header: map[string]string{"Content-Type": contentType}, Status: status, Want: want,
	})
}

// A film's subtitles are the files beside it, as WebVTT whatever they are.
func TestSubtitlesBesideAFilm(t *testing.T) {
	t.Parallel()
	h := apitest.New(t)
	user, other := h.Account(models.RoleUser), h.Account(models.RoleUser)
	files := films(t, h, user.User)
	first, second := byPath(t, files, "Show.S01E01.mkv"), byPath(t, files, "Show.S01E02.mkv")
	english, russian := byPath(t, files, "Show.S01E01.en.srt"), byPath(t, files, "Show.S01E01.ru.forced.srt")
	h.Run(t, apitest.Scenario{
		As: user, Path: filePath(first, "/subtitles"), Status: 200,
		Want:   []string{fmt.Sprintf(`"id":"beside:%d","origin":"beside","name":"Show.S01E01.en.srt","language":"en","title":"","forced":false`, english.Index), `"language":"ru","title":"","forced":true`},
		Unwant: []string{"German", "hu.srt", "notes"},
	})
	h.Run(t, apitest.Scenario{As: user, Path: filePath(second, "/subtitles"), Status: 200, Want: []string{"2_German.srt", `"language":"de"`, `"language":"hu"`}, Unwant: []string{"S01E01"}})
	one := fmt.Sprintf("/subtitles/beside:%d", english.Index)
	resp, body := get(t, h, user, filePath(first, one))
	if want := "WEBVTT\n\n00:00:01.000 --> 00:00:02.000\nHello\n"; resp.StatusCode != 200 || body != want {
		t.Errorf("status %d: %q", resp.StatusCode, body)
	}
	for k, want := range map[string]string{
		"Content-Type": "text/vtt; charset=utf-8", "X-Content-Type-Options": "nosniff", "Cache-Control": "private, no-cache",
		"Content-Security-Policy": "sandbox; default-src 'none'; frame-ancestors 'none'",
	} {
		if got := resp.Header.Get(k); got != want {
			t.Errorf("%s is %q", k, got)
		}
	}
	if _, body := get(t, h, user, filePath(first, one+"?offset=-500")); !strings.Contains(body, "00:00:00.500 --> 00:00:01.500") {
		t.Errorf("moved: %q", body)
	}
	if _, body := get(t, h, user, filePath(first, fmt.Sprintf("/subtitles/beside:%d", russian.Index))); !strings.Contains(body, "Привет, как дела") {
		t.Errorf("in windows-1251: %q", body)
	}
	if resp, body := get(t, h, user, filePath(first, strings.Replace(one, ":", "%3A", 1))); resp.StatusCode != 200 {
		t.Errorf("with an escaped colon: status %d: %s", resp.StatusCode, body)
	}
	hungarian := byPath(t, files, "Show.S01E02.hu.srt")
	for path, status := range map[string]int{
		filePath(first, one+"?offset=600001"): 422, filePath(first, "/subtitles/beside:9999"): 404, filePath(first, "/subtitles/x"): 404,
		filePath(second, one): 404, filePath(second, fmt.Sprintf("/subtitles/beside:%d", hungarian.Index)): 422,
	} {
		if resp, body := get(t, h, user, path); resp.StatusCode != status {
			t.Errorf("%s: status %d: %s", path, resp.StatusCode, body)
		}
	}
	h.Run(t, apitest.Scenario{As: user, Method: http.MethodDelete, Path: filePath(first, one), Status: 409, Want: []string{"a file of the job"}})
	for _, path := range []string{"/subtitles", one, "/playback"} {
		h.Run(t, apitest.Scenario{As: other, Path: filePath(first, path), Status: 404})
		h.Run(t, apitest.Scenario{Path: filePath(first, path), Status: 401})
	}
	h.Storage.Remove(english.Key())
	h.Run(t, apitest.Scenario{As: user, Path: filePath(first, one), Status: 404, Want: []string{"file_lost"}})
	h.Exec(`update files set blocked = true where id = $1`, russian.ID)
	h.Run(t, apitest.Scenario{As: user, Path: filePath(first, "/subtitles"), Status: 200, Unwant: []string{"ru.forced"}})
	h.Exec(`update files set blocked = true where id = $1`, first.ID)
	h.Run(t, apitest.Scenario{As: user, Path: filePath(first, "/subtitles"), Status: 403, Want: []string{"blocked_content"}})
}

// Uploaded subtitles are shown with those beside the film, to their owner alone.
func TestUploadedSubtitles(t *testing.T) {
	t.Parallel()
	h := apitest.New(t, apitest.Generous)
	user, other := h.Account(models.RoleUser), h.Account(models.RoleUser)
	film := byPath(t, films(t, h, user.User), "Show.S01E02.mkv")
	var item struct{ ID string }
	apitest.Decode(t, upload(t, h, user, film, `C:\films\Show.S01E02.pt-BR.sdh.srt`, []byte(cueText), "", 201,
		`"origin":"uploaded"`, `"name":"Show.S01E02.pt-BR.sdh.srt"`, `"language":"pt-BR"`, `"hearingImpaired":true`), &item)
	upload(t, h, user, film, "found.srt", []byte("1\n00:00:01,000 --> 00:00:02,000\nP\xf8\xedli\x9a \x9elu\x9dou\xe8k\xfd\n"), "Czech", 201, `"language":"cs"`)
	path := filePath(film, "/subtitles/"+item.ID)
	if _, body := get(t, h, user, path+"?offset=1000"); body != "WEBVTT\n\n00:00:02.000 --> 00:00:03.000\nHello\n" {
		t.Errorf("uploaded: %q", body)
	}
	list := h.Run(t, apitest.Scenario{As: user, Path: filePath(film, "/subtitles"), Status: 200, Want: []string{item.ID, "found.srt", "2_German.srt"}})
	var all struct{ Items []struct{ ID, Name string } }
	apitest.Decode(t, list, &all)
	for _, s := range all.Items {
		if s.Name == "found.srt" {
			if _, body := get(t, h, user, filePath(film, "/subtitles/"+s.ID)); !strings.Contains(body, "Příliš žluťoučký") {
				t.Errorf("in windows-1250: %q", body)
			}
		}
	}
	upload(t, h, user, film, "film.srt", []byte("<html><script>alert(1)</script>"), "", 422, "No subtitles can be read")
	upload(t, h, user, film, "film.srt", []byte(cueText), "nonsense", 422, "no language")
	upload(t, h, user, film, "", nil, "en", 422, "no file")
	upload(t, h, user, film, "film.srt", bytes.Repeat([]byte("x"), 5<<20+1), "", 413, "5 MiB")
	upload(t, h, other, film, "film.srt", []byte(cueText), "", 404)
	h.Run(t, apitest.Scenario{As: user, Method: http.MethodPost, Path: filePath(film, "/subtitles"), Body: `{}`, Status: 415})
	h.Run(t, apitest.Scenario{As: other, Path: path, Status: 404})
	h.Run(t, apitest.Scenario{As: other, Method: http.MethodDelete, Path: path, Status: 404})
	reader := h.Token(user.User, models.ScopeFilesRead)
	h.Run(t, apitest.Scenario{As: reader, Path: path, Status: 200, Want: []string{"WEBVTT"}})
	h.Run(t, apitest.Scenario{As: reader, Method: http.MethodDelete, Path: path, Status: 403, Want: []string{"scope_missing"}})
	h.Run(t, apitest.Scenario{As: user, Method: http.MethodDelete, Path: path, Status: 204})
	h.Run(t, apitest.Scenario{As: user, Method: http.MethodDelete, Path: path, Status: 404})
	for range models.MaxSubtitles - 1 {
		upload(t, h, user, film, "film.srt", []byte(cueText), "", 201)
	}
	upload(t, h, user, film, "film.srt", []byte(cueText), "", 409, "20 uploaded subtitles")
}

// Where someone stops on one device is there on another, and nothing is told to
// event streams.
func TestPositionsOnEveryDevice(t *testing.T) {
	t.Parallel()
	h := apitest.New(t)
	phone, other := h.Account(models.RoleUser), h.Account(models.RoleUser)
	tv := apitest.Caller{User: phone.User, Cookie: h.SignIn(phone.User)}
	files := films(t, h, phone.User)
	first, second := byPath(t, files, "Show.S01E01.mkv"), byPath(t, files, "Show.S01E02.mkv")
	events := storetest.Count(t, "select count(*) from job_events")
	save := func(who apitest.Caller, f models.File, body string, status int, want ...string) {
		h.Run(t, apitest.Scenario{As: who, Method: http.MethodPut, Path: filePath(f, "/playback"), Body: body, Status: status, Want: want})
	}
	h.Run(t, apitest.Scenario{As: tv, Path: filePath(first, "/playback"), Status: 200, Want: []string{`"position":0,"duration":0,"watched":false,"updatedAt":null`}})
	save(phone, first, `{"position":123.4,"duration":5400}`, 200, `"position":123.4`)
	h.Run(t, apitest.Scenario{As: tv, Path: filePath(first, "/playback"), Status: 200, Want: []string{`"position":123.4,"duration":5400,"watched":false`}})
	save(tv, first, `{"position":5300,"duration":5400}`, 200, `"watched":true`)
	save(tv, second, `{"position":0,"duration":0,"watched":true}`, 200, `"watched":true`)
	h.Run(t, apitest.Scenario{As: phone, Path: "/api/v1/jobs/" + first.JobID.String() + "/playback", Status: 200, Want: []string{
		fmt.Sprintf(`{"fileId":%q,"index":%d,"position":5300,"duration":5400,"watched":true}`, first.ID, first.Index), second.ID.String(),
	}})
	save(phone, first, `{"position":0,"duration":5400,"watched":false}`, 200, `"updatedAt":null`)
	for _, body := range []string{`{"position":-1,"duration":1}`, `{"position":1e8,"duration":1}`, `{"position":1}`, `{"position":"x","duration":1}`} {
		save(phone, first, body, 422)
	}
	save(other, first, `{"position":1,"duration":9}`, 404)
	h.Run(t, apitest.Scenario{As: other, Path: "/api/v1/jobs/" + first.JobID.String() + "/playback", Status: 404})
	if n := storetest.Count(t, "select count(*) from job_events"); n != events {
		t.Errorf("%d events tell of positions", n-events)
	}
}

// A player that reports without pause is slowed down.
func TestPositionsAreLimited(t *testing.T) {
	t.Parallel()
	h := apitest.New(t, apitest.Stingy)
	user := h.Account(models.RoleUser)
	film := byPath(t, films(t, h, user.User), "Show.S01E01.mkv")
	limited := 0
	for i := range 200 {
		req := storetest.Must[*http.Request](t)(http.NewRequestWithContext(t.Context(), http.MethodPut, h.AppURL+filePath(film, "/playback"), strings.NewReader(fmt.Sprintf(`{"position":%d,"duration":900}`, i))))
		req.Header.Set("Content-Type", "application/json")
		resp := h.Do(user, req)
		_ = resp.Body.Close()
		if resp.StatusCode == http.StatusTooManyRequests {
			limited++
		}
	}
	if limited == 0 || limited == 200 {
		t.Errorf("%d of 200 reports were refused", limited)
	}
}
