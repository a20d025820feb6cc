package notices

import (
	"context"
	"strings"
	"time"

	"github.com/google/uuid"

	"longhaul/internal/store/postgres"
	"longhaul/models"
)

// CounterNotice records an owner's counter-notice to a notice that blocks some of
// their downloads, and starts its clock. A notice that blocks none of theirs is
// not found.
func (nt *Notices) CounterNotice(ctx context.Context, by models.Actor, userID, noticeID uuid.UUID, c models.CounterNotice) (models.CounterNotice, error) {
	concerned, err := nt.concerns(ctx, userID, noticeID)
	if err != nil {
		return c, err
	}
	if !concerned {
		return c, postgres.NotFound("notice")
	}
	c.UserID = &userID
	return nt.counter(ctx, by, noticeID, c)
}

// RecordCounter is CounterNotice for one that came on paper or by mail, from the
// account with the e-mail address if it is not empty.
func (ad *Admin) RecordCounter(ctx context.Context, by models.Actor, noticeID uuid.UUID, email string, c models.CounterNotice) (models.CounterNotice, error) {
	nt := ad.nt
	c.UserID = nil
	if email = strings.ToLower(strings.TrimSpace(email)); email != "" {
		var u models.User
		if err := nt.db.Row(ctx, &u, "load account of counter-notice", `select * from users where email = ?`, email); err != nil {
			if models.IsNotFound(err) {
				err = models.Errorf(models.CodeInvalid, "No account has this e-mail address.").In("account")
			}
			return c, err
		}
		c.UserID = &u.ID
	}
	return nt.counter(ctx, by, noticeID, c)
}

// counter starts the clock of a counter-notice, and forwards it to the
// complainant as 17 U.S.C. § 512(g)(2)(B) asks for.
func (nt *Notices) counter(ctx context.Context, by models.Actor, noticeID uuid.UUID, c models.CounterNotice) (models.CounterNotice, error) {
	for _, text := range []*string{&c.Name, &c.Address, &c.Phone, &c.Text, &c.Signature} {
		*text = strings.TrimSpace(*text)
	}
	if err := c.Checked(); err != nil {
		return c, err
	}
	now := nt.db.Now()
	c.ID, c.NoticeID, c.ReceivedAt = nt.db.NewID(), noticeID, now
	nt.setClock(&c, max(nt.CounterDays, models.MinCounterDays))
	err := nt.db.Tx(ctx, func(ctx context.Context) error {
		n, err := nt.lock(ctx, noticeID)
		if err != nil {
			return err
		}
		next, ok := n.State.After(models.NoticeCounter)
		if !ok {
			return wrongState(n.State)
		}
		before := n
		n.State, n.ActAt = next, &c.DueAt
		if err := nt.save(ctx, "counter notice", &n, "state", "act_at"); err != nil {
			return err
		}
		if n.Email != "" {
			c.ForwardedAt = &now
			if err := nt.forward(ctx, n, c); err != nil {
				return err
			}
		}
		if err := nt.db.Conn(ctx).Create(&c).Error; err != nil {
			return postgres.Translate(err, "record counter-notice")
		}
		if err := nt.outbox.Enqueue(ctx, models.OutboxCounter, c.ID); err != nil {
			return err
		}
		e := by.Did(models.AuditNoticeCountered, auditTarget, noticeID.String())
		e.Before = facts(before)
		e.After = map[string]any{"state": string(n.State), "due": c.DueAt.Format(time.RFC3339), "forwarded": c.ForwardedAt != nil}
		return nt.records.RecordAudit(ctx, e)
	})
	return c, err
}

// reminder is how many business days before the end administrators are
// reminded.
const reminder = 2

// setClock sets when the clock runs out, and when administrators are reminded, who
// were reminded of an earlier end at most.
func (nt *Notices) setClock(c *models.CounterNotice, days int) {
	c.Days = days
	c.DueAt, c.RemindAt = nt.Calendar.After(c.ReceivedAt, days), nt.Calendar.After(c.ReceivedAt, days-reminder)
	if nt.db.Now().Before(c.RemindAt) {
		c.RemindedAt = nil
	}
	next := c.RemindAt
	if c.RemindedAt != nil {
		next = c.DueAt
	}
	c.NextAt = &next
}

func (nt *Notices) forward(ctx context.Context, n models.Notice, c models.CounterNotice) error {
	return nt.mails.QueueMail(ctx, models.Mail{To: n.Email, Kind: models.MailCounterNotice, Params: map[string]string{
		models.MailParamWorks: n.Works, models.MailParamName: c.Name, models.MailParamAddress: c.Address + ", " + c.Phone,
		models.MailParamNote: c.Text, models.MailParamDue: c.DueAt.Format(time.RFC3339),
	}})
}

// ExtendCounter has the clock run for more business days from the counter-notice
// on, as many as the law allows at most.
func (ad *Admin) ExtendCounter(ctx context.Context, by models.Actor, noticeID uuid.UUID, days int) (models.CounterNotice, error) {
	nt := ad.nt
	var c models.CounterNotice
	if days < models.MinCounterDays || days > models.MaxCounterDays {
		return c, models.Errorf(models.CodeInvalid, "Use %d to %d business days.", models.MinCounterDays, models.MaxCounterDays).In("days")
	}
	err := nt.db.Tx(ctx, func(ctx context.Context) error {
		n, err := nt.lock(ctx, noticeID)
		if err != nil {
			return err
		}
		if c, err = nt.counterOf(ctx, noticeID); err != nil && !models.IsNotFound(err) {
			return err
		}
		if n.State != models.NoticeCountered || err != nil {
			return wrongState(n.State)
		}
		if days <= c.Days {
			return models.Errorf(models.CodeConflict, "The clock runs for %d business days already.", c.Days)
		}
		before := c
		nt.setClock(&c, days)
		n.ActAt = &c.DueAt
		if err := nt.save(ctx, "extend clock", &n, "act_at"); err != nil {
			return err
		}
		if err := nt.db.Conn(ctx).Model(&c).Select("days", "due_at", "remind_at", "reminded_at", "next_at").Updates(&c).Error; err != nil {
			return postgres.Translate(err, "extend clock")
		}
		if err := nt.outbox.Enqueue(ctx, models.OutboxCounter, c.ID); err != nil {
			return err
		}
		e := by.Did(models.AuditNoticeExtended, auditTarget, noticeID.String())
		e.Before = map[string]any{"days": before.Days, "due": before.DueAt.Format(time.RFC3339)}
		e.After = map[string]any{"days": c.Days, "due": c.DueAt.Format(time.RFC3339)}
		return nt.records.RecordAudit(ctx, e)
	})
	return c, err
}

// stopClock ends the clock of the notice's counter-notice. It wakes the workflow,
// unless that is what stops it.
func (nt *Notices) stopClock(ctx context.Context, by models.Actor, noticeID uuid.UUID) error {
	var stopped []uuid.UUID
	err := nt.db.Rows(ctx, &stopped, "stop clock", `
		update counter_notices set next_at = null, ended_at = ? where notice_id = ? and ended_at is null returning id`, nt.db.Now(), noticeID)
	for _, id := range stopped {
		if err == nil && by.Kind != models.ActorSystem {
			err = nt.outbox.Enqueue(ctx, models.OutboxCounter, id)
		}
	}
	return err
}

func (nt *Notices) counterOf(ctx context.Context, noticeID uuid.UUID) (models.CounterNotice, error) {
	var c models.CounterNotice
	err := nt.db.Row(ctx, &c, "load counter-notice", `
		select c.*, coalesce(u.email, '') as email from counter_notices c left join users u on u.id = c.user_id where c.notice_id = ?`, noticeID)
	return c, err
}

// concerns reports whether the notice blocks, or blocked, downloads of the
// account.
func (nt *Notices) concerns(ctx context.Context, userID, noticeID uuid.UUID) (bool, error) {
	var yes bool
	err := nt.db.Row(ctx, &yes, "look whether the notice concerns the account", `
		select exists (select from strikes where notice_id = @notice and user_id = @user) or exists (
			select from notice_items i join block_marks m on m.block_id = i.block_id join jobs j on j.id = m.job_id
			where i.notice_id = @notice and j.user_id = @user)`, map[string]any{"notice": noticeID, "user": userID})
	return yes, err
}
