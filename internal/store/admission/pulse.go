package admission

import (
	"context"
	"math"
	"time"

	"github.com/google/uuid"

	"longhaul/internal/store/postgres"
	"longhaul/models"
)

// Pulse returns how far behind admission is.
func (ad *Admission) Pulse(ctx context.Context) (models.AdmissionPulse, error) {
	var row struct{ Round *time.Time }
	if err := ad.db.Row(ctx, &row, "load last round", `select (select at from admission_rounds) as round`); err != nil {
		return models.AdmissionPulse{}, err
	}
	now := ad.db.Now()
	pulse := models.AdmissionPulse{SinceRound: since(now, row.Round)}
	slots, err := ad.agents.SlotsByPool(ctx)
	if err != nil {
		return pulse, err
	}
	pools, _ := slots.Free()
	if len(pools) == 0 {
		return pulse, nil
	}
	perUser := ad.quota.RunningLimitOf(nil)
	if perUser == 0 {
		perUser = math.MaxInt32
	}
	var oldest struct{ Since *time.Time }
	err = ad.db.Row(ctx, &oldest, "find who is passed over", turns+`
		select min(j.state_since) as since from waiting w join jobs j on j.id = w.id where w.place <= w.most and w.pool = any(?)`,
		models.ProviderAgent, true, postgres.Array[uuid.UUID](nil), perUser, postgres.Array[string](pools))
	pulse.PassedOver = since(now, oldest.Since)
	return pulse, err
}

func since(now time.Time, t *time.Time) time.Duration {
	if t == nil {
		return 0
	}
	return max(0, now.Sub(*t))
}
