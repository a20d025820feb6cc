// Package thumbnail makes small pictures of stored photos when they are asked for,
// and keeps them in storage.
//
// What it reads is hostile: the memory that a picture takes is known before it is
// decoded, all pictures together take no more than a budget, a decoder that
// panics or takes long costs one file its thumbnail, and a file that takes the
// process down is tried three times a day. It does not ask who may see a file.
package thumbnail

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"runtime"
	"strings"
	"time"

	"github.com/google/uuid"
	"golang.org/x/sync/semaphore"

	"longhaul/internal/turn"
	"longhaul/models"
)

// ContentType is that of every thumbnail.
const ContentType = "image/jpeg"

const (
	memory   = 128 << 20 // bytes that pictures in the making take together
	maxFile  = 64 << 20  // bytes
	maxSmall = 1 << 20   // bytes of a thumbnail
	headSize = 256 << 10 // bytes that tell how large a picture is
	large    = 32 << 20  // bytes that are given back at once

	perOwner = 2    // made at a time
	ofOwner  = 128  // requests that wait or are served
	waiting  = 1024 // likewise, of all owners
	making   = 30 * time.Second
	attempts = 3 // a day
)

// Store keeps which thumbnails there are. Each call names the owner.
type Store interface {
	// Thumbnail returns what is known of a file's thumbnail; not_found is nothing.
	Thumbnail(ctx context.Context, userID, fileID uuid.UUID) (models.Thumbnail, error)
	// TryThumbnail counts an attempt, before it begins. A file that is no longer
	// delivered, or has no thumbnail, is not_found.
	TryThumbnail(ctx context.Context, userID, fileID uuid.UUID) (models.Thumbnail, error)
	EndThumbnail(ctx context.Context, userID, fileID uuid.UUID, state models.ThumbnailState) error
}

// Objects is object storage.
type Objects interface {
	Get(ctx context.Context, key, etag string, offset, length int64) (io.ReadCloser, error)
	Put(ctx context.Context, key string, body []byte, contentType string) error
}

// Maker makes thumbnails, and is safe for concurrent use.
type Maker struct {
	store   Store
	objects Objects
	log     *slog.Logger

	owners *turn.Turns
	places *semaphore.Weighted // of requests that wait or are served
	going  *semaphore.Weighted
	memory *semaphore.Weighted
}

// New returns a maker.
func New(store Store, objects Objects, log *slog.Logger) *Maker {
	return &Maker{
		store: store, objects: objects, log: log, owners: turn.New(perOwner, ofOwner),
		places: semaphore.NewWeighted(waiting), going: semaphore.NewWeighted(int64(max(2, runtime.GOMAXPROCS(0)/2))), memory: semaphore.NewWeighted(memory),
	}
}

// None is the fault of a file without a thumbnail.
func None() *models.Error { return models.Errorf(models.CodeNotFound, "This file has no thumbnail.") }

// busy is the fault of one request too many.
func busy() *models.Error {
	return models.Errorf(models.CodeUnavailable, "Too many thumbnails are being made. Try again later.")
}

// Suits reports whether a thumbnail may be made of a file, by its type and size.
func Suits(f models.File) bool {
	base, _, _ := strings.Cut(f.ContentType, ";")
	switch strings.ToLower(strings.TrimSpace(base)) {
	case "image/jpeg", "image/png", "image/gif", "image/webp", "image/bmp", "image/x-ms-bmp", "image/tiff":
		return f.State == models.FileStored && !f.Blocked && f.Size > 0 && f.Size <= maxFile
	default:
		return false
	}
}

// Get returns the thumbnail of a file that its caller may see. It makes what is
// not there yet.
func (m *Maker) Get(ctx context.Context, f models.File) ([]byte, error) {
	if f.State == models.FileStored && !f.Blocked && strings.HasPrefix(f.ContentType, "video/") {
		return m.poster(ctx, f)
	}
	if !Suits(f) {
		return nil, None()
	}
	if out, done, err := m.stored(ctx, f); done {
		return out, err
	}
	if !m.places.TryAcquire(1) {
		return nil, busy()
	}
	defer m.places.Release(1)
	leave, err := m.owners.Take(ctx, f.UserID)
	if errors.Is(err, turn.ErrBusy) {
		return nil, busy()
	} else if err != nil {
		return nil, err
	}
	defer leave()
	if err := m.going.Acquire(ctx, 1); err != nil {
		return nil, fmt.Errorf("wait to make a thumbnail: %w", err)
	}
	defer m.going.Release(1)
	if out, done, err := m.stored(ctx, f); done { // made while this request waited
		return out, err
	}
	// whoever asked may leave: what has started is finished, so that it doesn't start again
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), making)
	defer cancel()
	out, err := m.make(ctx, f)
	switch {
	case err != nil && ctx.Err() != nil: // a slow machine says nothing of the file
		return nil, models.Errorf(models.CodeUnavailable, "This thumbnail takes too long to make. Try again later.").Because(err)
	case errors.Is(err, errUnfit):
		m.log.InfoContext(ctx, "no thumbnail can be made of a file", "file", f.ID, "error", err)
		return nil, errors.Join(None(), m.store.EndThumbnail(context.WithoutCancel(ctx), f.UserID, f.ID, models.ThumbnailNone))
	}
	return out, err
}

// poster returns the picture that was taken of a film when it was read.
func (m *Maker) poster(ctx context.Context, f models.File) ([]byte, error) {
	out, done, err := m.stored(ctx, f)
	if !done {
		return nil, None()
	}
	return out, err
}

// stored returns the thumbnail that is there, or that there is none. done is
// false if one is to be made, as when the object of a row is gone.
func (m *Maker) stored(ctx context.Context, f models.File) (out []byte, done bool, err error) {
	t, err := m.store.Thumbnail(ctx, f.UserID, f.ID)
	switch {
	case models.IsNotFound(err):
		return nil, false, nil
	case err != nil:
		return nil, true, err
	case t.State == models.ThumbnailNone:
		return nil, true, None()
	case t.State != models.ThumbnailMade:
		return nil, false, nil
	}
	out, err = m.read(ctx, models.ThumbnailKey(f.ID), "", maxSmall)
	if models.IsNotFound(err) {
		return nil, false, nil
	}
	return out, true, err
}

// make makes a thumbnail and stores it: the attempt is a row before the picture is
// decoded, and the object is there before the row says so.
func (m *Maker) make(ctx context.Context, f models.File) ([]byte, error) {
	head, err := m.read(ctx, f.Key(), f.ETag, min(headSize, f.Size))
	if err != nil {
		return nil, err
	}
	need, err := cost(head, f.Size)
	if errors.Is(err, errUnread) && f.Size > headSize {
		need, err = memory, nil // it may say so further on: it is read alone
	}
	if err != nil {
		return nil, m.tried(ctx, f, err)
	}
	if need > memory {
		return nil, m.tried(ctx, f, fmt.Errorf("%w: it takes %d bytes of memory", errUnfit, need))
	}
	if err := m.memory.Acquire(ctx, need); err != nil {
		return nil, fmt.Errorf("wait for memory: %w", err)
	}
	defer func() {
		if need >= large {
			runtime.GC() // or what the next one takes comes on top
		}
		m.memory.Release(need)
	}()
	data, err := m.read(ctx, f.Key(), f.ETag, f.Size)
	if err != nil {
		return nil, err
	}
	if err := m.tried(ctx, f, nil); err != nil {
		return nil, err
	}
	if need, err = cost(data, f.Size); err == nil && need > memory {
		err = errUnfit
	}
	if err != nil {
		return nil, err
	}
	out, err := picture(ctx, data)
	if err != nil {
		return nil, err
	}
	return out, m.keep(ctx, f, out)
}

// tried counts an attempt and returns its fault, or that there were enough.
func (m *Maker) tried(ctx context.Context, f models.File, fault error) error {
	t, err := m.store.TryThumbnail(ctx, f.UserID, f.ID)
	if err != nil {
		return err
	}
	if fault == nil && t.Attempts > attempts {
		return None()
	}
	return fault
}

// keep stores a thumbnail.
func (m *Maker) keep(ctx context.Context, f models.File, out []byte) error {
	if err := m.objects.Put(ctx, models.ThumbnailKey(f.ID), out, ContentType); err != nil {
		return fmt.Errorf("store thumbnail: %w", err)
	}
	return m.store.EndThumbnail(ctx, f.UserID, f.ID, models.ThumbnailMade)
}

// read returns the first bytes of an object, at most size.
func (m *Maker) read(ctx context.Context, key, etag string, size int64) ([]byte, error) {
	body, err := m.objects.Get(ctx, key, etag, 0, size)
	if err != nil {
		return nil, fmt.Errorf("open object: %w", err)
	}
	defer func() { _ = body.Close() }() // read only: nothing is lost
	out, err := io.ReadAll(io.LimitReader(body, size))
	if err != nil {
		return nil, fmt.Errorf("read object: %w", err)
	}
	return out, nil
}
