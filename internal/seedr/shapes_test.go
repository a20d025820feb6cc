package seedr_test

import (
	"context"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"net/url"
	"strings"
	"testing"
	"time"

	"longhaul/internal/seedr"
	"longhaul/models"
)

const (
	email  = "seedr-canary@longhaul.test"
	canary = "canary-p4ssw0rd/ä:&=%"
)

var loopback = []netip.Prefix{netip.MustParsePrefix("127.0.0.0/8")}

// unhurried is a state with room in its budget at all times.
type unhurried struct{ seedr.Memory }

// Update implements seedr.Shared.
func (u *unhurried) Update(ctx context.Context, change func(*seedr.State, time.Time)) error {
	return u.Memory.Update(ctx, func(s *seedr.State, now time.Time) {
		change(s, now)
		s.NextCallAt = time.Time{}
	})
}

// newClient returns a client of a server on this machine.
func newClient(t testing.TB, base string, change ...func(*seedr.Options)) *seedr.Client {
	t.Helper()
	u, err := url.Parse(base)
	if err != nil {
		t.Fatal(err)
	}
	o := seedr.Options{URL: u, Email: email, Password: canary, Allow: loopback, Timeout: 5 * time.Second, Shared: &unhurried{}}
	for _, f := range change {
		f(&o)
	}
	c, err := seedr.New(o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(c.Close)
	return c
}

// answering returns a client of a server that answers every call alike.
func answering(t testing.TB, status int, header, body string) *seedr.Client {
	t.Helper()
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		if name, value, ok := strings.Cut(header, ": "); ok {
			w.Header().Set(name, value)
		}
		w.WriteHeader(status)
		_, _ = io.WriteString(w, body)
	}))
	t.Cleanup(srv.Close)
	return newClient(t, srv.URL+"/rest")
}

const wt = `"wt":{"id":71,"user_id":1,"title":"Sintel","size":"129302391","torrent_hash":"08ADA5A7A6183AAE1E09D831DF6748D566095A10",
	"torrent_magnet":"magnet:?x","torrent_meta":null,"created":"2026-01-01","added":1,"is_private":0}`

// TestRefusals walks every documented refusal of an add, in both generations.
func TestRefusals(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		status       int
		header, body string
		kind         seedr.Kind
		problem      models.Problem
		wait         time.Duration
		wish         bool
	}{
		// The newer generation: a status and a reason.
		{413, "", `{"status_code":413,"reason_phrase":"not_enough_space_added_to_wishlist",` + wt + `}`, seedr.KindSpace, models.ProblemSeedrFull, 0, true},
		{413, "", `{"reason_phrase":"not_enough_space_wishlist_full"}`, seedr.KindSpace, models.ProblemSeedrFull, 0, false},
		{413, "", `{"status_code":413,"reason_phrase":"queue_full_added_to_wishlist",` + wt + `}`, seedr.KindSlots, models.ProblemSeedrSlots, 0, true},
		{413, "", `{"reason_phrase":"queue_full_wishlist_full"}`, seedr.KindSlots, models.ProblemSeedrSlots, 0, false},
		{413, "", ``, seedr.KindSpace, models.ProblemSeedrFull, 0, false},
		{422, "", `{"status_code":422,"reason_phrase":"parsing_error"}`, seedr.KindInvalid, models.ProblemSeedrRejected, 0, false},
		{400, "", `{"reason_phrase":"no_torrent_passed"}`, seedr.KindInvalid, models.ProblemSeedrRejected, 0, false},
		{400, "", `{"reason_phrase":"something new"}`, seedr.KindInvalid, models.ProblemSeedrRejected, 0, false},
		{403, "", `{"reason_phrase":"private_not_allowed"}`, seedr.KindPlan, models.ProblemSeedrPlan, 0, false},
		{402, "", `{}`, seedr.KindPlan, models.ProblemSeedrPlan, 0, false},
		{403, "", `<html>forbidden</html>`, seedr.KindPlan, models.ProblemSeedrPlan, 0, false},
		{401, "", ``, seedr.KindAuth, models.ProblemSeedrAuth, 0, false},
		{401, "", `<html>401</html>`, seedr.KindAuth, models.ProblemSeedrAuth, 0, false},
		{401, "", `{"result":false,"error":"access_denied"}`, seedr.KindAuth, models.ProblemSeedrAuth, 0, false},
		{401, "", `{"error":"invalid_grant","error_description":"Invalid username and password combination"}`, seedr.KindAuth, models.ProblemSeedrAuth, 0, false},
		{409, "", `{"reason_phrase":"torrent_already_exists"}`, seedr.KindDuplicate, models.ProblemSeedrDuplicate, 0, false},
		{404, "", `{"status_code":404,"reason_phrase":"not_found"}`, seedr.KindGone, models.ProblemSeedrGone, 0, false},
		{410, "", ``, seedr.KindGone, models.ProblemSeedrGone, 0, false},
		{405, "", ``, seedr.KindBug, models.ProblemSeedrFailing, 0, false},
		{404, "", `{"error":"unknown_func","func":"x"}`, seedr.KindBug, models.ProblemSeedrFailing, 0, false},
		{429, "Retry-After: 7", `{"reason_phrase":"slow down"}`, seedr.KindLimited, models.ProblemSeedrLimited, 7 * time.Second, false},
		{429, "", `<html>429</html>`, seedr.KindLimited, models.ProblemSeedrLimited, 0, false},
		{403, "Retry-After: 9", `{"error":"Rate limit exceeded. Please try again later."}`, seedr.KindLimited, models.ProblemSeedrLimited, 9 * time.Second, false},
		{403, "", `<html>Too many requests</html>`, seedr.KindLimited, models.ProblemSeedrLimited, 0, false},
		{500, "", `{"reason_phrase":"internal"}`, seedr.KindTransient, models.ProblemSeedrFailing, 0, false},
		{503, "Retry-After: 99999", ``, seedr.KindTransient, models.ProblemSeedrFailing, time.Hour, false},
		{502, "", `<html>bad gateway</html>`, seedr.KindHTML, models.ProblemSeedrFailing, 0, false},
		{302, "Location: https://www.seedr.cc/login", ``, seedr.KindHTML, models.ProblemSeedrFailing, 0, false},
		{200, "", `<html>checking your browser</html>`, seedr.KindHTML, models.ProblemSeedrFailing, 0, false},
		{200, "", ``, seedr.KindHTML, models.ProblemSeedrFailing, 0, false},
		{200, "", `{"user_torrent_id":`, seedr.KindMalformed, models.ProblemSeedrFailing, 0, false},
		{200, "", `{"success":false}`, seedr.KindInvalid, models.ProblemSeedrRejected, 0, false},
		{200, "", `{"success":true,"user_torrent_id":5,` + wt + `}`, seedr.KindSpace, models.ProblemSeedrFull, 0, true},
		{200, "", `{"success":true,"reason_phrase":"queue_full_added_to_wishlist",` + wt + `}`, seedr.KindSlots, models.ProblemSeedrSlots, 0, true},
		// The older generation: a good status and a word.
		{200, "", `{"result":"not_enough_space_added_to_wishlist","code":413,"error":"x y",` + wt + `}`, seedr.KindSpace, models.ProblemSeedrFull, 0, true},
		{200, "", `{"result":"not_enough_space_wishlist_full"}`, seedr.KindSpace, models.ProblemSeedrFull, 0, false},
		{200, "", `{"result":"queue_full_added_to_wishlist",` + wt + `}`, seedr.KindSlots, models.ProblemSeedrSlots, 0, true},
		{200, "", `{"result":"added_to_wishlist"}`, seedr.KindSpace, models.ProblemSeedrFull, 0, false},
		{200, "", `{"result":"out_of_wishlist"}`, seedr.KindSpace, models.ProblemSeedrFull, 0, false},
		{200, "", `{"result":"out_of_bandwidth_memory"}`, seedr.KindSpace, models.ProblemSeedrFull, 0, false},
		{200, "", `{"result":"private_not_allowed_wishlist_full"}`, seedr.KindPlan, models.ProblemSeedrPlan, 0, false},
		{200, "", `{"result":"parsing_error"}`, seedr.KindInvalid, models.ProblemSeedrRejected, 0, false},
		{200, "", `{"result":"fetch_error"}`, seedr.KindInvalid, models.ProblemSeedrRejected, 0, false},
		{200, "", `{"result":false,"error":"no_torrent_passed"}`, seedr.KindInvalid, models.ProblemSeedrRejected, 0, false},
		{200, "", `{"result":false,"code":401}`, seedr.KindAuth, models.ProblemSeedrAuth, 0, false},
		{200, "", `{"result":false,"code":429}`, seedr.KindLimited, models.ProblemSeedrLimited, 0, false},
		{200, "", `{"result":true}`, seedr.KindDuplicate, models.ProblemSeedrDuplicate, 0, false},
		{200, "", `{"success":true}`, seedr.KindDuplicate, models.ProblemSeedrDuplicate, 0, false},
		{200, "", `{"result":true,"id":77}`, seedr.KindDuplicate, models.ProblemSeedrDuplicate, 0, false},
	} {
		_, err := answering(t, c.status, c.header, c.body).AddMagnet(t.Context(), "magnet:?xt=urn:btih:secret-passkey")
		e, ok := errors.AsType[*seedr.Error](err)
		if !ok {
			t.Errorf("%d %s: no error, but %v", c.status, c.body, err)
			continue
		}
		if e.Kind != c.kind || models.AsError(err).Problem != c.problem || e.RetryAfter != c.wait || (e.Wish != nil) != c.wish {
			t.Errorf("%d %s:\ngot %q, %q, wait %s, wish %v\nwant %q, %q, wait %s, wish %v", c.status, c.body,
				e.Kind, models.AsError(err).Problem, e.RetryAfter, e.Wish, c.kind, c.problem, c.wait, c.wish)
		}
		if c.wish && e.Wish != nil && (e.Wish.ID != 71 || e.Wish.Size != 129302391 || e.Wish.InfoHash != "08ada5a7a6183aae1e09d831df6748d566095a10") {
			t.Errorf("%s: wish %+v", c.body, e.Wish)
		}
		if strings.Contains(err.Error(), "passkey") || strings.Contains(err.Error(), "canary") {
			t.Errorf("the error repeats what was sent: %v", err)
		}
	}
}

func TestOlderAnswersSayGoneWithoutAStatus(t *testing.T) {
	t.Parallel()
	for _, body := range []string{`{"result":false}`, `{"result":false,"error":"x"}`, `{"success":false}`} {
		if _, err := answering(t, 200, "", body).Folder(t.Context(), 5); seedr.KindOf(err) != seedr.KindGone {
			t.Errorf("%s: %v", body, err)
		}
	}
}

func TestDeletionsAreReadLeniently(t *testing.T) {
	t.Parallel()
	for _, body := range []string{`{"result":true}`, `{"result":true,"code":200}`, `{"success":true}`, `{"success":true,"result":true}`, ``, `{}`} {
		if err := answering(t, 200, "", body).DeleteTransfer(t.Context(), 5); err != nil {
			t.Errorf("%q: %v", body, err)
		}
	}
}

func TestAdds(t *testing.T) {
	t.Parallel()
	for _, body := range []string{
		`{"user_torrent_id":196012634,"title":"Sintel","success":true,"torrent_hash":"08ADA5"}`,
		`{"result":true,"code":200,"user_torrent_id":196012634,"title":"Sintel","torrent_hash":"08ada5"}`,
		`{"result":true,"success":true,"user_torrent_id":"196012634","title":"Sintel","hash":"08ada5"}`,
	} {
		got, err := answering(t, 200, "", body).AddTorrentFile(t.Context(), []byte("d4:infod4:name1:xee"))
		if err != nil || got != (seedr.Added{ID: 196012634, InfoHash: "08ada5", Name: "Sintel"}) {
			t.Errorf("%s: %+v, %v", body, got, err)
		}
	}
	got, err := answering(t, 200, "", `{"success":true,"user_torrent_id":1,"title":null}`).AddMagnet(t.Context(), "magnet:?x")
	if err != nil || got.ID != 1 || got.Name != "" {
		t.Errorf("without a title: %+v, %v", got, err)
	}
}

func TestListings(t *testing.T) {
	t.Parallel()
	modern := `{"space_max":1099511627776,"space_used":129302391,"space_scope":"user","saw_walkthrough":1,
		"id":12847330,"timestamp":"2026-08-31 12:00:00","path":"","size":129302391,"parent":-1,
		"folders":[{"id":1432582823,"path":"Sintel","size":129302391,"last_update":"2026-08-31 11:59:58"}],
		"files":[{"id":5983629956,"name":"Sintel.mp4","size":129241752,"hash":"AB","folder_id":1432582823,"is_video":true}],
		"torrents":[{"id":196013131,"name":"Sintel","size":129302391,"hash":"08ADA5A7A6183AAE1E09D831DF6748D566095A10",
		"download_rate":4800000,"connected_to":12,"seeders":7,"warnings":["slow"],"stopped":0,"progress":42.5}],"tasks":[]}`
	legacy := `{"space_max":"1099511627776","space_used":129302391,"code":200,"id":12847330,"name":"","parent_id":-1,
		"torrents":[{"id":"196013131","name":"Sintel","size":"129302391","hash":"08ada5a7a6183aae1e09d831df6748d566095a10",
		"speed":4800000.5,"connected_to":"12","seeders":7,"warnings":"[\"slow\"]","stopped":false,"progress":"42.5"}],
		"folders":[{"id":1432582823,"name":"Sintel","size":129302391,"last_update":"2026-08-31 11:59:58"}],
		"files":[{"id":"5983629956","name":"Sintel.mp4","size":129241752,"hash":"ab","stream_audio":false}],"result":true}`
	for _, body := range []string{modern, legacy} {
		f, err := answering(t, 200, "", body).Root(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		if f.ID != 12847330 || f.Name != "" || f.SpaceMax != 1<<40 || f.SpaceUsed != 129302391 || len(f.Folders) != 1 || len(f.Files) != 1 || len(f.Transfers) != 1 {
			t.Fatalf("folder %+v", f)
		}
		if d := f.Folders[0]; d.ID != 1432582823 || d.Name != "Sintel" || d.UpdatedAt.Format(time.DateTime) != "2026-08-31 11:59:58" {
			t.Errorf("sub-folder %+v", d)
		}
		if x := f.Files[0]; x.ID != 5983629956 || x.Name != "Sintel.mp4" || x.Size != 129241752 || x.SHA1 != "ab" {
			t.Errorf("file %+v", x)
		}
		x, ok := f.FindTransfer("08ADA5a7a6183aae1e09d831df6748d566095a10")
		if !ok || x.ID != 196013131 || x.Progress != 42.5 || x.Rate != 4800000 || x.Peers != 12 || x.Seeders != 7 || x.Paused ||
			len(x.Warnings) != 1 || x.Warnings[0] != "slow" || x.Size != 129302391 {
			t.Errorf("transfer %+v", x)
		}
	}
}

func TestTransfers(t *testing.T) {
	t.Parallel()
	for body, want := range map[string]seedr.Transfer{
		`{"id":9,"hash":"AB","stopped":0,"folder_created_id":0,"folder_id":12847330,"name":"Sintel","progress":42.5,"speed":48,"size":10}`: {ID: 9, InfoHash: "ab", Name: "Sintel", Progress: 42.5, Rate: 48, Size: 10},
		`{"id":9,"progress":101,"folder_created_id":1432582823,"size":10}`:                                                                 {ID: 9, Progress: 101, FolderID: 1432582823, Size: 10},
		`{"id":9,"progress":101,"folder_created_id":"1432582823","size":10}`:                                                               {ID: 9, Progress: 101, FolderID: 1432582823, Size: 10},
		`{"result":true,"progress":101,"size":10,"folder_created":1432582823}`:                                                             {ID: 9, Progress: 101, FolderID: 1432582823, Size: 10},
		`{"progress":101,"folder_created":1,"folder_created_id":null,"stopped":1}`:                                                         {ID: 9, Progress: 101, Paused: true},
		`{"progress":101,"folder_created_id":-1,"title":"x"}`:                                                                              {ID: 9, Progress: 101, Name: "x"},
		`{"progress":"100","folder_created_id":false}`:                                                                                     {ID: 9, Progress: 100},
	} {
		got, err := answering(t, 200, "", body).Transfer(t.Context(), 9)
		if err != nil || got.ID != want.ID || got.InfoHash != want.InfoHash || got.Name != want.Name || got.Progress != want.Progress ||
			got.FolderID != want.FolderID || got.Paused != want.Paused || got.Rate != want.Rate || got.Size != want.Size {
			t.Errorf("%s:\ngot %+v, %v\nwant %+v", body, got, err, want)
		}
		if got.Done() != (want.Progress == 101) {
			t.Errorf("%s: Done is %v", body, got.Done())
		}
	}
}

func TestAccounts(t *testing.T) {
	t.Parallel()
	for body, want := range map[string]seedr.Account{
		`{"result":true,"code":200,"account":{"user_id":398088,"username":"a","email":"a@x.test","premium":1,"package_id":3,"package_name":"MASTER","space_max":1099511627776,"space_used":5},"country":"XX"}`: {ID: 398088, Plan: "MASTER", Premium: true, Slots: 25, SpaceMax: 1 << 40, SpaceUsed: 5},
		`{"success":true,"account":{"user_id":"7","premium":false,"package_name":"NON-PREMIUM","space_max":"2147483648"}}`:                                                                                     {ID: 7, Plan: "NON-PREMIUM", Slots: 1, SpaceMax: 2 << 30},
		`{"user_id":7,"is_premium":true,"package_name":"Gold 3","space_max":5}`:                                                                                                                                {ID: 7, Plan: "Gold 3", Premium: true, Slots: 70, SpaceMax: 5},
		`{"account":{"package_name":"Something New"}}`: {Plan: "Something New"},
	} {
		got, err := answering(t, 200, "", body).Account(t.Context())
		if err != nil || got != want {
			t.Errorf("%s:\ngot  %+v, %v\nwant %+v", body, got, err, want)
		}
	}
}

func TestFindResult(t *testing.T) {
	t.Parallel()
	root := seedr.Folder{
		Folders: []seedr.Folder{{ID: 1, Name: "Sintel 2010 1080p"}, {ID: 2, Name: "Twice"}, {ID: 3, Name: "TWICE!"}},
		Files:   []seedr.File{{ID: 9, Name: "Big Buck Bunny.mp4"}, {ID: 10, Name: "***"}},
	}
	for name, want := range map[string]int64{
		"[Sintel] (2010) 1080p": 1, "sintel.2010.1080P": 1, "Big.Buck.Bunny.mp4": -9, "Twice": 0, "Nothing": 0, "": 0, "!!!": 0,
	} {
		got, ok := seedr.FindResult(root, name)
		id := got.FolderID
		if got.File != nil {
			id = -got.File.ID
		}
		if ok != (want != 0) || id != want {
			t.Errorf("%q: %d, %v; want %d", name, id, ok, want)
		}
	}
}

func TestEveryKindHasAProblem(t *testing.T) {
	t.Parallel()
	for _, k := range seedr.Kinds() {
		err := error(&seedr.Error{Kind: k, Call: "x", Cause: io.ErrUnexpectedEOF})
		f := models.AsError(err)
		if f.Code == models.CodeInternal || f.Message == "" || !errors.Is(err, io.ErrUnexpectedEOF) {
			t.Errorf("%s: %+v", k, f)
		}
		if f.Problem.Final() && k != seedr.KindBug {
			t.Errorf("%s ends a job for good; another provider may still help", k)
		}
	}
}

func FuzzAnswers(f *testing.F) {
	for _, s := range []string{
		`{"result":true}`, `{"wt":{}}`, `{"account":{"user_id":"9","wishlist":[1]}}`, `{"torrents":[{"warnings":"[\"x\"]","progress":"1e9"}]}`,
		`{"folders":[{"id":null,"folders":[{"id":1e300}]}]}`, `{"id":"5983629956","progress":1e400}`, `[]`, `null`, `"`, `{"result":{"a":1}}`,
		`{"error":{"x":1},"reason_phrase":5}`, `{"code":"999","result":"x"}`,
	} {
		f.Add(200, s)
		f.Add(413, s)
	}
	f.Fuzz(func(t *testing.T, status int, body string) {
		for _, err := range seedr.DecodeAll(status, []byte(body)) {
			if err == nil {
				continue
			}
			if seedr.KindOf(err) == "" || models.AsError(err).Message == "" {
				t.Errorf("%d %q: %v", status, body, err)
			}
			if len(err.Error()) > 400 {
				t.Errorf("the error is as long as the answer: %.500s", err)
			}
		}
	})
}
