package admission

import (
	"context"

	"github.com/google/uuid"

	"longhaul/internal/store/providers"
	"longhaul/models"
)

// QueueNote returns what the user's queued jobs wait for.
func (ad *Admission) QueueNote(ctx context.Context, userID uuid.UUID) (models.QueueNote, error) {
	var row struct {
		Running        int
		MaxRunningJobs *int
		AgentPool      string
		RetentionDays  int
		StorageBytes   *int64
		Used, Reserved int64
	}
	err := ad.db.Row(ctx, &row, "load limits and running jobs", `
		select (select count(*) from jobs where user_id = p.user_id and admitted_at is not null) as running,
			p.max_running_jobs, p.agent_pool, coalesce(p.retention_days, 0) as retention_days, p.storage_bytes,
			coalesce(q.used, 0) as used, coalesce(q.reserved, 0) as reserved
		from user_plans p left join quota_usage q on q.user_id = p.user_id where p.user_id = ?`, userID)
	if err != nil {
		return models.QueueNote{}, err
	}
	note := models.QueueNote{
		Running: row.Running, Limit: ad.quota.RunningLimitOf(row.MaxRunningJobs), Retention: row.RetentionDays,
		Pool: row.AgentPool, Room: models.Room{Used: row.Used, Reserved: row.Reserved, Limit: row.StorageBytes},
	}
	slots, err := ad.agents.SlotsByPool(ctx)
	if err != nil {
		return models.QueueNote{}, err
	}
	note.AgentsAlive, note.FreeSlots = slots[note.Pool].Agents, slots[note.Pool].Free
	note.Seedr, err = ad.seedrNote(ctx, userID)
	return note, err
}

// seedrNote returns what the user's jobs in the queue for Seedr wait for.
func (ad *Admission) seedrNote(ctx context.Context, userID uuid.UUID) (*models.SeedrNote, error) {
	var rows []struct {
		ID   uuid.UUID
		Need int64
	}
	err := ad.db.Rows(ctx, &rows, "measure jobs waiting for Seedr", `
		select j.id, `+providers.SeedrNeed+` as need from jobs j where j.user_id = ? and j.provider = ? and j.state = 'queued'
			and j.admitted_at is null and j.delete_at is null limit 1000`, userID, models.ProviderSeedr)
	if err != nil || len(rows) == 0 {
		return nil, err
	}
	room, err := ad.providers.SeedrRoom(ctx)
	if err != nil {
		return nil, err
	}
	now := ad.db.Now()
	n := &models.SeedrNote{
		Slots: room.Slots, Taken: room.Taken, Known: room.SpaceMax > 0, Free: max(room.Free(), 0),
		Full: room.FullUntil != nil && now.Before(*room.FullUntil), Needs: make(map[uuid.UUID]int64, len(rows)),
	}
	if f := room.Down(now); f != nil {
		n.Down = models.AsError(f).Reason()
	}
	for _, r := range rows {
		n.Needs[r.ID] = r.Need
	}
	return n, nil
}
