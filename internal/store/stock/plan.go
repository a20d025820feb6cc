package stock

import (
	"context"
	"time"

	"longhaul/models"
)

// PlanContentChecks has a check of contents of the share start every so many days,
// or none if days is 0.
func (st *Stock) PlanContentChecks(ctx context.Context, by models.Actor, days, percent int64) error {
	switch {
	case days < 0 || days > models.MaxCheckDays:
		return models.Errorf(models.CodeInvalid, "Use 0 to %d days; 0 turns it off.", models.MaxCheckDays).In("days")
	case percent < 1 || percent > 100:
		return models.Errorf(models.CodeInvalid, "Use 1 to 100 percent.").In("percent")
	}
	return st.db.Tx(ctx, func(ctx context.Context) error {
		var s models.StorageState
		if err := st.db.Row(ctx, &s, "lock state of storage", `select * from storage_state for update`); err != nil {
			return err
		}
		if s.CheckDays == days && s.CheckPercent == percent {
			return nil
		}
		if _, err := st.db.Exec(ctx, "plan checks of contents", `update storage_state set check_days = ?, check_percent = ?`, days, percent); err != nil {
			return err
		}
		e := by.Did(models.AuditCheckPlanned, "", "")
		e.Before, e.After = planFacts(s.CheckDays, s.CheckPercent), planFacts(days, percent)
		return st.records.RecordAudit(ctx, e)
	})
}

func planFacts(days, percent int64) map[string]any {
	return map[string]any{"days": days, "percent": percent}
}

// StartDueCheck starts a check of contents if one is planned and the last one,
// however it was started, is long enough ago. It reports whether it did.
func (w *Worker) StartDueCheck(ctx context.Context) (bool, error) {
	st := w.st
	s, err := st.state(ctx)
	if err != nil || s.CheckDays == 0 {
		return false, err
	}
	last, err := st.ContentChecks(ctx, 1)
	if err != nil {
		return false, err
	}
	if len(last) > 0 && st.db.Now().Before(last[0].CreatedAt.Add(time.Duration(s.CheckDays)*24*time.Hour)) {
		return false, nil
	}
	_, err = st.StartContentCheck(ctx, models.Actor{Kind: models.ActorSystem}, s.CheckPercent, 0)
	if models.CodeOf(err) == models.CodeConflict {
		return false, nil // one reads already
	}
	return err == nil, err
}
