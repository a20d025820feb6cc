package notices

import (
	"context"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/google/uuid"

	"longhaul/internal/store/postgres"
	"longhaul/models"
)

// RecordNotice writes a notice down. It is received if it says all that the law
// asks for, and incomplete otherwise. A notice with the reference of one that is
// here already is that one: known is true then, and nothing changes.
func (ad *Admin) RecordNotice(ctx context.Context, by models.Actor, in models.NewNotice) (n models.Notice, known bool, err error) {
	return ad.nt.record(ctx, by, in, nil)
}

// record is RecordNotice. In the transaction of a new notice it calls then, unless
// that is nil.
func (nt *Notices) record(ctx context.Context, by models.Actor, in models.NewNotice, then func(context.Context, models.Notice) error) (n models.Notice, known bool, err error) {
	now := nt.db.Now()
	n = in.Notice
	if err := check(&n, now); err != nil {
		return n, false, err
	}
	items := itemsOf(in)
	if len(items) > models.MaxNoticeItems {
		return n, false, models.Errorf(models.CodeInvalid, "Name at most %d things.", models.MaxNoticeItems).In("values")
	}
	n.ID, n.Items, n.CreatedAt, n.UpdatedAt, n.CarriedAt = nt.db.NewID(), int64(len(items)), now, now, &now
	n.ActorKind, n.ActorID, n.ActorIP, n.Note = by.Kind, by.ID, by.IP, ""
	n.DecidedAt, n.EndedAt, n.ForgottenAt = nil, nil, nil
	due := n.ReceivedAt.Add(models.NoticePatience)
	n.State, n.ActAt = stateOf(n), &due
	err = nt.db.Tx(ctx, func(ctx context.Context) error {
		if known, err = nt.known(ctx, &n); err != nil || known {
			return err
		}
		if items, err = nt.withParts(ctx, items); err != nil {
			return err
		}
		for i := range items {
			items[i].NoticeID = n.ID
		}
		if len(items) > 0 {
			if err := nt.db.Conn(ctx).Create(&items).Error; err != nil {
				return postgres.Translate(err, "list what the notice names")
			}
		}
		if then != nil {
			if err := then(ctx, n); err != nil {
				return err
			}
		}
		return nt.audit(ctx, by, models.AuditNoticeRecorded, models.Notice{}, n)
	})
	if err != nil {
		return n, false, err
	}
	n, err = nt.load(ctx, n.ID)
	return n, known, err
}

// known writes the row, or loads the one that has its reference.
func (nt *Notices) known(ctx context.Context, n *models.Notice) (bool, error) {
	added, err := nt.db.Exec(ctx, "record notice", `
		insert into notices (id, reference, channel, state, name, organisation, email, address, works, text, good_faith, accuracy, signature,
			actor_kind, actor_id, actor_ip, received_at, act_at, carried_at, created_at, updated_at)
		values (@id, @reference, @channel, @state, @name, @organisation, @email, @address, @works, @text, @good_faith, @accuracy, @signature,
			@actor_kind, @actor_id, @actor_ip, @received_at, @act_at, @now, @now, @now)
		on conflict (reference) do nothing`, map[string]any{
		"id": n.ID, "reference": n.Reference, "channel": n.Channel, "state": n.State, "name": n.Name, "organisation": n.Organisation,
		"email": n.Email, "address": n.Address, "works": n.Works, "text": n.Text, "good_faith": n.GoodFaith, "accuracy": n.Accuracy,
		"signature": n.Signature, "actor_kind": n.ActorKind, "actor_id": n.ActorID, "actor_ip": n.ActorIP,
		"received_at": n.ReceivedAt, "act_at": n.ActAt, "now": n.CreatedAt,
	})
	if err != nil || added == 1 {
		return false, err
	}
	return true, nt.db.Row(ctx, n, "load notice by reference", loaded+`where n.reference = ?`, *n.Reference)
}

func stateOf(n models.Notice) models.NoticeState {
	if len(n.Missing()) > 0 {
		return models.NoticeIncomplete
	}
	return models.NoticeReceived
}

// check trims what the notice says and refuses what is too long, naming the
// field.
func check(n *models.Notice, now time.Time) error {
	if !n.Channel.Valid() {
		return models.Errorf(models.CodeInvalid, "Use mail, form or admin.").In("channel")
	}
	if n.ReceivedAt.IsZero() {
		n.ReceivedAt = now
	}
	if n.ReceivedAt.After(now.Add(time.Minute)) {
		return models.Errorf(models.CodeInvalid, "A notice can't come from the future.").In("receivedAt")
	}
	n.ReceivedAt = n.ReceivedAt.UTC().Truncate(time.Microsecond)
	if n.Reference != nil {
		ref := strings.TrimSpace(*n.Reference)
		if n.Reference = &ref; ref == "" {
			n.Reference = nil
		}
		if utf8.RuneCountInString(ref) > models.MaxNoticeReference {
			return tooLong("reference", models.MaxNoticeReference)
		}
	}
	return checkSaid(n)
}

func checkSaid(n *models.Notice) error {
	for name, text := range map[string]*string{
		"name": &n.Name, "organisation": &n.Organisation, "email": &n.Email, "address": &n.Address, "signature": &n.Signature,
	} {
		if *text = strings.TrimSpace(*text); utf8.RuneCountInString(*text) > models.MaxNoticeField {
			return tooLong(name, models.MaxNoticeField)
		}
	}
	if n.Email != "" && (!strings.Contains(n.Email, "@") || strings.ContainsAny(n.Email, " \t\r\n<>,;")) {
		return models.Errorf(models.CodeInvalid, "This is no e-mail address.").In("email")
	}
	for name, text := range map[string]*string{"works": &n.Works, "text": &n.Text} {
		if *text = strings.TrimSpace(*text); len(*text) > models.MaxNoticeText {
			return models.Errorf(models.CodeInvalid, "Use at most %d bytes.", models.MaxNoticeText).In(name)
		}
	}
	return nil
}

func tooLong(field string, most int) error {
	return models.Errorf(models.CodeInvalid, "Use at most %d characters.", most).In(field)
}

// itemsOf returns what the notice names, each once.
func itemsOf(in models.NewNotice) []models.NoticeItem {
	out := []models.NoticeItem{}
	seen := map[string]bool{}
	add := func(i models.NoticeItem) {
		if i.Value = strings.TrimSpace(i.Value); i.Value == "" || seen[i.Value] {
			return
		}
		seen[i.Value] = true
		out = append(out, models.NoticeItem{N: len(out) + 1, Kind: i.Kind, Value: i.Value, Secret: i.Secret, Share: i.Share, Ref: i.Ref})
	}
	for _, v := range in.Values {
		add(models.NoticeItem{Kind: models.ItemValue, Value: v})
	}
	for _, f := range in.Files {
		add(models.NoticeItem{Kind: models.ItemFile, Value: f.String()})
	}
	for _, i := range in.Things {
		add(i)
	}
	return out
}

// CompleteNotice writes down what was missing of a notice that is not decided
// yet. The change sees the notice as it is and alters what it says.
func (ad *Admin) CompleteNotice(ctx context.Context, by models.Actor, id uuid.UUID, change func(*models.Notice)) (models.Notice, error) {
	nt := ad.nt
	var n models.Notice
	err := nt.db.Tx(ctx, func(ctx context.Context) error {
		var err error
		if n, err = nt.lock(ctx, id); err != nil {
			return err
		}
		if _, ok := n.State.After(models.NoticeComplete); !ok {
			return wrongState(n.State)
		}
		before := n
		change(&n)
		if err := checkSaid(&n); err != nil {
			return err
		}
		n.State = stateOf(n)
		err = nt.save(ctx, "complete notice", &n, "state", "name", "organisation", "email", "address", "works", "text", "good_faith", "accuracy", "signature")
		if err != nil {
			return err
		}
		e := by.Did(models.AuditNoticeCompleted, auditTarget, id.String())
		e.Before = map[string]any{"state": string(before.State), "missing": before.Missing()}
		e.After = map[string]any{"state": string(n.State), "missing": n.Missing()}
		return nt.records.RecordAudit(ctx, e)
	})
	return n, err
}

func wrongState(s models.NoticeState) error {
	return models.Errorf(models.CodeConflict, "A notice that is %s doesn't allow that.", s)
}
