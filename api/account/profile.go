package account

import (
	"context"
	"net/http"

	"github.com/danielgtaylor/huma/v2"

	"longhaul/api/kit"
	"longhaul/models"
)

// profileHandlers show and change the signed-in account.
type profileHandlers struct {
	store     users
	mail      bool // mail can be sent
	me        meView
	passwords Passwords
	links     *links
	limits    kit.Limiter
	open      *opener
}

func (h *profileHandlers) routes(r *kit.Router) {
	kit.Handle(r, huma.Operation{
		OperationID: "get-me", Method: http.MethodGet, Path: "/api/v1/me", Tags: []string{tagAuth},
		Summary: "Get the signed-in account",
	}, h.get)
	kit.Handle(r, huma.Operation{
		OperationID: "change-password", Method: http.MethodPut, Path: "/api/v1/me/password", Tags: []string{tagAuth},
		Summary:       "Set a new password",
		Description:   "Ends all sessions and starts a new one, whose cookie the response sets. The owner gets a mail.",
		DefaultStatus: http.StatusNoContent,
	}, h.changePassword)
	kit.Handle(r, huma.Operation{
		OperationID: "change-email", Method: http.MethodPut, Path: "/api/v1/me/email", Tags: []string{tagAuth},
		Summary:       "Request a change of e-mail address",
		Description:   "The address changes once the link mailed to it is used.",
		DefaultStatus: http.StatusAccepted,
	}, h.changeEmail)
	kit.Handle(r, public("confirm-email", "email/confirm", "Confirm a change of e-mail address", "",
		http.StatusNoContent), h.confirmEmail)
	kit.Handle(r, huma.Operation{
		OperationID: "delete-account", Method: http.MethodPost, Path: "/api/v1/me/delete", Tags: []string{tagAuth},
		Summary:       "Delete the account with all its jobs and files",
		Description:   "Immediate and permanent. Requires the account's address as confirmation.",
		DefaultStatus: http.StatusNoContent,
	}, h.deleteAccount)
}

type meOutput struct{ Body Me }

func (h *profileHandlers) get(ctx context.Context, _ *kit.Empty) (*meOutput, error) {
	me, err := h.me.of(ctx, kit.Caller(ctx))
	if err != nil {
		return nil, err
	}
	return &meOutput{Body: me}, nil
}

type changePasswordInput struct {
	Body struct {
		Password string `json:"password" minLength:"1" maxLength:"1024" doc:"The new password, at least 15 characters"`
	} `nameHint:"ChangePassword"`
}

type cookieOutput struct {
	SetCookie http.Cookie `header:"Set-Cookie" hidden:"true"`
}

func (h *profileHandlers) changePassword(ctx context.Context, in *changePasswordInput) (*cookieOutput, error) {
	user := kit.Caller(ctx)
	if err := h.passwords.Check(in.Body.Password, user.Email); err != nil {
		return nil, err
	}
	hash, err := h.passwords.Hash(ctx, in.Body.Password)
	if err != nil {
		return nil, err
	}
	if err := h.store.ChangePassword(ctx, user.ID, hash, kit.InfoOf(ctx).Client); err != nil {
		return nil, err
	}
	user.PasswordHash = hash
	cookie, err := h.open.session(ctx, user)
	return &cookieOutput{SetCookie: cookie}, err
}

type changeEmailInput struct {
	Body struct {
		Email string `json:"email" minLength:"3" maxLength:"254" doc:"The new address"`
	} `nameHint:"ChangeEmail"`
}

func (h *profileHandlers) changeEmail(ctx context.Context, in *changeEmailInput) (*acceptedOutput, error) {
	user := kit.Caller(ctx)
	if !h.mail {
		return nil, models.Fault(models.ProblemMailOff, "This installation doesn't send mail, so it can't verify a new address.")
	}
	email, err := kit.NormalEmail(in.Body.Email)
	if err != nil {
		return nil, err
	}
	if email == user.Email {
		return nil, models.Errorf(models.CodeInvalid, "The account already has this address.").In("email")
	}
	if err := h.limits.AllowAll(ctx, kit.Ask{Limit: kit.LimitResetAccount, Key: email}, kit.Ask{Limit: kit.LimitResetAccount, Key: user.Email}); err != nil {
		return nil, err
	}
	if err := h.links.promise(ctx, models.AccountRequest{Kind: models.RequestEmail, Email: email, UserID: &user.ID}); err != nil {
		return nil, err
	}
	return accepted("We've sent a mail to the new address. Use the link in it within 30 minutes."), nil
}

func (h *profileHandlers) confirmEmail(ctx context.Context, in *oneTimeInput) (*kit.Empty, error) {
	hash, err := h.links.hash(ctx, in.Body.Token)
	if err != nil {
		return nil, err
	}
	return &kit.Empty{}, h.links.refused(ctx, h.store.ConfirmEmail(ctx, hash, kit.InfoOf(ctx).Client))
}

type deleteAccountInput struct {
	Body struct {
		Email string `json:"email" minLength:"1" maxLength:"254" doc:"The account's address, to confirm"`
	} `nameHint:"DeleteAccount"`
}

func (h *profileHandlers) deleteAccount(ctx context.Context, in *deleteAccountInput) (*logoutOutput, error) {
	user := kit.Caller(ctx)
	if email, err := kit.NormalEmail(in.Body.Email); err != nil || email != user.Email {
		return nil, models.Errorf(models.CodeInvalid, "That isn't the account's address.").In("email")
	}
	if err := h.store.DeleteAccount(ctx, kit.ActorOf(ctx), user.ID); err != nil {
		return nil, err
	}
	cookie := clearSession()
	return &logoutOutput{SetCookie: cookie.String(), ClearSiteData: clearAll}, nil
}
