// Package seedrfiles matches the files on Seedr with the files of a job, and
// lists the files of a job that did not know them. It makes no calls.
package seedrfiles

import (
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
	taken := map[string]bool{}
	for _, f := range files {
		at := cleanPath(f.Path)
		for taken[at] {
			at = path.Join(path.Dir(at), "_"+path.Base(at))
		}
		taken[at] = true
		m.Files = append(m.Files, models.ManifestFile{Index: len(m.Files), Path: at, Size: f.Size})
		m.Size += f.Size
	}
	if len(m.Files) == 0 {
		return models.Manifest{}, models.Fault(models.ProblemNoFiles, "There is nothing to download in it.")
	}
	if m.Name == "" {
		m.Name = path.Base(m.Files[0].Path)
	}
	return m, nil
}

func cleanPath(p string) string {
	var parts []string
	for part := range strings.SplitSeq(p, "/") {
		if part = source.SanitizeFileName(part); part != "" {
			parts = append(parts, part)
		}
	}
	if len(parts) == 0 {
		return "file"
	}
	return path.Join(parts...)
}

// Match finds each of the job's files among those on Seedr: by size and
// path, then by size and name, then by size alone if only one has it. Seedr
// changes names, so letter case and punctuation do not count. A file that is
// not there, or that could be any of several, is a fault.
func Match(files []models.File, there []models.SeedrFile) (map[uuid.UUID]models.SeedrFile, error) {
	out := make(map[uuid.UUID]models.SeedrFile, len(files))
	used := make(map[int64]bool, len(there))
	bySize := make(map[int64][]models.SeedrFile, len(there))
	for _, f := range there {
		bySize[f.Size] = append(bySize[f.Size], f)
	}
	pick := func(f models.File, fits func(models.SeedrFile) bool) bool {
		var found []models.SeedrFile
		for _, s := range bySize[f.Size] {
			if !used[s.ID] && fits(s) {
				found = append(found, s)
			}
		}
		if len(found) != 1 {
			return false
		}
		out[f.ID], used[found[0].ID] = found[0], true
		return true
	}
	rules := []func(f models.File, s models.SeedrFile) bool{
		func(f models.File, s models.SeedrFile) bool { return samePath(f.Path, s.Path) },
		func(f models.File, s models.SeedrFile) bool {
			return seedr.SameName(path.Base(f.Path), path.Base(s.Path))
		},
		func(models.File, models.SeedrFile) bool { return true },
	}
	left := slices.DeleteFunc(slices.Clone(files), func(f models.File) bool { return f.Size == 0 })
	for _, rule := range rules {
		left = slices.DeleteFunc(left, func(f models.File) bool {
			return pick(f, func(s models.SeedrFile) bool { return rule(f, s) })
		})
	}
	if len(left) > 0 {
		return nil, models.Fault(models.ProblemLengthMismatch, "%d of %d files on Seedr are missing or have the wrong size.", len(left), len(files))
	}
	return out, nil
}

// samePath compares a path below the torrent's name with one below Seedr's
// folder, which stands for that name.
func samePath(ours, theirs string) bool {
	if seedr.SameName(ours, theirs) {
		return true
	}
	_, below, found := strings.Cut(ours, "/")
	return found && seedr.SameName(below, theirs)
}
