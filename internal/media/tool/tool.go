// Package tool runs ffmpeg and ffprobe on files that strangers made.
//
// A program runs in a process that confined itself before: it reads libraries
// and no other file, writes none, starts no other process, and has limits on
// memory, time and bytes. It reads the file from a handle on the loopback
// interface, which serves ranges of this file alone. Where the kernel lets it
// have a network of its own, there is nothing else to reach; elsewhere
// Landlock allows the handle's port alone. What neither can refuse is among
// Gaps. It opens a file only as a container that holds all it needs: no
// playlists and no lists of other files.
//
// A run ends with its context, and leaves no process, file or goroutine.
package tool

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"longhaul/internal/jail"
)

// ErrMissing is that this machine has no ffmpeg or no ffprobe.
var ErrMissing = errors.New("ffmpeg and ffprobe are not installed")

// ErrLimit is that a program took more than it may.
var ErrLimit = errors.New("it takes too much")

// FailedError is that a program ended with a failure.
type FailedError struct {
	Said string // its last words, without addresses
	code string
}

// Error implements error.
func (e *FailedError) Error() string { return "the program failed (" + e.code + "): " + e.Said }

// SourceError is that the file could not be read, which says nothing of what is in it.
type SourceError struct{ Err error }

// Error implements error.
func (e *SourceError) Error() string { return e.Err.Error() }

// Unwrap returns what happened to the source.
func (e *SourceError) Unwrap() error { return e.Err }

// Limits is what one run may take.
type Limits struct {
	Time   time.Duration // by the clock
	CPU    time.Duration // of processors, in whole seconds
	Memory int64         // bytes of address space
	Bytes  int64         // of the source
	Nice   int           // 0 to 19
}

const (
	openFiles = 64 // of a program
	checkTime = 20 * time.Second
	checkRAM  = 1 << 30
)

// protocols and formats are what a program may open: nothing that names other files.
const (
	protocols = "http,tcp"
	formats   = "matroska,webm,mov,mp4,m4a,3gp,3g2,mj2,avi,mpegts,mpeg,mpegvideo,flv,live_flv,asf,ogg,mp3,flac,wav,w64,aac,ac3,eac3,dts,dtshd," +
		"truehd,mlp,ape,aiff,wv,tta,tak,amr,caf,au,mpc,mpc8,dsf,nut,ivf,rm,mxf,h264,hevc,m4v,obu"
)

// Runner runs the programs, and is safe for concurrent use.
type Runner struct {
	ffmpeg, ffprobe string
	network         network
}

// network is which network a program is in.
type network string

const (
	networkOwn    network = "own"    // this process may make one
	networkUser   network = "user"   // it may do so as the root of a user namespace
	networkShared network = "shared" // the program is in this process's
)

// New finds the programs by their names, or paths, and tries how well they can
// be confined here. A program that calls it begins with Child.
func New(ctx context.Context, ffmpeg, ffprobe string) (*Runner, error) {
	r := &Runner{}
	for path, name := range map[*string]string{&r.ffmpeg: ffmpeg, &r.ffprobe: ffprobe} {
		found, err := exec.LookPath(name)
		if err == nil {
			found, err = filepath.EvalSymlinks(found)
		}
		if err != nil {
			return nil, fmt.Errorf("%w: %w", ErrMissing, err)
		}
		*path = found
	}
	var faults []error
	for _, n := range []network{networkOwn, networkUser, networkShared} {
		r.network = n
		err := r.check(ctx)
		if err == nil {
			return r, nil
		}
		faults = append(faults, fmt.Errorf("network %s: %w", n, err))
	}
	return nil, fmt.Errorf("confine ffmpeg and ffprobe: %w", errors.Join(faults...))
}

// check runs both programs without a file.
func (r *Runner) check(ctx context.Context) error {
	limits := Limits{Time: checkTime, CPU: checkTime, Memory: checkRAM, Bytes: 1}
	for _, path := range []string{r.ffmpeg, r.ffprobe} {
		if err := r.run(ctx, path, Source{}, limits, func(string) []string { return []string{"-version"} }, io.Discard); err != nil {
			return err
		}
	}
	return nil
}

// Gaps names what this machine can't keep the programs from; none is best.
func (r *Runner) Gaps() []string { return jail.ProgramGaps(r.network != networkShared) }

// FFprobe runs ffprobe on a source. The arguments name the input behind -i; what
// the program writes goes to out, whose error ends it.
func (r *Runner) FFprobe(ctx context.Context, src Source, limits Limits, args func(input string) []string, out io.Writer) error {
	return r.run(ctx, r.ffprobe, src, limits, func(input string) []string {
		return append([]string{"-hide_banner"}, guarded(args(input))...)
	}, out)
}

// FFmpeg runs ffmpeg on a source, as FFprobe does. Output goes to pipe:1.
func (r *Runner) FFmpeg(ctx context.Context, src Source, limits Limits, args func(input string) []string, out io.Writer) error {
	return r.run(ctx, r.ffmpeg, src, limits, func(input string) []string {
		return append([]string{"-hide_banner", "-nostdin"}, guarded(args(input))...)
	}, out)
}

// guarded limits each input to what may be opened.
func guarded(args []string) []string {
	out := make([]string, 0, len(args)+8)
	for i, a := range args {
		if a == "-i" && i+1 < len(args) {
			out = append(out, "-protocol_whitelist", protocols, "-format_whitelist", formats)
		}
		out = append(out, a)
	}
	return slices.Clip(out)
}

// words makes a program's last words fit for a log: it keeps no address.
func words(said, path string) string {
	said = strings.ReplaceAll(said, path, "")
	return strings.ToValidUTF8(strings.TrimSpace(addresses.ReplaceAllString(said, "the file")), "")
}
