package notices

import (
	"context"
	"strings"

	"github.com/google/uuid"

	"longhaul/models"
)

// DecideNotice accepts, rejects, restores, upholds or withdraws a notice. When it
// returns, what follows from that is done: blocks are added or lifted, owners and
// the complainant are told, strikes given or taken back, and a clock stopped.
func (ad *Admin) DecideNotice(ctx context.Context, by models.Actor, id uuid.UUID, d models.NoticeDecision) (models.Notice, error) {
	d.Note = strings.TrimSpace(d.Note)
	d, err := d.Checked()
	if err != nil {
		return models.Notice{}, err
	}
	nt := ad.nt
	err = nt.db.Tx(ctx, func(ctx context.Context) error {
		n, err := nt.lock(ctx, id)
		if err != nil {
			return err
		}
		return nt.decide(ctx, by, &n, d)
	})
	if err != nil {
		return models.Notice{}, err
	}
	// What fails from here on is made up for by CarryNotices.
	if err := nt.carry(ctx, id); err != nil {
		return models.Notice{}, err
	}
	return nt.load(ctx, id)
}

// decide changes the locked notice, and tells the complainant.
func (nt *Notices) decide(ctx context.Context, by models.Actor, n *models.Notice, d models.NoticeDecision) error {
	next, ok := n.State.After(d.Act)
	if !ok {
		if d.Act == models.NoticeAccept && n.State == models.NoticeIncomplete {
			return models.Errorf(models.CodeConflict, "This notice is incomplete. It lacks: %s.", words(n.Missing()))
		}
		return wrongState(n.State)
	}
	if n.CarriedAt == nil {
		return models.Errorf(models.CodeConflict, "The decision before is still being carried out. Try again in a few minutes.")
	}
	before, now := *n, nt.db.Now()
	n.State, n.Note, n.ActAt = next, d.Note, nil
	n.ActorKind, n.ActorID, n.ActorIP = by.Kind, by.ID, by.IP
	if n.DecidedAt == nil {
		n.DecidedAt = &now
	}
	if next.Over() {
		n.EndedAt = &now
	}
	if next.Blocks() != before.State.Blocks() {
		n.CarriedAt = nil
	}
	err := nt.save(ctx, "decide notice", n, "state", "note", "act_at", "actor_kind", "actor_id", "actor_ip", "decided_at", "ended_at", "carried_at")
	if err != nil {
		return err
	}
	if before.State == models.NoticeCountered {
		if err := nt.stopClock(ctx, by, n.ID); err != nil {
			return err
		}
	}
	if next == models.NoticeRejected && d.Tell && n.Email != "" {
		err := nt.mails.QueueMail(ctx, models.Mail{To: n.Email, Kind: models.MailNoticeRejected, Params: map[string]string{
			models.MailParamWorks: n.Works, models.MailParamNote: n.Note,
		}})
		if err != nil {
			return err
		}
	}
	return nt.audit(ctx, by, models.AuditNoticeDecided, before, *n)
}

func words(gaps []models.NoticeGap) string {
	out := make([]string, 0, len(gaps))
	for _, g := range gaps {
		out = append(out, strings.ReplaceAll(string(g), "_", " "))
	}
	return strings.Join(out, ", ")
}
