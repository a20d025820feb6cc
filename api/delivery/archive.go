package delivery

import (
	"archive/zip"
	"context"
	"errors"
	"fmt"
	"io"
	"math"
	"net/http"
	"strconv"
	"time"

	"github.com/gin-gonic/gin"

	"longhaul/api/kit"
	"longhaul/internal/source"
	"longhaul/internal/token"
	"longhaul/models"
)

// zipEntry is one file of a zip.
type zipEntry struct {
	name string
	file models.File
}

// archive streams all files of a job as a zip, stored without compression. Its
// limits come before the list of files is worked on, for HEAD as well.
func (h *deliveryHandlers) archive(c *gin.Context) {
	ctx := c.Request.Context()
	g, err := h.signer.read(token.PurposeArchive, c.Param("token"))
	if err == nil {
		err = h.admitted(ctx, g)
	}
	if err != nil {
		kit.Abort(c, err)
		return
	}
	if err = h.mayDeliver(ctx, g); err == nil {
		err = h.limits.Allow(ctx, kit.LimitArchive, g.userID.String())
	}
	var job models.Job
	var entries []zipEntry
	if err == nil {
		job, entries, err = h.packable(ctx, g)
	}
	if err != nil {
		h.refuse(c, err)
		return
	}
	header := c.Writer.Header()
	header.Set("Content-Type", "application/zip")
	header.Set("Content-Disposition", source.ContentDisposition(source.Attachment, archiveName(job)))
	header.Set("Content-Length", strconv.FormatInt(zipSize(entries), 10))
	header.Set("Cache-Control", "private, no-store")
	h.allowApp(c)
	c.Status(http.StatusOK)
	if c.Request.Method == http.MethodHead {
		c.Writer.WriteHeaderNow()
		return
	}
	if err := h.writeZip(ctx, c, g, entries); err != nil {
		kit.InfoOf(ctx).Err = err
		panic(http.ErrAbortHandler) // the client must see that bytes are missing
	}
}

// packable finds what a grant packs.
func (h *deliveryHandlers) packable(ctx context.Context, g grant) (models.Job, []zipEntry, error) {
	job, err := h.store.Job(ctx, g.userID, g.id)
	if err != nil {
		return models.Job{}, nil, err
	}
	if job.Blocked {
		return models.Job{}, nil, blockedContent()
	}
	if job.State != models.StateReady {
		return models.Job{}, nil, models.Errorf(models.CodeNotFound, "There are no files to zip.")
	}
	files, err := h.store.Files(ctx, g.userID, g.id)
	entries := zipEntries(files)
	if err == nil && len(entries) == 0 {
		err = lostFile()
	}
	return job, entries, err
}

func (h *deliveryHandlers) writeZip(ctx context.Context, c *gin.Context, g grant, entries []zipEntry) error {
	out := h.writer(ctx, c, g)
	zw := zip.NewWriter(out)
	for _, e := range entries {
		out.file = e.file.ID
		if err := h.writeEntry(ctx, zw, e); err != nil {
			return err
		}
	}
	if err := zw.Close(); err != nil {
		return fmt.Errorf("finish zip: %w", err)
	}
	return nil
}

func (h *deliveryHandlers) writeEntry(ctx context.Context, zw *zip.Writer, e zipEntry) error {
	w, err := zw.CreateHeader(zipHeader(e))
	if err != nil {
		return fmt.Errorf("begin zip entry: %w", err)
	}
	body := &objectReader{ctx: ctx, objects: h.objects, key: e.file.Key(), etag: e.file.ETag, size: e.file.Size}
	defer body.close()
	n, err := io.Copy(w, body)
	if err == nil && n != e.file.Size {
		err = errors.New("the object is shorter than its row says")
	}
	if err != nil {
		return fmt.Errorf("write zip entry: %w", err)
	}
	return nil
}

func zipHeader(e zipEntry) *zip.FileHeader {
	return &zip.FileHeader{Name: e.name, Method: zip.Store, Modified: modified(e.file).UTC().Truncate(time.Second)}
}

// zipEntries returns the stored files under names that are safe on every
// system and unique even where case does not count.
func zipEntries(files []models.File) []zipEntry {
	var out []zipEntry
	var names []string
	for _, f := range files {
		if f.State != models.FileStored || f.Blocked {
			continue
		}
		name := source.SanitizePath([]string{f.Path})
		if name == "" {
			name = "file-" + strconv.Itoa(f.Index)
		}
		names, out = append(names, name), append(out, zipEntry{file: f})
	}
	for i, name := range source.Distinct(names) {
		out[i].name = name
	}
	return out
}

// Sizes of the records of a zip, as archive/zip writes them for a streamed
// entry (APPNOTE 4.3).
const (
	zipLocal      = 30
	zipDescriptor = 16
	zipCentral    = 46
	zipEnd        = 22
	zipTime       = 9  // extended timestamp, in both headers
	zipMore64     = 8  // a descriptor with 64-bit sizes
	zipExtra64    = 28 // 64-bit sizes and offset in the directory
	zipEnd64      = 56 + 20
)

// zipSize returns how long the zip of the entries will be: a client sees how
// far a download is, and a broken one is seen to be broken.
func zipSize(entries []zipEntry) int64 {
	var offset, directory int64
	for _, e := range entries {
		name := int64(len(e.name))
		large := e.file.Size >= math.MaxUint32
		directory += zipCentral + name + zipTime
		if large || offset >= math.MaxUint32 {
			directory += zipExtra64
		}
		offset += zipLocal + name + zipTime + e.file.Size + zipDescriptor
		if large {
			offset += zipMore64
		}
	}
	total := offset + directory + zipEnd
	if len(entries) >= math.MaxUint16 || directory >= math.MaxUint32 || offset >= math.MaxUint32 {
		total += zipEnd64
	}
	return total
}
