package models

import (
	"time"

	"github.com/google/uuid"
)

// Bounds of the library.
const (
	MaxFileName    = 255    // bytes of a name of a file or a folder
	MaxFolderDepth = 64     // folders within one another
	MaxOwnFolders  = 10_000 // that one account makes
	MaxPicked      = 1_000  // files and folders that one act names
	MaxPackedFiles = 20_000 // files that one zip of a selection has
	MaxThrownFiles = 5_000  // files that one act deletes
)

// PickedFile is a file that is picked, or lies below a picked folder.
type PickedFile struct {
	ID    uuid.UUID
	JobID uuid.UUID
	Path  string // from the picked folder on, or the file's name
}

// FileKind is what a file is to a person, by its name.
type FileKind string

// The kinds of files. A folder is none; it is only asked for as one.
const (
	KindVideo    FileKind = "video"
	KindAudio    FileKind = "audio"
	KindImage    FileKind = "image"
	KindDocument FileKind = "document"
	KindArchive  FileKind = "archive"
	KindOther    FileKind = "other"
	KindFolder   FileKind = "folder"
)

// Folder is a folder of a user's library. The root has its user's id and no
// parent.
type Folder struct {
	ID        uuid.UUID  `gorm:"type:uuid;primaryKey"`
	UserID    uuid.UUID  `gorm:"type:uuid"`
	ParentID  *uuid.UUID `gorm:"type:uuid"`
	JobID     *uuid.UUID `gorm:"type:uuid"` // whose files it was made for
	Name      string
	Made      bool // by the user; others go with the last thing in them
	CreatedAt time.Time
}

// LibrarySort is an order of the library.
type LibrarySort string

// The orders of the library. Folders come first, by name in all of them but
// the one by name itself.
const (
	LibraryByName LibrarySort = "name"
	LibraryBySize LibrarySort = "size"
	LibraryByDate LibrarySort = "date"
	LibraryByKind LibrarySort = "type"
)

// LibraryFilter says what one page of the library has.
type LibraryFilter struct {
	Folder uuid.UUID // what lies directly in it, unless Flat; the root has the user's id
	Flat   bool      // what lies anywhere
	Search string    // words that names, or the names of downloads, have; implies Flat
	Kind   FileKind  // only files of the kind, or only folders; empty for all
	Sort   LibrarySort
	Desc   bool
	Cursor string // NextCursor of the page before; empty starts over
	Limit  int
}

// Amounts is how many files there are, and their bytes.
type Amounts struct {
	Files int64
	Size  int64
}

// LibraryFolder is a folder with what lies anywhere below it.
type LibraryFolder struct {
	Folder
	Amounts
}

// LibraryFile is a file with what it comes from and lies in.
type LibraryFile struct {
	File
	Kind       FileKind
	JobName    string
	FolderName string // empty for the root
}

// LibraryPage is one page of the library: folders first.
type LibraryPage struct {
	Path       []Folder // from below the root to the folder itself; empty for the root
	Folders    []LibraryFolder
	Files      []LibraryFile
	NextCursor string   // empty on the last page
	Totals     *Amounts // of all pages, and of what lies deeper; nil behind the first page
}

// Picked names files and folders of a library.
type Picked struct {
	Files   []uuid.UUID
	Folders []uuid.UUID
}

// Selection is files of the library that one link delivers as a zip. The link has
// the selection's id.
type Selection struct {
	ID        uuid.UUID `gorm:"type:uuid;primaryKey"`
	UserID    uuid.UUID `gorm:"type:uuid"`
	Name      string
	CreatedAt time.Time
	ExpiresAt time.Time
}
