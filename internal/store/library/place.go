package library

import (
	"context"
	"path"
	"slices"
	"strings"

	"github.com/google/uuid"

	"longhaul/internal/store/postgres"
	"longhaul/models"
)

// batch is how many rows one statement writes.
const batch = 5000

// loose is a stored file that has no place yet.
type loose struct {
	ID          uuid.UUID
	Path        string
	ContentType string
}

// Place puts those stored files of the ended job that have no place yet into
// their owner's library: below a folder named as the job, or straight into the
// root if the job has one file. It returns how many there were. Its cost grows
// with the files and their paths. The job is locked by the caller.
func (l *Library) Place(ctx context.Context, job models.Job) (int, error) {
	var files []loose
	err := l.db.Tx(ctx, func(ctx context.Context) error {
		files = nil
		err := l.db.Rows(ctx, &files, "list files without a place", `
			select id, path, content_type from files
			where job_id = ? and folder_id is null and state in ('stored', 'lost') order by idx`, job.ID)
		if err != nil || len(files) == 0 {
			return err
		}
		if err := l.open(ctx, job.UserID); err != nil {
			return err
		}
		p := &placing{l: l, job: job, names: newNames(), folders: map[place]uuid.UUID{}, files: files}
		if err := p.settle(ctx); err != nil {
			return err
		}
		return p.write(ctx)
	})
	return len(files), err
}

// placing is the work of Place: it settles everything in memory and writes it in
// a few statements.
type placing struct {
	l       *Library
	job     models.Job
	files   []loose
	names   *names
	folders map[place]uuid.UUID // those that are there, and new ones

	made struct { // new folders, parents first
		ids, parents []uuid.UUID
		names        []string
	}
	into  []uuid.UUID // of each file
	title []string    // of each file
}

// settle decides where each file goes.
func (p *placing) settle(ctx context.Context) error {
	top := p.job.UserID
	if len(p.files) > 1 || p.job.FileCount > 1 {
		var err error
		if top, err = p.top(ctx); err != nil {
			return err
		}
	} else if err := p.l.loadLike(ctx, p.names, top, path.Base(p.files[0].Path)); err != nil {
		return err
	}
	strip := p.common()
	for _, f := range p.files {
		dir, name := path.Split(strings.TrimPrefix(f.Path, strip))
		into := top
		if top != p.job.UserID {
			into = p.enter(top, dir)
		}
		p.into = append(p.into, into)
		p.title = append(p.title, p.names.free(into, name))
	}
	return nil
}

// common returns the folder that all files are in, if it is named as the job: the
// job's own folder takes its place.
func (p *placing) common() string {
	prefix := p.job.Name + "/"
	for _, f := range p.files {
		if !strings.HasPrefix(f.Path, prefix) {
			return ""
		}
	}
	return prefix
}

// top returns the folder of the job, which it makes if it is not there.
func (p *placing) top(ctx context.Context) (uuid.UUID, error) {
	var below []models.Folder
	err := p.l.db.Rows(ctx, &below, "load folders of job", `
		with recursive down as (
			select f.*, 0 as step from folders f where job_id = ?
			union all select f.*, step + 1 from folders f join down on f.parent_id = down.id)
		select * from down order by step`, p.job.ID)
	if err != nil {
		return uuid.Nil, err
	}
	var ids []uuid.UUID
	for _, f := range below {
		ids = append(ids, f.ID)
		p.folders[place{*f.ParentID, f.Name}] = f.ID
	}
	if len(below) > 0 {
		return below[0].ID, p.l.load(ctx, p.names, ids)
	}
	name := folderName(p.job)
	if err := p.l.loadLike(ctx, p.names, p.job.UserID, name); err != nil {
		return uuid.Nil, err
	}
	id, root := p.l.db.NewID(), p.job.UserID
	return id, p.l.insert(ctx, models.Folder{ID: id, UserID: root, ParentID: &root, JobID: &p.job.ID, Name: p.names.free(root, name)})
}

// folderName returns the job's name as one of a folder.
func folderName(job models.Job) string {
	name := strings.Trim(strings.NewReplacer("/", "_", "\\", "_", "\x00", "").Replace(job.Name), " .")
	if len(name) > models.MaxFileName {
		name = strings.ToValidUTF8(name[:models.MaxFileName], "")
	}
	if name == "" {
		return "download " + job.ID.String()[:8]
	}
	return name
}

// enter returns the folder of the path below another. What is too deep lies in the
// deepest that may be.
func (p *placing) enter(at uuid.UUID, dir string) uuid.UUID {
	depth := 1
	for name := range strings.SplitSeq(dir, "/") {
		if name == "" {
			continue
		}
		if depth++; depth > models.MaxFolderDepth {
			break
		}
		next, known := p.folders[place{at, name}]
		if !known {
			next = p.make(at, name)
		}
		at = next
	}
	return at
}

func (p *placing) make(parent uuid.UUID, name string) uuid.UUID {
	id := p.l.db.NewID()
	p.folders[place{parent, name}] = id
	p.made.ids, p.made.parents = append(p.made.ids, id), append(p.made.parents, parent)
	p.made.names = append(p.made.names, p.names.free(parent, name))
	return id
}

func (p *placing) write(ctx context.Context) error {
	if err := p.writeFolders(ctx); err != nil {
		return err
	}
	return p.writeFiles(ctx)
}

// insert writes one folder.
func (l *Library) insert(ctx context.Context, f models.Folder) error {
	_, err := l.db.Exec(ctx, "make folder", `
		insert into folders (id, user_id, parent_id, job_id, name, sort_key, words, made, created_at)
		values (?, ?, ?, ?, ?, ?, array_to_tsvector(string_to_array(?, ' ')), ?, ?)`,
		f.ID, f.UserID, f.ParentID, f.JobID, f.Name, sortKey(f.Name), indexed(f.UserID, f.Name), f.Made, l.db.Now())
	return err
}

func (p *placing) writeFolders(ctx context.Context) error {
	user, now := p.job.UserID, p.l.db.Now()
	for at := 0; at < len(p.made.ids); at += batch {
		end := min(at+batch, len(p.made.ids))
		var keys, words []string
		for _, name := range p.made.names[at:end] {
			keys, words = append(keys, sortKey(name)), append(words, indexed(user, name))
		}
		_, err := p.l.db.Exec(ctx, "make folders", `
			insert into folders (id, user_id, parent_id, name, sort_key, words, made, created_at)
			select id, ?, parent, name, key, array_to_tsvector(string_to_array(words, ' ')), false, ?
			from unnest(?::uuid[], ?::uuid[], ?::text[], ?::text[], ?::text[]) as n (id, parent, name, key, words)`,
			user, now, postgres.Array[uuid.UUID](p.made.ids[at:end]), postgres.Array[uuid.UUID](p.made.parents[at:end]),
			postgres.Array[string](p.made.names[at:end]), postgres.Array[string](keys), postgres.Array[string](words))
		if err != nil {
			return err
		}
	}
	return nil
}

func (p *placing) writeFiles(ctx context.Context) error {
	for at := 0; at < len(p.files); at += batch {
		end := min(at+batch, len(p.files))
		var ids []uuid.UUID
		var keys, words, types []string
		for i := at; i < end; i++ {
			f := p.files[i]
			ids, keys = append(ids, f.ID), append(keys, sortKey(p.title[i]))
			words = append(words, indexed(p.job.UserID, p.title[i], p.job.Name, f.Path))
			types = append(types, string(kindOf(f.Path, f.ContentType)))
		}
		_, err := p.l.db.Exec(ctx, "place files", `
			update files f set folder_id = n.folder, name = n.name, sort_key = n.key, kind = n.kind,
				words = array_to_tsvector(string_to_array(n.words, ' '))
			from unnest(?::uuid[], ?::uuid[], ?::text[], ?::text[], ?::text[], ?::text[]) as n (id, folder, name, key, kind, words)
			where f.id = n.id`,
			postgres.Array[uuid.UUID](ids), postgres.Array[uuid.UUID](p.into[at:end]), postgres.Array[string](slices.Clone(p.title[at:end])),
			postgres.Array[string](keys), postgres.Array[string](types), postgres.Array[string](words))
		if err != nil {
			return err
		}
	}
	return nil
}

// JobsToPlace returns jobs that have stored files without a place, by id after the
// given one; one that runs is among them until it ends.
func (w *Worker) JobsToPlace(ctx context.Context, after uuid.UUID, limit int) ([]uuid.UUID, error) {
	var out []uuid.UUID
	err := w.l.db.Rows(ctx, &out, "list jobs whose files have no place", `
		select distinct job_id from files where folder_id is null and state in ('stored', 'lost') and job_id > ? order by job_id limit ?`, after, limit)
	return out, err
}
