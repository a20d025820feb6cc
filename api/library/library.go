// Package library serves the owner of files: one library over all downloads, with
// folders, names and a search. It delivers no bytes.
package library

import (
	"context"
	"net/http"

	"github.com/danielgtaylor/huma/v2"
	"github.com/google/uuid"

	"longhaul/api/kit"
	"longhaul/models"
)

// Store is what the library asks of the records. Each call names the owner and
// returns not_found for anyone else's folders and files.
type Store interface {
	List(ctx context.Context, userID uuid.UUID, f models.LibraryFilter) (models.LibraryPage, error)
	LibraryFile(ctx context.Context, userID, id uuid.UUID) (models.LibraryFile, error)
	MakeFolder(ctx context.Context, userID, parentID uuid.UUID, name string) (models.Folder, error)
	RenameFolder(ctx context.Context, userID, id uuid.UUID, name string) (models.Folder, error)
	RemoveFolder(ctx context.Context, userID, id uuid.UUID) error
	RenameFile(ctx context.Context, userID, id uuid.UUID, name string) error
	Move(ctx context.Context, userID uuid.UUID, p models.Picked, to uuid.UUID) error
	UnfoldShown(ctx context.Context, userID uuid.UUID, p models.Picked, most int) ([]models.PickedFile, error)
	DeleteFiles(ctx context.Context, userID, jobID uuid.UUID, ids []uuid.UUID) (models.Thrown, error)
}

type handlers struct {
	store  Store
	limits kit.Limiter
}

// Register adds the operations of the library.
func Register(r *kit.Router, store Store, limits kit.Limiter) {
	h := &handlers{store, limits}
	op := func(id, method, path, summary, description string, status int) huma.Operation {
		return huma.Operation{
			OperationID: id, Method: method, Path: "/api/v1/library" + path, Tags: []string{"library"}, Summary: summary, Description: description,
			DefaultStatus: status,
		}
	}
	kit.Handle(r, op("list-library", http.MethodGet, "", "List your files, over all downloads",
		"What lies in a folder, folders first; or, with a search, a type or flat, what lies anywhere.", 0), h.list)
	kit.Handle(r, op("get-library-file", http.MethodGet, "/files/{id}", "A file of the library", "", 0), h.file)
	kit.Handle(r, op("make-folder", http.MethodPost, "/folders", "Make a folder", "", http.StatusCreated), h.makeFolder)
	kit.Handle(r, op("rename-folder", http.MethodPatch, "/folders/{id}", "Rename a folder",
		"A folder that was renamed stays when it is empty.", 0), h.renameFolder)
	kit.Handle(r, op("remove-folder", http.MethodDelete, "/folders/{id}", "Remove an empty folder", "", http.StatusNoContent), h.removeFolder)
	kit.Handle(r, op("rename-file", http.MethodPatch, "/files/{id}", "Rename a file",
		"In the library, and in what is downloaded from now on. Its path in the job stays.", http.StatusNoContent), h.renameFile)
	kit.Handle(r, op("move-files", http.MethodPost, "/move", "Move files and folders into a folder",
		"All of them, or none. A name that the folder has already is a conflict.", http.StatusNoContent), h.move)
	kit.Handle(r, op("delete-files", http.MethodPost, "/delete", "Delete files, and all files in folders",
		"As deleting each of them does: to the trash, where there is one. Downloads of which no file is left go with their files. What can't be deleted is refused for itself.", 0), h.remove)
}

// allow counts an act on the library.
func (h *handlers) allow(ctx context.Context) error {
	return h.limits.Allow(ctx, kit.LimitAction, kit.Caller(ctx).ID.String())
}

type makeInput struct {
	Body struct {
		Parent *uuid.UUID `json:"parent,omitempty" format:"uuid" doc:"The folder that it lies in; the top of the library without one"`
		Name   string     `json:"name" minLength:"1" maxLength:"1024"`
	} `nameHint:"MakeFolder"`
}

type folderOutput struct{ Body FolderName }

func (h *handlers) makeFolder(ctx context.Context, in *makeInput) (*folderOutput, error) {
	name, err := cleanName(in.Body.Name)
	if err == nil {
		err = h.allow(ctx)
	}
	if err != nil {
		return nil, err
	}
	user := kit.Caller(ctx).ID
	f, err := h.store.MakeFolder(ctx, user, orRoot(in.Body.Parent, user), name)
	if err != nil {
		return nil, err
	}
	return &folderOutput{Body: FolderName{f.ID, f.Name}}, nil
}

type idInput struct {
	ID uuid.UUID `path:"id" format:"uuid"`
}

type renameInput struct {
	ID   uuid.UUID `path:"id" format:"uuid"`
	Body struct {
		Name string `json:"name" minLength:"1" maxLength:"1024"`
	} `nameHint:"Rename"`
}

func (h *handlers) renameFolder(ctx context.Context, in *renameInput) (*folderOutput, error) {
	name, err := cleanName(in.Body.Name)
	if err == nil {
		err = h.allow(ctx)
	}
	if err != nil {
		return nil, err
	}
	f, err := h.store.RenameFolder(ctx, kit.Caller(ctx).ID, in.ID, name)
	if err != nil {
		return nil, err
	}
	return &folderOutput{Body: FolderName{f.ID, f.Name}}, nil
}

func (h *handlers) removeFolder(ctx context.Context, in *idInput) (*kit.Empty, error) {
	if err := h.allow(ctx); err != nil {
		return nil, err
	}
	return &kit.Empty{}, h.store.RemoveFolder(ctx, kit.Caller(ctx).ID, in.ID)
}

func (h *handlers) renameFile(ctx context.Context, in *renameInput) (*kit.Empty, error) {
	name, err := cleanName(in.Body.Name)
	if err == nil {
		err = h.allow(ctx)
	}
	if err != nil {
		return nil, err
	}
	return &kit.Empty{}, h.store.RenameFile(ctx, kit.Caller(ctx).ID, in.ID, name)
}

// Picked names files and folders.
type Picked struct {
	Files   []uuid.UUID `json:"files,omitempty" maxItems:"1000" format:"uuid"`
	Folders []uuid.UUID `json:"folders,omitempty" maxItems:"1000" format:"uuid" doc:"With everything in them"`
}

// picked returns what is picked, and refuses nothing at all and too much.
func (p Picked) picked() (models.Picked, error) {
	if n := len(p.Files) + len(p.Folders); n == 0 || n > models.MaxPicked {
		return models.Picked{}, models.Errorf(models.CodeInvalid, "Name 1 to %d files and folders.", models.MaxPicked).In("files")
	}
	return models.Picked{Files: p.Files, Folders: p.Folders}, nil
}

type moveInput struct {
	Body struct {
		Picked
		To *uuid.UUID `json:"to,omitempty" format:"uuid" doc:"The folder; the top of the library without one"`
	} `nameHint:"MoveFiles"`
}

func (h *handlers) move(ctx context.Context, in *moveInput) (*kit.Empty, error) {
	picked, err := in.Body.picked()
	if err == nil {
		err = h.allow(ctx)
	}
	if err != nil {
		return nil, err
	}
	user := kit.Caller(ctx).ID
	return &kit.Empty{}, h.store.Move(ctx, user, picked, orRoot(in.Body.To, user))
}

// orRoot returns the folder, or the root of the user.
func orRoot(folder *uuid.UUID, user uuid.UUID) uuid.UUID {
	if folder == nil {
		return user
	}
	return *folder
}
