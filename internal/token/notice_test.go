package token_test

import (
	"errors"
	"testing"

	"github.com/google/uuid"

	"longhaul/internal/token"
)

func TestANoticesLinkNamesItAlone(t *testing.T) {
	t.Parallel()
	k, id := keys(t, secretA), uuid.New()
	secret := k.Notice(id)
	if got, err := k.NoticeOf(secret); err != nil || got != id || k.Notice(id) != secret {
		t.Errorf("opened %v, %v", got, err)
	}
	for name, made := range map[string]string{
		"another secret key": keys(t, secretB).Notice(id), "another purpose": k.OneTime(id), "the id": id.String(), "nothing": "",
	} {
		if got, err := k.NoticeOf(made); !errors.Is(err, token.ErrInvalid) {
			t.Errorf("%s: %v, %v", name, got, err)
		}
	}
}
