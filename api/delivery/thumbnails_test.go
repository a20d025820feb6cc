package delivery_test

import (
	"bytes"
	"image"
	"image/color"
	"image/jpeg"
	"net/http"
	"sync"
	"testing"

	"longhaul/api/apitest"
	"longhaul/internal/store/storetest"
	"longhaul/models"
)

// photo returns a picture as a camera makes it.
func photo(t testing.TB, w, h int) []byte {
	t.Helper()
	img := image.NewGray(image.Rect(0, 0, w, h))
	for i := range img.Pix {
		img.Pix[i] = uint8(i / w)
	}
	img.SetGray(0, 0, color.Gray{Y: 255})
	var b bytes.Buffer
	storetest.OK(t, jpeg.Encode(&b, img, nil))
	return b.Bytes()
}

func thumbnailPath(f models.File) string { return "/api/v1/files/" + f.ID.String() + "/thumbnail" }

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

// ask requests a thumbnail and returns the answer.
func ask(t *testing.T, h *apitest.Harness, who apitest.Caller, f models.File, header map[string]string) (*http.Response, []byte) {
	t.Helper()
	req := storetest.Must[*http.Request](t)(http.NewRequestWithContext(t.Context(), http.MethodGet, h.AppURL+thumbnailPath(f), http.NoBody))
	for k, v := range header {
		req.Header.Set(k, v)
	}
	resp := h.Do(who, req)
	defer func() { _ = resp.Body.Close() }()
	var b bytes.Buffer
	storetest.Must[int64](t)(b.ReadFrom(resp.Body))
	return resp, b.Bytes()
}

// An owner's photo has a thumbnail, which is made once; nobody else gets it, and
// no longer anybody once the photo is blocked or in the trash.
func TestThumbnails(t *testing.T) {
	t.Parallel()
	h := apitest.New(t)
	user, other := h.Account(models.RoleUser), h.Account(models.RoleUser)
	_, files := apitest.ReadyJob(t, h, user.User, map[string][]byte{"harbour.jpg": photo(t, 1200, 900), "film.mp4": apitest.Pattern(1000), "blocked.jpg": photo(t, 30, 40)})
	f := byPath(t, files, "harbour.jpg")
	resp, body := ask(t, h, user, f, nil)
	img, format, err := image.Decode(bytes.NewReader(body))
	if resp.StatusCode != 200 || err != nil || format != "jpeg" || img.Bounds() != image.Rect(0, 0, 400, 300) {
		t.Fatalf("status %d, %s %v: %v", resp.StatusCode, format, err, string(body[:min(200, len(body))]))
	}
	for k, want := range map[string]string{
		"Content-Type": "image/jpeg", "Cache-Control": "private, max-age=604800, immutable", "X-Content-Type-Options": "nosniff",
		"Content-Security-Policy": "sandbox; default-src 'none'; frame-ancestors 'none'", "Cross-Origin-Resource-Policy": "same-origin",
	} {
		if got := resp.Header.Get(k); got != want {
			t.Errorf("%s is %q, want %q", k, got, want)
		}
	}
	if again, _ := ask(t, h, user, f, map[string]string{"If-None-Match": resp.Header.Get("ETag")}); again.StatusCode != http.StatusNotModified {
		t.Errorf("asked again with its ETag: status %d", again.StatusCode)
	}
	h.Storage.Remove(f.Key())
	if resp, again := ask(t, h, user, f, nil); resp.StatusCode != 200 || !bytes.Equal(again, body) {
		t.Error("the thumbnail is made again")
	}
	h.Run(t, apitest.Scenario{As: other, Path: thumbnailPath(f), Status: 404})
	h.Run(t, apitest.Scenario{Path: thumbnailPath(f), Status: 401})
	h.Run(t, apitest.Scenario{As: user, Path: thumbnailPath(byPath(t, files, "film.mp4")), Status: 404, Want: []string{"no thumbnail"}})
	if used := apitest.UsageOf(t, h, user); used.Bandwidth.Used != 0 {
		t.Errorf("thumbnails cost %d bytes of bandwidth", used.Bandwidth.Used)
	}
	blocking(t, h, f.ID)
	h.Run(t, apitest.Scenario{As: user, Path: thumbnailPath(f), Status: 403, Want: []string{"blocked_content"}})
	h.Exec(`update files set state = 'trashed', trashed_at = now(), trash_until = now() + interval '1 day' where path = 'blocked.jpg'`)
	h.Run(t, apitest.Scenario{As: user, Path: thumbnailPath(byPath(t, files, "blocked.jpg")), Status: 404})
}

// A file that is no photo, whatever its name says, is looked at once. One that
// takes the process down is tried three times a day.
func TestFilesWithoutThumbnailAreNotTriedForEver(t *testing.T) {
	t.Parallel()
	h := apitest.New(t)
	user := h.Account(models.RoleUser)
	_, files := apitest.ReadyJob(t, h, user.User, map[string][]byte{"text.jpg": []byte("this is text"), "half.jpg": photo(t, 900, 900)[:2000], "deadly.jpg": photo(t, 90, 90)})
	for _, path := range []string{"text.jpg", "half.jpg"} {
		f := byPath(t, files, path)
		h.Run(t, apitest.Scenario{As: user, Path: thumbnailPath(f), Status: 404})
		reads := len(h.Storage.Reads())
		h.Run(t, apitest.Scenario{As: user, Path: thumbnailPath(f), Status: 404})
		if n := len(h.Storage.Reads()) - reads; n != 0 {
			t.Errorf("%s is read again", path)
		}
	}
	f := byPath(t, files, "deadly.jpg")
	h.Exec(`insert into thumbnails (file_id, state, attempts, tried_at) values ($1, 'trying', 3, now())`, f.ID)
	h.Run(t, apitest.Scenario{As: user, Path: thumbnailPath(f), Status: 404})
	h.Exec(`update thumbnails set tried_at = now() - interval '25 hours' where file_id = $1`, f.ID)
	h.Run(t, apitest.Scenario{As: user, Path: thumbnailPath(f), Status: 200})
}

// Whatever of a thumbnail's row and object is missing, the next request makes it
// again: the process died between them, or storage lost it.
func TestHalfAThumbnailIsMadeWhole(t *testing.T) {
	t.Parallel()
	h := apitest.New(t)
	user := h.Account(models.RoleUser)
	_, files := apitest.ReadyJob(t, h, user.User, map[string][]byte{"a.jpg": photo(t, 500, 500)})
	for what, lose := range map[string]func(){
		"the row says that it is being made": func() { h.Exec(`update thumbnails set state = 'trying', attempts = 1`) },
		"the object is gone":                 func() { h.Storage.Remove(models.ThumbnailKey(files[0].ID)) },
		"the row is gone":                    func() { h.Exec(`delete from thumbnails`) },
	} {
		h.Run(t, apitest.Scenario{As: user, Path: thumbnailPath(files[0]), Status: 200})
		lose()
		h.Run(t, apitest.Scenario{As: user, Path: thumbnailPath(files[0]), Status: 200})
		if n := storetest.Count(t, `select count(*) from thumbnails where state = 'made' and attempts = 0 and file_id = $1`, files[0].ID); n != 1 {
			t.Errorf("after %s, the row is not that of a thumbnail", what)
		}
	}
}

// Many requests at once are all served.
func TestManyThumbnailsAtOnce(t *testing.T) {
	t.Parallel()
	h := apitest.New(t)
	user := h.Account(models.RoleUser)
	_, files := apitest.ReadyJob(t, h, user.User, map[string][]byte{"a.jpg": photo(t, 700, 500), "b.jpg": photo(t, 500, 700)})
	var wg sync.WaitGroup
	for i := range 40 {
		wg.Go(func() {
			if resp, _ := ask(t, h, user, files[i%2], nil); resp.StatusCode != 200 {
				t.Errorf("status %d", resp.StatusCode)
			}
		})
	}
	wg.Wait()
}
