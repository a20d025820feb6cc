package account

import (
	"context"
	"net/http"

	"github.com/danielgtaylor/huma/v2"

	"longhaul/api/kit"
	"longhaul/internal/token"
	"longhaul/models"
)

// Registrations makes accounts and gives lost ones back.
type Registrations interface {
	// SaveAccountRequest keeps what was asked for by an e-mail address, so
	// that it is done soon, whatever ends meanwhile. It costs the same
	// whether or not the address has an account.
	SaveAccountRequest(ctx context.Context, r models.AccountRequest) error
	Verify(ctx context.Context, tokenHash []byte) error
	ResetPassword(ctx context.Context, tokenHash []byte, passwordHash string, from models.Client) error
	Accept(ctx context.Context, tokenHash []byte, u models.User) (models.User, error)
	registrationStore
}

func (h *accountHandlers) signUpRoutes(r *kit.Router) {
	public := func(id, path, summary, description string, status int) huma.Operation {
		return huma.Operation{
			OperationID: id, Method: http.MethodPost, Path: "/api/v1/auth/" + path, Tags: []string{tagAuth},
			Summary: summary, Description: description, DefaultStatus: status,
		}
	}
	kit.Handle(r, kit.AccessPublic, public("register", "register", "Register an account",
		"The answer is the same whether the address has an account or not; a mail says more. The account works once the link in it is used.",
		http.StatusAccepted), h.register)
	kit.Handle(r, kit.AccessPublic, public("verify", "verify", "Use the link of a registration",
		"With the password that was chosen then, so that a stranger's registration of an address is no use to the stranger. It signs in.",
		http.StatusOK), h.verify)
	kit.Handle(r, kit.AccessPublic, public("resend-verification", "verify/resend", "Ask for another link", "", http.StatusAccepted), h.resend)
	kit.Handle(r, kit.AccessPublic, public("request-reset", "reset", "Ask for a link that sets a new password",
		"The answer is the same whether the address has an account or not.", http.StatusAccepted), h.requestReset)
	kit.Handle(r, kit.AccessPublic, public("confirm-reset", "reset/confirm", "Set a new password by the link",
		"All sessions and API tokens of the account end. It does not sign in.", http.StatusNoContent), h.confirmReset)
	kit.Handle(r, kit.AccessPublic, public("confirm-email", "email/confirm", "Use the link of a change of address", "",
		http.StatusNoContent), h.confirmEmail)
	kit.Handle(r, kit.AccessPublic, public("get-invitation", "invitation", "Look at an invitation", "", http.StatusOK), h.invitation)
	kit.Handle(r, kit.AccessPublic, public("accept-invitation", "invitation/accept", "Make an account by an invitation",
		"The account works at once and is signed in.", http.StatusCreated), h.accept)
}

// Accepted says that something is done after the answer.
type Accepted struct {
	Message string `json:"message" doc:"One plain sentence, the same whatever is found"`
}

type acceptedOutput struct{ Body Accepted }

func accepted(message string) *acceptedOutput { return &acceptedOutput{Body: Accepted{message}} }

type signUpInput struct {
	Body struct {
		Email     string `json:"email" minLength:"3" maxLength:"254"`
		Password  string `json:"password" minLength:"1" maxLength:"1024" doc:"At least 15 characters"`
		Turnstile string `json:"turnstile,omitempty" maxLength:"2048" doc:"Answer of the Turnstile widget with the action \"register\", where the configuration has a site key"`
	} `nameHint:"Registration"`
}

func (h *accountHandlers) register(ctx context.Context, in *signUpInput) (*acceptedOutput, error) {
	if err := h.limits.Allow(ctx, kit.LimitRegisterIP, kit.InfoOf(ctx).IP); err != nil {
		return nil, err
	}
	mode, err := h.policy.Mode(ctx)
	if err != nil {
		return nil, err
	}
	if mode != models.RegistrationOpen {
		return nil, models.Fault(models.ProblemRegistrationClosed, "You need an invitation to make an account here.")
	}
	email, err := kit.NormalEmail(in.Body.Email)
	if err != nil {
		return nil, err
	}
	if err := h.passwords.Check(in.Body.Password, email); err != nil {
		return nil, err
	}
	if err := h.limits.Allow(ctx, kit.LimitResetAccount, email); err != nil {
		return nil, err
	}
	if err := h.checkPerson(ctx, in.Body.Turnstile, botRegister); err != nil {
		return nil, err
	}
	hash, err := h.passwords.Hash(ctx, in.Body.Password)
	if err != nil {
		return nil, err
	}
	if err := h.keep(ctx, models.AccountRequest{Kind: models.RequestRegister, Email: email, PasswordHash: hash}); err != nil {
		return nil, err
	}
	return accepted("We have sent you a mail. Please use the link in it within 30 minutes."), nil
}

type oneTimeInput struct {
	Body struct {
		Token string `json:"token" minLength:"1" maxLength:"256" doc:"The token of the link"`
	} `nameHint:"OneTimeLink"`
}

// linkHash limits how many links are tried and returns what is kept of one.
func (h *accountHandlers) linkHash(ctx context.Context, value string) ([]byte, error) {
	return token.Hash(value), h.limits.Allow(ctx, kit.LimitVerify, kit.InfoOf(ctx).IP)
}

// noteLink records a link that was not good, and passes the fault on.
func (h *accountHandlers) noteLink(ctx context.Context, err error) error {
	if err != nil && models.AsError(err).Problem == models.ProblemLinkNotValid {
		h.note(ctx, models.SecurityTokenRefused, nil, "")
	}
	return err
}

type verificationInput struct {
	Body struct {
		Token    string `json:"token" minLength:"1" maxLength:"256" doc:"The token of the link"`
		Password string `json:"password" minLength:"1" maxLength:"1024" doc:"The one that was chosen at the registration"`
	} `nameHint:"Verification"`
}

// verify wants the password beside the link: the link shows whose the address
// is, the password that the same person registered it.
func (h *accountHandlers) verify(ctx context.Context, in *verificationInput) (*signedInOutput, error) {
	link, err := h.linkHash(ctx, in.Body.Token)
	if err != nil {
		return nil, err
	}
	_, user, err := h.oneTimes.OneTime(ctx, models.OneTimeVerify, link)
	if err != nil {
		return nil, h.noteLink(ctx, err)
	}
	if err := h.limits.Allow(ctx, kit.LimitLoginAccount, user.Email); err != nil {
		return nil, err
	}
	ok, err := h.passwords.Verify(ctx, user.PasswordHash, in.Body.Password)
	if err != nil {
		return nil, err
	}
	if !ok {
		h.note(ctx, models.SecurityLoginFailed, &user.ID, "while verifying the address")
		return nil, models.Errorf(models.CodeInvalid,
			"This is not the password of the registration. If it was not you who registered, or if you forgot it, set a new one.").In("password")
	}
	if err := h.registrations.Verify(ctx, link); err != nil {
		return nil, h.noteLink(ctx, err)
	}
	return h.startSession(ctx, user)
}

func (h *accountHandlers) confirmEmail(ctx context.Context, in *oneTimeInput) (*kit.Empty, error) {
	hash, err := h.linkHash(ctx, in.Body.Token)
	if err != nil {
		return nil, err
	}
	return &kit.Empty{}, h.noteLink(ctx, h.accounts.ConfirmEmail(ctx, hash, kit.InfoOf(ctx).Client))
}

type addressInput struct {
	Body struct {
		Email     string `json:"email" minLength:"3" maxLength:"254"`
		Turnstile string `json:"turnstile,omitempty" maxLength:"2048" doc:"Answer of the Turnstile widget with the action \"reset\", where the configuration has a site key"`
	} `nameHint:"Address"`
}

// keep promises to do what was asked for, with a link of its own.
func (h *accountHandlers) keep(ctx context.Context, r models.AccountRequest) error {
	r.Link = h.link(r.Kind.LinkKind())
	return h.registrations.SaveAccountRequest(ctx, r)
}

// mailTo promises a link to the address, if it has an account.
func (h *accountHandlers) mailTo(ctx context.Context, in *addressInput, kind models.AccountRequestKind) error {
	if !h.policy.Mail {
		return models.Fault(models.ProblemMailOff, "This installation sends no mail. Please ask its operator for help.")
	}
	if err := h.limits.Allow(ctx, kit.LimitResetIP, kit.InfoOf(ctx).IP); err != nil {
		return err
	}
	email, err := kit.NormalEmail(in.Body.Email)
	if err != nil {
		return err
	}
	if err := h.limits.Allow(ctx, kit.LimitResetAccount, email); err != nil {
		return err
	}
	if err := h.checkPerson(ctx, in.Body.Turnstile, botReset); err != nil {
		return err
	}
	return h.keep(ctx, models.AccountRequest{Kind: kind, Email: email})
}

func (h *accountHandlers) resend(ctx context.Context, in *addressInput) (*acceptedOutput, error) {
	if err := h.mailTo(ctx, in, models.RequestVerification); err != nil {
		return nil, err
	}
	return accepted("If an account waits for its verification, a new link is on its way."), nil
}

func (h *accountHandlers) requestReset(ctx context.Context, in *addressInput) (*acceptedOutput, error) {
	if err := h.mailTo(ctx, in, models.RequestReset); err != nil {
		return nil, err
	}
	return accepted("If there is an account with this address, a link is on its way. It works for 30 minutes."), nil
}

type newPasswordInput struct {
	Body struct {
		Token    string `json:"token" minLength:"1" maxLength:"256" doc:"The token of the link"`
		Password string `json:"password" minLength:"1" maxLength:"1024" doc:"At least 15 characters"`
	} `nameHint:"NewPassword"`
}

// newPassword checks a new password that came with a link, and hashes it only
// when the link is good: hashing is dear.
func (h *accountHandlers) newPassword(ctx context.Context, kind models.OneTimeKind, in *newPasswordInput) (link []byte, hash string, err error) {
	if link, err = h.linkHash(ctx, in.Body.Token); err != nil {
		return nil, "", err
	}
	t, user, err := h.oneTimes.OneTime(ctx, kind, link)
	if err != nil {
		return nil, "", h.noteLink(ctx, err)
	}
	email := t.Email
	if email == "" {
		email = user.Email
	}
	if err := h.passwords.Check(in.Body.Password, email); err != nil {
		return nil, "", err
	}
	hash, err = h.passwords.Hash(ctx, in.Body.Password)
	return link, hash, err
}

func (h *accountHandlers) confirmReset(ctx context.Context, in *newPasswordInput) (*kit.Empty, error) {
	link, hash, err := h.newPassword(ctx, models.OneTimeReset, in)
	if err != nil {
		return nil, err
	}
	return &kit.Empty{}, h.noteLink(ctx, h.registrations.ResetPassword(ctx, link, hash, kit.InfoOf(ctx).Client))
}

type invitationOutput struct {
	Body struct {
		Email string   `json:"email" doc:"The address that the account will have"`
		Role  kit.Role `json:"role"`
	} `nameHint:"InvitationView"`
}

func (h *accountHandlers) invitation(ctx context.Context, in *oneTimeInput) (*invitationOutput, error) {
	hash, err := h.linkHash(ctx, in.Body.Token)
	if err != nil {
		return nil, err
	}
	t, _, err := h.oneTimes.OneTime(ctx, models.OneTimeInvitation, hash)
	if err != nil {
		return nil, h.noteLink(ctx, err)
	}
	out := &invitationOutput{}
	out.Body.Email, out.Body.Role = t.Email, kit.Role(t.Role)
	return out, nil
}

func (h *accountHandlers) accept(ctx context.Context, in *newPasswordInput) (*signedInOutput, error) {
	mode, err := h.policy.Mode(ctx)
	if err != nil {
		return nil, err
	}
	if mode == models.RegistrationClosed {
		return nil, models.Fault(models.ProblemRegistrationClosed, "No accounts are made here at the moment.")
	}
	link, hash, err := h.newPassword(ctx, models.OneTimeInvitation, in)
	if err != nil {
		return nil, err
	}
	user, err := h.registrations.Accept(ctx, link, models.User{ID: h.newID(), PasswordHash: hash, CreatedAt: h.now()})
	if err != nil {
		return nil, h.noteLink(ctx, err)
	}
	return h.startSession(ctx, user)
}
