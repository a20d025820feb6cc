package kit

import (
	"strings"

	"longhaul/internal/source"
	"longhaul/models"
)

// Outline is one page of a file list in columns: the same place in each is the same
// file. Folders are named once.
type Outline struct {
	Folders    []string `json:"folders" nullable:"false" doc:"Paths of the folders that files of this page are in; the one of files without a folder is empty"`
	Index      []int    `json:"index" nullable:"false" doc:"Position in the source, used to choose files; in a share, what names the file"`
	Folder     []int    `json:"folder" nullable:"false" doc:"Place of the file's folder in folders"`
	Name       []string `json:"name" nullable:"false"`
	Size       []int64  `json:"size" nullable:"false" doc:"Bytes; -1 if unknown"`
	State      string   `json:"state" doc:"A letter per file: p pending, s stored, o stored and a browser can show it, b blocked, x not chosen, l lost; - in a source that was only inspected"`
	Kind       string   `json:"kind" doc:"A letter per file: v video, a audio, i image, t text, d PDF, - anything else, or a source that was only inspected"`
	NextCursor string   `json:"nextCursor" doc:"Empty on the last page"`
	Total      int      `json:"total" doc:"Files on all pages"`
}

// MarkNone stands in an outline for what is not known.
const MarkNone = '-'

// Marks of files in an outline.
const (
	markPending = 'p'
	markStored  = 's'
	markOpens   = 'o'
	markBlocked = 'b'
	markSkipped = 'x'
	markLost    = 'l'
)

// MarkOf returns what an outline says of the file's state.
func MarkOf(f models.File) rune {
	switch {
	case f.State == models.FileSkipped:
		return markSkipped
	case f.State == models.FileLost:
		return markLost
	case f.Blocked:
		return markBlocked
	case f.State != models.FileStored:
		return markPending
	case source.InlineType(f.ContentType) != "":
		return markOpens
	}
	return markStored
}

// KindOf returns what an outline says of a media type.
func KindOf(contentType string) rune {
	switch kind, _, _ := strings.Cut(contentType, "/"); kind {
	case "video", "audio", "image", "text":
		return rune(kind[0])
	}
	if contentType == "application/pdf" {
		return 'd'
	}
	return MarkNone
}

// OutlineBuilder fills one page of an outline.
type OutlineBuilder struct {
	total, files, bytes int // of all pages; that a page may have
	out                 Outline
	state               strings.Builder
	kind                strings.Builder
	folders             map[string]int
	used                int
	more                bool
}

// NewOutline returns an empty page of a list with so many files on all pages. It
// takes at most so many files and bytes of names; a longer name is alone on its
// page.
func NewOutline(total, maxFiles, maxBytes int) *OutlineBuilder {
	return &OutlineBuilder{
		total: total, files: maxFiles, bytes: maxBytes, folders: map[string]int{},
		out: Outline{Folders: []string{}, Index: []int{}, Folder: []int{}, Name: []string{}, Size: []int64{}},
	}
}

// Add adds a file, and reports false if the page is full.
func (b *OutlineBuilder) Add(index int, path string, size int64, mark, kind rune) bool {
	folder, name := "", path
	if at := strings.LastIndexByte(path, '/'); at >= 0 {
		folder, name = path[:at], path[at+1:]
	}
	cost := len(name)
	place, known := b.folders[folder]
	if !known {
		cost += len(folder)
	}
	if n := len(b.out.Index); n == b.files || n > 0 && b.used+cost > b.bytes {
		b.more = true
		return false
	}
	if !known {
		place = len(b.out.Folders)
		b.folders[folder], b.out.Folders = place, append(b.out.Folders, folder)
	}
	b.used += cost
	b.out.Index, b.out.Folder = append(b.out.Index, index), append(b.out.Folder, place)
	b.out.Name, b.out.Size = append(b.out.Name, name), append(b.out.Size, size)
	b.state.WriteRune(mark)
	b.kind.WriteRune(kind)
	return true
}

// Outline returns the page without its cursor, and whether a file did not fit.
func (b *OutlineBuilder) Outline() (page Outline, more bool) {
	page = b.out
	page.State, page.Kind, page.Total = b.state.String(), b.kind.String(), b.total
	return page, b.more
}
