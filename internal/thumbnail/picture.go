package thumbnail

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"image"
	"image/color"
	_ "image/gif" // a format that is read; so are those below
	"image/jpeg"
	_ "image/png"
	"io"

	"github.com/bep/imagemeta"
	_ "golang.org/x/image/bmp"
	"golang.org/x/image/draw"
	_ "golang.org/x/image/tiff"
	_ "golang.org/x/image/webp"
)

const (
	// Edge is how many pixels the longer side of a thumbnail has at most.
	Edge = 400

	quality   = 78
	maxPixels = 100_000_000
	maxSide   = 1 << 20
	finer     = 3        // a picture is brought to so many times the size by picking pixels, and from there by averaging
	scaling   = 24 << 20 // bytes that bringing any picture to size takes
)

// errUnfit is that no thumbnail can be made of a file, now or later.
var errUnfit = errors.New("no thumbnail can be made of it")

// errUnread is that the bytes at hand don't say what the picture is.
var errUnread = fmt.Errorf("%w: it is not a picture that can be read", errUnfit)

// cost returns how many bytes of memory a thumbnail of the picture takes at most,
// by its first bytes. What they don't tell is errUnfit.
func cost(head []byte, size int64) (int64, error) {
	c, format, err := image.DecodeConfig(bytes.NewReader(head))
	if err != nil {
		return 0, fmt.Errorf("%w: %w", errUnread, err)
	}
	pixels := int64(c.Width) * int64(c.Height)
	if c.Width <= 0 || c.Height <= 0 || c.Width > maxSide || c.Height > maxSide || pixels > maxPixels {
		return 0, fmt.Errorf("%w: %d × %d pixels", errUnfit, c.Width, c.Height)
	}
	return size + scaling + pixels*perPixel(format, c, head)/8, nil
}

// perPixel returns how many eighths of a byte a decoder holds for each pixel.
func perPixel(format string, c image.Config, head []byte) int64 {
	switch format {
	case "jpeg":
		return frameOf(head).perPixel()
	case "png":
		n := depth(c.ColorModel) * 8
		if len(head) > interlaceAt && head[interlaceAt] != 0 {
			n += n / 2 // the passes, each an image
		}
		return n
	case "gif":
		return 8
	case "bmp":
		return 32
	default: // webp without loss keeps its pixels three times, tiff a strip and its bytes
		return 96
	}
}

// interlaceAt is where a PNG says whether it is interlaced.
const interlaceAt = 28

// depth returns the bytes of a pixel.
func depth(m color.Model) int64 {
	if _, palette := m.(color.Palette); palette {
		return 1
	}
	switch m {
	case color.GrayModel:
		return 1
	case color.Gray16Model:
		return 2
	case color.RGBA64Model, color.NRGBA64Model:
		return 8
	default:
		return 4
	}
}

// picture makes the thumbnail of a picture, as a JPEG. It reads nothing behind
// the end of the context, so that a decoder that takes long ends.
func picture(ctx context.Context, data []byte) (out []byte, err error) {
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("%w: a decoder panicked: %v", errUnfit, p)
		}
	}()
	src, format, err := image.Decode(&patient{ctx, bytes.NewReader(data)})
	switch {
	case ctx.Err() != nil:
		return nil, fmt.Errorf("decode a picture: %w", ctx.Err())
	case err != nil:
		return nil, fmt.Errorf("%w: %w", errUnfit, err)
	case src.Bounds().Empty():
		return nil, fmt.Errorf("%w: it has no pixels", errUnfit)
	}
	var b bytes.Buffer
	if err := jpeg.Encode(&b, upright(shrink(src), orientation(format, data)), &jpeg.Options{Quality: quality}); err != nil {
		return nil, fmt.Errorf("%w: %w", errUnfit, err)
	}
	return b.Bytes(), nil
}

// patient reads until a context ends.
type patient struct {
	ctx context.Context //nolint:containedctx // io.Reader has no room for it
	r   io.Reader
}

// Read implements io.Reader.
func (p *patient) Read(b []byte) (int, error) {
	if err := p.ctx.Err(); err != nil {
		return 0, err
	}
	return p.r.Read(b)
}

// fit returns the size of a thumbnail.
func fit(w, h int) (int, int) {
	long := max(w, h)
	if long <= Edge {
		return w, h
	}
	return max(1, w*Edge/long), max(1, h*Edge/long)
}

// shrink brings a picture to size, on white where it lets through what is behind.
func shrink(src image.Image) *image.RGBA {
	b := src.Bounds()
	w, h := fit(b.Dx(), b.Dy())
	if b.Dx() > w*finer || b.Dy() > h*finer {
		picked := image.NewRGBA(image.Rect(0, 0, min(w*finer, b.Dx()), min(h*finer, b.Dy())))
		draw.NearestNeighbor.Scale(picked, picked.Rect, src, b, draw.Src, nil)
		src, b = picked, picked.Rect
	}
	out := image.NewRGBA(image.Rect(0, 0, w, h))
	draw.Draw(out, out.Rect, image.White, image.Point{}, draw.Src)
	draw.BiLinear.Scale(out, out.Rect, src, b, draw.Over, nil)
	return out
}

// orientation returns how a camera was held, from 1 to 8 as EXIF says it; 1 is
// upright.
func orientation(format string, data []byte) (o int) {
	kind, known := map[string]imagemeta.ImageFormat{"jpeg": imagemeta.JPEG, "png": imagemeta.PNG, "webp": imagemeta.WebP, "tiff": imagemeta.TIFF}[format]
	if !known {
		return 1
	}
	const tag = "Orientation"
	o = 1
	_, err := imagemeta.Decode(imagemeta.Options{
		R: bytes.NewReader(data), ImageFormat: kind, Sources: imagemeta.EXIF, LimitNumTags: 1000, LimitTagSize: 1000,
		ShouldHandleTag: func(t imagemeta.TagInfo) bool { return t.Tag == tag && t.Namespace == "IFD0" },
		HandleTag: func(t imagemeta.TagInfo) error {
			if n, ok := t.Value.(uint16); ok && n >= 1 && n <= 8 {
				o = int(n)
			}
			return imagemeta.ErrStopWalking
		},
	})
	if err != nil {
		return 1 // a picture without what cameras write, or with nonsense there
	}
	return o
}

// upright turns and mirrors a picture so that it stands as it was seen.
func upright(src *image.RGBA, orientation int) *image.RGBA {
	if orientation == 1 {
		return src
	}
	w, h := src.Rect.Dx(), src.Rect.Dy()
	size := image.Rect(0, 0, w, h)
	if orientation >= 5 {
		size = image.Rect(0, 0, h, w)
	}
	out := image.NewRGBA(size)
	for y := range h {
		for x := range w {
			to := image.Pt(x, y)
			switch orientation {
			case 2:
				to = image.Pt(w-1-x, y)
			case 3:
				to = image.Pt(w-1-x, h-1-y)
			case 4:
				to = image.Pt(x, h-1-y)
			case 5:
				to = image.Pt(y, x)
			case 6:
				to = image.Pt(h-1-y, x)
			case 7:
				to = image.Pt(h-1-y, w-1-x)
			case 8:
				to = image.Pt(y, w-1-x)
			}
			out.SetRGBA(to.X, to.Y, src.RGBAAt(x, y))
		}
	}
	return out
}
