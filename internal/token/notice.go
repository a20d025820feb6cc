package token

import (
	"time"

	"github.com/google/uuid"
)

// Notice returns the secret of the link that tells a complainant what became of
// their takedown notice. It is derived, so that no row holds it, and works for as
// long as the secret key does.
func (k *Keys) Notice(id uuid.UUID) string { return k.Sign(PurposeNotice, id[:], time.Unix(0, 0)) }

// NoticeOf returns the notice whose link has the secret. It fails with
// ErrInvalid.
func (k *Keys) NoticeOf(secret string) (uuid.UUID, error) {
	payload, _, err := k.Verify(PurposeNotice, secret, time.Time{})
	if err != nil {
		return uuid.Nil, err
	}
	id, err := uuid.FromBytes(payload)
	if err != nil {
		return uuid.Nil, ErrInvalid
	}
	return id, nil
}
