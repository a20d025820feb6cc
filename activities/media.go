package activities

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"

	"github.com/google/uuid"

	"longhaul/internal/media/probe"
	"longhaul/internal/media/tool"
	"longhaul/internal/thumbnail"
	"longhaul/models"
)

const (
	mediaAttempts = 3  // a file that ends its worker so often is given up
	mediaBatch    = 50 // files listed at once
)

// MediaStore is what reading media files needs from the database.
type MediaStore interface {
	MediaWaiting(ctx context.Context, jobID uuid.UUID, after, limit int) ([]models.File, error)
	TryMedia(ctx context.Context, fileID uuid.UUID) (models.Media, error)
	UntryMedia(ctx context.Context, fileID uuid.UUID) error
	EndMedia(ctx context.Context, m models.Media) error
	MediaOff(ctx context.Context, jobID uuid.UUID) error
	TryThumbnail(ctx context.Context, userID, fileID uuid.UUID) (models.Thumbnail, error)
	EndThumbnail(ctx context.Context, userID, fileID uuid.UUID, state models.ThumbnailState) error
}

// MediaObjects reads files and keeps their posters.
type MediaObjects interface {
	Get(ctx context.Context, key, etag string, offset, length int64) (io.ReadCloser, error)
	Put(ctx context.Context, key string, body []byte, contentType string) error
}

// MediaProber finds out what is in a file. What is wrong with the file is a
// probe.UnreadableError.
type MediaProber interface {
	Probe(ctx context.Context, src tool.Source) (probe.Result, error)
}

// Media reads media files.
type Media struct {
	Store   MediaStore
	Objects MediaObjects
	Prober  MediaProber // nil without ffprobe
	Log     *slog.Logger
}

// ProbeMedia reads those media files of the job that nobody has read. A file
// that can't be read costs its own probe.
func (a *Media) ProbeMedia(ctx context.Context, in MediaInput) (MediaResult, error) {
	stop := beat(ctx)
	defer stop()
	if a.Prober == nil {
		return MediaResult{Off: true}, border(ctx, a.Store.MediaOff(ctx, in.JobID))
	}
	res, err := a.probeAll(ctx, in.JobID)
	return res, border(ctx, err)
}

func (a *Media) probeAll(ctx context.Context, jobID uuid.UUID) (res MediaResult, err error) {
	for after := -1; ; {
		files, err := a.Store.MediaWaiting(ctx, jobID, after, mediaBatch)
		if err != nil || len(files) == 0 {
			return res, err
		}
		for _, f := range files {
			after = f.Index
			state, err := a.probe(ctx, f)
			if err != nil {
				return res, err
			}
			switch state {
			case models.MediaRead:
				res.Read++
			case models.MediaUnreadable:
				res.Unreadable++
			case models.MediaWaiting, models.MediaOff: // it was read or deleted meanwhile
			}
		}
	}
}

// probe reads one file and writes what came of it. The attempt is counted
// before, so that a file which takes the process down is given up. A fault of
// storage or of the database says nothing of the file, and takes it back.
func (a *Media) probe(ctx context.Context, f models.File) (models.MediaState, error) {
	m, err := a.Store.TryMedia(ctx, f.ID)
	if models.IsNotFound(err) {
		return models.MediaWaiting, nil
	}
	if err != nil {
		return "", err
	}
	if m.Attempts > mediaAttempts {
		return a.unreadable(ctx, m, "Reading it failed too often.")
	}
	state, err := a.read(ctx, f, m)
	if err == nil {
		return state, nil
	}
	if err := a.Store.UntryMedia(context.WithoutCancel(ctx), f.ID); err != nil {
		return "", err
	}
	if gone(err) {
		return models.MediaWaiting, nil // the daily check notes it; the others of the job can be read
	}
	return "", fmt.Errorf("read a media file: %w", err)
}

// gone reports whether a file's object is not there, or is another one.
func gone(err error) bool {
	return models.IsNotFound(err) || models.ProblemOf(err) == models.ProblemWrongContent
}

func (a *Media) read(ctx context.Context, f models.File, m models.Media) (models.MediaState, error) {
	found, err := a.Prober.Probe(ctx, tool.Source{Size: f.Size, Open: func(ctx context.Context, off, n int64) (io.ReadCloser, error) {
		return a.Objects.Get(ctx, f.Key(), f.ETag, off, n)
	}})
	bad, ok := errors.AsType[*probe.UnreadableError](err)
	if ok {
		a.Log.InfoContext(ctx, "a media file can't be read", "file", f.ID, "error", bad)
		return a.unreadable(ctx, m, bad.Problem)
	}
	if err != nil {
		return "", err
	}
	if found.Poster != nil {
		if err := a.keepPoster(ctx, f, found.Poster); err != nil {
			return "", err
		}
	}
	m.State, m.Info, m.Keys = models.MediaRead, &found.Info, found.Keys
	return m.State, a.Store.EndMedia(ctx, m)
}

func (a *Media) unreadable(ctx context.Context, m models.Media, problem string) (models.MediaState, error) {
	m.State, m.Problem = models.MediaUnreadable, problem
	return m.State, a.Store.EndMedia(ctx, m)
}

// keepPoster stores a picture of the film as the file's thumbnail: the row comes
// first, so that no sweep takes the object.
func (a *Media) keepPoster(ctx context.Context, f models.File, poster []byte) error {
	_, err := a.Store.TryThumbnail(ctx, f.UserID, f.ID)
	if models.IsNotFound(err) {
		return nil // it was deleted meanwhile
	}
	if err == nil {
		err = a.Objects.Put(ctx, models.ThumbnailKey(f.ID), poster, thumbnail.ContentType)
	}
	if err != nil {
		return fmt.Errorf("store a poster: %w", err)
	}
	return a.Store.EndThumbnail(ctx, f.UserID, f.ID, models.ThumbnailMade)
}
