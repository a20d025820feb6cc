// Package media keeps what is known of how media files play. It does not know
// how that is found out, or who may see a file.
package media

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"github.com/google/uuid"

	"longhaul/internal/store/outbox"
	"longhaul/internal/store/postgres"
	"longhaul/models"
)

// How soon a file is asked about again.
const (
	askWaiting = time.Minute      // what waits: whoever was to read it may have ended
	askOff     = 10 * time.Minute // what no worker could read: one may have ffprobe now
)

// Media keeps what is known of files.
type Media struct {
	db     *postgres.DB
	outbox *outbox.Outbox
}

// New returns the media of the database.
func New(db *postgres.DB, out *outbox.Outbox) *Media { return &Media{db, out} }

// Worker returns the methods that only the worker may use.
func (ms *Media) Worker() *Worker { return &Worker{ms} }

// Worker writes what was found out.
type Worker struct{ ms *Media }

// row is a file's, as it is kept.
type row struct {
	FileID   uuid.UUID
	State    models.MediaState
	Problem  string
	Info     *string
	Keys     []byte
	Poster   bool
	Attempts int
	TriedAt  *time.Time
}

func (r row) media() (models.Media, error) {
	out := models.Media{FileID: r.FileID, State: r.State, Problem: r.Problem, Poster: r.Poster, Attempts: r.Attempts}
	if r.TriedAt != nil {
		out.TriedAt = *r.TriedAt
	}
	if r.Info == nil {
		return out, nil
	}
	var err error
	if out.Keys, err = models.UnpackKeyFrames(r.Keys); err != nil {
		return out, fmt.Errorf("read media: %w", err)
	}
	if err := json.Unmarshal([]byte(*r.Info), &out.Info); err != nil {
		return out, fmt.Errorf("read media: %w", err)
	}
	return out, nil
}

// Media returns what is known of the user's file. One that nobody asked about is
// not_found, as is a file that is not the user's.
func (ms *Media) Media(ctx context.Context, userID, fileID uuid.UUID) (models.Media, error) {
	var r row
	err := ms.db.Row(ctx, &r, "load media", `
		select m.file_id, m.state, m.problem, m.info::text as info, m.keys, m.attempts, m.tried_at,
			exists (select from thumbnails t where t.file_id = m.file_id and t.state = 'made') as poster
		from media m join files f on f.id = m.file_id where f.user_id = ? and f.id = ?`, userID, fileID)
	if err != nil {
		return models.Media{}, err
	}
	return r.media()
}

// AskMedia has the user's file read, unless that is known or asked for already.
// A file that is not delivered is left alone.
func (ms *Media) AskMedia(ctx context.Context, userID, fileID uuid.UUID) error {
	return ms.db.Tx(ctx, func(ctx context.Context) error {
		now := ms.db.Now()
		var asked struct{ JobID uuid.UUID }
		err := ms.db.Row(ctx, &asked, "ask for media", `
			insert into media as m (file_id, state, asked_at)
			select f.id, 'waiting', @now from files f join jobs j on j.id = f.job_id
			where f.id = @file and f.user_id = @user and `+delivered+`
			on conflict (file_id) do update set state = 'waiting', asked_at = @now,
				attempts = case when m.state = 'off' then 0 else m.attempts end
			where m.state = 'waiting' and m.asked_at < @waiting or m.state = 'off' and m.asked_at < @off
			returning (select job_id from files where id = m.file_id) as job_id`,
			map[string]any{"file": fileID, "user": userID, "now": now, "waiting": now.Add(-askWaiting), "off": now.Add(-askOff)})
		if models.IsNotFound(err) {
			return nil
		}
		if err != nil {
			return err
		}
		return ms.outbox.EnqueueOnce(ctx, models.OutboxMedia, asked.JobID)
	})
}

// delivered is what is true of a file that may be read.
const delivered = `f.state = 'stored' and not f.blocked and not j.blocked and j.delete_at is null and f.size > 0
	and (f.content_type like 'video/%' or f.content_type like 'audio/%')`

// MediaWaiting returns files of the job, in order, that nobody has read, the
// one at the index and those before it left out.
func (w *Worker) MediaWaiting(ctx context.Context, jobID uuid.UUID, after, limit int) ([]models.File, error) {
	var out []models.File
	err := w.ms.db.Rows(ctx, &out, "list media to read", `
		select f.* from files f join jobs j on j.id = f.job_id left join media m on m.file_id = f.id
		where f.job_id = ? and f.idx > ? and (m.file_id is null or m.state in ('waiting', 'off')) and `+delivered+`
		order by f.idx limit ?`, jobID, after, limit)
	return out, err
}

// TryMedia counts an attempt to read a file, before it begins. A file that is
// read already, or not to be read, is not_found.
func (w *Worker) TryMedia(ctx context.Context, fileID uuid.UUID) (models.Media, error) {
	var r row
	now := w.ms.db.Now()
	err := w.ms.db.Row(ctx, &r, "count attempt to read media", `
		insert into media as m (file_id, state, attempts, tried_at, asked_at)
		select f.id, 'waiting', 1, @now, @now from files f join jobs j on j.id = f.job_id where f.id = @file and `+delivered+`
		on conflict (file_id) do update set state = 'waiting', attempts = m.attempts + 1, tried_at = @now
		where m.state in ('waiting', 'off')
		returning m.file_id, m.state, m.attempts, m.tried_at`, map[string]any{"file": fileID, "now": now})
	if err != nil {
		return models.Media{}, err
	}
	return r.media()
}

// UntryMedia takes an attempt back that said nothing of the file.
func (w *Worker) UntryMedia(ctx context.Context, fileID uuid.UUID) error {
	_, err := w.ms.db.Exec(ctx, "take attempt to read media back", `
		update media set attempts = greatest(attempts - 1, 0) where file_id = ? and state = 'waiting'`, fileID)
	return err
}

// EndMedia writes what an attempt found out.
func (w *Worker) EndMedia(ctx context.Context, m models.Media) error {
	var info *string
	var keys []byte
	if m.Info != nil {
		b, err := json.Marshal(m.Info)
		if err != nil {
			return fmt.Errorf("write media: %w", err)
		}
		text := string(b)
		info, keys = &text, m.Keys.Pack()
	}
	_, err := w.ms.db.Exec(ctx, "note media", `
		update media set state = ?, problem = ?, info = ?::jsonb, keys = ? where file_id = ? and state = 'waiting'`,
		m.State, m.Problem, info, postgres.Bytes(keys), m.FileID)
	return err
}

// MediaOff notes of the job's files that no one read that this worker can't.
func (w *Worker) MediaOff(ctx context.Context, jobID uuid.UUID) error {
	_, err := w.ms.db.Exec(ctx, "note media as off", `
		insert into media as m (file_id, state, asked_at)
		select f.id, 'off', @now from files f join jobs j on j.id = f.job_id where f.job_id = @job and `+delivered+`
		on conflict (file_id) do update set state = 'off', asked_at = @now where m.state = 'waiting'`,
		map[string]any{"job": jobID, "now": w.ms.db.Now()})
	return err
}
