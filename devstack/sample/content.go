package sample

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"image"
	"image/color"
	"image/png"
	"math"
)

const readme = `Welcome to Longhaul
===================

This is the sample download. It came as a .torrent file from this machine, and
took the way of every download: an agent fetched it, checked each piece, and
stored it in your own storage.

Things to try next
------------------
- Open picture.png and sound.wav in the browser.
- Select all files and download them as one zip.
- Share a file by a link that works without an account.
- Delete this download and restore it from the trash.

These files are generated. Use them for anything.
`

// content makes the files of the sample.
func content() ([]file, error) {
	picture, err := dunes(1280, 800)
	if err != nil {
		return nil, fmt.Errorf("draw the sample's picture: %w", err)
	}
	return []file{{"picture.png", picture}, {"readme.txt", []byte(readme)}, {"sound.wav", chime()}}, nil
}

// dunes draws layers of hills under an evening sky.
func dunes(width, height int) ([]byte, error) {
	img := image.NewNRGBA(image.Rect(0, 0, width, height))
	low, high := color.NRGBA{R: 255, G: 205, B: 150, A: 255}, color.NRGBA{R: 62, G: 74, B: 137, A: 255}
	near, far := color.NRGBA{R: 24, G: 30, B: 62, A: 255}, color.NRGBA{R: 150, G: 120, B: 150, A: 255}
	const hills = 5
	for x := range width {
		at := float64(x) / float64(width)
		for y := range height {
			down := float64(y) / float64(height)
			c := blend(high, low, math.Sqrt(down))
			for hill := range hills {
				depth := float64(hill) / (hills - 1)
				ridge := 0.5 + 0.1*float64(hill) + 0.05*math.Sin(at*(5+3*depth)+2.1*float64(hill)) + 0.02*math.Sin(at*17+float64(hill))
				if down > ridge {
					c = blend(far, near, depth)
				}
			}
			img.SetNRGBA(x, y, c)
		}
	}
	var out bytes.Buffer
	err := png.Encode(&out, img)
	return out.Bytes(), err
}

func blend(from, to color.NRGBA, share float64) color.NRGBA {
	mix := func(a, b uint8) uint8 { return uint8(math.Round(float64(a) + (float64(b)-float64(a))*share)) }
	return color.NRGBA{R: mix(from.R, to.R), G: mix(from.G, to.G), B: mix(from.B, to.B), A: 255}
}

// chime is a WAV file of three notes that ring out, in 16 bits, mono.
func chime() []byte {
	const rate, seconds, gap = 22050, 3, 0.35
	samples := make([]int16, rate*seconds)
	for i := range samples {
		now, sum := float64(i)/rate, 0.0
		for n, note := range []float64{523.25, 659.25, 783.99} {
			if t := now - gap*float64(n); t > 0 {
				sum += math.Exp(-2.5*t) * math.Sin(2*math.Pi*note*t)
			}
		}
		samples[i] = int16(sum * 8000)
	}
	size := uint32(2 * len(samples))
	var out bytes.Buffer
	out.WriteString("RIFF")
	for _, field := range []any{
		size + 36, []byte("WAVEfmt "), uint32(16), uint16(1), uint16(1), uint32(rate), uint32(2 * rate), uint16(2), uint16(16),
		[]byte("data"), size, samples,
	} {
		_ = binary.Write(&out, binary.LittleEndian, field) // a buffer takes everything
	}
	return out.Bytes()
}
