package notices

import (
	"context"
	"errors"
	"time"

	"github.com/google/uuid"

	"longhaul/internal/store/postgres"
	"longhaul/models"
)

// CheckCounter does what the clock of a counter-notice says is due: it reminds
// administrators, or restores the content. It returns when to come again. Doing
// it again changes nothing.
func (w *Worker) CheckCounter(ctx context.Context, id uuid.UUID) (models.CounterClock, error) {
	nt := w.nt
	var clock models.CounterClock
	var found models.CounterNotice
	if err := nt.db.Row(ctx, &found, "find counter-notice", `select * from counter_notices where id = ?`, id); err != nil {
		return models.CounterClock{Over: true}, ignoreGone(err)
	}
	noticeID := found.NoticeID
	err := nt.db.Tx(ctx, func(ctx context.Context) error {
		n, err := nt.lock(ctx, noticeID)
		if err != nil {
			return err
		}
		c, err := nt.counterOf(ctx, noticeID)
		if err != nil {
			return err
		}
		clock, err = nt.tick(ctx, n, c)
		return err
	})
	if err == nil && clock.Over {
		err = nt.carry(ctx, noticeID)
	}
	return clock, err
}

func ignoreGone(err error) error {
	if models.IsNotFound(err) {
		return nil
	}
	return err
}

// ranOut is the note of a notice whose clock ran out.
const ranOut = "The complainant did not go to court within the counter-notice's time."

func (nt *Notices) tick(ctx context.Context, n models.Notice, c models.CounterNotice) (models.CounterClock, error) {
	now := nt.db.Now()
	switch {
	case n.State != models.NoticeCountered || c.EndedAt != nil:
		return models.CounterClock{Over: true}, nil
	case !now.Before(c.DueAt):
		d := models.NoticeDecision{Act: models.NoticeRestore, Note: ranOut}
		return models.CounterClock{Over: true}, nt.decide(ctx, models.Actor{Kind: models.ActorSystem}, &n, d)
	case c.RemindedAt == nil && !now.Before(c.RemindAt):
		if err := nt.remind(ctx, c); err != nil {
			return models.CounterClock{}, err
		}
		c.RemindedAt, c.NextAt = &now, &c.DueAt
		err := nt.db.Conn(ctx).Model(&c).Select("reminded_at", "next_at").Updates(&c).Error
		return models.CounterClock{Next: c.DueAt}, postgres.Translate(err, "note the reminder")
	default:
		return models.CounterClock{Next: *c.NextAt}, nil
	}
}

// remind tells every administrator that the clock is about to run out.
func (nt *Notices) remind(ctx context.Context, c models.CounterNotice) error {
	var admins []models.User
	err := nt.db.Rows(ctx, &admins, "list administrators", `
		select * from users where role = 'admin' and disabled_at is null and delete_at is null and verified_at is not null order by id`)
	if err != nil {
		return err
	}
	for _, u := range admins {
		err := nt.mails.QueueMail(ctx, models.Mail{UserID: &u.ID, To: u.Email, Kind: models.MailCounterDue, Params: map[string]string{
			models.MailParamNotice: c.NoticeID.String(), models.MailParamDue: c.DueAt.Format(time.RFC3339),
		}})
		if err != nil {
			return err
		}
	}
	return nil
}

// lateBatch is how many clocks or notices are looked at in one sweep.
const lateBatch = 500

// LateCounters returns the counter-notices whose workflow should have acted
// before the time: it was lost. The most urgent come first.
func (w *Worker) LateCounters(ctx context.Context, before time.Time) ([]uuid.UUID, error) {
	var out []uuid.UUID
	err := w.nt.db.Rows(ctx, &out, "look for clocks that stand still", `
		select id from counter_notices where next_at < ? order by next_at, id limit ?`, before, lateBatch)
	return out, err
}

// CarryNotices carries out the decisions from before the time that whoever made
// them did not come to carry out. It returns how many it carried out; one that
// fails doesn't keep the others waiting.
func (w *Worker) CarryNotices(ctx context.Context, before time.Time) (int, error) {
	var ids []uuid.UUID
	err := w.nt.db.Rows(ctx, &ids, "look for decisions that are not carried out", `
		select id from notices where carried_at is null and updated_at < ? order by id limit ?`, before, lateBatch)
	if err != nil {
		return 0, err
	}
	done := 0
	var failed error
	for _, id := range ids {
		if err := w.nt.carry(ctx, id); err != nil {
			failed = errors.Join(failed, err)
			continue
		}
		done++
	}
	return done, failed
}

// ForgetNotices removes the personal data of notices that ended before the time.
// What was decided, and on what, stays for reports.
func (w *Worker) ForgetNotices(ctx context.Context, before time.Time) (int64, error) {
	var n int64
	err := w.nt.db.Tx(ctx, func(ctx context.Context) error {
		_, err := w.nt.db.Exec(ctx, "forget counter-notices", `
			delete from counter_notices where notice_id in (select id from notices where ended_at < ? and forgotten_at is null)`, before)
		if err != nil {
			return err
		}
		n, err = w.nt.db.Exec(ctx, "forget complainants", `
			update notices set name = '', organisation = '', email = '', address = '', works = '', text = '', signature = '', note = '', actor_ip = '',
				forgotten_at = ? where ended_at < ? and forgotten_at is null`, w.nt.db.Now(), before)
		return err
	})
	return n, err
}
