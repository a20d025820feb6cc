// Package shares serves the pages that show a user's files to everyone who has
// their address: their owners make, list, change and revoke them; visitors open
// them, list their files and get links to the files origin.
//
// Visitors don't sign in. Before they have given the password of a share that has
// one, they are told that it has one, and nothing else.
package shares

import (
	"context"
	"net/url"
	"time"

	"github.com/google/uuid"

	"longhaul/api/kit"
	"longhaul/internal/token"
	"longhaul/models"
)

// Store is the part of the store that shares use.
type Store interface {
	OwnerStore
	VisitorStore
	kit.Flags
}

// OwnerStore is what owners of shares use. Each call names the owner first and
// returns not_found for anyone else's data.
type OwnerStore interface {
	CreateShare(ctx context.Context, s models.Share, choices []models.ShareChoice) error
	ShareLibrary(ctx context.Context, s models.Share, p models.Picked) error
	Shares(ctx context.Context, userID uuid.UUID, cursor string, limit int) ([]models.ListedShare, string, error)
	Share(ctx context.Context, userID, id uuid.UUID) (models.ListedShare, error)
	ChangeShare(ctx context.Context, userID, id uuid.UUID, c models.ShareSettings) error
	RevokeShare(ctx context.Context, userID, id uuid.UUID) error
}

// VisitorStore is what visitors of shares use.
type VisitorStore interface {
	OpenShare(ctx context.Context, tokenHash []byte) (models.Share, error)
	VisitedShare(ctx context.Context, id uuid.UUID, epoch int) (models.Share, error)
	CountVisit(ctx context.Context, id uuid.UUID) error
	CountShared(ctx context.Context, shareID uuid.UUID) (models.Amount, error)
	SharedFiles(ctx context.Context, shareID uuid.UUID, position, index, limit int) ([]models.SharedFile, error)
	SharedFile(ctx context.Context, shareID uuid.UUID, position, index int) (models.SharedFile, error)
	RecordSecurity(ctx context.Context, e models.SecurityEvent) error
}

// Links signs addresses of the files origin.
type Links interface {
	ShareLink(v models.ShareVisit, f models.SharedFile, inline bool) (address string, expires time.Time)
	ShareArchiveLink(v models.ShareVisit, s models.Share) (address string, expires time.Time)
	ShareThumbnails(v models.ShareVisit, expires time.Time) (base string)
	// ShareStream returns a fault for a file that can't be streamed.
	ShareStream(ctx context.Context, v models.ShareVisit, f models.SharedFile) (address string, expires time.Time, err error)
	// MayServe returns a fault while the owner's bandwidth is used up.
	MayServe(ctx context.Context, owner uuid.UUID) error
}

// Passwords hashes passwords, a few at a time.
type Passwords interface {
	Hash(ctx context.Context, password string) (string, error)
	Verify(ctx context.Context, hash, password string) (bool, error)
}

// Deps are the dependencies of shares.
type Deps struct {
	Store      Store
	Links      Links
	Passwords  Passwords
	Limiter    kit.Limiter
	Keys       *token.Keys
	Background *kit.Background // records what visitors tried
	URL        *url.URL        // origin of the app
	MaxDays    int             // that a share lasts at most; 0 lets it last until it is revoked
	Now        func() time.Time
	NewID      func() uuid.UUID
}

// Register adds the operations on shares, and returns what finds a file of a visit
// for other operations of visitors. It fails as they do, and reports what the visit
// is to.
func Register(r *kit.Router, d Deps) (visited func(ctx context.Context, visit string, index int64) (models.VisitedFile, error)) {
	visitors := &visitorHandlers{Deps: d}
	(&ownerHandlers{Deps: d}).routes(r)
	visitors.routes(r)
	return visitors.file
}

const tagShares = "shares"

// pathShare is where the app shows a share, before its secret.
const pathShare = "s"
