package shares_test

import (
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"

	"longhaul/internal/store/storetest"
	"longhaul/internal/token"
	"longhaul/models"
)

// stored makes a job with stored files of the paths.
func stored(t *testing.T, b *storetest.World, name string, paths ...string) models.Job {
	t.Helper()
	m := models.Manifest{Name: name}
	for i, p := range paths {
		m.Files = append(m.Files, models.ManifestFile{Index: i, Path: p, Size: 10})
	}
	job := storetest.Submit(t, b.Store, b.User.ID, &m)
	storetest.Exec(t, `update jobs set name = $2 where id = $1`, job.ID, name)
	storetest.Exec(t, `update files set state = 'stored', stored_at = now(), etag = 'e' where job_id = $1`, job.ID)
	return job
}

func share(t *testing.T, b *storetest.World, s models.Share, choices ...models.ShareChoice) models.Share {
	t.Helper()
	s.ID, s.UserID, s.Name = b.DB.NewID(), b.User.ID, "Holiday"
	s.TokenHash = token.Hash(s.ID.String())
	storetest.OK(t, b.Shares.CreateShare(t.Context(), s, choices))
	return s
}

func shown(t *testing.T, b *storetest.World, id uuid.UUID) string {
	t.Helper()
	var out []string
	for _, f := range storetest.Must[[]models.SharedFile](t)(b.Shares.SharedFiles(t.Context(), id, 0, -1, 1000)) {
		out = append(out, f.Shown)
	}
	return strings.Join(out, " ")
}

// A share shows what was chosen, below the folder or the jobs that it is in.
func TestWhatAShareShows(t *testing.T) {
	t.Parallel()
	b := storetest.NewWorld(t)
	one := stored(t, b, "One", "top/a/1.txt", "top/a/2.txt", "top/b/3.txt", "top/ab/4.txt", "5.txt")
	two := stored(t, b, "one", "x.txt", "y/z.txt")
	for what, c := range map[string]struct {
		choices []models.ShareChoice
		want    string
	}{
		"all":                      {[]models.ShareChoice{{JobID: one.ID}}, "top/a/1.txt top/a/2.txt top/b/3.txt top/ab/4.txt 5.txt"},
		"a folder":                 {[]models.ShareChoice{{JobID: one.ID, Folders: []string{"top/a"}}}, "1.txt 2.txt"},
		"a file":                   {[]models.ShareChoice{{JobID: one.ID, Indexes: []int{2}}}, "3.txt"},
		"files of one folder":      {[]models.ShareChoice{{JobID: one.ID, Indexes: []int{1, 0}}}, "1.txt 2.txt"},
		"files of several folders": {[]models.ShareChoice{{JobID: one.ID, Indexes: []int{0, 2}}}, "a/1.txt b/3.txt"},
		"folder and file":          {[]models.ShareChoice{{JobID: one.ID, Folders: []string{"top/a"}, Indexes: []int{3}}}, "a/1.txt a/2.txt ab/4.txt"},
		"a file in its folder":     {[]models.ShareChoice{{JobID: one.ID, Folders: []string{"top", "top/a"}, Indexes: []int{0}}}, "a/1.txt a/2.txt b/3.txt ab/4.txt"},
		"two jobs":                 {[]models.ShareChoice{{JobID: one.ID, Indexes: []int{4}}, {JobID: two.ID}}, "One/5.txt one (2)/x.txt one (2)/y/z.txt"},
	} {
		if got := shown(t, b, share(t, b, models.Share{}, c.choices...).ID); got != c.want {
			t.Errorf("%s: %q, want %q", what, got, c.want)
		}
	}
	stranger := storetest.User(t, b.Store)
	for what, c := range map[string]models.ShareChoice{
		"no such job": {JobID: uuid.New()}, "no such file": {JobID: one.ID, Indexes: []int{0, 99}}, "no such folder": {JobID: one.ID, Folders: []string{"to"}},
		"the root by another name": {JobID: one.ID, Folders: []string{"."}}, "above": {JobID: one.ID, Folders: []string{"../top"}},
	} {
		err := b.Shares.CreateShare(t.Context(), models.Share{ID: uuid.New(), UserID: b.User.ID, Name: "x", TokenHash: token.Hash(what)}, []models.ShareChoice{c})
		if !models.IsNotFound(err) {
			t.Errorf("%s: %v", what, err)
		}
	}
	err := b.Shares.CreateShare(t.Context(), models.Share{ID: uuid.New(), UserID: stranger.ID, Name: "x", TokenHash: token.Hash("s")}, []models.ShareChoice{{JobID: one.ID}})
	if !models.IsNotFound(err) {
		t.Errorf("another's job: %v", err)
	}
}

// What is deleted, blocked, lost or not there yet is not in a share.
func TestWhatIsGoneIsNotShown(t *testing.T) {
	t.Parallel()
	b := storetest.NewWorld(t)
	one, two := stored(t, b, "One", "a", "b", "c", "d"), stored(t, b, "Two", "e")
	s := share(t, b, models.Share{}, models.ShareChoice{JobID: one.ID}, models.ShareChoice{JobID: two.ID})
	steps := []struct{ sql, want string }{
		{`update files set blocked = true where path = 'a'`, "One/b One/c One/d Two/e"},
		{`update files set state = 'lost' where path = 'b'`, "One/c One/d Two/e"},
		{`update files set state = 'skipped' where path = 'c'`, "One/d Two/e"},
		{`update jobs set blocked = true where name = 'One'`, "Two/e"},
		{`update jobs set delete_at = now() where name = 'Two'`, ""},
	}
	for _, step := range steps {
		storetest.Exec(t, step.sql)
		if got := shown(t, b, s.ID); got != step.want {
			t.Errorf("%s: %q, want %q", step.sql, got, step.want)
		}
	}
	list, _, err := b.Shares.Shares(t.Context(), b.User.ID, "", 10)
	if err != nil || len(list) != 1 || !list[0].Empty || !list[0].Blocked || list[0].Items != 2 {
		t.Errorf("listed: %+v, %v", list, err)
	}
}

// A share works until it expires, is revoked, or its owner may no longer share.
func TestWhenAShareEnds(t *testing.T) {
	t.Parallel()
	b, ctx := storetest.NewWorld(t), t.Context()
	c := storetest.FakeClock(b.Store)
	job := stored(t, b, "One", "a")
	end := c.Now.Add(time.Hour)
	s := share(t, b, models.Share{ExpiresAt: &end}, models.ShareChoice{JobID: job.ID})
	file := storetest.Must[models.SharedFile](t)(b.Shares.SharedFile(ctx, s.ID, 0, 0))
	v := models.ShareVisit{ShareID: s.ID, ID: uuid.New()}
	works := func(what string, want bool) {
		t.Helper()
		_, err := b.Shares.OpenShare(ctx, s.TokenHash)
		_, visited := b.Shares.VisitedShare(ctx, s.ID, v.Epoch)
		_, delivered := b.Shares.DeliverShared(ctx, v, file.ID, true)
		for at, err := range []error{err, visited, delivered} {
			if (err == nil) != want || err != nil && !models.IsNotFound(err) {
				t.Errorf("%s, call %d: %v", what, at, err)
			}
		}
	}
	works("new", true)
	storetest.Exec(t, `update users set disabled_at = now() where id = $1`, b.User.ID)
	works("of a disabled account", false)
	storetest.Exec(t, `update users set disabled_at = null, delete_at = now() where id = $1`, b.User.ID)
	works("of a deleted account", false)
	storetest.Exec(t, `update users set delete_at = null where id = $1`, b.User.ID)
	c.Add(time.Hour)
	works("expired", false)
	hash := "x"
	storetest.OK(t, b.Shares.ChangeShare(ctx, b.User.ID, s.ID, models.ShareSettings{Name: "Longer", PasswordHash: &hash}))
	if _, err := b.Shares.DeliverShared(ctx, v, file.ID, true); !models.IsNotFound(err) {
		t.Errorf("after the password was changed: %v", err)
	}
	v.Epoch = 1
	works("never expires", true)
	storetest.OK(t, b.Shares.ChangeShare(ctx, b.User.ID, s.ID, models.ShareSettings{Name: "Longer", ViewOnly: true}))
	if _, err := b.Shares.DeliverShared(ctx, v, file.ID, true); !models.IsNotFound(err) {
		t.Errorf("saving what may only be viewed: %v", err)
	}
	if _, err := b.Shares.DeliverShared(ctx, v, file.ID, false); err != nil {
		t.Errorf("viewing: %v", err)
	}
	if err := b.Shares.RevokeShare(ctx, uuid.New(), s.ID); !models.IsNotFound(err) {
		t.Errorf("revoked by another: %v", err)
	}
	storetest.OK(t, b.Shares.RevokeShare(ctx, b.User.ID, s.ID))
	works("revoked", false)
	if err := b.Shares.ChangeShare(ctx, b.User.ID, s.ID, models.ShareSettings{Name: "again"}); !models.IsNotFound(err) {
		t.Errorf("a revoked one was changed: %v", err)
	}
}

// The limit of downloads holds however many visitors come at once, and a visitor
// is counted once for each file.
func TestTheDownloadLimitHolds(t *testing.T) {
	t.Parallel()
	b, ctx := storetest.NewWorld(t), t.Context()
	job := stored(t, b, "One", "a", "b")
	limit := int64(20)
	s := share(t, b, models.Share{MaxDownloads: &limit}, models.ShareChoice{JobID: job.ID})
	file := storetest.Must[models.SharedFile](t)(b.Shares.SharedFile(ctx, s.ID, 0, 0))
	visits := make([]models.ShareVisit, 50)
	var mu sync.Mutex
	var refused, faults []int
	var all sync.WaitGroup
	for at := range visits {
		visits[at] = models.ShareVisit{ShareID: s.ID, ID: uuid.New()}
		for range 2 { // each asks for two parts at once
			all.Go(func() {
				err := b.Shares.CountDownload(ctx, visits[at], file.ID)
				mu.Lock()
				defer mu.Unlock()
				if models.CodeOf(err) == models.CodeQuotaExceeded {
					refused = append(refused, at)
				} else if err != nil {
					faults = append(faults, at)
					t.Error(err)
				}
			})
		}
	}
	all.Wait()
	slices.Sort(refused)
	if got := len(slices.Compact(refused)); got != 30 || len(faults) > 0 {
		t.Errorf("%d of 50 visitors were refused, want 30", got)
	}
	if n := storetest.Count(t, `select downloads from shares where id = $1`, s.ID); n != 20 {
		t.Errorf("%d downloads were counted", n)
	}
	for _, v := range visits {
		err := b.Shares.CountDownload(ctx, v, file.ID)
		if known := storetest.Count(t, `select count(*) from share_downloads where visit_id = $1`, v.ID) == 1; known != (err == nil) {
			t.Errorf("a visitor whose download is counted (%t) gets %v", known, err)
		}
	}
}

// What ended long ago is removed, and so is what visitors were counted for.
func TestOldSharesAreRemoved(t *testing.T) {
	t.Parallel()
	b, ctx := storetest.NewWorld(t), t.Context()
	c := storetest.FakeClock(b.Store)
	job := stored(t, b, "One", "a")
	soon := c.Now.Add(time.Hour)
	share(t, b, models.Share{ExpiresAt: &soon}, models.ShareChoice{JobID: job.ID})
	stays := share(t, b, models.Share{}, models.ShareChoice{JobID: job.ID})
	revoked := share(t, b, models.Share{}, models.ShareChoice{JobID: job.ID})
	storetest.OK(t, b.Shares.RevokeShare(ctx, b.User.ID, revoked.ID))
	storetest.OK(t, b.Shares.CountDownload(ctx, models.ShareVisit{ShareID: stays.ID, ID: uuid.New()}, stays.ID))
	work := b.Store.Worker().Shares
	if n := storetest.Must[int64](t)(work.PruneShares(ctx, c.Now.Add(-time.Minute))); n != 0 {
		t.Errorf("%d were removed at once", n)
	}
	c.Add(3 * 24 * time.Hour)
	if n := storetest.Must[int64](t)(work.PruneShares(ctx, c.Now)); n != 2 {
		t.Errorf("%d were removed, want 2", n)
	}
	list, _, err := b.Shares.Shares(ctx, b.User.ID, "", 10)
	if err != nil || len(list) != 1 || list[0].ID != stays.ID || list[0].Downloads != 1 {
		t.Errorf("left: %+v, %v", list, err)
	}
	if n := storetest.Count(t, `select count(*) from share_downloads`); n != 0 {
		t.Errorf("%d counted downloads are kept", n)
	}
}

// Lists have pages, and administrators' looks and acts are audited.
func TestAdminsSeeAndRevokeShares(t *testing.T) {
	t.Parallel()
	b, ctx := storetest.NewWorld(t), t.Context()
	job := stored(t, b, "One", "a")
	for range 3 {
		share(t, b, models.Share{}, models.ShareChoice{JobID: job.ID})
	}
	admin := b.Shares.Admin()
	first, next, err := admin.SharesOf(ctx, b.Admin(), b.User.ID, "", 2)
	storetest.OK(t, err)
	rest, end, err := admin.SharesOf(ctx, b.Admin(), b.User.ID, next, 2)
	storetest.OK(t, err)
	if len(first) != 2 || len(rest) != 1 || end != "" || rest[0].ID == first[0].ID || rest[0].ID == first[1].ID {
		t.Fatalf("pages of %d and %d, then %q", len(first), len(rest), end)
	}
	for range 2 {
		storetest.OK(t, admin.RevokeAnyShare(ctx, b.Admin(), first[0].ID))
	}
	if err := admin.RevokeAnyShare(ctx, b.Admin(), uuid.New()); !models.IsNotFound(err) {
		t.Errorf("an unknown share: %v", err)
	}
	if _, _, err := admin.SharesOf(ctx, b.Admin(), uuid.New(), "", 2); !models.IsNotFound(err) {
		t.Errorf("an unknown account: %v", err)
	}
	log := storetest.Must[[]models.AuditRecord](t)(b.Records.Audit(ctx, models.AuditFilter{Action: "share", Limit: 10}))
	if len(log) != 2 || log[0].Action != models.AuditShareRevoked || log[0].Before["revoked"] != false || log[0].After["revoked"] != true || log[1].Action != models.AuditSharesRead {
		t.Errorf("audited: %+v", log)
	}
}
