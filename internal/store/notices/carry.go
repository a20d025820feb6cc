package notices

import (
	"context"
	"fmt"
	"strconv"
	"strings"

	"github.com/google/uuid"

	"longhaul/internal/store/postgres"
	"longhaul/models"
)

// carry carries out what was decided on the notice. Doing it again, or at the
// same time, changes nothing.
func (nt *Notices) carry(ctx context.Context, id uuid.UUID) error {
	n, err := nt.load(ctx, id)
	if err != nil || n.CarriedAt != nil {
		return err
	}
	if n.State.Blocks() {
		err = nt.blockItems(ctx, n)
	} else {
		err = nt.undo(ctx, n)
	}
	if err != nil {
		return err
	}
	_, err = nt.db.Exec(ctx, "note that the decision is carried out", `
		update notices set carried_at = ? where id = ? and state = ? and carried_at is null`, nt.db.Now(), id, n.State)
	return err
}

// blockItems blocks what the notice names, and gives the owners of what that
// covers a strike.
func (nt *Notices) blockItems(ctx context.Context, n models.Notice) error {
	var items []models.NoticeItem
	err := nt.db.Rows(ctx, &items, "list what is to be blocked", `
		select * from notice_items where notice_id = ? and kind in ('value', 'file') and block_id is null and refusal = '' order by n`, n.ID)
	if err != nil {
		return err
	}
	for _, i := range items {
		for settled := false; !settled; {
			if settled, err = nt.blockItem(ctx, n, i); err != nil {
				return err
			}
		}
	}
	owners, err := nt.owners(ctx, n.ID)
	if err != nil {
		return err
	}
	for _, userID := range owners {
		if err := nt.db.Tx(ctx, func(ctx context.Context) error { return nt.strike(ctx, n, userID) }); err != nil {
			return err
		}
		if err := nt.jobs.HaltUser(ctx, userID); err != nil { // in case the strike disabled the account
			return err
		}
	}
	return nil
}

// blockItem blocks one thing. It reports false when a block that was there
// already was lifted before it could be noted.
func (nt *Notices) blockItem(ctx context.Context, n models.Notice, i models.NoticeItem) (settled bool, err error) {
	b, err := nt.jobs.Block(ctx, n.By(), i.Value, i.Kind == models.ItemFile, n.BlockReason())
	if e := models.AsError(err); err != nil {
		if e.Field != "value" && !models.IsNotFound(err) {
			return false, err
		}
		_, err = nt.db.Exec(ctx, "note what was refused", `
			update notice_items set refusal = ? where notice_id = ? and n = ?`, e.Message, i.NoticeID, i.N)
		return true, err
	}
	err = nt.db.Tx(ctx, func(ctx context.Context) error {
		// A notice that is reversed meanwhile lifts the block unless it sees this one.
		if err := nt.db.Lock(ctx, postgres.LockNotices, ""); err != nil {
			return err
		}
		now, err := nt.lock(ctx, n.ID)
		if err != nil {
			return err
		}
		noted, err := nt.db.Exec(ctx, "note block of notice", `
			update notice_items i set block_id = b.id, made = b.reason = @reason
			from blocks b where b.id = @block and b.lifted_at is null and i.notice_id = @notice and i.n = @n`,
			map[string]any{"reason": n.BlockReason(), "block": b.ID, "notice": n.ID, "n": i.N})
		settled = noted == 1
		if err != nil || !settled || now.State.Blocks() {
			return err
		}
		now.CarriedAt = nil // it was reversed meanwhile, so this block has to go again
		return nt.save(ctx, "have the block lifted again", &now, "carried_at")
	})
	return settled, err
}

// owners returns the accounts with downloads that blocks of this notice cover.
// Content that was blocked before costs them nothing more.
func (nt *Notices) owners(ctx context.Context, id uuid.UUID) ([]uuid.UUID, error) {
	var out []uuid.UUID
	err := nt.db.Rows(ctx, &out, "look for the owners", `
		select distinct j.user_id from notice_items i join block_marks m on m.block_id = i.block_id join jobs j on j.id = m.job_id
		where i.notice_id = ? and i.made order by j.user_id`, id)
	return out, err
}

// namesTold is how many downloads a mail names.
const namesTold = 20

// strike gives an owner a strike and tells them what was blocked and why, once.
func (nt *Notices) strike(ctx context.Context, n models.Notice, userID uuid.UUID) error {
	count, given, err := nt.strikes.Give(ctx, n.By(), n.ID, userID)
	if err != nil || !given {
		return err
	}
	params, err := nt.covered(ctx, n.ID, userID)
	if err != nil {
		return err
	}
	params[models.MailParamWorks], params[models.MailParamNote], params[models.MailParamCount] = n.Works, n.Note, strconv.Itoa(count)
	params[models.MailParamNotice] = n.ID.String()
	return nt.tell(ctx, userID, models.MailContentBlocked, params)
}

// covered names what blocks of the notice cover of an account's downloads.
func (nt *Notices) covered(ctx context.Context, id, userID uuid.UUID) (map[string]string, error) {
	var names []string
	var all int
	err := nt.db.Row(ctx, &all, "count the owner's downloads", `
		select count(distinct m.job_id) from notice_items i join block_marks m on m.block_id = i.block_id join jobs j on j.id = m.job_id
		where i.notice_id = ? and j.user_id = ?`, id, userID)
	if err != nil {
		return nil, err
	}
	err = nt.db.Rows(ctx, &names, "name the owner's downloads", `
		select j.name from jobs j where j.user_id = ? and j.id in (
			select m.job_id from notice_items i join block_marks m on m.block_id = i.block_id where i.notice_id = ?)
		order by j.id limit ?`, userID, id, namesTold)
	for i, name := range names {
		names[i] = strings.ReplaceAll(name, "\n", " ")
	}
	return map[string]string{
		models.MailParamNames: strings.Join(names, "\n"), models.MailParamMore: strconv.Itoa(max(0, all-len(names))),
	}, err
}

func (nt *Notices) tell(ctx context.Context, userID uuid.UUID, kind models.MailKind, params map[string]string) error {
	var u models.User
	err := nt.db.Row(ctx, &u, "load owner", `select * from users where id = ?`, userID)
	if err != nil || u.DeleteAt != nil {
		return err
	}
	return nt.mails.QueueMail(ctx, models.Mail{UserID: &u.ID, To: u.Email, Kind: kind, Params: params})
}

// undo lifts the blocks that came with notices and that none in force needs, and
// takes the strikes back.
func (nt *Notices) undo(ctx context.Context, n models.Notice) error {
	told, err := nt.restored(ctx, n)
	if err != nil {
		return err
	}
	var held []uuid.UUID
	err = nt.db.Rows(ctx, &held, "list blocks of notice", `
		select distinct i.block_id from notice_items i join blocks b on b.id = i.block_id where i.notice_id = ? and b.lifted_at is null
		order by i.block_id`, n.ID)
	if err != nil {
		return err
	}
	for _, id := range held {
		if err := nt.db.Tx(ctx, func(ctx context.Context) error { return nt.lift(ctx, n, id) }); err != nil {
			return err
		}
	}
	return nt.db.Tx(ctx, func(ctx context.Context) error {
		taken, err := nt.strikes.TakeBack(ctx, n.By(), n.ID, fmt.Sprintf("The notice was %s.", n.State))
		if err != nil {
			return err
		}
		for _, userID := range taken {
			if err := nt.tell(ctx, userID, models.MailContentRestored, told[userID]); err != nil {
				return err
			}
		}
		return nil
	})
}

// restored prepares what to tell the owners whose strikes are taken back, as long
// as the marks say what is covered.
func (nt *Notices) restored(ctx context.Context, n models.Notice) (map[uuid.UUID]map[string]string, error) {
	var owners []struct{ UserID uuid.UUID }
	err := nt.db.Rows(ctx, &owners, "list who is to be told", `
		select user_id from strikes where notice_id = ? and withdrawn_at is null`, n.ID)
	if err != nil {
		return nil, err
	}
	out := map[uuid.UUID]map[string]string{}
	for _, o := range owners {
		params, err := nt.covered(ctx, n.ID, o.UserID)
		if err != nil {
			return nil, err
		}
		params[models.MailParamNote] = n.Note
		out[o.UserID] = params
	}
	return out, nil
}

// lift lifts a block unless it was there before any notice, or one in force needs
// it.
func (nt *Notices) lift(ctx context.Context, n models.Notice, id uuid.UUID) error {
	if err := nt.db.Lock(ctx, postgres.LockNotices, ""); err != nil {
		return err
	}
	var free bool
	err := nt.db.Row(ctx, &free, "look whether the block is needed", `
		select exists (select from notice_items i where i.block_id = @block and i.made) and not exists (
			select from notice_items i join notices o on o.id = i.notice_id
			where i.block_id = @block and o.id <> @notice and o.state in ('accepted', 'countered', 'upheld'))`,
		map[string]any{"block": id, "notice": n.ID})
	if err != nil || !free {
		return err
	}
	_, err = nt.jobs.LiftBlock(ctx, n.By(), id)
	if models.CodeOf(err) == models.CodeConflict || models.IsNotFound(err) {
		return nil // an administrator was faster
	}
	return err
}
