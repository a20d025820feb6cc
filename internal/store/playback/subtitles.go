package playback

import (
	"context"

	"github.com/google/uuid"

	"longhaul/internal/store/postgres"
	"longhaul/models"
)

// FilmsAndSubtitles returns the films in the user's job, and the files that may be
// their subtitles, in the order of the job. Only what is delivered is among them.
func (p *Playback) FilmsAndSubtitles(ctx context.Context, userID, jobID uuid.UUID) ([]models.File, error) {
	var out []models.File
	err := p.db.Rows(ctx, &out, "list films and subtitles", `
		select f.* from files f join jobs j on j.id = f.job_id
		where f.job_id = @job and `+owned+` and f.state = 'stored' and not f.blocked and not j.blocked
			and (f.content_type like 'video/%' or lower(right(f.path, 4)) in @endings)
		order by f.idx limit @most`, map[string]any{"user": userID, "job": jobID, "most": maxBeside, "endings": models.FilmEndings()})
	return out, err
}

// Subtitles returns the subtitles that the user uploaded for their file, without
// the text, the oldest first.
func (p *Playback) Subtitles(ctx context.Context, userID, fileID uuid.UUID) ([]models.Subtitle, error) {
	var out []models.Subtitle
	err := p.db.Rows(ctx, &out, "list subtitles", `
		select id, user_id, file_id, name, language, size, created_at from subtitles where user_id = ? and file_id = ? order by id`, userID, fileID)
	return out, err
}

// Subtitle returns subtitles that the user uploaded for their file.
func (p *Playback) Subtitle(ctx context.Context, userID, fileID, id uuid.UUID) (models.Subtitle, error) {
	var out models.Subtitle
	err := p.db.Row(ctx, &out, "load subtitles", `select * from subtitles where user_id = ? and file_id = ? and id = ?`, userID, fileID, id)
	return out, err
}

// AddSubtitle keeps subtitles for a file of their user, within bounds.
func (p *Playback) AddSubtitle(ctx context.Context, s models.Subtitle) (models.Subtitle, error) {
	s.ID, s.Size, s.CreatedAt = p.db.NewID(), int64(len(s.Text)), p.db.Now()
	err := p.db.Tx(ctx, func(ctx context.Context) error {
		if err := p.db.Lock(ctx, postgres.LockSubtitles, s.UserID.String()); err != nil {
			return err
		}
		var have struct{ Files, Bytes int64 }
		err := p.db.Row(ctx, &have, "count subtitles", `
			select count(*) filter (where file_id = ?) as files, coalesce(sum(size), 0) as bytes from subtitles where user_id = ?`, s.FileID, s.UserID)
		if err != nil {
			return err
		}
		if have.Files >= models.MaxSubtitles {
			return models.Errorf(models.CodeConflict, "A file can have %d uploaded subtitles. Delete some of this file's first.", models.MaxSubtitles).In("file")
		}
		if have.Bytes+s.Size > models.MaxSubtitleBytes {
			return models.Errorf(models.CodeConflict, "You can upload %d MiB of subtitles in all. Delete some first.", models.MaxSubtitleBytes>>20).In("file")
		}
		n, err := p.db.Exec(ctx, "save subtitles", `
			insert into subtitles (id, user_id, file_id, name, language, text, size, created_at)
			select @id, f.user_id, f.id, @name, @language, @text, @size, @now from files f join jobs j on j.id = f.job_id
			where f.id = @file and `+owned,
			map[string]any{
				"id": s.ID, "user": s.UserID, "file": s.FileID, "name": s.Name, "language": s.Language, "text": s.Text, "size": s.Size, "now": s.CreatedAt,
			})
		if err == nil && n == 0 {
			err = models.Errorf(models.CodeNotFound, "No such file.")
		}
		return err
	})
	return s, err
}

// DeleteSubtitle deletes subtitles that the user uploaded for their file.
func (p *Playback) DeleteSubtitle(ctx context.Context, userID, fileID, id uuid.UUID) error {
	n, err := p.db.Exec(ctx, "delete subtitles", `delete from subtitles where user_id = ? and file_id = ? and id = ?`, userID, fileID, id)
	if err == nil && n == 0 {
		err = models.Errorf(models.CodeNotFound, "No such subtitles.")
	}
	return err
}
