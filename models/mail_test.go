package models_test

import (
	"slices"
	"testing"

	"longhaul/models"
)

// A mail with a link is useless without one, and a link in any other could be
// of nobody's asking.
func TestMailsWithALink(t *testing.T) {
	t.Parallel()
	with := []models.MailKind{models.MailVerify, models.MailReset, models.MailConfirmEmail, models.MailInvitation}
	for _, kind := range models.MailKinds() {
		if kind.HasLink() != slices.Contains(with, kind) {
			t.Errorf("%s: has a link is %v", kind, kind.HasLink())
		}
	}
}

func TestLinkOfAnAccountRequest(t *testing.T) {
	t.Parallel()
	for request, want := range map[models.AccountRequestKind]models.OneTimeKind{
		models.RequestRegister: models.OneTimeVerify, models.RequestVerification: models.OneTimeVerify,
		models.RequestReset: models.OneTimeReset, models.RequestEmail: models.OneTimeEmail,
	} {
		if got := request.LinkKind(); got != want {
			t.Errorf("%s: %s, want %s", request, got, want)
		}
	}
}
