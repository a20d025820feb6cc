package seedr_test

import (
	"context"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"longhaul/internal/seedr"
	"longhaul/models"
)

// TestFailedCallsFreeTheirPlace makes more calls than may be on their way at
// once, and none of them gets an answer.
func TestFailedCallsFreeTheirPlace(t *testing.T) {
	t.Parallel()
	srv := httptest.NewServer(http.NotFoundHandler())
	c := newClient(t, srv.URL+"/rest")
	srv.Close()
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute) // it would hang
	defer cancel()
	for n := range 7 {
		if _, _, err := c.Verify(ctx); seedr.KindOf(err) != seedr.KindTransient || ctx.Err() != nil {
			t.Fatalf("call %d: %v", n+1, err)
		}
	}
}

// TestEndlessAnswersAreRefused: what is cut off in the middle might still look
// like a whole listing.
func TestEndlessAnswersAreRefused(t *testing.T) {
	t.Parallel()
	body := `{"space_max":1,"folders":[]}` + strings.Repeat(" ", 16<<20)
	if _, err := answering(t, 200, "", body).Root(t.Context()); seedr.KindOf(err) != seedr.KindTransient {
		t.Errorf("an answer of more than 16 MiB: %v", err)
	}
}

// TestTreePaths: a folder may be named by its whole path, and no name leads
// out of the tree.
func TestTreePaths(t *testing.T) {
	t.Parallel()
	pages := map[string]string{
		"/rest/folder/1": `{"id":1,"name":"Show","folders":[{"id":2,"name":"Show/Season 1"},{"id":1,"name":"Show"},{"id":3,"name":".."}],"files":[{"id":10,"name":"a/b.mkv","size":1}]}`,
		"/rest/folder/2": `{"id":2,"name":"Show/Season 1","files":[{"id":11,"name":"e1.mkv","size":2}]}`,
		"/rest/folder/3": `{"id":3,"name":"..","files":[{"id":12,"name":"..","size":3}]}`,
	}
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		_, _ = w.Write([]byte(pages[r.URL.Path]))
	}))
	t.Cleanup(srv.Close)
	files, err := newClient(t, srv.URL+"/rest").Tree(t.Context(), 1)
	if err != nil {
		t.Fatal(err)
	}
	got := map[int64]string{}
	for _, f := range files {
		got[f.ID] = f.Path
	}
	for id, want := range map[int64]string{10: "a_b.mkv", 11: "Season 1/e1.mkv", 12: "_/_"} {
		if got[id] != want {
			t.Errorf("file %d is at %q, want %q", id, got[id], want)
		}
	}
	if len(files) != 3 {
		t.Errorf("%d files: %v", len(files), got)
	}
}

// TestKindsAreTold: what the owner and the administrator read, and whether the
// job waits or fails, depends on the problem.
func TestKindsAreTold(t *testing.T) {
	t.Parallel()
	for kind, want := range map[seedr.Kind]models.Problem{
		seedr.KindAuth: models.ProblemSeedrAuth, seedr.KindPlan: models.ProblemSeedrPlan, seedr.KindSpace: models.ProblemSeedrFull,
		seedr.KindSlots: models.ProblemSeedrSlots, seedr.KindDuplicate: models.ProblemSeedrDuplicate, seedr.KindInvalid: models.ProblemSeedrRejected,
		seedr.KindLimited: models.ProblemSeedrLimited, seedr.KindGone: models.ProblemSeedrGone, seedr.KindLength: models.ProblemLengthMismatch,
	} {
		if got := models.ProblemOf(&seedr.Error{Kind: kind}); got != want {
			t.Errorf("%s: %s, want %s", kind, got, want)
		}
	}
	for _, kind := range []seedr.Kind{
		seedr.KindTransient, seedr.KindHTML, seedr.KindMalformed, seedr.KindLink, seedr.KindReaders, seedr.KindOpen, seedr.KindBug, "unheard_of",
	} {
		if got := models.ProblemOf(&seedr.Error{Kind: kind}); got != models.ProblemSeedrFailing {
			t.Errorf("%s: %s", kind, got)
		}
	}
}

// TestFilesComeFromSeedrOnly: a host whose name merely ends alike is not one of
// Seedr's.
func TestFilesComeFromSeedrOnly(t *testing.T) {
	t.Parallel()
	u, err := url.Parse("https://www.seedr.cc/rest")
	if err != nil {
		t.Fatal(err)
	}
	c, err := seedr.New(seedr.Options{URL: u, Email: email, Password: canary})
	if err != nil {
		t.Fatal(err)
	}
	for location, want := range map[string]bool{
		"https://www.seedr.cc/ff_get/1": true, "https://rd3.seedr.cc/ff_get/1": true, "https://SEEDR.cc/ff_get/1": true, "/ff_get/1": true,
		"https://notseedr.cc/ff_get/1": false, "https://seedr.cc.evil.example/1": false, "https://seedr.com/1": false,
		"http://rd3.seedr.cc/ff_get/1": false, "https://user:pass@rd3.seedr.cc/1": false, "": false,
	} {
		if got := c.Trusts(location); got != want {
			t.Errorf("%q is trusted: %v", location, got)
		}
	}
}

// TestAnswersThatStopEndInTime: a server that sends the head and a part of the
// body must not hold up the one loop that follows the account.
func TestAnswersThatStopEndInTime(t *testing.T) {
	t.Parallel()
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		_, _ = w.Write([]byte(`{"space_max":`))
		_ = http.NewResponseController(w).Flush()
		<-r.Context().Done()
	}))
	t.Cleanup(srv.Close)
	c := newClient(t, srv.URL+"/rest", func(o *seedr.Options) { o.Timeout = 200 * time.Millisecond })
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second) // it would go on for a minute
	defer cancel()
	if _, err := c.Root(ctx); seedr.KindOf(err) != seedr.KindTransient || ctx.Err() != nil {
		t.Errorf("an answer that stops: %v", err)
	}
}

// TestAStreamThatEndsEarlyIsNoEnd: a node that does not announce a length may
// close in the middle, and what came is not the part that was asked for.
func TestAStreamThatEndsEarlyIsNoEnd(t *testing.T) {
	t.Parallel()
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path != "/node" {
			http.Redirect(w, r, "/node", http.StatusFound)
			return
		}
		w.Header().Set("Content-Range", "bytes 0-9/10")
		w.WriteHeader(http.StatusPartialContent)
		_, _ = w.Write([]byte("01234"))
		_ = http.NewResponseController(w).Flush()
	}))
	t.Cleanup(srv.Close)
	c := newClient(t, srv.URL+"/rest")
	l, err := c.FileURL(t.Context(), 5)
	if err != nil {
		t.Fatal(err)
	}
	s, err := c.Open(t.Context(), l, 0, 10, 10)
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	if b, err := io.ReadAll(s); string(b) != "01234" || seedr.KindOf(err) != seedr.KindTransient {
		t.Errorf("%q, %v", b, err)
	}
}

// TestFlagsInAnyForm: what stands where yes or no is expected is a yes, unless
// it is a form of no.
func TestFlagsInAnyForm(t *testing.T) {
	t.Parallel()
	for form, want := range map[string]bool{
		`true`: true, `1`: true, `"1"`: true, `"true"`: true, `"monthly"`: true,
		`false`: false, `0`: false, `"0"`: false, `"false"`: false, `null`: false, `""`: false,
	} {
		a, err := answering(t, 200, "", `{"account":{"user_id":7,"premium":`+form+`}}`).Account(t.Context())
		if err != nil || a.Premium != want {
			t.Errorf("%s: %v, %v", form, a.Premium, err)
		}
	}
}
