package delivery

import (
	"context"
	"encoding/hex"
	"errors"
	"io"
	"net/http"
	"time"

	"github.com/gin-gonic/gin"
	"github.com/google/uuid"

	"longhaul/api/kit"
	"longhaul/internal/source"
	"longhaul/internal/token"
	"longhaul/models"
)

// Paths of the files origin.
const (
	PathFile    = "/f/:token/:name"
	PathArchive = "/z/:token/:name"
)

// deliveryWrite is how long a client may take to accept one buffer.
const deliveryWrite = time.Minute

// Objects reads object storage.
type Objects interface {
	// Get opens length bytes of an object from offset on. A negative length
	// reads to the end. An object that no longer has the ETag is wrong_content.
	Get(ctx context.Context, key, etag string, offset, length int64) (io.ReadCloser, error)
}

// deliveryHandlers serve files for signed links, on an origin without cookies.
type deliveryHandlers struct {
	store   Store
	objects Objects
	signer  *linkSigner
	limits  kit.Limiter
	meter   *Meter
	app     string // origin of the app, whose scripts may read files
	now     func() time.Time
}

// admitted checks that a link was not revoked and its owner may still read.
func (h *deliveryHandlers) admitted(ctx context.Context, g grant) error {
	if err := h.store.LinkWorks(ctx, g.link); models.IsNotFound(err) {
		return models.Errorf(models.CodeNotFound, "This link is invalid or has expired.")
	} else if err != nil {
		return err
	}
	return h.ownerReads(ctx, g.userID)
}

// ownerReads returns not_found for the links of an account that was disabled.
func (h *deliveryHandlers) ownerReads(ctx context.Context, userID uuid.UUID) error {
	owner, err := h.store.User(ctx, userID)
	if err != nil {
		return err
	}
	if owner.DisabledAt != nil {
		return models.Errorf(models.CodeNotFound, "This link is invalid or has expired.")
	}
	return nil
}

// file serves one file.
func (h *deliveryHandlers) file(c *gin.Context) {
	if g, f, ok := h.linked(c, token.PurposeFile); ok {
		h.send(c, f, errand{owner: g.userID, inline: g.inline, still: h.stillLinked(c.Request.Context(), g)})
	}
}

// linked returns the file of a link, or answers why it is not delivered. The token
// is checked on each request, so a deleted file ends with the next one.
func (h *deliveryHandlers) linked(c *gin.Context, p token.Purpose) (g grant, f models.File, ok bool) {
	ctx := c.Request.Context()
	g, err := h.signer.read(p, c.Param("token"))
	if err == nil {
		err = h.admitted(ctx, g)
	}
	if err != nil {
		kit.Abort(c, err)
		return g, f, false
	}
	f, err = h.store.File(ctx, g.userID, g.id)
	if err == nil {
		err = kit.Stored(f)
	}
	if err == nil {
		err = h.mayDeliver(ctx, g)
	}
	if err != nil {
		h.refuse(c, err)
		return g, f, false
	}
	return g, f, true
}

// errand is for whom something is delivered, how, and how long.
type errand struct {
	owner  uuid.UUID // whose bandwidth it costs
	inline bool
	guest  bool                       // it is for a visitor of a share
	still  func(file uuid.UUID) error // asked every second
}

// stillLinked returns what tells whether the link's files may still be delivered.
func (h *deliveryHandlers) stillLinked(ctx context.Context, g grant) func(uuid.UUID) error {
	return func(file uuid.UUID) error { return h.store.MayDeliver(ctx, g.link, file) }
}

// storageFault is kit.StorageFault for a file that is promised. An object that is
// gone was deleted since the request was let in, or is lost, which the daily check
// may not have noticed yet.
func (e errand) storageFault(file uuid.UUID, err error) error {
	if !models.IsNotFound(err) {
		return kit.StorageFault(err)
	}
	if err := ended(e.still(file)); err != nil {
		return err
	}
	if e.guest { // who has no job to submit again
		return models.Fault(models.ProblemFileLost, "This file is no longer in storage.")
	}
	return kit.LostFile()
}

func (h *deliveryHandlers) send(c *gin.Context, f models.File, e errand) {
	ctx := c.Request.Context()
	header := c.Writer.Header()
	contentType, disposition := presentation(f, e.inline)
	header.Set("Content-Type", contentType)
	header.Set("Content-Disposition", disposition)
	header.Set("Cache-Control", "private, no-cache")
	header.Set("Accept-Ranges", "bytes")
	tag := entityTag(f)
	header.Set("ETag", tag)
	h.allowApp(c)
	part := settleRange(c.Request, f.Size)
	body := &objectReader{ctx: ctx, objects: h.objects, key: f.Key(), etag: f.ETag, size: f.Size, at: part.start, limit: part.end}
	defer body.close()
	if c.Request.Method == http.MethodGet && c.Request.Header.Get("If-None-Match") != tag && part.start < part.end {
		// ask storage before the response starts, so that its fault can still
		// be reported
		if err := body.open(); err != nil {
			for _, k := range []string{"Content-Disposition", "ETag", "Accept-Ranges"} {
				header.Del(k)
			}
			kit.Abort(c, e.storageFault(f.ID, err))
			return
		}
	}
	out := h.writer(ctx, c, e)
	out.file = f.ID
	http.ServeContent(out, c.Request, "", modified(f), body)
	if out.refused != nil {
		kit.InfoOf(ctx).Err = out.refused
		panic(http.ErrAbortHandler) // the client must see that bytes are missing
	}
	if body.err != nil && !errors.Is(body.err, context.Canceled) {
		kit.InfoOf(ctx).Err = kit.StorageFault(body.err)
		panic(http.ErrAbortHandler) // as above
	}
}

// allowApp lets only the app's scripts read a file.
func (h *deliveryHandlers) allowApp(c *gin.Context) {
	allowOrigin(c, h.app, "Content-Length, Content-Range, ETag")
}

// allowOrigin lets scripts of the origin read the answer with the headers.
func allowOrigin(c *gin.Context, origin, headers string) {
	header := c.Writer.Header()
	header.Add("Vary", "Origin")
	if c.Request.Header.Get("Origin") == origin {
		header.Set("Access-Control-Allow-Origin", origin)
		header.Set("Access-Control-Expose-Headers", headers)
	}
}

// presentation returns the media type and disposition of a file. Only types
// that a browser can show without running anything are shown inline; everything
// else is saved as bytes.
func presentation(f models.File, inline bool) (contentType, disposition string) {
	name := baseName(f.Title())
	shown := source.InlineType(f.ContentType)
	if inline && shown != "" {
		return shown, source.ContentDisposition(source.Inline, name)
	}
	contentType = "application/octet-stream"
	if shown != "" {
		contentType = shown
	}
	return contentType, source.ContentDisposition(source.Attachment, name)
}

// entityTag is strong: the content behind a file id never changes.
func entityTag(f models.File) string { return `"` + hex.EncodeToString(f.ID[:]) + `"` }

func modified(f models.File) time.Time {
	if f.StoredAt != nil {
		return *f.StoredAt
	}
	return f.CreatedAt
}

// recheck is how often a delivery asks whether it may go on.
const recheck = time.Second

// writer returns the writer for a delivery.
func (h *deliveryHandlers) writer(ctx context.Context, c *gin.Context, e errand) *patientWriter {
	return &patientWriter{
		ResponseWriter: c.Writer, rc: http.NewResponseController(c.Writer), now: h.now, checked: h.now(),
		sent: func(n int) {
			if s := c.Writer.Status(); s == http.StatusOK || s == http.StatusPartialContent {
				h.meter.add(e.owner, n)
			}
		},
		allow: func() (int64, error) { return h.allowed(ctx, e.owner) },
		still: e.still,
	}
}

// patientWriter sets a deadline for each write but none for the whole response,
// which may take hours, counts what was sent, and ends where the owner may not
// have more, or the file may no longer be delivered.
type patientWriter struct {
	http.ResponseWriter
	rc      *http.ResponseController
	now     func() time.Time
	sent    func(n int)
	allow   func() (int64, error) // how much may be sent before it is asked again
	left    int64
	still   func(file uuid.UUID) error // asked every second
	file    uuid.UUID                  // that is being sent
	checked time.Time                  // when still was asked last

	refused error // by allow or still; it ended the response
}

// Write writes one buffer.
func (w *patientWriter) Write(p []byte) (int, error) {
	if err := w.rc.SetWriteDeadline(w.now().Add(deliveryWrite)); err != nil && !errors.Is(err, http.ErrNotSupported) {
		return 0, err
	}
	if now := w.now(); now.Sub(w.checked) >= recheck {
		w.checked = now
		if err := w.still(w.file); err != nil {
			w.refused = err
			return 0, err
		}
	}
	written := 0
	for len(p) > 0 {
		if w.left <= 0 {
			left, err := w.allow()
			if err != nil {
				w.refused = err
				return written, err
			}
			w.left = left
		}
		n, err := w.ResponseWriter.Write(p[:min(int64(len(p)), w.left)])
		w.sent(n)
		written, w.left, p = written+n, w.left-int64(n), p[n:]
		if err != nil {
			return written, err
		}
	}
	return written, nil
}
