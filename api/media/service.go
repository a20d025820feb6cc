// Package media serves the owner of films and music with what a player needs
// beside the bytes: what is in a file, subtitles, and where the owner stopped. It
// delivers no film; that is for the files origin.
package media

import (
	"context"
	"io"
	"log/slog"
	"time"

	"github.com/google/uuid"
	"golang.org/x/sync/semaphore"

	"longhaul/api/kit"
	"longhaul/models"
)

// tag groups the operations in the API's document.
const tag = "media"

// Store is what playing asks of the records. Each call names the owner and
// returns not_found for anyone else's files and jobs.
type Store interface {
	File(ctx context.Context, userID, fileID uuid.UUID) (models.File, error)
	ProbeStore
	PlaybackStore
	SubtitleStore
	VisitorStore
}

// Objects reads stored files.
type Objects interface {
	Get(ctx context.Context, key, etag string, offset, length int64) (io.ReadCloser, error)
}

// Deps are the parts that the service speaks to.
type Deps struct {
	Store   Store
	Objects Objects
	Limiter kit.Limiter
	Log     *slog.Logger
	Now     func() time.Time
	NewID   func() uuid.UUID
	// Streamed returns why a file can't be streamed, or nothing if it can.
	Streamed func(models.Media) string
	// Visited returns a file of a visit to a share, and CountView counts that the
	// visitor looks at it.
	Visited   func(ctx context.Context, visit string, index int64) (models.VisitedFile, error)
	CountView func(ctx context.Context, v models.ShareVisit, fileID uuid.UUID) error
}

// Service serves what is known of files that can be played.
type Service struct {
	store    Store
	objects  Objects
	limits   kit.Limiter
	log      *slog.Logger
	now      func() time.Time
	newID    func() uuid.UUID
	streamed func(models.Media) string
	reading  *semaphore.Weighted // subtitles that are read at a time

	visited   func(ctx context.Context, visit string, index int64) (models.VisitedFile, error)
	countView func(ctx context.Context, v models.ShareVisit, fileID uuid.UUID) error
	guests    *semaphore.Weighted // subtitles that are read at a time for visitors of shares
}

// Register adds the operations of players.
func Register(r *kit.Router, d Deps) {
	s := &Service{
		store: d.Store, objects: d.Objects, limits: d.Limiter, log: d.Log, now: d.Now, newID: d.NewID, streamed: d.Streamed,
		reading: semaphore.NewWeighted(subtitlesAtOnce), guests: semaphore.NewWeighted(visitorsAtOnce), visited: d.Visited, countView: d.CountView,
	}
	s.mediaRoutes(r)
	s.playbackRoutes(r)
	s.subtitleRoutes(r)
	s.visitorRoutes(r)
}

type fileInput struct {
	ID uuid.UUID `path:"id" format:"uuid"`
}

// file returns a stored file of the caller, which may be read.
func (s *Service) file(ctx context.Context, id uuid.UUID) (models.File, error) {
	f, err := s.store.File(ctx, kit.Caller(ctx).ID, id)
	if err == nil {
		err = kit.Stored(f)
	}
	return f, err
}
