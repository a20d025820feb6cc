package models

// FileFilter says which files of a job one page has, in the order of the
// manifest.
type FileFilter struct {
	Search  string      // text within a path, or patterns with * and ? of a path or a name, separated by commas
	States  []FileState // only files in one of these; none is all
	Indexes []int       // only these; none is all
	Cursor  string      // NextCursor of the page before; empty starts over
	Limit   int
}

// FilePage is one page of a job's files.
type FilePage struct {
	Files      []File
	NextCursor string // empty on the last page
	Total      int64  // matching files on all pages
	Size       int64  // of them together; those of unknown size are left out
}
