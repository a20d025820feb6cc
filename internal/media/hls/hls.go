// Package hls streams films that browsers can't play as they are: it cuts a stored
// file into segments of fragmented MP4, each made when it is asked for, with the
// video copied and sound turned into AAC where needed.
//
// Playlists and segments are computed from the same key frames, and each segment
// begins and ends exactly where its playlist says, so any process can make any
// segment without knowing the others. It does not ask who may see a file.
package hls

import (
	"context"
	"io"
	"log/slog"
	"runtime"
	"time"

	"golang.org/x/sync/semaphore"

	"longhaul/internal/media/tool"
	"longhaul/internal/turn"
	"longhaul/models"
)

const (
	perOwner = 3  // parts made at a time; fewer than of all, so that no owner takes every place
	ofOwner  = 32 // requests that wait or are served
	waiting  = 64 // parts that are made or wait, of all owners

	// Visitors of shares have turns of their own, which are the file's owner's, and
	// together at most half of each place and of the cache: a crowd of them leaves
	// the owner's turns alone, and the other half to those who signed in.
	perVisited = 2  // parts made at a time for visitors of one owner's shares
	ofVisited  = 16 // requests of theirs that wait or are served
	visiting   = waiting / 2

	making     = time.Minute
	maxSegment = 256 << 20 // bytes
	maxSamples = 20_000    // in a segment
)

// limits are what one part may take. Reading is held up by storage and viewers, so
// the clock is the part's.
var limits = tool.Limits{Time: making, CPU: making, Memory: 1 << 30, Bytes: 1 << 30, Nice: 5}

// Runner runs ffmpeg until it ends, out refuses what it writes, or ctx ends.
type Runner interface {
	FFmpeg(ctx context.Context, src tool.Source, limits tool.Limits, args func(input string) []string, out io.Writer) error
}

// Objects reads object storage.
type Objects interface {
	Get(ctx context.Context, key, etag string, offset, length int64) (io.ReadCloser, error)
}

// Film is a stored file and what is known of it.
type Film struct {
	File models.File
	Info *models.MediaInfo
	Keys models.KeyFrames

	// Visited films are asked for by visitors of a share, and made in their turns.
	Visited bool
}

// Service makes parts of streams and keeps the last of them. It is safe for
// concurrent use.
type Service struct {
	runner  Runner
	objects Objects
	log     *slog.Logger
	cache   *cache
	heads   *heads
	owners  *turn.Turns
	places  *semaphore.Weighted // of parts that are made or wait
	going   *semaphore.Weighted

	visited   *turn.Turns         // by the owner of the file
	guests    *semaphore.Weighted // places of visitors, which are among the others
	guestsRun *semaphore.Weighted // likewise for those that are being made
}

// New returns a service that keeps at most so many bytes of what it made. Without
// a runner, nothing can be streamed.
func New(runner Runner, objects Objects, keep int64, log *slog.Logger) *Service {
	going := int64(max(4, runtime.GOMAXPROCS(0)))
	return &Service{
		runner: runner, objects: objects, log: log, cache: newCache(keep), heads: newHeads(), owners: turn.New(perOwner, ofOwner),
		places: semaphore.NewWeighted(waiting), going: semaphore.NewWeighted(going),
		visited: turn.New(perVisited, ofVisited), guests: semaphore.NewWeighted(visiting), guestsRun: semaphore.NewWeighted(going / 2),
	}
}

// Possible returns why a file can't be streamed, as a plain sentence, or nothing
// if it can.
func (s *Service) Possible(m models.Media) string {
	if s.runner == nil || s.cache.limit <= 0 {
		return "This server can't stream films."
	}
	return Possible(m)
}

// busy is the fault of one request too many.
func busy() error {
	return models.Errorf(models.CodeUnavailable, "Too many films are being streamed. Try again later.")
}

// broken is the fault of a part that can't be made of what the file holds.
func broken(format string, args ...any) *models.Error {
	return models.Errorf(models.CodeInvalid, "This part of the file can't be streamed. Download the file to play it.").Because(models.Errorf(models.CodeInvalid, format, args...))
}
