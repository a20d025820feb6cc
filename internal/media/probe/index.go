package probe

import (
	"context"
	"errors"
	"fmt"
	"io"

	"longhaul/internal/media/tool"
	"longhaul/models"
)

// errNoIndex is that a container has no index that tells of its key frames, or
// one that can't be believed.
var errNoIndex = errors.New("the file has no index of its key frames")

// maxApart is how far key frames of an index are apart on average at most, in
// microseconds. One that names fewer is no help.
const maxApart = 30e6

// indexed reads the index of a container. A fault of storage is a tool.SourceError.
func indexed(ctx context.Context, src tool.Source, info models.MediaInfo) (out models.KeyFrames, err error) {
	defer func() {
		if p := recover(); p != nil {
			out, err = nil, fmt.Errorf("%w: its reader panicked: %v", errNoIndex, p)
		}
	}()
	at := &window{ctx: ctx, src: src, left: maxIndexRead}
	switch info.Container {
	case "matroska":
		out, err = matroskaKeys(at, info.Video[0].Index)
	case "mp4":
		out, err = mp4Keys(at, info.Video[0].Index)
	default:
		return nil, errNoIndex
	}
	if err == nil && float64(len(out))*maxApart < info.Duration*1e6 {
		err = errNoIndex
	}
	return out, err
}

const maxIndexRead = 96 << 20 // bytes of all that an index takes

// window reads parts of a source, all together no more than it may.
type window struct {
	ctx  context.Context //nolint:containedctx // one file's; it is read within a call
	src  tool.Source
	left int64
}

// bytes returns a part of the source.
func (w *window) bytes(off, n int64) ([]byte, error) {
	if off < 0 || n < 0 || n > w.left || off > w.src.Size-n {
		return nil, errNoIndex
	}
	w.left -= n
	body, err := w.src.Open(w.ctx, off, n)
	if err != nil {
		return nil, &tool.SourceError{Err: err}
	}
	defer body.Close()
	b := make([]byte, n)
	if _, err := io.ReadFull(body, b); err != nil {
		return nil, &tool.SourceError{Err: err}
	}
	return b, nil
}

// upTo returns a part of the source, or less at its end.
func (w *window) upTo(off, n int64) ([]byte, error) {
	return w.bytes(off, min(n, w.src.Size-off))
}
