package delivery

import (
	"context"
	"encoding/binary"
	"net/http"
	"net/url"
	"time"

	"github.com/gin-gonic/gin"
	"github.com/google/uuid"

	"longhaul/api/kit"
	"longhaul/internal/source"
	"longhaul/internal/token"
	"longhaul/models"
)

// Paths of the files origin for visitors of shares.
const (
	PathShared        = "/s/:token/:name"
	PathSharedArchive = "/sz/:token/:name"
	PathSharedStream  = "/hs/:token/*part"
)

// sharedTime is how long a visitor's link works. The page asks for a new one when
// it needs one.
const sharedTime = 6 * time.Hour

// maxSharedZip is how many files a share's zip has at most.
const maxSharedZip = 100_000

// Shared is the part of the store that delivery to visitors of shares uses.
type Shared interface {
	VisitedShare(ctx context.Context, id uuid.UUID, epoch int) (models.Share, error)
	SharedFiles(ctx context.Context, shareID uuid.UUID, position, index, limit int) ([]models.SharedFile, error)
	SharedFile(ctx context.Context, shareID uuid.UUID, position, index int) (models.SharedFile, error)
	// DeliverShared returns not_found when the file may no longer be delivered to
	// the visitor, for whatever reason.
	DeliverShared(ctx context.Context, v models.ShareVisit, fileID uuid.UUID, saves bool) (models.SharedFile, error)
	// CountDownload counts a visitor's download once for each item, and returns
	// quota_exceeded at the share's limit.
	CountDownload(ctx context.Context, v models.ShareVisit, itemID uuid.UUID) error
}

// sharedGrant is what a visitor's link allows.
type sharedGrant struct {
	visit  models.ShareVisit
	item   uuid.UUID // the file, or the share for all of its files
	inline bool
}

const sharedSize = 1 + 16 + 16 + 4 + 16

func (g sharedGrant) bytes() []byte {
	b := make([]byte, 1, sharedSize)
	if g.inline {
		b[0] = 1
	}
	b = append(b, g.visit.ShareID[:]...)
	b = append(b, g.visit.ID[:]...)
	b = binary.BigEndian.AppendUint32(b, uint32(g.visit.Epoch))
	return append(b, g.item[:]...)
}

// ShareLink returns a visitor's link to a file of a share.
func (s *Service) ShareLink(v models.ShareVisit, f models.SharedFile, inline bool) (address string, expires time.Time) {
	g := sharedGrant{visit: v, item: f.ID, inline: inline}
	return s.sharedLink(token.PurposeShared, g, "s", baseName(f.Path))
}

// ShareArchiveLink returns a visitor's link to all files of a share as a zip.
func (s *Service) ShareArchiveLink(v models.ShareVisit, share models.Share) (address string, expires time.Time) {
	return s.sharedLink(token.PurposeSharedArchive, sharedGrant{visit: v, item: share.ID}, "sz", sharedArchiveName(share))
}

// ShareStream returns a visitor's link that streams a film of a share, or why it
// can't be streamed.
func (s *Service) ShareStream(ctx context.Context, v models.ShareVisit, f models.SharedFile) (address string, expires time.Time, err error) {
	if _, err := s.stream.film(ctx, f.File); err != nil {
		return "", time.Time{}, err
	}
	address, expires = s.sharedLink(token.PurposeSharedStream, sharedGrant{visit: v, item: f.ID, inline: true}, "hs", "index.m3u8")
	return address, expires, nil
}

// CountView counts that a visitor looks at a file of a share, as a delivery in place
// is counted: once for each visit.
func (s *Service) CountView(ctx context.Context, v models.ShareVisit, fileID uuid.UUID) error {
	return s.files.store.CountDownload(ctx, v, fileID)
}

func (s *Service) sharedLink(p token.Purpose, g sharedGrant, kind, name string) (address string, expires time.Time) {
	signer := s.links.signer
	expires = signer.now().Add(sharedTime).Truncate(time.Second)
	return signer.files.JoinPath(kind, signer.keys.Sign(p, g.bytes(), expires), url.PathEscape(name)).String(), expires
}

func sharedArchiveName(share models.Share) string {
	if name := source.SanitizeFileName(share.Name + ".zip"); name != "" {
		return name
	}
	return "share.zip"
}

// readShared checks a token without revealing what is wrong with it.
func (s *linkSigner) readShared(p token.Purpose, value string) (sharedGrant, error) {
	payload, _, err := s.keys.Verify(p, value, s.now())
	if err != nil || len(payload) != sharedSize {
		return sharedGrant{}, goneLink().Because(err)
	}
	return sharedGrantOf(payload), nil
}

func sharedGrantOf(payload []byte) sharedGrant {
	return sharedGrant{
		inline: payload[0] == 1,
		visit: models.ShareVisit{
			ShareID: uuid.UUID(payload[1:17]), ID: uuid.UUID(payload[17:33]), Epoch: int(binary.BigEndian.Uint32(payload[33:37])),
		},
		item: uuid.UUID(payload[37:53]),
	}
}

// goneLink is the fault of a visitor's link for whatever reason it doesn't work.
func goneLink() *models.Error {
	return models.Errorf(models.CodeNotFound, "This link is invalid or has expired.")
}

// ended tells visitors no more than that the link doesn't work.
func ended(err error) error {
	if models.IsNotFound(err) || models.ProblemOf(err) == models.ProblemFeatureOff {
		return goneLink().Because(err)
	}
	return err
}

// shared serves one file of a share. The share is asked on each request, so what
// is revoked ends with the next range, and a running delivery within a second.
func (h *deliveryHandlers) shared(c *gin.Context) {
	if g, f, ok := h.visited(c, token.PurposeShared); ok {
		h.send(c, f, errand{owner: f.UserID, inline: g.inline, guest: true, still: h.stillShared(c.Request.Context(), g)})
	}
}

// visited returns the file of a visitor's link, or answers why it is not delivered.
func (h *deliveryHandlers) visited(c *gin.Context, p token.Purpose) (g sharedGrant, f models.File, ok bool) {
	g, err := h.signer.readShared(p, c.Param("token"))
	var shown models.SharedFile
	if err == nil {
		shown, err = h.deliverable(c.Request.Context(), g, g.item)
	}
	if err == nil {
		err = h.admitVisitor(c, g, shown.UserID)
	}
	if err != nil {
		h.refuseVisitor(c, err)
		return g, f, false
	}
	return g, shown.File, true
}

// deliverable returns a file if it may be delivered to the visitor now.
func (h *deliveryHandlers) deliverable(ctx context.Context, g sharedGrant, file uuid.UUID) (models.SharedFile, error) {
	f, err := h.store.DeliverShared(ctx, g.visit, file, !g.inline)
	if err == nil {
		err = h.store.RequireFlag(ctx, models.FlagShares, f.UserID)
	}
	return f, ended(err)
}

// admitVisitor asks the owner's bandwidth, which pays, and counts the download
// before a byte of it is sent.
func (h *deliveryHandlers) admitVisitor(c *gin.Context, g sharedGrant, owner uuid.UUID) error {
	ctx := c.Request.Context()
	if _, err := h.allowed(ctx, owner); err != nil || c.Request.Method != http.MethodGet {
		return err
	}
	return h.store.CountDownload(ctx, g.visit, g.item)
}

// MayServe returns a fault while the owner's bandwidth is used up.
func (s *Service) MayServe(ctx context.Context, owner uuid.UUID) error {
	_, err := s.files.allowed(ctx, owner)
	return err
}

// stillShared returns what tells whether files of the share may still be
// delivered to the visitor.
func (h *deliveryHandlers) stillShared(ctx context.Context, g sharedGrant) func(uuid.UUID) error {
	return func(file uuid.UUID) error {
		_, err := h.deliverable(ctx, g, file)
		return err
	}
}

// sharedArchive sends all files of a share as a zip.
func (h *deliveryHandlers) sharedArchive(c *gin.Context) {
	ctx := c.Request.Context()
	g, err := h.signer.readShared(token.PurposeSharedArchive, c.Param("token"))
	var share models.Share
	if err == nil {
		share, err = h.store.VisitedShare(ctx, g.visit.ShareID, g.visit.Epoch)
		err = ended(err)
	}
	if err == nil && share.ViewOnly {
		err = goneLink()
	}
	if err == nil {
		err = h.limits.Allow(ctx, zipLimit(c.Request), share.UserID.String())
	}
	var files []models.File
	if err == nil {
		files, err = h.packShare(ctx, share)
	}
	if err == nil {
		err = h.admitVisitor(c, g, share.UserID)
	}
	if err != nil {
		h.refuseVisitor(c, err)
		return
	}
	h.learnSmall(ctx, files)
	header := c.Writer.Header()
	header.Set("Content-Type", "application/zip")
	header.Set("Content-Disposition", source.ContentDisposition(source.Attachment, sharedArchiveName(share)))
	header.Set("Cache-Control", "private, no-cache")
	h.sendZip(c, errand{owner: share.UserID, still: h.stillShared(ctx, g)}, files)
}

// packShare returns the files of a share under the paths that it shows.
func (h *deliveryHandlers) packShare(ctx context.Context, share models.Share) ([]models.File, error) {
	for _, f := range []models.Flag{models.FlagShares, models.FlagArchives} {
		if err := h.store.RequireFlag(ctx, f, share.UserID); err != nil {
			return nil, ended(err)
		}
	}
	shown, err := h.store.SharedFiles(ctx, share.ID, 0, -1, maxSharedZip+1)
	switch {
	case err != nil:
		return nil, err
	case len(shown) == 0:
		return nil, goneLink()
	case len(shown) > maxSharedZip:
		return nil, models.Errorf(models.CodeTooLarge, "This share has too many files for one zip.")
	}
	files := make([]models.File, 0, len(shown))
	for _, f := range shown {
		f.Path = f.Shown
		files = append(files, f.File)
	}
	return files, nil
}

// refuseVisitor responds with a fault, and says of the owner's account no more
// than that the share can't be downloaded now.
func (h *deliveryHandlers) refuseVisitor(c *gin.Context, err error) {
	e := models.AsError(err)
	switch {
	case e.Problem == models.ProblemBandwidthExceeded:
		err = models.Errorf(models.CodeUnavailable, "This share is busy. Try again later.").Because(err)
		showFault(c, err, faultPage{Title: "Share busy", Head: "This share is busy", Text: "It can’t be downloaded right now. Try again later."})
	case e.Code == models.CodeQuotaExceeded:
		showFault(c, err, faultPage{Title: "Limit reached", Head: "The download limit is reached", Text: "This share was downloaded as often as its owner allows."})
	case models.IsNotFound(err):
		showFault(c, err, faultPage{Title: "Link ended", Head: "This link no longer works", Text: "Open the share again to get a new one. It may have ended."})
	default:
		kit.Abort(c, err)
	}
}
