// Package playback keeps what belongs to playing files: where their owners
// stopped, what they watched, and the subtitles that they uploaded. It plays
// nothing, and reads no subtitles.
package playback

import (
	"context"

	"github.com/google/uuid"

	"longhaul/internal/store/postgres"
	"longhaul/models"
)

// Playback keeps positions, marks and subtitles.
type Playback struct {
	db *postgres.DB
}

// New returns the playback of the database.
func New(db *postgres.DB) *Playback { return &Playback{db} }

const (
	// owned is what is true of a file that its owner has not deleted.
	owned = `f.user_id = @user and f.state not in ('trashed', 'deleted') and j.delete_at is null`

	maxMarks  = 10_000 // of a job that are listed
	maxBeside = 20_000 // films and subtitles of a job that are looked at
)

// Playback returns where the user stopped in their file; the beginning, if nothing
// is known.
func (p *Playback) Playback(ctx context.Context, userID, fileID uuid.UUID) (models.Playback, error) {
	var out models.Playback
	err := p.db.Row(ctx, &out, "load position", `
		select f.id as file_id, f.idx, coalesce(p.position, 0) as position, coalesce(p.duration, 0) as duration, coalesce(p.watched, false) as watched, p.updated_at
		from files f join jobs j on j.id = f.job_id left join playback p on p.file_id = f.id where f.id = @file and `+owned,
		map[string]any{"user": userID, "file": fileID})
	return out, err
}

// SavePlayback notes where the user is in their file. The last report counts,
// whichever device it comes from.
func (p *Playback) SavePlayback(ctx context.Context, userID, fileID uuid.UUID, r models.PlaybackReport) (models.Playback, error) {
	if r.Clears() {
		_, err := p.db.Exec(ctx, "forget position", `delete from playback where user_id = ? and file_id = ?`, userID, fileID)
		if err != nil {
			return models.Playback{}, err
		}
		return p.Playback(ctx, userID, fileID)
	}
	watched := r.Watched
	if ends := r.Ends(); ends {
		watched = &ends
	}
	var out models.Playback
	err := p.db.Row(ctx, &out, "save position", `
		insert into playback as p (file_id, user_id, position, duration, watched, updated_at)
		select f.id, f.user_id, @position, @duration, coalesce(cast(@watched as boolean), false), @now
		from files f join jobs j on j.id = f.job_id where f.id = @file and `+owned+`
		on conflict (file_id) do update set position = excluded.position, duration = excluded.duration,
			watched = coalesce(cast(@watched as boolean), p.watched), updated_at = excluded.updated_at
		returning p.*`,
		map[string]any{"user": userID, "file": fileID, "position": r.Position, "duration": r.Duration, "watched": watched, "now": p.db.Now()})
	return out, err
}

// JobPlayback returns where the user stopped in the files of their job, in the
// order of the files.
func (p *Playback) JobPlayback(ctx context.Context, userID, jobID uuid.UUID) ([]models.Playback, error) {
	if err := p.ownJob(ctx, userID, jobID); err != nil {
		return nil, err
	}
	var out []models.Playback
	err := p.db.Rows(ctx, &out, "list positions", `
		select p.*, f.idx from playback p join files f on f.id = p.file_id join jobs j on j.id = f.job_id
		where f.job_id = @job and p.user_id = @user and `+owned+` order by f.idx limit @most`,
		map[string]any{"user": userID, "job": jobID, "most": maxMarks})
	return out, err
}

// ownJob returns not_found if the job is not the user's.
func (p *Playback) ownJob(ctx context.Context, userID, jobID uuid.UUID) error {
	var one int
	return p.db.Row(ctx, &one, "look for job", `select 1 from jobs where user_id = ? and id = ? and delete_at is null`, userID, jobID)
}

// Forget forgets what is known of files that are deleted for good.
func (p *Playback) Forget(ctx context.Context, fileIDs []uuid.UUID) error {
	_, err := p.db.Exec(ctx, "forget positions", `delete from playback where file_id = any(?)`, postgres.Array[uuid.UUID](fileIDs))
	if err == nil {
		_, err = p.db.Exec(ctx, "forget subtitles", `delete from subtitles where file_id = any(?)`, postgres.Array[uuid.UUID](fileIDs))
	}
	return err
}
