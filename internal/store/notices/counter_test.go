package notices_test

import (
	"slices"
	"testing"
	"time"

	"github.com/google/uuid"

	"longhaul/internal/store/storetest"
	"longhaul/models"
)

func objection() models.CounterNotice {
	return models.CounterNotice{
		Name: "Eve Owner", Address: "1 Main Street", Phone: "+1 555 0100", Text: "It is my own film.", Mistake: true, Jurisdiction: true, Signature: "Eve Owner",
	}
}

// countered returns a notice with a counter-notice of the owner.
func countered(t *testing.T, b *storetest.World) (models.Job, models.Notice, models.CounterNotice) {
	t.Helper()
	job := storetest.Submit(t, b.Store, b.Evil.ID, nil)
	n := record(t, b, complete(*job.InfoHashV1))
	decide(t, b, n.ID, models.NoticeAccept)
	storetest.Drain(t, b.Store)
	by := models.Actor{Kind: models.ActorUser, ID: &b.Evil.ID}
	c := storetest.Must[models.CounterNotice](t)(b.Notices.CounterNotice(t.Context(), by, b.Evil.ID, n.ID, objection()))
	return job, n, c
}

// The clock reminds administrators, once, and then restores the content. It never
// runs out before ten business days have passed.
func TestTheClockRestores(t *testing.T) {
	t.Parallel()
	b, ctx := storetest.NewWorld(t), t.Context()
	clock := storetest.FakeClock(b.Store)
	storetest.Exec(t, `update users set role = 'admin' where id = $1`, b.User.ID)
	job, n, c := countered(t, b)
	if !slices.Contains(storetest.Drain(t, b.Store), "counter "+c.ID.String()) {
		t.Error("the workflow is not started")
	}
	if d := detail(t, b, n.ID); d.State != models.NoticeCountered || d.Counter == nil || d.Counter.Email != b.Evil.Email || !d.ActAt.Equal(c.DueAt) {
		t.Errorf("countered it is %+v", d)
	}
	if told := mails(t, b, models.MailCounterNotice); len(told) != 1 || told[0].To != n.Email || c.ForwardedAt == nil {
		t.Errorf("forwarded %+v", told)
	}
	if c.DueAt.Before(clock.Now.Add(12 * 24 * time.Hour)) {
		t.Errorf("due %s after %s", c.DueAt, clock.Now)
	}
	check := func() models.CounterClock {
		return storetest.Must[models.CounterClock](t)(b.W.Notices.CheckCounter(ctx, c.ID))
	}
	if got := check(); got.Over || !got.Next.Equal(c.RemindAt) {
		t.Errorf("first %+v", got)
	}
	clock.Now = c.RemindAt
	for range 2 {
		if got := check(); got.Over || !got.Next.Equal(c.DueAt) {
			t.Errorf("reminded %+v", got)
		}
	}
	if told := mails(t, b, models.MailCounterDue); len(told) != 1 || told[0].To != b.User.Email {
		t.Errorf("administrators read %+v", told)
	}
	clock.Now = c.DueAt.Add(-time.Microsecond)
	if check(); !b.Job(t, job.ID).Blocked {
		t.Error("it is restored too early")
	}
	clock.Now = c.DueAt
	for range 2 {
		if got := check(); !got.Over {
			t.Errorf("in the end %+v", got)
		}
	}
	if d := detail(t, b, n.ID); d.State != models.NoticeRestored || b.Job(t, job.ID).Blocked || d.Counter.EndedAt == nil || strikes(t, b, b.Evil.ID).Count != 0 {
		t.Errorf("in the end it is %+v", d)
	}
	log := storetest.Must[[]models.AuditRecord](t)(b.Records.Audit(ctx, models.AuditFilter{Target: n.ID.String(), Action: string(models.AuditNoticeDecided)}))
	if len(log) != 2 || log[0].ActorKind != models.ActorSystem || log[0].Before["state"] != "countered" {
		t.Errorf("the audit log has %+v", log)
	}
}

// A court action stops the clock for good; more days move it, within what the law
// allows.
func TestTheClockIsExtendedAndStopped(t *testing.T) {
	t.Parallel()
	b, ctx := storetest.NewWorld(t), t.Context()
	clock := storetest.FakeClock(b.Store)
	storetest.Exec(t, `update users set role = 'admin' where id = $1`, b.User.ID)
	job, n, c := countered(t, b)
	for days, code := range map[int]models.Code{9: models.CodeInvalid, 10: models.CodeConflict, 15: models.CodeInvalid} {
		_, err := b.Notices.Admin().ExtendCounter(ctx, b.Admin(), n.ID, days)
		storetest.WantCode(t, err, code)
	}
	clock.Now = c.RemindAt
	storetest.Must[models.CounterClock](t)(b.W.Notices.CheckCounter(ctx, c.ID))
	longer := storetest.Must[models.CounterNotice](t)(b.Notices.Admin().ExtendCounter(ctx, b.Admin(), n.ID, 14))
	if !longer.DueAt.After(c.DueAt) || longer.Days != 14 {
		t.Errorf("extended to %+v", longer)
	}
	clock.Now = c.DueAt
	if storetest.Must[models.CounterClock](t)(b.W.Notices.CheckCounter(ctx, c.ID)).Over {
		t.Error("the old time counts")
	}
	reminded := len(mails(t, b, models.MailCounterDue))
	clock.Now = longer.RemindAt
	storetest.Must[models.CounterClock](t)(b.W.Notices.CheckCounter(ctx, c.ID))
	if again := len(mails(t, b, models.MailCounterDue)); reminded == 0 || again != 2*reminded {
		t.Errorf("%d mails about the old end, %d with those about the new one", reminded, again)
	}
	decide(t, b, n.ID, models.NoticeUphold)
	clock.Now = longer.DueAt.Add(time.Hour)
	if got := storetest.Must[models.CounterClock](t)(b.W.Notices.CheckCounter(ctx, c.ID)); !got.Over || !b.Job(t, job.ID).Blocked {
		t.Errorf("upheld, the clock says %+v", got)
	}
	if late := storetest.Must[[]uuid.UUID](t)(b.W.Notices.LateCounters(ctx, clock.Now.Add(time.Hour))); len(late) != 0 {
		t.Errorf("a stopped clock is late: %v", late)
	}
	_, err := b.Notices.Admin().ExtendCounter(ctx, b.Admin(), n.ID, 14)
	storetest.WantCode(t, err, models.CodeConflict)
}

// Only the owner of what is blocked objects, with all that the law asks for, and
// once.
func TestWhoObjects(t *testing.T) {
	t.Parallel()
	b, ctx := storetest.NewWorld(t), t.Context()
	job := storetest.Submit(t, b.Store, b.Evil.ID, nil)
	n := record(t, b, complete(*job.InfoHashV1))
	decide(t, b, n.ID, models.NoticeAccept)
	by := models.Actor{Kind: models.ActorUser, ID: &b.User.ID}
	_, err := b.Notices.CounterNotice(ctx, by, b.User.ID, n.ID, objection())
	storetest.WantCode(t, err, models.CodeNotFound)
	for field, change := range map[string]func(*models.CounterNotice){
		"name": func(c *models.CounterNotice) { c.Name = " " }, "mistake": func(c *models.CounterNotice) { c.Mistake = false },
		"jurisdiction": func(c *models.CounterNotice) { c.Jurisdiction = false }, "signature": func(c *models.CounterNotice) { c.Signature = "" },
	} {
		c := objection()
		change(&c)
		if _, err := b.Notices.CounterNotice(ctx, by, b.Evil.ID, n.ID, c); models.AsError(err).Field != field {
			t.Errorf("%s: %v", field, err)
		}
	}
	_, err = b.Notices.Admin().RecordCounter(ctx, b.Admin(), n.ID, "unknown@example.com", objection())
	if models.AsError(err).Field != "account" {
		t.Errorf("an unknown account: %v", err)
	}
	c := storetest.Must[models.CounterNotice](t)(b.Notices.Admin().RecordCounter(ctx, b.Admin(), n.ID, " "+b.Evil.Email, objection()))
	if *c.UserID != b.Evil.ID {
		t.Errorf("recorded %+v", c)
	}
	_, err = b.Notices.CounterNotice(ctx, by, b.Evil.ID, n.ID, objection())
	storetest.WantCode(t, err, models.CodeConflict)
}

// Strikes suspend submissions and then disable the account, whose open jobs pause,
// each with a mail and an entry in the audit log, until they are withdrawn or
// expire.
func TestStrikesOfARepeatInfringer(t *testing.T) {
	t.Parallel()
	b, ctx := storetest.NewWorld(t), t.Context()
	clock := storetest.FakeClock(b.Store)
	b.Strikes.Policy = models.StrikePolicy{Months: 6, Suspend: 2, Disable: 3}
	strike := func() {
		job := storetest.Submit(t, b.Store, b.Evil.ID, nil)
		decide(t, b, record(t, b, complete(*job.InfoHashV1)).ID, models.NoticeAccept)
	}
	submit := func() error {
		_, _, err := b.Jobs.SubmitJob(ctx, models.NewJob{UserID: b.Evil.ID, Source: storetest.Magnet()})
		return err
	}
	strike()
	storetest.OK(t, submit())
	third := storetest.Submit(t, b.Store, b.Evil.ID, nil)
	strike()
	storetest.WantProblem(t, submit(), models.ProblemTooManyStrikes)
	if r := strikes(t, b, b.Evil.ID); r.Count != 2 || !r.Suspended || len(mails(t, b, models.MailSubmitsSuspended)) != 1 {
		t.Errorf("strikes: %+v", r)
	}
	decide(t, b, record(t, b, complete(*third.InfoHashV1)).ID, models.NoticeAccept)
	u := storetest.Must[models.User](t)(b.Accounts.User(ctx, b.Evil.ID))
	if u.DisabledAt == nil || len(mails(t, b, models.MailAccountDisabled)) != 1 || len(mails(t, b, models.MailSubmitsSuspended)) != 1 {
		t.Error("the account is not disabled, or not told so once")
	}
	if storetest.Count(t, "select count(*) from jobs where user_id = $1 and halted and asked_act = 'pause'", b.Evil.ID) != 1 {
		t.Error("its open job was not asked to pause")
	}
	log := storetest.Must[[]models.AuditRecord](t)(b.Records.Audit(ctx, models.AuditFilter{Target: b.Evil.ID.String(), Action: string(models.AuditSubmitsSuspended)}))
	if len(log) != 1 || log[0].ActorKind != models.ActorSystem {
		t.Errorf("the audit log has %+v", log)
	}
	given := strikes(t, b, b.Evil.ID).Strikes
	for _, s := range given[:2] {
		storetest.Must[models.Strike](t)(b.Strikes.WithdrawStrike(ctx, b.Admin(), s.ID, "a mistake"))
	}
	storetest.OK(t, submit())
	_, err := b.Strikes.WithdrawStrike(ctx, b.Admin(), given[0].ID, "again")
	storetest.WantCode(t, err, models.CodeConflict)
	_, err = b.Strikes.WithdrawStrike(ctx, b.Admin(), given[2].ID, " ")
	storetest.WantCode(t, err, models.CodeInvalid)
	clock.Now = clock.Now.AddDate(0, 7, 0)
	if r := strikes(t, b, b.Evil.ID); r.Count != 0 || len(r.Strikes) != 3 {
		t.Errorf("half a year later: %+v", r)
	}
}
