package models

import (
	"path"
	"slices"
	"strings"

	"github.com/google/uuid"
)

// Bounds of rules for files.
const (
	MaxExtensions      = 100
	maxExtensionLength = 20
)

// FileRules says which files of a source are left out where the user chooses
// none.
type FileRules struct {
	SkipSamples bool     `json:"skipSamples,omitempty"`
	MinSize     int64    `json:"minSize,omitempty"`    // in bytes; smaller files are left out
	Extensions  []string `json:"extensions,omitempty"` // in lower case and without the dot; those files are left out
}

// Empty reports whether the filter leaves nothing out.
func (f FileRules) Empty() bool { return !f.SkipSamples && f.MinSize <= 0 && len(f.Extensions) == 0 }

// Checked returns the filter with its extensions in one form, each once. It
// refuses one that is out of bounds.
func (f FileRules) Checked() (FileRules, error) {
	if f.MinSize < 0 || f.MinSize > 1<<50 {
		return f, Errorf(CodeInvalid, "Use a size between 0 and 1 PiB.").In("minSize")
	}
	var list []string
	for _, ext := range f.Extensions {
		ext = strings.ToLower(strings.TrimLeft(strings.TrimSpace(ext), "*."))
		if ext == "" || len(ext) > maxExtensionLength || strings.ContainsAny(ext, "/\\ .*\x00") {
			return f, Errorf(CodeInvalid, "Use extensions such as nfo, of up to %d characters.", maxExtensionLength).In("extensions")
		}
		if !slices.Contains(list, ext) {
			list = append(list, ext)
		}
	}
	if len(list) > MaxExtensions {
		return f, Errorf(CodeInvalid, "Name at most %d extensions.", MaxExtensions).In("extensions")
	}
	f.Extensions = list
	return f, nil
}

// Choose returns the indexes of the files that the filter leaves, nil for all. It
// leaves nothing out when no file would remain; all reports that.
func (f FileRules) Choose(files []ManifestFile) (indexes []int, all bool) {
	if f.Empty() {
		return nil, false
	}
	for _, file := range files {
		if f.takes(file) {
			indexes = append(indexes, file.Index)
		}
	}
	switch len(indexes) {
	case 0:
		return nil, true
	case len(files):
		return nil, false
	default:
		slices.Sort(indexes)
		return indexes, false
	}
}

func (f FileRules) takes(file ManifestFile) bool {
	name := strings.ToLower(path.Base(file.Path))
	ext := strings.TrimPrefix(path.Ext(name), ".")
	switch {
	case file.Size >= 0 && file.Size < f.MinSize:
		return false
	case slices.Contains(f.Extensions, ext):
		return false
	default:
		return !f.SkipSamples || !isSample(strings.ToLower(file.Path))
	}
}

// isSample reports whether a path in lower case looks like the sample of a film:
// in a folder of that name, or a name that begins or ends with it.
func isSample(file string) bool {
	dir, name := path.Split(file)
	for folder := range strings.SplitSeq(dir, "/") {
		if folder == "sample" || folder == "samples" {
			return true
		}
	}
	words := strings.FieldsFunc(strings.TrimSuffix(name, path.Ext(name)), func(r rune) bool { return strings.ContainsRune(" .-_()[]", r) })
	return len(words) > 0 && (words[0] == "sample" || words[len(words)-1] == "sample")
}

// Rules are what applies to a user's submits where they choose nothing else.
type Rules struct {
	LabelID     *uuid.UUID
	Files       FileRules
	StartPaused bool
	Provider    Provider // only where users may choose it; empty for the active one
}
