package delivery

import (
	"context"
	"encoding/hex"
	"errors"
	"io"
	"net/http"
	"slices"
	"strconv"
	"time"

	"github.com/gin-gonic/gin"

	"longhaul/api/kit"
	"longhaul/internal/source"
	"longhaul/internal/token"
	"longhaul/internal/zipfile"
	"longhaul/models"
)

// archive sends all files of a job as a zip, stored without compression. Its
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
		err = h.limits.Allow(ctx, zipLimit(c.Request), g.userID.String())
	}
	var job models.Job
	var files []models.File
	if err == nil {
		job, files, err = h.packable(ctx, g)
	}
	if err != nil {
		h.refuse(c, err)
		return
	}
	h.learnSmall(ctx, files)
	header := c.Writer.Header()
	header.Set("Content-Type", "application/zip")
	header.Set("Content-Disposition", source.ContentDisposition(source.Attachment, archiveName(job)))
	header.Set("Cache-Control", "private, no-cache")
	h.allowApp(c)
	h.sendZip(c, errand{owner: g.userID, still: h.stillLinked(ctx, g)}, files)
}

// zipLimit tells the parts of a zip, of which a download manager asks for several
// at once, from whole ones.
func zipLimit(r *http.Request) kit.Limit {
	if r.Header.Get("Range") != "" {
		return kit.LimitArchivePart
	}
	return kit.LimitArchive
}

// packable finds what a grant packs.
func (h *deliveryHandlers) packable(ctx context.Context, g grant) (models.Job, []models.File, error) {
	job, err := h.store.Job(ctx, g.userID, g.id)
	if err != nil {
		return models.Job{}, nil, err
	}
	if job.Blocked {
		return models.Job{}, nil, kit.BlockedContent()
	}
	if err := h.store.RequireFlag(ctx, models.FlagArchives, job.UserID); err != nil {
		return models.Job{}, nil, err
	}
	if job.State != models.StateReady {
		return models.Job{}, nil, models.Errorf(models.CodeNotFound, "There are no files to zip.")
	}
	files, err := h.store.Files(ctx, g.userID, g.id)
	files = slices.DeleteFunc(files, func(f models.File) bool { return f.State != models.FileStored || f.Blocked })
	if err == nil && len(files) == 0 {
		err = kit.LostFile()
	}
	return job, files, err
}

// sendZip sends the zip of the files, or the part of it that is asked for. While
// a checksum is not known, only the whole zip can be sent: its entries then have
// data descriptors, and what is learned on the way is kept for the next time.
func (h *deliveryHandlers) sendZip(c *gin.Context, e errand, files []models.File) {
	ctx := c.Request.Context()
	layout := zipfile.New(zipEntries(files))
	out := h.writer(ctx, c, e)
	body := &zipReader{ctx: ctx, store: h.store, objects: h.objects, layout: layout, files: files, sums: make([]uint32, len(files))}
	body.reading = func(f models.File) { out.file = f.ID }
	defer body.close()
	if layout.Known() {
		c.Writer.Header().Set("ETag", `"`+layout.Tag()+`"`)
		part := settleRange(c.Request, layout.Size())
		body.at, body.limit = part.start, part.end
		http.ServeContent(out, c.Request, "", time.Time{}, body)
	} else {
		c.Writer.Header().Set("Accept-Ranges", "none")
		c.Writer.Header().Set("Content-Length", strconv.FormatInt(layout.Size(), 10))
		c.Status(http.StatusOK)
		c.Writer.WriteHeaderNow()
		if c.Request.Method == http.MethodGet {
			_, _ = io.Copy(out, body) // what ends it is told below
		}
	}
	err := out.refused
	if err == nil && body.err != nil && !errors.Is(body.err, context.Canceled) {
		err = kit.StorageFault(body.err)
	}
	if err != nil {
		kit.InfoOf(ctx).Err = err
		panic(http.ErrAbortHandler) // the client must see that bytes are missing
	}
}

// zipEntries returns the files under names that are safe on every system and
// unique even where case does not count.
func zipEntries(files []models.File) []zipfile.Entry {
	names := make([]string, 0, len(files))
	for _, f := range files {
		name := source.SanitizePath([]string{f.Path})
		if name == "" {
			name = "file-" + strconv.Itoa(f.Index)
		}
		names = append(names, name)
	}
	out := make([]zipfile.Entry, 0, len(files))
	for i, name := range source.Distinct(names) {
		f := files[i]
		e := zipfile.Entry{Name: name, Size: f.Size, Modified: modified(f).UTC(), Version: hex.EncodeToString(f.ID[:]) + f.ETag}
		if f.CRC32 != nil {
			sum := uint32(*f.CRC32)
			e.CRC32 = &sum
		}
		out = append(out, e)
	}
	return out
}
