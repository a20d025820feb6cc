package thumbnail

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"hash/crc32"
	"image"
	"image/color"
	"image/color/palette"
	"image/gif"
	"image/jpeg"
	"image/png"
	"runtime"
	"testing"

	"golang.org/x/image/bmp"
	"golang.org/x/image/tiff"
)

// photo is red in its upper left quarter and blue elsewhere.
func photo(w, h int) *image.NRGBA {
	img := image.NewNRGBA(image.Rect(0, 0, w, h))
	for y := range h {
		for x := range w {
			c := color.NRGBA{B: 255, A: 255}
			if x < w/2 && y < h/2 {
				c = color.NRGBA{R: 255, A: 255}
			}
			img.SetNRGBA(x, y, c)
		}
	}
	return img
}

func encoded(t testing.TB, encode func(*bytes.Buffer) error) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := encode(&b); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func jpegOf(t testing.TB, img image.Image) []byte {
	return encoded(t, func(b *bytes.Buffer) error { return jpeg.Encode(b, img, nil) })
}

func pngOf(t testing.TB, img image.Image) []byte {
	return encoded(t, func(b *bytes.Buffer) error { return png.Encode(b, img) })
}

// held puts an EXIF orientation into a JPEG, as cameras do.
func held(data []byte, orientation byte) []byte {
	exif := append([]byte("Exif\x00\x00MM\x00\x2a\x00\x00\x00\x08\x00\x01\x01\x12\x00\x03\x00\x00\x00\x01\x00"), orientation)
	exif = append(exif, 0, 0, 0, 0, 0, 0)
	head := binary.BigEndian.AppendUint16([]byte{0xff, 0xd8, 0xff, 0xe1}, uint16(len(exif)+2))
	return append(append(head, exif...), data[2:]...)
}

// sized is a PNG that says that it has so many pixels, and has none.
func sized(w, h uint32) []byte {
	ihdr := []byte("IHDR")
	ihdr = binary.BigEndian.AppendUint32(binary.BigEndian.AppendUint32(ihdr, w), h)
	ihdr = append(ihdr, 8, 6, 0, 0, 0)
	out := append([]byte("\x89PNG\r\n\x1a\n\x00\x00\x00\x0d"), ihdr...)
	return binary.BigEndian.AppendUint32(out, crc32.ChecksumIEEE(ihdr))
}

func animated(t testing.TB) []byte {
	g := &gif.GIF{}
	for _, c := range []color.Color{color.NRGBA{R: 255, A: 255}, color.NRGBA{G: 255, A: 255}} {
		frame := image.NewPaletted(image.Rect(0, 0, 600, 300), palette.Plan9)
		for i := range frame.Pix {
			frame.Pix[i] = uint8(frame.Palette.Index(c))
		}
		g.Image, g.Delay = append(g.Image, frame), append(g.Delay, 10)
	}
	return encoded(t, func(b *bytes.Buffer) error { return gif.EncodeAll(b, g) })
}

// cmyk is a JPEG of four components, 8 by 8 pixels: none of Go's encoders writes one.
func cmyk() []byte {
	out := []byte("\xff\xd8\xff\xee\x00\x0eAdobe\x00\x64\x00\x00\x00\x00\x00\xff\xdb\x00\x43\x00")
	out = append(out, bytes.Repeat([]byte{1}, 64)...)
	out = append(out, "\xff\xc0\x00\x14\x08\x00\x08\x00\x08\x04\x01\x11\x00\x02\x11\x00\x03\x11\x00\x04\x11\x00"...)
	for _, class := range []byte{0x00, 0x10} { // one code in each table: nothing follows
		out = append(out, 0xff, 0xc4, 0, 20, class, 1)
		out = append(out, make([]byte, 15)...)
		out = append(out, 0)
	}
	return append(out, "\xff\xda\x00\x0e\x04\x01\x00\x02\x00\x03\x00\x04\x00\x00\x3f\x00\x00\xff\xd9"...)
}

func decoded(t *testing.T, data []byte) image.Image {
	t.Helper()
	img, format, err := image.Decode(bytes.NewReader(data))
	if err != nil || format != "jpeg" {
		t.Fatalf("the thumbnail is no JPEG: %s, %v", format, err)
	}
	return img
}

func isRed(c color.Color) bool {
	r, _, b, _ := c.RGBA()
	return r > 0xc000 && b < 0x4000
}

func TestPicturesOfAllFormats(t *testing.T) {
	t.Parallel()
	src := photo(1600, 800)
	for name, data := range map[string][]byte{
		"jpeg": jpegOf(t, src), "png": pngOf(t, src), "gif": animated(t),
		"bmp":  encoded(t, func(b *bytes.Buffer) error { return bmp.Encode(b, src) }),
		"tiff": encoded(t, func(b *bytes.Buffer) error { return tiff.Encode(b, src, nil) }),
		"webp": []byte("RIFF\x1a\x00\x00\x00WEBPVP8L\x0d\x00\x00\x00\x2f\x00\x00\x00\x10\x07\x10\x11\x11\x88\x88\xfe\x07\x00"),
		"cmyk": cmyk(),
	} {
		if _, err := cost(data, int64(len(data))); err != nil {
			t.Errorf("%s: %v", name, err)
		}
		out, err := picture(t.Context(), data)
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		got := decoded(t, out)
		if name == "webp" || name == "cmyk" {
			continue // no larger than a thumbnail
		}
		if got.Bounds() != image.Rect(0, 0, 400, 200) {
			t.Errorf("%s: %v, want 400 × 200", name, got.Bounds())
		}
		if !isRed(got.At(50, 50)) {
			t.Errorf("%s: the corner is %v, want red", name, got.At(50, 50))
		}
	}
}

// A photo stands as it was seen, however the camera was held.
func TestOrientation(t *testing.T) {
	t.Parallel()
	data := jpegOf(t, photo(800, 400))
	red := map[byte]image.Point{ // where the upper left quarter goes
		1: {50, 50}, 2: {350, 50}, 3: {350, 150}, 4: {50, 150}, 5: {50, 50}, 6: {150, 50}, 7: {150, 350}, 8: {50, 350},
	}
	for o, at := range red {
		out, err := picture(t.Context(), held(data, o))
		if err != nil {
			t.Fatal(err)
		}
		got := decoded(t, out)
		if want := o >= 5; want != (got.Bounds().Dy() == 400) {
			t.Errorf("orientation %d: %v", o, got.Bounds())
		}
		if !isRed(got.At(at.X, at.Y)) {
			t.Errorf("orientation %d: %v at %v, want red", o, got.At(at.X, at.Y), at)
		}
	}
	if out, err := picture(t.Context(), held(data, 77)); err != nil || !isRed(decoded(t, out).At(50, 50)) {
		t.Errorf("nonsense: %v", err)
	}
}

func TestWhatIsTransparentIsOnWhite(t *testing.T) {
	t.Parallel()
	out, err := picture(t.Context(), pngOf(t, image.NewNRGBA(image.Rect(0, 0, 900, 900))))
	if err != nil {
		t.Fatal(err)
	}
	if r, g, b, _ := decoded(t, out).At(200, 200).RGBA(); min(r, g, b) < 0xf000 {
		t.Error("what is transparent is not on white")
	}
}

// odd are files that have no thumbnail.
func odd(t testing.TB) map[string][]byte {
	whole := jpegOf(t, photo(800, 800))
	return map[string][]byte{
		"empty": {}, "text": []byte("this is not a photo"), "only zeros": make([]byte, 4096),
		"truncated JPEG": whole[:len(whole)/2], "truncated PNG": pngOf(t, photo(80, 80))[:60], "header only": whole[:20],
		"a bomb": sized(60_000, 60_000), "wide": sized(2_000_000_000, 1), "nothing wide": sized(0, 10),
	}
}

func TestOddFilesHaveNone(t *testing.T) {
	t.Parallel()
	for name, data := range odd(t) {
		_, err := cost(data, int64(len(data)))
		if err == nil {
			_, err = picture(t.Context(), data)
		}
		if !errors.Is(err, errUnfit) {
			t.Errorf("%s: %v, want unfit", name, err)
		}
	}
}

// The largest of what is let through takes no more memory than was taken for it.
func TestMemoryIsKnownBefore(t *testing.T) {
	for name, data := range map[string][]byte{
		"JPEG":       jpegOf(t, photo(4000, 3000)),
		"PNG":        pngOf(t, photo(4000, 3000)),
		"deep PNG":   pngOf(t, image.NewNRGBA64(image.Rect(0, 0, 3000, 3000))),
		"TIFF":       encoded(t, func(b *bytes.Buffer) error { return tiff.Encode(b, photo(2000, 2000), nil) }),
		"narrow PNG": pngOf(t, photo(4, 400_000)),
	} {
		need, err := cost(data, int64(len(data)))
		if err != nil {
			t.Fatal(name, err)
		}
		var before, after runtime.MemStats
		runtime.GC()
		runtime.ReadMemStats(&before)
		if _, err := picture(t.Context(), data); err != nil {
			t.Fatal(name, err)
		}
		runtime.ReadMemStats(&after)
		took := int64(after.TotalAlloc - before.TotalAlloc) // all that was allocated, though not at the same time
		t.Logf("%s: %d MiB of %d MiB", name, took>>20, need>>20)
		if took > need {
			t.Errorf("%s: took %d bytes, more than the %d that were reserved", name, took, need)
		}
	}
}

// A decoder that takes long ends with its time, and the file may be tried again.
func TestDecodingEnds(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := picture(ctx, jpegOf(t, photo(800, 800))); !errors.Is(err, context.Canceled) || errors.Is(err, errUnfit) {
		t.Errorf("got %v, want the end of the context", err)
	}
}

func TestFrames(t *testing.T) {
	t.Parallel()
	if f := frameOf(jpegOf(t, photo(100, 100))); f.progressive || f.rgb || f.eighths != 12 {
		t.Errorf("a baseline JPEG: %+v", f)
	}
	if f := frameOf(cmyk()); !f.rgb || f.eighths != 32 {
		t.Errorf("CMYK: %+v", f)
	}
	progressive := bytes.Replace(jpegOf(t, photo(100, 100)), []byte{0xff, 0xc0}, []byte{0xff, 0xc2}, 1)
	if f := frameOf(progressive); !f.progressive || f.perPixel() != 60 {
		t.Errorf("a progressive JPEG: %+v", f)
	}
	for _, hidden := range [][]byte{nil, {0xff, 0xd8}, []byte("\xff\xd8\xff\xe0\xff\xff"), []byte("\xff\xd8\xff\xc0\x00\x02")} {
		if f := frameOf(hidden); f != unknownFrame() {
			t.Errorf("%x: %+v, want the worst", hidden, f)
		}
	}
}

func FuzzPicture(f *testing.F) {
	for _, data := range odd(f) {
		f.Add(data)
	}
	f.Add(held(jpegOf(f, photo(40, 20)), 6))
	f.Add(pngOf(f, photo(40, 20)))
	f.Add(animated(f))
	f.Add(cmyk())
	f.Fuzz(func(t *testing.T, data []byte) {
		if need, err := cost(data, int64(len(data))); err != nil || need > memory/4 {
			return
		}
		out, err := picture(t.Context(), data)
		if err != nil {
			if !errors.Is(err, errUnfit) {
				t.Fatal(err)
			}
			return
		}
		if b := decoded(t, out).Bounds(); b.Dx() > Edge || b.Dy() > Edge {
			t.Fatal(b)
		}
	})
}
