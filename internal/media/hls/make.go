package hls

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strconv"

	"golang.org/x/sync/semaphore"

	"longhaul/internal/media/hls/fmp4"
	"longhaul/internal/media/tool"
	"longhaul/internal/turn"
	"longhaul/models"
)

// VideoInit returns the initialization segment of the video.
func (s *Service) VideoInit(ctx context.Context, f Film) (*Part, error) {
	if len(f.Info.Video) == 0 {
		return nil, noTrack()
	}
	return s.get(ctx, f, key{kind: kindVideo, n: -1}, func(ctx context.Context, d *draft) error { return s.videoInit(ctx, f, d) })
}

// Video returns a segment of the video.
func (s *Service) Video(ctx context.Context, f Film, n int) (*Part, error) {
	at := boundaries(f)
	if len(f.Info.Video) == 0 || n < 0 || n >= len(at)-1 {
		return nil, noSegment()
	}
	c := cut{n: n, from: at[n], to: at[n+1], last: n == len(at)-2}
	return s.get(ctx, f, key{kind: kindVideo, n: n}, func(ctx context.Context, d *draft) error { return s.video(ctx, f, c, d) })
}

// AudioInit returns the initialization segment of a choice of sound.
func (s *Service) AudioInit(ctx context.Context, f Film, track int) (*Part, error) {
	t, err := f.audio(track)
	if err != nil {
		return nil, err
	}
	return s.get(ctx, f, key{kind: kindAudio, track: track, n: -1}, func(ctx context.Context, d *draft) error { return s.audioInit(ctx, f, t, d) })
}

// Audio returns a segment of a choice of sound.
func (s *Service) Audio(ctx context.Context, f Film, track, n int) (*Part, error) {
	t, err := f.audio(track)
	if err != nil {
		return nil, err
	}
	if n < 0 || n >= newGrid(f, f.rate(t)).segments() {
		return nil, noSegment()
	}
	return s.get(ctx, f, key{kind: kindAudio, track: track, n: n}, func(ctx context.Context, d *draft) error { return s.audioPart(ctx, f, t, n, d) })
}

func noSegment() error {
	return models.Errorf(models.CodeNotFound, "This stream has no such part.")
}

// get returns a part, which is made in its owner's turn if it isn't there.
func (s *Service) get(ctx context.Context, f Film, k key, produce func(context.Context, *draft) error) (*Part, error) {
	k.file = f.File.ID
	if s.runner == nil {
		return nil, models.Errorf(models.CodeUnavailable, "This server can't stream files.")
	}
	p, err := s.cache.get(ctx, k, f.Visited, func(ctx context.Context, d *draft) error {
		ctx, cancel := context.WithTimeout(ctx, making)
		defer cancel()
		err := s.inTurn(ctx, f, func() error { return produce(ctx, d) })
		switch {
		case err == nil:
		case errors.Is(err, errFull):
			return busy()
		case errors.Is(ctx.Err(), context.DeadlineExceeded):
			return models.Errorf(models.CodeUnavailable, "This part of the film takes too long to read. Try again later.").Because(err)
		case ctx.Err() == nil && models.CodeOf(err) == models.CodeInvalid:
			s.log.InfoContext(ctx, "a part of a stream can't be made", "file", f.File.ID, "part", k.n, "error", err)
		}
		return err
	})
	if errors.Is(err, errFull) { // visitors hold as much as they may
		return nil, busy()
	}
	return p, err
}

// inTurn does what takes a program in its owner's turn, or in that of the visitors
// of the owner's shares.
func (s *Service) inTurn(ctx context.Context, f Film, do func() error) error {
	turns := s.owners
	if f.Visited {
		turns = s.visited
		if !s.guests.TryAcquire(1) {
			return busy()
		}
		defer s.guests.Release(1)
	}
	if !s.places.TryAcquire(1) {
		return busy()
	}
	defer s.places.Release(1)
	leave, err := turns.Take(ctx, f.File.UserID)
	if errors.Is(err, turn.ErrBusy) {
		return busy()
	} else if err != nil {
		return err
	}
	defer leave()
	running := []*semaphore.Weighted{s.going}
	if f.Visited {
		running = []*semaphore.Weighted{s.guestsRun, s.going}
	}
	for _, r := range running {
		if err := r.Acquire(ctx, 1); err != nil {
			return fmt.Errorf("wait to make a part of a stream: %w", err)
		}
		defer r.Release(1)
	}
	return do()
}

// ErrStorage is the fault of the storage that a film is read from.
var ErrStorage = errors.New("read from storage")

// errEnough ends a program that has written what was wanted.
var errEnough = errors.New("that is enough")

// ffmpeg runs ffmpeg on the film and reads what it writes. It is ended when read
// returns, and gone when this does. Storage that fails is the fault of neither
// the film nor the program.
func (s *Service) ffmpeg(ctx context.Context, f Film, args func(input string) []string, read func(io.Reader) error) error {
	return s.ffmpegWithin(ctx, f, limits, args, read)
}

// ffmpegWithin is ffmpeg with limits of its own.
func (s *Service) ffmpegWithin(ctx context.Context, f Film, limits tool.Limits, args func(input string) []string, read func(io.Reader) error) error {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	src := tool.Source{Size: f.File.Size, Open: func(ctx context.Context, offset, length int64) (io.ReadCloser, error) {
		return s.objects.Get(ctx, f.File.Key(), f.File.ETag, offset, length)
	}}
	in, out := io.Pipe()
	ended := make(chan error, 1)
	go func() {
		err := s.runner.FFmpeg(ctx, src, limits, args, out)
		_ = out.CloseWithError(err) // it has none
		ended <- err
	}()
	err := read(in)
	cancel()
	_ = in.CloseWithError(errEnough) // it has none
	fault := <-ended
	var storage *tool.SourceError
	if err != nil && errors.As(fault, &storage) {
		return fmt.Errorf("%w: %w", ErrStorage, storage.Err)
	}
	return err
}

// packets returns the arguments that write a track to a pipe, one frame in each
// fragment, at the times of the file.
func packets(more ...string) []string {
	return append(more, "-map_metadata", "-1", "-map_chapters", "-1", "-fflags", "+bitexact", "-avoid_negative_ts", "disabled",
		"-f", "mp4", "-movflags", "+frag_every_frame+empty_moov+default_base_moof+frag_discont", "-use_editlist", "0", "-flush_packets", "1", "pipe:1")
}

// seeking returns the arguments that read an input from a time of the file on, in
// microseconds.
func seeking(input string, at int64) []string {
	args := []string{"-v", "error"}
	if at > 0 {
		args = append(args, "-seek_timestamp", "1", "-noaccurate_seek", "-ss", strconv.FormatInt(at, 10)+"us")
	}
	return append(args, "-copyts", "-i", input)
}

// initOnly reads an initialization segment.
func initOnly(d *draft) func(io.Reader) error {
	return func(r io.Reader) error {
		init, _, err := fmp4.NewReader(r).Init()
		if err != nil {
			return broken("read the initialization segment: %v", err)
		}
		return d.lead(init)
	}
}
