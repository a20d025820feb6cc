// Package library keeps where files lie in their owner's library: folders over
// all downloads, the names that owners give, and the search over them.
//
// A file's path in its source is not its affair. Every change to a user's
// folders, and to the names in them, happens under one lock per user, so that
// the names in a folder stay distinct across files and folders.
package library

import (
	"context"

	"github.com/google/uuid"

	"longhaul/internal/store/outbox"
	"longhaul/internal/store/postgres"
	"longhaul/models"
)

// Library keeps the libraries of users.
type Library struct {
	db     *postgres.DB
	outbox *outbox.Outbox
}

// New returns the libraries of the database.
func New(db *postgres.DB, o *outbox.Outbox) *Library { return &Library{db, o} }

// Worker returns the methods that only the worker may use.
func (l *Library) Worker() *Worker { return &Worker{l} }

// Worker tidies libraries up.
type Worker struct{ l *Library }

// open locks the user's library until the transaction ends, and makes its root.
func (l *Library) open(ctx context.Context, userID uuid.UUID) error {
	if err := l.db.Lock(ctx, postgres.LockLibrary, userID.String()); err != nil {
		return err
	}
	_, err := l.db.Exec(ctx, "make root of library", `
		insert into folders (id, user_id, name, sort_key, words, made, created_at) values (?, ?, '', '', '', true, ?)
		on conflict (id) do nothing`, userID, userID, l.db.Now())
	return err
}

// folder returns a folder of the user. The root is there before it is made.
func (l *Library) folder(ctx context.Context, userID, id uuid.UUID) (models.Folder, error) {
	if id == userID {
		return models.Folder{ID: id, UserID: id, Made: true}, nil
	}
	var f models.Folder
	err := l.db.Row(ctx, &f, "load folder", `select * from folders where user_id = ? and id = ?`, userID, id)
	if models.IsNotFound(err) {
		return f, postgres.NotFound("folder")
	}
	return f, err
}

// path returns the folders from below the root to the folder.
func (l *Library) path(ctx context.Context, userID, id uuid.UUID) ([]models.Folder, error) {
	var out []models.Folder
	if id == userID {
		return out, nil
	}
	err := l.db.Rows(ctx, &out, "load path of folder", `
		with recursive up as (
			select f.*, 0 as step from folders f where user_id = ? and id = ?
			union all select p.*, up.step + 1 from folders p join up on p.id = up.parent_id where up.step < ?)
		select * from up where parent_id is not null order by step desc`, userID, id, 2*models.MaxFolderDepth)
	if err == nil && len(out) == 0 {
		err = postgres.NotFound("folder")
	}
	return out, err
}

// prune removes those of the folders that are empty and were not made by their
// user, and what is empty then above them. The library is locked.
func (l *Library) prune(ctx context.Context, ids []uuid.UUID) error {
	for len(ids) > 0 {
		var above []uuid.UUID
		err := l.db.Rows(ctx, &above, "remove empty folders", `
			delete from folders d where id = any(?) and not made
				and not exists (select from files f where f.folder_id = d.id)
				and not exists (select from folders c where c.parent_id = d.id)
			returning parent_id`, postgres.Array[uuid.UUID](ids))
		if err != nil {
			return err
		}
		ids = above
	}
	return nil
}

// Leaving runs what removes files of the job, and then the folders that are empty
// without them.
func (l *Library) Leaving(ctx context.Context, job models.Job, remove func(context.Context) error) error {
	return l.db.Tx(ctx, func(ctx context.Context) error {
		var ids []uuid.UUID
		err := l.db.Rows(ctx, &ids, "list folders of job", `
			select distinct folder_id from files where job_id = ? and folder_id is not null`, job.ID)
		if err != nil {
			return err
		}
		if len(ids) > 0 {
			if err := l.open(ctx, job.UserID); err != nil {
				return err
			}
		}
		if err := remove(ctx); err != nil {
			return err
		}
		return l.prune(ctx, ids)
	})
}

// PruneFolders removes at most limit folders that are empty and were not made by
// their user: an older program removed the files, and knows no folders.
func (w *Worker) PruneFolders(ctx context.Context, limit int) (int64, error) {
	var left []struct{ ID, UserID uuid.UUID }
	err := w.l.db.Rows(ctx, &left, "list empty folders", `
		select id, user_id from folders d where not made
			and not exists (select from files f where f.folder_id = d.id)
			and not exists (select from folders c where c.parent_id = d.id)
		limit ?`, limit)
	for i, f := range left {
		err := w.l.db.Tx(ctx, func(ctx context.Context) error {
			if err := w.l.open(ctx, f.UserID); err != nil {
				return err
			}
			return w.l.prune(ctx, []uuid.UUID{f.ID})
		})
		if err != nil {
			return int64(i), err
		}
	}
	return int64(len(left)), err
}
