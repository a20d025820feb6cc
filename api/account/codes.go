package account

import (
	"context"
	"time"

	"longhaul/api/kit"
	"longhaul/internal/token"
	"longhaul/internal/totp"
	"longhaul/models"
)

// codes checks two-factor and recovery codes.
type codes struct {
	store  factors
	limits kit.Limiter
	record *recorder
	keys   *token.Keys
	now    func() time.Time
}

// factorAsks are the limits of trying a second factor of the user.
func factorAsks(ctx context.Context, user models.User) []kit.Ask {
	return []kit.Ask{
		{Limit: kit.LimitFactorPair, Key: user.ID.String() + " " + kit.Network(kit.InfoOf(ctx).IP)},
		{Limit: kit.LimitFactor, Key: user.ID.String()},
	}
}

// check consumes a two-factor or recovery code of the user.
func (c *codes) check(ctx context.Context, user models.User, code string) error {
	if err := c.limits.AllowAll(ctx, factorAsks(ctx, user)...); err != nil {
		return err
	}
	ok, err := c.use(ctx, user, code)
	if err != nil || ok {
		return err
	}
	c.record.codeFailed(ctx, user)
	return models.Fault(models.ProblemWrongCode, "The code is wrong or was already used. Wait for the next one.").In("code")
}

func (c *codes) use(ctx context.Context, user models.User, code string) (bool, error) {
	if !user.SecondFactor() {
		return false, nil
	}
	if totp.IsRecovery(code) {
		return c.store.UseRecoveryCode(ctx, user.ID, totp.RecoveryHash(code))
	}
	if !user.HasTOTP() {
		return false, nil
	}
	secret, err := c.keys.Open(token.PurposeTOTP, user.ID, user.TOTPSecret)
	if err != nil {
		return false, err
	}
	step, ok := totp.Match(string(secret), code, c.now())
	if !ok {
		return false, nil
	}
	return c.store.UseTOTPStep(ctx, user.ID, step)
}
