package shares

import (
	"context"
	"path"
	"slices"
	"strconv"
	"strings"

	"github.com/google/uuid"

	"longhaul/internal/source"
	"longhaul/internal/store/postgres"
	"longhaul/models"
)

// item is a row of what a share shows.
type item struct {
	JobID  uuid.UUID
	FileID *uuid.UUID
	Folder string
	Label  string
	Strip  int
	Shown  *string // the whole path in the share; nil makes it of the path in the source
}

// CreateShare writes a share of what the choices name. Each has to belong to the
// share's owner.
func (sh *Shares) CreateShare(ctx context.Context, s models.Share, choices []models.ShareChoice) error {
	return sh.create(ctx, s, func(ctx context.Context) ([]item, error) { return sh.items(ctx, s.UserID, choices) })
}

// create writes a share of the items that choose returns.
func (sh *Shares) create(ctx context.Context, s models.Share, choose func(context.Context) ([]item, error)) error {
	s.CreatedAt = sh.db.Now()
	return sh.db.Tx(ctx, func(ctx context.Context) error {
		// One at a time for each account, so that none has more than it may.
		if _, err := sh.db.Exec(ctx, "lock account", `select from users where id = ? for update`, s.UserID); err != nil {
			return err
		}
		var n int
		if err := sh.db.Row(ctx, &n, "count shares", `select count(*) from shares where user_id = ?`, s.UserID); err != nil {
			return err
		}
		if n >= models.SharesEach {
			return models.Errorf(models.CodeQuotaExceeded, "You have %d shares, which is the most. Those that ended are removed after 30 days.", n)
		}
		items, err := choose(ctx)
		if err != nil {
			return err
		}
		if err := postgres.Translate(sh.db.Conn(ctx).Create(&s).Error, "create share"); err != nil {
			return err
		}
		if err := sh.add(ctx, s.ID, items); err != nil {
			return err
		}
		return sh.tell(ctx, s.UserID)
	})
}

// addBatch is how many items one statement writes.
const addBatch = 1000

func (sh *Shares) add(ctx context.Context, shareID uuid.UUID, items []item) error {
	for at := 0; at < len(items); at += addBatch {
		rows := make([]map[string]any, 0, addBatch)
		for n, i := range items[at:min(at+addBatch, len(items))] {
			rows = append(rows, map[string]any{
				"share_id": shareID, "position": at + n, "job_id": i.JobID, "file_id": i.FileID, "folder": i.Folder, "label": i.Label, "strip": i.Strip, "shown": i.Shown,
			})
		}
		if err := sh.db.Conn(ctx).Table("share_items").Create(rows).Error; err != nil {
			return postgres.Translate(err, "add to share")
		}
	}
	return nil
}

// items returns what the choices come to. Files of one job show below the folder
// that they have in common; those of several jobs below the names of the jobs.
func (sh *Shares) items(ctx context.Context, userID uuid.UUID, choices []models.ShareChoice) ([]item, error) {
	if len(choices) == 0 {
		return nil, models.Errorf(models.CodeInvalid, "Choose what to share.").In("items")
	}
	var out []item
	labels := make([]string, 0, len(choices))
	seen := map[uuid.UUID]bool{}
	for _, c := range choices {
		if seen[c.JobID] {
			return nil, models.Errorf(models.CodeInvalid, "Name each job once.").In("items")
		}
		seen[c.JobID] = true
		var name string
		if err := sh.db.Row(ctx, &name, "look for job", `
			select name from jobs where user_id = ? and id = ? and delete_at is null`, userID, c.JobID); err != nil {
			return nil, err
		}
		labels = append(labels, labelOf(name))
		of, err := sh.itemsOf(ctx, c)
		if err != nil {
			return nil, err
		}
		if out = append(out, of...); len(out) > models.ShareItemsEach {
			return nil, models.Errorf(models.CodeTooLarge, "A share has at most %d files and folders. Share the folder that they are in.", models.ShareItemsEach).In("items")
		}
	}
	if len(choices) > 1 {
		labels = apart(labels)
		for i := range out {
			out[i].Label = labels[slices.IndexFunc(choices, func(c models.ShareChoice) bool { return c.JobID == out[i].JobID })]
		}
	}
	return out, nil
}

func labelOf(name string) string {
	if label := source.SanitizeFileName(name); label != "" {
		return label
	}
	return "files"
}

// apart returns the labels with those numbered that would be the same where case
// does not count.
func apart(labels []string) []string {
	taken := map[string]bool{}
	out := make([]string, 0, len(labels))
	for _, label := range labels {
		name := label
		for n := 2; taken[strings.ToLower(name)]; n++ {
			name = label + " (" + strconv.Itoa(n) + ")"
		}
		taken[strings.ToLower(name)] = true
		out = append(out, name)
	}
	return out
}

// itemsOf returns the items of one job. A file or folder inside of another folder
// that is chosen adds nothing.
func (sh *Shares) itemsOf(ctx context.Context, c models.ShareChoice) ([]item, error) {
	if len(c.Folders) == 0 && len(c.Indexes) == 0 {
		return []item{{JobID: c.JobID}}, nil
	}
	folders, err := sh.folders(ctx, c)
	if err != nil {
		return nil, err
	}
	var files []models.File
	err = sh.db.Rows(ctx, &files, "look for files", `
		select id, path from files where job_id = ? and idx = any(?) and state in ('pending', 'stored', 'lost') order by idx`, c.JobID, postgres.Array[int](c.Indexes))
	if err != nil {
		return nil, err
	}
	if len(files) < len(distinct(c.Indexes)) {
		return nil, postgres.NotFound("file")
	}
	out := make([]item, 0, len(folders)+len(files))
	above := make([]string, 0, cap(out))
	for _, f := range folders {
		out, above = append(out, item{JobID: c.JobID, Folder: f}), append(above, path.Dir(f))
	}
	for _, f := range files {
		if !slices.ContainsFunc(folders, func(folder string) bool { return within(f.Path, folder) }) {
			out, above = append(out, item{JobID: c.JobID, FileID: &f.ID}), append(above, path.Dir(f.Path))
		}
	}
	strip := 0
	if len(out) == 1 && out[0].Folder != "" {
		strip = len(out[0].Folder) + 1
	} else if top := common(above); top != "." {
		strip = len(top) + 1
	}
	for i := range out {
		out[i].Strip = strip
	}
	return out, nil
}

// folders returns the chosen folders without those inside of others.
func (sh *Shares) folders(ctx context.Context, c models.ShareChoice) ([]string, error) {
	var out []string
	chosen := slices.Clone(c.Folders)
	slices.SortFunc(chosen, func(a, b string) int { return len(a) - len(b) })
	for _, f := range chosen {
		if slices.ContainsFunc(out, func(above string) bool { return f == above || within(f, above) }) {
			continue
		}
		var there bool
		err := sh.db.Row(ctx, &there, "look for folder", `
			select exists (select from files where job_id = ? and starts_with(path, ?) and state in ('pending', 'stored', 'lost'))`, c.JobID, f+"/")
		if err != nil {
			return nil, err
		}
		if f == "" || !there {
			return nil, postgres.NotFound("folder")
		}
		out = append(out, f)
	}
	slices.Sort(out)
	return out, nil
}

// within reports whether the path is below the folder.
func within(p, folder string) bool { return strings.HasPrefix(p, folder+"/") }

// common returns the deepest folder that all folders are in, or are.
func common(folders []string) string {
	top := folders[0]
	for _, f := range folders[1:] {
		for top != "." && f != top && !within(f, top) {
			top = path.Dir(top)
		}
	}
	return top
}

func distinct(indexes []int) map[int]bool {
	set := make(map[int]bool, len(indexes))
	for _, i := range indexes {
		set[i] = true
	}
	return set
}
