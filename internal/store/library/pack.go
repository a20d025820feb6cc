package library

import (
	"context"
	"time"

	"github.com/google/uuid"

	"longhaul/internal/store/postgres"
	"longhaul/models"
)

// Each selection holds the names of up to models.MaxPackedFiles files.
const (
	maxSelections   = 500 // of a user that work at a time, and that one listing has
	endedSelections = 100 // of a user that are kept after their end, the last ones
)

// Pack keeps what is picked as a selection, folders with everything below them,
// until the time. One without a file that can be delivered is refused, one with too
// many, and one more than a user can have.
func (l *Library) Pack(ctx context.Context, userID uuid.UUID, p models.Picked, expires time.Time) (models.Selection, error) {
	s := models.Selection{ID: l.db.NewID(), UserID: userID, CreatedAt: l.db.Now(), ExpiresAt: expires}
	err := l.db.Tx(ctx, func(ctx context.Context) error {
		if err := l.makeRoom(ctx, userID); err != nil {
			return err
		}
		titles, _, err := l.picked(ctx, userID, p)
		if err != nil {
			return err
		}
		if s.Name = "files"; len(titles) == 1 {
			s.Name = titles[0]
		}
		found, err := l.unfold(ctx, userID, p, false, models.MaxPackedFiles)
		if err != nil {
			return err
		}
		var files []uuid.UUID
		var names []string
		for _, f := range found {
			files, names = append(files, f.ID), append(names, f.Path)
		}
		if len(files) == 0 {
			return models.Errorf(models.CodeConflict, "There are no files to zip.").In("files")
		}
		if len(files) > models.MaxPackedFiles {
			return models.Errorf(models.CodeConflict, "A zip can have at most %d files.", models.MaxPackedFiles).In("files")
		}
		_, err = l.db.Exec(ctx, "keep selection", `
			insert into selections (id, user_id, name, files, names, created_at, expires_at) values (?, ?, ?, ?::uuid[], ?::text[], ?, ?)`,
			s.ID, userID, s.Name, postgres.Array[uuid.UUID](files), postgres.Array[string](names), s.CreatedAt, expires)
		return err
	})
	return s, err
}

// makeRoom removes the user's selections that ended long ago, and refuses one more
// if too many work.
func (l *Library) makeRoom(ctx context.Context, userID uuid.UUID) error {
	now := l.db.Now()
	if _, err := l.db.Exec(ctx, "prune ended selections", `
		delete from selections where id in (
			select id from selections where user_id = ? and expires_at <= ? order by expires_at desc, id offset ?)`, userID, now, endedSelections); err != nil {
		return err
	}
	var working int
	if err := l.db.Row(ctx, &working, "count selections", `select count(*) from selections where user_id = ? and expires_at > ?`, userID, now); err != nil {
		return err
	}
	if working >= maxSelections {
		return models.Errorf(models.CodeConflict, "You have %d links to zips that work. Revoke some, or wait until they expire.", working)
	}
	return nil
}

// Unfold returns the stored files that the user picked, or that lie below a folder
// that they picked, with their paths from there: so many at most, and one more if
// there are more. What the user does not have is not_found.
func (l *Library) Unfold(ctx context.Context, userID uuid.UUID, p models.Picked, most int) ([]models.PickedFile, error) {
	if _, _, err := l.picked(ctx, userID, p); err != nil {
		return nil, err
	}
	return l.unfold(ctx, userID, p, false, most)
}

// UnfoldShown is Unfold for all files that the library shows, those that are lost
// or blocked too.
func (l *Library) UnfoldShown(ctx context.Context, userID uuid.UUID, p models.Picked, most int) ([]models.PickedFile, error) {
	if _, _, err := l.picked(ctx, userID, p); err != nil {
		return nil, err
	}
	return l.unfold(ctx, userID, p, true, most)
}

// unfold returns the stored files, or all, that are picked, or lie below a picked
// folder, and their paths from there. A file that is reached twice is there once.
func (l *Library) unfold(ctx context.Context, userID uuid.UUID, p models.Picked, all bool, most int) ([]models.PickedFile, error) {
	var out []models.PickedFile
	err := l.db.Rows(ctx, &out, "list picked files", `
		with recursive down as (
			select id, name as path from folders where user_id = ? and id = any(?)
			union all select f.id, down.path || '/' || f.name from folders f join down on f.parent_id = down.id)
		select distinct on (id) id, job_id, path from (
			select f.id, f.job_id, f.name as path from files f join jobs j on j.id = f.job_id
				where f.user_id = ? and f.id = any(?) and (f.state = 'stored' or ?) and `+visible+`
			union all select f.id, f.job_id, down.path || '/' || f.name from down join files f on f.folder_id = down.id join jobs j on j.id = f.job_id
				where (f.state = 'stored' or ?) and `+visible+`) found
		order by id limit ?`, userID, postgres.Array[uuid.UUID](p.Folders), userID, postgres.Array[uuid.UUID](p.Files), all, all, most+1)
	return out, err
}

// Selection returns a selection of the user that has not expired.
func (l *Library) Selection(ctx context.Context, userID, id uuid.UUID) (models.Selection, error) {
	var s models.Selection
	err := l.db.Row(ctx, &s, "load selection", `
		select id, user_id, name, created_at, expires_at from selections where user_id = ? and id = ? and expires_at > ?`, userID, id, l.db.Now())
	return s, err
}

// PackedFiles returns the files of the selection that can be delivered now, each
// with its path in the zip.
func (l *Library) PackedFiles(ctx context.Context, userID, id uuid.UUID) ([]models.File, error) {
	var rows []struct {
		models.File
		Inside string
	}
	err := l.db.Rows(ctx, &rows, "list files of selection", `
		select f.*, n.name as inside from selections s
			cross join lateral unnest(s.files, s.names) with ordinality as n (id, name, at)
			join files f on f.id = n.id join jobs j on j.id = f.job_id
		where s.user_id = ? and s.id = ? and f.user_id = s.user_id and f.state = 'stored' and not f.blocked and not j.blocked and `+visible+`
		order by n.name, f.id`, userID, id)
	out := make([]models.File, 0, len(rows))
	for _, r := range rows {
		r.Path = r.Inside
		out = append(out, r.File)
	}
	return out, err
}

// MayDeliverPacked returns not_found when the file may no longer be delivered with
// the selection, for whatever reason.
func (l *Library) MayDeliverPacked(ctx context.Context, id, fileID uuid.UUID) error {
	var one int
	return l.db.Row(ctx, &one, "look whether packed file may be delivered", `
		select 1 from selections s join users u on u.id = s.user_id join files f on f.user_id = s.user_id join jobs j on j.id = f.job_id
		where s.id = ? and s.revoked_at is null and f.id = ? and u.disabled_at is null and not j.blocked and not f.blocked and f.state = 'stored' and `+visible, id, fileID)
}

// Selections returns the user's selections that work, newest first, at most 500.
func (l *Library) Selections(ctx context.Context, userID uuid.UUID) ([]models.Selection, error) {
	var out []models.Selection
	err := l.db.Rows(ctx, &out, "list selections", `
		select id, user_id, name, created_at, expires_at from selections
		where user_id = ? and expires_at > ? order by created_at desc, id limit ?`, userID, l.db.Now(), maxSelections)
	return out, err
}

// RevokeSelection makes the link of a selection stop working. The row says until
// it is pruned what the link led to.
func (l *Library) RevokeSelection(ctx context.Context, userID, id uuid.UUID) error {
	n, err := l.db.Exec(ctx, "revoke selection", `
		update selections set expires_at = @now, revoked_at = @now where user_id = @user and id = @id and expires_at > @now`,
		map[string]any{"now": l.db.Now(), "user": userID, "id": id})
	if err == nil && n == 0 {
		return postgres.NotFound("link")
	}
	return err
}

// RevokeSelections makes the links of all selections of the user stop working.
func (l *Library) RevokeSelections(ctx context.Context, userID uuid.UUID) error {
	_, err := l.db.Exec(ctx, "revoke selections", `
		update selections set expires_at = @now, revoked_at = @now where user_id = @user and expires_at > @now`,
		map[string]any{"now": l.db.Now(), "user": userID})
	return err
}

// PruneSelections removes selections that expired before the time.
func (w *Worker) PruneSelections(ctx context.Context, before time.Time) (int64, error) {
	return w.l.db.Exec(ctx, "prune selections", `delete from selections where expires_at < ?`, before)
}
