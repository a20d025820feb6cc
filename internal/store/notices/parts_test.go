package notices_test

import (
	"encoding/hex"
	"fmt"
	"testing"

	"github.com/google/uuid"

	"longhaul/internal/store/storetest"
	"longhaul/internal/token"
	"longhaul/models"
)

// shared returns a share of the files below the folder of a job with so many files
// in it, what a notice says that names its page, and the job.
func shared(t *testing.T, b *storetest.World, files int) (models.Share, models.NoticeItem, models.Job) {
	t.Helper()
	m := models.Manifest{Name: "Show"}
	for i := range files {
		m.Files = append(m.Files, models.ManifestFile{Index: i, Path: fmt.Sprintf("Season/%d.mkv", i), Size: 10})
	}
	m.Files = append(m.Files, models.ManifestFile{Index: files, Path: "own.txt", Size: 10})
	job := storetest.Submit(t, b.Store, b.Evil.ID, &m)
	storetest.Exec(t, `update files set state = 'stored', stored_at = now(), etag = 'e' where job_id = $1`, job.ID)
	s := models.Share{ID: b.DB.NewID(), UserID: b.Evil.ID, Name: "Holiday", TokenHash: token.Hash(uuid.NewString())}
	storetest.OK(t, b.Shares.CreateShare(t.Context(), s, []models.ShareChoice{{JobID: job.ID, Folders: []string{"Season"}}}))
	return s, models.NoticeItem{Kind: models.ItemValue, Value: "https://host/s/secret-" + s.ID.String(), Secret: hex.EncodeToString(s.TokenHash)}, job
}

// blockedFiles counts the files of a job that are blocked.
func blockedFiles(t *testing.T, job models.Job) int {
	t.Helper()
	return storetest.Count(t, `select count(*) from files where job_id = $1 and blocked`, job.ID)
}

// A notice that names the page of a share blocks the files that it showed when the
// notice came, whatever its owner does until the decision, and nothing else.
func TestANoticeNamesAShare(t *testing.T) {
	t.Parallel()
	b, ctx := storetest.NewWorld(t), t.Context()
	s, page, job := shared(t, b, 3)
	unknown := models.NoticeItem{Kind: models.ItemValue, Value: "https://host/s/other", Secret: hex.EncodeToString(token.Hash("other"))}
	in := complete()
	in.Values, in.Things = nil, []models.NoticeItem{page, unknown, {Kind: models.ItemValue, Value: page.Value + "/", Secret: page.Secret}}
	n := record(t, b, in)
	if n.Items != 2 {
		t.Errorf("it names %d things", n.Items)
	}
	storetest.OK(t, b.Shares.RevokeShare(ctx, b.Evil.ID, s.ID))
	storetest.Exec(t, `update files set state = 'trashed', trashed_at = now(), trash_until = now() + interval '1 day' where job_id = $1 and idx = 0`, job.ID)
	decide(t, b, n.ID, models.NoticeAccept)
	if got := blockedFiles(t, job); got != 3 {
		t.Errorf("%d files are blocked", got)
	}
	d := storetest.Must[models.NoticeDetail](t)(b.Notices.Admin().NoticeDetail(ctx, b.Admin(), n.ID))
	if len(d.Things) != 5 || len(d.Strikes) != 1 {
		t.Fatalf("it names %+v, with strikes %+v", d.Things, d.Strikes)
	}
	of, file, other := d.Things[0], d.Things[1], d.Things[4]
	if of.Kind != models.ItemShare || of.Value != s.ID.String() || of.Name != "Holiday" || of.Email != b.Evil.Email || of.Refusal != "" {
		t.Errorf("the share: %+v", of)
	}
	if file.PartOf == nil || *file.PartOf != of.N || file.Name != "Season/0.mkv" || *file.JobID != job.ID || file.Jobs != 1 {
		t.Errorf("its first file: %+v", file)
	}
	if other.Kind != models.ItemValue || other.Value != unknown.Value || other.PartOf != nil {
		t.Errorf("the share that is none: %+v", other)
	}
	decide(t, b, n.ID, models.NoticeRestore)
	if got := blockedFiles(t, job); got != 0 {
		t.Errorf("%d files are still blocked", got)
	}
}

// Shares with more files than a notice may name are refused by name, and those
// before them are not.
func TestSharesInANoticeAreBounded(t *testing.T) {
	t.Parallel()
	b, ctx := storetest.NewWorld(t), t.Context()
	_, small, few := shared(t, b, 2)
	_, large, _ := shared(t, b, models.MaxNoticeItems)
	empty, none, _ := shared(t, b, 1)
	storetest.Exec(t, `delete from share_items where share_id = $1`, empty.ID)
	in := complete()
	in.Values, in.Things = nil, []models.NoticeItem{small, large}
	n := record(t, b, in)
	decide(t, b, n.ID, models.NoticeAccept)
	d := storetest.Must[models.NoticeDetail](t)(b.Notices.Admin().NoticeDetail(ctx, b.Admin(), n.ID))
	if len(d.Things) != 4 || d.Things[3].Kind != models.ItemShare || d.Things[3].Refusal == "" || blockedFiles(t, few) != 2 {
		t.Errorf("it names %+v", d.Things)
	}
	in.Things = []models.NoticeItem{none}
	d = storetest.Must[models.NoticeDetail](t)(b.Notices.Admin().NoticeDetail(ctx, b.Admin(), record(t, b, in).ID))
	if len(d.Things) != 1 || d.Things[0].Refusal == "" {
		t.Errorf("a share that shows nothing: %+v", d.Things)
	}
}
