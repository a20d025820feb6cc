package mails

import (
	"context"
	"slices"
	"strconv"
	"strings"
	"time"

	"longhaul/internal/store/postgres"
	"longhaul/models"
)

// A mail that tells of several things waits for others like it. Shortly before it
// leaves it takes no more, as another machine's clock may be ahead.
const (
	gatherFor = time.Minute
	fullAt    = 50 * time.Second
	mostNames = 20 // that a mail lists
)

// GatherMail tells an account of one thing by name, in the caller's transaction:
// in a mail of the same kind, with the same note, that waits for more of them, or
// in a new one, which leaves a minute later.
func (ml *Mails) GatherMail(ctx context.Context, m models.Mail, name string) error {
	return ml.db.Tx(ctx, func(ctx context.Context) error {
		if err := ml.db.Lock(ctx, postgres.LockMails, m.UserID.String()); err != nil {
			return err
		}
		var waiting []models.Mail
		err := ml.db.Conn(ctx).Where("user_id = ? and kind = ? and recipient = ? and state = ? and attempts = 0 and created_at > ?",
			m.UserID, m.Kind, m.To, models.MailQueued, ml.db.Now().Add(-fullAt)).Find(&waiting).Error
		if err != nil {
			return postgres.Translate(err, "look for waiting mails")
		}
		at := slices.IndexFunc(waiting, func(w models.Mail) bool { return w.Params[models.MailParamNote] == m.Params[models.MailParamNote] })
		if at < 0 {
			addName(&m, name)
			return ml.queue(ctx, m, gatherFor)
		}
		addName(&waiting[at], name)
		return postgres.Translate(ml.db.Conn(ctx).Model(&waiting[at]).Select("params").UpdateColumns(&waiting[at]).Error, "add to a mail")
	})
}

// addName has the mail tell of one more thing, or count it if it lists many.
func addName(m *models.Mail, name string) {
	line := strings.Join(strings.Fields(name), " ")
	names := m.Params[models.MailParamNames]
	switch {
	case names == "":
		m.Params[models.MailParamNames] = line
	case strings.Count(names, "\n") < mostNames-1:
		m.Params[models.MailParamNames] = names + "\n" + line
	default:
		more, _ := strconv.Atoi(m.Params[models.MailParamMore])
		m.Params[models.MailParamMore] = strconv.Itoa(more + 1)
	}
}
