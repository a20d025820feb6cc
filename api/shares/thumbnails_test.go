package shares_test

import (
	"bytes"
	"image"
	"image/png"
	"net/http"
	"strings"
	"testing"

	"longhaul/api/apitest"
	"longhaul/internal/store/storetest"
	"longhaul/models"
)

// A visitor sees thumbnails as long as the share shows the files, also of a share
// for viewing only, and none before the password.
func TestVisitorsSeeThumbnails(t *testing.T) {
	t.Parallel()
	h := apitest.New(t)
	owner := h.Account(models.RoleUser)
	var photo bytes.Buffer
	storetest.OK(t, png.Encode(&photo, image.NewGray(image.Rect(0, 0, 800, 600))))
	job, files := apitest.ReadyJob(t, h, owner.User, map[string][]byte{"harbour.png": photo.Bytes()})
	s := makeShare(t, h, owner, job, map[string]any{"password": password, "viewOnly": true, "maxDownloads": 1})
	if locked := call(t, h, "open", map[string]any{"token": secret(s)}, 200, nil); !bytes.Contains(locked, []byte(`"thumbnails":""`)) {
		t.Errorf("before the password: %s", locked)
	}
	base := open(t, h, s).Thumbnails
	if !strings.HasPrefix(base, h.FilesURL+"/t/") {
		t.Fatalf("thumbnails are at %q", base)
	}
	status := func(what, address string, want int) []byte {
		t.Helper()
		resp, body := apitest.Fetch(t, h, http.MethodGet, address, nil)
		if resp.StatusCode != want {
			t.Errorf("%s: status %d, want %d", what, resp.StatusCode, want)
		}
		return body
	}
	for range 3 {
		if _, format, err := image.Decode(bytes.NewReader(status("the thumbnail", base+"0", 200))); err != nil || format != "jpeg" {
			t.Errorf("%s: %v", format, err)
		}
	}
	if n := counted(t, s); n != 0 {
		t.Errorf("thumbnails count as %d downloads", n)
	}
	status("a file that the share has not", base+"7", 404)
	status("no number", base+"x", 404)
	status("another token", h.FilesURL+"/t/"+strings.Repeat("A", 80)+"/0", 404)
	link := linkTo(t, h, open(t, h, s).Visit, "inline")
	status("the token of a file", strings.Replace(link[:strings.LastIndexByte(link, '/')], "/s/", "/t/", 1)+"/0", 404)

	h.Exec(`update files set blocked = true where id = $1`, files[0].ID)
	status("a blocked file", base+"0", 404)
	h.Exec(`update files set blocked = false where id = $1`, files[0].ID)
	status("after the block", base+"0", 200)
	h.Exec(`update shares set revoked_at = now()`)
	status("a share that was revoked", base+"0", 404)
}
