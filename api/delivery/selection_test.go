package delivery_test

import (
	"archive/zip"
	"bytes"
	"fmt"
	"io"
	"net/http"
	"testing"

	"longhaul/api/apitest"
	"longhaul/models"
)

// A zip of the library has files of several downloads under the names that their
// owner gave them, resumes, and ends with its link.
func TestAZipOfChosenFiles(t *testing.T) {
	t.Parallel()
	h := apitest.New(t, apitest.Generous)
	me, other := h.Account(models.RoleUser), h.Account(models.RoleUser)
	_, one := apitest.ReadyJob(t, h, me.User, map[string][]byte{"a.txt": []byte("first")})
	_, two := apitest.ReadyJob(t, h, me.User, map[string][]byte{"x/b.txt": []byte("second"), "c.txt": []byte("third")})
	var top struct{ Folders []struct{ ID string } }
	apitest.Decode(t, h.Run(t, apitest.Scenario{As: me, Path: "/api/v1/library", Status: 200}), &top)
	h.Run(t, apitest.Scenario{As: me, Method: "PATCH", Path: "/api/v1/library/files/" + one[0].ID.String(), Body: `{"name":"renamed.txt"}`, Status: 204})
	if len(top.Folders) != 1 {
		t.Fatalf("folders %+v", top.Folders)
	}
	body := fmt.Sprintf(`{"files":[%q],"folders":[%q]}`, one[0].ID, top.Folders[0].ID)
	h.Run(t, apitest.Scenario{As: other, Method: "POST", Path: "/api/v1/library/zip", Body: body, Status: 404})
	link := apitest.DownloadLink(t, h, me, "/api/v1/library/zip", body)
	entries := func(raw []byte) map[string]string {
		z, err := zip.NewReader(bytes.NewReader(raw), int64(len(raw)))
		if err != nil {
			t.Fatal(err)
		}
		out := map[string]string{}
		for _, f := range z.File {
			r, err := f.Open()
			if err != nil {
				t.Fatal(err)
			}
			content, err := io.ReadAll(r)
			if err != nil {
				t.Fatal(err)
			}
			out[f.Name] = string(content)
		}
		return out
	}
	resp, raw := apitest.Fetch(t, h, http.MethodGet, link, nil)
	got := entries(raw)
	if resp.StatusCode != http.StatusOK || len(got) != 3 || got["renamed.txt"] != "first" || got["Sample/x/b.txt"] != "second" {
		t.Errorf("status %d, entries %q", resp.StatusCode, got)
	}
	tag := resp.Header.Get("ETag")
	part, tail := apitest.Fetch(t, h, http.MethodGet, link, map[string]string{"Range": "bytes=10-", "If-Range": tag})
	if part.StatusCode != http.StatusPartialContent || !bytes.Equal(tail, raw[10:]) {
		t.Errorf("the rest: status %d, %d bytes of %d", part.StatusCode, len(tail), len(raw)-10)
	}
	h.Exec("update files set blocked = true where id = $1", two[0].ID)
	resp, raw = apitest.Fetch(t, h, http.MethodGet, link, nil)
	if got := entries(raw); len(got) != 2 || resp.Header.Get("ETag") == tag {
		t.Errorf("with a blocked file: %q, the same ETag: %t", got, resp.Header.Get("ETag") == tag)
	}
	var links struct{ Links []struct{ ID, Name string } }
	apitest.Decode(t, h.Run(t, apitest.Scenario{As: me, Path: "/api/v1/links", Status: 200}), &links)
	if len(links.Links) != 1 || links.Links[0].Name != "files.zip" {
		t.Fatalf("links %+v", links)
	}
	h.Run(t, apitest.Scenario{As: other, Method: "DELETE", Path: "/api/v1/links/" + links.Links[0].ID, Status: 404})
	h.Run(t, apitest.Scenario{As: me, Method: "DELETE", Path: "/api/v1/links/" + links.Links[0].ID, Status: 204})
	if resp, _ = apitest.Fetch(t, h, http.MethodGet, link, nil); resp.StatusCode != http.StatusNotFound {
		t.Errorf("a revoked link: status %d", resp.StatusCode)
	}
}
