package notices_test

import (
	"context"
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"

	"longhaul/internal/store/notices"
	"longhaul/internal/store/storetest"
	"longhaul/models"
)

// complete is a notice that says all that the law asks for.
func complete(values ...string) models.NewNotice {
	return models.NewNotice{
		Notice: models.Notice{
			Channel: models.NoticeByMail, Name: "Ada Holder", Organisation: "Holder Films", Email: "ada@holder.example", Works: "The film “One”",
			GoodFaith: true, Accuracy: true, Signature: "Ada Holder",
		},
		Values: values,
	}
}

func record(t *testing.T, b *storetest.World, in models.NewNotice) models.Notice {
	t.Helper()
	n, known, err := b.Notices.Admin().RecordNotice(t.Context(), b.Admin(), in)
	if err != nil || known {
		t.Fatalf("known %v, %v", known, err)
	}
	return n
}

func decide(t *testing.T, b *storetest.World, id uuid.UUID, act models.NoticeAct) models.Notice {
	t.Helper()
	return storetest.Must[models.Notice](t)(b.Notices.Admin().DecideNotice(t.Context(), b.Admin(), id, models.NoticeDecision{Act: act, Note: "because"}))
}

func detail(t *testing.T, b *storetest.World, id uuid.UUID) models.NoticeDetail {
	t.Helper()
	return storetest.Must[models.NoticeDetail](t)(b.Notices.Admin().NoticeDetail(t.Context(), b.Admin(), id))
}

func mails(t *testing.T, b *storetest.World, kind models.MailKind) (out []models.Mail) {
	t.Helper()
	for _, m := range storetest.Must[[]models.Mail](t)(b.Mails.Mails(t.Context(), "", time.Time{}, 200)) {
		if m.Kind == kind {
			out = append(out, m)
		}
	}
	return out
}

func strikes(t *testing.T, b *storetest.World, userID uuid.UUID) models.StrikeRecord {
	t.Helper()
	return storetest.Must[models.StrikeRecord](t)(b.Strikes.UserStrikes(t.Context(), b.Admin(), userID))
}

// An accepted notice blocks what it names, lists what can't be blocked, and
// tells the owners, each of whom gets one strike. Restoring it undoes all of that.
func TestAnAcceptedNoticeBlocks(t *testing.T) {
	t.Parallel()
	b, ctx := storetest.NewWorld(t), t.Context()
	first, second := storetest.Submit(t, b.Store, b.Evil.ID, nil), storetest.Submit(t, b.Store, b.Evil.ID, nil)
	n := record(t, b, complete(*first.InfoHashV1, *second.InfoHashV1, "no host", *first.InfoHashV1))
	if n.State != models.NoticeReceived || n.Items != 3 || n.ActAt == nil {
		t.Fatalf("recorded %+v", n)
	}
	n = decide(t, b, n.ID, models.NoticeAccept)
	if n.State != models.NoticeAccepted || n.CarriedAt == nil || n.ActAt != nil || n.DecidedAt == nil {
		t.Errorf("accepted %+v", n)
	}
	d := detail(t, b, n.ID)
	if len(d.Things) != 3 || !d.Things[0].Made || d.Things[0].Jobs != 1 || d.Things[2].BlockID != nil || d.Things[2].Refusal == "" {
		t.Errorf("it names %+v", d.Things)
	}
	if !b.Job(t, first.ID).Blocked || !b.Job(t, second.ID).Blocked {
		t.Error("a job is not blocked")
	}
	if len(d.Strikes) != 1 || d.Strikes[0].UserID != b.Evil.ID || d.Strikes[0].Email != b.Evil.Email {
		t.Errorf("strikes: %+v", d.Strikes)
	}
	told := mails(t, b, models.MailContentBlocked)
	if len(told) != 1 || told[0].To != b.Evil.Email || !strings.Contains(told[0].Params[models.MailParamNames], first.Name) || told[0].Params[models.MailParamCount] != "1" {
		t.Errorf("told: %+v", told)
	}
	own := storetest.Must[[]models.OwnedNotice](t)(b.Notices.OwnNotices(ctx, b.Evil.ID, 0))
	if len(own) != 1 || own[0].Jobs != 2 || own[0].For != "Holder Films" {
		t.Errorf("the owner reads %+v", own)
	}
	if others := storetest.Must[[]models.OwnedNotice](t)(b.Notices.OwnNotices(ctx, b.User.ID, 0)); len(others) != 0 {
		t.Errorf("another account reads %+v", others)
	}

	n = decide(t, b, n.ID, models.NoticeRestore)
	if n.State != models.NoticeRestored || n.EndedAt == nil || b.Job(t, first.ID).Blocked || b.Job(t, second.ID).Blocked {
		t.Errorf("restored %+v", n)
	}
	if r := strikes(t, b, b.Evil.ID); r.Count != 0 || len(r.Strikes) != 1 || r.Strikes[0].WithdrawnWhy == "" {
		t.Errorf("strikes: %+v", r)
	}
	if told := mails(t, b, models.MailContentRestored); len(told) != 1 || told[0].Params[models.MailParamNames] == "" {
		t.Errorf("told: %+v", told)
	}
	_, err := b.Notices.Admin().DecideNotice(ctx, b.Admin(), n.ID, models.NoticeDecision{Act: models.NoticeAccept})
	storetest.WantCode(t, err, models.CodeConflict)
	log := storetest.Must[[]models.AuditRecord](t)(b.Records.Audit(ctx, models.AuditFilter{Target: n.ID.String(), Action: string(models.AuditNoticeDecided)}))
	if len(log) != 2 || log[0].Before["state"] != "accepted" || log[0].After["state"] != "restored" || log[1].Before["state"] != "received" {
		t.Errorf("the audit log has %+v", log)
	}
}

// A notice that lacks something names it, and can't be accepted before it is
// complete.
func TestAnIncompleteNoticeNamesWhatIsMissing(t *testing.T) {
	t.Parallel()
	b, ctx := storetest.NewWorld(t), t.Context()
	in := complete("example.com")
	in.Signature, in.Accuracy = "", false
	n := record(t, b, in)
	if n.State != models.NoticeIncomplete || !slices.Equal(n.Missing(), []models.NoticeGap{models.GapSignature, models.GapAccuracy}) {
		t.Fatalf("recorded as %s, lacking %v", n.State, n.Missing())
	}
	_, err := b.Notices.Admin().DecideNotice(ctx, b.Admin(), n.ID, models.NoticeDecision{Act: models.NoticeAccept})
	if storetest.WantCode(t, err, models.CodeConflict); !strings.Contains(err.Error(), "signature, accuracy") {
		t.Errorf("refused with %v", err)
	}
	n = storetest.Must[models.Notice](t)(b.Notices.Admin().CompleteNotice(ctx, b.Admin(), n.ID, func(n *models.Notice) { n.Signature, n.Accuracy = "A. H.", true }))
	if n.State != models.NoticeReceived {
		t.Errorf("completed it is %s", n.State)
	}
	in.Email = "two words@example.com"
	_, _, err = b.Notices.Admin().RecordNotice(ctx, b.Admin(), in)
	if models.AsError(err).Field != "email" {
		t.Errorf("a wrong address: %v", err)
	}
	_, _, err = b.Notices.Admin().RecordNotice(ctx, b.Admin(), complete(slices.Repeat([]string{"x"}, 3)...))
	storetest.OK(t, err)
	many := make([]string, models.MaxNoticeItems+1)
	for i := range many {
		many[i] = uuid.NewString()
	}
	_, _, err = b.Notices.Admin().RecordNotice(ctx, b.Admin(), complete(many...))
	storetest.WantCode(t, err, models.CodeInvalid)
}

// A rejection is told the complainant if wanted, with why, and blocks nothing.
func TestARejectionIsTold(t *testing.T) {
	t.Parallel()
	b, ctx := storetest.NewWorld(t), t.Context()
	n := record(t, b, complete("example.com"))
	_, err := b.Notices.Admin().DecideNotice(ctx, b.Admin(), n.ID, models.NoticeDecision{Act: models.NoticeReject, Note: " "})
	if models.AsError(err).Field != "note" {
		t.Errorf("without a reason: %v", err)
	}
	storetest.Must[models.Notice](t)(b.Notices.Admin().DecideNotice(ctx, b.Admin(), n.ID, models.NoticeDecision{Act: models.NoticeReject, Note: "no work named", Tell: true}))
	told := mails(t, b, models.MailNoticeRejected)
	if len(told) != 1 || told[0].To != n.Email || told[0].Params[models.MailParamNote] != "no work named" {
		t.Errorf("told: %+v", told)
	}
	blocked, _, err := b.Jobs.Admin().Blocks(ctx, models.BlockFilter{})
	if err != nil || len(blocked) > 0 {
		t.Errorf("blocked %+v, %v", blocked, err)
	}
}

// A notice about what is blocked already gives no second strike. A block goes
// with the last notice that needs it, and never if an administrator added it.
func TestNoticesShareBlocks(t *testing.T) {
	t.Parallel()
	b, ctx := storetest.NewWorld(t), t.Context()
	job, before := storetest.Submit(t, b.Store, b.Evil.ID, nil), storetest.Submit(t, b.Store, b.Evil.ID, nil)
	own := storetest.Must[models.Block](t)(b.Jobs.Admin().Block(ctx, b.Admin(), *before.InfoHashV1, false, "ours"))
	one, two := record(t, b, complete(*job.InfoHashV1, *before.InfoHashV1)), record(t, b, complete(*job.InfoHashV1))
	decide(t, b, one.ID, models.NoticeAccept)
	decide(t, b, two.ID, models.NoticeAccept)
	if r := strikes(t, b, b.Evil.ID); r.Count != 1 {
		t.Errorf("%d strikes", r.Count)
	}
	decide(t, b, one.ID, models.NoticeWithdraw)
	if !b.Job(t, job.ID).Blocked || !b.Job(t, before.ID).Blocked {
		t.Error("what another notice, or an administrator, blocks was freed")
	}
	decide(t, b, two.ID, models.NoticeWithdraw)
	if b.Job(t, job.ID).Blocked || !b.Job(t, before.ID).Blocked {
		t.Error("the last notice did not free its content alone")
	}
	if left := storetest.Must[models.Block](t)(b.Blocks.Block(ctx, own.ID)); left.LiftedAt != nil {
		t.Error("an administrator's block was lifted")
	}
}

// dying are the jobs of an API that is killed at the nth call.
type dying struct {
	notices.Jobs
	left int
}

var errKilled = errors.New("killed")

func (d *dying) Block(ctx context.Context, by models.Actor, value string, isFile bool, reason string) (models.Block, error) {
	if d.left--; d.left < 0 {
		return models.Block{}, errKilled
	}
	return d.Jobs.Block(ctx, by, value, isFile, reason)
}

func (d *dying) LiftBlock(ctx context.Context, by models.Actor, id uuid.UUID) (models.Block, error) {
	if d.left--; d.left < 0 {
		return models.Block{}, errKilled
	}
	return d.Jobs.LiftBlock(ctx, by, id)
}

// Whoever decides may die at any block: the sweep carries the decision out, with
// one strike and one mail for each owner.
func TestADecisionIsCarriedOutByTheSweep(t *testing.T) {
	t.Parallel()
	b, ctx := storetest.NewWorld(t), t.Context()
	first, second := storetest.Submit(t, b.Store, b.Evil.ID, nil), storetest.Submit(t, b.Store, b.Evil.ID, nil)
	n := record(t, b, complete(*first.InfoHashV1, *second.InfoHashV1))
	d := &dying{b.Jobs.Admin(), 1}
	api := notices.New(b.DB, notices.Deps{Outbox: b.Outbox, Records: b.Records, Mails: b.Mails, Strikes: b.Strikes, Jobs: d}).Admin()
	sweep := func() int {
		return storetest.Must[int](t)(b.W.Notices.CarryNotices(ctx, b.DB.Now().Add(time.Second)))
	}
	_, err := api.DecideNotice(ctx, b.Admin(), n.ID, models.NoticeDecision{Act: models.NoticeAccept})
	if !errors.Is(err, errKilled) || !b.Job(t, first.ID).Blocked || b.Job(t, second.ID).Blocked {
		t.Fatalf("killed in between: %v", err)
	}
	_, err = b.Notices.Admin().DecideNotice(ctx, b.Admin(), n.ID, models.NoticeDecision{Act: models.NoticeWithdraw, Note: "x"})
	storetest.WantCode(t, err, models.CodeConflict)
	if early := storetest.Must[int](t)(b.W.Notices.CarryNotices(ctx, b.DB.Now().Add(-time.Minute))); early != 0 {
		t.Error("the sweep takes what is being carried out")
	}
	if done := sweep(); done != 1 || !b.Job(t, second.ID).Blocked || strikes(t, b, b.Evil.ID).Count != 1 || len(mails(t, b, models.MailContentBlocked)) != 1 {
		t.Errorf("after the sweep of %d: %+v", done, detail(t, b, n.ID))
	}
	d.left = 1
	_, err = api.DecideNotice(ctx, b.Admin(), n.ID, models.NoticeDecision{Act: models.NoticeRestore, Note: "x"})
	if !errors.Is(err, errKilled) {
		t.Fatal(err)
	}
	if done := sweep(); done != 1 || b.Job(t, first.ID).Blocked || b.Job(t, second.ID).Blocked || strikes(t, b, b.Evil.ID).Count != 0 || sweep() != 0 {
		t.Errorf("after the sweep of %d: %+v", done, detail(t, b, n.ID))
	}
	if n := len(mails(t, b, models.MailContentRestored)); n != 1 {
		t.Errorf("%d mails", n)
	}
}

// A decision that can't be carried out keeps no other waiting.
func TestOneDecisionDoesNotHoldUpTheOthers(t *testing.T) {
	t.Parallel()
	b, ctx := storetest.NewWorld(t), t.Context()
	job := storetest.Submit(t, b.Store, b.Evil.ID, nil)
	killed := notices.New(b.DB, notices.Deps{Outbox: b.Outbox, Records: b.Records, Mails: b.Mails, Strikes: b.Strikes, Jobs: &dying{b.Jobs.Admin(), 0}})
	for _, value := range []string{*job.InfoHashV1, "example.com"} {
		_, err := killed.Admin().DecideNotice(ctx, b.Admin(), record(t, b, complete(value)).ID, models.NoticeDecision{Act: models.NoticeAccept})
		if !errors.Is(err, errKilled) {
			t.Fatal(err)
		}
	}
	storetest.Exec(t, `alter table blocks add constraint broken check (value <> $$`+*job.InfoHashV1+`$$)`)
	done, err := b.W.Notices.CarryNotices(ctx, b.DB.Now().Add(time.Second))
	if done != 1 || err == nil || b.Job(t, job.ID).Blocked {
		t.Errorf("carried out %d, %v", done, err)
	}
}

// However many owners a notice had, each reads why it was reversed.
func TestEveryOwnerReadsOfAReversal(t *testing.T) {
	t.Parallel()
	b := storetest.NewWorld(t)
	const owners = 201 // more than are shown
	n := record(t, b, complete("example.com"))
	decide(t, b, n.ID, models.NoticeAccept)
	storetest.Exec(t, `
		with many as (insert into users (id, email, password_hash, role, verified_at, created_at)
			select gen_random_uuid(), n || '@owner.example', '', 'user', now(), now() from generate_series(1, $2::int) n returning id)
		insert into strikes (id, user_id, notice_id, created_at, expires_at) select id, id, $1, now(), now() + interval '1 year' from many`, n.ID, owners)
	decide(t, b, n.ID, models.NoticeRestore)
	if told := storetest.Count(t, `select count(*) from mails where kind = $1 and params->>$2 = 'because'`, models.MailContentRestored, models.MailParamNote); told != owners {
		t.Errorf("%d owners of %d read why", told, owners)
	}
}

// The queue has what waits, by urgency; everything else is newest first. Both are
// read page by page, and cursors fit no other list.
func TestNoticesHavePages(t *testing.T) {
	t.Parallel()
	b, ctx := storetest.NewWorld(t), t.Context()
	at := b.DB.Now().Add(-100 * time.Hour)
	var ids []uuid.UUID
	for i := range 4 {
		in := complete("example.com")
		in.ReceivedAt = at.Add(time.Duration(i) * time.Hour)
		ids = append(ids, record(t, b, in).ID)
	}
	decide(t, b, ids[1], models.NoticeReject)
	read := func(f models.NoticeFilter) (out []uuid.UUID) {
		f.Limit = 2
		for {
			page, next, err := b.Notices.Admin().Notices(ctx, b.Admin(), f)
			storetest.OK(t, err)
			for _, n := range page {
				out = append(out, n.ID)
			}
			if f.Cursor = next; next == "" {
				return out
			}
		}
	}
	if got := read(models.NoticeFilter{Open: true}); !slices.Equal(got, []uuid.UUID{ids[0], ids[2], ids[3]}) {
		t.Errorf("the queue is %v of %v", got, ids)
	}
	if got := read(models.NoticeFilter{}); !slices.Equal(got, []uuid.UUID{ids[3], ids[2], ids[1], ids[0]}) {
		t.Errorf("all are %v of %v", got, ids)
	}
	if got := read(models.NoticeFilter{State: models.NoticeRejected}); !slices.Equal(got, ids[1:2]) {
		t.Errorf("rejected are %v", got)
	}
	if got := read(models.NoticeFilter{Search: "HOLDER films"}); len(got) != 4 {
		t.Errorf("found %v", got)
	}
	_, next, err := b.Notices.Admin().Notices(ctx, b.Admin(), models.NoticeFilter{Limit: 1})
	storetest.OK(t, err)
	_, _, err = b.Notices.Admin().Notices(ctx, b.Admin(), models.NoticeFilter{Open: true, Cursor: next})
	storetest.WantCode(t, err, models.CodeInvalid)
	var lines []models.NoticeLine
	storetest.OK(t, b.Notices.Admin().EachNotice(ctx, b.Admin(), at, at.Add(3*time.Hour), func(l []models.NoticeLine) error {
		lines = append(lines, l...)
		return nil
	}))
	if len(lines) != 3 || lines[0].ID != ids[0] || lines[1].State != models.NoticeRejected {
		t.Errorf("exported %+v", lines)
	}
}

// A reference names one notice, however often it is sent.
func TestAReferenceIsRecordedOnce(t *testing.T) {
	t.Parallel()
	b, ctx := storetest.NewWorld(t), t.Context()
	in, ref := complete("example.com"), "HF-7"
	in.Reference = &ref
	n := record(t, b, in)
	again, known, err := b.Notices.Admin().RecordNotice(ctx, b.Admin(), in)
	if err != nil || !known || again.ID != n.ID {
		t.Errorf("the second time it is %s, known %v, %v", again.ID, known, err)
	}
}

// Long after its end a notice names no person any more, and reports still have it.
func TestOldNoticesNameNobody(t *testing.T) {
	t.Parallel()
	b, ctx := storetest.NewWorld(t), t.Context()
	n := record(t, b, complete("example.com"))
	decide(t, b, n.ID, models.NoticeReject)
	if done := storetest.Must[int64](t)(b.W.Notices.ForgetNotices(ctx, b.DB.Now().Add(-time.Minute))); done != 0 {
		t.Errorf("%d forgotten too early", done)
	}
	for want := int64(1); want >= 0; want-- {
		if done := storetest.Must[int64](t)(b.W.Notices.ForgetNotices(ctx, b.DB.Now().Add(time.Minute))); done != want {
			t.Errorf("%d forgotten, want %d", done, want)
		}
	}
	if d := detail(t, b, n.ID); d.Name != "" || d.Email != "" || d.Works != "" || d.ForgottenAt == nil || d.Items != 1 || len(d.Missing()) != 0 {
		t.Errorf("left is %+v", d)
	}
}
