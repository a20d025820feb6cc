// Package seedrfiles matches the files on Seedr with the files of a job, and
// lists the files of a job that did not know them. It makes no calls.
package seedrfiles

import (
	"cmp"
	"path"
	"slices"
	"strings"

	"github.com/google/uuid"

	"longhaul/internal/seedr"
	"longhaul/internal/source"
	"longhaul/models"
)

// Manifest returns the file list of a complete item, for a job that did not
// know it. Seedr's names are user input.
func Manifest(item models.SeedrItem) (models.Manifest, error) {
	files := slices.Clone(item.Files)
	slices.SortFunc(files, func(a, b models.SeedrFile) int { return strings.Compare(a.Path, b.Path) })
	m := models.Manifest{Name: source.SanitizeFileName(item.Title), InfoHashV1: item.InfoHash}
	paths := make([]string, len(files))
	for i, f := range files {
		paths[i] = cmp.Or(source.SanitizePath([]string{f.Path}), "file")
	}
	for i, at := range source.Distinct(paths) {
		m.Files = append(m.Files, models.ManifestFile{Index: i, Path: at, Size: files[i].Size})
		m.Size += files[i].Size
	}
	if len(m.Files) == 0 {
		return models.Manifest{}, models.Fault(models.ProblemNoFiles, "There is nothing to download in it.")
	}
	if m.Name == "" {
		m.Name = path.Base(m.Files[0].Path)
	}
	return m, nil
}

// Match finds each of the job's files among those on Seedr: by size and
// path, then by size and name, then by size alone if only one has it. Seedr
// changes names, so letter case and punctuation do not count. A file that is
// not there, or that could be any of several, is a fault.
func Match(files []models.File, there []models.SeedrFile) (map[uuid.UUID]models.SeedrFile, error) {
	out := make(map[uuid.UUID]models.SeedrFile, len(files))
	left := slices.DeleteFunc(slices.Clone(files), func(f models.File) bool { return f.Size == 0 })
	rest := slices.Clone(there)
	for _, r := range []rule{
		{ours: samePaths, theirs: seedr.PlainName},
		{ours: func(p string) []string { return []string{baseName(p)} }, theirs: baseName},
		{ours: func(string) []string { return []string{anyName} }, theirs: func(string) string { return anyName }},
	} {
		left, rest = r.match(left, rest, out)
	}
	if len(left) > 0 {
		return nil, models.Fault(models.ProblemLengthMismatch, "%d of %d files on Seedr are missing or have the wrong size.", len(left), len(files))
	}
	return out, nil
}

// rule says by which names one of ours and one of theirs are the same. An empty
// name is that of none.
type rule struct {
	ours   func(path string) []string
	theirs func(path string) string
}

const anyName = "*"

// looks is what files on Seedr are told apart by.
type looks struct {
	size int64
	name string
}

// alike counts the files that look the same. The sum of their places is the
// place of the last one that is left, so that none has to be searched.
type alike struct{ count, places int }

// match moves to out what the rule finds, and returns what is left of ours and
// theirs.
func (r rule) match(ours []models.File, theirs []models.SeedrFile, out map[uuid.UUID]models.SeedrFile) ([]models.File, []models.SeedrFile) {
	groups := make(map[looks]alike, len(theirs))
	used := make([]bool, len(theirs))
	change := func(place, by int) {
		k := looks{theirs[place].Size, r.theirs(theirs[place].Path)}
		g := groups[k]
		groups[k] = alike{g.count + by, g.places + by*place}
	}
	for i := range theirs {
		change(i, 1)
	}
	ours = slices.DeleteFunc(ours, func(f models.File) bool {
		var fits alike
		for _, name := range r.ours(f.Path) {
			if g := groups[looks{f.Size, name}]; name != "" {
				fits.count, fits.places = fits.count+g.count, fits.places+g.places
			}
		}
		if fits.count != 1 {
			return false
		}
		out[f.ID], used[fits.places] = theirs[fits.places], true
		change(fits.places, -1)
		return true
	})
	place := -1
	return ours, slices.DeleteFunc(theirs, func(models.SeedrFile) bool { place++; return used[place] })
}

// samePaths are the names that one of our paths may have on Seedr: its own, and
// that below the torrent's name, for which Seedr's folder stands.
func samePaths(p string) []string {
	whole := seedr.PlainName(p)
	_, below, _ := strings.Cut(p, "/")
	if below = seedr.PlainName(below); below == whole {
		return []string{whole}
	}
	return []string{whole, below}
}

func baseName(p string) string { return seedr.PlainName(path.Base(p)) }
