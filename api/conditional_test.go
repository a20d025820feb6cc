package api_test

import (
	"net/http"
	"strings"
	"testing"

	"longhaul/api/apitest"
	"longhaul/internal/store/storetest"
	"longhaul/models"
)

// A client that has the list as it is gets no list again; whoever else names its
// tag gets their own.
func TestListsThatDidNotChangeAreNotSentAgain(t *testing.T) {
	t.Parallel()
	h := apitest.New(t, apitest.Generous)
	user, other := h.Account(models.RoleUser), h.Account(models.RoleUser)
	storetest.Submit(t, h.Store, user.User.ID, nil)
	for _, path := range []string{"/api/v1/jobs?limit=1", "/api/v1/notifications"} {
		first, list := ask(t, h, user, "GET", path, "", "Accept-Encoding", "identity")
		tag := first.Header.Get("ETag")
		if first.StatusCode != http.StatusOK || !strings.HasPrefix(tag, `W/"`) || len(list) == 0 {
			t.Fatalf("%s: status %d, tag %q", path, first.StatusCode, tag)
		}
		for _, named := range []string{tag, `"other", ` + strings.TrimPrefix(tag, "W/")} {
			again, body := ask(t, h, user, "GET", path, "", "If-None-Match", named)
			if again.StatusCode != http.StatusNotModified || len(body) != 0 || again.Header.Get("ETag") != tag || again.Header.Get("Cache-Control") != "no-store" {
				t.Errorf("%s with %s: status %d, %d bytes, headers %v", path, named, again.StatusCode, len(body), again.Header)
			}
		}
		if out, _ := ask(t, h, apitest.Caller{}, "GET", path, "", "If-None-Match", tag); out.StatusCode != http.StatusUnauthorized || out.Header.Get("ETag") != "" {
			t.Errorf("%s signed out: status %d, tag %q", path, out.StatusCode, out.Header.Get("ETag"))
		}
	}
	first, _ := ask(t, h, user, "GET", "/api/v1/jobs", "")
	tag := first.Header.Get("ETag")
	if theirs, list := ask(t, h, other, "GET", "/api/v1/jobs", "", "If-None-Match", tag); theirs.StatusCode != http.StatusOK || !strings.Contains(string(list), `"jobs":[]`) {
		t.Errorf("another user with the tag: status %d, %s", theirs.StatusCode, list)
	}
	storetest.Submit(t, h.Store, user.User.ID, nil)
	if after, _ := ask(t, h, user, "GET", "/api/v1/jobs", "", "If-None-Match", tag); after.StatusCode != http.StatusOK || after.Header.Get("ETag") == tag {
		t.Errorf("after a new job: status %d, tag %q", after.StatusCode, after.Header.Get("ETag"))
	}
	if one, _ := ask(t, h, user, "GET", "/api/v1/labels", ""); one.Header.Get("ETag") != "" {
		t.Errorf("a list that nobody polls has the tag %q", one.Header.Get("ETag"))
	}
}
