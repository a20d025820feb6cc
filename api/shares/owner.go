package shares

import (
	"bytes"
	"context"
	"net/http"
	"path"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/danielgtaylor/huma/v2"
	"github.com/google/uuid"

	"longhaul/api/kit"
	"longhaul/internal/token"
	"longhaul/models"
)

// ownerHandlers serve the owners of shares.
type ownerHandlers struct{ Deps }

func (h *ownerHandlers) routes(r *kit.Router) {
	op := func(id, method, path, summary, description string) huma.Operation {
		return huma.Operation{
			OperationID: id, Method: method, Path: "/api/v1/shares" + path, Tags: []string{tagShares}, Summary: summary, Description: description,
		}
	}
	create := op("create-share", http.MethodPost, "", "Share files with everyone who has an address",
		"The share refers to the files: what is deleted, lost or blocked later is no longer in it. Its downloads cost your bandwidth.")
	create.DefaultStatus, create.MaxBodyBytes = http.StatusCreated, maxShareBody
	kit.Handle(r, create, h.create)
	kit.Handle(r, op("list-shares", http.MethodGet, "", "List your shares, newest first", "Those that ended are kept for 30 days."), h.list)
	kit.Handle(r, op("update-share", http.MethodPut, "/{id}", "Give a share other settings",
		"A change of the password ends what was opened with the one before."), h.update)
	revoke := op("revoke-share", http.MethodDelete, "/{id}", "Revoke a share", "It ends at once, and so do downloads and videos that use it.")
	revoke.DefaultStatus = http.StatusNoContent
	kit.Handle(r, revoke, h.revoke)
}

// maxShareBody is how large a request may be that names a thousand folders.
const maxShareBody = 1 << 20

// ShareItem is what a share takes of one job: the folders and the files with the
// indexes, and all of it without either.
type ShareItem struct {
	JobID   uuid.UUID `json:"jobId" format:"uuid"`
	Folders []string  `json:"folders,omitempty" maxItems:"1000" doc:"Paths of folders"`
	Indexes []int     `json:"indexes,omitempty" maxItems:"1000" doc:"Positions of files in the source"`
}

// ShareSettings are what the owner of a share can change.
type ShareSettings struct {
	Name         string     `json:"name" minLength:"1" maxLength:"200" doc:"Visitors see it"`
	ViewOnly     bool       `json:"viewOnly,omitempty" doc:"Files are shown and played, and not offered for download. Who sees a file can still keep it."`
	MaxDownloads *int64     `json:"maxDownloads,omitempty" nullable:"true" minimum:"1" maximum:"1000000" doc:"Each file counts once for each visit, saved or looked at, and the zip of all as one; null is no limit"`
	ExpiresAt    *time.Time `json:"expiresAt,omitempty" nullable:"true" doc:"Null is never"`
	Password     *string    `json:"password,omitempty" maxLength:"1024" doc:"Empty is none. Leave it out of a change to keep the one there is."`
}

// SharedPicked is what a share takes of the library: the files with the ids, and
// those that lie in the folders now.
type SharedPicked struct {
	Files   []uuid.UUID `json:"files,omitempty" maxItems:"1000" format:"uuid"`
	Folders []uuid.UUID `json:"folders,omitempty" maxItems:"1000" format:"uuid" doc:"With everything that lies in them now. What is put there later is not shared"`
}

type createInput struct {
	Body struct {
		ShareSettings
		Items  []ShareItem   `json:"items,omitempty" maxItems:"100" doc:"What to share of jobs, one for each job"`
		Picked *SharedPicked `json:"picked,omitempty" doc:"What to share of the library, instead of items"`
	} `nameHint:"NewShare"`
}

type shareState models.ShareState

// Schema returns the schema of share states.
func (shareState) Schema(r huma.Registry) *huma.Schema {
	return kit.Enum(r, "ShareState", "State of a share", models.ShareActive, models.ShareSpent, models.ShareExpired, models.ShareRevoked)
}

// Share is a share as its owner sees it.
type Share struct {
	ID           uuid.UUID  `json:"id" format:"uuid"`
	URL          string     `json:"url" doc:"Address of its page. Empty if it was made with a secret key that has been replaced; it works on."`
	Name         string     `json:"name"`
	State        shareState `json:"state"`
	Password     bool       `json:"password" doc:"Visitors have to give a password"`
	ViewOnly     bool       `json:"viewOnly"`
	MaxDownloads *int64     `json:"maxDownloads" nullable:"true" doc:"Null is no limit"`
	Items        int        `json:"items" doc:"Files, folders and jobs that it names"`
	Empty        bool       `json:"empty" doc:"None of its files can be seen now"`
	Visits       int64      `json:"visits" doc:"Times that it was opened"`
	Downloads    int64      `json:"downloads" doc:"Files that visitors saved or looked at; each counts once for each visit"`
	CreatedAt    time.Time  `json:"createdAt"`
	ExpiresAt    *time.Time `json:"expiresAt" nullable:"true" doc:"Null is never"`
	LastVisitAt  *time.Time `json:"lastVisitAt" nullable:"true"`
}

type shareOutput struct{ Body Share }

func (h *ownerHandlers) create(ctx context.Context, in *createInput) (*shareOutput, error) {
	user := kit.Caller(ctx)
	if err := h.Store.RequireFlag(ctx, models.FlagShares, user.ID); err != nil {
		return nil, err
	}
	if err := h.Limiter.Allow(ctx, kit.LimitAction, user.ID.String()); err != nil {
		return nil, err
	}
	settings, err := h.settings(ctx, in.Body.ShareSettings)
	if err != nil {
		return nil, err
	}
	s := models.Share{
		ID: h.NewID(), UserID: user.ID, Name: settings.Name, ViewOnly: settings.ViewOnly, MaxDownloads: settings.MaxDownloads, ExpiresAt: settings.ExpiresAt,
	}
	if settings.PasswordHash != nil {
		s.PasswordHash = *settings.PasswordHash
	}
	s.TokenHash = token.Hash(h.Keys.Shares(s.ID)[0])
	if err := h.write(ctx, s, in.Body.Items, in.Body.Picked); err != nil {
		return nil, err
	}
	return h.share(ctx, user.ID, s.ID)
}

// write creates the share of what is chosen of jobs, or picked of the library.
func (h *ownerHandlers) write(ctx context.Context, s models.Share, items []ShareItem, picked *SharedPicked) error {
	if picked != nil {
		n := len(picked.Files) + len(picked.Folders)
		if n == 0 || n > models.MaxPicked || len(items) > 0 {
			return models.Errorf(models.CodeInvalid, "Name 1 to %d files and folders, and no items beside them.", models.MaxPicked).In("picked")
		}
		return h.Store.ShareLibrary(ctx, s, models.Picked{Files: picked.Files, Folders: picked.Folders})
	}
	choices := make([]models.ShareChoice, 0, len(items))
	for _, i := range items {
		c := models.ShareChoice{JobID: i.JobID, Indexes: i.Indexes}
		for _, f := range i.Folders {
			c.Folders = append(c.Folders, path.Clean(f))
		}
		choices = append(choices, c)
	}
	return h.Store.CreateShare(ctx, s, choices)
}

func (h *ownerHandlers) share(ctx context.Context, userID, id uuid.UUID) (*shareOutput, error) {
	s, err := h.Store.Share(ctx, userID, id)
	if err != nil {
		return nil, err
	}
	return &shareOutput{Body: h.shareOf(s)}, nil
}

// settings checks what an owner asks for.
func (h *ownerHandlers) settings(ctx context.Context, in ShareSettings) (models.ShareSettings, error) {
	out := models.ShareSettings{Name: cleanName(in.Name), ViewOnly: in.ViewOnly, MaxDownloads: in.MaxDownloads, ExpiresAt: in.ExpiresAt}
	if out.Name == "" || utf8.RuneCountInString(out.Name) > models.ShareNameLength {
		return out, models.Errorf(models.CodeInvalid, "Give the share a name.").In("name")
	}
	now := h.Now()
	if out.ExpiresAt != nil && !out.ExpiresAt.After(now) {
		return out, models.Errorf(models.CodeInvalid, "Choose a time in the future.").In("expiresAt")
	}
	// An hour more, so that the last of the days can be chosen by someone whose clock is ahead.
	if most := now.AddDate(0, 0, h.MaxDays).Add(time.Hour); h.MaxDays > 0 && (out.ExpiresAt == nil || out.ExpiresAt.After(most)) {
		return out, models.Errorf(models.CodeInvalid, "Shares last at most %d days here.", h.MaxDays).In("expiresAt")
	}
	if in.Password == nil {
		return out, nil
	}
	hash := ""
	if *in.Password != "" {
		if utf8.RuneCountInString(*in.Password) < models.SharePassLength {
			return out, models.Errorf(models.CodeInvalid, "Use at least %d characters.", models.SharePassLength).In("password")
		}
		var err error
		if hash, err = h.Passwords.Hash(ctx, *in.Password); err != nil {
			return out, err
		}
	}
	out.PasswordHash = &hash
	return out, nil
}

// cleanName returns a name without what could disturb the text around it: control
// characters and those that turn the direction of what follows.
func cleanName(name string) string {
	name = strings.Map(func(r rune) rune {
		switch {
		case unicode.IsControl(r):
			return ' '
		case unicode.Is(unicode.Bidi_Control, r):
			return -1
		}
		return r
	}, strings.ToValidUTF8(name, ""))
	return strings.Join(strings.Fields(name), " ")
}

// shareOf shows a share to its owner. The address is one whose hash the row has:
// the secret key may have been replaced.
func (h *ownerHandlers) shareOf(s models.ListedShare) Share {
	out := Share{
		ID: s.ID, Name: s.Name, State: shareState(s.State(h.Now())), Password: s.PasswordHash != "", ViewOnly: s.ViewOnly, MaxDownloads: s.MaxDownloads,
		Items: s.Items, Empty: s.Empty, Visits: s.Visits, Downloads: s.Downloads, CreatedAt: s.CreatedAt, ExpiresAt: s.ExpiresAt, LastVisitAt: s.LastVisitAt,
	}
	for _, secret := range h.Keys.Shares(s.ID) {
		if bytes.Equal(token.Hash(secret), s.TokenHash) {
			out.URL = strings.TrimSuffix(h.URL.String(), "/") + "/" + pathShare + "/" + secret
		}
	}
	return out
}

type listInput struct {
	Cursor string `query:"cursor" maxLength:"512" doc:"nextCursor of the previous page"`
	Limit  int    `query:"limit" minimum:"1" maximum:"200" default:"50"`
}

type listOutput struct {
	Body struct {
		Shares     []Share `json:"shares" nullable:"false"`
		NextCursor string  `json:"nextCursor" doc:"Empty on the last page"`
	} `nameHint:"ShareList"`
}

func (h *ownerHandlers) list(ctx context.Context, in *listInput) (*listOutput, error) {
	found, next, err := h.Store.Shares(ctx, kit.Caller(ctx).ID, in.Cursor, in.Limit)
	if err != nil {
		return nil, err
	}
	out := &listOutput{}
	out.Body.Shares, out.Body.NextCursor = make([]Share, 0, len(found)), next
	for _, s := range found {
		out.Body.Shares = append(out.Body.Shares, h.shareOf(s))
	}
	return out, nil
}

type updateInput struct {
	ID   uuid.UUID `path:"id" format:"uuid"`
	Body ShareSettings
}

func (h *ownerHandlers) update(ctx context.Context, in *updateInput) (*shareOutput, error) {
	user := kit.Caller(ctx)
	before, err := h.Store.Share(ctx, user.ID, in.ID)
	if err != nil {
		return nil, err
	}
	if before.RevokedAt != nil {
		return nil, models.Errorf(models.CodeConflict, "This share was revoked. Make a new one.")
	}
	settings, err := h.settings(ctx, in.Body)
	if err != nil {
		return nil, err
	}
	if err := h.Store.ChangeShare(ctx, user.ID, in.ID, settings); err != nil {
		return nil, err
	}
	return h.share(ctx, user.ID, in.ID)
}

type idInput struct {
	ID uuid.UUID `path:"id" format:"uuid"`
}

func (h *ownerHandlers) revoke(ctx context.Context, in *idInput) (*kit.Empty, error) {
	return &kit.Empty{}, h.Store.RevokeShare(ctx, kit.Caller(ctx).ID, in.ID)
}
