package seedr

import (
	"context"
	"net/http"
	"path"
	"strconv"
	"strings"
	"time"
	"unicode"
)

// Limits of a folder tree.
const (
	maxDepth   = 64
	maxFolders = 2000 // each is a call
	maxFiles   = 50_000
)

// Folder is one level of the account's files. The root has the running
// transfers too, and the account's space.
type Folder struct {
	ID        int64
	Name      string // empty for the root
	Size      int64  // bytes
	UpdatedAt time.Time

	Folders   []Folder   // without content of their own
	Files     []File     // files of this level
	Transfers []Transfer // root only: transfers that are not finished

	SpaceMax, SpaceUsed int64 // bytes of the whole account; 0 when not told
}

// File is a file in the account.
type File struct {
	ID       int64
	FolderID int64 // 0 when not told
	Name     string
	Path     string // below the folder that was asked for, components joined by "/"
	Size     int64  // bytes
	SHA1     string // of the content, as Seedr says; may be empty
}

type wireFolder struct {
	ID       number `json:"id"`
	FolderID number `json:"folder_id"` // some older answers
	Name     text   `json:"name"`
	Path     text   `json:"path"`
	FullName text   `json:"fullname"`
	Size     number `json:"size"`
	Updated  text   `json:"last_update"`

	SpaceMax  number `json:"space_max"`
	SpaceUsed number `json:"space_used"`

	Folders   []wireFolder   `json:"folders"`
	Files     []wireFile     `json:"files"`
	Transfers []wireTransfer `json:"torrents"`
}

type wireFile struct {
	ID       number `json:"id"`
	FileID   number `json:"folder_file_id"` // the OAuth twin
	FolderID number `json:"folder_id"`
	Name     text   `json:"name"`
	Size     number `json:"size"`
	Hash     text   `json:"hash"`
}

func (w wireFolder) public() Folder {
	f := Folder{
		ID: max(int64(w.ID), int64(w.FolderID)), Name: first(w.Name, w.Path, w.FullName), Size: int64(w.Size),
		UpdatedAt: stamp(w.Updated), SpaceMax: int64(w.SpaceMax), SpaceUsed: int64(w.SpaceUsed),
	}
	if w.ID > 0 {
		f.ID = int64(w.ID)
	}
	for _, sub := range w.Folders {
		f.Folders = append(f.Folders, sub.public())
	}
	for _, file := range w.Files {
		id := file.ID
		if id <= 0 {
			id = file.FileID
		}
		f.Files = append(f.Files, File{
			ID: int64(id), FolderID: int64(file.FolderID), Name: string(file.Name), Path: string(file.Name), Size: int64(file.Size),
			SHA1: strings.ToLower(string(file.Hash)),
		})
	}
	for _, t := range w.Transfers {
		f.Transfers = append(f.Transfers, t.public())
	}
	return f
}

// Root lists the root folder: the account's space, its top-level folders and
// files, and every transfer that is not finished. One call covers all jobs.
func (c *Client) Root(ctx context.Context) (Folder, error) { return c.folder(ctx, "folder", false) }

// Folder lists one level of a folder. KindGone means that it doesn't exist.
func (c *Client) Folder(ctx context.Context, id int64) (Folder, error) {
	return c.folder(ctx, "folder/"+strconv.FormatInt(id, 10), false)
}

func (c *Client) folder(ctx context.Context, at string, forced bool) (Folder, error) {
	var w wireFolder
	if err := c.do(ctx, call{name: "list folder", method: http.MethodGet, path: at, forced: forced}, &w); err != nil {
		return Folder{}, err
	}
	return w.public(), nil
}

// Tree returns all files below a folder, with their paths below it. It makes
// one call for each folder.
func (c *Client) Tree(ctx context.Context, id int64) ([]File, error) {
	type place struct {
		id    int64
		at    string
		depth int
	}
	var out []File
	seen := map[int64]bool{id: true}
	for left := []place{{id: id}}; len(left) > 0; left = left[1:] {
		here := left[0]
		f, err := c.Folder(ctx, here.id)
		if err != nil {
			return nil, err
		}
		for _, file := range f.Files {
			file.Path = path.Join(here.at, cleanName(file.Name))
			out = append(out, file)
		}
		for _, sub := range f.Folders {
			if seen[sub.ID] {
				continue
			}
			seen[sub.ID] = true
			// A sub-folder may be named by its whole path.
			left = append(left, place{sub.ID, path.Join(here.at, cleanName(path.Base(sub.Name))), here.depth + 1})
		}
		if here.depth > maxDepth || len(seen) > maxFolders || len(out) > maxFiles {
			return nil, &Error{Kind: KindInvalid, Call: "list tree", Word: "too_many_files"}
		}
	}
	return out, nil
}

// cleanName keeps a name from having a say about the path.
func cleanName(name string) string {
	name = strings.NewReplacer("/", "_", "\x00", "_").Replace(name)
	if name == "." || name == ".." || name == "" {
		return "_"
	}
	return name
}

// DeleteFolder removes a folder with its content. KindGone says that there is
// none (any more).
func (c *Client) DeleteFolder(ctx context.Context, id int64) error {
	return c.do(ctx, call{name: "delete folder", method: http.MethodDelete, path: "folder/" + strconv.FormatInt(id, 10)}, nil)
}

// DeleteFile removes a file. KindGone says that there is none (any more).
func (c *Client) DeleteFile(ctx context.Context, id int64) error {
	return c.do(ctx, call{name: "delete file", method: http.MethodDelete, path: "file/" + strconv.FormatInt(id, 10)}, nil)
}

// Result is where a finished transfer's files are: in a folder, or as one file
// in the root. One of the two is set.
type Result struct {
	FolderID int64
	File     *File
}

// FindResult looks in the root listing for what a finished transfer left, by
// the name it had: a folder, else a file. Seedr changes names, so letter case
// and punctuation do not count. It reports false while nothing is visible,
// which is usual for some polls, and when more than one thing fits.
func FindResult(root Folder, name string) (Result, bool) {
	var found []Result
	for _, f := range root.Folders {
		if SameName(f.Name, name) {
			found = append(found, Result{FolderID: f.ID})
		}
	}
	if len(found) == 0 {
		for _, f := range root.Files {
			if SameName(f.Name, name) {
				found = append(found, Result{File: &f})
			}
		}
	}
	if len(found) != 1 {
		return Result{}, false
	}
	return found[0], true
}

// SameName reports whether two names are the same apart from letter case,
// punctuation and spaces.
func SameName(a, b string) bool {
	a, b = PlainName(a), PlainName(b)
	return a != "" && a == b
}

// PlainName returns what of a name counts: letters without case, digits and
// marks. Names of nothing else are all empty, and not the same.
func PlainName(s string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsLetter(r) || unicode.IsDigit(r) || unicode.IsMark(r) {
			return unicode.ToLower(r)
		}
		return -1
	}, s)
}
