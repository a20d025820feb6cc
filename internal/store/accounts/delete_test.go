package accounts_test

import (
	"testing"
	"time"

	"longhaul/internal/store/storetest"
	"longhaul/models"
)

// The address of a deleted account is nowhere anymore once the last mail to it
// is sent: not in mails, and not in invitations.
func TestTheAddressLeavesWithTheAccount(t *testing.T) {
	t.Parallel()
	b, ctx := setup(t), t.Context()
	user := storetest.User(t, b.Store)
	queue := func(m models.Mail) {
		t.Helper()
		m.ID = b.DB.NewID()
		storetest.OK(t, b.Mails.QueueMail(ctx, m))
	}
	queue(models.Mail{UserID: &user.ID, To: user.Email, Kind: models.MailNewDevice})
	queue(models.Mail{To: user.Email, Kind: models.MailAddressInUse})
	queue(models.Mail{UserID: &user.ID, To: "old@example.com", Kind: models.MailEmailChanged, Params: map[string]string{models.MailParamNewEmail: user.Email}})
	queue(models.Mail{To: "guest@example.com", Kind: models.MailAddressInUse, Params: map[string]string{models.MailParamInviter: user.Email}})
	now := b.DB.Now()
	storetest.Exec(t, `insert into one_time_tokens (hash, kind, email, role, id, created_at, expires_at)
		values (decode(repeat('ab', 32), 'hex'), 'invitation', $1, 'user', gen_random_uuid(), $2, $3)`, user.Email, now, now.Add(time.Hour))
	storetest.OK(t, b.Accounts.Empty(ctx, user.ID))
	count := func() int {
		return storetest.Count(t, `select
			(select count(*) from mails where recipient = $1 or params::text like '%' || $1 || '%')
			+ (select count(*) from one_time_tokens where email = $1)
			+ (select count(*) from account_requests where email = $1)
			+ (select count(*) from users where email = $1)`, user.Email)
	}
	if n := count(); n != 1 {
		t.Errorf("the address is in %d rows, want that of the mail which confirms the deletion alone", n)
	}
	last := storetest.Must[[]models.Mail](t)(b.Mails.Mails(ctx, models.MailQueued, time.Time{}, 10))
	for _, m := range last {
		if m.Kind == models.MailAccountDeleted {
			storetest.OK(t, b.w.Mails.MailSent(ctx, m.ID))
		}
	}
	if n := count(); n != 0 {
		t.Errorf("the address is in %d rows after the last mail", n)
	}
	if n := storetest.Count(t, `select count(*) from mails where recipient = 'guest@example.com'`); n != 1 {
		t.Errorf("%d mails to others are left", n)
	}
}
