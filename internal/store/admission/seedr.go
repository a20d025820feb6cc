package admission

import (
	"context"
	"time"

	"github.com/google/uuid"

	"longhaul/internal/store/providers"
	"longhaul/models"
)

// waitingForSeedr is a queued job without a slot.
type waitingForSeedr struct {
	ID    uuid.UUID
	Need  int64
	Done  bool // complete on Seedr already
	Since time.Time
}

// admitToSeedr gives the account's slots and space to at most limit jobs. A
// job that waited for long keeps younger ones from taking the space before it.
func (ad *Admission) admitToSeedr(ctx context.Context, limitPerUser, limit int) ([]uuid.UUID, error) {
	var waiting []waitingForSeedr
	err := ad.db.Rows(ctx, &waiting, "list jobs waiting for Seedr", `
		select j.id, `+providers.SeedrNeed+` as need, `+providers.SeedrDone+` as done, j.state_since as since
		from jobs j where j.provider = ? and j.state = 'queued' and j.admitted_at is null and j.delete_at is null
		order by j.created_at, j.id limit 1000`, models.ProviderSeedr)
	if err != nil || len(waiting) == 0 {
		return nil, err
	}
	var out []uuid.UUID
	for len(out) < limit {
		room, err := ad.providers.SeedrRoom(ctx)
		if err != nil {
			return nil, err
		}
		fits := ad.fitting(room, waiting)
		if len(fits) == 0 {
			return out, nil
		}
		admitted, err := ad.admit(ctx, models.ProviderSeedr, candidates{only: fits}, limitPerUser, 1)
		if err != nil || len(admitted) == 0 {
			return out, err
		}
		out = append(out, admitted...)
	}
	return out, nil
}

// seedrPatience is how long a job waits for space before younger ones have to
// let it go first.
const seedrPatience = 30 * time.Minute

func (ad *Admission) fitting(room providers.SeedrRoom, waiting []waitingForSeedr) []uuid.UUID {
	now := ad.db.Now()
	var fits []uuid.UUID
	for _, w := range waiting {
		switch {
		case w.Done:
			fits = append(fits, w.ID)
		case room.SlotsLeft() == 0:
		case room.Holds(w.Need, now):
			fits = append(fits, w.ID)
		case now.Sub(w.Since) > seedrPatience:
			return fits
		}
	}
	return fits
}
