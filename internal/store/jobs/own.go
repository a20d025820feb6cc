package jobs

import (
	"context"

	"github.com/google/uuid"
	"gorm.io/gorm"

	"longhaul/models"
)

// RequestOwn does to one of the user's jobs what needs nothing but the job: cancel,
// pause, resume or retry it, or move it to the trash.
func (js *Jobs) RequestOwn(ctx context.Context, userID, jobID uuid.UUID, a models.Action) (models.Job, error) {
	what := act{name: a}
	switch a {
	case models.ActionCancel:
		what.do = js.cancel
	case models.ActionRetry:
		what.do = js.retry
	case models.ActionDelete:
		what.do = js.discard(models.Because(models.ReasonTrashed))
	case models.ActionPause, models.ActionResume:
		what = js.asks(a)
	default:
		return models.Job{}, models.Errorf(models.CodeInvalid, "Use pause, resume, retry, cancel or delete.").In("act")
	}
	return js.request(ctx, asker{owner: userID}, jobID, what)
}

// Meant returns the query of the user's jobs that match and could allow the act:
// by their state, or because it takes back what is asked of them.
func (js *Jobs) Meant(ctx context.Context, userID uuid.UUID, f models.JobFilter, a models.Action) *gorm.DB {
	var able []models.State
	for _, s := range models.States() {
		if s.Allows(a) {
			able = append(able, s)
		}
	}
	takesBack := map[models.Action]models.Action{models.ActionPause: models.ActionResume, models.ActionResume: models.ActionPause}[a]
	return filterJobs(js.db.Conn(ctx).Model(&models.Job{}), userID, f).
		Where("(state in ? or (asked_act <> '' and asked_act = ?))", able, takesBack).Select("id", "created_at")
}
