// Package delivery delivers stored files to their owners: operations that sign
// links, and a separate origin without cookies that serves files, ranges and
// zips for such a link and counts the bytes it sends.
//
// It lists nothing and changes no file.
package delivery

import (
	"context"
	"net/http"
	"net/url"
	"time"

	"github.com/gin-gonic/gin"
	"github.com/google/uuid"

	"longhaul/api/kit"
	"longhaul/internal/media/hls"
	"longhaul/internal/thumbnail"
	"longhaul/internal/token"
	"longhaul/models"
)

// Store is the part of the store that delivery uses. Each call names the owner
// first and returns not_found for anyone else's data.
type Store interface {
	Job(ctx context.Context, userID, jobID uuid.UUID) (models.Job, error)
	Files(ctx context.Context, userID, jobID uuid.UUID) ([]models.File, error)
	File(ctx context.Context, userID, fileID uuid.UUID) (models.File, error)
	User(ctx context.Context, id uuid.UUID) (models.User, error)
	Bandwidth
	Checksums
	Shared
	Selections
	Media
	thumbnail.Store
	kit.Flags

	// IssueLink records a link, or prolongs the one to the same target. LinkWorks
	// returns not_found for one that was revoked.
	IssueLink(ctx context.Context, l models.Link) (models.Link, error)
	LinkWorks(ctx context.Context, id uuid.UUID) error
	// MayDeliver returns not_found when the file may no longer be delivered
	// through the link, for whatever reason.
	MayDeliver(ctx context.Context, linkID, fileID uuid.UUID) error
	Links(ctx context.Context, userID uuid.UUID) ([]models.NamedLink, error)
	RevokeLink(ctx context.Context, userID, id uuid.UUID) error
	RevokeLinks(ctx context.Context, userID uuid.UUID) error
}

// Checksums keeps what delivery learns of files while it reads them.
type Checksums interface {
	// SaveCRC32 records the CRC-32 of a stored file whose object has the ETag.
	SaveCRC32(ctx context.Context, fileID uuid.UUID, etag string, sum uint32) error
}

// Deps are the dependencies of delivery.
type Deps struct {
	Store      Store
	Objects    Objects
	Thumbnails *thumbnail.Maker
	Streams    *hls.Service
	Meter      *Meter
	Limiter    kit.Limiter
	Keys       *token.Keys // signs links
	AppURL     *url.URL    // whose scripts may read files
	URL        *url.URL    // origin of delivered files
	Now        func() time.Time
}

// Service delivers files to their owners through links that work without a
// session.
type Service struct {
	links  *linkHandlers
	files  *deliveryHandlers
	thumbs *thumbnailHandlers
	stream *streamHandlers
	url    *url.URL
}

// New returns the delivery of files.
func New(d Deps) *Service {
	signer := &linkSigner{store: d.Store, keys: d.Keys, files: d.URL, now: d.Now}
	files := &deliveryHandlers{
		store: d.Store, objects: d.Objects, limits: d.Limiter, meter: d.Meter, signer: signer,
		app: kit.Origin(d.AppURL), now: d.Now,
	}
	return &Service{
		links:  &linkHandlers{store: d.Store, signer: signer, limits: d.Limiter},
		files:  files,
		stream: &streamHandlers{deliveryHandlers: files, streams: d.Streams},
		thumbs: &thumbnailHandlers{store: d.Store, maker: d.Thumbnails, signer: signer, limits: d.Limiter, app: kit.Origin(d.AppURL)},
		url:    d.URL,
	}
}

// Streamed returns why a media file can't be streamed, as a plain sentence, or
// nothing if it can.
func (f *Service) Streamed(m models.Media) string { return f.stream.streams.Possible(m) }

// Register adds the operations of the app's origin that make links.
func (f *Service) Register(r *kit.Router) {
	f.links.routes(r)
	f.links.listRoutes(r)
	f.links.selectionRoutes(r)
	f.thumbs.routes(r)
	f.stream.routes(r)
}

// Serve adds the routes of the files origin to its own router.
func (f *Service) Serve(engine *gin.Engine) {
	engine.Use(secureDelivery(f.url))
	for _, method := range []string{http.MethodGet, http.MethodHead} {
		engine.Handle(method, PathFile, f.files.file)
		engine.Handle(method, PathArchive, f.files.archive)
		engine.Handle(method, PathShared, f.files.shared)
		engine.Handle(method, PathSharedArchive, f.files.sharedArchive)
		engine.Handle(method, PathSelection, f.files.selection)
		engine.Handle(method, PathThumbnail, f.thumbs.shared)
		engine.Handle(method, PathStream, f.stream.serve)
		engine.Handle(method, PathSharedStream, f.stream.shared)
	}
	engine.NoRoute(kit.NotFound)
}
