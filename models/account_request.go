package models

import "github.com/google/uuid"

// AccountRequestKind is the kind of a request made with an e-mail address.
type AccountRequestKind string

// The kinds of account request, each with what it carries beside address and
// link.
const (
	RequestRegister     AccountRequestKind = "register"     // an account; PasswordHash
	RequestVerification AccountRequestKind = "verification" // another link for an account that waits for its verification
	RequestReset        AccountRequestKind = "reset"        // a link that sets a new password
	RequestEmail        AccountRequestKind = "email"        // the address for another account; UserID
)

// AccountRequest is a request made with an e-mail address. It is stored before
// Longhaul checks whether the address has an account, so that the response
// can't reveal that and the request isn't lost.
type AccountRequest struct {
	Kind         AccountRequestKind
	Email        string     // normalised
	UserID       *uuid.UUID // who wants the address; nil for all other kinds
	PasswordHash string     // of the account to be; empty for all other kinds
	Link         OneTime    // for the mail; its time begins when the mail is queued
}

// LinkKind returns the kind of the link that the mail of such a request
// carries.
func (k AccountRequestKind) LinkKind() OneTimeKind {
	switch k {
	case RequestReset:
		return OneTimeReset
	case RequestEmail:
		return OneTimeEmail
	default:
		return OneTimeVerify
	}
}
