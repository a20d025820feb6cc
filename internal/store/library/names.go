package library

import (
	"context"
	"path"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/google/uuid"

	"longhaul/internal/store/postgres"
	"longhaul/models"
)

// place is a name in a folder.
type place struct {
	folder uuid.UUID
	name   string
}

// names hands out free names: " (2)" and so on, where one is taken.
type names struct {
	taken map[place]bool
	next  map[place]int // the number that a taken name tries next
}

func newNames() *names { return &names{taken: map[place]bool{}, next: map[place]int{}} }

// free takes the name in the folder, or the next numbered one that is free.
func (n *names) free(folder uuid.UUID, name string) string {
	at := place{folder, name}
	if !n.taken[at] {
		n.taken[at] = true
		return name
	}
	for i := max(n.next[at], 2); ; i++ {
		n.next[at] = i + 1
		numbered := place{folder, withNumber(name, i)}
		if !n.taken[numbered] {
			n.taken[numbered] = true
			return numbered.name
		}
	}
}

// stemOf splits a name where a number goes.
func stemOf(name string) (stem, ext string) {
	ext = path.Ext(name)
	if len(ext) > 16 || len(ext) == len(name) {
		ext = ""
	}
	return strings.TrimSuffix(name, ext), ext
}

func withNumber(name string, n int) string {
	stem, ext := stemOf(name)
	number := " (" + strconv.Itoa(n) + ")"
	if at := models.MaxFileName - len(number) - len(ext); len(stem) > at {
		for !utf8.RuneStart(stem[at]) {
			at--
		}
		stem = stem[:at]
	}
	return stem + number + ext
}

// load notes every name that the folders have.
func (l *Library) load(ctx context.Context, n *names, folders []uuid.UUID) error {
	var rows []struct {
		Folder uuid.UUID
		Name   string
	}
	ids := postgres.Array[uuid.UUID](folders)
	err := l.db.Rows(ctx, &rows, "list names in folders", `
		select folder_id as folder, name from files where folder_id = any(?)
		union all select parent_id, name from folders where parent_id = any(?)`, ids, ids)
	for _, r := range rows {
		n.taken[place{r.Folder, r.Name}] = true
	}
	return err
}

// loadLike notes those names of the folder that the name, or one with a number,
// could meet: the root of a large library has too many to read all.
func (l *Library) loadLike(ctx context.Context, n *names, folder uuid.UUID, name string) error {
	var found []string
	stem, _ := stemOf(name)
	if len(stem) > 200 {
		stem = strings.ToValidUTF8(stem[:200], "") // numbered names of long ones are shortened
	}
	err := l.db.Rows(ctx, &found, "list names like one", `
		select name from files where folder_id = ? and starts_with(name, ?)
		union all select name from folders where parent_id = ? and starts_with(name, ?)`, folder, stem, folder, stem)
	for _, name := range found {
		n.taken[place{folder, name}] = true
	}
	return err
}
