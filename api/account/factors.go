package account

import (
	"context"
	"encoding/base64"
	"net/http"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"longhaul/api/kit"
	"longhaul/internal/token"
	"longhaul/internal/totp"
	"longhaul/models"
)

// factorHandlers turn two-factor sign-in on and off.
type factorHandlers struct {
	store  factors
	auth   *kit.Authenticator
	limits kit.Limiter
	keys   *token.Keys
	issuer string // the issuer that authenticators show
	now    func() time.Time
}

func (h *factorHandlers) routes(r *kit.Router) {
	const path = "/api/v1/auth/totp"
	kit.Handle(r, huma.Operation{
		OperationID: "get-totp", Method: http.MethodGet, Path: path, Tags: []string{tagAuth},
		Summary: "Get the state of two-factor sign-in",
	}, h.state)
	kit.Handle(r, huma.Operation{
		OperationID: "begin-totp", Method: http.MethodPost, Path: path, Tags: []string{tagAuth},
		Summary:     "Start setting up two-factor sign-in",
		Description: "enable-totp turns it on.", DefaultStatus: http.StatusCreated,
	}, h.begin)
	kit.Handle(r, huma.Operation{
		OperationID: "enable-totp", Method: http.MethodPost, Path: path + "/enable", Tags: []string{tagAuth},
		Summary:     "Turn on two-factor sign-in with a first code",
		Description: "The recovery codes are shown only once.",
	}, h.enable)
	kit.Handle(r, huma.Operation{
		OperationID: "renew-recovery-codes", Method: http.MethodPost, Path: path + "/recovery-codes", Tags: []string{tagAuth},
		Summary: "Make new recovery codes", Description: "The old ones stop working.",
	}, h.renewCodes)
	kit.Handle(r, huma.Operation{
		OperationID: "disable-totp", Method: http.MethodDelete, Path: path, Tags: []string{tagAuth},
		Summary: "Turn off two-factor sign-in", Description: "Removing the last second factor also deletes the recovery codes.", DefaultStatus: http.StatusNoContent,
	}, h.disable)
}

type totpStateOutput struct {
	Body struct {
		Enabled           bool `json:"enabled"`
		Required          bool `json:"required" doc:"Administrators must have it or a passkey"`
		RecoveryCodesLeft int  `json:"recoveryCodesLeft"`
	} `nameHint:"TotpState"`
}

func (h *factorHandlers) state(ctx context.Context, _ *kit.Empty) (*totpStateOutput, error) {
	user := kit.Caller(ctx)
	left, err := h.store.RecoveryCodesLeft(ctx, user.ID)
	if err != nil {
		return nil, err
	}
	out := &totpStateOutput{}
	out.Body.Enabled, out.Body.RecoveryCodesLeft = user.HasTOTP(), left
	out.Body.Required = h.auth.RequireAdminTOTP && user.Role == models.RoleAdmin
	return out, nil
}

type totpOfferOutput struct {
	Body struct {
		Secret string `json:"secret" doc:"To type into an authenticator app"`
		URL    string `json:"url" doc:"An otpauth URL"`
		QR     string `json:"qr" doc:"The URL as a QR code: a PNG image in a data URL"`
	} `nameHint:"TotpOffer"`
}

func (h *factorHandlers) begin(ctx context.Context, _ *kit.Empty) (*totpOfferOutput, error) {
	user := kit.Caller(ctx)
	if err := h.limits.Allow(ctx, kit.LimitToken, user.ID.String()); err != nil {
		return nil, err
	}
	e, err := totp.Enrol(h.issuer, user.Email)
	if err != nil {
		return nil, err
	}
	sealed, err := h.keys.Seal(token.PurposeTOTP, user.ID, []byte(e.Secret))
	if err != nil {
		return nil, err
	}
	if err := h.store.OfferTOTP(ctx, user.ID, sealed); err != nil {
		return nil, err
	}
	out := &totpOfferOutput{}
	out.Body.Secret, out.Body.URL = e.Secret, e.URL
	out.Body.QR = "data:image/png;base64," + base64.StdEncoding.EncodeToString(e.QR)
	return out, nil
}

type totpCodeInput struct {
	Body struct {
		Code string `json:"code" minLength:"6" maxLength:"16" doc:"From the authenticator app"`
	} `nameHint:"TotpCode"`
}

type recoveryCodesOutput struct {
	Body struct {
		RecoveryCodes []string `json:"recoveryCodes" nullable:"false" doc:"Each signs in once without the app. Shown only once."`
	} `nameHint:"RecoveryCodes"`
}

func (h *factorHandlers) enable(ctx context.Context, in *totpCodeInput) (*recoveryCodesOutput, error) {
	user := kit.Caller(ctx)
	if err := h.limits.AllowAll(ctx, factorAsks(ctx, user)...); err != nil {
		return nil, err
	}
	if user.HasTOTP() || user.TOTPSecret == "" {
		return nil, models.Errorf(models.CodeConflict, "Two-factor sign-in is already on, or setting it up hasn't started.")
	}
	secret, err := h.keys.Open(token.PurposeTOTP, user.ID, user.TOTPSecret)
	if err != nil {
		return nil, err
	}
	step, ok := totp.Match(string(secret), in.Body.Code, h.now())
	if !ok {
		return nil, models.Fault(models.ProblemWrongCode, "The code is wrong. Is your phone's clock correct?").In("code")
	}
	codes, hashes, err := totp.RecoveryCodes()
	if err != nil {
		return nil, err
	}
	if err := h.store.EnableTOTP(ctx, user.ID, step, hashes, kit.InfoOf(ctx).Client); err != nil {
		return nil, err
	}
	out := &recoveryCodesOutput{}
	out.Body.RecoveryCodes = codes
	return out, nil
}

func (h *factorHandlers) renewCodes(ctx context.Context, _ *kit.Empty) (*recoveryCodesOutput, error) {
	user := kit.Caller(ctx)
	if !user.SecondFactor() {
		return nil, models.Errorf(models.CodeConflict, "This account has neither two-factor sign-in nor a passkey.")
	}
	codes, hashes, err := totp.RecoveryCodes()
	if err != nil {
		return nil, err
	}
	if err := h.store.ReplaceRecoveryCodes(ctx, user.ID, hashes); err != nil {
		return nil, err
	}
	out := &recoveryCodesOutput{}
	out.Body.RecoveryCodes = codes
	return out, nil
}

func (h *factorHandlers) disable(ctx context.Context, _ *kit.Empty) (*kit.Empty, error) {
	return &kit.Empty{}, h.store.DisableTOTP(ctx, kit.Caller(ctx).ID, kit.InfoOf(ctx).Client)
}
