// Package strikes keeps what is held against accounts because notices about
// their content were accepted, and carries out what the policy makes of it.
//
// It knows a notice by its id only; when one gives a strike, or takes it back, is
// for others to say.
package strikes

import (
	"context"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/google/uuid"

	"longhaul/internal/store/mails"
	"longhaul/internal/store/postgres"
	"longhaul/internal/store/records"
	"longhaul/models"
)

// Accounts takes an account's access away.
type Accounts interface {
	SetUserDisabled(ctx context.Context, by models.Actor, id uuid.UUID, disabled bool) error
}

// Strikes keeps strikes.
type Strikes struct {
	db       *postgres.DB
	records  *records.Records
	mails    *mails.Mails
	accounts Accounts

	// Policy is what becomes of an account with several strikes.
	Policy models.StrikePolicy
}

// New returns the strikes of the database.
func New(db *postgres.DB, r *records.Records, m *mails.Mails, a Accounts) *Strikes {
	return &Strikes{db: db, records: r, mails: m, accounts: a}
}

// Refuse refuses a submission of an account with too many strikes.
func (st *Strikes) Refuse(ctx context.Context, userID uuid.UUID) error {
	if st.Policy.Suspend <= 0 {
		return nil
	}
	n, err := st.count(ctx, userID)
	if err == nil && st.Policy.Suspends(n) {
		return models.Fault(models.ProblemTooManyStrikes, "New downloads are off: your account has %s.", inWords(n)).With("strikes", n)
	}
	return err
}

func inWords(n int) string {
	if n == 1 {
		return "1 strike"
	}
	return strconv.Itoa(n) + " strikes"
}

func (st *Strikes) count(ctx context.Context, userID uuid.UUID) (int, error) {
	var n int
	err := st.db.Row(ctx, &n, "count strikes", `
		select count(*) from strikes where user_id = ? and withdrawn_at is null and expires_at > ?`, userID, st.db.Now())
	return n, err
}

// Give gives the account a strike for the notice, in the caller's transaction,
// and carries out what the policy makes of it. One that it has for the notice
// already changes nothing, and given is false. It returns how many count now.
func (st *Strikes) Give(ctx context.Context, by models.Actor, noticeID, userID uuid.UUID) (n int, given bool, err error) {
	// One at a time for each account, so that no step of the policy is passed over.
	if _, err := st.db.Exec(ctx, "lock account", `select from users where id = ? for update`, userID); err != nil {
		return 0, false, err
	}
	now, id := st.db.Now(), st.db.NewID()
	added, err := st.db.Exec(ctx, "give strike", `
		insert into strikes (id, user_id, notice_id, created_at, expires_at) values (?, ?, ?, ?, ?) on conflict (notice_id, user_id) do nothing`,
		id, userID, noticeID, now, st.Policy.Expiry(now))
	if err != nil || added == 0 {
		return 0, false, err
	}
	if n, err = st.count(ctx, userID); err != nil {
		return n, true, err
	}
	e := by.Did(models.AuditStrikeGiven, "user", userID.String())
	e.Before, e.After = map[string]any{"strikes": n - 1}, map[string]any{"strikes": n, "notice": noticeID.String(), "strike": id.String()}
	if err := st.records.RecordAudit(ctx, e); err != nil {
		return n, true, err
	}
	return n, true, st.enforce(ctx, userID, n)
}

// enforce carries out what the policy makes of the strike that was the nth.
func (st *Strikes) enforce(ctx context.Context, userID uuid.UUID, n int) error {
	var u models.User
	if err := st.db.Row(ctx, &u, "load account", `select * from users where id = ?`, userID); err != nil {
		return err
	}
	system := models.Actor{Kind: models.ActorSystem}
	if st.Policy.Suspends(n) && !st.Policy.Suspends(n-1) {
		e := system.Did(models.AuditSubmitsSuspended, "user", userID.String())
		e.Before, e.After = map[string]any{"submits": "allowed"}, map[string]any{"submits": "refused", "strikes": n}
		if err := st.records.RecordAudit(ctx, e); err != nil {
			return err
		}
		if err := st.tell(ctx, u, models.MailSubmitsSuspended, n); err != nil {
			return err
		}
	}
	if !st.Policy.Disables(n) || u.DisabledAt != nil || u.DeleteAt != nil {
		return nil
	}
	err := st.accounts.SetUserDisabled(ctx, system, userID, true)
	if models.AsError(err).Problem == models.ProblemLastAdmin {
		return nil // whoever disabled them could never undo it
	}
	if err != nil {
		return err
	}
	return st.tell(ctx, u, models.MailAccountDisabled, n)
}

func (st *Strikes) tell(ctx context.Context, u models.User, kind models.MailKind, n int) error {
	return st.mails.QueueMail(ctx, models.Mail{
		UserID: &u.ID, To: u.Email, Kind: kind, Params: map[string]string{models.MailParamCount: strconv.Itoa(n)},
	})
}

// TakeBack withdraws the strikes of a notice that was reversed, in the caller's
// transaction, and returns whose they were.
func (st *Strikes) TakeBack(ctx context.Context, by models.Actor, noticeID uuid.UUID, why string) ([]uuid.UUID, error) {
	var taken []models.Strike
	err := st.db.Rows(ctx, &taken, "withdraw strikes of notice", `
		update strikes set withdrawn_at = ?, withdrawn_why = ? where notice_id = ? and withdrawn_at is null returning *`, st.db.Now(), why, noticeID)
	if err != nil {
		return nil, err
	}
	var out []uuid.UUID
	for _, s := range taken {
		if err := st.audit(ctx, by, s); err != nil {
			return nil, err
		}
		out = append(out, s.UserID)
	}
	return out, nil
}

func (st *Strikes) audit(ctx context.Context, by models.Actor, s models.Strike) error {
	n, err := st.count(ctx, s.UserID)
	if err != nil {
		return err
	}
	e := by.Did(models.AuditStrikeWithdrawn, "user", s.UserID.String())
	e.Before = map[string]any{"strike": s.ID.String(), "withdrawn": false}
	e.After = map[string]any{"strike": s.ID.String(), "withdrawn": true, "notice": s.NoticeID.String(), "reason": s.WithdrawnWhy, "strikes": n}
	return st.records.RecordAudit(ctx, e)
}

// WithdrawStrike takes a strike back. One that was withdrawn already is a
// conflict.
func (st *Strikes) WithdrawStrike(ctx context.Context, by models.Actor, id uuid.UUID, why string) (models.Strike, error) {
	var s models.Strike
	why = strings.TrimSpace(why)
	if why == "" || utf8.RuneCountInString(why) > models.MaxStrikeReason {
		return s, models.Errorf(models.CodeInvalid, "Say why, in at most %d characters.", models.MaxStrikeReason).In("reason")
	}
	err := st.db.Tx(ctx, func(ctx context.Context) error {
		if err := st.db.Row(ctx, &s, "lock strike", `select * from strikes where id = ? for update`, id); err != nil {
			return err
		}
		if s.WithdrawnAt != nil {
			return models.Errorf(models.CodeConflict, "This strike was withdrawn already.")
		}
		now := st.db.Now()
		s.WithdrawnAt, s.WithdrawnWhy = &now, why
		if err := st.db.Conn(ctx).Model(&s).Select("withdrawn_at", "withdrawn_why").UpdateColumns(&s).Error; err != nil {
			return postgres.Translate(err, "withdraw strike")
		}
		return st.audit(ctx, by, s)
	})
	return s, err
}

// strikesShown bounds how many strikes of an account or a notice are shown.
const strikesShown = 200

// UserStrikes returns the strikes of an account, newest first, with what the
// policy makes of them. The look is in the audit log, once an hour.
func (st *Strikes) UserStrikes(ctx context.Context, by models.Actor, userID uuid.UUID) (models.StrikeRecord, error) {
	var r models.StrikeRecord
	var there bool
	err := st.db.Row(ctx, &there, "look for account", `select exists (select from users where id = ?)`, userID)
	if err != nil || !there {
		if err == nil {
			err = postgres.NotFound("account")
		}
		return r, err
	}
	if err := st.records.RecordLook(ctx, by.Did(models.AuditStrikesRead, "user", userID.String())); err != nil {
		return r, err
	}
	return st.OwnStrikes(ctx, userID)
}

// OwnStrikes is UserStrikes for the account itself, which no log records.
func (st *Strikes) OwnStrikes(ctx context.Context, userID uuid.UUID) (models.StrikeRecord, error) {
	r := models.StrikeRecord{Policy: st.Policy}
	err := st.db.Rows(ctx, &r.Strikes, "list strikes", `
		select * from strikes where user_id = ? order by created_at desc, id desc limit ?`, userID, strikesShown)
	if err != nil {
		return r, err
	}
	if r.Count, err = st.count(ctx, userID); err != nil {
		return r, err
	}
	r.Suspended = st.Policy.Suspends(r.Count)
	return r, nil
}

// OfNotice returns the first strikes that a notice gave, as many as are shown.
func (st *Strikes) OfNotice(ctx context.Context, noticeID uuid.UUID) ([]models.Strike, error) {
	var out []models.Strike
	err := st.db.Rows(ctx, &out, "list strikes of notice", `
		select s.*, u.email from strikes s join users u on u.id = s.user_id where s.notice_id = ? order by s.created_at, s.id limit ?`,
		noticeID, strikesShown)
	return out, err
}
