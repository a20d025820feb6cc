package activities

import (
	"archive/zip"
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/google/uuid"

	"longhaul/internal/objstore"
	"longhaul/models"
)

// exportPart is how many bytes of a zip are in memory at a time.
const exportPart = 8 << 20

// exportPatience is how long an export may wait before its workflow is looked for.
const exportPatience = 15 * time.Minute

// ExportStore is what exports of accounts' data need from the database.
type ExportStore interface {
	ExportToMake(ctx context.Context, id uuid.UUID) (models.Export, error)
	EachExportRow(ctx context.Context, userID uuid.UUID, begin func(name string) error, row func(body string) error) error
	ExportMade(ctx context.Context, id uuid.UUID, size int64, etag string) error
	LateExports(ctx context.Context, before time.Time, after uuid.UUID, limit int) ([]uuid.UUID, error)
	PruneExports(ctx context.Context, now time.Time) (int64, error)
	KnownExports(ctx context.Context, ids []uuid.UUID) ([]uuid.UUID, error)
}

// ExportStorage is what exports need from object storage.
type ExportStorage interface {
	CreateMultipart(ctx context.Context, key, contentType string) (string, error)
	PutPart(ctx context.Context, key, uploadID string, number int, body []byte) (models.Part, error)
	CompleteMultipart(ctx context.Context, key, uploadID string, parts []models.Part) (string, error)
	AbortMultipart(ctx context.Context, key, uploadID string) error
	ListMultiparts(ctx context.Context, prefix string, fn func(objstore.Upload) error) error
	List(ctx context.Context, prefix string, fn func(objstore.Object) error) error
	Delete(ctx context.Context, key string) error
}

// Exports makes the exports of accounts' data and removes them.
type Exports struct {
	Store   ExportStore
	Objects ExportStorage
	Start   func(ctx context.Context, id uuid.UUID) error // starts the workflow of an export unless it is running
	Now     func() time.Time
}

// MakeExport writes the zip to storage, then its row. An attempt that died in
// between left an upload or a zip without a row that says so: the next one writes
// it again, under the same key.
func (a *Exports) MakeExport(ctx context.Context, in ExportInput) (ExportResult, error) {
	stop := beat(ctx)
	defer stop()
	res, err := a.make(ctx, in.ID)
	return res, border(ctx, err)
}

func (a *Exports) make(ctx context.Context, id uuid.UUID) (ExportResult, error) {
	e, err := a.Store.ExportToMake(ctx, id)
	if err != nil {
		return ExportResult{}, ignoreGone(err)
	}
	if err := a.abort(ctx, e.Key()); err != nil {
		return ExportResult{}, err
	}
	up := &upload{ctx: ctx, objects: a.Objects, key: e.Key()}
	if err := a.write(ctx, e, up); err != nil {
		return ExportResult{}, err
	}
	etag, err := up.complete()
	if err != nil {
		return ExportResult{}, err
	}
	return ExportResult{Bytes: up.size}, a.Store.ExportMade(ctx, id, up.size, etag)
}

// write writes the zip: a file of JSON for each kind of data.
func (a *Exports) write(ctx context.Context, e models.Export, to io.Writer) error {
	z := zip.NewWriter(to)
	var file io.Writer
	first := true
	end := func() error {
		if file == nil {
			return nil
		}
		_, err := io.WriteString(file, "\n]\n")
		return err
	}
	err := a.Store.EachExportRow(ctx, e.UserID, func(name string) (err error) {
		if err := end(); err != nil {
			return err
		}
		file, err = z.CreateHeader(&zip.FileHeader{Name: name + ".json", Method: zip.Deflate, Modified: e.CreatedAt})
		if err == nil {
			_, err = io.WriteString(file, "[")
		}
		first = true
		return err
	}, func(body string) error {
		sep := ",\n"
		if first {
			sep = "\n"
		}
		first = false
		_, err := io.WriteString(file, sep+body)
		return err
	})
	if err = errors.Join(err, end()); err != nil {
		return fmt.Errorf("write export: %w", err)
	}
	if err := z.Close(); err != nil {
		return fmt.Errorf("close export: %w", err)
	}
	return nil
}

// abort ends uploads that an attempt before left behind.
func (a *Exports) abort(ctx context.Context, key string) error {
	return a.Objects.ListMultiparts(ctx, key, func(u objstore.Upload) error {
		return ignoreGone(a.Objects.AbortMultipart(ctx, u.Key, u.ID))
	})
}

// upload writes an object part by part.
type upload struct {
	ctx     context.Context //nolint:containedctx // an io.Writer takes none
	objects ExportStorage
	key, id string
	buf     []byte
	parts   []models.Part
	size    int64
}

// Write implements io.Writer.
func (u *upload) Write(p []byte) (int, error) {
	u.buf = append(u.buf, p...)
	for len(u.buf) >= exportPart {
		if err := u.put(u.buf[:exportPart]); err != nil {
			return 0, err
		}
		u.buf = append(u.buf[:0], u.buf[exportPart:]...)
	}
	return len(p), nil
}

func (u *upload) put(body []byte) (err error) {
	if u.id == "" {
		if u.id, err = u.objects.CreateMultipart(u.ctx, u.key, "application/zip"); err != nil {
			return err
		}
	}
	part, err := u.objects.PutPart(u.ctx, u.key, u.id, len(u.parts)+1, body)
	if err != nil {
		return err
	}
	u.parts, u.size = append(u.parts, part), u.size+part.Size
	return nil
}

func (u *upload) complete() (string, error) {
	if err := u.put(u.buf); err != nil {
		return "", err
	}
	return u.objects.CompleteMultipart(u.ctx, u.key, u.id, u.parts)
}

// SweepExports removes exports whose time is over, their rows first, and every zip
// and upload without a row, such as those of deleted accounts. It starts the
// workflow of exports that wait for too long.
func (a *Exports) SweepExports(ctx context.Context) (ExportSweepResult, error) {
	stop := beat(ctx)
	defer stop()
	res, err := a.sweep(ctx)
	return res, border(ctx, err)
}

func (a *Exports) sweep(ctx context.Context) (res ExportSweepResult, err error) {
	before := a.Now().Add(-exportPatience)
	err = inBatches(
		func(after uuid.UUID) ([]uuid.UUID, error) {
			return a.Store.LateExports(ctx, before, after, repairBatch)
		},
		func(id uuid.UUID) uuid.UUID { return id },
		func(late []uuid.UUID) error {
			for _, id := range late {
				if err := a.Start(ctx, id); err != nil {
					return err
				}
				res.Started++
			}
			return nil
		})
	if err != nil {
		return res, err
	}
	if res.Expired, err = a.Store.PruneExports(ctx, a.Now()); err != nil {
		return res, err
	}
	var keys []string
	err = a.Objects.List(ctx, models.ExportsPrefix, func(o objstore.Object) error {
		keys = append(keys, o.Key)
		return nil
	})
	if err != nil {
		return res, err
	}
	unknown, err := a.unknown(ctx, keys)
	if err != nil {
		return res, err
	}
	for _, key := range unknown {
		if err := ignoreGone(a.Objects.Delete(ctx, key)); err != nil {
			return res, err
		}
		res.Removed++
	}
	return res, a.endUploads(ctx)
}

// endUploads ends the uploads that no row accounts for.
func (a *Exports) endUploads(ctx context.Context) error {
	open := map[string][]objstore.Upload{}
	var keys []string
	err := a.Objects.ListMultiparts(ctx, models.ExportsPrefix, func(u objstore.Upload) error {
		open[u.Key] = append(open[u.Key], u)
		keys = append(keys, u.Key)
		return nil
	})
	if err != nil {
		return err
	}
	unknown, err := a.unknown(ctx, keys)
	if err != nil {
		return err
	}
	for _, key := range unknown {
		for _, u := range open[key] {
			if err := ignoreGone(a.Objects.AbortMultipart(ctx, u.Key, u.ID)); err != nil {
				return err
			}
		}
	}
	return nil
}

// unknown returns those of the keys that no row accounts for.
func (a *Exports) unknown(ctx context.Context, keys []string) ([]string, error) {
	byID := map[uuid.UUID]string{}
	var ids []uuid.UUID
	for _, key := range keys {
		if id, err := uuid.Parse(strings.TrimPrefix(key, models.ExportsPrefix)); err == nil {
			byID[id] = key
			ids = append(ids, id)
		}
	}
	if len(ids) == 0 {
		return nil, nil
	}
	known, err := a.Store.KnownExports(ctx, ids)
	for _, id := range known {
		delete(byID, id)
	}
	out := make([]string, 0, len(byID))
	for _, key := range byID {
		out = append(out, key)
	}
	return out, err
}
