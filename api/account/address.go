package account

import (
	"context"
	"net/http"

	"longhaul/api/kit"
	"longhaul/models"
)

// addressHandlers send links to addresses that may have an account.
type addressHandlers struct {
	mail    bool // mail can be sent
	persons kit.PersonCheck
	links   *links
	limits  kit.Limiter
}

func (h *addressHandlers) routes(r *kit.Router) {
	kit.Handle(r, public("resend-verification", "verify/resend", "Request another verification link", "", http.StatusAccepted), h.resend)
	kit.Handle(r, public("request-reset", "reset", "Request a password reset link",
		"The response is the same whether or not the address has an account.", http.StatusAccepted), h.requestReset)
}

type addressInput struct {
	Body struct {
		Email     string `json:"email" minLength:"3" maxLength:"254"`
		Turnstile string `json:"turnstile,omitempty" maxLength:"2048" doc:"Answer of the Turnstile widget with the action \"reset\", where the configuration has a site key"`
	} `nameHint:"Address"`
}

// promise queues a link for the address, if it has an account.
func (h *addressHandlers) promise(ctx context.Context, in *addressInput, kind models.AccountRequestKind) error {
	if !h.mail {
		return models.Fault(models.ProblemMailOff, "This installation doesn't send mail. Ask its operator for help.")
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
	if err := h.persons.Check(ctx, in.Body.Turnstile, botReset); err != nil {
		return err
	}
	return h.links.promise(ctx, models.AccountRequest{Kind: kind, Email: email})
}

func (h *addressHandlers) resend(ctx context.Context, in *addressInput) (*acceptedOutput, error) {
	if err := h.promise(ctx, in, models.RequestVerification); err != nil {
		return nil, err
	}
	return accepted("If an account is waiting for verification, a new link is on its way."), nil
}

func (h *addressHandlers) requestReset(ctx context.Context, in *addressInput) (*acceptedOutput, error) {
	if err := h.promise(ctx, in, models.RequestReset); err != nil {
		return nil, err
	}
	return accepted("If there is an account with this address, a link is on its way. It works for 30 minutes."), nil
}
