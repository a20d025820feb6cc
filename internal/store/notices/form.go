package notices

import (
	"context"

	"github.com/google/uuid"

	"longhaul/models"
)

// SendNotice records a notice that came by the public form, and acknowledges it by
// mail. It is refused, naming the field, unless it says all that the law asks for
// and has an e-mail address. Its reference names it: the same again is the notice
// that is here already, and sends no other mail.
func (nt *Notices) SendNotice(ctx context.Context, by models.Actor, in models.NewNotice) (models.Notice, error) {
	in.Channel = models.NoticeByForm
	if err := check(&in.Notice, nt.db.Now()); err != nil {
		return models.Notice{}, err
	}
	if in.Email == "" {
		return models.Notice{}, models.Errorf(models.CodeInvalid, "A notice needs an e-mail address, where the answer goes.").In("email")
	}
	for _, thing := range in.Things {
		if len(thing.Value) > models.MaxNoticeThing {
			return models.Notice{}, models.Errorf(models.CodeInvalid, "A location has at most %d bytes.", models.MaxNoticeThing).In("claims")
		}
	}
	complete := in.Notice
	complete.Items = int64(len(itemsOf(in)))
	if gaps := complete.Missing(); len(gaps) > 0 {
		return models.Notice{}, models.Errorf(models.CodeInvalid, "A notice needs this.").In(gapFields[gaps[0]])
	}
	n, _, err := nt.record(ctx, by, in, func(ctx context.Context, n models.Notice) error {
		return nt.mails.QueueMail(ctx, models.Mail{To: n.Email, Kind: models.MailNoticeReceived, Params: map[string]string{
			models.MailParamNotice: n.ID.String(), models.MailParamRef: *n.Reference,
		}})
	})
	return n, err
}

// gapFields are the fields of the form that fill the gaps.
var gapFields = map[models.NoticeGap]string{
	models.GapSignature: "signature", models.GapWorks: "claims", models.GapItems: "claims", models.GapContact: "name",
	models.GapGoodFaith: "goodFaith", models.GapAccuracy: "accuracy",
}

// SentNotice returns what the sender of a notice may know of it. The caller has
// checked that they hold its link.
func (nt *Notices) SentNotice(ctx context.Context, id uuid.UUID) (models.SentNotice, error) {
	var n models.SentNotice
	err := nt.db.Row(ctx, &n, "load notice for its sender", `
		select n.reference, n.state, n.note, n.received_at, n.decided_at, n.ended_at, c.due_at,
			count(i.n) filter (where i.part_of is null) as items,
			count(distinct coalesce(i.part_of, i.n)) filter (where b.lifted_at is null and b.id is not null) as blocked
		from notices n left join counter_notices c on c.notice_id = n.id and c.ended_at is null
			left join notice_items i on i.notice_id = n.id left join blocks b on b.id = i.block_id
		where n.id = ? and n.channel = 'form' group by n.id, c.due_at`, id)
	return n, err
}
