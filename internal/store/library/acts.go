package library

import (
	"context"
	"slices"

	"github.com/google/uuid"

	"longhaul/internal/event"
	"longhaul/internal/store/postgres"
	"longhaul/models"
)

// MakeFolder makes a folder of the user in another.
func (l *Library) MakeFolder(ctx context.Context, userID, parentID uuid.UUID, name string) (models.Folder, error) {
	f := models.Folder{ID: l.db.NewID(), UserID: userID, ParentID: &parentID, Name: name, Made: true, CreatedAt: l.db.Now()}
	err := l.change(ctx, userID, func(ctx context.Context) error {
		if err := l.roomFor(ctx, userID, parentID, 1); err != nil {
			return err
		}
		var own int64
		err := l.db.Row(ctx, &own, "count own folders", `
			select count(*) from (select from folders where user_id = ? and made limit ?) f`, userID, models.MaxOwnFolders+1)
		if err != nil {
			return err
		}
		if own > models.MaxOwnFolders {
			return models.Errorf(models.CodeConflict, "You have %d folders of your own, which is the limit.", models.MaxOwnFolders).In("name")
		}
		if err := l.untaken(ctx, parentID, []string{name}, models.Picked{}, "name"); err != nil {
			return err
		}
		return l.insert(ctx, f)
	})
	return f, err
}

// RenameFolder gives the user's folder another name. From then on it stays when it
// is empty.
func (l *Library) RenameFolder(ctx context.Context, userID, id uuid.UUID, name string) (models.Folder, error) {
	var f models.Folder
	err := l.change(ctx, userID, func(ctx context.Context) error {
		var err error
		if f, err = l.folder(ctx, userID, id); err != nil || f.Name == name {
			return err
		}
		if f.ParentID == nil {
			return models.Errorf(models.CodeConflict, "The top of the library has no name.").In("name")
		}
		if err := l.untaken(ctx, *f.ParentID, []string{name}, models.Picked{Folders: []uuid.UUID{id}}, "name"); err != nil {
			return err
		}
		f.Name, f.Made = name, true
		_, err = l.db.Exec(ctx, "rename folder", `
			update folders set name = ?, sort_key = ?, words = array_to_tsvector(string_to_array(?, ' ')), made = true where id = ?`,
			name, sortKey(name), indexed(userID, name), id)
		return err
	})
	return f, err
}

// RemoveFolder removes an empty folder of the user. One with something in it is a
// conflict.
func (l *Library) RemoveFolder(ctx context.Context, userID, id uuid.UUID) error {
	return l.change(ctx, userID, func(ctx context.Context) error {
		f, err := l.folder(ctx, userID, id)
		if err != nil {
			return err
		}
		if f.ParentID == nil {
			return models.Errorf(models.CodeConflict, "The top of the library cannot be removed.")
		}
		n, err := l.db.Exec(ctx, "remove folder", `
			delete from folders d where id = ? and not exists (select from files f where f.folder_id = d.id)
				and not exists (select from folders c where c.parent_id = d.id)`, id)
		if err == nil && n == 0 {
			err = models.Errorf(models.CodeConflict, "This folder is not empty.")
		}
		return err
	})
}

// RenameFile gives the user's file another name in the library. Its path in the
// source stays, and finds it as well.
func (l *Library) RenameFile(ctx context.Context, userID, id uuid.UUID, name string) error {
	return l.change(ctx, userID, func(ctx context.Context) error {
		var f models.LibraryFile
		err := l.db.Row(ctx, &f, "load file", `
			select f.*, j.name as job_name from files f join jobs j on j.id = f.job_id
			where f.user_id = ? and f.id = ? and `+visible, userID, id)
		if models.IsNotFound(err) {
			return postgres.NotFound("file")
		}
		if err != nil || f.Name == name {
			return err
		}
		if err := l.untaken(ctx, *f.FolderID, []string{name}, models.Picked{Files: []uuid.UUID{id}}, "name"); err != nil {
			return err
		}
		_, err = l.db.Exec(ctx, "rename file", `
			update files set name = ?, sort_key = ?, words = array_to_tsvector(string_to_array(?, ' ')) where id = ?`,
			name, sortKey(name), indexed(userID, name, f.JobName, f.Path), id)
		return err
	})
}

// Move moves files and folders of the user into a folder, all of them or none. A
// folder goes with everything in it, at the cost of one.
func (l *Library) Move(ctx context.Context, userID uuid.UUID, p models.Picked, to uuid.UUID) error {
	return l.change(ctx, userID, func(ctx context.Context) error {
		titles, from, err := l.picked(ctx, userID, p)
		if err != nil {
			return err
		}
		height, err := l.height(ctx, p.Folders)
		if err != nil {
			return err
		}
		if err := l.roomFor(ctx, userID, to, height); err != nil {
			return err
		}
		if err := l.outside(ctx, userID, p.Folders, to); err != nil {
			return err
		}
		if err := l.untaken(ctx, to, titles, p, "to"); err != nil {
			return err
		}
		if _, err := l.db.Exec(ctx, "move files", `update files set folder_id = ? where id = any(?)`, to, postgres.Array[uuid.UUID](p.Files)); err != nil {
			return err
		}
		if _, err := l.db.Exec(ctx, "move folders", `update folders set parent_id = ? where id = any(?)`, to, postgres.Array[uuid.UUID](p.Folders)); err != nil {
			return err
		}
		return l.prune(ctx, slices.DeleteFunc(from, func(id uuid.UUID) bool { return id == to || id == userID }))
	})
}

// change runs an act on the user's library under its lock, and has the user's open
// pages read it again.
func (l *Library) change(ctx context.Context, userID uuid.UUID, act func(context.Context) error) error {
	return l.db.Tx(ctx, func(ctx context.Context) error {
		if err := l.open(ctx, userID); err != nil {
			return err
		}
		if err := act(ctx); err != nil {
			return err
		}
		return l.outbox.Notify(ctx, event.Changed(userID, event.PartLibrary))
	})
}

// picked returns the names of what is picked and the folders that it lies in.
// What the user does not have, or cannot see, is not_found.
func (l *Library) picked(ctx context.Context, userID uuid.UUID, p models.Picked) (titles []string, from []uuid.UUID, err error) {
	var rows []struct {
		Name string
		At   uuid.UUID
	}
	err = l.db.Rows(ctx, &rows, "load what is picked", `
		select f.name, f.folder_id as at from files f join jobs j on j.id = f.job_id where f.user_id = ? and f.id = any(?) and `+visible+`
		union all select name, parent_id from folders where user_id = ? and id = any(?) and parent_id is not null`,
		userID, postgres.Array[uuid.UUID](p.Files), userID, postgres.Array[uuid.UUID](p.Folders))
	if err != nil {
		return nil, nil, err
	}
	if len(rows) != distinct(p.Files)+distinct(p.Folders) {
		return nil, nil, models.Errorf(models.CodeNotFound, "Some of these files or folders are gone. Reload the list.")
	}
	for _, r := range rows {
		titles, from = append(titles, r.Name), append(from, r.At)
	}
	slices.SortFunc(from, func(a, b uuid.UUID) int { return slices.Compare(a[:], b[:]) })
	return titles, slices.Compact(from), nil
}

func distinct(ids []uuid.UUID) int {
	seen := make(map[uuid.UUID]bool, len(ids))
	for _, id := range ids {
		seen[id] = true
	}
	return len(seen)
}

// untaken refuses names that something else in the folder has, or that two of
// those who come have.
func (l *Library) untaken(ctx context.Context, folder uuid.UUID, titles []string, but models.Picked, field string) error {
	taken := func(name string) error {
		return models.Errorf(models.CodeConflict, "“%s” is already in this folder.", name).In(field)
	}
	sorted := slices.Sorted(slices.Values(titles))
	for i := 1; i < len(sorted); i++ {
		if sorted[i] == sorted[i-1] {
			return models.Errorf(models.CodeConflict, "Two of these are named “%s”. Rename one first.", sorted[i]).In(field)
		}
	}
	var found []string
	files, dirs := ids(but.Files), ids(but.Folders)
	err := l.db.Rows(ctx, &found, "look for names in folder", `
		select name from files where folder_id = ? and name = any(?) and id <> all(?)
		union all select name from folders where parent_id = ? and name = any(?) and id <> all(?) limit 1`,
		folder, postgres.Array[string](titles), files, folder, postgres.Array[string](titles), dirs)
	if err == nil && len(found) > 0 {
		err = taken(found[0])
	}
	return err
}

// ids returns an array that is empty, and not null, where there is none: nothing
// differs from all of null.
func ids(of []uuid.UUID) postgres.Array[uuid.UUID] {
	return append(postgres.Array[uuid.UUID]{}, of...)
}

// height returns how many levels the folders have, at most.
func (l *Library) height(ctx context.Context, folders []uuid.UUID) (int, error) {
	var n int
	err := l.db.Row(ctx, &n, "measure folders", `
		with recursive down as (
			select id, 1 as step from folders where id = any(?)
			union all select f.id, step + 1 from folders f join down on f.parent_id = down.id where step < ?)
		select coalesce(max(step), 0) from down`, postgres.Array[uuid.UUID](folders), 2*models.MaxFolderDepth)
	return n, err
}

// roomFor refuses a folder of someone else, and one that is too deep for so many
// more levels.
func (l *Library) roomFor(ctx context.Context, userID, id uuid.UUID, levels int) error {
	path, err := l.path(ctx, userID, id)
	if err == nil && levels > 0 && len(path)+levels > models.MaxFolderDepth {
		err = models.Errorf(models.CodeConflict, "Folders can be at most %d levels deep.", models.MaxFolderDepth).In("to")
	}
	return err
}

// outside refuses to move a folder into itself, or into one that lies in it.
func (l *Library) outside(ctx context.Context, userID uuid.UUID, folders []uuid.UUID, to uuid.UUID) error {
	path, err := l.path(ctx, userID, to)
	if err != nil {
		return err
	}
	for _, f := range path {
		if slices.Contains(folders, f.ID) {
			return models.Errorf(models.CodeConflict, "A folder cannot be moved into itself.").In("to")
		}
	}
	return nil
}
