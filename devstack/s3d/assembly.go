package s3d

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"

	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/versity/versitygw/backend/posix"
	"github.com/versity/versitygw/s3err"
	"github.com/versity/versitygw/s3response"
	"golang.org/x/sys/unix"
)

// maxAssemblies bounds the open files; the one that was not used for longest
// gives way, and its upload is completed by copying.
const maxAssemblies = 128

// assembling is a folder of objects whose multipart uploads are put together
// while their parts arrive, so that completing one takes no copy of the whole.
// What is put together ahead lives in a file without a name: a restart loses it
// and completes by copying. The parts stay as they are until then, so nothing
// but time depends on it.
type assembling struct {
	*posix.Posix
	folder string // where the buckets are

	mu   sync.Mutex
	open map[string]*assembly // by upload id
	turn int64                // grows with each use of an assembly
}

// UploadPart stores a part and puts its bytes in their place ahead. Only the
// last part of an upload may be shorter than the others, so the place follows
// from the number; where a client does it differently the place is wrong, which
// the completion notices.
func (a *assembling) UploadPart(ctx context.Context, in *s3.UploadPartInput) (*s3.UploadPartOutput, error) {
	return a.UploadPartWithPostFunc(ctx, in, func(part *os.File) error {
		if asm := a.of(*in.Bucket, *in.UploadId); asm != nil {
			asm.place(part, *in.PartNumber)
		}
		return nil
	})
}

// CompleteMultipartUpload makes the object of what was put together, and copies
// what is missing there.
func (a *assembling) CompleteMultipartUpload(
	ctx context.Context, in *s3.CompleteMultipartUploadInput,
) (s3response.CompleteMultipartUploadResult, string, error) {
	if in.UploadId == nil || in.MultipartUpload == nil {
		return a.Posix.CompleteMultipartUpload(ctx, in)
	}
	asm := a.existing(*in.UploadId)
	if asm == nil {
		return a.Posix.CompleteMultipartUpload(ctx, in)
	}
	c := completion{assembly: asm, parts: len(in.MultipartUpload.Parts)}
	asm.mu.Lock()
	res, version, err := a.CompleteMultipartUploadWithCopy(ctx, in, c.copy)
	asm.mu.Unlock()
	switch {
	case c.failed != nil && noSpace(c.failed):
		err = s3err.GetAPIError(s3err.ErrNoSpaceLeftOnDevice)
	case c.failed != nil:
		err = c.failed
	case err == nil:
		a.forget(*in.UploadId)
	}
	return res, version, err
}

// AbortMultipartUpload removes the parts and what was made of them.
func (a *assembling) AbortMultipartUpload(ctx context.Context, in *s3.AbortMultipartUploadInput) error {
	if in.UploadId != nil {
		a.forget(*in.UploadId)
	}
	return a.Posix.AbortMultipartUpload(ctx, in)
}

// of returns the assembly of an upload, a new one if there is none. It is nil
// on a file system that has no files without a name.
func (a *assembling) of(bucket, upload string) *assembly {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.turn++
	if asm := a.open[upload]; asm != nil {
		asm.used = a.turn
		return asm
	}
	if len(a.open) >= maxAssemblies {
		oldest := slices.MinFunc(slices.Collect(maps.Keys(a.open)), func(x, y string) int {
			return cmp.Compare(a.open[x].used, a.open[y].used)
		})
		defer a.open[oldest].close()
		delete(a.open, oldest)
	}
	// Where the completion makes its own file, which this one replaces.
	dir := filepath.Join(a.folder, bucket, posix.MetaTmpDir)
	fd, err := unix.Open(dir, unix.O_RDWR|unix.O_TMPFILE|unix.O_CLOEXEC, fileMode)
	if err != nil {
		return nil
	}
	asm := &assembly{file: os.NewFile(uintptr(fd), "assembly"), placed: map[uint64]extent{}, used: a.turn}
	a.open[strings.Clone(upload)] = asm // the server uses the memory of a request's strings again
	return asm
}

func (a *assembling) existing(upload string) *assembly {
	a.mu.Lock()
	defer a.mu.Unlock()
	return a.open[upload]
}

func (a *assembling) forget(upload string) {
	a.mu.Lock()
	asm := a.open[upload]
	delete(a.open, upload)
	a.mu.Unlock()
	if asm != nil {
		asm.close()
	}
}

// assembly is an object in the making.
type assembly struct {
	file *os.File
	used int64 // turn of the last use; guarded by the lock of assembling

	mu       sync.Mutex
	partSize int64             // of all parts but the last: the largest seen
	placed   map[uint64]extent // what is in its place, by the inode of the part
}

// extent is where a part's bytes are in the object.
type extent struct{ off, length int64 }

// close waits for a copy in progress: its descriptor must not come to mean
// another file.
func (m *assembly) close() {
	m.mu.Lock()
	defer m.mu.Unlock()
	_ = m.file.Close()
}

// place copies a part's bytes to where they belong. A part that comes again has
// another inode, so the older copy of it stands for nothing any more.
func (m *assembly) place(part *os.File, number int32) {
	m.mu.Lock()
	defer m.mu.Unlock()
	inode, size, err := identity(part)
	if err != nil || size == 0 {
		return
	}
	if size > m.partSize {
		clear(m.placed) // the first to come was the short one: places were computed with its size
		m.partSize = size
	}
	at := extent{int64(number-1) * m.partSize, size}
	if err := copyRange(part, m.file, at); err != nil {
		return
	}
	for other, e := range m.placed {
		if e.off == at.off {
			delete(m.placed, other)
		}
	}
	m.placed[inode] = at
}

// completion is one attempt to complete an upload: the parts are handed to it
// in their order.
type completion struct {
	*assembly
	parts  int
	seen   int
	end    int64 // of the parts so far
	failed error // the first one; nothing is copied after it
}

// copy makes the object's file hold the part at its end. The first call swaps
// the empty file that the server made for what was put together already: the
// server keeps using the same descriptor, which then refers to that file. It
// may be repeated, since the parts stay until the object is there.
//
// After an error the server would append the part itself, and publish what there
// is if that fails too. So it gets no file to append to: the completion fails,
// and the parts stay.
func (c *completion) copy(part, object *os.File) (repeatable bool, err error) {
	if c.failed == nil {
		c.failed = c.add(part, object)
		if c.failed != nil {
			clear(c.placed)
			_ = object.Close()
		}
	}
	return true, c.failed
}

func (c *completion) add(part, object *os.File) error {
	inode, size, err := identity(part)
	if err != nil {
		return err
	}
	if c.seen == 0 && unix.Dup3(int(c.file.Fd()), int(object.Fd()), unix.O_CLOEXEC) != nil {
		clear(c.placed) // the object stays a file of its own
	}
	at := extent{c.end, size}
	c.seen, c.end = c.seen+1, c.end+size
	if c.placed[inode] != at {
		if err := copyRange(part, object, at); err != nil {
			return err
		}
	}
	if c.seen < c.parts {
		return nil
	}
	if err := object.Truncate(c.end); err != nil {
		return fmt.Errorf("cut object: %w", err)
	}
	return nil
}

func noSpace(err error) bool {
	return errors.Is(err, unix.ENOSPC) || errors.Is(err, unix.EDQUOT)
}

func identity(f *os.File) (inode uint64, size int64, err error) {
	var st unix.Stat_t
	if err := unix.Fstat(int(f.Fd()), &st); err != nil {
		return 0, 0, fmt.Errorf("stat part: %w", err)
	}
	return st.Ino, st.Size, nil
}

// copyRange copies a whole part to a place in another file, inside the kernel
// where the file system can do that.
func copyRange(from, to *os.File, at extent) error {
	source := int64(0)
	target := at.off
	for source < at.length {
		n, err := unix.CopyFileRange(int(from.Fd()), &source, int(to.Fd()), &target, int(at.length-source), 0)
		switch {
		case errors.Is(err, unix.EINTR):
		case err != nil && noSpace(err):
			return fmt.Errorf("copy part: %w", err)
		case err != nil:
			rest := io.NewSectionReader(from, source, at.length-source)
			if _, err := io.CopyN(io.NewOffsetWriter(to, target), rest, rest.Size()); err != nil {
				return fmt.Errorf("copy part: %w", err)
			}
			return nil
		case n == 0:
			return io.ErrUnexpectedEOF
		}
	}
	return nil
}
