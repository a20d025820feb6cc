package account

import (
	"context"
	"net/http"

	"github.com/danielgtaylor/huma/v2"

	"longhaul/api/kit"
	"longhaul/models"
)

// registrationHandlers create accounts for people who register.
type registrationHandlers struct {
	store     registrations
	policy    *Policy
	passwords Passwords
	persons   kit.PersonCheck
	links     *links
	limits    kit.Limiter
	open      *opener
	record    *recorder
}

func (h *registrationHandlers) routes(r *kit.Router) {
	kit.Handle(r, public("register", "register", "Register an account",
		"The response is the same whether or not the address has an account; a mail says more. The account works once the link in it is used.",
		http.StatusAccepted), h.register)
	kit.Handle(r, public("verify", "verify", "Confirm a registration",
		"Requires the password chosen at registration, so that registering someone else's address gets a stranger nowhere. Signs in.",
		http.StatusOK), h.verify)
}

// public describes an operation that is open to people without a session.
func public(id, path, summary, description string, status int) huma.Operation {
	return huma.Operation{
		OperationID: id, Method: http.MethodPost, Path: "/api/v1/auth/" + path, Tags: []string{tagAuth},
		Summary: summary, Description: description, DefaultStatus: status,
	}
}

// Accepted says that the work happens after the response.
type Accepted struct {
	Message string `json:"message" doc:"One plain sentence, the same in every case"`
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

func (h *registrationHandlers) register(ctx context.Context, in *signUpInput) (*acceptedOutput, error) {
	if err := h.limits.Allow(ctx, kit.LimitRegisterIP, kit.InfoOf(ctx).IP); err != nil {
		return nil, err
	}
	mode, err := h.policy.Mode(ctx)
	if err != nil {
		return nil, err
	}
	if mode != models.RegistrationOpen {
		return nil, models.Fault(models.ProblemRegistrationClosed, "Registration is by invitation only.")
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
	if err := h.persons.Check(ctx, in.Body.Turnstile, botRegister); err != nil {
		return nil, err
	}
	hash, err := h.passwords.Hash(ctx, in.Body.Password)
	if err != nil {
		return nil, err
	}
	if err := h.links.promise(ctx, models.AccountRequest{Kind: models.RequestRegister, Email: email, PasswordHash: hash}); err != nil {
		return nil, err
	}
	return accepted("We've sent you a mail. Use the link in it within 30 minutes."), nil
}

type verificationInput struct {
	Body struct {
		Token    string `json:"token" minLength:"1" maxLength:"256" doc:"The link's token"`
		Password string `json:"password" minLength:"1" maxLength:"1024" doc:"The password chosen at registration"`
	} `nameHint:"Verification"`
}

// verify requires the password along with the link: the link proves who owns
// the address, the password that the same person registered it.
func (h *registrationHandlers) verify(ctx context.Context, in *verificationInput) (*signedInOutput, error) {
	link, _, user, err := h.links.open(ctx, models.OneTimeVerify, in.Body.Token)
	if err != nil {
		return nil, err
	}
	if err := h.limits.Allow(ctx, kit.LimitLoginAccount, user.Email); err != nil {
		return nil, err
	}
	ok, err := h.passwords.Verify(ctx, user.PasswordHash, in.Body.Password)
	if err != nil {
		return nil, err
	}
	if !ok {
		h.record.note(ctx, models.SecurityLoginFailed, &user.ID, "while verifying the address")
		return nil, models.Errorf(models.CodeInvalid,
			"This is not the password you registered with. If you didn't register, or forgot it, set a new one.").In("password")
	}
	if err := h.store.Verify(ctx, link); err != nil {
		return nil, h.links.refused(ctx, err)
	}
	return h.open.start(ctx, user)
}
